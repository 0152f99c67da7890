/** @file How long the mean direction of a vector with Gaussian noise is: rho(s) = ||E[(s mu + eps) / ||s mu + eps|| ]||, eps ~ N(0, I_d). */

export interface NoisyMean {
  /** rho, 0 at s = 0, 1 at infinity. */
  readonly length: number;
  /** 1 - rho, to its last digits. */
  readonly gap: number;
  /** rho' / (1 - rho). */
  readonly decay: number;
}

/** Gamma((d+1)/2) / (sqrt(2) Gamma(d/2 + 1)): rho'(0). */
function rise(d: number): number {
  let ratio = d % 2 === 0 ? Math.sqrt(Math.PI / 8) : Math.sqrt(2 / Math.PI);
  for (let n = d % 2 === 0 ? 4 : 3; n <= d; n += 2) ratio *= (n - 1) / n;
  return ratio;
}

/** From here on the expansion in 1 / s^2 reaches float64. */
export const farFrom = (d: number): number => Math.sqrt(2 * Math.max(40, d));

/**
 * rho(s), s >= 0, d >= 2. With a = s^2 / 2 and b = d/2 + 1: rho = rho'(0) s 1F1(1/2; b; -a), rho' = rho'(0) 1F1(3/2; b; -a).
 *
 * Source: NIST DLMF 13.2.2 after Kummer's 13.2.39 (terms above 0), 13.7.2 from {@link farFrom} on.
 */
export function noisyMean(d: number, s: number): NoisyMean {
  return s >= farFrom(d) ? far(d, s) : near(d, s);
}

/** 1F1(1/2; b; -a) = e^-a 1F1(b - 1/2; b; a): sums over a^k / k!, and e^a by the same sum. */
function near(d: number, s: number): NoisyMean {
  const [a, b] = [(s * s) / 2, d / 2 + 1];
  let [weight, first, second] = [1, 1, 1];
  let [all, length, slope] = [1, 1, 1];
  for (let k = 1; k <= a || weight > 1e-18 * all; k++) {
    weight *= a / k;
    first *= (b + k - 1.5) / (b + k - 1);
    second *= (b + k - 2.5) / (b + k - 1);
    all += weight;
    length += weight * first;
    slope += weight * second;
    if (all > 1e250) [weight, all, length, slope] = [weight * 1e-250, all * 1e-250, length * 1e-250, slope * 1e-250];
  }
  const c = rise(d);
  const rho = (c * s * length) / all;
  return { length: rho, gap: 1 - rho, decay: (c * slope) / all / (1 - rho) };
}

/** rho ~ sum_k (1/2)_k ((1-d)/2)_k / (k! a^k), up to its smallest term; it ends by itself for odd d. */
function far(d: number, s: number): NoisyMean {
  const a = (s * s) / 2;
  let [term, gap, falling] = [1, 0, 0];
  for (let k = 1; ; k++) {
    const next = (term * (k - 0.5) * (k - (d + 1) / 2)) / (k * a);
    if (!(Math.abs(next) > 1e-18 * gap && Math.abs(next) <= Math.abs(term))) break;
    term = next;
    gap -= term;
    falling -= k * term;
  }
  return { length: 1 - gap, gap, decay: (2 * falling) / (s * gap) };
}
