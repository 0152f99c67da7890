/** @file Least relevant first: regions replaced from the bottom of the map upwards. A good map keeps the score up. */
import { regionPerturbation } from "./region-curve.ts";

/** As `morf`, in the other order. */
export const lerf = regionPerturbation(
  {
    id: "lerf",
    aliases: ["least relevant first"],
    title: "Region perturbation, least relevant first",
    source: "Samek et al. 2017, sec. III",
  },
  "least",
);
