/** @file Size of the probability's gradient, with the strongest points spread out (grey dilation). */
import type { Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import { integer, oneOf } from "../params.ts";
import type { EmitContext, Emitted, Method } from "./method.ts";
import { gradientsOf, onePass } from "./one-pass.ts";

/** The logits, where the scores are the probabilities made of them. */
function logitsOf({ g, classifier }: EmitContext): Value {
  const scores = g.value(classifier.scores);
  const node = g.producer(scores);
  return classifier.scoreKind === "probability" && node?.op === "Softmax" ? g.value(node.inputs[0] as string) : scores;
}

/**
 * d(Σ c log p)/dz = c - p Σc. For one class, 1 - p is summed from the other probabilities: the difference keeps no digits
 * where p is nearly 1. Of a contrast Σc is 0, and c is left.
 */
function logProbabilitySlope({ g, cotangent }: EmitContext, logits: Value): Value {
  const one = g.scalar(1);
  const sum = (v: Value): Value => g.op("ReduceSum", [v, g.ints([1])], { keepdims: 1 });
  const weight = sum(cotangent);
  const others = g.op("Mul", [g.op("Softmax", [logits], { axis: 1 }), g.op("Sub", [one, cotangent])]);
  const ofClass = g.op("Sub", [g.op("Mul", [cotangent, sum(others)]), others]);
  return g.op("Add", [g.op("Mul", [cotangent, g.op("Sub", [one, weight])]), g.op("Mul", [weight, ofClass])]);
}

/** From a slope by the network's input to one by the pixel in 0..1: times the width of the channel's range. */
function perPixel({ g, classifier, params }: EmitContext, slope: Value): Value {
  const { range, layout, channels } = classifier;
  if (params.units !== "pixel" || range === undefined) return slope;
  const widths = Float32Array.from(range.high, (high, c) => high - (range.low[c] as number));
  const dims = layout === "nchw" ? [1, channels, 1, 1] : [1, 1, 1, channels];
  return widths.length === channels ? g.op("Mul", [slope, g.constant(tensor("float32", dims, widths))]) : slope;
}

const emit = (context: EmitContext): Emitted => {
  const { g, classifier, params } = context;
  const logits = logitsOf(context);
  const { gradients, notes } = gradientsOf(
    {
      g,
      classifier: { ...classifier, scores: logits.name },
      cotangent: logProbabilitySlope(context, logits),
    },
    [classifier.input.name],
  );
  const channel = classifier.layout === "nchw" ? 1 : 3;
  const largest = g.op("ReduceMax", [g.op("Abs", [perPixel(context, gradients[0] as Value)]), g.ints([channel])], {
    keepdims: 0,
  });
  let plane = g.op("Unsqueeze", [largest, g.ints([1])]);
  for (let i = 0; i < (params.dilations as number); i++)
    plane = g.op("MaxPool", [plane], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
  return { map: g.op("Squeeze", [plane, g.ints([1])]), notes };
};

/** The map [N,H,W] is not negative: max over channels of |d log p / dx|, whichever of logit and probability `output` names. */
export const gradMagnitude: Method = {
  id: "grad-magnitude",
  aliases: ["gradient-magnitude", "abs-gradient"],
  title: "Magnitude of the probability's gradient, dilated",
  source:
    "Simonyan, Vedaldi, Zisserman 2014 (arXiv 1312.6034), section 3.1, on log p; grey dilation with a 3x3 maximum",
  params: {
    units: oneOf(
      "pixel",
      ["pixel", "input"],
      "slope by pixels in 0..1 (SPEC 5.3; channels weigh by the preprocessing's standard deviations), or by the network's input",
    ),
    dilations: integer(0, 0, "times that every pixel takes the largest value of its 3x3 neighbourhood"),
  },
  space: "pixel",
  signed: () => false,
  cost: "1 forward + 1 backward",
  gradients: true,
  emit,
  plan: onePass(emit),
};
