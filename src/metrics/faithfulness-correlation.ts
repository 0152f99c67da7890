/** @file Faithfulness correlation: do sums of relevance over random pixels go with what the score loses without them? */
import { integer } from "../params.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { type BaseName, baseImage, baseSpec } from "./base-image.ts";
import { pearson, spearman } from "./correlations.ts";
import type { Metric, Variant } from "./metric.ts";
import { REASON, refuse } from "./refusal.ts";
import { keysOf, replaced, targetScores } from "./removal.ts";
import { scoreSpec } from "./score.ts";
import { excludedAll, finite } from "./usable-map.ts";
import { IMAGE } from "./walk.ts";

const variants: readonly Variant[] = [
  { id: "pearson", about: "Pearson's correlation (Bhatt, Quantus)", range: [-1, 1], better: "higher" },
  { id: "spearman", about: "of ranks", range: [-1, 1], better: "higher" },
];
const ID = "faithfulness-correlation";
export const STEADY = "the score is the same whatever is removed";

/** The random pixels depend on the image's seed alone, so that all maps of an image answer the same questions. */
export const faithfulnessCorrelation: Metric = {
  id: ID,
  aliases: [],
  title: "Faithfulness correlation",
  source:
    "Bhatt, Weller, Moura 2020 (arXiv 2005.00631), definition 3; parameters of Quantus 0.6; a feature is a pixel, all channels together",
  params: {
    nr_runs: integer(100, 2, "random sets of pixels"),
    subset_size: integer(224, 1, "pixels in a set"),
    baseline: baseSpec("black"),
    score: scoreSpec,
  },
  variants,
  needs: [],
  cost: "nr_runs + 1 forward images, shared by all maps of an image",
  *run(image, params) {
    const { map } = image;
    const [runs, size] = [params.nr_runs as number, params.subset_size as number];
    const reason =
      refuse(map, image.width * image.height) ??
      (size < map.length ? undefined : `subset_size = ${size} is not less than the image's ${map.length} pixels`);
    if (reason !== undefined) return excludedAll(variants, reason);
    const random = uniforms(scattered(image.seed));
    const fill = baseImage(image, params.baseline as BaseName);
    const key = keysOf(ID, params);
    const sums = new Float64Array(runs);
    const [whole] = yield* targetScores(image, params, 1, () => ({ x: image.x, key: IMAGE }));
    const left = yield* targetScores(image, params, runs, (i) => {
      const pixels = shuffled(map.length, random, size);
      sums[i] = pixels.reduce((s, p) => s + map[p]!, 0);
      return { x: replaced(image, image.x, fill, pixels), key: key(i) };
    });
    const drops = left.map((v) => whole! - v);
    if (!drops.every(Number.isFinite)) return excludedAll(variants, REASON.noScore);
    return {
      values: { pearson: finite(pearson(sums, drops), STEADY), spearman: finite(spearman(sums, drops), STEADY) },
    };
  },
};
