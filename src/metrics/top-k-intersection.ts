/** @file Top-k intersection: the share of the k highest pixels that lies on the object. */
import { integer } from "../params.ts";
import { type Metric, measured, type Variant } from "./metric.ts";
import { readAs } from "./readings.ts";
import { topPixels } from "./top-pixels.ts";
import { compared, TRUTH_PARAM } from "./truth.ts";
import { excludedAll } from "./usable-map.ts";

const variants: readonly Variant[] = [
  { id: "signed", about: "highest values first; ties at the threshold shared evenly", range: [0, 1], better: "higher" },
  { id: "absolute", about: "largest magnitudes first", range: [0, 1], better: "higher" },
  {
    id: "concept-influence",
    about: "`signed` divided by the object's share of the image: 1 = as a random map",
    range: [0, Number.POSITIVE_INFINITY],
    better: "higher",
  },
];

export const topKIntersection: Metric = {
  id: "top-k-intersection",
  aliases: ["top-k"],
  title: "Top-k intersection",
  source: "Theiner et al. 2022 (arXiv 2104.14995), equations 3 and 4; k = 1000 as in Quantus 0.6",
  params: { k: integer(1000, 1, "pixels that count as marked by the map"), ...TRUTH_PARAM },
  variants,
  needs: [],
  cost: "none",
  run: (image, params) =>
    measured(
      compared(image, params, variants, (map, truth) => {
        const k = params.k as number;
        if (k >= map.length) return excludedAll(variants, `k = ${k} is not less than the map's ${map.length} pixels`);
        const [signed, absolute] = (["signed", "absolute"] as const).map((r) => topPixels(readAs(map, r), truth, k));
        const share = signed!.hits / k;
        return {
          values: {
            signed: share,
            absolute: absolute!.hits / k,
            "concept-influence": (share * map.length) / truth.area,
          },
          counts: { tied: signed!.tied },
        };
      }),
    ),
};
