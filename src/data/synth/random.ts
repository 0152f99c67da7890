/** @file Random numbers by address: picture `index` of `seed`, one stream for each purpose, so that no choice moves another. */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** Uniform in 0…1, 1 excluded. */
export type Random = () => number;

/** What a stream decides. Turning one feature of the data on leaves every other stream where it was. */
export type Purpose =
  | "order"
  | "split"
  | "flip"
  | "ground"
  | "objects"
  | "distractors"
  | "occluders"
  | "camera"
  | "watermark"
  | "background";

const PURPOSES: Readonly<Record<Purpose, number>> = {
  order: 1,
  split: 2,
  flip: 3,
  ground: 4,
  objects: 5,
  distractors: 6,
  occluders: 7,
  camera: 8,
  watermark: 9,
  background: 10,
};

/** The same numbers on every machine: integer arithmetic only. */
export function stream(seed: number, index: number, purpose: Purpose): Random {
  const source = xoroshiro128plusFromState(
    [0, 1, 2, 3].map((word) => address(seed, index, PURPOSES[purpose] * 4 + word)),
  );
  return () => uniformFloat64(source);
}

function address(seed: number, index: number, word: number): number {
  const high = Math.floor(seed / 2 ** 32);
  return scramble(scramble(scramble(scramble(seed ^ 0x2545f491) ^ high) ^ index) ^ Math.imul(word, 0x9e3779b1));
}

/** The finaliser of MurmurHash3: a bijection of 32-bit integers. */
export function scramble(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Uniform between two numbers. */
export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
/** A uniform integer `low…high`, both included. */
export const integerIn = (random: Random, [low, high]: readonly [number, number]): number =>
  low + Math.floor((high - low + 1) * random());
/** One of them. Throws `internal:` for none. */
export function pick<T>(random: Random, from: readonly T[]): T {
  if (from.length === 0) throw new Error("internal: nothing to pick from");
  return from[Math.floor(from.length * random())] as T;
}
/** A new order, every one equally likely (Fisher and Yates). */
export function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor((i + 1) * random());
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}
