/** @file The folder of `patterns fit` as its page. */
import type {
  PatternCategory,
  PatternChange,
  PatternContours,
  PatternCurve,
  PatternFrame,
  PatternGrids,
  PatternKnowledge,
  PatternLayer,
  PatternSetting,
  PatternsFacts,
  PatternsPage,
  Thumbnails,
} from "../report/patterns/input.ts";
import { patternsView } from "../report/patterns/page.ts";
import { openPatterns } from "./patterns-open.ts";
import type { RunReader } from "./run-page-folder.ts";
import { cellText } from "./run-page-plain.ts";
import {
  bytes,
  count,
  entries,
  flag,
  floats,
  ints,
  list,
  maybe,
  nullable,
  oneOf,
  pair,
  real,
  record,
  type Shape,
  text,
  where,
} from "./run-page-shape.ts";
import { has, type Opened, type RunKind } from "./run-page-view.ts";

const setting: Shape<PatternSetting> = (value, at, reading) =>
  value === null || typeof value === "boolean" || typeof value === "string" ? value : real(value, at, reading);
const curve: Shape<PatternCurve> = record<PatternCurve>({ kl: list(real), second: list(real) });
const knowledge: Shape<PatternKnowledge> = record<PatternKnowledge>({
  tau: real,
  count: real,
  reliable: maybe,
  ratio: maybe,
  meanRatio: maybe,
});
const layer: Shape<PatternLayer> = record<PatternLayer>({
  name: text,
  op: text,
  size: pair(count, count),
  channels: count,
  strength: real,
  scale: real,
  knowledge: list(knowledge),
  counts: ints,
  reliable: ints,
  change: nullable(record<PatternChange>({ kept: count, turned: count, lost: count, gained: count })),
  curve,
  grids: record<PatternGrids>({ arrows: floats, largest: floats, winners: ints }),
});
const frame: Shape<PatternFrame> = record<PatternFrame>({
  name: text,
  model: count,
  epoch: maybe,
  step: maybe,
  input: oneOf("clean", "attacked"),
  after: nullable(count),
  weights: floats,
  means: floats,
  points: floats,
  predicted: ints,
  posterior: ints,
  confidence: floats,
  networkConfidence: floats,
  strength: real,
  agreement: real,
  accuracy: maybe,
  networkAccuracy: maybe,
  curve,
  best: count,
  converged: flag,
  residual: maybe,
  layers: list(layer),
  contours: nullable(record<PatternContours>({ ticks: floats, values: floats })),
  notes: list(text),
});

const patternsInput: Shape<PatternsPage> = where(
  record<PatternsPage>({
    facts: record<PatternsFacts>({
      data: text,
      models: list(record<PatternsFacts["models"][number]>({ name: text, sha256: text })),
      version: text,
      command: nullable(text),
      unread: list(record<PatternsFacts["unread"][number]>({ id: text, message: text })),
      notes: list(text),
    }),
    settings: entries(setting),
    dimension: where(count, (d) => d === 2 || d === 3, "the dimension is neither 2 nor 3"),
    tau: real,
    concentration: record<PatternsPage["concentration"]>({ sigma: real, kappa0: maybe }),
    grid: pair(count, count),
    categories: list(record<PatternCategory>({ name: text, index: count })),
    ids: list(text),
    labels: ints,
    thumbnails: record<Thumbnails>({ width: count, height: count, pixels: bytes }),
    shown: ints,
    frames: list(frame),
  }),
  ({ ids, labels, dimension, frames, thumbnails: { width, height, pixels }, categories }) =>
    labels.length === ids.length &&
    (pixels.length === 0 || pixels.length === ids.length * width * height * 3) &&
    frames.every(
      (f) =>
        f.points.length === ids.length * dimension &&
        f.means.length === categories.length * dimension &&
        (f.after === null || f.after < frames.length),
    ),
  "pictures, labels and frames are not of one number",
);

async function open(run: RunReader): Promise<Opened> {
  const { page } = await openPatterns(run.location);
  const input = patternsInput(page, "", { tensors: {}, file: run.place("patterns.json") });
  return {
    page: await patternsView(input),
    facts: [
      ["models", input.facts.models.map((m) => m.name).join(", ")],
      ["data", input.facts.data],
      ...Object.entries(input.settings).map(([name, v]) => [name.replaceAll("_", " "), cellText(v)] as const),
      ...(input.facts.command === null ? [] : [["command", input.facts.command] as const]),
    ],
    missing: [],
  };
}

export const patternsKind: RunKind = { title: "Emerging patterns", recognises: has("patterns.json"), open };
