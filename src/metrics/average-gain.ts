/** @file Average gain: how much of the missing probability is won when only the important part is left. */
import { comparing } from "./compare-confidence.ts";
import { REASON } from "./refusal.ts";

/** `max(0, Y' - Y) / (1 - Y)`, absolute without the division. */
export const averageGain = comparing(
  {
    id: "average-gain",
    aliases: ["ag", "avg gain"],
    title: "Average gain",
    source: "Zhang et al. 2024 (Opti-CAM), average gain",
  },
  "higher",
  [
    {
      suffix: "",
      about: "gain relative to what the image's probability lacks",
      compare: (y, left) => (y < 1 ? Math.max(0, left - y) / (1 - y) : { excluded: REASON.fullScore }),
    },
    { suffix: "-absolute", about: "gain of the probability", compare: (y, left) => Math.max(0, left - y) },
  ],
);
