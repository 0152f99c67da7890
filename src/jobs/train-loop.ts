/** @file Steps, measurements and checkpoints, in an order that a killed process leaves in a state from which the next goes on alike. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { writeModelBytes } from "../graph/write.ts";
import { addTo, emptyTally, labelsOf, topAccuracy } from "../train/accuracy.ts";
import { baked, type Learned } from "../train/bake.ts";
import { culpritText, findNonFinite } from "../train/non-finite.ts";
import { parametersOf, thetaOf } from "../train/parameters.ts";
import { runningOf } from "../train/running-statistics.ts";
import { type TrainingStep, trainingStep } from "../train/step.ts";
import {
  type Diverged,
  firstState,
  type StepReport,
  stepsAnEpoch,
  type Trainer,
  type TrainingState,
  trainer,
} from "../train/trainer.ts";
import type { JobFolder } from "./run-folder.ts";
import type { Asked } from "./train-asked.ts";
import { checkpointPath, writeNetwork } from "./train-checkpoint.ts";
import type { HistoryRow } from "./train-history.ts";
import { headline, type Measured, measure } from "./train-measure.ts";
import type { TrainingRunOptions } from "./train-options.ts";
import type { Setup } from "./train-setup.ts";
import type { Layouts } from "./train-start.ts";
import { type Best, packState, STATE_FILE, type StoredState, unpackState } from "./train-state.ts";

/** How a training went. */
export interface Fitted {
  /** What `model.onnx` is made of, and the step that it stands at. */
  readonly learned: Learned;
  readonly kept: number;
  readonly layouts: Layouts;
  readonly steps: number;
  readonly epochs: number;
  readonly stepsAnEpoch: number;
  readonly history: readonly HistoryRow[];
  readonly seconds: number;
  /** Why it stopped before its end. */
  readonly failure: OnnxplainError | undefined;
  readonly notes: readonly string[];
}

/** The state is written at least so often, in milliseconds. */
const STATE_EVERY = 120_000;

export async function looped(setup: Setup, asked: Asked, options: TrainingRunOptions, job: JobFolder): Promise<Fitted> {
  const step = stepOf(setup, asked, options);
  const { device, threads } = options;
  const stored = await storedState(setup, step, asked, job);
  const { network, feed } = setup;
  const from =
    stored?.training ??
    firstState(
      { theta: thetaOf(network.model, step.parameters), running: runningOf(network.model, step.statistics) },
      asked.optimizer?.states ?? 0,
    );
  const stay = Object.values(step.carried);
  const session = await openSession(writeModelBytes(step.model), { device, threads, stay });
  const { epochs, batch, schedule } = asked;
  const run = trainer(session, { step, feed, from, epochs, batch, schedule, signal: options.signal });
  try {
    return await drive({ setup, asked, options, job, step, run, stored });
  } finally {
    run.dispose();
    await session.dispose();
  }
}

function stepOf(
  { network, loss, lossParams, ops }: Setup,
  { optimizer, weightDecay }: Asked,
  { optimizerParams, clip, freeze, batchNorm }: TrainingRunOptions,
): TrainingStep {
  if (optimizer === undefined) throw new OnnxplainError("E_INTERNAL", "internal: a loop without an optimiser");
  return trainingStep(
    network,
    { loss, lossParams, optimizer, optimizerParams, weightDecay, clip, freeze, batchNorm },
    ops,
  );
}

async function storedState(
  { dataDigest }: Setup,
  { parameters, statistics }: TrainingStep,
  { optimizer }: Asked,
  job: JobFolder,
): Promise<StoredState | undefined> {
  const bytes = job.resumed ? await job.read(STATE_FILE) : undefined;
  if (bytes === undefined) return undefined;
  const sizes = { theta: parameters.size, running: statistics.size, vectors: optimizer?.states ?? 0 };
  const state = unpackState(bytes, sizes);
  if (state.dataDigest === dataDigest) return state;
  throw new OnnxplainError(
    "E_PARAM",
    `The data has changed since the training in \`${job.folder}\` was begun. Restore it, or begin anew in another folder.`,
  );
}

interface Drive {
  readonly setup: Setup;
  readonly asked: Asked;
  readonly options: TrainingRunOptions;
  readonly job: JobFolder;
  readonly step: TrainingStep;
  readonly run: Trainer;
  readonly stored: StoredState | undefined;
}

