/** @file A linear head on fixed features, fitted to the minimum: softmax regression, and its kin with other smooth losses. */
import { OnnxplainError } from "../errors.ts";
import type { Feed } from "./batch.ts";
import { type Evaluation, type MinimiseOptions, type Minimum, minimise } from "./lbfgs.ts";

/** Samples for a head. */
export interface FeatureBlock {
  readonly count: number;
  /** `[count, d]`, C order. */
  readonly features: Float32Array;
  /** `[count, classes]`: what each loss takes, see {@link HEAD_LOSSES}. */
  readonly targets: Float32Array | Float64Array;
}
/** Gives all samples, block by block, every time it is called, in the same order: features need not fit in memory. */
export type Blocks = () => Iterable<FeatureBlock> | AsyncIterable<FeatureBlock>;

export type HeadLossId = "softmax" | "sigmoid" | "squared-hinge";

interface HeadLoss {
  readonly about: string;
  /** The loss of one sample, from its logits, which it replaces by its derivatives by them; `target(c)` reads the row of targets. */
  readonly row: (logits: Float64Array, target: (c: number) => number) => number;
}

/** Losses of one sample, summed over classes; convex, with a continuous gradient. */
export const HEAD_LOSSES: Readonly<Record<HeadLossId, HeadLoss>> = {
  softmax: {
    about: "cross-entropy of the softmax; targets are probabilities that sum to 1, one-hot for labels",
    row: (z, target) => {
      const top = z.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
      let sum = 0;
      for (let c = 0; c < z.length; c++) sum += Math.exp((z[c] as number) - top);
      const log = top + Math.log(sum);
      let loss = 0;
      for (let c = 0; c < z.length; c++) {
        const [own, wanted] = [(z[c] as number) - log, target(c)];
        if (wanted !== 0) loss -= wanted * own;
        z[c] = Math.exp(own) - wanted;
      }
      return loss;
    },
  },
  sigmoid: {
    about: "binary cross-entropy of each class; targets are probabilities, 0 or 1 for labels",
    row: (z, target) => {
      let loss = 0;
      for (let c = 0; c < z.length; c++) {
        const [v, wanted] = [z[c] as number, target(c)];
        const small = Math.exp(-Math.abs(v));
        loss += Math.max(v, 0) + Math.log1p(small) - wanted * v;
        z[c] = (v >= 0 ? 1 : small) / (1 + small) - wanted;
      }
      return loss;
    },
  },
  "squared-hinge": {
    about: "max(0, 1 - y f)^2 of each class; y = 1 where the target is > 0, else -1",
    row: (z, target) => {
      let loss = 0;
      for (let c = 0; c < z.length; c++) {
        const y = target(c) > 0 ? 1 : -1;
        const short = Math.max(0, 1 - y * (z[c] as number));
        loss += short * short;
        z[c] = -2 * y * short;
      }
      return loss;
    },
  },
};

export interface Head {
  readonly classes: number;
  /** Columns of `weights`, the constant among them where there is one. */
  readonly columns: number;
  readonly bias: boolean;
  /** `[classes, columns]`, C order; the last column belongs to the constant 1. */
  readonly weights: Float64Array;
}

type Shape = Omit<Head, "weights">;

export interface HeadOptions extends MinimiseOptions {
  readonly loss?: HeadLossId | undefined;
  /** Weight of the squared norm, >= 0; with 0 a minimum need not exist. */
  readonly lambda: number;
  /** Append the constant 1 as the last column; its weights are regularised too. Default true. */
  readonly bias?: boolean | undefined;
  /** `[classes, columns]`; default zeros. */
  readonly start?: Float64Array | undefined;
}

export interface HeadFit extends Head {
  /** How the fit ended; `maxGradient` is the stationarity error. */
  readonly minimum: Minimum;
}

/**
 * The head that minimises `(1/n) sum_i L(W f_i, t_i) + lambda ||W||^2` over `W` `[classes, columns]`: the norm is not halved and covers
 * the constant's column. Sums run in float64 in the order of the data. Unless the options say else, the fit goes on to max |gradient| <= 1e-8.
 *
 * Throws `E_PARAM` for a lambda below 0, `E_INPUT_SHAPE` for sizes that do not fit, `E_DATA_EMPTY` without samples, and as `minimise` does.
 *
 * Source: Yeh et al. 2018 (arXiv 1811.09720), section 3, "training with L2"; soft targets give its teacher-student form.
 */
export async function fitHead(
  blocks: Blocks,
  sizes: { readonly features: number; readonly classes: number },
  { loss = "softmax", lambda, bias = true, start, ...options }: HeadOptions,
): Promise<HeadFit> {
  const columns = sizes.features + Number(bias);
  const { classes } = sizes;
  if (!(lambda >= 0 && Number.isFinite(lambda)))
    throw new OnnxplainError(
      "E_PARAM",
      `lambda is ${lambda}, expected a finite number from 0 up; correct the setting.`,
    );
  if (start !== undefined && start.length !== classes * columns)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `expected a start of [${classes}, ${columns}], got ${start.length} numbers; ${bias ? "the last column is the bias" : "there is no bias"}.`,
    );
  const shape = { classes, columns, bias };
  const objective = headObjective(blocks, shape, { loss, lambda });
  const minimum = await minimise(objective, start ?? new Float64Array(classes * columns), options);
  return { ...shape, weights: minimum.x, minimum };
}

