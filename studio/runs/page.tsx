/**
 * @file A report inside the studio, in a root of its own: its markup, its style, and the same functions that bring it to life alone.
 * The markup is made by the reports' own template, which escapes what it is given.
 */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { bringToLife, type Dispose } from "../../page/behaviours.ts";
import { PAGE_STYLE } from "../../src/index.ts";
import type { ShownRun } from "../engine/calls/runs.ts";
import { report } from "../state/work.ts";
import { Compare } from "./compare.tsx";
import { breathe, insert } from "./insert.ts";
import inside from "./inside.css?inline";
import { offerLabels } from "./labels.ts";

/** Links within the report jump, and leave the studio's address as it is. */
function jump(event: Event): void {
  const [from] = event.composedPath();
  const link = from instanceof Element ? from.closest<HTMLAnchorElement>('a[href^="#"]') : null;
  const root = link?.getRootNode() as ShadowRoot | undefined;
  if (!link) return;
  event.preventDefault();
  root?.querySelector(`#${CSS.escape(link.getAttribute("href")?.slice(1) ?? "")}`)?.scrollIntoView();
}

const sheetOf = (style: string): CSSStyleSheet => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  return sheet;
};

/** Draws, then brings to life, one behaviour after another. */
async function show(root: ShadowRoot, run: ShownRun, { signal, ends }: { signal: AbortSignal; ends: Dispose[] }) {
  const place = document.createElement("div");
  root.replaceChildren(place);
  if (!(await insert(place, run.pieces, signal))) return;
  for (const behaviour of run.behaviours) {
    await breathe();
    if (signal.aborted) return;
    ends.push(bringToLife(root, [behaviour]));
  }
}

export function RunPage({ run }: { readonly run: ShownRun }) {
  const host = useRef<HTMLDivElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  /** The run that is shown whole. */
  const whole = useSignal<ShownRun | undefined>(undefined);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const end = new AbortController();
    const { signal } = end;
    const ends: Dispose[] = [];
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheetOf(`${PAGE_STYLE}${run.style}`), sheetOf(inside)];
    root.addEventListener("click", jump, { signal });
    offerLabels(root, signal);
    // the one before may have been left far down
    if ((title.current?.getBoundingClientRect().top ?? 0) < 0) title.current?.scrollIntoView();
    show(root, run, { signal, ends })
      .catch((error: unknown) => report("Showing the report", error))
      .finally(() => {
        if (!signal.aborted) whole.value = run;
      });
    return () => {
      end.abort();
      for (const dispose of ends) dispose();
    };
  }, [run, whole]);
  return (
    <article class="report" aria-label={run.heading} aria-busy={whole.value !== run}>
      <h2 ref={title} class="report-title">
        {run.heading}
      </h2>
      <p class="lead">{run.lead}</p>
      <Compare />
      <div ref={host} class="report-main" />
    </article>
  );
}
