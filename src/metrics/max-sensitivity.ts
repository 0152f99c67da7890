/** @file Max-sensitivity: how far the map moves when the image moves a little. */
import { integer, positive } from "../params.ts";
import { scattered, uniforms } from "../random.ts";
import { mean, norm } from "./correlations.ts";
import { type Metric, maps, type Variant } from "./metric.ts";
import { refuse } from "./refusal.ts";
import { PORTION } from "./removal.ts";
import { excludedAll, ratio } from "./usable-map.ts";

const INFINITY = Number.POSITIVE_INFINITY;
const variants: readonly Variant[] = [
  { id: "absolute", about: "largest |map(x + d) - map(x)| (Yeh)", range: [0, INFINITY], better: "lower" },
  { id: "relative", about: "`absolute` / |map(x)| (Captum)", range: [0, INFINITY], better: "lower" },
  { id: "over-input", about: "`absolute` / |x| (Quantus)", range: [0, INFINITY], better: "lower" },
  { id: "average", about: "mean |map(x + d) - map(x)| / |map(x)|", range: [0, INFINITY], better: "lower" },
];
const ID = "max-sensitivity";

/** Norms are Euclidean over all pixels. Maps that the method cannot give are counted in `missing`. */
export const maxSensitivity: Metric = {
  id: ID,
  aliases: ["sensitivity-max"],
  title: "Max-sensitivity",
  source: "Yeh et al. 2019 (arXiv 1901.09392), definition 3.1; noise and its bound as in Quantus 0.6",
  params: {
    nr_samples: integer(10, 1, "perturbed images (Captum: 10, Quantus: 200)"),
    lower_bound: positive(0.2, "noise is uniform in [-lower_bound, lower_bound], in units of the network's input"),
  },
  variants,
  needs: [],
  cost: "nr_samples maps",
  *run(image, params) {
    const { map, x, target } = image;
    const reason = refuse(map, image.width * image.height);
    if (reason !== undefined) return excludedAll(variants, reason);
    const [count, bound] = [params.nr_samples as number, params.lower_bound as number];
    const random = uniforms(scattered(image.seed));
    const moves: number[] = [];
    for (let from = 0; from < count; from += PORTION) {
      const portion = Array.from({ length: Math.min(PORTION, count - from) }, (_, k) => ({
        x: x.map((v) => v + bound * (2 * random() - 1)),
        target,
        key: `${ID} ${JSON.stringify(params)} ${from + k}`,
      }));
      for (const other of yield* maps(portion)) {
        if (other?.every(Number.isFinite)) moves.push(norm(other.map((v, i) => v - map[i]!)));
      }
    }
    const counts = { missing: count - moves.length };
    if (moves.length === 0) return { ...excludedAll(variants, "the method gave no map of a perturbed image"), counts };
    const most = Math.max(...moves);
    return {
      values: {
        absolute: most,
        relative: most / norm(map),
        "over-input": ratio(most, norm(x), "the input is all 0"),
        average: mean(moves) / norm(map),
      },
      counts,
    };
  },
};
