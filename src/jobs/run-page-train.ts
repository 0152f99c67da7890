/** @file The folder of `train` as its page: the history's table, and what was measured at the end. */
import type { SplitResult, TrainingReport } from "../report/train/input.ts";
import { trainingView } from "../report/train/report.ts";
import { type RunReader, rowsIn } from "./run-page-folder.ts";
import { type TrainingExtras, trainingExtras } from "./run-page-inputs-run.ts";
import { count, list, maybe, nullable, oneOf, optional, real, record, type Shape, text } from "./run-page-shape.ts";
import { has, type Opened, type RunKind, saidFacts } from "./run-page-view.ts";
import { epochRecords, type HistoryRow, stepRecords } from "./train-history.ts";

const historyRow: Shape<HistoryRow> = record<HistoryRow>({
  step: count,
  epoch: count,
  split: oneOf("train", "validation"),
  loss: real,
  accuracy: maybe,
  rate: maybe,
  gradient_norm: maybe,
  seconds: real,
});

interface Measured {
  readonly pictures: number;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly mean_average_precision: { readonly eleven_point: number | null; readonly all_point: number | null } | null;
}
const measured: Shape<Measured> = record<Measured>({
  pictures: count,
  loss: maybe,
  accuracy: maybe,
  mean_average_precision: nullable(
    record<NonNullable<Measured["mean_average_precision"]>>({ eleven_point: maybe, all_point: maybe }),
  ),
});

interface Manifest {
  readonly command: string | null;
  readonly classes: readonly string[];
  readonly pictures: { readonly train: number; readonly validation: number | null };
  readonly parameters: { readonly trained: number; readonly frozen: number };
  readonly steps_an_epoch: number;
  readonly end: TrainingReport["end"];
  readonly results: { readonly train: Measured | null; readonly validation: Measured | null };
  readonly settings: { readonly data?: string | undefined; readonly network?: string | undefined };
  readonly skipped: readonly { readonly id: string; readonly code: string; readonly message: string }[];
  readonly notes: readonly string[];
  readonly seconds: number;
}
/** Text, or nothing where it is something else. */
const perhaps: Shape<string | undefined> = (value) => (typeof value === "string" ? value : undefined);
const manifest: Shape<Manifest> = record<Manifest>({
  command: nullable(text),
  classes: list(text),
  pictures: record<Manifest["pictures"]>({ train: count, validation: nullable(count) }),
  parameters: record<Manifest["parameters"]>({ trained: count, frozen: count }),
  steps_an_epoch: count,
  end: record<TrainingReport["end"]>({
    kind: oneOf("finished", "early", "interrupted", "diverged"),
    message: optional(text),
  }),
  results: record<Manifest["results"]>({ train: nullable(measured), validation: nullable(measured) }),
  settings: record<Manifest["settings"]>({ data: perhaps, network: perhaps }),
  skipped: list(record<Manifest["skipped"][number]>({ id: text, code: text, message: text })),
  notes: list(text),
  seconds: real,
});

function resultOf(split: string, m: Measured | null): readonly SplitResult[] {
  if (m === null) return [];
  const { mean_average_precision: several, accuracy, pictures, loss } = m;
  const measures: SplitResult["measures"] = several
    ? [
        ["mAP (11 points)", several.eleven_point],
        ["mAP (all points)", several.all_point],
      ]
    : [["accuracy", accuracy]];
  return [{ split, pictures, loss: loss ?? undefined, measures }];
}

async function olderExtras(run: RunReader): Promise<TrainingExtras> {
  const m = await run.json("manifest.json", manifest);
  const { results, pictures, parameters, settings } = m;
  const several = (results.validation ?? results.train)?.mean_average_precision !== null;
  return {
    facts: {
      network: settings.network ?? "a network",
      data: settings.data ?? "",
      parameters: parameters.trained,
      frozen: parameters.frozen,
      splits: [
        ["train", pictures.train],
        ...(pictures.validation === null ? [] : [["validation", pictures.validation] as const]),
      ],
      stepsAnEpoch: Math.max(1, m.steps_an_epoch),
      seconds: m.seconds,
      command: m.command ?? undefined,
      settings: [["classes", String(m.classes.length)]],
      notes: m.notes,
    },
    measure: several ? "mAP (11 points)" : "accuracy",
    end: m.end,
    results: [...resultOf("validation", results.validation), ...resultOf("train", results.train)],
    labels: m.classes,
    checkpoints: [],
    skipped: m.skipped.map(({ id, code, message }) => ({ image: id, code, message })),
  };
}

const OLD = "What each class scores, and some settings, were not kept by the onnxplain that wrote this folder.";

async function open(run: RunReader): Promise<Opened> {
  const kept = await run.page("train", trainingExtras);
  const extras = kept ?? (await olderExtras(run));
  const history = rowsIn(await run.table("history.parquet"), historyRow, run.place("history.parquet"));
  return {
    page: trainingView({ ...extras, steps: stepRecords(history), epochs: epochRecords(history) }),
    facts: saidFacts(extras),
    missing: kept ? [] : [OLD],
  };
}

export const trainKind: RunKind = { title: "Training", recognises: has("history.parquet", "manifest.json"), open };
