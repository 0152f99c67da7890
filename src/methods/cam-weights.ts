/** @file CAM: channels weighted by the head itself, where that is average pooling and affine layers (Zhou et al. 2016). */
import { OnnxplainError } from "../errors.ts";
import { camMethod, overPositions } from "./cam.ts";
import type { Classifier } from "./classifier.ts";
import type { Layer } from "./layers.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { onePass } from "./one-pass.ts";
import { pooledLayer } from "./pooled-head.ts";

/** The head's derivative sums, over the positions, to its weights: S = sum_c w_c mean_p A_c + b. */
const weighed = camMethod({
  id: "cam",
  aliases: ["class-activation-map"],
  title: "CAM: class activation map",
  source: "Zhou et al. 2016 (arXiv 1512.04150), eq. 1-2",
  weigh: ({ g, activation, gradient }) => g.op("Mul", [activation, overPositions(g, "ReduceSum", gradient)]),
});

function requiredLayer(classifier: Classifier): Layer {
  const pooled = pooledLayer(classifier);
  if (typeof pooled !== "string") return pooled;
  throw new OnnxplainError(
    "E_METHOD_UNSUITABLE",
    `\`cam\` has no meaning on this model: ${pooled}. Use \`grad-cam\`, which needs no such head.`,
  );
}

function emit(context: EmitContext): Emitted {
  const pooled = requiredLayer(context.classifier);
  if (context.layer?.name !== pooled.name)
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `\`cam\` weighs the layer that is averaged for the head, \`${pooled.name}\`, not \`${context.layer?.name}\`. Leave the layer out, or use \`grad-cam\`.`,
    );
  return (weighed.emit as (c: EmitContext) => Emitted)(context);
}

/** map = sum_c w_c A_c, w the head's weights of the class; its mean over positions is the score less the head's bias. */
export const cam: Method = {
  ...weighed,
  cost: "1 forward + 1 backward through the head",
  gradients: false,
  defaultLayer: requiredLayer,
  unsuitable: (classifier) => {
    const pooled = pooledLayer(classifier);
    return typeof pooled === "string" ? pooled : undefined;
  },
  emit,
  plan: onePass(emit),
};
