/** @file The one palette of all classes: what an object is painted with says nothing about what it is. */

import type { Tone } from "./figures.ts";
import { pick, type Random, shuffled } from "./random.ts";

/** Red, green, blue, each 0…1. */
export type Rgb = readonly [number, number, number];
/** Four paints, one a {@link Tone}. */
export type Paints = Readonly<Record<Tone, Rgb>>;

const PIGMENTS: readonly Rgb[] = [
  [0.78, 0.16, 0.14],
  [0.88, 0.47, 0.12],
  [0.93, 0.77, 0.2],
  [0.3, 0.6, 0.22],
  [0.12, 0.52, 0.5],
  [0.16, 0.36, 0.72],
  [0.45, 0.26, 0.62],
  [0.85, 0.42, 0.58],
  [0.5, 0.31, 0.18],
  [0.93, 0.92, 0.88],
  [0.16, 0.17, 0.2],
  [0.6, 0.64, 0.68],
];
/** How far a paint strays from its pigment, either way, a channel. */
const STRAY = 0.06;
/** Least difference of lightness between neighbouring tones. */
const CONTRAST = 0.14;
const TRIES = 30;

const lightness = ([r, g, b]: Rgb): number => 0.3 * r + 0.59 * g + 0.11 * b;
const apart = (a: Rgb, b: Rgb): number => Math.abs(lightness(a) - lightness(b));

/** Four different pigments in random roles, those that meet apart in lightness. */
export function paints(random: Random): Paints {
  let chosen = four(random);
  for (let i = 0; i < TRIES && !legible(chosen); i++) chosen = four(random);
  return chosen;
}

/** The same four for everything: for scenes without chance. */
export const PLAIN_PAINTS: Paints = {
  0: PIGMENTS[0] as Rgb,
  1: PIGMENTS[5] as Rgb,
  2: PIGMENTS[2] as Rgb,
  3: PIGMENTS[10] as Rgb,
};

const legible = (p: Paints): boolean =>
  ([1, 2, 3] as const).every((tone) => apart(p[0], p[tone]) >= CONTRAST) && apart(p[1], p[2]) >= CONTRAST / 2;

function four(random: Random): Paints {
  const [a, b, c, d] = shuffled(random, PIGMENTS)
    .slice(0, 4)
    .map((p) => stray(random, p)) as [Rgb, Rgb, Rgb, Rgb];
  return { 0: a, 1: b, 2: c, 3: d };
}

const stray = (random: Random, color: Rgb): Rgb => color.map((v) => v + STRAY * (2 * random() - 1)) as unknown as Rgb;

/** One paint, for a loose part. */
export const onePaint = (random: Random): Rgb => stray(random, pick(random, PIGMENTS));
