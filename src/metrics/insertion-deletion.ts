/** @file Insertion and deletion (RISE): one walk between the image and a base image, in one or the other direction. */
import { integer } from "../params.ts";
import { type BaseName, baseImage, baseKey, baseSpec } from "./base-image.ts";
import { normalisedArea } from "./curve-area.ts";
import { copyPixels } from "./input-layout.ts";
import type { Metric, Variant } from "./metric.ts";
import { descending, tied } from "./order.ts";
import { finite, refuse } from "./refusal.ts";
import { readScore, scoreSpec } from "./score.ts";
import { excludedAll } from "./usable-map.ts";
import { IMAGE, walk } from "./walk.ts";

export interface Towards {
  readonly direction: "insertion" | "deletion";
  readonly baseline: BaseName;
  readonly better: Variant["better"];
}

/** AUC = `(sum - first/2 - last/2) / steps` of the target's score over all steps, the start included. */
export const rise = (facts: Pick<Metric, "aliases" | "title">, { direction, baseline, better }: Towards): Metric => ({
  ...facts,
  id: direction,
  source: "Petsiuk et al. 2018 (RISE), sec. 3.2",
  params: {
    step: integer(0, 0, "pixels a step; 0 = as many as the image is wide (RISE)"),
    baseline: baseSpec(baseline),
    score: scoreSpec,
  },
  variants: [{ id: "auc", about: "area under the score of the class, steps spread over 0 … 1", range: [0, 1], better }],
  needs: [],
  cost: "1 + pixels / step (225 at 224 x 224; the first is shared)",
  *run(image, params) {
    const reason = refuse(image.map, image.width * image.height);
    if (reason) return excludedAll(this.variants, reason);
    const order = descending(image.map);
    const name = params.baseline as BaseName;
    const base = baseImage(image, name);
    const [from, towards] = direction === "insertion" ? [base, image.x] : [image.x, base];
    const perStep = (params.step as number) || image.width;
    const steps = Math.ceil(order.length / perStep);
    const curve = Float32Array.from(
      yield* walk({
        from,
        ...(direction === "insertion" ? baseKey(name) : { key: IMAGE }),
        steps,
        advance: (x, step) =>
          copyPixels(x, towards, { pixels: order.subarray((step - 1) * perStep, step * perStep), frame: image }),
        read: readScore(params, image.target),
      }),
    );
    return {
      values: { auc: finite(normalisedArea(curve)) },
      curves: { [direction]: curve },
      counts: { steps, tied: tied(image.map, order) },
    };
  },
});
