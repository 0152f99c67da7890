/** @file Monotonicity: does the score grow as ever more important pixels come back, and does noise on important pixels move it more? */
import { integer, type ParamSpec } from "../params.ts";
import { scattered, uniforms } from "../random.ts";
import { type BaseName, baseImage, baseSpec } from "./base-image.ts";
import { mean, spearman } from "./correlations.ts";
import { strides } from "./input-layout.ts";
import type { Metric, Outcome, Variant } from "./metric.ts";
import { ascending } from "./order.ts";
import { REASON, refuse } from "./refusal.ts";
import { extremes, replaced, targetScores } from "./removal.ts";
import { scoreSpec } from "./score.ts";
import { excludedAll, finite } from "./usable-map.ts";
import { IMAGE } from "./walk.ts";

const variants: readonly Variant[] = [
  {
    id: "arya",
    about: "1 where the score never falls while pixels are put back into the baseline, least important first",
    range: [0, 1],
    better: "higher",
  },
  { id: "arya-share", about: "the share of those steps in which it does not fall", range: [0, 1], better: "higher" },
  {
    id: "nguyen",
    about:
      "Spearman's correlation between |relevance| of a step's pixels and the mean squared move of the score under noise there",
    range: [-1, 1],
    better: "higher",
  },
];

const STEPS = 32;
/** How many pixels make a step; null: {@link STEPS} steps. */
const featuresInStep: ParamSpec = {
  ...integer(1, 1, `pixels in a step; none: as many as make ${STEPS} steps (Quantus: 1)`),
  default: null,
};

/** `Nguyen`'s factor 1 / f(x)^2; 1 where the score is nearly 0, as in Quantus. */
const NEARLY_ZERO = 1e-5;

/** Importance is the magnitude of relevance, as in Quantus; equal pixels in row-major order. Steps that depend on the map are asked for each map. */
export const monotonicity: Metric = {
  id: "monotonicity",
  aliases: ["monotonicity-correlation"],
  title: "Monotonicity",
  source:
    "Arya et al. 2019 (arXiv 1909.03012), section 4.2; Nguyen, Martinez 2020 (arXiv 2007.07584), section 3.1; a feature is a pixel, all channels together",
  params: {
    features_in_step: featuresInStep,
    nr_samples: integer(8, 1, "noises for each step of `nguyen` (Quantus: 100)"),
    baseline: baseSpec("black"),
    score: scoreSpec,
  },
  variants,
  needs: [],
  cost: `2 + steps x (1 + nr_samples) forward images, ${STEPS} steps`,
  *run(image, params) {
    const { map, x } = image;
    const reason = refuse(map, image.width * image.height);
    if (reason !== undefined) return excludedAll(variants, reason);
    const weight = map.map(Math.abs);
    const order = ascending(weight);
    const size = (params.features_in_step as number | null) ?? Math.ceil(map.length / STEPS);
    const steps = Math.ceil(map.length / size);
    const stepOf = (i: number): Uint32Array => order.subarray(i * size, (i + 1) * size);

    const fill = baseImage(image, params.baseline as BaseName);
    const path = yield* targetScores(image, params, steps + 1, (i) => ({
      x: replaced(image, fill, x, order.subarray(0, i * size)),
    }));
    const rises = Array.from({ length: steps }, (_, i) => path[i + 1]! >= path[i]!);

    const samples = params.nr_samples as number;
    const random = uniforms(scattered(image.seed));
    const [low, high] = extremes(x);
    const [step, plane] = strides(image);
    const [whole] = yield* targetScores(image, params, 1, () => ({ x, key: IMAGE }));
    const noisy = yield* targetScores(image, params, steps * samples, (i) => {
      const noise = x.slice();
      for (const p of stepOf(Math.floor(i / samples)))
        for (let c = 0; c < image.channels; c++) noise[p * step + c * plane] = low + (high - low) * random();
      return { x: noise };
    });
    if (![...path, whole!, ...noisy].every(Number.isFinite)) return excludedAll(variants, REASON.noScore);
    const scale = Math.abs(whole!) < NEARLY_ZERO ? 1 : 1 / whole! ** 2;
    const moves = Array.from(
      { length: steps },
      (_, i) => scale * mean(noisy.subarray(i * samples, (i + 1) * samples).map((v) => (v - whole!) ** 2)),
    );
    const told = Array.from({ length: steps }, (_, i) => stepOf(i).reduce((s, p) => s + weight[p]!, 0));
    const nguyen: Outcome = finite(spearman(told, moves), "relevance or the score's moves are the same in every step");
    return {
      values: { arya: rises.every(Boolean) ? 1 : 0, "arya-share": mean(rises.map(Number)), nguyen },
      curves: { arya: Float32Array.from(path) },
      counts: { steps },
    };
  },
};
