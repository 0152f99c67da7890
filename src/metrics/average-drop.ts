/** @file Average drop: how much of the class's probability is lost when only the important part is left. */
import { comparing } from "./compare-confidence.ts";
import { REASON } from "./refusal.ts";

/** `max(0, Y - Y') / Y`, absolute without the division (pytorch-grad-cam's `DropInConfidence`). */
export const averageDrop = comparing(
  {
    id: "average-drop",
    aliases: ["ad", "avg drop", "drop in confidence"],
    title: "Average drop",
    source: "Chattopadhay et al. 2018, sec. 4.1; Lam et al. 2021, sec. 6",
  },
  "lower",
  [
    {
      suffix: "",
      about: "drop relative to the image's probability",
      compare: (y, left) => (y > 0 ? Math.max(0, y - left) / y : { excluded: REASON.zeroScore }),
    },
    { suffix: "-absolute", about: "drop of the probability", compare: (y, left) => Math.max(0, y - left) },
  ],
);
