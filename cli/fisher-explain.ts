/** @file `onnxplain fisher explain`: a class's score shared out to pixels, descriptors, Gaussians and training pictures. */
import {
  type ExplainedFisher,
  type ExplainedFisherClass,
  type ExplainedFisherPicture,
  explainFisher,
  FISHER_AREAS,
  type FisherExplainOptions,
  fisherDocument,
  fisherPictureDocument,
  OnnxplainError,
  RELEVANCE_VARIANTS,
  relevanceAsked,
  sortedJson,
  type TrainedFisher,
} from "../src/index.ts";
import { DATA_FLAGS } from "./data.ts";
import { type Collector, collectorFor, type FisherContext } from "./fisher-explain-files.ts";
import {
  classesFrom,
  decided,
  editsFrom,
  openPipeline,
  PIPELINE_FLAGS,
  picturesNamed,
  signed,
} from "./fisher-source.ts";
import {
  choice,
  commandLine,
  type Flags,
  helpPage,
  isSet,
  MODEL_FLAGS,
  number,
  parseFlags,
  RUN_FLAGS,
  text,
  type Values,
} from "./flags.ts";
import { untilInterrupted } from "./interrupt.ts";
import { deviceOptions } from "./open.ts";
import { progressLine } from "./progress.ts";
import { type Console, hushed, type Verb } from "./verb.ts";

const FLAGS = {
  pipeline: PIPELINE_FLAGS.pipeline,
  class: { type: "string", value: "C,C", about: "labels or indices, predicted (default) or all" },
  variant: {
    type: "string",
    value: "NAME",
    about: `how a dimension is shared out: ${RELEVANCE_VARIANTS.join(", ")} (default epsilon)`,
  },
  epsilon: { type: "string", value: "E", about: "stabiliser of sums over descriptors (default 100)" },
  area: {
    type: "string",
    value: "NAME",
    about: `pixels of a descriptor with bins of s: ${FISHER_AREAS.join(", ")} (default 4s)`,
  },
  top: { type: "string", value: "N", about: "descriptors that are listed on either side (default 10)" },
  shares: {
    type: "string",
    value: "N",
    about: "training pictures that are listed on either side (default: 5 on a page, else none)",
  },
  edit: PIPELINE_FLAGS.edit,
  data: { ...DATA_FLAGS.data, about: "where the training pictures lie, to be shown (default: where they were)" },
  out: {
    type: "string",
    short: "o",
    value: "FILE",
    about: ".html, .png, .npy, .safetensors, .json or .csv, or a folder for everything (default: a summary on stdout)",
  },
  device: RUN_FLAGS.device,
  threads: RUN_FLAGS.threads,
  json: MODEL_FLAGS.json,
  quiet: MODEL_FLAGS.quiet,
} as const satisfies Flags;

/** Training pictures on either side of a page. */
const SHOWN_SHARES = 5;

export const fisherExplain: Verb = {
  summary: "a class's score, down to descriptors, pixels and training pictures",
  help: helpPage(
    "fisher explain IMAGE… --pipeline MODEL/",
    "Images are files or `DATA#3`, item 3 of a data set. With --edit each picture is explained before and after.",
    FLAGS,
  ),
  run: async (argv, console) => {
    const { values, rest } = parseFlags("fisher explain", argv, FLAGS);
    const pictures = picturesNamed(rest, "explain");
    const place = collectorFor(text(values, "out"));
    const { words, edits } = editsFrom(values);
    const open = await openPipeline(values, "explain");
    const options: FisherExplainOptions = {
      ...settingsFrom(values, open, place?.shows ?? false),
      ...deviceOptions(values),
      edits,
    };
    const several =
      rest.length > 1 || options.classes === "all" || (Array.isArray(options.classes) && options.classes.length > 1);
    if (place?.single && several)
      throw new OnnxplainError(
        "E_USAGE",
        "One array holds one picture and one class. Give `-o` a .safetensors file, or a folder.",
      );
    const out = hushed(console, isSet(values, "quiet"));
    const context: FisherContext = {
      open,
      options,
      edits: words,
      values,
      command: commandLine("fisher explain", argv),
      note: out.note,
    };
    const collector: Collector | undefined = await place?.open(context);
    using stop = untilInterrupted();
    const line = progressLine("explaining", isSet(values, "quiet"));
    const documents: object[] = [];
    const lines: string[] = [];
    try {
      for await (const explained of explainFisher(open, pictures, {
        ...options,
        signal: stop.signal,
        onProgress: (done) => line.onProgress({ done, total: rest.length }),
      })) {
        for (const note of [...explained.notes, ...(explained.after?.notes ?? [])])
          out.note(`note: ${explained.id}: ${note}`);
        await collector?.add(explained);
        if (isSet(values, "json")) documents.push(fisherPictureDocument(open, explained));
        else if (!collector) lines.push(...textOf(explained, words, options));
      }
    } finally {
      line.finish();
    }
    await collector?.write();
    if (isSet(values, "json")) printJson(out, fisherDocument(open, options, { edits: words, pictures: documents }));
    else out.print(text(values, "out") ?? lines.join("\n"));
    return 0;
  },
};

