/** @file The first two filter banks of the demo network: colour opponents and oriented edges. */

import { tensor } from "../graph/tensor.ts";
import type { Tensor } from "../graph/types.ts";
import { COLORS, PIGMENTS } from "./colors.ts";

/** Edge normals that are told apart, 30 degrees from one to the next; normal `k` points to `(cos, sin)(k * 30°)`, y down. */
export const DIRECTIONS = 12;
/** An edge that is turned away from a direction by more than `acos(SELECTIVITY)`, 26 degrees, does not excite it. */
export const SELECTIVITY = 0.9;

/** Weights `[out,in/group,k,k]` and bias `[out]` of a convolution. */
export interface Bank {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/**
 * `[8,3,3,3]`: for each colour `u = opponent · blurred rgb`, once as `h = (u - none) / (full - none)` and once as `h - 1`. After ReLU
 * their difference is the colour's mask `M = clamp(h, 0, 1)`: exactly 0 on the ground and on other paints, 1 on the paint.
 */
export function colorFilters(): Bank {
  const binomial = [1, 2, 1];
  const rows = COLORS.flatMap((color) => {
    const { opponent, none, full } = PIGMENTS[color];
    const weight = opponent.flatMap((o) =>
      binomial.flatMap((v) => binomial.map((w) => (o * v * w) / 16 / (full - none))),
    );
    return [none, full].map((level) => ({ weight, bias: -level / (full - none) }));
  });
  return {
    weight: tensor(
      "float32",
      [rows.length, 3, 3, 3],
      rows.flatMap((r) => r.weight),
    ),
    bias: tensor(
      "float32",
      [rows.length],
      rows.map((r) => r.bias),
    ),
  };
}

const EDGE_RADIUS = 3;
const EDGE_SIGMA = 1.6;

/**
 * `[48,2,7,7]`, one group a colour: slope of the mask against direction `k`, where 1 is a straight edge with that outward normal;
 * what is left above {@link SELECTIVITY} is stretched to 0…1.
 */
export function edgeFilters(): Bank {
  const side = Array.from({ length: 2 * EDGE_RADIUS + 1 }, (_, i) => i - EDGE_RADIUS);
  const kernels = Array.from({ length: DIRECTIONS }, (_, k) => {
    const [c, s] = [Math.cos((2 * Math.PI * k) / DIRECTIONS), Math.sin((2 * Math.PI * k) / DIRECTIONS)];
    const slope = side.flatMap((y) =>
      side.map((x) => -(c * x + s * y) * Math.exp(-(x * x + y * y) / (2 * EDGE_SIGMA ** 2))),
    );
    const step = slope.reduce((sum, w) => sum + Math.max(w, 0), 0);
    return slope.map((w) => w / step / (1 - SELECTIVITY));
  });
  const one = kernels.flatMap((kernel) => [...kernel, ...kernel.map((w) => -w)]);
  const count = COLORS.length * DIRECTIONS;
  return {
    weight: tensor(
      "float32",
      [count, 2, side.length, side.length],
      COLORS.flatMap(() => one),
    ),
    bias: tensor("float32", [count], new Array<number>(count).fill(-SELECTIVITY / (1 - SELECTIVITY))),
  };
}

/** Cells to each side over which evidence is spread. */
export const SPREAD_RADIUS = 3;
const SPREAD_SIGMA = 1.4;

/** `[channels,1,7,7]`, one group a channel: a Gaussian of sum 1, about as wide as a shape, where a pixel is a cell of 4. */
export function spreadFilter(channels: number): Bank {
  const side = 2 * SPREAD_RADIUS + 1;
  const bell = Array.from({ length: side }, (_, i) => Math.exp(-((i - SPREAD_RADIUS) ** 2) / (2 * SPREAD_SIGMA ** 2)));
  const total = bell.reduce((sum, w) => sum + w, 0) ** 2;
  const kernel = bell.flatMap((v) => bell.map((w) => (v * w) / total));
  return {
    weight: tensor("float32", [channels, 1, side, side], Array.from({ length: channels }, () => kernel).flat()),
    bias: tensor("float32", [channels], new Array<number>(channels).fill(0)),
  };
}
