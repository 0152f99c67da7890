/** @file All that a training needs to go on, in one file: it stands whole or not at all, so its parts always belong together. */
import { OnnxplainError } from "../errors.ts";
import { readSafetensors, type TensorToWrite, writeSafetensors } from "../formats/safetensors.ts";
import type { Learned } from "../train/bake.ts";
import type { TrainingState } from "../train/trainer.ts";
import { type HistoryRow, packHistory, unpackHistory } from "./train-history.ts";

export const STATE_FILE = "state.safetensors";

/** What was best on the validation data so far. */
export interface Best extends Learned {
  readonly step: number;
  readonly measure: number;
}

export interface StoredState {
  readonly training: TrainingState;
  readonly best: Best | undefined;
  readonly history: readonly HistoryRow[];
  readonly seconds: number;
  /** Of labels and a sample of pixels. */
  readonly dataDigest: string;
}

const row = (data: Float32Array): TensorToWrite => ({ dims: [data.length], data });

export function packState({ training, best, history, seconds, dataDigest }: StoredState): Uint8Array {
  const { theta, running, optimizer, steps } = training;
  const vectors = optimizer.map((v, i) => [`optimizer.${i}`, row(v)] as const);
  return writeSafetensors(
    {
      theta: row(theta),
      running: row(running),
      ...Object.fromEntries(vectors),
      ...(best ? { "best.theta": row(best.theta), "best.running": row(best.running) } : {}),
      history: packHistory(history),
    },
    {
      steps: String(steps),
      seconds: String(seconds),
      data: dataDigest,
      ...(best ? { best_step: String(best.step), best_measure: String(best.measure) } : {}),
    },
  );
}

/** Throws `E_FILE` for bytes that are no state, `E_PARAM` for one of other parameters than `sizes`. */
export function unpackState(
  bytes: Uint8Array,
  sizes: { readonly theta: number; readonly running: number; readonly vectors: number },
): StoredState {
  const { tensors, metadata } = readSafetensors(bytes, STATE_FILE);
  const vector = (name: string, size: number): Float32Array => {
    const data = tensors[name]?.data;
    if (data instanceof Float32Array && data.length === size) return data;
    throw new OnnxplainError(
      "E_PARAM",
      `\`${STATE_FILE}\` holds ${data?.length ?? "no"} numbers of \`${name}\`, the network has ${size}. The network is not the one that the training began with; restore it, or begin anew.`,
      { file: STATE_FILE },
    );
  };
  const { theta, running, vectors } = sizes;
  const learned = (prefix: string): Learned => ({
    theta: vector(`${prefix}theta`, theta),
    running: vector(`${prefix}running`, running),
  });
  return {
    training: {
      ...learned(""),
      optimizer: Array.from({ length: vectors }, (_, i) => vector(`optimizer.${i}`, theta)),
      steps: Number(metadata.steps),
    },
    best:
      metadata.best_step === undefined
        ? undefined
        : { ...learned("best."), step: Number(metadata.best_step), measure: Number(metadata.best_measure) },
    history: unpackHistory((tensors.history?.data ?? new Float64Array()) as Float64Array),
    seconds: Number(metadata.seconds),
    dataDigest: metadata.data ?? "",
  };
}
