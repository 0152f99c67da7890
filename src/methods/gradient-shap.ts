/** @file GradientSHAP, expected gradients: gradients between random baselines and the noisy input (Erion et al. 2021, eq. 3). */

import { integer, nonNegative } from "../params.ts";
import { normals, uniforms } from "../random.ts";
import { completeness } from "./deep-lift.ts";
import { gradient } from "./gradient.ts";
import { dot } from "./integrated-gradients.ts";
import type { Fold, Method, Plan, PlanContext, Row, Sample } from "./method.ts";
import { COTANGENT, cotangentGraph, inputRow, SALIENCY_MAP, staticRow } from "./one-pass.ts";
import { DEFAULT_REFERENCES, referenceRows, references } from "./references.ts";

/** One draw: a baseline, a place between it and the noisy input, and the difference of the two. */
interface Draw {
  readonly baseline: number;
  readonly point: Float32Array;
  readonly difference: Float32Array;
}

interface Drawing {
  readonly count: number;
  readonly stdevs: number;
  readonly seed: number;
}

function* draws(x: Float32Array, from: readonly Float32Array[], { count, stdevs, seed }: Drawing): Generator<Draw> {
  const choose = uniforms(seed);
  // a stream of its own
  const noise = normals(seed ^ 0x5bd1e995);
  for (let i = 0; i < count; i++) {
    const baseline = Math.floor(choose() * from.length);
    const alpha = choose();
    const b = from[baseline] as Float32Array;
    const noisy = stdevs === 0 ? x : x.map((v) => v + stdevs * noise());
    yield {
      baseline,
      point: noisy.map((v, k) => (b[k] as number) + alpha * (v - (b[k] as number))),
      difference: noisy.map((v, k) => v - (b[k] as number)),
    };
  }
}

/** Random points, then the input and every baseline that was drawn, for the convergence delta. */
function plan(context: PlanContext): Plan {
  const { classifier, params, seed } = context;
  const { model, map, notes } = cotangentGraph(context, gradient.emit as Exclude<Method["emit"], { none: string }>);
  const drawing = { count: params.n_samples as number, stdevs: params.stdevs as number, seed };
  const { name } = classifier.input;
  const dims = staticRow(map);
  return {
    model,
    notes,
    count: drawing.count + 2,
    outputs: [SALIENCY_MAP, classifier.scores],
    rows: function* (sample): Generator<Row> {
      const from = referenceRows(classifier, params.baselines, sample.x);
      const drawn = new Set<number>();
      for (const { baseline, point } of draws(sample.x, from, drawing)) {
        drawn.add(baseline);
        yield { [name]: point, [COTANGENT]: sample.cotangent };
      }
      yield inputRow(classifier, sample);
      for (const i of drawn) yield { [name]: from[i] as Float32Array, [COTANGENT]: sample.cotangent };
    },
    fold: (sample) =>
      foldDraws(sample, draws(sample.x, referenceRows(classifier, params.baselines, sample.x), drawing), {
        dims,
        scores: classifier.scores,
      }),
  };
}

/** The same draws again, beside the results of their rows. */
function foldDraws(
  { x, cotangent }: Sample,
  again: Generator<Draw>,
  { dims, scores }: { readonly dims: readonly number[]; readonly scores: string },
): Fold {
  const sum = new Float64Array(x.length);
  const drawn: number[] = [];
  const ends: number[] = [];
  return {
    add: (result) => {
      const draw = again.next();
      if (draw.done) {
        ends.push(dot(result[scores] as Float32Array, cotangent));
        return;
      }
      drawn.push(draw.value.baseline);
      (result[SALIENCY_MAP] as Float32Array).forEach((v, i) => {
        sum[i]! += v * (draw.value.difference[i] as number);
      });
    },
    done: () => {
      const values = Float32Array.from(sum, (s) => s / drawn.length);
      const [atInput = 0, ...atBaselines] = ends;
      const distinct = [...new Set(drawn)];
      const expected = drawn.reduce((s, b) => s + (atBaselines[distinct.indexOf(b)] as number), 0) / drawn.length;
      return { values, dims, checks: completeness(values, atInput - expected) };
    },
  };
}

export const gradientShap: Method = {
  id: "gradient-shap",
  aliases: ["expected-gradients", "gradient-explainer"],
  title: "GradientSHAP: expected gradients over random baselines",
  source: "Erion et al. 2021 (arXiv 1906.10670), eq. 3; Lundberg, Lee 2017; parameters as in Captum GradientShap",
  params: {
    n_samples: integer(5, 1, "random points"),
    stdevs: nonNegative(0, "standard deviation of the noise added to the input, in network input units"),
    baselines: references(`drawn with equal chances; ${DEFAULT_REFERENCES}`),
  },
  space: "input",
  signed: () => true,
  cost: "n_samples x (forward + backward), and 1 forward for the input and for each baseline drawn",
  gradients: true,
  emit: { none: "it averages n_samples passes over random points" },
  plan,
};
