/** @file SS-CAM (Wang et al. 2020): Score-CAM with the score averaged over noisy copies of each mask. */

import { integer, positive } from "../params.ts";
import type { Method } from "./method.ts";
import { scoreMethod } from "./score-family.ts";

/** SS-CAM (1), noise on the feature maps: score_c = mean over samples of the score behind (scaled A_c + stdevs * n). */
export const ssCam: Method = scoreMethod({
  id: "ss-cam",
  aliases: ["sscam", "smoothed-score-cam"],
  title: "SS-CAM: smoothed Score-CAM",
  source: "Wang et al. 2020 (arXiv 2006.14255), SS-CAM (1); noise at the layer's resolution",
  cost: "1 forward + nt_samples forwards for each channel of the layer",
  variant: "softmax",
  params: {
    nt_samples: integer(35, 1, "noisy copies of each mask"),
    stdevs: positive(2, "standard deviation of the noise; the masks go from 0 to 1"),
  },
  masks: ({ nt_samples, stdevs }) => ({
    count: nt_samples as number,
    of: function* (map, draw) {
      for (let i = 0; i < (nt_samples as number); i++) yield map.map((v) => v + (stdevs as number) * draw());
    },
  }),
});
