/** @file Metrics that compare the score of what is left with that of the image: one formula each, the same variants. */
import { type Confidences, confidenceParams, confidences, KEPT, type Kept } from "./confidence.ts";
import type { Metric, Outcome, Variant } from "./metric.ts";
import { REASON, refusal } from "./refusal.ts";
import { excludedAll } from "./usable-map.ts";

/** A number of the probability before and after, or why there is none. */
export type Compare = (before: number, after: number) => Outcome;

export interface Comparison {
  /** Added to the names of {@link KEPT}. */
  readonly suffix: "" | "-absolute";
  readonly about: string;
  readonly compare: Compare;
}

export const comparing = (
  facts: Pick<Metric, "id" | "aliases" | "title" | "source">,
  better: Variant["better"],
  comparisons: readonly Comparison[],
): Metric => ({
  ...facts,
  params: confidenceParams,
  variants: comparisons.flatMap(({ suffix, about }) =>
    Object.entries(KEPT).map(
      ([id, kept]): Variant => ({ id: `${id}${suffix}`, about: `${about}; left: ${kept}`, range: [0, 1], better }),
    ),
  ),
  needs: [],
  cost: "5 (the image and four of what is left of it), shared by average-drop, average-increase and average-gain",
  *run(image, params) {
    const reason = refusal({ ...image, maps: [image.map] });
    if (reason) return excludedAll(this.variants, reason);
    const said = yield* confidences(image, params);
    return {
      values: Object.fromEntries(
        comparisons.flatMap(({ suffix, compare }) =>
          (Object.keys(KEPT) as Kept[]).map((kept) => [`${kept}${suffix}`, outcome(said, kept, compare)]),
        ),
      ),
    };
  },
});

function outcome({ before, after }: Confidences, kept: Kept, compare: Compare): Outcome {
  const left = after[kept];
  if (typeof left !== "number") return left;
  return Number.isFinite(before) && Number.isFinite(left) ? compare(before, left) : { excluded: REASON.noScore };
}
