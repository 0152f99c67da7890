/** @file `onnxplain representers debug`: labels worth a human look; what corrections gain; the protocol with known flips. */
import {
  CRITERION_IDS,
  type CriterionId,
  debugPage,
  debugPageOf,
  debugRepresenters,
  debugTable,
  labelTable,
  OnnxplainError,
  type OpenRepresenters,
  openRepresenters,
  PAGE_FILE,
  type PageFacts,
  packPage,
  picturesOf,
  type RepresentersDebug,
  type RepresentersSimulation,
  simulateRepresenters,
  simulationPage,
  simulationPageOf,
  simulationPicture,
  simulationRows,
  sortedJson,
  tableOfRows,
  writeCsv,
} from "../src/index.ts";
import { DATA_FLAGS, dataFrom, textIn } from "./data.ts";
import { commandLine, type Flags, helpPage, isSet, list, number, parseFlags, text, type Values } from "./flags.ts";
import { progressLine } from "./progress.ts";
import { isArrays } from "./representers-source.ts";
import { type Console, hushed, type Verb } from "./verb.ts";
import { refuseFull, writeFolder } from "./write.ts";

const FLAGS = {
  representers: { type: "string", value: "DIR", about: "folder of `representers fit`" },
  order: {
    type: "string",
    multiple: true,
    value: "A,B",
    about: `orders, the first for the list: ${CRITERION_IDS.join(", ")}`,
  },
  top: { type: "string", value: "N", about: "points from the top of each order (default 100)" },
  damping: { type: "string", value: "X", about: "of self-influence, beside the weight decay 2 lambda (default 0)" },
  corrections: {
    type: "string",
    value: "FILE",
    about: "CSV of the list with `corrected` filled in: fit again, show the gain",
  },
  simulate: { type: "string", value: "PART", about: "flip this part of the labels, and see which order finds them" },
  splits: { type: "string", value: "N", about: "splits of --simulate (default 5)" },
  count: { type: "string", value: "N", about: "training points of a split (default 4/5 of them)" },
  among: {
    type: "string",
    multiple: true,
    value: "A,B",
    about: "classes of --simulate, by label or index (default all)",
  },
  out: { type: "string", short: "o", value: "DIR", about: "folder for the list and its page" },
  seed: { type: "string", value: "N", about: "seed of splits, flips and the random order (default 0)" },
  threads: { type: "string", value: "N", about: "threads of one run" },
  json: { type: "boolean", about: "one JSON document on stdout" },
  quiet: { type: "boolean", about: "no remarks on stderr" },
  ...DATA_FLAGS,
} as const satisfies Flags;

export const representersDebug: Verb = {
  summary: "training points whose labels are worth a look",
  help: helpPage(
    "representers debug --representers DIR [-o DIR] [--corrections FILE] [--simulate 0.4]",
    "Orders the training points by how hard they pull the last layer. The page shows the pictures of the fit's own data, or of --data.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values: own, rest } = parseFlags("representers debug", argv, FLAGS);
    if (rest.length > 0)
      throw new OnnxplainError("E_USAGE", `Unexpected \`${rest[0]}\`. Fits are given by --representers.`);
    const folder = text(own, "representers");
    if (folder === undefined)
      throw new OnnxplainError(
        "E_USAGE",
        "No fit is named. Add `--representers DIR`, the folder of `representers fit`.",
      );
    const out = hushed(console, isSet(own, "quiet"));
    const place = text(own, "out");
    if (place !== undefined) await refuseFull(place);
    const open = await openRepresenters(folder);
    const origin = (open.report.origin ?? {}) as Values;
    const values: Values = { ...("features" in origin ? {} : origin), ...own };
    const facts = factsOf(open, values, commandLine("representers debug", argv));
    const part = number(values, "simulate", { min: 0, integer: false });
    const files =
      part === undefined ? await listed(open, values, facts, out) : await simulated(open, values, part, facts, out);
    if (place !== undefined) await writeFolder(place, files);
    return 0;
  },
};

