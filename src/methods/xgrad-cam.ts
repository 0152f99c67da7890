/** @file XGrad-CAM: channels weighted by their gradient, averaged with the activation as weights (Fu et al. 2020). */
import { camMethod, overPositions } from "./cam.ts";
import type { Method } from "./method.ts";

/** Keeps a channel whose activation sums to 0 from dividing by it. */
const EPSILON = 1e-7;

/** w_c = sum_p g A / (sum_p A + 1e-7) */
export const xgradCam: Method = camMethod({
  id: "xgrad-cam",
  aliases: ["xgradcam", "axiom-based-grad-cam"],
  title: "XGrad-CAM",
  source: "Fu et al. 2020 (arXiv 2008.02312); epsilon as in pytorch-grad-cam",
  weigh: ({ g, activation, gradient }) => {
    const gained = overPositions(g, "ReduceSum", g.op("Mul", [gradient, activation]));
    const total = g.op("Add", [overPositions(g, "ReduceSum", activation), g.scalar(EPSILON)]);
    return g.op("Mul", [activation, g.op("Div", [gained, total])]);
  },
});
