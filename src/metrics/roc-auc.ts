/** @file Area under the ROC curve of a map that is read as a detector of the object's pixels. */

import { ranks } from "./correlations.ts";
import { type Metric, measured, type Variant } from "./metric.ts";
import { type Reading, readAs } from "./readings.ts";
import { compared, TRUTH_PARAM, type Truth } from "./truth.ts";

const about: Readonly<Record<Reading, string>> = {
  signed: "of raw values (Quantus): the chance that a pixel inside is higher than one outside, ties count half",
  positive: "negative relevance clipped at 0",
  absolute: "of magnitudes",
};
const readings = Object.keys(about) as Reading[];
const variants: readonly Variant[] = readings.map((id) => ({
  id,
  about: about[id],
  range: [0, 1],
  better: "higher",
}));

/** (U of Mann and Whitney) / (pixels inside * pixels outside). */
function area(values: Float64Array, truth: Truth): number {
  const sum = ranks(values).reduce((s, r, i) => s + r * truth.inside[i]!, 0);
  return (sum - (truth.area * (truth.area + 1)) / 2) / (truth.area * (values.length - truth.area));
}

export const rocAuc: Metric = {
  id: "roc-auc",
  aliases: ["auroc"],
  title: "ROC AUC of the map against the object",
  source: "Fawcett 2006 (Pattern Recognition Letters 27), section 7; as Quantus 0.6 uses it",
  params: TRUTH_PARAM,
  variants,
  needs: [],
  cost: "none",
  run: (image, params) =>
    measured(
      compared(image, params, variants, (map, truth) => ({
        values: Object.fromEntries(readings.map((r) => [r, area(readAs(map, r), truth)])),
      })),
    ),
};