type Files = Map<string, Uint8Array<ArrayBuffer>>;
const bytes = (content: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(content);
const json = (value: unknown): string => sortedJson(value);
const percent = (v: number): string => `${(100 * v).toFixed(1)} %`;

function criteriaFrom(values: Values): readonly CriterionId[] | undefined {
  const asked = list(values, "order")
    .flatMap((v) => v.split(","))
    .map((v) => v.trim());
  const unknown = asked.find((a) => !(CRITERION_IDS as readonly string[]).includes(a));
  if (unknown !== undefined)
    throw new OnnxplainError("E_USAGE", `There is no order \`${unknown}\`. Known: ${CRITERION_IDS.join(", ")}.`);
  return asked.length > 0 ? (asked as readonly CriterionId[]) : undefined;
}

async function listed(open: OpenRepresenters, values: Values, facts: PageFacts, out: Console): Promise<Files> {
  const file = text(values, "corrections");
  const found = await debugRepresenters(open, {
    criteria: criteriaFrom(values),
    top: number(values, "top", { min: 1 }),
    damping: number(values, "damping", { min: 0, integer: false }),
    seed: number(values, "seed", { min: 0 }),
    threads: number(values, "threads", { min: 1 }),
    corrections: file === undefined ? undefined : { name: file, text: await textIn(file) },
  });
  for (const note of found.notes) out.note(`note: ${note}`);
  const likenesses =
    isArrays(values, text(values, "data") ?? "") || text(values, "data") === undefined
      ? undefined
      : await picturesOf((await dataFrom(values)).data, new Set(found.suspects.map((s) => s.point.id)));
  const page = debugPageOf(found, facts, likenesses);
  const record = recordOf(found);
  if (isSet(values, "json")) out.print(json(record).trimEnd());
  else for (const line of textOf(found)) out.print(line);
  return new Map([
    ["suspects.html", bytes(await debugPage(page))],
    ["suspects.csv", bytes(writeCsv(debugTable(page)))],
    ["labels.csv", bytes(writeCsv(labelTable(open.train, page.labels)))],
    ["debug.json", bytes(json(record))],
    [PAGE_FILE, packPage("representers debug", page)],
  ]);
}

const recordOf = ({ suspects, labels, ...rest }: RepresentersDebug) => ({
  ...rest,
  suspects: suspects.map(({ position, point, values, predicted, probability }) => ({
    position,
    id: point.id,
    label: point.label,
    values,
    predicted: predicted ?? null,
    probability: probability ?? null,
  })),
  class_names: labels,
  gain: rest.gain ?? null,
});

function* textOf({ suspects, criteria, trainingPoints, labels, gain }: RepresentersDebug): Generator<string> {
  const name = (c: number | null | undefined): string =>
    c === null || c === undefined ? "?" : (labels[c] ?? String(c));
  yield `${suspects.length} of ${trainingPoints} training points, by ${criteria[0]}:`;
  for (const { point, values, predicted, probability = 0 } of suspects.slice(0, 20))
    yield `  ${point.id}  label ${name(point.label)}, fit says ${name(predicted)} (${percent(probability)})  ${values[0]?.toPrecision(4)}`;
  if (gain !== undefined)
    yield `${gain.corrections} labels corrected: accuracy on ${gain.points} held-out points ${percent(gain.before)} -> ${percent(gain.after)}`;
}

async function simulated(
  open: OpenRepresenters,
  values: Values,
  flip: number,
  facts: PageFacts,
  out: Console,
): Promise<Files> {
  const { onProgress, finish } = progressLine("splits", isSet(values, "quiet"));
  const made = await simulateRepresenters(open, {
    flip,
    splits: number(values, "splits", { min: 1 }),
    count: number(values, "count", { min: 1 }),
    criteria: criteriaFrom(values),
    classes: classesFrom(open, values),
    seed: number(values, "seed", { min: 0 }),
    threads: number(values, "threads", { min: 1 }),
    onProgress: (done, total) => onProgress({ done, total }),
  }).finally(finish);
  const page = simulationPageOf(made, facts);
  const rows = simulationRows(made);
  if (isSet(values, "json")) out.print(json(made).trimEnd());
  else for (const line of simulationText(made)) out.print(line);
  const types = {
    criterion: "string",
    share: "double",
    accuracy: "double",
    accuracy_deviation: "double",
    fixed: "double",
    fixed_deviation: "double",
  } as const;
  return new Map([
    ["simulation.html", bytes(await simulationPage(page))],
    ["simulation.png", await simulationPicture(page)],
    ["simulation.csv", bytes(writeCsv(tableOfRows(rows, types)))],
    ["simulation.json", bytes(json(made))],
    [PAGE_FILE, packPage("representers simulate", page)],
  ]);
}

function* simulationText({
  shares,
  curves,
  clean,
  flip,
  splits,
  count,
  testPoints,
}: RepresentersSimulation): Generator<string> {
  yield `${percent(flip)} of ${count} labels flipped, ${splits} splits, accuracy on ${testPoints} points (${percent(clean.mean)} with all labels right)`;
  yield ["checked".padEnd(20), ...shares.map((s) => percent(s).padStart(14))].join("");
  for (const { criterion, fixed, accuracy } of curves)
    for (const [what, band] of [
      ["fixed", fixed],
      ["accuracy", accuracy],
    ] as const)
      yield [
        `${what === "fixed" ? criterion : ""}`.padEnd(20),
        ...band.mean.map((v, s) => `${v.toFixed(3)} ±${(band.deviation[s] ?? 0).toFixed(3)}`.padStart(14)),
        `  ${what}`,
      ].join("");
}

function classesFrom({ report }: OpenRepresenters, values: Values): readonly number[] | undefined {
  const asked = list(values, "among")
    .flatMap((v) => v.split(","))
    .map((v) => v.trim());
  if (asked.length === 0) return undefined;
  return asked.map((word) => {
    const named = report.class_names?.indexOf(word) ?? -1;
    const index = named >= 0 ? named : Number(word);
    if (Number.isInteger(index) && index >= 0 && index < report.classes && word !== "") return index;
    throw new OnnxplainError(
      "E_TARGET_UNKNOWN",
      `There is no class \`${word}\` among the ${report.classes} of the fit.`,
    );
  });
}

const factsOf = ({ folder, report }: OpenRepresenters, values: Values, command: string): PageFacts => ({
  model: folder,
  data: text(values, "data") ?? folder,
  settings: [
    ["lambda", String(report.lambda)],
    ["weight decay", String(2 * report.lambda)],
    ["damping", text(values, "damping") ?? "0"],
    ["seed", text(values, "seed") ?? "0"],
  ],
  command,
});
