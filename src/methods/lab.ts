/** @file CIELAB from sRGB (IEC 61966-2-1, D65, 2 degree observer): a space in which distances are what the eye sees. */

/** Linear light of an sRGB value in 0..1. */
const linear = (v: number): number => (v > 0.04045 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92);
/** CIE 1976: a cube root with a straight piece near black. */
const lightness = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);

/** Rows X, Y, Z, each over its white point. */
const XYZ = [
  [0.412453 / 0.95047, 0.35758 / 0.95047, 0.180423 / 0.95047],
  [0.212671, 0.71516, 0.072169],
  [0.019334 / 1.08883, 0.119193 / 1.08883, 0.950227 / 1.08883],
] as const;

/** L* in 0..100, a*, b* of planes R, G, B in 0..1. */
export function toLab(rgb: readonly Float64Array[]): readonly Float64Array[] {
  const [red, green, blue] = rgb as readonly [Float64Array, Float64Array, Float64Array];
  const lab = [0, 1, 2].map(() => new Float64Array(red.length)) as [Float64Array, Float64Array, Float64Array];
  for (let i = 0; i < red.length; i++) {
    const [r, g, b] = [linear(red[i] as number), linear(green[i] as number), linear(blue[i] as number)];
    const [x, y, z] = XYZ.map(([wr, wg, wb]) => lightness(wr * r + wg * g + wb * b)) as [number, number, number];
    lab[0][i] = 116 * y - 16;
    lab[1][i] = 500 * (x - y);
    lab[2][i] = 200 * (y - z);
  }
  return lab;
}
