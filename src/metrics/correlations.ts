/** @file How alike two lists of numbers are: correlations, cosine, structural similarity. Undefined is NaN, never 0. */
import { ascending } from "./order.ts";

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

/** Pearson's correlation in [-1, 1]; NaN where either list is constant, not finite, or shorter than 2. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (isConstant(a) || isConstant(b)) return Number.NaN;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - ma, b[i]! - mb];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}

const isConstant = (values: ArrayLike<number>): boolean => {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
};

/** Ranks from 1 upwards, lowest value first; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order =
    values instanceof Float32Array
      ? ascending(values)
      : Uint32Array.from({ length: values.length }, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++) out[order[k]!] = (from + 1 + to) / 2;
    from = to;
  }
  return out;
}

/** Spearman's rank correlation: Pearson's of the {@link ranks}. */
export const spearman = (a: ArrayLike<number>, b: ArrayLike<number>): number => pearson(ranks(a), ranks(b));

/** Cosine of the angle in [-1, 1]; NaN where either list is all 0. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Euclidean length. */
export function norm(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum);
}

/** Side of the windows of {@link ssim}, in pixels. */
const WINDOW = 7;
const [K1, K2] = [0.01, 0.03];

/**
 * Structural similarity of two maps [H*W] (Wang et al. 2004, equation 13): mean over all 7x7 windows inside the map, every pixel
 * of a window weighing the same, sample covariance; `range` = L, the difference of the largest and smallest possible value.
 * Maps narrower than a window are one window in that direction.
 */
export function ssim(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  size: { readonly width: number; readonly height: number },
  range: number,
): number {
  const { width, height } = size;
  const [w, h] = [Math.min(WINDOW, width), Math.min(WINDOW, height)];
  const n = w * h;
  const unbias = n > 1 ? n / (n - 1) : 1;
  const [c1, c2] = [(K1 * range) ** 2, (K2 * range) ** 2];
  const [a1, b1, aa, bb, ab] = [
    prefixSums(a, undefined, size),
    prefixSums(b, undefined, size),
    prefixSums(a, a, size),
    prefixSums(b, b, size),
    prefixSums(a, b, size),
  ];
  const stride = width + 1;
  const over = (s: Float64Array, at: number): number =>
    (s[at + h * stride + w]! - s[at + w]! - s[at + h * stride]! + s[at]!) / n;
  let total = 0;
  for (let y = 0; y + h <= height; y++)
    for (let x = 0; x + w <= width; x++) {
      const at = y * stride + x;
      const ma = over(a1, at);
      const mb = over(b1, at);
      const va = unbias * (over(aa, at) - ma * ma);
      const vb = unbias * (over(bb, at) - mb * mb);
      const cab = unbias * (over(ab, at) - ma * mb);
      total += ((2 * ma * mb + c1) * (2 * cab + c2)) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
  return total / ((width - w + 1) * (height - h + 1));
}

/** [(H+1)*(W+1)]: the sum of a, or of a * b, over everything above and left. */
function prefixSums(
  a: ArrayLike<number>,
  b: ArrayLike<number> | undefined,
  { width, height }: { readonly width: number; readonly height: number },
): Float64Array {
  const stride = width + 1;
  const out = new Float64Array(stride * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      row += b === undefined ? a[i]! : a[i]! * b[i]!;
      out[(y + 1) * stride + x + 1] = out[y * stride + x + 1]! + row;
    }
  }
  return out;
}
