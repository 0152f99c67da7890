/** @file TCAV: how often the class score rises along a concept, and whether that is more than random pictures do. */
import { OnnxplainError } from "../../errors.ts";
import { mean, standardError } from "../../metrics/quantiles.ts";
import { tTest } from "../../metrics/student.ts";
import { scattered, shuffled, uniforms } from "../../random.ts";
import { type CavOptions, dot, trainCav } from "./cav.ts";
import type { Rows } from "./readout.ts";

export interface TcavOptions extends CavOptions {
  /** Random sets that the concept is parted from, one at a time. Default 20. */
  readonly randomSets?: number | undefined;
  /** The largest p that counts. Default 0.01. */
  readonly significance?: number | undefined;
  /**
   * What the concept is measured against: `each`, another random set for each of the random sets (default); `shared`, one for all, as
   * ACE's code has it.
   */
  readonly counterpart?: "each" | "shared" | undefined;
}

export const TCAV = { randomSets: 20, significance: 0.01, counterpart: "each" } as const satisfies TcavOptions;

/** One concept, one class. */
export interface TcavResult {
  /** Share of the class's pictures whose score rises along the concept, 0…1, for each random set. */
  readonly scores: readonly number[];
  /** The same for random counterparts in the concept's place. */
  readonly counterparts: readonly number[];
  readonly mean: number;
  /** Sample standard deviation of the scores. */
  readonly deviation: number;
  readonly counterpartMean: number;
  /** Paired t-test of scores against counterparts, two-sided. */
  readonly p: number;
  readonly significant: boolean;
  /** Mean over the sets of the share of held-out examples on the right side; null where none could be held out. */
  readonly accuracy: number | null;
  /** Examples on either side of each classifier. */
  readonly examples: number;
}

/** Share of slopes that rise along a direction; level ones do not. */
export const tcavScore = (slopes: Rows, direction: Float64Array): number =>
  slopes.filter((slope) => dot(slope, direction) > 0).length / slopes.length;

export interface TcavAsked {
  /** Activations of the concept's examples, the most typical first: where there are too many for the random ones the last are left out. */
  readonly concept: Rows;
  /** Activations that random sets are drawn from. */
  readonly random: Rows;
  /** Derivatives of the class score, one for each picture of the class. */
  readonly slopes: Rows;
}

/**
 * Random sets and counterparts have as many examples as the concept, drawn from `random` without one in both.
 *
 * Source: Kim et al. 2018, equations 1 and 2; Ghorbani et al. 2019 for the paired test. Throws `E_DATA_EMPTY` for no pictures, no examples or
 * fewer than two random ones; `E_PARAM` for fewer than two random sets.
 */
export function testConcept({ concept, random, slopes }: TcavAsked, options: TcavOptions = {}): TcavResult {
  const { randomSets = TCAV.randomSets, significance = TCAV.significance, counterpart = TCAV.counterpart } = options;
  if (!(Number.isInteger(randomSets) && randomSets >= 2))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`randomSets\` to be an integer from 2 up, got ${randomSets}: a test needs a spread.`,
    );
  if (slopes.length === 0 || concept.length === 0 || random.length < 2)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `A concept is tested on pictures of the class, its own examples and two random ones or more; got ${slopes.length}, ${concept.length} and ${random.length}.`,
    );
  const examples = Math.min(concept.length, Math.floor(random.length / 2));
  const { seed = 0 } = options;
  const own = concept.slice(0, examples);
  const shared = drawn(random, { count: examples, seed: scattered(seed), without: undefined });
  const runs = Array.from({ length: randomSets }, (_, r) => {
    const at = scattered(scattered(seed) + 1 + r);
    const negatives = drawn(random, {
      count: examples,
      seed: at,
      without: counterpart === "shared" ? shared : undefined,
    });
    const other =
      counterpart === "shared" ? shared : drawn(random, { count: examples, seed: at ^ 1, without: negatives });
    const pick = (places: Int32Array): Rows => Array.from(places, (i) => random[i] as Float32Array);
    const cav = trainCav(own, pick(negatives), { ...options, seed: at });
    const random0 = trainCav(pick(other), pick(negatives), { ...options, seed: at });
    return {
      score: tcavScore(slopes, cav.direction),
      against: tcavScore(slopes, random0.direction),
      accuracy: cav.accuracy,
    };
  });
  const scores = runs.map((r) => r.score);
  const counterparts = runs.map((r) => r.against);
  const p = tTest(runs.map((r) => r.score - r.against))?.p ?? 1;
  const accuracies = runs.flatMap((r) => r.accuracy ?? []);
  return {
    scores,
    counterparts,
    mean: mean(scores),
    deviation: (standardError(scores) ?? 0) * Math.sqrt(randomSets),
    counterpartMean: mean(counterparts),
    p,
    significant: p <= significance,
    accuracy: accuracies.length === 0 ? null : mean(accuracies),
    examples,
  };
}

interface Draw {
  readonly count: number;
  readonly seed: number;
  readonly without: Int32Array | undefined;
}

/** Places of `count` rows, none of `without` among them. */
function drawn(rows: Rows, { count, seed, without }: Draw): Int32Array {
  const taken = new Set(without);
  const free = Array.from(rows.keys()).filter((i) => !taken.has(i));
  return shuffled(free.length, uniforms(seed), count).map((i) => free[i] as number);
}
