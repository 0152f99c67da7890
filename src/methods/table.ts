/** @file Every method: one line each. Ids match ignoring case, `-` and `_`. */
import { OnnxplainError } from "../errors.ts";
import { deepLift } from "./deep-lift.ts";
import { gradCam } from "./grad-cam.ts";
import { gradCamPlusPlus } from "./grad-cam-plus-plus.ts";
import { gradient } from "./gradient.ts";
import { hiresCam } from "./hires-cam.ts";
import { inputXGradient } from "./input-x-gradient.ts";
import { integratedGradients } from "./integrated-gradients.ts";
import { layerCam } from "./layer-cam.ts";
import { lrp } from "./lrp.ts";
import type { Method } from "./method.ts";
import { occlusion } from "./occlusion.ts";
import { smoothgrad, squaregrad, vargrad } from "./smoothgrad.ts";

export const METHODS = {
  gradient,
  "input-x-gradient": inputXGradient,
  "integrated-gradients": integratedGradients,
  "deep-lift": deepLift,
  smoothgrad,
  squaregrad,
  vargrad,
  lrp,
  "grad-cam": gradCam,
  "hires-cam": hiresCam,
  "layer-cam": layerCam,
  "grad-cam++": gradCamPlusPlus,
  occlusion,
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
