/** @file What the verbs of `concepts` share: flags, where answers go. */
import { extname, join } from "node:path";
import {
  type ConceptsPage,
  conceptsSheet,
  type DataSet,
  OnnxplainError,
  openDataSet,
  PAGE_FILE,
  POSITIONS,
  type Positions,
  packPage,
  sortedJson,
} from "../src/index.ts";
import { DATA_FLAGS } from "./data.ts";
import { choice, type Flags, isSet, MODEL_FLAGS, number, RUN_FLAGS, text, type Values } from "./flags.ts";
import { deviceOptions } from "./open.ts";
import type { Console } from "./verb.ts";
import { refuseFull, writeFolder, writeWhole } from "./write.ts";

export const CONCEPT_FLAGS = {
  class: { type: "string", value: "CLASS", about: "the class that is asked about: label or index" },
  ...DATA_FLAGS,
  random: { type: "string", value: "DATA", about: "any other pictures (default: other classes of --data)" },
  layer: {
    type: "string",
    value: "NAME",
    about: "where activations are read: a value or node (default: the last spatial feature map)",
  },
  positions: { type: "string", value: "KIND", about: "activations averaged over positions (mean) or whole (kept)" },
  "random-sets": { type: "string", value: "N", about: "random sets, and as many counterparts (default 20)" },
  significance: { type: "string", value: "P", about: "the largest p that counts (default 0.01)" },
  counterpart: {
    type: "string",
    value: "KIND",
    about: "random sets in the concept's place: each, a fresh one a test (default), or shared, as ACE's code",
  },
  seed: { type: "string", value: "N", about: "seed of every draw (default 0)" },
  batch: { type: "string", value: "N", about: "pictures in one run (default 32)" },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  out: { type: "string", short: "o", value: "PLACE", about: "a folder, or a file .html or .json (default: a table)" },
  ...MODEL_FLAGS,
} as const satisfies Flags;

/** What a page says of how it was made. */
export const factsOf = (
  values: Values,
  data: DataSet,
  {
    asked,
    command,
  }: {
    readonly asked: { readonly label: string; readonly layer: { readonly name: string } };
    readonly command: string;
  },
) => ({
  model: text(values, "model") ?? "",
  data: data.name,
  settings: [
    ["class", asked.label],
    ["layer", asked.layer.name],
    ["seed", text(values, "seed") ?? "0"],
  ] as const,
  command,
});

/** Options that both verbs take. */
export const conceptOptions = (values: Values) => ({
  positions: choice<Positions>(values, "positions", POSITIONS),
  randomSets: number(values, "random-sets", { min: 2 }),
  significance: number(values, "significance", { min: 0, integer: false }),
  counterpart: choice(values, "counterpart", ["each", "shared"]),
  seed: number(values, "seed", { min: 0 }),
  batch: number(values, "batch", { min: 1 }),
  layer: text(values, "layer"),
  ...deviceOptions(values),
});

/** Throws `E_USAGE` without one. */
export function classOf(values: Values): string {
  const target = text(values, "class");
  if (target !== undefined) return target;
  throw new OnnxplainError("E_USAGE", "No class given. Add `--class CLASS`, a label or an index.");
}

export const randomFrom = async (values: Values): Promise<DataSet | undefined> => {
  const source = text(values, "random");
  return source === undefined ? undefined : openDataSet(source);
};

export interface Answer {
  readonly document: object;
  readonly text: string;
  readonly page: () => Promise<ConceptsPage>;
  /** Beside page and document in a folder. */
  readonly files: () => Promise<ReadonlyMap<string, Uint8Array>>;
}

const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
const jsonOf = (document: object): string => sortedJson(document);
const KINDS = [".html", ".json"];

/** Before the work: the place can be written to. Throws `E_USAGE`, `E_FILE`. */
export async function refusePlace(values: Values): Promise<void> {
  const out = text(values, "out");
  if (out === undefined) return;
  const kind = extname(out).toLowerCase();
  if (kind === "") return refuseFull(out);
  if (!KINDS.includes(kind))
    throw new OnnxplainError(
      "E_USAGE",
      `Expected \`-o\` to be a folder or to end in ${KINDS.join(", ")}, got \`${out}\`.`,
    );
}

export async function deliver(values: Values, answer: Answer, console: Console): Promise<void> {
  const out = text(values, "out");
  const kind = out === undefined ? undefined : extname(out).toLowerCase();
  if (out !== undefined && kind === ".html") await writeWhole(out, bytes(await conceptsSheet(await answer.page())));
  else if (out !== undefined && kind === ".json") await writeWhole(out, bytes(jsonOf(answer.document)));
  else if (out !== undefined) {
    const page = await answer.page();
    await writeFolder(
      out,
      new Map([
        ...(await answer.files()),
        [PAGE_FILE, packPage("concepts", page)],
        ["concepts.html", bytes(await conceptsSheet(page))],
        ["concepts.json", bytes(jsonOf(answer.document))],
      ]),
    );
  }
  if (isSet(values, "json")) console.print(jsonOf(answer.document).trimEnd());
  else
    console.print(
      out === undefined ? answer.text : `${answer.text}\n${kind === "" ? join(out, "concepts.html") : out}`,
    );
}

/** One concept as a line of the table. */
export const lineOf = (
  name: string,
  tcav: { mean: number; deviation: number; counterpartMean: number; p: number; accuracy: number | null },
  about: string,
): string =>
  `  ${name.padEnd(14)} ${tcav.mean.toFixed(3)} ± ${tcav.deviation.toFixed(3)}  random ${tcav.counterpartMean.toFixed(3)}  p ${(tcav.p < 0.001 ? tcav.p.toExponential(1) : tcav.p.toFixed(3)).padEnd(8)} ${about}`;
