/** @file Selectivity: every region of the image taken away, most relevant first. */
import { integer } from "../params.ts";
import { baseSpec } from "./base-image.ts";
import { normalisedArea, trapezoid } from "./curve-area.ts";
import type { Metric } from "./metric.ts";
import { finite } from "./refusal.ts";
import { refuseRegions, regionCurve } from "./region-curve.ts";
import { scoreSpec } from "./score.ts";
import { excludedAll } from "./usable-map.ts";

/** Area under the curve of the target's score until no region is left. */
export const selectivity: Metric = {
  id: "selectivity",
  aliases: [],
  title: "Selectivity",
  source: "Montavon et al. 2018, sec. 7.2",
  params: {
    patch_size: integer(8, 1, "side of a region in pixels"),
    baseline: baseSpec("black"),
    score: scoreSpec,
  },
  variants: [
    { id: "auc", about: "mean height of the curve, unperturbed image included", range: [0, 1], better: "lower" },
    {
      id: "auc-steps",
      about: "trapezoid over the steps, each 1 wide, unperturbed image left out (Quantus)",
      range: [0, Number.POSITIVE_INFINITY],
      better: "lower",
    },
  ],
  needs: [],
  cost: "1 + all regions (785 at 224 x 224; the image itself is shared)",
  *run(image, params) {
    const reason = refuseRegions(image, params);
    if (reason) return excludedAll(this.variants, reason);
    const { curve, counts } = yield* regionCurve(image, params, "most");
    return {
      values: { auc: finite(normalisedArea(curve)), "auc-steps": finite(trapezoid(curve.subarray(1))) },
      curves: { selectivity: curve },
      counts,
    };
  },
};
