/** @file p(target | g) over a plane of the space, to draw its contour. */
import { OnnxplainError } from "../errors.ts";
import type { Concentration } from "./concentration.ts";
import type { Directions } from "./directions.ts";
import { posteriorsOf } from "./posteriors.ts";

/** A plane through 0. */
export interface Plane {
  /** Two orthogonal unit vectors `[2, d]`: x and y of the picture. */
  readonly axes: Float64Array;
}

export interface ContourOptions {
  /** Category, from 0. */
  readonly target: number;
  /** x and y run from -extent to extent; default 6. */
  readonly extent?: number | undefined;
  /** Points a side, at least 2; default 121. */
  readonly steps?: number | undefined;
  /** Default: the first two axes, which is all of it in two dimensions. */
  readonly plane?: Plane | undefined;
}

export interface Contour {
  /** `[steps, steps]`: y outer, x inner, both rising. */
  readonly values: Float64Array;
  /** x, and y, of the grid `[steps]`. */
  readonly ticks: Float64Array;
}

/** p(target | x a + y b) on a grid; at 0 it is the target's weight. Throws `E_PARAM`, `E_TARGET_RANGE`, `E_INPUT_SHAPE`. */
export function contourOf(
  directions: Directions,
  concentration: Concentration,
  { target, extent = 6, steps = 121, plane = firstPlane(directions.dimension) }: ContourOptions,
): Contour {
  const { categories, dimension: d } = directions;
  if (!(Number.isInteger(target) && target >= 0 && target < categories))
    throw new OnnxplainError(
      "E_TARGET_RANGE",
      `Expected a target from 0 to ${categories - 1}, got ${target}. Name one of the ${categories} categories.`,
    );
  if (!(Number.isInteger(steps) && steps >= 2 && extent > 0 && Number.isFinite(extent)))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected at least 2 \`steps\` over an \`extent\` above 0, got ${steps} over ${extent}.`,
    );
  if (plane.axes.length !== 2 * d)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected two axes of dimension ${d} for a plane, got ${plane.axes.length} numbers.`,
    );
  const ticks = Float64Array.from({ length: steps }, (_, i) => (extent * (2 * i - (steps - 1))) / (steps - 1));
  const points = new Float64Array(steps * steps * d);
  for (let iy = 0; iy < steps; iy++)
    for (let ix = 0; ix < steps; ix++)
      for (let j = 0; j < d; j++)
        points[(iy * steps + ix) * d + j] =
          (ticks[ix] as number) * (plane.axes[j] as number) + (ticks[iy] as number) * (plane.axes[d + j] as number);
  const all = posteriorsOf(points, directions, concentration);
  return {
    ticks,
    values: Float64Array.from({ length: steps * steps }, (_, i) => all[i * categories + target] as number),
  };
}

function firstPlane(d: number): Plane {
  const axes = new Float64Array(2 * d);
  axes[0] = 1;
  axes[d + 1] = 1;
  return { axes };
}

/**
 * The plane of two categories' directions: x along the first; y the part of the second across it, or where that is next to nothing, of the
 * axis that lies most across.
 */
export function planeOf({ means, dimension: d }: Directions, first: number, second: number): Plane {
  const x = means.subarray(first * d, (first + 1) * d);
  const weakest = x.reduce((best, value, j) => (Math.abs(value) < Math.abs(x[best] as number) ? j : best), 0);
  const y =
    across(means.subarray(second * d, (second + 1) * d), x) ??
    (across(new Float64Array(d).fill(1, weakest, weakest + 1), x) as Float64Array);
  const axes = new Float64Array(2 * d);
  axes.set(x, 0);
  axes.set(y, d);
  return { axes };
}

/** The unit vector along v's part across the unit vector x, if it has one. */
function across(v: Float64Array, x: Float64Array): Float64Array | undefined {
  const along = v.reduce((sum, value, j) => sum + value * (x[j] as number), 0);
  const rest = v.map((value, j) => value - along * (x[j] as number));
  const length = Math.hypot(...rest);
  return length < 1e-6 ? undefined : rest.map((value) => value / length);
}
