/** @file SmoothGrad and its relatives: statistics of the gradient under Gaussian noise (Smilkov et al. 2017, eq. 1). */

import { integer, type Params, positive } from "../params.ts";
import { normals } from "../random.ts";
import { gradient } from "./gradient.ts";
import type { Fold, Method, Plan, PlanContext, Sample } from "./method.ts";
import { COTANGENT, cotangentGraph, SALIENCY_MAP, staticRow } from "./one-pass.ts";

/** From sum and sum of squares of n gradients to the map. */
type Statistic = (sum: number, squares: number, n: number) => number;

/** Standard deviation of the noise: absolute, or a share of the input's own range. */
function deviation(params: Params, x: Float32Array): number {
  if (typeof params.stdevs === "number") return params.stdevs;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of x) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return (params.noise_level as number) * (high - low);
}

const planWith =
  (statistic: Statistic) =>
  (context: PlanContext): Plan => {
    const { classifier, params, seed } = context;
    const { model, map, notes } = cotangentGraph(context, gradient.emit as Exclude<Method["emit"], { none: string }>);
    const count = params.nt_samples as number;
    const dims = staticRow(map);
    return {
      model,
      notes,
      count,
      outputs: [SALIENCY_MAP],
      rows: function* ({ x, cotangent }: Sample) {
        const draw = normals(seed);
        const sigma = deviation(params, x);
        for (let i = 0; i < count; i++)
          yield { [classifier.input.name]: x.map((v) => v + sigma * draw()), [COTANGENT]: cotangent };
      },
      fold: ({ x }) => foldMoments(x.length, count, statistic, dims),
    };
  };

function foldMoments(size: number, count: number, statistic: Statistic, dims: readonly number[]): Fold {
  const sum = new Float64Array(size);
  const squares = new Float64Array(size);
  return {
    add: (result) =>
      (result[SALIENCY_MAP] as Float32Array).forEach((v, i) => {
        sum[i]! += v;
        squares[i]! += v * v;
      }),
    done: () => ({
      values: Float32Array.from(sum, (s, i) => statistic(s, squares[i] as number, count)),
      dims,
      checks: {},
    }),
  };
}

const params = {
  nt_samples: integer(20, 1, "noisy copies of the input"),
  noise_level: positive(0.1, "standard deviation of the noise as a share of the input's range (zennit, PAIR saliency)"),
  stdevs: positive(null, "absolute standard deviation in network input units (Captum); overrides noise_level"),
};

const shared = {
  params,
  space: "input",
  cost: "nt_samples x (forward + backward)",
  gradients: true,
  emit: { none: "it averages nt_samples passes over noisy inputs" },
} as const;

export const smoothgrad: Method = {
  ...shared,
  id: "smoothgrad",
  aliases: ["smooth-grad"],
  title: "SmoothGrad: mean gradient under noise",
  source: "Smilkov et al. 2017 (arXiv 1706.03825), eq. 1",
  signed: () => true,
  plan: planWith((sum, _, n) => sum / n),
};
export const squaregrad: Method = {
  ...shared,
  id: "squaregrad",
  aliases: ["smoothgrad-sq", "smoothgrad-squared"],
  title: "SquareGrad: mean squared gradient under noise",
  source: "Hooker et al. 2019 (arXiv 1806.10758), section 4.1",
  signed: () => false,
  plan: planWith((_, squares, n) => squares / n),
};
export const vargrad: Method = {
  ...shared,
  id: "vargrad",
  aliases: ["var-grad"],
  title: "VarGrad: variance of the gradient under noise",
  source: "Adebayo et al. 2018 (arXiv 1810.03307), section 3; population variance, as in Captum",
  signed: () => false,
  plan: planWith((sum, squares, n) => Math.max(0, squares / n - (sum / n) ** 2)),
};
