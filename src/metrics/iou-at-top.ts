/** @file Intersection over union of the object and the highest pixels of the map. */
import { type Metric, measured, type Variant } from "./metric.ts";
import { readAs } from "./readings.ts";
import { topPixels } from "./top-pixels.ts";
import { compared, TRUTH_PARAM, type Truth } from "./truth.ts";

/** How many pixels are marked, by variant. */
const COUNTS: Readonly<Record<string, (pixels: number, truth: Truth) => number>> = {
  "mask-size": (_, { area }) => area,
  "5-percent": (pixels) => Math.max(1, Math.round(0.05 * pixels)),
  "10-percent": (pixels) => Math.max(1, Math.round(0.1 * pixels)),
  "25-percent": (pixels) => Math.max(1, Math.round(0.25 * pixels)),
  "50-percent": (pixels) => Math.max(1, Math.round(0.5 * pixels)),
};

const variants: readonly Variant[] = Object.keys(COUNTS).map((id) => ({
  id,
  about:
    id === "mask-size"
      ? "as many of the highest pixels as the object has"
      : `the highest ${id.replace("-percent", "")} % of the pixels`,
  range: [0, 1],
  better: "higher",
}));

/** Ties at the threshold are shared evenly: the intersection is its expected value. */
export const iouAtTop: Metric = {
  id: "iou-at-top",
  aliases: ["iou"],
  title: "Intersection over union at the top",
  source:
    "Jaccard index of the object and the top pixels; thresholds as in Zhou et al. 2016 (arXiv 1512.04150), by count",
  params: TRUTH_PARAM,
  variants,
  needs: [],
  cost: "none",
  run: (image, params) =>
    measured(
      compared(image, params, variants, (map, truth) => {
        const values = readAs(map, "signed");
        const results = Object.entries(COUNTS).map(([id, countOf]) => {
          const count = countOf(map.length, truth);
          return { id, count, ...topPixels(values, truth, count) };
        });
        return {
          values: Object.fromEntries(
            results.map(({ id, count, hits }) => [id, hits / (count + truth.area - hits)] as const),
          ),
          counts: { tied: results[0]!.tied },
        };
      }),
    ),
};
