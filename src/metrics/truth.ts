/** @file Where the explained thing is: a mask, or the union of boxes, as localisation metrics compare maps with it. */
import { oneOf, type ParamSpecs, type Params } from "../params.ts";
import type { Box, Measured, MetricImage, Variant } from "./metric.ts";
import { refuse } from "./refusal.ts";
import { excludedAll } from "./usable-map.ts";

export interface Truth {
  /** [H*W], 1 inside. */
  readonly inside: Uint8Array;
  /** Pixels inside: at least 1, and not all. */
  readonly area: number;
}

/** Parameter that every localisation metric has. */
export const TRUTH_PARAM: ParamSpecs = {
  truth: oneOf(
    "any",
    ["any", "mask", "boxes"],
    "what marks the object: `any` = the mask where there is one, else boxes",
  ),
};

export const NO_TRUTH = "the image has no mask and no boxes";
export const EMPTY_TRUTH = "the ground truth marks no pixel of the image";
export const FULL_TRUTH = "the ground truth covers the whole image: every map is right";

/** Union of the boxes' pixels; what lies outside the picture is cut off. */
export function boxMask(boxes: readonly Box[], width: number, height: number): Uint8Array {
  const out = new Uint8Array(width * height);
  for (const { x0, y0, x1, y1 } of boxes) {
    const [left, right] = [Math.max(0, Math.floor(x0)), Math.min(width, Math.ceil(x1))];
    for (let y = Math.max(0, Math.floor(y0)); y < Math.min(height, Math.ceil(y1)); y++)
      if (right > left) out.fill(1, y * width + left, y * width + right);
  }
  return out;
}

/** The truth of an image, or why it has none to compare with. */
export function truthOf(
  image: Pick<MetricImage, "width" | "height" | "mask" | "boxes">,
  params: Params,
): Truth | string {
  const { width, height, boxes } = image;
  const mask = params.truth === "boxes" ? undefined : image.mask;
  const drawn = params.truth === "mask" ? undefined : boxes;
  if (mask === undefined && (drawn === undefined || drawn.length === 0))
    return params.truth === "mask" || params.truth === "boxes" ? `the image has no ${params.truth}` : NO_TRUTH;
  if (mask !== undefined && mask.length !== width * height)
    return `the mask has ${mask.length} pixels, the image ${width * height} (${width}x${height})`;
  const inside = mask === undefined ? boxMask(drawn as readonly Box[], width, height) : mask.map((v) => (v ? 1 : 0));
  const area = inside.reduce((n, v) => n + v, 0);
  return area === 0 ? EMPTY_TRUTH : area === inside.length ? FULL_TRUTH : { inside, area };
}

/** The frame of every localisation metric: a map that can be judged, a truth to compare it with. */
export function compared(
  image: MetricImage,
  params: Params,
  variants: readonly Variant[],
  compare: (map: Float32Array, truth: Truth) => Measured,
): Measured {
  const truth = truthOf(image, params);
  const reason = typeof truth === "string" ? truth : refuse(image.map, image.width * image.height);
  return reason === undefined ? compare(image.map, truth as Truth) : excludedAll(variants, reason);
}
