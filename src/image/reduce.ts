/** @file Folds the channels of an attribution into one map. */

import { OnnxplainError } from "../errors.ts";

/** How channels become one. `sum` conserves relevance; `absmax` is the saliency map of Simonyan et al. 2013. */
export type ChannelReducer = "sum" | "mean" | "absmax" | "l2" | "max" | "abs-sum";

type Step = (sum: number, value: number) => number;

interface Reducer {
  readonly start: number;
  readonly step: Step;
  readonly end?: (sum: number, channels: number) => number;
}

/** Sums run in double. `abs-sum` adds magnitudes, `absmax` keeps the largest magnitude; neither keeps the sign. */
const REDUCERS: Readonly<Record<ChannelReducer, Reducer>> = {
  sum: { start: 0, step: (s, v) => s + v },
  mean: { start: 0, step: (s, v) => s + v, end: (s, channels) => s / channels },
  absmax: { start: 0, step: (s, v) => Math.max(s, Math.abs(v)) },
  l2: { start: 0, step: (s, v) => s + v * v, end: Math.sqrt },
  max: { start: -Infinity, step: Math.max },
  "abs-sum": { start: 0, step: (s, v) => s + Math.abs(v) },
};

/** The known reducers. */
export const CHANNEL_REDUCERS: readonly ChannelReducer[] = Object.keys(REDUCERS) as ChannelReducer[];

/** One map `[H, W]` from `[C, H, W]`. Throws `E_PARAM` for an unknown reducer, `E_INPUT_SHAPE` when dims and values disagree. */
export function reduceChannels(values: Float32Array, dims: readonly number[], reducer: ChannelReducer): Float32Array {
  if (!Object.hasOwn(REDUCERS, reducer)) {
    throw new OnnxplainError("E_PARAM", `Unknown reducer \`${reducer}\`. Known: ${CHANNEL_REDUCERS.join(", ")}.`);
  }
  const [channels = 0, height = 0, width = 0] = dims;
  const pixels = height * width;
  if (dims.length !== 3 || channels < 1 || values.length !== channels * pixels) {
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected [C, H, W] values, got dims [${dims.join(", ")}] and ${values.length} values.`,
    );
  }
  const { start, step, end } = REDUCERS[reducer];
  const out = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    let sum = start;
    for (let c = 0; c < channels; c++) sum = step(sum, values[c * pixels + i]!);
    out[i] = end ? end(sum, channels) : sum;
  }
  return out;
}
