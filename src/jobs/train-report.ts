/** @file What closes a training: history, curves, report and manifest. */

import { files } from "#files";
import { runtimeVersion } from "#ort";
import { type Json, sortedJson } from "../report/manifest.ts";
import type { Checkpoint, SplitResult, TrainingReport } from "../report/train/input.ts";
import { trainingPicture } from "../report/train/picture.ts";
import { trainingReport } from "../report/train/report.ts";
import { VERSION } from "../version.ts";
import type { JobFolder, Settings } from "./run-folder.ts";
import { PAGE_FILE, packPage } from "./run-page-file.ts";
import type { Asked } from "./train-asked.ts";
import { checkpointPath } from "./train-checkpoint.ts";
import { epochRecords, type HistoryRow, historyFiles, stepRecords } from "./train-history.ts";
import { type Fitted, isDue, parameterCounts } from "./train-loop.ts";
import { headline, headlineName, type Measured } from "./train-measure.ts";
import type { SplitMeasure, TrainingRunOptions } from "./train-options.ts";
import type { Setup } from "./train-setup.ts";

export interface Closing {
  readonly setup: Setup;
  readonly asked: Asked;
  readonly options: TrainingRunOptions;
  readonly settings: Settings;
  readonly fitted: Fitted;
  readonly train: Measured | undefined;
  readonly validation: Measured | undefined;
  readonly notes: readonly string[];
}

/** Writes `history.parquet`, `curves.png`, `page.safetensors` (what the report says beside the history), `training.html`, `manifest.json`. Throws `E_FILE`. */
export async function writeResults(job: JobFolder, closing: Closing): Promise<void> {
  const { fitted, options } = closing;
  const tables = historyFiles(fitted.history, options.csv ?? false);
  for (const [name, content] of Object.entries(tables)) await job.write(name, content);
  const report = await reportOf(job, closing);
  const { steps: _, epochs: __, ...extras } = report;
  await job.write(PAGE_FILE, packPage("train", extras));
  await job.write("curves.png", await trainingPicture(report));
  await job.write("training.html", await trainingReport(report));
  await job.write("manifest.json", sortedJson(await manifestOf(closing)));
}

async function reportOf(job: JobFolder, closing: Closing): Promise<TrainingReport> {
  const { setup, asked, options, fitted, train, validation, notes, settings } = closing;
  const { trained, frozen } = parameterCounts(setup, fitted.layouts);
  const { pictures, several } = setup;
  const best = validation ?? train;
  return {
    facts: {
      network: setup.title,
      data: options.dataId ?? options.data.name,
      parameters: trained,
      frozen,
      splits: [
        ["train", pictures.train],
        ...(pictures.validation ? [["validation", pictures.validation] as const] : []),
      ],
      stepsAnEpoch: fitted.stepsAnEpoch,
      seconds: fitted.seconds,
      command: options.command,
      settings: await settingLines(closing, settings),
      notes,
    },
    measure: headlineName(several),
    steps: stepRecords(fitted.history),
    epochs: epochRecords(fitted.history),
    end: fitted.failure ? { kind: "diverged", message: fitted.failure.message } : { kind: "finished" },
    results: [...resultOf("validation", validation), ...resultOf("train", train)],
    labels: setup.names,
    ...(best ? { classes: classesOf(validation ? "validation" : "train", best) } : {}),
    checkpoints: await checkpointsOf(job, { asked, fitted }),
    skipped: setup.skipped.map(({ id, split, code, message }) => ({ image: `${id} (${split})`, code, message })),
  };
}

function resultOf(split: string, measured: Measured | undefined): readonly SplitResult[] {
  if (measured === undefined) return [];
  const { pictures, loss, accuracy, top5, averagePrecision } = measured;
  const measures: SplitResult["measures"] = averagePrecision
    ? [
        ["mAP (11 points)", averagePrecision.elevenPoint],
        ["mAP (all points)", averagePrecision.allPoint],
      ]
    : [["accuracy", accuracy], ...(top5 === null ? [] : [["top-5 accuracy", top5] as const])];
  return [{ split, pictures, loss, measures }];
}

const classesOf = (split: string, { tally, averagePrecision, equalErrors }: Measured): TrainingReport["classes"] =>
  tally
    ? { kind: "single", split, tally }
    : { kind: "multi", split, precisions: averagePrecision?.classes ?? [], errors: equalErrors ?? [] };

/** Complete networks in the folder, those of earlier processes too. */
async function checkpointsOf(
  job: JobFolder,
  { asked, fitted }: { readonly asked: Asked; readonly fitted: Fitted },
): Promise<readonly Checkpoint[]> {
  const sizeOf = async (path: string): Promise<number | undefined> =>
    files.size(files.join(job.folder, path)).catch(() => undefined);
  const found: Checkpoint[] = [];
  const measures = validationByStep(fitted.history);
  for (let step = 1; step <= fitted.steps; step++) {
    if (!isDue(asked, step, fitted.stepsAnEpoch)) continue;
    const bytes = await sizeOf(checkpointPath(step));
    if (bytes !== undefined) found.push({ path: checkpointPath(step), step, bytes, validation: measures.get(step) });
  }
  const bytes = await sizeOf("model.onnx");
  if (bytes !== undefined && fitted.failure === undefined)
    found.push({
      path: "model.onnx",
      step: fitted.kept,
      bytes,
      validation: measures.get(fitted.kept),
      best: asked.keep === "best",
    });
  return found;
}

