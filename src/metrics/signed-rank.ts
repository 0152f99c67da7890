/** @file Wilcoxon's signed-rank test: do paired differences lie around 0? */

export interface SignedRank {
  /** The smaller of the rank sums of positive and negative differences. */
  readonly w: number;
  readonly p: number;
  /** Differences that are not 0. */
  readonly n: number;
  readonly by: "exact" | "normal";
}

/** The distribution is enumerated up to so many differences, ties or not. */
const EXACT = 50;

/**
 * Two-sided; differences of 0 are left out, ties get their mean rank. Up to 50 differences the permutation distribution of the given
 * ranks is exact; beyond that normal, variance corrected for ties, without a continuity correction. Undefined where all are 0.
 *
 * Source: Wilcoxon 1945; Hollander, Wolfe & Chicken 2014, section 3.1.
 */
export function signedRank(differences: ArrayLike<number>): SignedRank | undefined {
  const given = Array.from(differences).filter((d) => d !== 0);
  const n = given.length;
  if (n === 0) return undefined;
  const { doubled, ties } = doubledRanks(given.map(Math.abs));
  const total = n * (n + 1);
  const positive = given.reduce((sum, d, i) => sum + (d > 0 ? (doubled[i] as number) : 0), 0);
  const smaller = Math.min(positive, total - positive);
  const w = smaller / 2;
  if (n <= EXACT) return { w, n, by: "exact", p: Math.min(1, 2 * lowerTail(doubled, smaller)) };
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  const z = (w - total / 4) / Math.sqrt(variance);
  return { w, n, by: "normal", p: Math.min(1, erfc(-z / Math.SQRT2)) };
}

/** Twice the mid-ranks (integers), and the sum of t^3 - t over groups of t ties. */
function doubledRanks(sizes: readonly number[]): { readonly doubled: Int32Array; readonly ties: number } {
  const order = sizes.map((_, i) => i).sort((a, b) => (sizes[a] as number) - (sizes[b] as number));
  const doubled = new Int32Array(sizes.length);
  let ties = 0;
  for (let start = 0; start < order.length; ) {
    const size = sizes[order[start] as number];
    let end = start;
    while (end < order.length && sizes[order[end] as number] === size) end++;
    for (const i of order.slice(start, end)) doubled[i] = start + 1 + end;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  return { doubled, ties };
}

/** Probability that a random choice of signs gives a sum of at most `limit`. */
function lowerTail(ranks: Int32Array, limit: number): number {
  const share = new Float64Array(ranks.reduce((s, r) => s + r, 0) + 1);
  share[0] = 1;
  let reach = 0;
  for (const rank of ranks) {
    reach += rank;
    for (let sum = reach; sum >= 0; sum--)
      share[sum] = 0.5 * ((share[sum] as number) + (sum >= rank ? (share[sum - rank] as number) : 0));
  }
  return share.subarray(0, limit + 1).reduce((s, v) => s + v, 0);
}

/**
 * Complementary error function for x >= 0: its series below 2.5, its continued fraction above.
 *
 * Source: NIST DLMF 7.6.2 and 7.9.1.
 */
function erfc(x: number): number {
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(sum); k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let tail = 0;
  for (let k = 200; k >= 1; k--) tail = k / 2 / (x + tail);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + tail);
}
