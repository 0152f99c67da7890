/** @file Context ratio mu: mean relevance outside the object over mean relevance inside. */
import { type Metric, measured, type Outcome, type Variant } from "./metric.ts";
import { type Reading, sumsAs } from "./readings.ts";
import { compared, TRUTH_PARAM, type Truth } from "./truth.ts";
import { ratio } from "./usable-map.ts";

const INFINITY = Number.POSITIVE_INFINITY;
const variants: readonly Variant[] = [
  {
    id: "signed",
    about:
      "of raw relevance; excluded where the mean inside is not positive; below 0 where the mean outside is, which is no better than 0",
    range: [Number.NEGATIVE_INFINITY, INFINITY],
    better: "neither",
  },
  { id: "positive", about: "negative relevance clipped at 0", range: [0, INFINITY], better: "lower" },
  { id: "absolute", about: "of magnitudes", range: [0, INFINITY], better: "lower" },
];

/** Mean relevance outside the object over mean relevance inside, of a map `[H*W]`. */
export function outsideInsideRatio(
  map: Float32Array | Float64Array,
  { inside, area }: Truth,
  reading: Reading,
): Outcome {
  const { all, within } = sumsAs(map, inside, reading);
  const outside = (all - within) / (map.length - area);
  return ratio(outside, within / area, `the mean ${reading} relevance inside the object is not greater than 0`);
}

/** Large: the network used context; small: the object; 1: as an even map. Boxes contain background, so that mu is rough there. */
export const outsideInside: Metric = {
  id: "outside-inside",
  aliases: ["context-ratio", "mu", "outside-inside-ratio"],
  title: "Outside-inside relevance ratio",
  source:
    "Lapuschkin et al. 2016 (CVPR, Analyzing Classifiers: Fisher Vectors and Deep Neural Networks), measure mu of section 4",
  params: TRUTH_PARAM,
  variants,
  needs: [],
  cost: "none",
  run: (image, params) =>
    measured(
      compared(image, params, variants, (map, truth) => ({
        values: {
          signed: outsideInsideRatio(map, truth, "signed"),
          positive: outsideInsideRatio(map, truth, "positive"),
          absolute: outsideInsideRatio(map, truth, "absolute"),
        },
      })),
    ),
};
