/** @file Complexity: the entropy of a map read as a distribution over pixels, and how many pixels matter at all. */
import { positive } from "../params.ts";
import { type Metric, measured, type Variant } from "./metric.ts";
import { readAs } from "./readings.ts";
import { refuse } from "./refusal.ts";
import { excludedAll } from "./usable-map.ts";

const INFINITY = Number.POSITIVE_INFINITY;
const variants: readonly Variant[] = [
  {
    id: "entropy",
    about: "-sum q ln(q + 1e-12), q = |map| / sum |map|, in nats (Bhatt, Quantus)",
    range: [0, INFINITY],
    better: "lower",
  },
  { id: "normalised-entropy", about: "`entropy` / ln(pixels)", range: [0, 1], better: "lower" },
  { id: "effective", about: "pixels with |map| / max |map| > `eps` (Nguyen)", range: [1, INFINITY], better: "lower" },
];
const INSIDE_LOG = 1e-12;

export const complexity: Metric = {
  id: "complexity",
  aliases: ["effective-complexity"],
  title: "Complexity",
  source:
    "Bhatt, Weller, Moura 2020 (arXiv 2005.00631), definition 6; `effective`: Nguyen, Martinez 2020 (arXiv 2007.07584), section 3.3",
  params: { eps: positive(1e-5, "share of the largest magnitude above which a pixel counts, for `effective`") },
  variants,
  needs: [],
  cost: "none",
  run: (image, params) => {
    const { map } = image;
    const reason = refuse(map, image.width * image.height);
    if (reason !== undefined) return measured(excludedAll(variants, reason));
    const values = readAs(map, "absolute");
    const sum = values.reduce((s, v) => s + v, 0);
    const top = values.reduce((m, v) => Math.max(m, v), 0);
    const entropy = values.reduce((s, v) => s - (v / sum) * Math.log(v / sum + INSIDE_LOG), 0);
    return measured({
      values: {
        entropy,
        "normalised-entropy": entropy / Math.log(map.length),
        effective: values.reduce((n, v) => n + (v / top > (params.eps as number) ? 1 : 0), 0),
      },
    });
  },
};
