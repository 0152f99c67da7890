/** @file Feeds of what is in memory already: tensors with their targets, features of a frozen network. */
import { OnnxplainError } from "../../errors.ts";
import type { Feed } from "../batch.ts";
import { type FeedOrder, feedFrom } from "./feed-from.ts";
import type { Samples } from "./samples.ts";

export interface ArrayData {
  /** `[n, ...dims]`, C order. */
  readonly images: Float32Array;
  /** Dims of one sample: `[C, H, W]` or `[d]`. */
  readonly dims: readonly number[];
  /** `[n, classes]`. */
  readonly targets: Float32Array;
  readonly classes: number;
}

/** Throws `E_INPUT_SHAPE` where lengths do not agree, `E_DATA_EMPTY` for none. */
export function arraySamples({ images, dims, targets, classes }: ArrayData): Samples {
  const size = dims.reduce((a, b) => a * b, 1);
  const count = targets.length / classes;
  if (!Number.isInteger(count) || !dims.every(Number.isInteger) || images.length !== count * size)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected [n, ${dims.join(", ")}] numbers with [n, ${classes}] targets, got ${images.length} and ${targets.length}. Check \`dims\` and \`classes\`.`,
    );
  if (count === 0)
    throw new OnnxplainError("E_DATA_EMPTY", "There are no samples to train on. Give at least one with its target.");
  return {
    pictures: count,
    views: 1,
    classes,
    dims,
    classOf: oneHotClasses(targets, classes),
    batch: async (samples) => {
      const batch = {
        images: new Float32Array(samples.length * size),
        targets: new Float32Array(samples.length * classes),
        count: samples.length,
      };
      samples.forEach((s, i) => {
        batch.images.set(images.subarray(s * size, (s + 1) * size), i * size);
        batch.targets.set(targets.subarray(s * classes, (s + 1) * classes), i * classes);
      });
      return batch;
    },
  };
}

/** Samples in memory, as they are. Throws `E_INPUT_SHAPE`, `E_DATA_EMPTY`, `E_PARAM`. */
export const arrayFeed = (data: ArrayData, order: FeedOrder = {}): Feed => feedFrom(arraySamples(data), order);

/**
 * Features `[n, d]` with targets `[n, classes]`, for a head on a frozen network.
 * Throws `E_INPUT_SHAPE`, `E_DATA_EMPTY`, `E_PARAM`.
 * @example featureFeed(features, targets, { classes: 10, seed: 7 })
 */
export function featureFeed(
  features: Float32Array,
  targets: Float32Array,
  { classes, ...order }: FeedOrder & { readonly classes: number },
): Feed {
  const d = features.length / Math.max(1, targets.length / classes);
  return arrayFeed({ images: features, dims: [d], targets, classes }, order);
}

/** Undefined unless every row is 1 for one class and 0 for the rest. */
function oneHotClasses(targets: Float32Array, classes: number): Int32Array | undefined {
  const out = new Int32Array(targets.length / classes);
  for (let i = 0; i < out.length; i++) {
    const row = targets.subarray(i * classes, (i + 1) * classes);
    out[i] = row.indexOf(1);
    if (out[i]! < 0 || row.some((v, c) => v !== (c === out[i] ? 1 : 0))) return undefined;
  }
  return out;
}
