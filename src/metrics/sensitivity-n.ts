/** @file Sensitivity-n: the same correlation for sets of n pixels, for n from one pixel to most of the image. */
import { integer, share } from "../params.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { type BaseName, baseImage, baseSpec } from "./base-image.ts";
import { mean, pearson } from "./correlations.ts";
import { STEADY } from "./faithfulness-correlation.ts";
import type { Metric, Variant } from "./metric.ts";
import { REASON, refuse } from "./refusal.ts";
import { keysOf, logitSpec, replaced, targetScores } from "./removal.ts";
import { excludedAll, finite } from "./usable-map.ts";
import { IMAGE } from "./walk.ts";

const variants: readonly Variant[] = [
  {
    id: "mean-pearson",
    about:
      "mean over n of Pearson's correlation between summed relevance and the score's loss (Ancona); the curve has every n",
    range: [-1, 1],
    better: "higher",
  },
];
const ID = "sensitivity-n";

/** Sizes of sets: even steps of ln n from 1 to `most`, each once. */
export const setSizes = (most: number, count: number): readonly number[] => [
  ...new Set(Array.from({ length: count }, (_, k) => Math.round(most ** (count === 1 ? 1 : k / (count - 1))))),
];

/** Quantus correlates cumulative sums over a batch instead; here, as in the paper, random sets of one image. */
export const sensitivityN: Metric = {
  id: ID,
  aliases: ["sens-n"],
  title: "Sensitivity-n",
  source:
    "Ancona et al. 2018 (arXiv 1711.06104), section 4, definition 1 and figure 3; a feature is a pixel, all channels together",
  params: {
    n_max_percentage: share(0.8, "largest set, as a share of all pixels"),
    nr_sizes: integer(8, 1, "values of n, evenly spaced in ln n"),
    nr_samples: integer(50, 2, "random sets for each n (the paper: 100)"),
    baseline: baseSpec("black"),
    score: logitSpec,
  },
  variants,
  needs: [],
  cost: "nr_sizes x nr_samples + 1 forward images, shared by all maps of an image",
  *run(image, params) {
    const { map } = image;
    const reason = refuse(map, image.width * image.height);
    if (reason !== undefined) return excludedAll(variants, reason);
    const most = Math.max(1, Math.floor((params.n_max_percentage as number) * map.length));
    const samples = params.nr_samples as number;
    const random = uniforms(scattered(image.seed));
    const fill = baseImage(image, params.baseline as BaseName);
    const key = keysOf(ID, params);
    const [whole] = yield* targetScores(image, params, 1, () => ({ x: image.x, key: IMAGE }));
    const correlations: number[] = [];
    for (const n of setSizes(most, params.nr_sizes as number)) {
      const sums = new Float64Array(samples);
      const left = yield* targetScores(image, params, samples, (i) => {
        const pixels = shuffled(map.length, random, n);
        sums[i] = pixels.reduce((s, p) => s + map[p]!, 0);
        return { x: replaced(image, image.x, fill, pixels), key: key(`${n} ${i}`) };
      });
      const drops = left.map((v) => whole! - v);
      if (!drops.every(Number.isFinite)) return excludedAll(variants, REASON.noScore);
      correlations.push(pearson(sums, drops));
    }
    const known = correlations.filter(Number.isFinite);
    return {
      values: { "mean-pearson": finite(mean(known), STEADY) },
      curves: { pearson: Float32Array.from(correlations) },
      counts: { "undefined-sizes": correlations.length - known.length },
    };
  },
};