async function drive(d: Drive): Promise<Fitted> {
  const { setup, asked, options, job, step, run, stored } = d;
  const began = performance.now();
  const seconds = (): number => (stored?.seconds ?? 0) + (performance.now() - began) / 1000;
  const history: HistoryRow[] = [...(stored?.history ?? [])];
  const each = stepsAnEpoch(setup.feed.count, asked.batch);
  const first = stored?.training.steps ?? 0;
  let best: Best | undefined = stored?.best;
  let [done, saved, settled] = [first, performance.now(), true];
  const save = async (training: TrainingState): Promise<void> => {
    const { dataDigest } = setup;
    await job.write(STATE_FILE, packState({ training, best, history, seconds: seconds(), dataDigest }));
    saved = performance.now();
  };
  const ended = async (failure?: OnnxplainError): Promise<Fitted> => {
    const last = await run.state();
    const learned = asked.keep === "best" && best ? best : last;
    return {
      learned,
      kept: asked.keep === "best" && best ? best.step : last.steps,
      layouts: step,
      steps: done,
      epochs: Math.ceil(done / each),
      stepsAnEpoch: each,
      history,
      seconds: seconds(),
      failure,
      notes: step.notes,
    };
  };
  const tell = progressOf(options, { first, each });
  const steps = run.steps();
  try {
    for (;;) {
      const next = await steps.next();
      if (next.done) return ended(next.value && (await divergence(next.value, d)));
      const report = next.value;
      settled = false;
      done = report.step;
      const accuracy = setup.several ? null : batchAccuracy(report);
      history.push({
        step: done,
        epoch: report.epoch,
        split: "train",
        loss: report.loss,
        accuracy,
        rate: report.rate,
        gradient_norm: report.norm,
        seconds: seconds(),
      });
      tell(report, accuracy);
      const due = isDue(asked, done, each);
      if (report.endsEpoch && setup.validation) {
        const learned = await run.state();
        const measured = await validated(d, learned);
        const value = headline(measured);
        history.push({
          step: done,
          epoch: report.epoch,
          split: "validation",
          loss: measured.loss,
          accuracy: value,
          rate: null,
          gradient_norm: null,
          seconds: seconds(),
        });
        if (asked.keep === "best" && value !== null && value > (best?.measure ?? Number.NEGATIVE_INFINITY))
          best = { theta: learned.theta, running: learned.running, step: done, measure: value };
      }
      if (due || report.endsEpoch || performance.now() - saved > STATE_EVERY) {
        const state = await run.state();
        // weights that are not finite are left to the next step, or the last measurement, to report
        if (allFinite(state.theta)) {
          if (due) {
            const epoch = done / each;
            const complete = { setup, learned: state, layouts: step, step: done, epoch, options, asked };
            await writeNetwork(job, checkpointPath(done), complete);
          }
          await save(state);
        }
      }
      settled = true;
    }
  } catch (error) {
    if (!(error instanceof OnnxplainError)) throw error;
    // a step whose epoch is not measured yet is done again
    if (error.code === "E_ABORTED" && settled) await save(await run.state());
    if (error.code === "E_NUMERIC") return ended(notFinite(error, { step: done, epoch: Math.ceil(done / each) }));
    throw error;
  }
}

/** Is a complete network written after this step? */
export function isDue({ checkpointEvery }: Asked, step: number, each: number): boolean {
  if (checkpointEvery === undefined) return false;
  const every = "steps" in checkpointEvery ? checkpointEvery.steps : checkpointEvery.epochs * each;
  return step % every === 0;
}

function batchAccuracy({ scores, batch }: StepReport): number | null {
  const classes = scores.length / batch.count;
  const tally = emptyTally(classes);
  addTo(tally, scores, labelsOf(batch.targets, classes));
  return topAccuracy(tally);
}

function validated({ setup, step, options }: Drive, learned: Learned): Promise<Measured> {
  const { device, threads, signal } = options;
  return measure(baked(setup.network, learned, step), setup.validation as NonNullable<Setup["validation"]>, {
    ...setup,
    batch: setup.measureBatch,
    device,
    threads,
    signal,
  });
}

const allFinite = (values: Float32Array): boolean => values.every(Number.isFinite);

const REMEDY = "lower `--rate`, or limit the gradient with `--clip 1`. What was saved before is intact.";

/** Scores that are not finite, where no step was at fault. */
export const notFinite = (
  { message }: OnnxplainError,
  { step, epoch }: { readonly step: number; readonly epoch: number },
): OnnxplainError =>
  new OnnxplainError(
    "E_NUMERIC",
    `The training diverged by step ${step}, in epoch ${epoch}: ${message}. To mend it, ${REMEDY}`,
  );

/** Which step of which epoch, what gave the first number that is none, and what to do. */
async function divergence(at: Diverged, { setup, step, run, options }: Drive): Promise<OnnxplainError> {
  const { device, threads } = options;
  const { network, feed, ops } = setup;
  const learned = await run.state();
  const culprit = await findNonFinite(
    { network, step, learned, batch: at.batch, dims: feed.dims },
    (model, session) => openSession(writeModelBytes(model), { ...session, device, threads }),
    ops,
  );
  return new OnnxplainError(
    "E_NUMERIC",
    `The training diverged at step ${at.step}, in epoch ${at.epoch + 1}: the loss is ${at.loss}, the gradient's length ${at.norm}; ${culpritText(culprit)}. ` +
      `The rate was ${Number(at.rate.toPrecision(4))}: ${REMEDY}`,
    { node: culprit.name },
  );
}

/** Means over the steps of an epoch, of those that this process did. */
function progressOf(
  { onProgress }: TrainingRunOptions,
  { first, each }: { readonly first: number; readonly each: number },
): (report: StepReport, accuracy: number | null) => void {
  let [epoch, count, loss, right] = [-1, 0, 0, 0];
  return (report, accuracy) => {
    if (report.epoch !== epoch) [epoch, count, loss, right] = [report.epoch, 0, 0, 0];
    count++;
    loss += report.loss;
    right += accuracy ?? 0;
    onProgress?.({
      phase: "training",
      step: report.step,
      total: report.total,
      own: report.step - first,
      epoch: Math.floor((report.step - 1) / each),
      batch: report.batch.count,
      loss: loss / count,
      accuracy: accuracy === null ? null : right / count,
      rate: report.rate,
    });
  };
}

/** Parameters that a step changes, and all that the network has. */
export const parameterCounts = ({ network, beside }: Setup, { parameters }: Layouts) => ({
  trained: parameters.size,
  frozen: parametersOf(network).size - parameters.size + beside,
});
