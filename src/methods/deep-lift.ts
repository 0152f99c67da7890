/** @file DeepLIFT with the rescale rule, against one fixed baseline (Shrikumar et al. 2017). */
import type { Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import { baseline } from "../params.ts";
import { deepLift as liftRule } from "../rules/deep-lift.ts";
import { referencePass } from "../rules/reference-pass.ts";
import { baselineRow } from "./baseline.ts";
import type { EmitContext, Emitted, Finish, Method } from "./method.ts";
import { gradientsOf, onePass } from "./one-pass.ts";

/** Extra output [N]: f(x) - f(baseline) of the target. */
export const SCORE_DIFFERENCE = "score_difference";

/** Multipliers times differences from `reference` [1 or N, ...input], and what the scores differ by. */
export function emitLift(context: EmitContext, reference: Value): Emitted {
  const { g, classifier, cotangent } = context;
  const { input, scores, model } = classifier;
  const at = referencePass({ g, nodes: model.graph.nodes, input: input.name, reference });
  const { rule, notes } = liftRule(at);
  const walked = gradientsOf(context, [input.name], rule);
  const map = g.op("Mul", [walked.gradients[0] as Value, g.op("Sub", [g.value(input.name), reference])]);
  const change = g.op("Mul", [g.op("Sub", [g.value(scores), at(scores)]), cotangent]);
  return {
    map,
    notes: [...walked.notes, ...notes()],
    extra: { [SCORE_DIFFERENCE]: g.op("ReduceSum", [change, g.ints([1])], { keepdims: 0 }) },
    finish,
  };
}

const finish: Finish = (map, extra) => {
  const difference = extra[SCORE_DIFFERENCE]?.[0] as number;
  return { checks: completeness(map, difference) };
};

/** How far a map is from summing to what the scores differ by. */
export const completeness = (
  map: Float32Array,
  difference: number,
): { readonly convergence_delta: number; readonly score_difference: number } => ({
  convergence_delta: map.reduce((s, v) => s + v, 0) - difference,
  score_difference: difference,
});

const emit = (context: EmitContext): Emitted => {
  const { g, classifier, params } = context;
  const dims = [1, ...((classifier.input.dims ?? []).slice(1) as readonly number[])];
  return emitLift(context, g.constant(tensor("float32", dims, baselineRow(classifier, params.baselines)), "baseline"));
};

export const deepLift: Method = {
  id: "deep-lift",
  aliases: ["deep-lift-rescale"],
  title: "DeepLIFT: rescale rule against one baseline",
  source: "Shrikumar, Greenside, Kundaje 2017 (arXiv 1704.02685), section 3.5.1; maxima as in Captum DeepLift",
  params: {
    baselines: baseline("the reference input, in network input units (0 = mean colour after normalisation)"),
  },
  space: "input",
  signed: () => true,
  cost: "1 forward + 1 backward; the reference is computed when the graph is loaded",
  gradients: true,
  emit,
  plan: onePass(emit),
};
