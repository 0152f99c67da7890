/** @file The classes: each a figure of named parts; colours are tones of one palette that all classes share. */
import { rotation } from "./exact.ts";
import type { Outline } from "./outlines.ts";

/** Which of an object's four paints a part wears. */
export type Tone = 0 | 1 | 2 | 3;

export interface Part {
  readonly name: string;
  readonly tone: Tone;
  /** In the figure's frame: the figure fits a circle of radius about 1, x to the right, y down. */
  readonly outlines: readonly Outline[];
}

/** How one object differs from the next of its class: four numbers, -1…1; 0 is the middle. */
export type Variation = readonly [number, number, number, number];

/** Parts from the back to the front. */
export type Figure = (v: Variation) => readonly Part[];

const part = (name: string, tone: Tone, ...outlines: readonly Outline[]): Part => ({ name, tone, outlines });
const disc = (x: number, y: number, r: number): Outline => ({ kind: "ellipse", x, y, rx: r, ry: r });
const ellipse = (x: number, y: number, rx: number, ry: number, degrees = 0): Outline => ({
  kind: "ellipse",
  x,
  y,
  rx,
  ry,
  ...rotation(degrees),
});
const box = (x: number, y: number, hw: number, hh: number, round = 0): Outline => ({
  kind: "box",
  x,
  y,
  hw,
  hh,
  round,
});
const polygon = (...points: readonly number[]): Outline => ({ kind: "polygon", points, round: 0 });
const stroke = (x0: number, y0: number, x1: number, y1: number, r: number): Outline => ({
  kind: "stroke",
  x0,
  y0,
  x1,
  y1,
  r,
});
const ring = (x: number, y: number, r: number, half: number): Outline => ({ kind: "ring", x, y, r, half });

const PETALS = [0, 60, 120, 180, -120, -60].map((degrees) => ({ degrees, ...rotation(degrees) }));

/** `dx`: where the house's middle stands, `w`: half its width. */
const building = ([a, b, c]: Variation, dx: number, w: number): readonly Part[] => {
  const eaves = -0.08 + 0.06 * a;
  return [
    part("wall", 0, box(dx, (0.82 + eaves) / 2, w, (0.82 - eaves) / 2)),
    part("roof", 1, polygon(dx - w - 0.2, eaves, dx, eaves - 0.66 - 0.1 * b, dx + w + 0.2, eaves)),
    part("door", 3, box(dx - (0.3 + 0.06 * c) * w, 0.55, 0.15, 0.27)),
    part("window", 2, box(dx + 0.45 * w, 0.3, 0.16, 0.15)),
  ];
};

