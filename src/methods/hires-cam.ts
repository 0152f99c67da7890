/** @file HiResCAM: activation times gradient at every position (Draelos and Carin 2020, eq. 3). */
import { camMethod } from "./cam.ts";
import type { Method } from "./method.ts";

export const hiresCam: Method = camMethod({
  id: "hires-cam",
  aliases: ["hirescam"],
  title: "HiResCAM",
  source: "Draelos, Carin 2020 (arXiv 2011.08891), eq. 3",
  weigh: ({ g, activation, gradient }) => g.op("Mul", [activation, gradient]),
});