const validationByStep = (rows: readonly HistoryRow[]): ReadonlyMap<number, number> =>
  new Map(
    rows.flatMap((r) => (r.split === "validation" && r.accuracy !== null ? [[r.step, r.accuracy] as const] : [])),
  );

async function settingLines(
  { setup, asked, options }: Closing,
  settings: Settings,
): Promise<readonly (readonly [string, string])[]> {
  const { optimizer, epochs, batch, schedule, weightDecay, seed, keep } = asked;
  const { kind, rate, warmupEpochs, ...course } = schedule;
  const record = (params: Readonly<Record<string, unknown>>): string =>
    Object.entries(params)
      .map(([k, v]) => ` ${k}=${Array.isArray(v) ? v.map((n) => Number(Number(n).toPrecision(4))).join(",") : v}`)
      .join("");
  const { mean, std, resize, crop, scale, channelOrder } = setup.preprocessing;
  const listed: readonly (readonly [string, unknown])[] = [
    ["classes", setup.names.length],
    ["loss", `${setup.loss.id}${record(setup.lossParams)}`],
    ["optimiser", `${optimizer?.id ?? "lbfgs"}${record(options.optimizerParams ?? {})}`],
    [
      "learning rate",
      optimizer && `${rate}, ${kind}${record(course)}${warmupEpochs ? `, ${warmupEpochs} epochs of warm-up` : ""}`,
    ],
    ["weight decay", weightDecay],
    ["epochs", epochs],
    ["batch", optimizer && batch],
    ["gradient clipped to", options.clip],
    ["frozen parameters", options.freeze?.join(", ")],
    ["batch normalisation", options.batchNorm],
    [
      "augmentation",
      options.augment?.map((a) => (typeof a === "string" ? a : `${a.id}${record(a.params ?? {})}`)).join(", "),
    ],
    ["sampling", options.sampling],
    ["pictures", `${channelOrder}, resize ${JSON.stringify(resize ?? null)}, crop ${JSON.stringify(crop ?? null)}`],
    ["pixels", `(u x ${Number(scale.toPrecision(4))} - [${mean.join(", ")}]) / [${std.join(", ")}]`],
    ["seed", seed],
    ["weights kept", options.validation === undefined ? undefined : keep],
    ["threads", options.threads],
    ["data sha256", setup.dataDigest],
    ["versions", `onnxplain ${VERSION}, ${settings.runtime}`],
  ];
  return listed.flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)] as const],
  );
}

async function manifestOf({ setup, settings, fitted, options, train, validation, notes }: Closing): Promise<Json> {
  const { trained, frozen } = parameterCounts(setup, fitted.layouts);
  return {
    schema_version: 1,
    settings: settings as Record<string, never>,
    command: options.command ?? null,
    data_sha256: setup.dataDigest,
    classes: setup.names,
    pictures: { train: setup.pictures.train, validation: setup.pictures.validation ?? null },
    parameters: { trained, frozen },
    loss: { id: setup.loss.id, params: setup.lossParams as Record<string, never> },
    steps: fitted.steps,
    epochs: fitted.epochs,
    steps_an_epoch: fitted.stepsAnEpoch,
    kept_step: fitted.kept,
    end: fitted.failure
      ? { kind: "diverged", code: fitted.failure.code, message: fitted.failure.message }
      : { kind: "finished" },
    results: { train: measureJson(train), validation: measureJson(validation) },
    skipped: setup.skipped.map((s) => ({ ...s })),
    notes,
    seconds: Number(fitted.seconds.toFixed(3)),
    versions: { onnxplain: VERSION, runtime: await runtimeVersion() },
  };
}

/** A measurement as JSON; null for none. */
export const measureJson = (m: SplitMeasure | undefined): Json =>
  m
    ? {
        pictures: m.pictures,
        loss: m.loss,
        headline: headline(m),
        accuracy: m.accuracy,
        top5_accuracy: m.top5,
        mean_average_precision: m.averagePrecision
          ? {
              eleven_point: m.averagePrecision.elevenPoint,
              all_point: m.averagePrecision.allPoint,
              classes: m.averagePrecision.classes.map((c) => ({
                eleven_point: c.elevenPoint,
                all_point: c.allPoint,
                positives: c.positives,
              })),
            }
          : null,
        equal_error: m.equalErrors
          ? m.equalErrors.map(({ threshold, rate, reason }) => ({ threshold, rate, reason }))
          : null,
      }
    : null;