/** House and church differ in the steeple alone; car and truck in cabin and cargo box; bird and fish share body, tail and eye. */
export const FIGURES: Readonly<Record<string, Figure>> = {
  bird: ([a, b, c]) => [
    part("tail", 1, polygon(-0.4, -0.08, -1.02, -0.34 - 0.1 * a, -0.98, 0.14, -0.4, 0.24)),
    part("legs", 3, stroke(-0.12, 0.4, -0.16, 0.9, 0.05), stroke(0.16, 0.4, 0.16, 0.9, 0.05)),
    part("beak", 2, polygon(0.6, -0.56, 1.04 + 0.06 * b, -0.38, 0.6, -0.2)),
    part("body", 0, ellipse(-0.02, 0.08, 0.58, 0.4, 14), disc(0.44, -0.4, 0.3)),
    part("wing", 1, ellipse(-0.16, 0.04, 0.4 + 0.03 * c, 0.2, 20 + 12 * c)),
    part("eye", 3, disc(0.52, -0.45, 0.08)),
  ],
  fish: ([a, b, c]) => [
    part("tail", 1, polygon(-0.42, 0, -1, -0.46 - 0.06 * a, -0.8, 0, -1, 0.46 + 0.06 * a)),
    part(
      "fin",
      2,
      polygon(-0.25, -0.25, 0.4, -0.28, -0.2 + 0.1 * b, -0.76),
      polygon(-0.05, 0.28, 0.3, 0.28, -0.1, 0.62),
    ),
    part("body", 0, ellipse(0.12, 0, 0.74, 0.4 + 0.05 * c)),
    part("eye", 3, disc(0.52, -0.1, 0.09)),
  ],
  house: (v) => building(v, 0, 0.66),
  church: (v) => [
    part("steeple", 2, polygon(0.38, 0.82, 0.38, -0.45, 0.62, -1.05 - 0.06 * v[3], 0.86, -0.45, 0.86, 0.82)),
    ...building(v, -0.2, 0.6),
  ],
  tree: ([a, b, c]) => [
    part("trunk", 1, polygon(-0.12, 0.1, 0.12, 0.1, 0.19, 1, -0.19, 1)),
    part(
      "crown",
      0,
      disc(-0.38, -0.08, 0.4),
      disc(0.38, -0.08, 0.4 + 0.04 * a),
      disc(0, -0.5 - 0.05 * b, 0.46),
      disc(0, -0.1, 0.4),
    ),
    part("fruit", 2, disc(-0.34, -0.16 + 0.05 * c, 0.11), disc(0.1, -0.52, 0.11), disc(0.36, -0.02, 0.11)),
  ],
  flower: ([a, b, c]) => [
    part("stem", 1, stroke(0, -0.2, 0.08 * a, 1, 0.07)),
    part("leaf", 1, ellipse(0.3, 0.58 + 0.06 * b, 0.3, 0.13, -32)),
    part(
      "petals",
      0,
      ...PETALS.map(({ degrees, cos, sin }) => ellipse(0.36 * cos, -0.38 + 0.36 * sin, 0.27 + 0.03 * c, 0.17, degrees)),
    ),
    part("heart", 2, disc(0, -0.38, 0.21)),
  ],
  car: ([a, b]) => [
    part("cabin", 1, polygon(-0.62, 0.06, -0.36 - 0.05 * a, -0.44, 0.28 + 0.06 * b, -0.44, 0.62, 0.06)),
    part(
      "window",
      2,
      polygon(-0.4, -0.02, -0.25, -0.31, -0.03, -0.31, -0.03, -0.02),
      polygon(0.08, -0.02, 0.08, -0.31, 0.22, -0.31, 0.42, -0.02),
    ),
    part("body", 0, box(0, 0.23, 0.98, 0.24, 0.12)),
    part("wheels", 3, disc(-0.52, 0.46, 0.24), disc(0.52, 0.46, 0.24)),
  ],
  truck: ([a, b]) => [
    part("cargo", 1, box(-0.3 + 0.03 * a, -0.18, 0.68, 0.46)),
    part("cabin", 0, polygon(0.44, 0.3, 0.44, -0.34, 0.72 + 0.05 * b, -0.34, 0.98, 0.02, 0.98, 0.3)),
    part("window", 2, polygon(0.56, -0.02, 0.56, -0.24, 0.7, -0.24, 0.84, -0.02)),
    part("body", 0, box(0, 0.36, 0.98, 0.11, 0.04)),
    part("wheels", 3, disc(-0.58, 0.5, 0.22), disc(0.58, 0.5, 0.22)),
  ],
  cup: ([a, b, c]) => [
    part("saucer", 2, ellipse(-0.04, 0.68, 0.86, 0.15)),
    part("handle", 1, ring(0.56, -0.02 + 0.05 * a, 0.3 + 0.03 * b, 0.085)),
    part(
      "bowl",
      0,
      polygon(-0.66, -0.6, 0.56, -0.6, 0.5, 0.2, 0.28 + 0.06 * c, 0.66, -0.38 - 0.06 * c, 0.66, -0.6, 0.2),
    ),
    part("rim", 3, ellipse(-0.05, -0.58, 0.61, 0.13)),
  ],
  key: ([a, b, c]) => [
    part("shaft", 1, box(0.3, 0, 0.7, 0.1)),
    part("bit", 2, box(0.6 + 0.04 * a, 0.24, 0.09, 0.2), box(0.9, 0.22 + 0.04 * b, 0.1, 0.24)),
    part("bow", 0, ring(-0.58, 0, 0.3 + 0.02 * c, 0.13)),
  ],
  lamp: ([a, b, c]) => [
    part("pole", 1, box(0, 0.36, 0.075, 0.5)),
    part("foot", 2, ellipse(0, 0.86, 0.46 + 0.06 * a, 0.15)),
    part("bulb", 3, disc(0, -0.06, 0.2)),
    part(
      "shade",
      0,
      polygon(-0.26 - 0.06 * b, -0.92, 0.26 + 0.06 * b, -0.92, 0.7, -0.08 + 0.04 * c, -0.7, -0.08 + 0.04 * c),
    ),
  ],
  rocket: ([a, b, c]) => [
    part("flame", 2, polygon(-0.2, 0.52, 0.2, 0.52, 0.1, 0.82, 0, 1.06 + 0.05 * a, -0.1, 0.82)),
    part(
      "fins",
      1,
      polygon(-0.2, 0.1, -0.64 - 0.05 * b, 0.7, -0.2, 0.58),
      polygon(0.2, 0.1, 0.64 + 0.05 * b, 0.7, 0.2, 0.58),
    ),
    part("hull", 0, box(0, 0.1, 0.29, 0.52, 0.08)),
    part("nose", 1, polygon(-0.29, -0.36, -0.2, -0.7, 0, -1.02, 0.2, -0.7, 0.29, -0.36)),
    part("porthole", 3, disc(0, -0.08 + 0.06 * c, 0.16)),
  ],
  boat: ([a, b, c]) => [
    part("mast", 3, box(0, -0.25, 0.055, 0.7)),
    part("sail", 1, polygon(0.1, -0.9, 0.1, 0.24, 0.82 + 0.08 * a, 0.24)),
    part("jib", 2, polygon(-0.1, -0.66 + 0.08 * b, -0.1, 0.24, -0.68, 0.24)),
    part("hull", 0, polygon(-1, 0.36, 1, 0.36, 0.68, 0.84 + 0.05 * c, -0.62, 0.84 + 0.05 * c)),
  ],
};

/** Names of all classes, in the order that {@link PART_LEGEND} counts them. */
export const SYNTH_CLASSES: readonly string[] = Object.keys(FIGURES);

export interface PartId {
  readonly id: number;
  readonly class: string;
  readonly part: string;
}

/** Every part of every class by its number in part masks, from 1 up; the same in every data set. */
export const PART_LEGEND: readonly PartId[] = SYNTH_CLASSES.flatMap((name) =>
  (FIGURES[name] as Figure)([0, 0, 0, 0]).map((p) => ({ class: name, part: p.name })),
).map((entry, i) => ({ id: i + 1, ...entry }));

/** In part masks a loose part is its number and this. */
export const LOOSE_PART = 128;

const IDS: ReadonlyMap<string, number> = new Map(PART_LEGEND.map((p) => [`${p.class}.${p.part}`, p.id]));
/** The number of a part in part masks. */
export const partId = (className: string, name: string): number => IDS.get(`${className}.${name}`) as number;
