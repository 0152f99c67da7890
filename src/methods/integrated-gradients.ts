/** @file Integrated gradients along the straight path from a baseline (Sundararajan et al. 2017, eq. 1). */

import { baseline, integer, oneOf } from "../params.ts";
import { baselineRow } from "./baseline.ts";
import { gradient } from "./gradient.ts";
import type { Fold, Method, Plan, PlanContext, Sample } from "./method.ts";
import { COTANGENT, cotangentGraph, inputRow, SALIENCY_MAP, staticRow } from "./one-pass.ts";
import { QUADRATURES, type Quadrature, type QuadratureName, quadrature } from "./quadrature.ts";

/** Gradients at every point of the path, then input and baseline themselves for the convergence delta. */
function plan(context: PlanContext): Plan {
  const { classifier, params } = context;
  const { model, map, notes } = cotangentGraph(context, gradient.emit as Exclude<Method["emit"], { none: string }>);
  const from = baselineRow(classifier, params.baselines);
  const path = quadrature(params.method as QuadratureName, params.n_steps as number);
  const dims = staticRow(map);
  return {
    model,
    notes,
    outputs: [SALIENCY_MAP, classifier.scores],
    count: path.alphas.length + 2,
    rows: function* (sample) {
      const { name } = classifier.input;
      for (const alpha of path.alphas)
        yield { [name]: from.map((b, i) => b + alpha * ((sample.x[i] as number) - b)), [COTANGENT]: sample.cotangent };
      yield inputRow(classifier, sample);
      yield { [name]: from, [COTANGENT]: sample.cotangent };
    },
    fold: (sample) => foldPath(sample, { path, from, dims, scores: classifier.scores }),
  };
}

interface PathFold {
  readonly path: Quadrature;
  readonly from: Float32Array;
  readonly dims: readonly number[];
  readonly scores: string;
}

function foldPath({ x, cotangent }: Sample, { path, from, dims, scores }: PathFold): Fold {
  const sum = new Float64Array(x.length);
  const ends: number[] = [];
  let step = 0;
  return {
    add: (result) => {
      const weight = path.weights[step++];
      if (weight === undefined) ends.push(dot(result[scores] as Float32Array, cotangent));
      else
        (result[SALIENCY_MAP] as Float32Array).forEach((v, i) => {
          sum[i]! += weight * v;
        });
    },
    done: () => {
      const values = Float32Array.from(sum, (s, i) => s * ((x[i] as number) - (from[i] as number)));
      const [atInput = 0, atBaseline = 0] = ends;
      const total = values.reduce((s, v) => s + v, 0);
      return {
        values,
        dims,
        checks: { convergence_delta: total - (atInput - atBaseline), score_difference: atInput - atBaseline },
      };
    },
  };
}

/** Weighted sum of scores: what a target stands for. */
export const dot = (scores: ArrayLike<number>, weights: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] !== 0) sum += (scores[i] as number) * (weights[i] as number);
  return sum;
};

export const integratedGradients: Method = {
  id: "integrated-gradients",
  aliases: ["ig"],
  title: "Integrated gradients",
  source: "Sundararajan, Taly, Yan 2017 (arXiv 1703.01365), eq. 1; path rules as in Captum IntegratedGradients",
  params: {
    n_steps: integer(50, 1, "points on the path"),
    method: oneOf("gausslegendre", QUADRATURES, "how the path integral is approximated"),
    baselines: baseline("where the path begins, in network input units (0 = mean colour after normalisation)"),
  },
  space: "input",
  signed: () => true,
  cost: "n_steps x (forward + backward) + 2 forward",
  gradients: true,
  emit: { none: "it needs n_steps passes over interpolated inputs" },
  plan,
};
