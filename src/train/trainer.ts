/** @file The loop: batches in, parameters changed, one report a step. It knows no files; whoever drives it keeps snapshots. */
import { OnnxplainError } from "../errors.ts";
import { chained } from "../runtime/chain.ts";
import type { Chain, HostTensor, Session } from "../runtime/session.ts";
import type { Learned } from "./bake.ts";
import type { Batch, Feed } from "./batch.ts";
import { rateAt, type Schedule } from "./schedule.ts";
import { STEP, type TrainingStep } from "./step.ts";

/** All that a training needs to go on as if it had never stopped. */
export interface TrainingState extends Learned {
  /** Vectors of the optimiser. */
  readonly optimizer: readonly Float32Array[];
  /** Steps done. */
  readonly steps: number;
}

export interface TrainerOptions {
  readonly step: TrainingStep;
  readonly feed: Feed;
  readonly from: TrainingState;
  readonly epochs: number;
  readonly batch: number;
  readonly schedule: Schedule;
  readonly signal?: AbortSignal | undefined;
}

/** One step, as it went. */
export interface StepReport {
  /** Steps done, this one included; of all. */
  readonly step: number;
  readonly total: number;
  /** From 0. */
  readonly epoch: number;
  readonly loss: number;
  /** Length of the gradient before clipping. */
  readonly norm: number;
  readonly rate: number;
  /** `[count, classes]` before the step, with the batch it was made of. */
  readonly scores: Float32Array;
  readonly batch: Batch;
  readonly endsEpoch: boolean;
}

/** A step that gave no finite number; what went before it is untouched. */
export interface Diverged {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly norm: number;
  readonly rate: number;
  readonly batch: Batch;
}

export interface Trainer {
  /** Runs to the end, one report a step; ends early with a {@link Diverged} when loss or gradient is not finite. Throws `E_ABORTED`, `E_RUNTIME`, and what the feed throws. */
  readonly steps: () => AsyncGenerator<StepReport, Diverged | undefined, void>;
  /** The state after the last step that was handed out. */
  readonly state: () => Promise<TrainingState>;
  readonly dispose: () => void;
}

/** Batches of an epoch: those that are full, or the only one. */
export const stepsAnEpoch = (count: number, batch: number): number => Math.max(1, Math.floor(count / batch));

/** The state before the first step. */
export const firstState = ({ theta, running }: Learned, vectors: number): TrainingState => ({
  theta,
  running,
  optimizer: Array.from({ length: vectors }, () => new Float32Array(theta.length)),
  steps: 0,
});

/** Train on a session of `step.model`; open it with `stay` = the outputs of `step.carried`. */
export function trainer(session: Session, options: TrainerOptions): Trainer {
  const { step, from } = options;
  const chain = chained(session, step.carried, tensorsOf(from, step));
  let done = from.steps;
  return {
    steps: async function* () {
      const { feed, epochs, batch: size, signal } = options;
      const each = stepsAnEpoch(feed.count, size);
      const total = epochs * each;
      for (let epoch = Math.floor(done / each); done < total; epoch++) {
        let place = epoch * each;
        for await (const batch of feed.epoch(epoch, size)) {
          if (place++ < done) continue;
          if (signal?.aborted)
            throw new OnnxplainError("E_ABORTED", `Stopped after ${done} steps.`, { cause: signal.reason });
          const rate = rateAt(options.schedule, { step: done, totalSteps: total, stepsAnEpoch: each });
          const ran = await runStep(chain, { step, feed, batch, rate, count: done + 1 });
          const { loss, norm } = ran;
          if (!finite(ran)) return { step: done + 1, epoch, loss, norm, rate, batch };
          done++;
          yield { step: done, total, epoch, loss, norm, rate, scores: ran.scores, batch, endsEpoch: done % each === 0 };
        }
      }
      return undefined;
    },
    state: async () => stateOf(await chain.read(), step, done),
    dispose: chain.dispose,
  };
}

interface Ran {
  readonly loss: number;
  readonly norm: number;
  readonly scores: Float32Array;
}
const finite = ({ loss, norm }: Pick<Ran, "loss" | "norm">): boolean => Number.isFinite(loss) && Number.isFinite(norm);

interface OneStep {
  readonly step: TrainingStep;
  readonly feed: Feed;
  readonly batch: Batch;
  readonly rate: number;
  readonly count: number;
}

async function runStep(chain: Chain, { step, feed, batch, rate, count }: OneStep): Promise<Ran> {
  const number = (value: number): HostTensor => ({ dtype: "float32", dims: [], data: Float32Array.of(value) });
  const feeds: Record<string, HostTensor> = {
    [STEP.images]: { dtype: "float32", dims: [batch.count, ...feed.dims], data: batch.images },
    [STEP.targets]: { dtype: "float32", dims: [batch.count, feed.classes], data: batch.targets },
    [STEP.rate]: number(rate),
    [STEP.count]: number(count),
  };
  const taken = step.model.graph.inputs.map((p) => p.name);
  const given = Object.fromEntries(Object.entries(feeds).filter(([name]) => taken.includes(name)));
  const read = (results: Readonly<Record<string, HostTensor>>): Ran => ({
    loss: Number(results[STEP.loss]?.data[0]),
    norm: Number(results[STEP.norm]?.data[0]),
    scores: results[STEP.scores]?.data as Float32Array,
  });
  return read(await chain.run(given, [STEP.loss, STEP.norm, STEP.scores], (results) => finite(read(results))));
}

const vector = (data: Float32Array): HostTensor => ({ dtype: "float32", dims: [data.length], data });

function tensorsOf({ theta, running, optimizer }: TrainingState, step: TrainingStep): Record<string, HostTensor> {
  return {
    [STEP.theta]: vector(theta),
    ...Object.fromEntries(optimizer.map((v, i) => [STEP.state(i), vector(v)])),
    ...(step.statistics.size > 0 ? { [STEP.running]: vector(running) } : {}),
  };
}

function stateOf(held: Readonly<Record<string, HostTensor>>, step: TrainingStep, steps: number): TrainingState {
  const data = (name: string): Float32Array => (held[name]?.data ?? new Float32Array()) as Float32Array;
  const vectors = Object.keys(step.carried).filter((name) => name.startsWith("step/state"));
  return { theta: data(STEP.theta), running: data(STEP.running), optimizer: vectors.map(data), steps };
}
