/** @file LIME: a linear model of the score near the image, on superpixels that are seen or covered. */

import { integer, positive } from "../params.ts";
import { uniforms } from "../random.ts";
import { type Coalition, coalitions, SEGMENT_PARAMS } from "./coalitions.ts";
import { determination, ridge } from "./least-squares.ts";
import type { Method } from "./method.ts";
import { type Perturbation, type PerturbationContext, perturbationPlan } from "./perturbation.ts";

/** The image itself, then every segment seen or covered by the toss of a coin. */
function draw(size: number, count: number, seed: number): readonly Coalition[] {
  const next = uniforms(seed);
  return Array.from({ length: count }, (_, i) =>
    i === 0 ? new Uint8Array(size).fill(1) : Uint8Array.from({ length: size }, () => (next() < 0.5 ? 0 : 1)),
  );
}

/** sqrt(exp(-d² / width²)) of the cosine distance d between a coalition and the whole image. */
function proximity(seen: Coalition, width: number): number {
  const shown = seen.reduce((n, v) => n + v, 0);
  const distance = 1 - Math.sqrt(shown / seen.length);
  return Math.sqrt(Math.exp(-(distance * distance) / (width * width)));
}

function describe({ frame, params, seed }: PerturbationContext): Perturbation {
  const { perturb, segments, row, shared, spread } = coalitions({ frame, params });
  const count = params.num_samples as number;
  return {
    count,
    notes: [],
    perturb,
    ask: (sample) => {
      const size = segments(sample.x).count;
      const present = draw(size, count, seed);
      const weights = present.map((z) => proximity(z, params.kernel_width as number));
      const values: number[] = [];
      return {
        rows: present.map(row),
        shared: shared(sample),
        fold: {
          add: (score) => {
            values.push(score);
          },
          done: () => {
            const seen = { size, present, weights, values };
            const fit = ridge(seen, params.alpha as number);
            return {
              ...spread(sample, fit.coefficients),
              checks: { segments: size, intercept: fit.intercept, r2: determination(seen, fit) },
            };
          },
        },
      };
    },
  };
}

export const lime: Method = {
  id: "lime",
  aliases: [],
  title: "LIME: local linear model on superpixels",
  source:
    "Ribeiro, Singh, Guestrin 2016 (arXiv 1602.04938), eq. 1 and section 3.4; sampling, cosine distance, kernel and ridge regression as in the authors' lime_image; SLIC: Achanta et al. 2012",
  params: {
    num_samples: integer(1000, 2, "coalitions of segments that are scored, the whole image among them"),
    kernel_width: positive(0.25, "width of the kernel on the cosine distance to the whole image"),
    alpha: positive(1, "strength of the ridge penalty"),
    ...SEGMENT_PARAMS,
  },
  space: "pixel",
  signed: () => true,
  cost: "num_samples forwards",
  gradients: false,
  emit: { none: "it needs one pass for each coalition of segments" },
  plan: perturbationPlan(describe),
  perturbation: describe,
};
