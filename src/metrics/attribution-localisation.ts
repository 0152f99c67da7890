/** @file Attribution localisation: positive relevance on the object over all positive relevance. */
import { type Metric, measured, type Variant } from "./metric.ts";
import { readAs } from "./readings.ts";
import { compared, TRUTH_PARAM } from "./truth.ts";
import { excludedAll } from "./usable-map.ts";

const variants: readonly Variant[] = [
  {
    id: "inside-total",
    about: "mu: sum of max(a, 0) inside / (sum of max(a, 0) + 1e-9)",
    range: [0, 1],
    better: "higher",
  },
  {
    id: "weighted",
    about: "mu_w: `inside-total` times image size over object size: 1 = as an even map",
    range: [0, Number.POSITIVE_INFINITY],
    better: "higher",
  },
];
/** As in Quantus; it keeps the two from being exactly equal to `relevance-mass`. */
const EPSILON = 1e-9;

export const attributionLocalisation: Metric = {
  id: "attribution-localisation",
  aliases: ["attribution-localization", "inside-total-relevance"],
  title: "Attribution localisation",
  source: "Kohlbrenner et al. 2020 (arXiv 1910.09840), equations 9 and 10",
  params: TRUTH_PARAM,
  variants,
  needs: [],
  cost: "none",
  run: (image, params) =>
    measured(
      compared(image, params, variants, (map, truth) => {
        const values = readAs(map, "positive");
        const all = values.reduce((s, v) => s + v, 0);
        if (all === 0) return excludedAll(variants, "the map has no positive relevance");
        const share = values.reduce((s, v, i) => s + v * truth.inside[i]!, 0) / (all + EPSILON);
        return { values: { "inside-total": share, weighted: (share * map.length) / truth.area } };
      }),
    ),
};
