/** @file LayerCAM: activation times the positive part of its gradient (Jiang et al. 2021, eq. 5 and 6). */
import { camMethod } from "./cam.ts";
import type { Method } from "./method.ts";

export const layerCam: Method = camMethod({
  id: "layer-cam",
  aliases: ["layercam"],
  title: "LayerCAM",
  source: "Jiang et al. 2021 (IEEE TIP 30), eq. 5-6",
  weigh: ({ g, activation, gradient }) => g.op("Mul", [activation, g.op("Relu", [gradient])]),
});
