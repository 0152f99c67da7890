/** @file Student's t: the tail of its distribution, and the test that a mean is 0. */
import { mean, standardError } from "./quantiles.ts";

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** Logarithm of the gamma function, x >= 0.5 (Lanczos, g = 7, 9 terms). */
export function logGamma(x: number): number {
  const z = x - 1;
  const t = z + 7.5;
  const series = LANCZOS.reduce((sum, c, i) => (i === 0 ? c : sum + c / (z + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(series);
}

const TINY = 1e-300;
const apartFrom0 = (v: number): number => (Math.abs(v) < TINY ? TINY : v);

/**
 * The regularised incomplete beta function I_x(a, b), a and b >= 0.5, by its continued fraction (modified Lentz).
 *
 * Source: NIST DLMF 8.17.22.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let c = 1;
  let d = 1 / apartFrom0(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const term of [even, odd]) {
      d = 1 / apartFrom0(1 + term * d);
      c = apartFrom0(1 + term / c);
      step = c * d;
      fraction *= step;
    }
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return front * fraction;
}

/** Probability that |T| is at least |t| under Student's t with `df` degrees of freedom. */
export const twoSidedT = (t: number, df: number): number => incompleteBeta(df / (df + t * t), df / 2, 0.5);

export interface TTest {
  /** Null where all values are equal. */
  readonly t: number | null;
  readonly p: number;
}

/** Is the mean of the differences 0? Two-sided; undefined below two values. */
export function tTest(differences: ArrayLike<number>): TTest | undefined {
  const error = standardError(differences);
  if (error === undefined) return undefined;
  const centre = mean(differences);
  if (error === 0) return { t: null, p: centre === 0 ? 1 : 0 };
  const t = centre / error;
  return { t, p: twoSidedT(t, differences.length - 1) };
}
