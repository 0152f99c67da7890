/** @file How good a decomposition is: descriptors replaced by draws from the mixture, in its order, and what becomes of the score. */
import { OnnxplainError } from "../errors.ts";
import { pause } from "../pause.ts";
import { scattered } from "../random.ts";
import { cellPlan } from "./cells.ts";
import { drawsFrom } from "./draw.ts";
import { averaged, type Descriptors, type FisherSums, type VectorKind } from "./fisher-vector.ts";
import { cellWidth, vectorWidth } from "./pipeline.ts";
import { type Answered, addAnswered, answeredOf, answerFor } from "./psi.ts";

/** One picture and one class. */
export interface ResamplingTask {
  readonly kind: VectorKind;
  readonly descriptors: Descriptors;
  /** `fisherSums(descriptors, kind)`. */
  readonly sums: FisherSums;
  /** w `[V]`. */
  readonly weights: Float64Array;
  /** b. */
  readonly bias: number;
}

export interface ResamplingSettings {
  /** Descriptors replaced, at most all that there are; default 10,000. */
  readonly replacements?: number;
  /** Replacements between measurements; default 100. */
  readonly batch?: number;
  /** Default 5. */
  readonly repetitions?: number;
  /** The class is called present where f is greater; default 0. The paper takes the equal error threshold. */
  readonly threshold?: number;
  readonly seed?: number;
  /** Writes the next replacement of a repetition; by default drawn from the mixture: repetitions differ, orders of one do not. */
  readonly draws?: (repetition: number) => (into: Float64Array) => unknown;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((points: number, of: number) => void) | undefined;
}

/** One order in one repetition. */
export interface Trace<O extends string = string> {
  readonly order: O;
  readonly repetition: number;
  /** Replacements before each measurement, `[points + 1]`, from 0. */
  readonly at: Int32Array;
  /** f there, `[points + 1]`. */
  readonly scores: Float64Array;
  /** A = mean over points of f(x) - f(x^(i)); null without a point. */
  readonly quality: number | null;
  /** `[points]`, 1 where f lies on the other side of the threshold than at the start. */
  readonly flips: Uint8Array;
}

/**
 * Replaces descriptors of a picture one by one, in every order of `orders` (indices of descriptors, the first ones used), and measures f after
 * each batch. Traces come repetition after repetition, in the order of `orders`.
 *
 * The vector moves by (Psi(new) - Psi(old)) / |L| in every cell that holds the old descriptor. Replacement i of a repetition is the same
 * draw in all orders, so that what is added is summed once a repetition, what is taken away once an order. With fewer descriptors than
 * replacements it stops at the last whole batch, or where there is none, at the last descriptor ([R]); without descriptors there is no
 * point.
 *
 * Throws `E_INPUT_SHAPE` for sizes that do not fit, `E_PARAM` for settings out of range; the signal's reason when it stops.
 *
 * Source: Lapuschkin et al. 2016, supplement, algorithm 1 and eq. 14.
 */
export async function resample<O extends string>(
  task: ResamplingTask,
  orders: Readonly<Record<O, Int32Array>>,
  settings: ResamplingSettings = {},
): Promise<readonly Trace<O>[]> {
  const { replacements = 10_000, batch = 100, repetitions = 5, threshold = 0, seed = 0, signal, onProgress } = settings;
  const { kind, descriptors, sums } = task;
  const { mixture } = kind;
  check(task, Object.entries<Int32Array>(orders), { replacements, batch, repetitions });
  const ids = Object.keys(orders) as O[];
  const at = measurements(Math.min(replacements, sums.active.count, ...ids.map((id) => orders[id].length)), batch);
  const draws = settings.draws ?? ((repetition: number) => drawsFrom(mixture, scattered(seed) + repetition));
  const plan = cellPlan(kind.spatial);
  const own = cellWidth(kind);
  const add = addAnswered(kind);
  const answer = answerFor(mixture);
  const start = averaged(sums);
  const put = (into: Float64Array, descriptor: Answered, place: number): void => {
    for (const cell of plan.cellsOf[descriptors.atoms?.[place] ?? 0]!)
      add(into, cell * own, descriptor, 1 / sums.counts[cell]!);
  };
  const zeros = (): Float64Array => new Float64Array(start.length);
  const taken = ids.map(zeros);
  // With one cell a draw counts the same in all orders: one lane for them all.
  const lanes = plan.cells === 1 ? ids.slice(0, 1) : ids;
  const rounds = Array.from({ length: repetitions }, (_, r) => ({ next: draws(r), given: lanes.map(zeros) }));
  const first = scoreOf(start, task, plan.cells);
  const scores = rounds.map(() => ids.map(() => new Float64Array(at.length).fill(first)));
  const row = new Float64Array(mixture.width);
  const moved = zeros();
  for (let point = 1; point < at.length; point++) {
    await pause();
    signal?.throwIfAborted();
    for (let i = at[point - 1]!; i < at[point]!; i++) {
      for (const [o, id] of ids.entries()) {
        const old = orders[id][i]!;
        put(taken[o]!, answeredOf(descriptors.rows, mixture.width, sums.active, old), old);
      }
      for (const { next, given } of rounds) {
        next(row);
        const drawn = answer(row);
        for (const [l, id] of lanes.entries()) put(given[l]!, drawn, orders[id][i]!);
      }
    }
    for (const [r, { given }] of rounds.entries())
      for (const [o, of] of scores[r]!.entries()) {
        const [plus, minus] = [given[Math.min(o, lanes.length - 1)]!, taken[o]!];
        for (let d = 0; d < moved.length; d++) moved[d] = start[d]! + (plus[d]! - minus[d]!);
        of[point] = scoreOf(moved, task, plan.cells);
      }
    onProgress?.(point, at.length - 1);
  }
  return scores.flatMap((own, repetition) =>
    ids.map((order, o) => traceOf({ order, repetition, at, scores: own[o]! }, threshold)),
  );
}

