/** @file Attention rollout: how much of each patch reaches the class token through all layers (Abnar and Zuidema 2020). */
import { tokenLayer, withoutAttention } from "./attention.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { onePass } from "./one-pass.ts";
import { emitMass } from "./token-mass.ts";

/**
 * Mass 1 at the scores goes back to the tokens. Each branch of a sum gets an even part, so an attention block does
 * (A + I) / 2 with A the mean over heads, and an MLP block leaves a token's mass where it is: on a ViT the class token's row of
 * the product of (A + I) / 2 over the layers.
 */
const emit = (context: EmitContext): Emitted =>
  emitMass(context, () => ({ attention: (weights) => weights, branchShare: (branches) => 1 / branches.length }));

export const attentionRollout: Method = {
  id: "attention-rollout",
  aliases: ["rollout"],
  title: "Attention rollout (the same for every class)",
  source:
    "Abnar, Zuidema 2020 (arXiv 2005.00928), section 3; mean over heads, A + I with rows scaled to 1; written as a walk, so that windows, shifts and merged patches are followed",
  params: {},
  space: "layer",
  defaultLayer: tokenLayer,
  signed: () => false,
  cost: "1 forward + 1 walk from the scores to the tokens",
  gradients: false,
  unsuitable: withoutAttention,
  emit,
  plan: onePass(emit),
};
