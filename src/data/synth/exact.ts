/** @file Curves from + - * / and square roots alone, whose results IEEE 754 fixes to the last bit on every machine. */

const RADIANS = 0.017453292519943295;

/** Cosine and sine of an angle in degrees, -180…180, by their series; within 1e-12. */
export function rotation(degrees: number): { readonly cos: number; readonly sin: number } {
  const x = degrees * RADIANS;
  let [cos, sin, term] = [0, 0, 1];
  for (let n = 0; n < 32; n += 2) {
    cos += term;
    term *= x / (n + 1);
    sin += term;
    term *= -x / (n + 2);
  }
  return { cos, sin };
}

/** A wave of period 1 between -1 and 1, 0 at 0, made of parabolas. */
export function wave(t: number): number {
  const p = t - Math.floor(t);
  return p < 0.5 ? 16 * p * (0.5 - p) : -16 * (p - 0.5) * (1 - p);
}

export const clamp01 = (v: number): number => Math.min(Math.max(v, 0), 1);
export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
/** 0 at `a` and before, 1 at `b` and after, smooth between. */
export function smoothstep(a: number, b: number, x: number): number {
  const t = clamp01((x - a) / (b - a));
  return t * t * (3 - 2 * t);
}
