/** @file Resampling along one axis, as ONNX's Resize defines it: which input elements each output element reads, with what weights. */

export interface Resampling {
  /** Elements before. */
  readonly size: number;
  /** Elements after. */
  readonly out: number;
  readonly scale: number;
}

export interface ResampleMode {
  readonly mode: string;
  readonly coordinate_transformation_mode: string;
  readonly nearest_mode: string;
  readonly cubic_coeff_a: number;
  readonly exclude_outside: boolean;
}

/** For each output element its `[input index, weight]` pairs. */
export type Interpolation = readonly (readonly (readonly [index: number, weight: number])[])[];

/**
 * Coordinates are computed in float32, as ONNX Runtime does: which pixel is nearest can hang on the last bit.
 * `align_corners` and `half_pixel_symmetric` use the rounded output size.
 */
function coordinate(mode: string, i: number, { size, out, scale }: Resampling): number {
  const f = Math.fround;
  const s = f(scale);
  const half = f(f((i + 0.5) / s) - 0.5);
  switch (mode) {
    case "asymmetric":
      return f(i / s);
    case "align_corners":
      return out === 1 ? 0 : f(f(i * (size - 1)) / (out - 1));
    case "pytorch_half_pixel":
      return out === 1 ? 0 : half;
    case "half_pixel_symmetric":
      return f((size / 2) * (1 - f(out / f(s * size))) + half);
    default:
      return half;
  }
}

const clamp = (index: number, size: number): number => Math.max(0, Math.min(size - 1, index));

function nearestIndex(rounding: string, at: number): number {
  switch (rounding) {
    case "floor":
      return Math.floor(at);
    case "ceil":
      return Math.ceil(at);
    case "round_prefer_ceil":
      return Math.floor(at + 0.5);
    default:
      return Math.ceil(at - 0.5);
  }
}

function linearTaps(at: number, size: number): [number, number][] {
  const held = clamp(at, size);
  const first = Math.floor(held);
  const rest = held - first;
  return rest === 0
    ? [[first, 1]]
    : [
        [first, 1 - rest],
        [first + 1, rest],
      ];
}

/** Keys' kernel over the four neighbours; those outside repeat the border, or drop out with the weights rescaled. */
function cubicTaps(at: number, size: number, { cubic_coeff_a: a, exclude_outside }: ResampleMode): [number, number][] {
  const first = Math.floor(at);
  const t = at - first;
  const near = (d: number): number => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number): number => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  const weights = [far(1 + t), near(t), near(1 - t), far(2 - t)];
  const taps = weights.map((w, k): [number, number] => [first - 1 + k, w]);
  if (!exclude_outside) return taps.map(([i, w]) => [clamp(i, size), w]);
  const within = taps.filter(([i]) => i >= 0 && i < size);
  const sum = within.reduce((s, [, w]) => s + w, 0);
  return within.map(([i, w]) => [i, w / sum]);
}

export function interpolation(axis: Resampling, how: ResampleMode): Interpolation {
  return Array.from({ length: axis.out }, (_, i) => {
    const at = coordinate(how.coordinate_transformation_mode, i, axis);
    if (how.mode === "nearest") return [[clamp(nearestIndex(how.nearest_mode, at), axis.size), 1]];
    return how.mode === "linear" ? linearTaps(at, axis.size) : cubicTaps(at, axis.size, how);
  });
}

/** The matrix `[out, size]`, row-major. */
export function interpolationMatrix(rows: Interpolation, size: number): Float64Array {
  const matrix = new Float64Array(rows.length * size);
  rows.forEach((taps, i) => {
    for (const [at, weight] of taps) matrix[i * size + at]! += weight;
  });
  return matrix;
}

/** k when every input element is repeated exactly k times in place, else undefined. */
export function repeats(rows: Interpolation, size: number): number | undefined {
  const k = rows.length / size;
  const exact = rows.every((taps, i) => taps.length === 1 && taps[0]?.[0] === Math.floor(i / k) && taps[0][1] === 1);
  return Number.isInteger(k) && exact ? k : undefined;
}
