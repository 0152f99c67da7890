/** @file Seeded value noise: the same seed gives the same field, at any point, in any order. */

/** A smooth random field over the plane, 0…1, with one independent value at each integer point. */
export type Field = (x: number, y: number) => number;

/** Value noise of lattice spacing 1 (quintic interpolation between hashed lattice values). */
export function valueNoise(seed: number): Field {
  return (x, y) => {
    const [x0, y0] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [fade(x - x0), fade(y - y0)];
    const top = mix(hash(seed, x0, y0), hash(seed, x0 + 1, y0), u);
    const bottom = mix(hash(seed, x0, y0 + 1), hash(seed, x0 + 1, y0 + 1), u);
    return mix(top, bottom, v);
  };
}

/**
 * Octaves of noise, each of half the spacing and `gain` times the height of the last; from spacing `coarse` down to `fine`. 0…1.
 * Each octave is turned by 37 degrees against the last, so that no lattice shows.
 */
export function fractalNoise(
  seed: number,
  { coarse, fine, gain = 0.5 }: { readonly coarse: number; readonly fine: number; readonly gain?: number },
): Field {
  const count = Math.max(1, Math.floor(Math.log2(coarse / fine)) + 1);
  const octaves = Array.from({ length: count }, (_, i) => ({ field: valueNoise(seed + 7919 * i), height: gain ** i }));
  const total = octaves.reduce((sum, { height }) => sum + height, 0);
  return (x, y) => {
    let [u, v, sum] = [x / coarse, y / coarse, 0];
    for (const { field, height } of octaves) {
      [u, v] = [0.8 * u + 0.6 * v, 0.8 * v - 0.6 * u];
      sum += height * field(u, v);
      [u, v] = [2 * u, 2 * v];
    }
    return sum / total;
  };
}

export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
/** 0 below `a`, 1 above `b`, smooth between. */
export const smoothstep = (a: number, b: number, x: number): number => {
  const t = Math.min(Math.max((x - a) / (b - a), 0), 1);
  return t * t * (3 - 2 * t);
};
const fade = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);

/** An integer lattice point to 0…1 (finaliser of MurmurHash3). */
function hash(seed: number, x: number, y: number): number {
  let h = Math.imul(seed ^ Math.imul(x, 0x27d4eb2f), 0x85ebca6b) ^ Math.imul(y, 0x165667b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}
