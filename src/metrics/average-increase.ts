/** @file Average increase: how often the network is surer when only the important part is left. */
import { comparing } from "./compare-confidence.ts";

/** 1 where `Y < Y'`, else 0. */
export const averageIncrease = comparing(
  {
    id: "average-increase",
    aliases: ["ai", "increase in confidence", "conf increase"],
    title: "Average increase",
    source: "Chattopadhay et al. 2018, sec. 4.1; Lam et al. 2021, sec. 6",
  },
  "higher",
  [{ suffix: "", about: "1 where the probability rises, else 0", compare: (y, left) => (y < left ? 1 : 0) }],
);
