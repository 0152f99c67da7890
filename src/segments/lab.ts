/** @file CIELAB from sRGB (IEC 61966-2-1, D65, 2 degree observer): a space in which distances are what the eye sees. */

/** Linear light of an sRGB value in 0..1. */
const linear = (v: number): number => (v > 0.04045 ? ((v + 0.055) / 1.055) ** 2.4 : v / 12.92);
/** CIE 1976: a cube root with a straight piece near black. */
const lightness = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);

/** X and Z of the white point; Y is 1. */
const [WHITE_X, WHITE_Z] = [0.95047, 1.08883];

/** L* in 0..100, a*, b* of planes R, G, B in 0..1. */
export function toLab(rgb: readonly Float64Array[]): readonly Float64Array[] {
  const [red, green, blue] = rgb as readonly [Float64Array, Float64Array, Float64Array];
  const [lightnesses, as, bs] = [0, 1, 2].map(() => new Float64Array(red.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let i = 0; i < red.length; i++) {
    const r = linear(red[i] as number);
    const g = linear(green[i] as number);
    const b = linear(blue[i] as number);
    const x = lightness((0.412453 * r + 0.35758 * g + 0.180423 * b) / WHITE_X);
    const y = lightness(0.212671 * r + 0.71516 * g + 0.072169 * b);
    const z = lightness((0.019334 * r + 0.119193 * g + 0.950227 * b) / WHITE_Z);
    lightnesses[i] = 116 * y - 16;
    as[i] = 500 * (x - y);
    bs[i] = 200 * (y - z);
  }
  return [lightnesses, as, bs];
}
