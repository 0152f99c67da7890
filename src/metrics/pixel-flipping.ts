/** @file Pixel flipping: pixels, or single values of the input, taken away most relevant first until nothing is left. */
import { integer, oneOf } from "../params.ts";
import { type BaseName, baseImage, baseSpec } from "./base-image.ts";
import { normalisedArea, trapezoid } from "./curve-area.ts";
import { copyPixels } from "./input-layout.ts";
import type { Metric } from "./metric.ts";
import { descending, tied } from "./order.ts";
import { finite, REASON, refuse } from "./refusal.ts";
import { readScore, scoreSpec } from "./score.ts";
import { excludedAll } from "./usable-map.ts";
import { IMAGE, walk } from "./walk.ts";

/** Area under the curve of the target's score. */
export const pixelFlipping: Metric = {
  id: "pixel-flipping",
  aliases: [],
  title: "Pixel flipping",
  source: "Bach et al. 2015, sec. Evaluation",
  params: {
    features: oneOf(
      "pixel",
      ["pixel", "value"],
      "what is taken away: a pixel with all channels, or a single value of the input by the method's own attribution",
    ),
    features_in_step: integer(0, 0, "how many a step; 0 = a hundredth of all"),
    baseline: baseSpec("input_zero"),
    score: scoreSpec,
  },
  variants: [
    { id: "auc", about: "mean height of the curve, unperturbed image included", range: [0, 1], better: "lower" },
    {
      id: "auc-steps",
      about: "trapezoid over the steps, each 1 wide, unperturbed image left out (Quantus)",
      range: [0, Number.POSITIVE_INFINITY],
      better: "lower",
    },
  ],
  needs: [],
  cost: "1 + steps (101; the image itself is shared)",
  *run(image, params) {
    const single = params.features === "value";
    if (single && image.attribution === undefined) return excludedAll(this.variants, REASON.noAttribution);
    const map = single ? (image.attribution as Float32Array) : image.map;
    const reason = refuse(map, single ? image.x.length : image.width * image.height);
    if (reason) return excludedAll(this.variants, reason);
    const order = descending(map);
    const perStep = (params.features_in_step as number) || Math.ceil(order.length / 100);
    const base = baseImage(image, params.baseline as BaseName);
    const steps = Math.ceil(order.length / perStep);
    const advance = (x: Float32Array, step: number): void => {
      const taken = order.subarray((step - 1) * perStep, step * perStep);
      if (single) for (const i of taken) x[i] = base[i] as number;
      else copyPixels(x, base, { pixels: taken, frame: image });
    };
    const read = readScore(params, image.target);
    const curve = Float32Array.from(yield* walk({ from: image.x, key: IMAGE, steps, advance, read }));
    return {
      values: { auc: finite(normalisedArea(curve)), "auc-steps": finite(trapezoid(curve.subarray(1))) },
      curves: { "pixel-flipping": curve },
      counts: { steps, tied: tied(map, order) },
    };
  },
};
