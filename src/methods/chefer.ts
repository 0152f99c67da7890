/** @file Class-specific relevance of tokens: attention weighted by its gradient, through all layers (Chefer, Gur and Wolf 2021). */
import { tokenLayer, withoutAttention } from "./attention.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { gradientsOf, onePass } from "./one-pass.ts";
import { emitMass } from "./token-mass.ts";

/**
 * R <- R + mean_h (∇A ∘ A)⁺ R, R = I before the first layer; the row of the class token. As a walk: where a branch with an
 * attention product of its own meets one without, both get all the mass; elsewhere (an MLP block) branches share it.
 */
const emit = (context: EmitContext): Emitted => {
  const { g, classifier } = context;
  let notes: readonly string[] = [];
  const { map, notes: walked } = emitMass(context, ({ maps, behind }) => {
    const back = gradientsOf({ g, classifier, cotangent: context.cotangent }, maps);
    notes = back.notes;
    const slopes = new Map(maps.map((name, i) => [name, back.gradients[i]]));
    return {
      attention: (weights) => {
        const slope = slopes.get(weights.name);
        if (slope === undefined) throw new Error(`internal: no gradient of the attention ${weights.name}`);
        return g.op("Relu", [g.op("Mul", [weights, slope])]);
      },
      branchShare: (branches) => (new Set(branches.map(behind)).size > 1 ? 1 : 1 / branches.length),
    };
  });
  return { map, notes: [...new Set([...notes, ...walked])] };
};

export const chefer: Method = {
  id: "chefer",
  aliases: ["transformer-attribution", "generic-attention", "generic-attention-explainability", "gae"],
  title: "Gradient-weighted attention through all layers (Chefer)",
  source:
    "Chefer, Gur, Wolf 2021 (arXiv 2103.15679), eq. 5-6, self-attention; written as a walk, so that windows, shifts and merged patches are followed",
  params: {},
  space: "layer",
  defaultLayer: tokenLayer,
  signed: () => false,
  cost: "1 forward + 1 backward + 1 walk from the scores to the tokens",
  gradients: true,
  unsuitable: withoutAttention,
  emit,
  plan: onePass(emit),
};
