/** @file Most relevant first: regions replaced from the top of the map downwards. A good map makes the score fall fast. */
import { regionPerturbation } from "./region-curve.ts";

/** Defaults are those of Bach and Samek: 9x9 regions, 100 steps, uniformly random pixels. */
export const morf = regionPerturbation(
  {
    id: "morf",
    aliases: ["region perturbation", "most relevant first", "aopc"],
    title: "Region perturbation, most relevant first",
    source: "Samek et al. 2017, eq. 12; Bach et al. 2016, eq. 14",
  },
  "most",
);
