/** @file `onnxplain regions explain`: the rule that decides for a picture and for all references like it. */
import { extname } from "node:path";
import {
  coveredTable,
  type ExplainedRegion,
  explainByRegions,
  explainedDocument,
  itemsOf,
  namedPictures,
  OnnxplainError,
  type OpenRegions,
  PAGE_FILE,
  packPage,
  readAll,
  readStored,
  regionsExplainPage,
  regionsExplainPageOf,
  sortedJson,
  writeCsv,
} from "../src/index.ts";
import { commandLine, type Flags, helpPage, isSet, number, parseFlags, RUN_FLAGS, text } from "./flags.ts";
import { deviceOptions } from "./open.ts";
import { openSource, SOURCE_FLAGS } from "./regions-source.ts";
import { hushed, once, type Verb } from "./verb.ts";
import { refuseFull, writeFolder, writeWhole } from "./write.ts";

export const COVER_FLAGS = {
  delta: {
    type: "string",
    value: "N",
    about: "references of other classes that may stay in a region (default: the fewest that all boundaries leave)",
  },
  prune: { type: "boolean", about: "drop boundaries that the others make superfluous" },
  "unit-normals": { type: "boolean", about: "rank references by normals of unit length (the paper: as they are)" },
} as const satisfies Flags;

const FLAGS = {
  regions: { type: "string", value: "DIR", about: "folder of `regions fit`" },
  k: { type: "string", short: "k", value: "N", about: "nearest covered references that are shown (default 10)" },
  stored: {
    type: "string",
    value: "DIR",
    about: "folder of `regions map`: say which of its regions cover the picture",
  },
  ...COVER_FLAGS,
  out: {
    type: "string",
    short: "o",
    value: "PLACE",
    about: "a file .html, .json or .csv, or a folder for all of them (default: a summary on stdout)",
  },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  ...SOURCE_FLAGS,
} as const satisfies Flags;

const KINDS = [".html", ".json", ".csv"];

export const regionsExplain: Verb = {
  summary: "the common rule behind a decision, and the references it holds for",
  help: helpPage(
    "regions explain IMAGE… --regions DIR",
    "Images may be references or not; `DATA#3` is item 3 of a data set. Model and references are those of the fit; flags override them.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values: own, rest } = parseFlags("regions explain", argv, FLAGS);
    if (rest.length === 0) throw new OnnxplainError("E_USAGE", "Nothing to explain. Name pictures.");
    const file = text(own, "out");
    const kind = file === undefined ? undefined : extname(file).toLowerCase();
    const folder = file !== undefined && (kind === "" || file.endsWith("/"));
    if (folder) await refuseFull(file);
    else if (kind !== undefined && !KINDS.includes(kind))
      throw new OnnxplainError(
        "E_USAGE",
        `Expected \`-o\` to be a folder or to end in ${KINDS.join(", ")}, got \`${file}\`.`,
      );
    const asked = {
      k: number(own, "k", { min: 0 }),
      delta: number(own, "delta", { min: 0 }),
      prune: isSet(own, "prune"),
      unitNormals: isSet(own, "unit-normals"),
    };
    const kept = text(own, "stored");
    const stored = kept === undefined ? undefined : await readStored(kept);
    const { model, network, of, open, labelOf, values } = await openSource(own, "explain");
    try {
      const pictures = await readAll(network, await itemsOf(namedPictures(rest)), { labelOf });
      const explained = await explainByRegions(of, pictures, { ...asked, ...deviceOptions(values), stored });
      const facts = {
        model: model.source.name,
        data: open.report.data,
        settings: settingsOf(open),
        command: commandLine("regions explain", argv),
      };
      const json = (): string => sortedJson(explainedDocument(open, explained));
      const input = once(() => regionsExplainPageOf({ open, network, facts }, explained));
      const content: Readonly<Record<string, () => Promise<string> | string>> = {
        ".html": async () => regionsExplainPage(await input()),
        ".json": json,
        ".csv": () => writeCsv(coveredTable(open, explained)),
      };
      const utf8 = async (form: string): Promise<Uint8Array> => new TextEncoder().encode(await content[form]?.());
      if (folder) {
        const files = new Map<string, Uint8Array>();
        for (const form of KINDS) files.set(`explanation${form}`, await utf8(form));
        await writeFolder(file, files.set(PAGE_FILE, packPage("regions explain", await input())));
      } else if (file !== undefined) await writeWhole(file, await utf8(kind ?? ".json"));
      const out = hushed(console, isSet(own, "quiet"));
      for (const note of new Set(explained.flatMap((e) => e.notes))) out.note(`note: ${note}`);
      out.print(isSet(own, "json") ? json().trimEnd() : (file ?? textOf(open, explained)));
      return 0;
    } finally {
      await model.dispose();
    }
  },
};

export const settingsOf = ({ report }: OpenRegions): readonly (readonly [string, string])[] => [
  ["layer", report.layer.name],
  ["boundaries", String(report.boundaries)],
  ["sampling", `${report.sampling}${report.per_input ? ", for each picture by itself" : ""}`],
  ["seed", String(report.seed)],
];

export const nameOf = ({ report }: OpenRegions, c: number): string => report.class_names?.[c] ?? `class ${c}`;

function textOf(open: OpenRegions, explained: readonly ExplainedRegion[]): string {
  const named = (c: number): string => nameOf(open, c);
  const at = open.report.sampling === "reference" ? "taken at" : "sought toward";
  return explained
    .flatMap(({ input, region, boundaries, nearest, stored }) => [
      `${input.id}: ${named(input.predicted)} (${(100 * input.probability).toFixed(1)} %)`,
      `  region of ${boundaries.length} boundaries holds ${region.same + region.other} of ${open.report.count} references: ${region.same} ${named(region.label)}, ${region.other} others (${region.delta} allowed)`,
      ...boundaries.map(
        (b) =>
          `    ${named(b.pair[0])} | ${named(b.pair[1])}  keeps out ${b.other} others and ${b.same} ${named(region.label)}  ${at} ${open.references.ids[b.reference]}`,
      ),
      ...nearest.map((n) => `    ${n.distance.toFixed(4)}  ${named(n.predicted)}  ${n.id}`),
      ...(stored === undefined
        ? []
        : stored.length === 0
          ? ["  no stored region covers it"]
          : stored.map(
              (s) =>
                `  stored region ${s.index} covers it: ${named(s.label)}, ${s.same + s.other} references, of ${s.input}`,
            )),
    ])
    .join("\n");
}
