/** @file Relevance mass: which share of all relevance lies on the object. */
import { type Metric, measured, type Outcome, type Variant } from "./metric.ts";
import { type Reading, sumsAs } from "./readings.ts";
import { compared, TRUTH_PARAM, type Truth } from "./truth.ts";
import { ratio } from "./usable-map.ts";

const variants: readonly Variant[] = [
  { id: "positive", about: "negative relevance left out", range: [0, 1], better: "higher" },
  { id: "absolute", about: "of magnitudes", range: [0, 1], better: "higher" },
  {
    id: "signed",
    about: "sum inside / sum (Quantus); excluded where the sum is not positive",
    range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    better: "higher",
  },
];

function share(map: Float32Array, { inside }: Truth, reading: Reading): Outcome {
  const { all, within } = sumsAs(map, inside, reading);
  return ratio(within, all, `the ${reading} relevance does not add up to more than 0`);
}

export const relevanceMass: Metric = {
  id: "relevance-mass",
  aliases: ["relevance-mass-accuracy", "mass-accuracy"],
  title: "Relevance mass accuracy",
  source: "Arras, Osman, Samek 2022 (arXiv 2003.07258), equation 1",
  params: TRUTH_PARAM,
  variants,
  needs: [],
  cost: "none",
  run: (image, params) =>
    measured(
      compared(image, params, variants, (map, truth) => ({
        values: {
          positive: share(map, truth, "positive"),
          absolute: share(map, truth, "absolute"),
          signed: share(map, truth, "signed"),
        },
      })),
    ),
};