/** Lets whoever waits have a turn. */

/** What the traces of one order come to, over repetitions, pictures and classes. */
export interface OrderQuality<O extends string = string> {
  readonly order: O;
  /** Traces with a point. */
  readonly traces: number;
  /** A: mean over traces; null without one. Larger: the order finds what matters. */
  readonly quality: number | null;
  /** V: share of traces that flip at some point; null without one. */
  readonly flipShare: number | null;
  /** Traces that are flipped at each point, and traces that reach it. */
  readonly histogram: Int32Array;
  readonly reached: Int32Array;
  /** Mean of f(x) - f(x^(i)) over the traces that reach a point. */
  readonly drops: Float64Array;
}

/** One row for each order, as they come first. */
export function orderQualities<O extends string>(traces: readonly Trace<O>[]): readonly OrderQuality<O>[] {
  return [...new Set(traces.map((t) => t.order))].map((order) => {
    const own = traces.filter((t) => t.order === order && t.quality !== null);
    const points = own.reduce((most, t) => Math.max(most, t.flips.length), 0);
    const [histogram, reached] = [new Int32Array(points), new Int32Array(points)];
    const drops = new Float64Array(points);
    for (const { flips, scores } of own)
      for (const [i, flip] of flips.entries()) {
        histogram[i]! += flip;
        reached[i]!++;
        drops[i]! += scores[0]! - scores[i + 1]!;
      }
    const share = (of: (t: Trace<O>) => number): number | null =>
      own.length === 0 ? null : own.reduce((sum, t) => sum + of(t), 0) / own.length;
    return {
      order,
      traces: own.length,
      quality: share((t) => t.quality as number),
      flipShare: share((t) => Number(t.flips.includes(1))),
      histogram,
      reached,
      drops: drops.map((sum, i) => sum / reached[i]!),
    };
  });
}

/** f(Phi(x)), without Phi in memory. */
function scoreOf(x: Float64Array, { weights, bias }: ResamplingTask, cells: number): number {
  const own = x.length / cells;
  let score = bias;
  for (let from = 0; from < x.length; from += own) {
    let [squares, product] = [0, 0];
    for (let d = from; d < from + own; d++) {
      const size = Math.abs(x[d]!);
      squares += size;
      product += Math.sign(x[d]!) * Math.sqrt(size) * weights[d]!;
    }
    if (squares > 0) score += product / Math.sqrt(squares);
  }
  return score;
}

function measurements(count: number, batch: number): Int32Array {
  const whole = Math.floor(count / batch);
  if (whole === 0) return Int32Array.from(count === 0 ? [0] : [0, count]);
  return Int32Array.from({ length: whole + 1 }, (_, i) => i * batch);
}

function traceOf<O extends string>(
  trace: Pick<Trace<O>, "order" | "repetition" | "at" | "scores">,
  threshold: number,
): Trace<O> {
  const [start = 0, ...points] = trace.scores;
  const quality = points.length === 0 ? null : points.reduce((sum, f) => sum + (start - f), 0) / points.length;
  return { ...trace, quality, flips: Uint8Array.from(points, (f) => Number(f > threshold !== start > threshold)) };
}

function check(
  { kind, descriptors: { rows }, sums, weights }: ResamplingTask,
  orders: readonly (readonly [string, Int32Array])[],
  settings: Readonly<Record<"replacements" | "batch" | "repetitions", number>>,
): void {
  const size = vectorWidth(kind);
  const count = rows.length / kind.mixture.width;
  if (weights.length !== size || sums.sums.length !== size || sums.active.count !== count)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `expected weights and sums of ${size} numbers over ${count} descriptors, got ${weights.length} and ${sums.sums.length} over ${sums.active.count}; take all from one encoding.`,
    );
  for (const [id, order] of orders)
    if (order.some((i) => !(i >= 0 && i < count)) || new Set(order).size !== order.length)
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `expected order \`${id}\` to name descriptors of 0…${count - 1}, each once; make it from the relevances of the same picture.`,
      );
  for (const [name, value] of Object.entries(settings))
    if (!Number.isInteger(value) || value < 1)
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be a whole number of at least 1, got ${value}.`);
}
