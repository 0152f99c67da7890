/** @file Gradient of the class score by the input (Simonyan et al. 2014, eq. 3, signed: no absolute value is taken). */

import type { Value } from "../graph/builder.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { gradientsOf, onePass } from "./one-pass.ts";

const emit = (context: EmitContext): Emitted => {
  const { gradients, notes } = gradientsOf(context, [context.classifier.input.name]);
  return { map: gradients[0] as Value, notes };
};

export const gradient: Method = {
  id: "gradient",
  aliases: ["saliency", "vanilla-gradient"],
  title: "Gradient of the class score by the input",
  source: "Simonyan, Vedaldi, Zisserman 2014 (arXiv 1312.6034), section 3; Captum Saliency(abs=False)",
  params: {},
  space: "input",
  signed: () => true,
  cost: "1 forward + 1 backward",
  gradients: true,
  emit,
  plan: onePass(emit),
};