/** The regularised loss and its gradient as a function of the weights `[classes, columns]`, one pass over the data a call. */
export function headObjective(
  blocks: Blocks,
  shape: Shape,
  { loss, lambda }: { readonly loss: HeadLossId; readonly lambda: number },
): (weights: Float64Array) => Promise<Evaluation> {
  const { row } = HEAD_LOSSES[loss];
  return async (weights) => {
    const gradient = new Float64Array(weights.length);
    let [sum, count] = [0, 0];
    for await (const block of blocks()) {
      checkBlock(block, shape);
      const { targets, count: own } = block;
      const logits = headScores({ ...shape, weights }, block.features, own);
      const { classes } = shape;
      for (let i = 0; i < own; i++)
        sum += row(logits.subarray(i * classes, (i + 1) * classes), (c) => targets[i * classes + c] as number);
      addOuter(gradient, logits, block, shape);
      count += own;
    }
    if (count === 0)
      throw new OnnxplainError("E_DATA_EMPTY", "no sample to fit a head to; check the data and its split.");
    let norm = 0;
    for (let j = 0; j < weights.length; j++) {
      const w = weights[j] as number;
      norm += w * w;
      gradient[j] = (gradient[j] as number) / count + 2 * lambda * w;
    }
    return { value: sum / count + lambda * norm, gradient };
  };
}

function checkBlock({ count, features, targets }: FeatureBlock, { classes, columns, bias }: Shape): void {
  const d = columns - Number(bias);
  if (features.length !== count * d || targets.length !== count * classes)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `expected features of [${count}, ${d}] and targets of [${count}, ${classes}], got ${features.length} and ${targets.length} numbers; give one row a sample.`,
    );
}

/** Samples that are multiplied at a time, so that weights and gradient are read a quarter as often. */
const TILE = 4;
type Tile = readonly [Float64Array, Float64Array, Float64Array, Float64Array];
const emptyTile = (columns: number): Tile => [
  new Float64Array(columns),
  new Float64Array(columns),
  new Float64Array(columns),
  new Float64Array(columns),
];

/** Rows from `first` on in float64, the constant appended; zeros beyond the last. */
function loadTile(tile: Tile, features: Float32Array, first: number, count: number, { columns, bias }: Shape): void {
  const d = columns - Number(bias);
  for (const [r, row] of tile.entries()) {
    const present = first + r < count;
    for (let k = 0; k < d; k++) row[k] = present ? (features[(first + r) * d + k] as number) : 0;
    if (bias) row[d] = Number(present);
  }
}

/** Logits `[count, classes]` of features `[count, d]`, summed in float64. */
export function headScores(head: Head, features: Float32Array, count: number): Float64Array {
  const { classes, columns, weights } = head;
  const logits = new Float64Array(count * classes);
  const tile = emptyTile(columns);
  const [x0, x1, x2, x3] = tile;
  for (let i = 0; i < count; i += TILE) {
    loadTile(tile, features, i, count, head);
    for (let c = 0; c < classes; c++) {
      const row = weights.subarray(c * columns, (c + 1) * columns);
      let [a0, a1, a2, a3] = [0, 0, 0, 0];
      for (let k = 0; k < columns; k++) {
        const w = row[k] as number;
        a0 += w * (x0[k] as number);
        a1 += w * (x1[k] as number);
        a2 += w * (x2[k] as number);
        a3 += w * (x3[k] as number);
      }
      const o = i * classes + c;
      logits[o] = a0;
      if (i + 1 < count) logits[o + classes] = a1;
      if (i + 2 < count) logits[o + 2 * classes] = a2;
      if (i + 3 < count) logits[o + 3 * classes] = a3;
    }
  }
  return logits;
}

/** gradient[c, k] += sum_i slopes[i, c] f[i, k]. */
function addOuter(gradient: Float64Array, slopes: Float64Array, { features, count }: FeatureBlock, shape: Shape): void {
  const { classes, columns } = shape;
  const tile = emptyTile(columns);
  const [x0, x1, x2, x3] = tile;
  for (let i = 0; i < count; i += TILE) {
    loadTile(tile, features, i, count, shape);
    const at = (r: number, c: number): number => (i + r < count ? (slopes[(i + r) * classes + c] as number) : 0);
    for (let c = 0; c < classes; c++) {
      const [s0, s1, s2, s3] = [at(0, c), at(1, c), at(2, c), at(3, c)];
      const row = gradient.subarray(c * columns, (c + 1) * columns);
      for (let k = 0; k < columns; k++)
        row[k] =
          (row[k] as number) +
          (s0 * (x0[k] as number) + s1 * (x1[k] as number)) +
          (s2 * (x2[k] as number) + s3 * (x3[k] as number));
    }
  }
}

const BLOCK = 1024;

/** Blocks of features `[n, d]` that lie in memory. */
export function blocksOf(features: Float32Array, targets: Float32Array | Float64Array, n: number): Blocks {
  const [d, classes] = [features.length / n, targets.length / n];
  return function* () {
    for (let from = 0; from < n; from += BLOCK) {
      const to = Math.min(from + BLOCK, n);
      yield {
        count: to - from,
        features: features.subarray(from * d, to * d),
        targets: targets.subarray(from * classes, to * classes),
      };
    }
  };
}

/** Blocks of a feed whose samples are features `[d]`, in the order of the data, never augmented. */
export function blocksOfFeed(feed: Feed): Blocks {
  return async function* () {
    for await (const { images, targets, count } of feed.inOrder(BLOCK)) yield { features: images, targets, count };
  };
}

/** `[n, classes]` of labels `[n]`. Throws `E_TARGET_RANGE`. */
export function oneHot(labels: ArrayLike<number>, classes: number): Float32Array {
  const targets = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new OnnxplainError(
        "E_TARGET_RANGE",
        `label ${label} of sample ${i} is no class from 0 to ${classes - 1}; check the labels of the data against the number of classes.`,
      );
    targets[i * classes + label] = 1;
  }
  return targets;
}
