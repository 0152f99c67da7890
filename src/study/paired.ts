/** @file Did explanations change it? Paired tests of part B against part A, and whether more use goes with more change. */
import { bootstrapMeans, type Interval } from "../metrics/bootstrap.ts";
import { spearman } from "../metrics/correlations.ts";
import { mean, standardError } from "../metrics/quantiles.ts";
import { type SignedRank, signedRank } from "../metrics/signed-rank.ts";
import { type TTest, tTest } from "../metrics/student.ts";
import { scattered, shuffled, uniforms } from "../random.ts";

export interface PairedTest {
  /** Participants with a value in both parts. */
  readonly pairs: number;
  /** Means of the parts and of B less A; null without pairs. */
  readonly a: number | null;
  readonly b: number | null;
  readonly difference: number | null;
  /** Sample standard deviation of the differences; null below two pairs. */
  readonly std: number | null;
  /** Bootstrap interval of the mean difference; null below two pairs. */
  readonly interval: Interval | null;
  /** Mean difference by its standard deviation (Cohen's d_z); null where that is 0 or not defined. */
  readonly effect: number | null;
  readonly higher: number;
  readonly lower: number;
  readonly equal: number;
  /** Wilcoxon's signed rank; null where no difference is other than 0. */
  readonly wilcoxon: SignedRank | null;
  /** Student's paired t; null below two pairs. */
  readonly t: TTest | null;
}

export interface Resampling {
  readonly seed: number;
  readonly resamples: number;
  readonly level: number;
}

export function pairedTest(
  pairs: readonly { readonly a: number; readonly b: number }[],
  options: Resampling,
): PairedTest {
  const differences = Float64Array.from(pairs, ({ a, b }) => b - a);
  const error = standardError(differences);
  const std = error === undefined ? null : error * Math.sqrt(pairs.length);
  const difference = pairs.length === 0 ? null : mean(differences);
  const [interval] = bootstrapMeans([differences], options);
  const test = tTest(differences);
  return {
    pairs: pairs.length,
    a: pairs.length === 0 ? null : mean(pairs.map((p) => p.a)),
    b: pairs.length === 0 ? null : mean(pairs.map((p) => p.b)),
    difference,
    std,
    interval: interval ?? null,
    effect: std === null || std === 0 ? null : (difference as number) / std,
    higher: differences.filter((d) => d > 0).length,
    lower: differences.filter((d) => d < 0).length,
    equal: differences.filter((d) => d === 0).length,
    wilcoxon: signedRank(differences) ?? null,
    t: test ?? null,
  };
}

export interface ActionCorrelation {
  readonly participants: number;
  /** Spearman's rho; null below three participants, or where either side is the same for all. */
  readonly rho: number | null;
  /** Two-sided, by permutation: the share of shuffled pairings, the given one among them, whose rho is as far from 0. Null with rho. */
  readonly p: number | null;
}

/** Rounding must not tell equal correlations apart. */
const SAME = 1e-12;

export function correlationOf(
  actions: readonly number[],
  differences: readonly number[],
  { seed, resamples }: Resampling,
): ActionCorrelation {
  const participants = actions.length;
  const rho = spearman(actions, differences);
  if (participants < 3 || Number.isNaN(rho)) return { participants, rho: null, p: null };
  const random = uniforms(scattered(seed));
  let asFar = 1;
  for (let r = 0; r < resamples; r++) {
    const order = shuffled(participants, random);
    const other = spearman(
      actions,
      Array.from(order, (i) => differences[i] as number),
    );
    if (Math.abs(other) >= Math.abs(rho) - SAME) asFar++;
  }
  return { participants, rho, p: asFar / (resamples + 1) };
}
