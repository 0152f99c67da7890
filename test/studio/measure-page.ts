/** @file The Measure view for the tests: opened, read, and waited for. */
import type { Browser, Page } from "playwright-core";
import { loadItem } from "../../src/data/load-item.ts";
import { synthDataSet } from "../../src/data/synth/data-set.ts";
import { evaluate } from "../../src/evaluate/evaluate.ts";
import type { EvaluatedWindow } from "../../src/evaluate/options.ts";
import type { Explainer } from "../../src/explainer.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { DRAWN } from "../../studio/state/examples.ts";
import { explained, type Studio, type StudioTab } from "./world.ts";

export interface NamedPicture {
  /** As rows of results name it. */
  readonly id: string;
  readonly image: ImageU8;
}

/** One of the example's pictures, as the studio draws it. */
export async function drawn(place: number): Promise<NamedPicture> {
  let i = 0;
  for await (const item of synthDataSet(DRAWN).items())
    if (i++ === place) return { id: item.id, image: (await loadItem(item)).image };
  throw new Error("too few pictures");
}

export interface NodeAsk {
  readonly methods: readonly string[];
  readonly metrics: readonly string[];
  readonly agreements?: readonly (readonly string[])[];
}

/** What `evaluate` gives in Node for one picture. */
export async function inNode(model: Explainer, { id, image }: NamedPicture, ask: NodeAsk): Promise<EvaluatedWindow> {
  const data = {
    ...{ name: "one", classes: undefined, count: 1, notes: [] },
    items: async function* () {
      yield { id, load: async () => image, label: undefined };
    },
  };
  for await (const window of evaluate(model, data, { ...ask, baselines: false })) return window;
  throw new Error("no window");
}

export interface ShownCell {
  /** Undefined where words stand in its place. */
  readonly value: number | undefined;
  readonly text: string;
}

/** A table by row and column heads. */
export const tableOf = (page: Page, caption: string): Promise<Record<string, Record<string, ShownCell>>> =>
  page
    .locator(".measure-table", { hasText: caption })
    .first()
    .evaluate((table) => {
      const heads = [...(table as HTMLTableElement).tHead!.rows[0]!.cells].map(
        (c) => (c.querySelector("button") ?? c).textContent?.replace(/ [▾▴]$/, "") ?? "",
      );
      return Object.fromEntries(
        [...(table as HTMLTableElement).tBodies[0]!.rows].map((row) => [
          row.cells[0]!.textContent ?? "",
          Object.fromEntries(
            [...row.cells].slice(1).map((cell, i) => [
              heads[i + 1],
              {
                value: cell.dataset.v === undefined ? undefined : Number(cell.dataset.v),
                text: (cell.querySelector("strong")?.firstChild ?? cell).textContent ?? "",
              },
            ]),
          ),
        ]),
      );
    });

/** A tab of its own in which the example is measured. */
export async function opened(studio: Studio, options: Parameters<Studio["newPage"]>[0] = {}): Promise<StudioTab> {
  const tab = await studio.newPage(options);
  await tab.page.goto(studio.url);
  await explained(tab.page);
  await tab.page.getByRole("link", { name: "Measure" }).click();
  await tab.page.locator(".measure-table").first().waitFor({ timeout: 30_000 });
  return tab;
}

/** Nothing is running any more, and the board is there. */
export async function settled(page: Page, timeout = 60_000): Promise<void> {
  await page.waitForTimeout(600);
  await page.waitForFunction(() => document.querySelector(".work") === null, undefined, { timeout });
  await page.locator(".measure-table").first().waitFor({ timeout });
}

/** Files and folders as the desktop hands them over. */
export async function drop(page: Page, ...paths: readonly string[]): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const)
    await client.send("Input.dispatchDragEvent", { type, x: 200, y: 300, data });
  await client.detach();
}

/** A task of the page's own thread, in ms. */
export interface PageTask {
  /** By the clock: other work on the machine stretches it. */
  readonly wall: number;
  /** What the thread itself worked. */
  readonly own: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** In microseconds, of the clock and of the thread. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Tasks of the pages' threads while something is done, as the browser's own trace has them. */
export async function pageTasks(browser: Browser, page: Page, act: () => Promise<void>): Promise<readonly PageTask[]> {
  await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
  let trace: Buffer;
  try {
    await act();
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`;
  const pages = new Set(
    traceEvents.filter((e) => e.name === "thread_name" && e.args.name === "CrRendererMain").map(thread),
  );
  return traceEvents.flatMap((e) =>
    e.ph === "X" && /RunTask$/.test(e.name) && e.dur !== undefined && e.tdur !== undefined && pages.has(thread(e))
      ? [{ wall: e.dur / 1000, own: e.tdur / 1000 }]
      : [],
  );
}
