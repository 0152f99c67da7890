/** @file `onnxplain patterns show`: a fit as a page to walk through, as a still, or as a table. */
import { extname } from "node:path";
import {
  knowledgeTable,
  OnnxplainError,
  openPatterns,
  PATTERN_COLOURINGS,
  type PatternColouring,
  type PatternsPage,
  type PatternsReport,
  patternsPage,
  patternsPng,
  patternsSvg,
  regionsTable,
  STILL_KINDS,
  type StillOptions,
  type Table,
  writeCsv,
  writeTable,
} from "../src/index.ts";
import { choice, type Flags, helpPage, isSet, parseFlags, text, type Values } from "./flags.ts";
import { hushed, type Verb } from "./verb.ts";
import { writeWhole } from "./write.ts";

const TABLES = ["knowledge", "regions"] as const;

const FLAGS = {
  out: {
    type: "string",
    short: "o",
    value: "FILE",
    about: ".html (the page), .png or .svg (a still), .csv or .parquet",
  },
  frame: { type: "string", value: "NAME|N", about: "frame by name, or by number from 1 (default the last)" },
  layer: { type: "string", value: "NAME|N", about: "show regions at a layer, by name or number (default: samples)" },
  image: {
    type: "string",
    value: "ID|N",
    about: "one of the shown pictures, by id or number from 1; a still draws its regions",
  },
  "colour-by": { type: "string", value: "NAME", about: `${PATTERN_COLOURINGS.join(", ")} (default label)` },
  against: {
    type: "string",
    value: "NAME|N",
    about: "frame to compare regions with (default: the one that each began from)",
  },
  still: { type: "string", value: "NAME", about: `${STILL_KINDS.join(", ")} (default space; regions with --image)` },
  table: {
    type: "string",
    value: "NAME",
    about:
      "knowledge: a row for every frame, layer and threshold (default); regions: one for every region of shown pictures",
  },
  quiet: { type: "boolean", about: "no remarks on stderr" },
} as const satisfies Flags;

/** What is asked for, by place. */
interface Asked {
  readonly frame: number | undefined;
  readonly layer: number | undefined;
  readonly picture: number | undefined;
  readonly against: number | undefined;
  readonly colouring: PatternColouring | undefined;
  readonly still: StillOptions["kind"];
  readonly table: (typeof TABLES)[number];
}
interface Shown {
  readonly page: PatternsPage;
  readonly report: PatternsReport;
}

const utf8 = (content: string): Uint8Array => new TextEncoder().encode(content);
const tableOfKind = ({ page, report }: Shown, asked: Asked): Table =>
  asked.table === "regions" ? regionsTable(page, asked) : knowledgeTable(report.frames);
const stillOf = ({ frame, layer, picture, against, colouring, still }: Asked): StillOptions => ({
  kind: still,
  frame,
  layer: layer ?? null,
  picture,
  against,
  colouring,
});
/** Only what was asked for: an undefined field would hide the page's own choice. */
const given = <T extends object>(all: T): { readonly [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> };

const CONTENT: Readonly<Record<string, (shown: Shown, asked: Asked) => Promise<Uint8Array>>> = {
  ".html": async ({ page }, { frame, layer, picture, against, colouring }) =>
    utf8(await patternsPage(page, given({ frame, layer, picture, against, colouring }))),
  ".png": ({ page }, asked) => patternsPng(page, stillOf(asked)),
  ".svg": async ({ page }, asked) => utf8(await patternsSvg(page, stillOf(asked))),
  ".csv": async (shown, asked) => utf8(writeCsv(tableOfKind(shown, asked))),
  ".parquet": async (shown, asked) => writeTable(tableOfKind(shown, asked)),
};

export const patternsShow: Verb = {
  summary: "a fit as a page to walk through, as a still, or as a table",
  help: helpPage("patterns show PATTERNS/ -o FILE", "PATTERNS/ is a folder of `patterns fit`.", FLAGS),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("patterns show", argv, FLAGS);
    const [folder, ...more] = rest;
    if (folder === undefined || more.length > 0)
      throw new OnnxplainError("E_USAGE", `Expected one folder of \`patterns fit\`, got ${rest.length}.`);
    const file = text(values, "out");
    if (file === undefined) throw new OnnxplainError("E_USAGE", "No file to write. Add `-o FILE.html`.");
    const make = CONTENT[extname(file).toLowerCase()];
    if (make === undefined)
      throw new OnnxplainError(
        "E_USAGE",
        `Expected \`-o\` to end in ${Object.keys(CONTENT).join(", ")}, got \`${file}\`.`,
      );
    const colouring = choice(values, "colour-by", PATTERN_COLOURINGS);
    const still = choice(values, "still", STILL_KINDS) ?? (text(values, "image") === undefined ? "space" : "regions");
    const table = choice(values, "table", TABLES) ?? "knowledge";
    const shown = await openPatterns(folder);
    await writeWhole(file, await make(shown, { ...placesOf(shown.page, values), colouring, still, table }));
    const out = hushed(console, isSet(values, "quiet"));
    for (const note of shown.page.facts.notes) out.note(`note: ${note}`);
    out.print(file);
    return 0;
  },
};

function placesOf(page: PatternsPage, values: Values): Pick<Asked, "frame" | "layer" | "picture" | "against"> {
  const { frames, shown, ids } = page;
  const names = frames.map((f) => f.name);
  const frame = placeOf(values, "frame", names);
  const layers = (frames[frame ?? frames.length - 1] as PatternsPage["frames"][number]).layers.map((l) => l.name);
  return {
    frame,
    layer: placeOf(values, "layer", layers),
    picture: placeOf(
      values,
      "image",
      Array.from(shown, (i) => ids[i] as string),
    ),
    against: placeOf(values, "against", names),
  };
}

const MOST_NAMES = 12;

/** A name, or a number from 1; throws `E_USAGE` with the names. */
function placeOf(values: Values, flag: string, names: readonly string[]): number | undefined {
  const asked = text(values, flag);
  if (asked === undefined) return undefined;
  const named = names.indexOf(asked);
  if (named >= 0) return named;
  const number = Number(asked);
  if (/^\d+$/.test(asked) && number >= 1 && number <= names.length) return number - 1;
  const known = names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(", ")}, …` : names.join(", ");
  throw new OnnxplainError(
    "E_USAGE",
    `There is no \`--${flag} ${asked}\`. Expected a number from 1 to ${names.length}, or one of: ${known}.`,
  );
}
