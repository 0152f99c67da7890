/** @file Coordinate descent on the dual of a support vector machine: where it stands, how it moves. */
import { OnnxplainError } from "../errors.ts";
import { shuffled } from "../random.ts";
import { gramPart } from "./gram-part.ts";

export type Numbers = Float32Array | Float64Array;

/** min 1/2 a'Qa - sum a, 0 <= a_i <= upper, Q_ij = y_i y_j (K_ij + constant) + ridge [i = j]. */
export interface Dual {
  readonly upper: number;
  readonly ridge: number;
  /** bias^2. */
  readonly constant: number;
}

/** Where it stands; `alpha`, `scores` and `sum` change. */
export interface Point {
  readonly gram: Numbers;
  readonly y: Int8Array;
  readonly alpha: Float64Array;
  /** sum_j K_ij alpha_j `[n]`; the constant feature's part is `sum` times bias^2. */
  readonly scores: Float64Array;
  /** sum_j alpha_j. */
  sum: number;
}

export function startAt(
  { gram, y }: Pick<Point, "gram" | "y">,
  { upper }: Dual,
  start: Float64Array | undefined,
): Point {
  const n = y.length;
  if (start !== undefined && start.length !== n)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `expected \`start\` of ${n} numbers, one a sample, got ${start.length}; give the alpha of a machine of the same samples.`,
    );
  const alpha = Float64Array.from(y, (sign, i) => sign * Math.min(Math.max(sign * (start?.[i] ?? 0), 0), upper));
  const point: Point = { gram, y, alpha, scores: new Float64Array(n), sum: 0 };
  rescore(point);
  return point;
}

/** The same descent, of some samples only; what the others add to the scores stays. */
export const partAt = ({ gram, y, alpha, scores, sum }: Point, places: Int32Array): Point => ({
  gram: places.length === y.length ? gram : gramPart(gram, { rows: places, columns: places }),
  y: Int8Array.from(places, (i) => y[i]!),
  alpha: Float64Array.from(places, (i) => alpha[i]!),
  scores: Float64Array.from(places, (i) => scores[i]!),
  sum,
});

export function rescore(point: Point): void {
  const { alpha, scores } = point;
  const wanted = alpha.slice();
  alpha.fill(0);
  scores.fill(0);
  point.sum = 0;
  for (const [i, a] of wanted.entries()) moveTo(point, i, a);
}

/** Gives sample i another alpha. */
export function moveTo(point: Point, i: number, next: number): void {
  const { gram, alpha, scores } = point;
  const step = next - alpha[i]!;
  if (step === 0) return;
  alpha[i] = next;
  point.sum += step;
  add(scores, gram.subarray(i * scores.length, (i + 1) * scores.length), step);
}

/** Slope of the dual along a_i. */
const slopeAt = ({ y, scores, alpha, sum }: Point, { constant, ridge }: Dual, i: number): number =>
  y[i]! * (scores[i]! + constant * sum + ridge * alpha[i]!) - 1;

/** 0 where the slope leads out of the bounds. */
export function projected(point: Point, dual: Dual, i: number): number {
  const slope = slopeAt(point, dual, i);
  const a = Math.abs(point.alpha[i]!);
  return a === 0 ? Math.min(slope, 0) : a >= dual.upper ? Math.max(slope, 0) : slope;
}

export const isFree = ({ alpha }: Point, { upper }: Dual, i: number): boolean => {
  const a = Math.abs(alpha[i]!);
  return a > 0 && a < upper;
};

/** Sweeps until no projected slope is above `target`; says how many. */
export function descend(
  point: Point,
  dual: Dual,
  { target, sweeps, random }: { readonly target: number; readonly sweeps: number; readonly random: () => number },
): number {
  const { gram, y, alpha } = point;
  const n = y.length;
  for (let sweep = 1; sweep <= sweeps; sweep++) {
    let steepest = 0;
    for (const i of shuffled(n, random)) {
      const slope = projected(point, dual, i);
      if (slope === 0) continue;
      steepest = Math.max(steepest, Math.abs(slope));
      const curvature = gram[i * n + i]! + dual.constant + dual.ridge;
      const next = curvature > 0 ? y[i]! * alpha[i]! - slope / curvature : dual.upper;
      moveTo(point, i, y[i]! * Math.min(Math.max(next, 0), dual.upper));
    }
    if (steepest <= target) return sweep;
  }
  return sweeps;
}

/** to += factor * row. */
export function add(to: Float64Array, row: Numbers, factor: number): void {
  for (let j = 0; j < row.length; j++) to[j]! += factor * row[j]!;
}
