/** @file Relevance rank: of the K highest pixels, K = size of the object, the share that lies on it. */
import { type Metric, measured, type Variant } from "./metric.ts";
import { readAs } from "./readings.ts";
import { topPixels } from "./top-pixels.ts";
import { compared, TRUTH_PARAM } from "./truth.ts";

const variants: readonly Variant[] = [
  {
    id: "signed",
    about: "highest values first (Arras, Quantus); ties at the threshold shared evenly",
    range: [0, 1],
    better: "higher",
  },
  { id: "absolute", about: "largest magnitudes first", range: [0, 1], better: "higher" },
];

export const relevanceRank: Metric = {
  id: "relevance-rank",
  aliases: ["relevance-rank-accuracy", "rank-accuracy"],
  title: "Relevance rank accuracy",
  source: "Arras, Osman, Samek 2022 (arXiv 2003.07258), equation 2",
  params: TRUTH_PARAM,
  variants,
  needs: [],
  cost: "none",
  run: (image, params) =>
    measured(
      compared(image, params, variants, (map, truth) => {
        const [signed, absolute] = (["signed", "absolute"] as const).map((r) =>
          topPixels(readAs(map, r), truth, truth.area),
        );
        return {
          values: { signed: signed!.hits / truth.area, absolute: absolute!.hits / truth.area },
          counts: { tied: signed!.tied },
        };
      }),
    ),
};
