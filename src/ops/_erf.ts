/** @file The error function to double precision. */

/** erf by its all-positive series 2/√π · e^(-v²) · Σ 2ⁿ v^(2n+1) / (2n+1)!!; beyond 6 it is ±1 in a double. */
export function erf(v: number): number {
  if (Math.abs(v) > 6) return Math.sign(v);
  let term = v;
  let sum = v;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * v * v) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-v * v) * sum;
}
