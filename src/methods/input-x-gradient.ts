/** @file Input times gradient, element by element (Shrikumar et al. 2016). */
import type { Value } from "../graph/builder.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { gradientsOf, onePass } from "./one-pass.ts";

const emit = (context: EmitContext): Emitted => {
  const { g, classifier } = context;
  const { gradients, notes } = gradientsOf(context, [classifier.input.name]);
  return { map: g.op("Mul", [g.value(classifier.input.name), gradients[0] as Value]), notes };
};

export const inputXGradient: Method = {
  id: "input-x-gradient",
  aliases: ["input-t-gradient", "gradient-x-input"],
  title: "Input times gradient",
  source: "Shrikumar et al. 2016 (arXiv 1605.01713), section 3.2; Captum InputXGradient",
  params: {},
  space: "input",
  signed: () => true,
  cost: "1 forward + 1 backward",
  gradients: true,
  emit,
  plan: onePass(emit),
};
