/** @file Region perturbation: squares of the image replaced one after the other in the order of a map. */
import { integer, type ParamSpecs, type Params } from "../params.ts";
import { type BaseName, baseImage, baseSpec } from "./base-image.ts";
import { mean, normalisedArea, trapezoid } from "./curve-area.ts";
import { copyPixels } from "./input-layout.ts";
import type { Answer, Measured, Metric, MetricImage, Request, Variant } from "./metric.ts";
import { ascendingFew, descendingFew, tied } from "./order.ts";
import { finite, REASON, refuse } from "./refusal.ts";
import { regionSums, squareRegions } from "./regions.ts";
import { readScore, scoreSpec } from "./score.ts";
import { excludedAll } from "./usable-map.ts";
import { IMAGE, walk } from "./walk.ts";

export interface RegionCurve {
  /** Score of the target unperturbed and after each step. */
  readonly curve: Float32Array;
  readonly counts: Readonly<Record<string, number>>;
}

/** Regions [pixels] replaced in this order, one a step. */
export function* regionWalk(
  image: MetricImage,
  params: Params,
  order: readonly Uint32Array[],
): Generator<Request, Float32Array, Answer> {
  const base = baseImage(image, params.baseline as BaseName);
  return Float32Array.from(
    yield* walk({
      from: image.x,
      key: IMAGE,
      steps: order.length,
      advance: (x, step) => copyPixels(x, base, { pixels: order[step - 1] as Uint32Array, frame: image }),
      read: readScore(params, image.target),
    }),
  );
}

/** Why squares of this side say nothing of the map. */
export function refuseRegions({ map, width, height }: MetricImage, params: Params): string | undefined {
  const side = params.patch_size as number;
  return refuse(map, width * height) ?? (side >= width && side >= height ? REASON.oneRegion : undefined);
}

export type Direction = "most" | "least";

/** The first `steps` squares, most or least relevant first, ties by position. */
export function* regionCurve(
  image: MetricImage,
  params: Params,
  direction: Direction,
): Generator<Request, RegionCurve, Answer> {
  const regions = squareRegions(image, params.patch_size as number);
  const sums = regionSums(image.map, regions);
  const order = direction === "most" ? descendingFew(sums) : ascendingFew(sums);
  const steps = params.steps === undefined ? order.length : Math.min(params.steps as number, order.length);
  const taken = order.slice(0, steps).map((r) => regions[r] as Uint32Array);
  const curve = yield* regionWalk(image, params, taken);
  return { curve, counts: { steps, tied_regions: tied(sums, order) } };
}

const regionParams: ParamSpecs = {
  patch_size: integer(9, 1, "side of a region in pixels; Quantus has 8"),
  steps: integer(100, 1, "regions replaced, one a step; at most all"),
  baseline: baseSpec("random"),
  score: scoreSpec,
};

const span: readonly [number, number] = [-1, 1];
const variants = (direction: Direction): readonly Variant[] => {
  const [falls, rises] = direction === "most" ? (["higher", "lower"] as const) : (["lower", "higher"] as const);
  return [
    {
      id: "aopc",
      about: "mean of f(x) - f(x_k) over k = 0 … L (Samek et al. 2017, eq. 12)",
      range: span,
      better: falls,
    },
    { id: "mean-drop", about: "the same over k = 1 … L (Bach et al. 2016; Quantus)", range: span, better: falls },
    { id: "auc", about: "mean height of the curve, unperturbed image included", range: [0, 1], better: rises },
    {
      id: "auc-steps",
      about: "trapezoid over the steps, each 1 wide, unperturbed image left out (Quantus)",
      range: [0, Number.POSITIVE_INFINITY],
      better: rises,
    },
  ];
};

/** `morf` or `lerf`: they differ in the order alone. Ranges are those of probabilities. */
export const regionPerturbation = (
  facts: Pick<Metric, "id" | "aliases" | "title" | "source">,
  direction: Direction,
): Metric => ({
  ...facts,
  params: regionParams,
  variants: variants(direction),
  needs: [],
  cost: "1 + steps (101; the image itself is shared)",
  *run(image, params): Generator<Request, Measured, Answer> {
    const reason = refuseRegions(image, params);
    if (reason) return excludedAll(this.variants, reason);
    const { curve, counts } = yield* regionCurve(image, params, direction);
    const drops = curve.map((v) => (curve[0] as number) - v);
    return {
      values: {
        aopc: finite(mean(drops)),
        "mean-drop": finite(mean(drops.subarray(1))),
        auc: finite(normalisedArea(curve)),
        "auc-steps": finite(trapezoid(curve.subarray(1))),
      },
      curves: { [facts.id]: curve },
      counts,
    };
  },
});
