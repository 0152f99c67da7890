/** @file The von Mises-Fisher distribution of directions: p(o | mu, kappa) = C_d(kappa) exp(kappa cos(mu, o)). */
import { logGamma } from "../metrics/student.ts";
import { normals, scattered, uniforms } from "../random.ts";
import { besselRatio, isSmall, logBesselScaled, logSmall } from "./bessel.ts";

const LOG_2PI = Math.log(2 * Math.PI);

/** log C_d(0) = log(Gamma(d / 2) / (2 pi^(d/2))): one over the area of the sphere. */
const logUniform = (d: number): number =>
  d === 2 ? -LOG_2PI : logGamma(d / 2) - Math.LN2 - (d / 2) * Math.log(Math.PI);

/**
 * log(C_d(kappa) e^kappa): the log density at the mean direction, d >= 2, kappa >= 0. Finite for every finite kappa; rises with it.
 */
export function logPeak(d: number, kappa: number): number {
  if (d === 3) return kappa === 0 ? logUniform(3) : Math.log(kappa / -Math.expm1(-2 * kappa)) - LOG_2PI;
  const v = d / 2 - 1;
  if (isSmall(v, kappa)) return logUniform(d) - logSmall(v, kappa) + kappa;
  return v * Math.log(kappa) - (d / 2) * LOG_2PI - logBesselScaled(v, kappa);
}

/**
 * log C_d(kappa), d >= 2, kappa >= 0, with C_d(kappa) = kappa^(d/2-1) / ((2 pi)^(d/2) I_{d/2-1}(kappa)).
 *
 * Source: Mardia and Jupp 2000, eq. 9.3.4.
 */
export const logNormaliser = (d: number, kappa: number): number => logPeak(d, kappa) - kappa;

/** A_d(kappa) = I_{d/2}(kappa) / I_{d/2-1}(kappa): the length of the mean of such directions, from 0 at kappa = 0 to 1 at infinity. */
export const meanResultant = (d: number, kappa: number): number => besselRatio(d / 2 - 1, kappa);

/**
 * `count` directions `[count, d]` around the first axis, d >= 2, 0 <= kappa <= infinity (all of them the axis itself).
 *
 * Source: Wood 1994, algorithm VM*.
 */
export function drawDirections(d: number, kappa: number, count: number, seed = 0): Float64Array {
  const out = new Float64Array(count * d);
  if (kappa === Infinity) {
    for (let i = 0; i < count; i++) out[i * d] = 1;
    return out;
  }
  const [normal, uniform] = [normals(scattered(seed)), uniforms(scattered(seed + 1))];
  const b = (d - 1) / (2 * kappa + Math.hypot(2 * kappa, d - 1));
  const x = (1 - b) / (1 + b);
  // log(1 - x^2) without the difference
  const top = kappa * x + (d - 1) * Math.log((4 * b) / (1 + b) ** 2);
  for (let i = 0; i < count; ) {
    const row = out.subarray(i * d, i * d + d);
    // the first coordinate t of a uniform direction: (1 + t) / 2 is Beta((d-1)/2, (d-1)/2); the others point evenly around the axis
    let rest = 0;
    for (let j = 0; j < d; j++) {
      row[j] = normal();
      if (j > 0) rest += (row[j] as number) ** 2;
    }
    const z = (1 + (row[0] as number) / Math.sqrt((row[0] as number) ** 2 + rest)) / 2;
    // 1 - w, so that directions next to the axis keep their angle
    const gap = (2 * b * z) / (1 - (1 - b) * z);
    const w = 1 - gap;
    if (kappa * w + (d - 1) * Math.log(1 - x * w) - top < Math.log(1 - uniform())) continue;
    const across = Math.sqrt((gap * (2 - gap)) / rest);
    row[0] = w;
    for (let j = 1; j < d; j++) row[j]! *= across;
    i++;
  }
  return out;
}
