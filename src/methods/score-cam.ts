/** @file Score-CAM (Wang et al. 2020): each channel is a mask on the image, and weighs what the class scores behind it. */
import type { Method } from "./method.ts";
import { scoreMethod } from "./score-family.ts";

/** map = sum_c w_c A_c; w_c from the score on x times the channel, enlarged and scaled to [0, 1]. */
export const scoreCam: Method = scoreMethod({
  id: "score-cam",
  aliases: ["scorecam"],
  title: "Score-CAM",
  source: "Wang et al. 2020 (arXiv 1910.01279) and its authors' code; SPEC 4.7",
  cost: "1 forward + one forward for each channel of the layer that is not constant",
  variant: "original",
  params: {},
  masks: () => ({ count: 1, of: (map) => [map] }),
});
