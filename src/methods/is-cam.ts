/** @file IS-CAM (Naidu et al. 2020): Score-CAM with the score averaged while each mask grows from nothing to the whole. */

import { integer, oneOf } from "../params.ts";
import type { Method } from "./method.ts";
import { scoreMethod } from "./score-family.ts";

/** Share of the mask at step i of n. */
const PATHS: Readonly<Record<string, (i: number, n: number) => number>> = {
  linear: (i, n) => i / n,
  cumulative: (i, n) => (i * (i + 1)) / (2 * n),
};

/** score_c = 1/n sum_{i=1..n} of the score behind share(i) times the scaled A_c. */
export const isCam: Method = scoreMethod({
  id: "is-cam",
  aliases: ["iscam", "integrated-score-cam"],
  title: "IS-CAM: integrated Score-CAM",
  source: "Naidu et al. 2020 (arXiv 2010.03023)",
  cost: "1 forward + n_steps forwards for each channel of the layer",
  variant: "softmax",
  params: {
    n_steps: integer(10, 1, "steps from the empty mask to the whole one"),
    path: oneOf(
      "linear",
      Object.keys(PATHS),
      "share of the mask at step i of n. linear: i/n; cumulative: (1 + ... + i)/n, which goes beyond 1 (TorchCAM)",
    ),
  },
  masks: ({ n_steps, path }) => {
    const n = n_steps as number;
    const share = PATHS[path as string] as (i: number, n: number) => number;
    return {
      count: n,
      of: function* (map) {
        for (let i = 1; i <= n; i++) yield map.map((v) => share(i, n) * v);
      },
    };
  },
});
