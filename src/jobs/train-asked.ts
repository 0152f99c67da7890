/** @file What was asked of a training, with every default filled in and checked before anything is read. */
import { OnnxplainError } from "../errors.ts";
import { findLoss } from "../train/losses.ts";
import { findOptimizer, type Optimizer } from "../train/optimizers.ts";
import { checkSchedule, type Schedule } from "../train/schedule.ts";
import type { CheckpointEvery, TrainingRunOptions } from "./train-options.ts";

export const LBFGS = "lbfgs";

export interface Asked {
  readonly seed: number;
  readonly mode: "all" | "head";
  /** Undefined for `lbfgs`. */
  readonly optimizer: Optimizer | undefined;
  readonly epochs: number;
  readonly batch: number;
  readonly schedule: Schedule;
  readonly weightDecay: number;
  readonly keep: "last" | "best";
  readonly checkpointEvery: CheckpointEvery | undefined;
}

/** Throws `E_PARAM`. */
export function asked(options: TrainingRunOptions): Asked {
  const { seed = 0, mode = "all", keep = "last", checkpointEvery, validation } = options;
  const convex = options.optimizer?.toLowerCase() === LBFGS;
  const paired = options.loss !== undefined && findLoss(options.loss).paired === true;
  const optimizer = convex ? undefined : findOptimizer(options.optimizer ?? "sgd");
  const { epochs = convex ? 200 : 10, batch = 64, weightDecay = convex ? 1e-2 : 0 } = options;
  for (const [name, value, least] of [
    ["epochs", epochs, 1],
    ["batch", batch, 1],
    ["seed", seed, 0],
    ["checkpointEvery", everyCount(checkpointEvery), 1],
  ] as const)
    if (!Number.isSafeInteger(value) || value < least)
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be an integer from ${least} up, got ${value}.`);
  for (const [name, value] of [
    ["weightDecay", weightDecay],
    ["clip", options.clip ?? 1],
  ] as const)
    if (!(Number.isFinite(value) && value >= 0 && (name !== "clip" || value > 0)))
      throw new OnnxplainError(
        "E_PARAM",
        `Expected \`${name}\` to be a number ${name === "clip" ? "above 0" : "from 0 up"}, got ${value}.`,
      );
  if (paired && (batch % 2 !== 0 || mode === "head" || options.sampling === "balanced"))
    throw new OnnxplainError(
      "E_PARAM",
      `Loss \`${options.loss}\` is of pairs through the whole network, drawn in an order of their own: the batch must be even, got ${batch}; no head alone, no balanced sampling.`,
    );
  if (convex && mode !== "head")
    throw new OnnxplainError(
      "E_PARAM",
      "`lbfgs` needs a convex problem: a head on frozen features. Add `--head`, or choose sgd or adamw.",
    );
  if (mode === "head" && options.augment?.length)
    throw new OnnxplainError(
      "E_PARAM",
      "A head is trained on features that are computed once; augmentation would need them anew in every epoch. Leave it out, or train with `freeze`.",
    );
  if (keep === "best" && validation === undefined)
    throw new OnnxplainError(
      "E_PARAM",
      "`best` is judged on validation data, and there is none. Give some, or keep the `last`.",
    );
  const { kind = "cosine", ...course } = options.schedule ?? {};
  const rate = options.rate ?? optimizer?.rate ?? 1;
  const schedule = { kind, rate, ...(options.warmup ? { warmupEpochs: options.warmup } : {}), ...course } as Schedule;
  checkSchedule(schedule);
  return { seed, mode, optimizer, epochs, batch, schedule, weightDecay, keep, checkpointEvery };
}

const everyCount = (every: CheckpointEvery | undefined): number =>
  every === undefined ? 1 : "steps" in every ? every.steps : every.epochs;
