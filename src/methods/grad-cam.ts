/** @file Grad-CAM: channels weighted by the mean of their gradient (Selvaraju et al. 2017, eq. 1 and 2). */
import { camMethod, overPositions } from "./cam.ts";
import type { Method } from "./method.ts";

export const gradCam: Method = camMethod({
  id: "grad-cam",
  aliases: ["gradcam"],
  title: "Grad-CAM",
  source: "Selvaraju et al. 2017 (arXiv 1610.02391), eq. 1-2; SPEC 4.7",
  weigh: ({ g, activation, gradient }) => g.op("Mul", [activation, overPositions(g, "ReduceMean", gradient)]),
});
