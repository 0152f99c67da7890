/** @file Seeded fields over the plane: value noise, its octaves, and one number for each cell. */
import { scramble } from "./random.ts";

/** 0…1 at any point, in any order. */
export type Field = (x: number, y: number) => number;

const PER_UINT32 = 1 / 4294967296;

/** One number of 0…1 for each integer point. */
export const cellValue = (seed: number, x: number, y: number): number =>
  (scramble(Math.imul(x, 0x27d4eb2f) ^ Math.imul(y, 0x165667b1) ^ seed) >>> 0) * PER_UINT32;

/** Value noise of lattice spacing 1: cubic steps between the lattice's numbers. */
export function valueNoise(seed: number): Field {
  return (x, y) => {
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const u = ease(x - x0);
    const v = ease(y - y0);
    const a = cellValue(seed, x0, y0);
    const b = cellValue(seed, x0 + 1, y0);
    const c = cellValue(seed, x0, y0 + 1);
    const d = cellValue(seed, x0 + 1, y0 + 1);
    const top = a + (b - a) * u;
    return top + (c + (d - c) * u - top) * v;
  };
}

/** Spacing of the first octave and of the last, in units; height of an octave over the one before. */
export interface Octaves {
  readonly coarse: number;
  readonly fine: number;
  readonly gain?: number;
}

/** Octaves of noise, each of half the spacing and turned by 37 degrees against the last, so that no lattice shows. */
export function fractalNoise(seed: number, { coarse, fine, gain = 0.5 }: Octaves): Field {
  const fields: Field[] = [];
  for (let spacing = coarse; spacing >= fine || fields.length === 0; spacing /= 2)
    fields.push(valueNoise(scramble(seed + 7919 * fields.length)));
  const count = fields.length;
  let total = 0;
  for (let k = 0, height = 1; k < count; k++, height *= gain) total += height;
  return (x, y) => {
    let u = x / coarse;
    let v = y / coarse;
    let sum = 0;
    let height = 1;
    for (let k = 0; k < count; k++) {
      sum += height * (fields[k] as Field)(u, v);
      const turned = 1.6 * u + 1.2 * v;
      v = 1.6 * v - 1.2 * u;
      u = turned;
      height *= gain;
    }
    return sum / total;
  };
}

const ease = (t: number): number => t * t * (3 - 2 * t);
