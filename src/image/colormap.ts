/** @file Colour maps: from a position 0…1 to a colour. Defined by formula or by a few anchors, none by a long table. */

import { OnnxplainError } from "../errors.ts";

/** A known colour map. */
export type ColormapName = "viridis" | "inferno" | "jet" | "gray" | "blue-red" | "bwr" | "seismic" | "red-white-green";

/** Red, green, blue in 0…1. */
type Rgb = readonly [number, number, number];

/** A colour for a position; `diverging` maps have their neutral colour at 0.5. */
interface Colormap {
  readonly diverging: boolean;
  readonly at: (t: number) => Rgb;
}

/** Straight lines between `[position, level]` points. */
function piecewise(points: readonly (readonly [number, number])[], t: number): number {
  let [x0, y0] = points[0]!;
  for (const [x1, y1] of points) {
    if (t <= x1) return x1 === x0 ? y1 : y0 + ((t - x0) / (x1 - x0)) * (y1 - y0);
    [x0, y0] = [x1, y1];
  }
  return y0;
}

/** Equally spaced anchors "rrggbb". */
function anchors(hex: string): (t: number) => Rgb {
  const colors = hex.split(" ");
  const channel = (c: number) =>
    colors.map(
      (color, i) => [i / (colors.length - 1), Number.parseInt(color.slice(2 * c, 2 * c + 2), 16) / 255] as const,
    );
  const [r, g, b] = [channel(0), channel(1), channel(2)];
  return (t) => [piecewise(r, t), piecewise(g, t), piecewise(b, t)];
}

/** One polynomial per channel, lowest power first. */
function polynomial(...rows: readonly Rgb[]): (t: number) => Rgb {
  const channel = (c: 0 | 1 | 2, t: number): number => rows.reduceRight((sum, row) => sum * t + row[c], 0);
  return (t) => [channel(0, t), channel(1, t), channel(2, t)];
}

/**
 * `viridis` and `inferno` (S. van der Walt, N. Smith, CC0) are sixth-degree fits by M. Zucker (CC0), within 8/255 of the
 * published colours; `jet`, `seismic` and `bwr` follow matplotlib's segment data, `red-white-green` Captum's default map.
 * `blue-red` is the diverging default: white at 0, equally light on both sides.
 */
const COLORMAPS: Readonly<Record<ColormapName, Colormap>> = {
  viridis: {
    diverging: false,
    at: polynomial(
      [0.2777273272234177, 0.005407344544966578, 0.3340998053353061],
      [0.1050930431085774, 1.404613529898575, 1.384590162594685],
      [-0.3308618287255563, 0.214847559468213, 0.09509516302823659],
      [-4.634230498983486, -5.799100973351585, -19.33244095627987],
      [6.228269936347081, 14.17993336680509, 56.69055260068105],
      [4.776384997670288, -13.74514537774601, -65.35303263337234],
      [-5.435455855934631, 4.645852612178535, 26.3124352495832],
    ),
  },
  inferno: {
    diverging: false,
    at: polynomial(
      [0.0002189403691192265, 0.001651004631001012, -0.01948089843709184],
      [0.1065134194856116, 0.5639564367884091, 3.932712388889277],
      [11.60249308247187, -3.972853965665698, -15.9423941062914],
      [-41.70399613139459, 17.43639888205313, 44.35414519872813],
      [77.162935699427, -33.40235894210092, -81.80730925738993],
      [-71.31942824499214, 32.62606426397723, 73.20951985803202],
      [25.13112622477341, -12.24266895238567, -23.07032500287172],
    ),
  },
  jet: {
    diverging: false,
    at: (t) => [
      piecewise(
        [
          [0, 0],
          [0.35, 0],
          [0.66, 1],
          [0.89, 1],
          [1, 0.5],
        ],
        t,
      ),
      piecewise(
        [
          [0, 0],
          [0.125, 0],
          [0.375, 1],
          [0.64, 1],
          [0.91, 0],
          [1, 0],
        ],
        t,
      ),
      piecewise(
        [
          [0, 0.5],
          [0.11, 1],
          [0.34, 1],
          [0.65, 0],
          [1, 0],
        ],
        t,
      ),
    ],
  },
  gray: { diverging: false, at: anchors("000000 ffffff") },
  "blue-red": { diverging: true, at: anchors("0b2a5b 1a57a0 4f8fc9 a5c8e6 f7f7f7 f4b8a0 d9694f a92a2b 5f0d1c") },
  bwr: { diverging: true, at: anchors("0000ff ffffff ff0000") },
  seismic: { diverging: true, at: anchors("00004d 0000ff ffffff ff0000 800000") },
  "red-white-green": { diverging: true, at: anchors("ff0000 ffffff 008000") },
};

/** The known names. */
export const COLORMAP_NAMES: readonly ColormapName[] = Object.keys(COLORMAPS) as ColormapName[];

/** Whether the map has a neutral middle; throws `E_PARAM` for an unknown name. */
export function isDiverging(name: ColormapName): boolean {
  return find(name).diverging;
}

/** The 256 colours of a map, `[256, 3]`, 0…255: entry `i` is the colour at `i / 255`. Throws `E_PARAM` for an unknown name. */
export function colormapTable(name: ColormapName): Uint8ClampedArray {
  const { at } = find(name);
  const table = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++)
    table.set(
      at(i / 255).map((v) => v * 255),
      i * 3,
    );
  return table;
}

function find(name: ColormapName): Colormap {
  if (Object.hasOwn(COLORMAPS, name)) return COLORMAPS[name];
  throw new OnnxplainError("E_PARAM", `Unknown colour map \`${name}\`. Known: ${COLORMAP_NAMES.join(", ")}.`);
}
