/** @file Shapes of the reports of runs and trainings: what tables beside them do not hold. */
import type { MetricFacts, RunFacts, RunPicture } from "../report/run/input.ts";
import type {
  Checkpoint,
  ClassResults,
  SkippedPicture,
  SplitResult,
  TrainingEnd,
  TrainingFacts,
  TrainingReport,
} from "../report/train/input.ts";
import type { Tally } from "../train/accuracy.ts";
import type { AveragePrecision } from "../train/average-precision.ts";
import type { EqualError } from "../train/equal-error.ts";
import { names, settings } from "./run-page-inputs.ts";
import {
  bytes,
  count,
  counts,
  flag,
  list,
  maybe,
  nullable,
  oneOf,
  optional,
  pair,
  real,
  record,
  type Shape,
  tagged,
  text,
  where,
} from "./run-page-shape.ts";

/** `evaluate`: what is not in its tables. */
export interface EvaluationExtras {
  readonly facts: RunFacts;
  readonly pictures: readonly RunPicture[];
  readonly presets: readonly string[];
  /** Seed of the intervals. */
  readonly seed: number;
  /** Metrics by the name that they have in the rows. */
  readonly metrics: readonly { readonly name: string; readonly metric: MetricFacts["id"] }[];
}

export const evaluationExtras: Shape<EvaluationExtras> = record<EvaluationExtras>({
  facts: record<RunFacts>({
    model: text,
    data: text,
    images: count,
    command: optional(text),
    settings,
    notes: optional(names),
  }),
  pictures: list(
    record<RunPicture>({
      image: text,
      png: bytes,
      caption: optional(text),
      maps: list(record<RunPicture["maps"][number]>({ method: text, png: bytes })),
    }),
  ),
  presets: names,
  seed: count,
  metrics: list(record<EvaluationExtras["metrics"][number]>({ name: text, metric: text })),
});

/** `train`: all but the history. */
export type TrainingExtras = Omit<TrainingReport, "steps" | "epochs">;

const tally: Shape<Tally> = where(
  record<Tally>({ classes: count, count, confusion: counts, places: counts }),
  ({ classes, confusion, places }) => confusion.length === classes * classes && places.length === classes,
  "the counts are not those of its classes",
);
const precision: Shape<AveragePrecision> = record<AveragePrecision>({
  samples: count,
  positives: count,
  elevenPoint: maybe,
  allPoint: maybe,
  reason: nullable(text),
});
const equalError: Shape<EqualError> = record<EqualError>({
  positives: count,
  negatives: count,
  threshold: maybe,
  rate: maybe,
  reason: nullable(text),
});
const classResults: Shape<ClassResults> = tagged<ClassResults>("kind", {
  single: record<Extract<ClassResults, { kind: "single" }>>({ kind: oneOf("single"), split: text, tally }),
  multi: record<Extract<ClassResults, { kind: "multi" }>>({
    kind: oneOf("multi"),
    split: text,
    precisions: list(precision),
    errors: list(equalError),
  }),
});

export const trainingExtras: Shape<TrainingExtras> = record<TrainingExtras>({
  facts: record<TrainingFacts>({
    network: text,
    data: text,
    parameters: count,
    frozen: optional(count),
    splits: list(pair(text, count)),
    stepsAnEpoch: where(count, (n) => n > 0, "an epoch has no step"),
    seconds: real,
    command: optional(text),
    settings,
    notes: optional(names),
  }),
  measure: text,
  end: record<TrainingEnd>({
    kind: oneOf("finished", "early", "interrupted", "diverged"),
    message: optional(text),
  }),
  results: list(
    record<SplitResult>({ split: text, pictures: count, loss: optional(real), measures: list(pair(text, maybe)) }),
  ),
  labels: names,
  classes: optional(classResults),
  checkpoints: list(
    record<Checkpoint>({
      path: text,
      step: count,
      bytes: count,
      validation: optional(real),
      best: optional(flag),
    }),
  ),
  skipped: list(record<SkippedPicture>({ image: text, code: text, message: text })),
});
