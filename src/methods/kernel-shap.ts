/** @file Kernel SHAP: Shapley values of superpixels, as the weighted regression whose solution they are. */

import { boolean, integer } from "../params.ts";
import { uniforms } from "../random.ts";
import { type Coalition, coalitions, SEGMENT_PARAMS } from "./coalitions.ts";
import { sumConstrained } from "./least-squares.ts";
import type { Method } from "./method.ts";
import { type Perturbation, type PerturbationContext, perturbationPlan } from "./perturbation.ts";
import { shapleyCoalitions, type WeightedCoalitions } from "./shapley-sampling.ts";

const all = (size: number, value: 0 | 1): Coalition => new Uint8Array(size).fill(value);

function describe({ frame, params, seed }: PerturbationContext): Perturbation {
  const { known, perturb, segments, row, shared, spread } = coalitions({ frame, params });
  const budget = params.num_samples as number;
  const drawn = (size: number): WeightedCoalitions => shapleyCoalitions(size, budget, uniforms(seed));
  return {
    count: 2 + (known === undefined ? budget : drawn(known).present.length),
    notes: [],
    perturb,
    ask: (sample) => {
      const size = segments(sample.x).count;
      const { present, weights } = drawn(size);
      const scores: number[] = [];
      return {
        rows: [all(size, 1), all(size, 0), ...present].map(row),
        shared: shared(sample),
        fold: {
          add: (score) => {
            scores.push(score);
          },
          done: () => {
            const [whole = 0, nothing = 0, ...others] = scores;
            const values = others.map((score) => score - nothing);
            const difference = whole - nothing;
            const shapley = sumConstrained({ size, present, weights, values }, difference);
            const sum = shapley.reduce((s, v) => s + v, 0);
            return {
              ...spread(sample, shapley, params.share === true),
              checks: {
                segments: size,
                coalitions: present.length,
                score_difference: difference,
                efficiency_gap: sum - difference,
              },
            };
          },
        },
      };
    },
  };
}

export const kernelShap: Method = {
  id: "kernel-shap",
  aliases: [],
  title: "Kernel SHAP: Shapley values of superpixels",
  source:
    "Lundberg, Lee 2017 (arXiv 1705.07874), theorem 2 (Shapley kernel, efficiency held exactly); paired sampling: Covert, Lee 2021 (arXiv 2012.01536), section 4.2; sizes enumerated while the budget lasts as in the authors' shap; SLIC: Achanta et al. 2012",
  params: {
    num_samples: integer(1000, 2, "coalitions of segments that are scored, beside the whole image and the baseline"),
    share: boolean(
      false,
      "divide a segment's Shapley value among its pixels, so that the map sums to the score minus the baseline's; otherwise each pixel bears its segment's value",
    ),
    ...SEGMENT_PARAMS,
  },
  space: "pixel",
  signed: () => true,
  cost: "num_samples + 2 forwards",
  gradients: false,
  emit: { none: "it needs one pass for each coalition of segments" },
  plan: perturbationPlan(describe),
  perturbation: describe,
};
