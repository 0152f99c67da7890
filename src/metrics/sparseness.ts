/** @file Sparseness: the Gini index of a map, 0 = spread evenly, towards 1 = all in one pixel. It says nothing of truth. */
import { type Metric, measured, type Variant } from "./metric.ts";
import { readAs } from "./readings.ts";
import { refuse } from "./refusal.ts";
import { excludedAll } from "./usable-map.ts";

const variants: readonly Variant[] = [
  { id: "absolute", about: "of |map| + 1e-7 (Chalasani, Quantus)", range: [0, 1], better: "higher" },
  { id: "positive", about: "of max(map, 0) + 1e-7", range: [0, 1], better: "higher" },
];
/** Keeps the index defined where all values are 0. */
const OFFSET = 1e-7;

/** sum_i (2i - n - 1) a_i / (n sum a), a ascending, i = 1 … n. */
export function gini(values: Float64Array): number {
  const sorted = values.map((v) => v + OFFSET).sort();
  const n = sorted.length;
  let [weighted, sum] = [0, 0];
  sorted.forEach((v, i) => {
    weighted += (2 * i + 1 - n) * v;
    sum += v;
  });
  return weighted / (n * sum);
}

export const sparseness: Metric = {
  id: "sparseness",
  aliases: ["gini"],
  title: "Sparseness (Gini index)",
  source: "Chalasani et al. 2020 (arXiv 1810.06583), section 5; Quantus 0.6",
  params: {},
  variants,
  needs: [],
  cost: "none",
  run: (image) => {
    const { map } = image;
    const reason = refuse(map, image.width * image.height);
    if (reason !== undefined) return measured(excludedAll(variants, reason));
    return measured({
      values: { absolute: gini(readAs(map, "absolute")), positive: gini(readAs(map, "positive")) },
    });
  },
};
