/** @file IROF: superpixels of the image taken away, by their mean relevance. */
import { integer, type ParamSpec, type Params, positive } from "../params.ts";
import { slic } from "../segments/superpixels.ts";
import { baseSpec } from "./base-image.ts";
import { trapezoid } from "./curve-area.ts";
import type { Metric, MetricImage } from "./metric.ts";
import { descendingFew, tied } from "./order.ts";
import { perPicture } from "./per-picture.ts";
import { finite, REASON, refuse } from "./refusal.ts";
import { regionWalk } from "./region-curve.ts";
import { labelledRegions } from "./regions.ts";
import { scoreSpec } from "./score.ts";
import { excludedAll } from "./usable-map.ts";

const segmentsSpec: ParamSpec = {
  default: null,
  about: "a label for each pixel [H*W], 0 … S-1, instead of superpixels; from a program only",
  expected: "a Float32Array of labels",
  read: (raw) => (raw instanceof Float32Array ? raw : undefined),
};

function superpixels(image: MetricImage, params: Params): Int32Array {
  const { n_segments, compactness } = params as { readonly n_segments: number; readonly compactness: number };
  const { width, height, channels, pixels } = image;
  const size = width * height;
  const planes = Array.from({ length: channels }, (_, c) => pixels.subarray(c * size, (c + 1) * size));
  return perPicture(
    image,
    `slic:${n_segments}:${compactness}`,
    () => slic({ planes, width, height }, { n_segments, compactness }).labels,
  );
}

function regionsOf(image: MetricImage, params: Params): readonly Uint32Array[] {
  const labels = (params.segments as Float32Array | null) ?? superpixels(image, params);
  let count = 0;
  for (const label of labels) count = Math.max(count, label + 1);
  return labelledRegions(labels, count).filter((pixels) => pixels.length > 0);
}

/** `AOC = S - trapezoid(r_1 … r_S)`, r_k the target's score after k segments over that of the image. */
export const irof: Metric = {
  id: "irof",
  aliases: ["iterative removal of features"],
  title: "Iterative removal of features",
  source: "Rieger and Hansen 2020",
  params: {
    n_segments: integer(100, 1, "about how many superpixels (SLIC)"),
    compactness: positive(10, "how much position weighs against colour in superpixels"),
    segments: segmentsSpec,
    baseline: baseSpec("mean"),
    score: scoreSpec,
  },
  variants: [
    {
      id: "aoc",
      about: "area over the curve of r_k, divided by the number of segments S",
      range: [Number.NEGATIVE_INFINITY, 1],
      better: "higher",
    },
    {
      id: "aoc-steps",
      about: "S - trapezoid over r_1 … r_S, each step 1 wide (Quantus)",
      range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
      better: "higher",
    },
  ],
  needs: [],
  cost: "1 + segments (about 101; the image itself is shared)",
  *run(image, params) {
    const reason = refuse(image.map, image.width * image.height);
    if (reason) return excludedAll(this.variants, reason);
    const regions = regionsOf(image, params);
    if (regions.length < 2) return excludedAll(this.variants, REASON.oneRegion);
    const means = regions.map((pixels) => pixels.reduce((s, p) => s + (image.map[p] as number), 0) / pixels.length);
    const order = descendingFew(means);
    const curve = yield* regionWalk(
      image,
      params,
      order.map((r) => regions[r] as Uint32Array),
    );
    const [first] = curve as unknown as readonly [number];
    const counts = { steps: regions.length, tied_regions: tied(means, order) };
    if (first === 0) return { ...excludedAll(this.variants, REASON.zeroScore), curves: { irof: curve }, counts };
    const ratios = Array.from(curve, (v) => v / first);
    return {
      values: {
        aoc: finite(1 - trapezoid(ratios) / regions.length),
        "aoc-steps": finite(regions.length - trapezoid(ratios.slice(1))),
      },
      curves: { irof: curve },
      counts,
    };
  },
};
