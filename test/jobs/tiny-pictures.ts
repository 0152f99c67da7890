/** @file Small made-up data for trainings: pictures of 32 x 32 whose class is the place of a bright square, as CIFAR records. */
import { writeFileSync } from "node:fs";
import { uniforms } from "../../src/random.ts";

const SIDE = 32;

/** Label bytes and planes of `count` pictures; classes in turn. */
export function tinyCifar(count: number, { classes = 4, seed = 1 } = {}): Uint8Array {
  const random = uniforms(seed);
  const out = new Uint8Array(count * (1 + 3 * SIDE * SIDE));
  for (let i = 0; i < count; i++) {
    const label = i % classes;
    const at = i * (1 + 3 * SIDE * SIDE);
    out[at] = label;
    const [left, top] = [(label % 2) * 16, Math.floor(label / 2) * 16];
    for (let p = 0; p < 3 * SIDE * SIDE; p++) {
      const [x, y] = [p % SIDE, Math.floor(p / SIDE) % SIDE];
      const inside = x >= left + 2 && x < left + 14 && y >= top + 2 && y < top + 14;
      out[at + 1 + p] = Math.floor(random() * 100) + (inside ? 120 : 0);
    }
  }
  return out;
}

export function writeTinyCifar(file: string, count: number, options: { classes?: number; seed?: number } = {}): string {
  writeFileSync(file, tinyCifar(count, options));
  return file;
}