const printJson = (out: Console, document: object): void => out.print(sortedJson(document).trimEnd());

function settingsFrom(values: Values, open: TrainedFisher, shows: boolean): FisherExplainOptions {
  const variant = choice(values, "variant", RELEVANCE_VARIANTS);
  const epsilon = number(values, "epsilon", { min: 0, integer: false });
  if (epsilon === 0)
    throw new OnnxplainError("E_USAGE", "`--epsilon 0` is no stabiliser. Say `--variant plain` instead.");
  if (epsilon !== undefined && variant !== undefined && variant !== "epsilon")
    throw new OnnxplainError("E_USAGE", `The variant \`${variant}\` has no epsilon. Leave out \`--epsilon\`.`);
  return {
    classes: classesFrom(values, open),
    variant,
    epsilon,
    area: choice(values, "area", FISHER_AREAS),
    top: number(values, "top", { min: 0 }),
    shares: number(values, "shares", { min: 0 }) ?? (shows ? SHOWN_SHARES : 0),
  };
}

/** Lines of a summary. */
function textOf(
  { id, after, ...before }: ExplainedFisher,
  edits: readonly string[],
  options: FisherExplainOptions,
): readonly string[] {
  return [
    `${id}: ${before.classes.map((c) => c.label).join(", ")} of ${before.scores.length} classes, ${before.descriptors} descriptors in ${before.image.width} x ${before.image.height} pixels`,
    ...before.classes.flatMap((c, i) => [
      `  ${scoreLine(c)}`,
      ...detailLines(c, options),
      ...(after ? [`  after ${edits.join(" ")}: ${afterLine(c, after, i)}`] : []),
    ]),
  ];
}

const scoreLine = ({ label, score, threshold, positive }: ExplainedFisherClass): string =>
  `${label}: score ${score.toFixed(5)}${threshold === null ? "" : `, threshold ${threshold.toFixed(5)}`}: ${decided(positive)}`;

function afterLine(c: ExplainedFisherClass, after: ExplainedFisherPicture, i: number): string {
  const then = after.classes[i] as ExplainedFisherClass;
  const turned = c.positive !== null && c.positive !== then.positive;
  return `${scoreLine(then)} (${signed(then.score - c.score, 5)}${turned ? ", the decision turns" : ""})`;
}

function detailLines(c: ExplainedFisherClass, options: FisherExplainOptions): readonly string[] {
  const { checks, blocks, shares } = c;
  const { variant } = relevanceAsked(options);
  const held = variant === "epsilon" ? ` (epsilon holds back ${signed(checks.leak)})` : "";
  return [
    `    R3 ${checks.dimensions.toFixed(5)} -> R2 ${checks.descriptors.toFixed(5)}${held} -> R1 ${checks.pixels.toFixed(5)}; off by at most ${checks.deviation.toExponential(1)}`,
    `    weights ${signed(blocks.pi)}, means ${signed(blocks.mu)}, deviations ${signed(blocks.sigma)}`,
    ...[...c.for, ...c.against].map(
      (d) =>
        `    ${signed(d.relevance, 6)}  x ${d.x} y ${d.y} side ${4 * d.size}  Gaussian ${d.gaussian} (${(100 * d.posterior).toFixed(1)} %)`,
    ),
    ...(shares
      ? [
          `    ${shares.support} training pictures: ${shares.sum.toFixed(5)}; with the bias off by ${shares.deviation.toExponential(1)}`,
          ...[...shares.positive, ...shares.negative].map(
            (s) =>
              `    ${signed(s.share, 5)}  alpha ${signed(s.alpha)}  similarity ${s.similarity.toFixed(4)}  ${s.id}`,
          ),
        ]
      : []),
  ];
}
