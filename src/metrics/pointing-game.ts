/** @file Pointing game: does the highest pixel of the map lie on the object? */
import { nonNegative } from "../params.ts";
import { type Metric, measured, type Variant } from "./metric.ts";
import { compared, TRUTH_PARAM, type Truth } from "./truth.ts";

const variants: readonly Variant[] = [
  {
    id: "torchray",
    about: "the first maximum in row-major order lies less than `tolerance` pixels from the object",
    range: [0, 1],
    better: "higher",
  },
  {
    id: "expected",
    about: "the same for a maximum drawn at random from all tied ones: its chance of a hit",
    range: [0, 1],
    better: "higher",
  },
  { id: "exact", about: "as `expected`, without tolerance", range: [0, 1], better: "higher" },
  {
    id: "any-tied-maximum",
    about: "any of the tied maxima lies inside, no tolerance (Quantus; many ties make it easy)",
    range: [0, 1],
    better: "higher",
  },
];

/** Pixels equal to the maximum, in row-major order. */
function maxima(map: Float32Array): readonly number[] {
  const top = map.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
  return Array.from(map.keys()).filter((i) => map[i] === top);
}

/** Is there a pixel of the object at a distance less than `tolerance`, or right here? */
function hit(at: number, { inside }: Truth, size: { width: number; height: number }, tolerance: number): boolean {
  if (inside[at]) return true;
  const { width, height } = size;
  const [x, y] = [at % width, Math.floor(at / width)];
  const reach = Math.ceil(tolerance);
  for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++)
    for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++)
      if (inside[v * width + u] && (u - x) ** 2 + (v - y) ** 2 < tolerance ** 2) return true;
  return false;
}

const shareOf = (points: readonly number[], test: (at: number) => boolean): number =>
  points.filter(test).length / points.length;

/** Constant maps are excluded: all their pixels are maximal, which is no answer. `tied` counts the pixels that share the maximum (1 = unique). */
export const pointingGame: Metric = {
  id: "pointing-game",
  aliases: ["pointing"],
  title: "Pointing game",
  source:
    "Zhang et al. 2018 (arXiv 1608.00507), section 4.1; tolerance as in TorchRay 1.0 (pixels of the network's input), ties as in Quantus 0.6",
  params: {
    tolerance: nonNegative(
      15,
      "distance below which a point counts as on the object, in pixels of the network's input",
    ),
    ...TRUTH_PARAM,
  },
  variants,
  needs: [],
  cost: "none",
  run: (image, params) =>
    measured(
      compared(image, params, variants, (map, truth) => {
        const points = maxima(map);
        const near = (at: number): boolean => hit(at, truth, image, params.tolerance as number);
        const on = (at: number): boolean => truth.inside[at] === 1;
        return {
          values: {
            torchray: near(points[0]!) ? 1 : 0,
            expected: shareOf(points, near),
            exact: shareOf(points, on),
            "any-tied-maximum": points.some(on) ? 1 : 0,
          },
          counts: { tied: points.length },
        };
      }),
    ),
};
