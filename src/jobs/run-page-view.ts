/** @file A run's folder opened: its page as a value, and what the folder lacks. */
import type { Page } from "../report/html/page.ts";
import type { RunFiles, RunReader } from "./run-page-folder.ts";
import { documentParts, type Facts, plainView, tableGrid } from "./run-page-plain.ts";
import { any, type Shape } from "./run-page-shape.ts";

export interface RunView {
  /** One of `runKinds`. */
  readonly kind: string;
  readonly title: string;
  readonly page: Page;
  /** Model, data, settings, in reading order. */
  readonly facts: Facts;
  /** What the folder does not hold, so that the page lacks it; a sentence each. */
  readonly missing: readonly string[];
}

/** A view before it has its kind. */
export type Opened = Omit<RunView, "kind" | "title">;

export interface RunKind {
  /** In a few words. */
  readonly title: string;
  readonly recognises: (files: RunFiles) => boolean;
  readonly open: (run: RunReader) => Promise<Opened>;
}

interface Said {
  readonly facts: {
    readonly model?: string;
    readonly network?: string;
    readonly data: string;
    readonly settings: Facts;
    readonly command?: string | undefined;
  };
}
export const saidFacts = ({ facts: { model, network, data, settings, command } }: Said): Facts => [
  ["model", model ?? network ?? ""],
  ["data", data],
  ...settings,
  ...(command === undefined ? [] : [["command", command] as const]),
];

export const has =
  (...names: readonly string[]) =>
  ({ names: there }: RunFiles): boolean =>
    names.every((n) => there.has(n));

const OLD = "The folder was written by an earlier onnxplain: what its page showed beside the tables was not kept.";

/** A kind whose page is made of `page.safetensors`; folders without it show what is there. */
export const packedKind = <Input extends Said>(
  kind: string,
  {
    title,
    shape,
    view,
    recognises,
    older = plainly(title),
  }: {
    readonly title: string;
    readonly shape: Shape<Input>;
    readonly view: (input: Input) => Page | Promise<Page>;
    readonly recognises: RunKind["recognises"];
    readonly older?: ((run: RunReader) => Promise<Opened>) | undefined;
  },
): RunKind => ({
  title,
  recognises,
  open: async (run) => {
    const input = await run.page(kind, shape);
    return input === undefined ? older(run) : { page: await view(input), facts: saidFacts(input), missing: [] };
  },
});

/** Every table and document at the top of the folder, as it is. */
export const plainly =
  (title: string) =>
  async (run: RunReader): Promise<Opened> => {
    const names = [...run.names].sort();
    const documents = await Promise.all(
      names
        .filter((n) => n.endsWith(".json") && n !== "state.json")
        .map(async (n) => documentParts(await run.json(n, any))),
    );
    const tables = await Promise.all(
      names
        .filter((n) => n.endsWith(".parquet") || (n.endsWith(".csv") && !run.names.has(n.replace(/csv$/, "parquet"))))
        .map(async (name, i) => ({ id: `table-${i}`, name, markup: tableGrid(name, await run.table(name)) })),
    );
    const facts = documents.flatMap((d) => d.facts);
    const sections = [...documents.flatMap((d, k) => d.sections.map((s) => ({ ...s, id: `${s.id}-${k}` }))), ...tables];
    return { page: plainView({ title, lead: run.location, sections, facts }), facts, missing: [OLD] };
  };
