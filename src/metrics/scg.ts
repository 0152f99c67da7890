/** @file Simple confidence gain: how much of the class's score the most important pixels bring back. */
import { firstGains, gainVariants } from "./gain.ts";
import { agreedMask, gainParams } from "./hybrid.ts";
import type { Metric } from "./metric.ts";
import { REASON, refusal } from "./refusal.ts";
import { excludedAll } from "./usable-map.ts";

/**
 * `SCG = (p(I_M,K) - p(I_K)) / (p(I) - p(I_K))`, M the top `rho` pixels, of several maps their intersection. Not clipped: it
 * exceeds 1 when the hybrid is surer than the image. Left out, with its reason, where the base image beats the image or the hybrid.
 */
export const scg: Metric = {
  id: "scg",
  aliases: ["simple confidence gain"],
  title: "Simple confidence gain",
  source: "SCG/CCG paper, eq. 2",
  params: gainParams,
  variants: gainVariants([0, Number.POSITIVE_INFINITY]),
  needs: [],
  cost: "3 for each base image (image, base image, hybrid); the image and the base images are scored once for all maps",
  *run(image, params) {
    const reason = refusal(image);
    if (reason) return excludedAll(this.variants, reason);
    const { mask, area, counts } = agreedMask(image, params.rho as number);
    if (area === 0) return { ...excludedAll(this.variants, REASON.emptyMask), counts };
    const gains = yield* firstGains(image, params, mask);
    return {
      values: Object.fromEntries(
        gains.map((g) => [
          g.base,
          g.excluded === undefined ? (g.hybrid - g.uninformed) / (g.image - g.uninformed) : { excluded: g.excluded },
        ]),
      ),
      counts,
    };
  },
};
