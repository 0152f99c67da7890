/** @file The four colours of the demo world: what shapes are painted with, and the linear filters that tell them from the ground. */

/** Colours, in label order. */
export const COLORS = ["red", "green", "blue", "yellow"] as const;
export type Color = (typeof COLORS)[number];
/** Red, green, blue, each 0…1. */
export type Rgb = readonly [number, number, number];

interface Pigment {
  /** Paint is drawn uniformly from the box between these two. */
  readonly from: Rgb;
  readonly to: Rgb;
  /** Opponent filter: `opponent · rgb` is above `full` on this paint, below `none` on any other paint and on the ground. */
  readonly opponent: Rgb;
  readonly none: number;
  readonly full: number;
}

/**
 * The margins hold for every paint of the boxes under the light of the scenes (0.88…1.06). Grey `g` gives `g * sum(opponent)`,
 * and every sum is 0 or less.
 */
export const PIGMENTS: Readonly<Record<Color, Pigment>> = {
  red: { from: [0.78, 0.07, 0.09], to: [0.92, 0.14, 0.19], opponent: [1, -1.2, 0], none: 0.2, full: 0.42 },
  green: { from: [0.07, 0.54, 0.15], to: [0.16, 0.7, 0.26], opponent: [-0.9, 1, -0.5], none: 0.08, full: 0.22 },
  blue: { from: [0.07, 0.27, 0.72], to: [0.17, 0.42, 0.9], opponent: [-0.4, -0.7, 1], none: 0.1, full: 0.26 },
  yellow: { from: [0.88, 0.7, 0.05], to: [0.98, 0.82, 0.15], opponent: [1, 1.3, -2.3], none: 1, full: 1.2 },
};
