/** @file `train` as a job: a folder with the network, checkpoints on the way, taken up where it stopped. */
import { openJob } from "#run-folder";
import { OnnxplainError } from "../errors.ts";
import { baked } from "../train/bake.ts";
import type { JobFolder } from "./run-folder.ts";
import { type Asked, asked as readAsked } from "./train-asked.ts";
import { writeNetwork } from "./train-checkpoint.ts";
import { splitsOf } from "./train-data.ts";
import { headFitted } from "./train-fit.ts";
import { type Fitted, looped, notFinite, parameterCounts } from "./train-loop.ts";
import { type Measured, measure } from "./train-measure.ts";
import type { TrainingRun, TrainingRunOptions } from "./train-options.ts";
import { writeResults } from "./train-report.ts";
import { type Setup, settingsOf, setUp } from "./train-setup.ts";
import { startOf } from "./train-start.ts";

/**
 * Train a network into a folder: `model.onnx` with `config.json` and `preprocessor_config.json` beside it, so that the folder loads
 * like any other; `checkpoints/`, `history.parquet`, `curves.png`, `page.safetensors`, `training.html`, `manifest.json`, and the state to go on from.
 * Stopped at any moment and resumed, it gives the weights of a training that was never stopped.
 *
 * @throws OnnxplainError `E_PARAM` for settings that do not go together, that the folder was not begun with, or other data than it
 * was begun with; `E_DATA_EMPTY`, `E_DATA_CLASSES`, `E_TARGET_RANGE`, `E_TARGET_UNKNOWN` for data that cannot be trained on;
 * `E_NUMERIC` when the training diverges (history and report are written, the last state is intact); `E_FILE` for a folder that is
 * taken or cannot be written (what stood there is intact); `E_ABORTED` on the signal, after the state is written.
 * @example await runTraining({ network: "resnet-small", data, validation: 0.1, epochs: 20, folder: "run" });
 */
export async function runTraining(options: TrainingRunOptions): Promise<TrainingRun> {
  const asked = readAsked(options);
  const { labels, ...splits } = await splitsOf(options.data, options.validation, asked.seed);
  const start = await startOf({ data: splits.train, labels, options });
  const parts = { options, asked, start, splits };
  const settings = await settingsOf(parts);
  const job = await openJob(options.folder, settings, options.resume ?? false);
  if (job.done)
    throw new OnnxplainError("E_FILE", `The training in \`${job.folder}\` is complete; there is nothing to resume.`, {
      file: job.folder,
    });
  const setup = await setUp(parts, job);
  for (const note of setup.notes) options.onNote?.(note);
  const fitted = asked.optimizer ? await looped(setup, asked, options, job) : await headFitted(setup, asked, options);
  const notes = [...setup.notes, ...fitted.notes];
  const closing = { setup, asked, options, settings, fitted };
  if (fitted.failure) throw await failed(job, { ...closing, notes }, fitted.failure);
  return finish(job, { ...closing, notes });
}

/** What there is of the results, and the error. */
async function failed(job: JobFolder, finishing: Finishing, failure: OnnxplainError): Promise<OnnxplainError> {
  const fitted = { ...finishing.fitted, failure };
  await writeResults(job, { ...finishing, fitted, train: undefined, validation: undefined });
  return failure;
}

interface Finishing {
  readonly setup: Setup;
  readonly asked: Asked;
  readonly options: TrainingRunOptions;
  readonly settings: Awaited<ReturnType<typeof settingsOf>>;
  readonly fitted: Fitted;
  readonly notes: readonly string[];
}

async function finish(job: JobFolder, finishing: Finishing): Promise<TrainingRun> {
  const { setup, asked, options, fitted } = finishing;
  const { learned, layouts, kept, stepsAnEpoch } = fitted;
  const began = performance.now();
  const results = await measuredBoth(finishing).catch(async (error: unknown) => {
    const diverged = error instanceof OnnxplainError && error.code === "E_NUMERIC";
    throw diverged
      ? await failed(job, finishing, notFinite(error, { step: kept, epoch: Math.ceil(kept / stepsAnEpoch) }))
      : error;
  });
  const { train, validation } = results;
  const written = await writeNetwork(job, "model.onnx", {
    setup,
    learned,
    layouts,
    step: kept,
    epoch: kept / stepsAnEpoch,
    options,
    asked,
  });
  const notes = [...finishing.notes, ...written];
  const seconds = fitted.seconds + (performance.now() - began) / 1000;
  await writeResults(job, { ...finishing, fitted: { ...fitted, seconds }, train, validation, notes });
  await job.close();
  return {
    folder: job.folder,
    steps: fitted.steps,
    epochs: fitted.epochs,
    kept,
    train: plain(train),
    validation: validation && plain(validation),
    classes: setup.names,
    parameters: parameterCounts(setup, layouts).trained,
    skipped: setup.skipped,
    seconds,
    notes,
  };
}

async function measuredBoth(
  finishing: Finishing,
): Promise<{ readonly train: Measured; readonly validation: Measured | undefined }> {
  const { train, validation } = finishing.setup;
  return {
    train: await measured(finishing, train),
    validation: validation && (await measured(finishing, validation)),
  };
}

function measured({ setup, options, fitted }: Finishing, feed: Setup["train"]): Promise<Measured> {
  const { device, threads, signal, onProgress } = options;
  return measure(baked(setup.network, fitted.learned, fitted.layouts), feed, {
    ...setup,
    batch: setup.measureBatch,
    device,
    threads,
    signal,
    onProgress: (done, total) => onProgress?.({ phase: "measuring", done, total }),
  });
}

const plain = ({ tally: _, ...rest }: Measured): Omit<Measured, "tally"> => rest;
