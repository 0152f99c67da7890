/** @file Grad-CAM++: positive gradients weighted by closed-form alphas (Chattopadhay et al. 2018, eq. 19). */
import { camMethod, overPositions } from "./cam.ts";
import type { Method } from "./method.ts";

/** pytorch-grad-cam's stabiliser in the denominator of alpha. */
const EPSILON = 1e-6;

/** alpha = g² / (2g² + S g³ + 1e-6), S = sum of A over positions, 0 where g = 0; w = sum of alpha · max(g, 0). */
export const gradCamPlusPlus: Method = camMethod({
  id: "grad-cam++",
  aliases: ["grad-cam-pp", "gradcam++", "gradcampp", "grad-cam-plus-plus"],
  title: "Grad-CAM++",
  source:
    "Chattopadhay et al. 2018 (arXiv 1710.11063), eq. 19; pytorch-grad-cam's form: no exp(score), alphas not normalised; SPEC 4.7",
  weigh: ({ g, activation, gradient }) => {
    const square = g.op("Mul", [gradient, gradient]);
    const cube = g.op("Mul", [square, gradient]);
    const sums = g.op("Mul", [overPositions(g, "ReduceSum", activation), cube]);
    const denominator = g.op("Add", [g.op("Add", [g.op("Mul", [square, g.scalar(2)]), sums]), g.scalar(EPSILON)]);
    // where g = 0 the quotient is 0/1e-6 = 0: no case distinction is needed
    const alpha = g.op("Div", [square, denominator]);
    return g.op("Mul", [activation, overPositions(g, "ReduceSum", g.op("Mul", [alpha, g.op("Relu", [gradient])]))]);
  },
});
