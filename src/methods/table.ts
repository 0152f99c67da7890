/** @file Every method: one line each. Ids match ignoring case, `-` and `_`. */
import { OnnxplainError } from "../errors.ts";
import { ablationCam } from "./ablation-cam.ts";
import { attentionRollout } from "./attention-rollout.ts";
import { blurIg } from "./blur-ig.ts";
import { cam } from "./cam-weights.ts";
import { chefer } from "./chefer.ts";
import { deepLift } from "./deep-lift.ts";
import { deepShap } from "./deep-shap.ts";
import { eigenCam } from "./eigen-cam.ts";
import { contrastiveExcitationBackprop, excitationBackprop } from "./excitation-backprop.ts";
import { extremalPerturbation } from "./extremal-perturbation.ts";
import { fullgrad } from "./fullgrad.ts";
import { gradCam } from "./grad-cam.ts";
import { gradCamPlusPlus } from "./grad-cam-plus-plus.ts";
import { gradMagnitude } from "./grad-magnitude.ts";
import { gradient } from "./gradient.ts";
import { gradientShap } from "./gradient-shap.ts";
import { deconvnet, guidedBackprop } from "./guided-backprop.ts";
import { guidedIg } from "./guided-ig.ts";
import { hiresCam } from "./hires-cam.ts";
import { inputXGradient } from "./input-x-gradient.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { isCam } from "./is-cam.ts";
import { kernelShap } from "./kernel-shap.ts";
import { layerCam } from "./layer-cam.ts";
import { lime } from "./lime.ts";
import { lrp } from "./lrp.ts";
import { meaningfulPerturbation } from "./meaningful-perturbation.ts";
import type { Method } from "./method.ts";
import { occlusion } from "./occlusion.ts";
import { reciproCam } from "./recipro-cam.ts";
import { rise } from "./rise.ts";
import { scoreCam } from "./score-cam.ts";
import { smoothgrad, squaregrad, vargrad } from "./smoothgrad.ts";
import { ssCam } from "./ss-cam.ts";
import { xgradCam } from "./xgrad-cam.ts";

export const METHODS = {
  gradient,
  "input-x-gradient": inputXGradient,
  "integrated-gradients": integratedGradients,
  "blur-ig": blurIg,
  "guided-ig": guidedIg,
  "gradient-shap": gradientShap,
  "deep-lift": deepLift,
  "deep-shap": deepShap,
  fullgrad,
  "grad-magnitude": gradMagnitude,
  smoothgrad,
  squaregrad,
  vargrad,
  "guided-backprop": guidedBackprop,
  deconvnet,
  lrp,
  "excitation-backprop": excitationBackprop,
  "contrastive-excitation-backprop": contrastiveExcitationBackprop,
  "grad-cam": gradCam,
  "hires-cam": hiresCam,
  "layer-cam": layerCam,
  "grad-cam++": gradCamPlusPlus,
  "xgrad-cam": xgradCam,
  cam,
  "score-cam": scoreCam,
  "ss-cam": ssCam,
  "is-cam": isCam,
  "ablation-cam": ablationCam,
  "recipro-cam": reciproCam,
  "eigen-cam": eigenCam,
  "meaningful-perturbation": meaningfulPerturbation,
  "extremal-perturbation": extremalPerturbation,
  "attention-rollout": attentionRollout,
  chefer,
  occlusion,
  rise,
  lime,
  "kernel-shap": kernelShap,
} as const satisfies Readonly<Record<string, Method>>;

const key = (id: string): string => id.toLowerCase().replaceAll(/[-_\s]/g, "");

/** The method with this id or alias. Throws `E_METHOD_UNKNOWN`, listing all. */
export function findMethod(id: string): Method {
  const wanted = key(id);
  const found = Object.values<Method>(METHODS).find((m) => [m.id, ...m.aliases].some((name) => key(name) === wanted));
  if (found) return found;
  throw new OnnxplainError(
    "E_METHOD_UNKNOWN",
    `There is no method \`${id}\`. Methods: ${Object.keys(METHODS).join(", ")}.`,
  );
}
