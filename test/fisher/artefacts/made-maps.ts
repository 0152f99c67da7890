/** @file Relevance maps made by formula: a class whose objects lie about the middle, some of its pictures with a mark in a corner. */
import type { RelevanceMap } from "../../../src/fisher/artefacts/relevance-map.ts";
import { normals, scattered, uniforms } from "../../../src/random.ts";

export interface MadeMaps {
  readonly maps: readonly RelevanceMap[];
  /** 1 for a picture with the mark. */
  readonly marked: readonly number[];
}

export interface MadeOptions {
  readonly count: number;
  /** Of the pictures, those with the mark. */
  readonly share: number;
  /** Of the magnitudes of a marked map, what lies in the mark. */
  readonly strength: number;
  /** Deviation of the noise beside objects of height 1. */
  readonly noise: number;
  readonly boxes?: boolean;
  /** Corner of the mark in shares of the picture. */
  readonly at?: readonly [number, number];
  readonly seed?: number;
}

/** Pictures of 60…100 pixels a side, marks of 15 % x 10 % of it. */
export function madeMaps({ count, share, strength, noise, boxes, at = [0.03, 0.87], seed = 5 }: MadeOptions): MadeMaps {
  const draw = uniforms(scattered(seed));
  const normal = normals(scattered(seed + 1));
  const marked = Array.from({ length: count }, (_, i) => (i % 10 < 10 * share ? 1 : 0));
  const maps = marked.map((mark, i): RelevanceMap => {
    const [width, height] = [60 + Math.floor(40 * draw()), 60 + Math.floor(40 * draw())];
    const [cx, cy] = [width * (0.3 + 0.4 * draw()), height * (0.3 + 0.4 * draw())];
    const radius = 0.12 * width * (0.7 + 0.6 * draw());
    const values = Float32Array.from(
      { length: width * height },
      (_, p) =>
        Math.exp(-(((p % width) - cx) ** 2 + (Math.floor(p / width) - cy) ** 2) / (2 * radius ** 2)) + noise * normal(),
    );
    const total = values.reduce((s, v) => s + Math.abs(v), 0);
    const [left, top] = [Math.round(width * at[0]), Math.round(height * at[1])];
    const [w, h] = [Math.round(width * 0.15), Math.round(height * 0.1)];
    const each = ((strength / (1 - strength)) * total) / (w * h);
    if (mark) for (let y = top; y < top + h; y++) for (let x = left; x < left + w; x++) values[y * width + x]! += each;
    const around = { x0: cx - 2 * radius, y0: cy - 2 * radius, x1: cx + 2 * radius, y1: cy + 2 * radius };
    return { id: `made ${i}`, width, height, values, ...(boxes ? { boxes: [around] } : {}) };
  });
  return { maps, marked };
}

/** Agreement of two partitions, 1 for the same, 0 on average for chance. Source: Hubert and Arabie 1985. */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const pairs = (n: number): number => (n * (n - 1)) / 2;
  const counts = (key: (i: number) => string): number => {
    const sizes = new Map<string, number>();
    for (let i = 0; i < a.length; i++) sizes.set(key(i), (sizes.get(key(i)) ?? 0) + 1);
    return [...sizes.values()].reduce((s, n) => s + pairs(n), 0);
  };
  const [both, first, second] = [counts((i) => `${a[i]},${b[i]}`), counts((i) => `${a[i]}`), counts((i) => `${b[i]}`)];
  const chance = (first * second) / pairs(a.length);
  return (both - chance) / ((first + second) / 2 - chance);
}
