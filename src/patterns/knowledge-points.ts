/** @file Knowledge points: regional features of which the mixture is sure, and how many of those tell the true class. */
import { OnnxplainError } from "../errors.ts";
import type { Concentration } from "./concentration.ts";
import type { Directions } from "./directions.ts";
import { posteriorsOf } from "./posteriors.ts";

/** What the mixture says of every position. */
export interface Certainty {
  /** max_c p(y=c|h), `[n, HW]`. */
  readonly largest: Float64Array;
  /** The category of it, of equal ones the first, `[n, HW]`. */
  readonly winners: Int32Array;
}

/** Of `h [n, HW, d]`, scaled to the common strength. */
export function certaintyOf(h: Float64Array, directions: Directions, concentration: Concentration): Certainty {
  const { categories } = directions;
  const posteriors = posteriorsOf(h, directions, concentration);
  const count = posteriors.length / categories;
  const [largest, winners] = [new Float64Array(count), new Int32Array(count)];
  for (let i = 0; i < count; i++) {
    let [best, winner] = [Number.NEGATIVE_INFINITY, 0];
    for (let c = 0; c < categories; c++) {
      const p = posteriors[i * categories + c] as number;
      if (p > best) [best, winner] = [p, c];
    }
    largest[i] = best;
    winners[i] = winner;
  }
  return { largest, winners };
}

/** The counts of one threshold. */
export interface KnowledgePoints {
  readonly tau: number;
  /** Positions with max_c p > tau, strictly, `[n]`. */
  readonly counts: Int32Array;
  /** Those whose winner is the true class, `[n]`; 0 where the label is -1. */
  readonly reliable: Int32Array;
  /** reliable / counts of each picture; null where it has none, or no label. */
  readonly ratios: readonly (number | null)[];
  /** Mean of `counts`. */
  readonly meanCount: number;
  /** [R] Sum of reliable over sum of counts, over pictures with a label; null for 0 / 0. */
  readonly pooledRatio: number | null;
  /** [R] Mean of the ratios that are defined; null where none is. */
  readonly meanRatio: number | null;
}

/** [R] The threshold of the paper for ten categories. */
export const TAU = 0.4;

/**
 * Knowledge points of n pictures.
 *
 * @param labels True class of each picture, as the mixture counts categories; -1 where it is not known or none of them.
 * Source: SPEC 1.6. Throws `E_INPUT_SHAPE`, `E_PARAM` for a threshold that is no number.
 */
export function knowledgePoints(
  { largest, winners }: Certainty,
  positions: number,
  labels: ArrayLike<number>,
  tau: number = TAU,
): KnowledgePoints {
  const n = labels.length;
  if (largest.length !== n * positions || n === 0)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected ${positions} positions of each of ${n} labelled pictures (at least one), got ${largest.length} positions.`,
    );
  if (!Number.isFinite(tau)) throw new OnnxplainError("E_PARAM", `Expected \`tau\` to be a number, got ${tau}.`);
  const [counts, reliable] = [new Int32Array(n), new Int32Array(n)];
  for (let i = 0; i < largest.length; i++) {
    if (!((largest[i] as number) > tau)) continue;
    const picture = Math.floor(i / positions);
    counts[picture]!++;
    if (winners[i] === labels[picture]) reliable[picture]!++;
  }
  const labelled = (i: number): boolean => (labels[i] as number) >= 0;
  const ratios = Array.from(counts, (all, i) => (labelled(i) ? ratio(reliable[i] as number, all) : null));
  const defined = ratios.filter((r) => r !== null);
  return {
    tau,
    counts,
    reliable,
    ratios,
    meanCount: total(counts) / n,
    pooledRatio: ratio(total(reliable), total(counts.filter((_, i) => labelled(i)))),
    meanRatio: ratio(total(defined), defined.length),
  };
}

const total = (values: ArrayLike<number>): number => Array.from(values).reduce((s, v) => s + v, 0);

/** 0 / 0 is undefined, not 0. */
const ratio = (part: number, all: number): number | null => (all === 0 ? null : part / all);
