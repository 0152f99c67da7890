/** @file Inputs moved against the network: steps along the sign of the cross-entropy's gradient, within a box around the picture. */
import { close, extend } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { tensor } from "../graph/tensor.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import { gradientsOf } from "../methods/one-pass.ts";
import { formula } from "../ops/formula.ts";

/** Names of the inputs of {@link attackModel} beside the network's own, and of its outputs. */
export const ATTACK = {
  origin: "attack/origin",
  target: "attack/target",
  epsilon: "attack/epsilon",
  step: "attack/step",
  moved: "attack/moved",
  scores: "attack/scores",
} as const;

/**
 * One step of an attack: x' = clip(x + step s sign(dCE/dx)), CE = -log softmax(scores)[target], s the pixel range of each channel; clipped
 * to origin +- epsilon s and to the pixel range. Inputs: the network's, `origin` of the same shape, `target` int64 `[N]`, `epsilon` and
 * `step` (scalars, shares of the pixel range). Outputs: `moved`, of the input's shape, and `scores` `[N, classes]`.
 *
 * Source: Goodfellow et al. 2015 (FGSM: one step of epsilon); Madry et al. 2018 (PGD: several). Throws `E_PARAM` where the pixel range is
 * not known, `E_NO_DERIVATIVE`, `E_UNSUPPORTED_OP`.
 */
export function attackModel(classifier: Classifier): Model {
  const { model, ops, input, range, scores } = classifier;
  if (range === undefined)
    throw new OnnxplainError(
      "E_PARAM",
      "An attack is bounded by the pixel range, and nothing tells it. State the preprocessing (`--preset`, `--range`, `--mean`, `--std`).",
    );
  const g = extend(model, ops);
  const m = formula(g, "float32");
  const x = g.value(input.name);
  const origin = g.input(ATTACK.origin, "float32", input.dims ?? []);
  const [epsilon, step] = [ATTACK.epsilon, ATTACK.step].map((name) => g.input(name, "float32", [])) as [Value, Value];
  const cotangent = m.sub(g.op("Softmax", [g.value(scores)], { axis: 1 }), targetRows(g, classifier));
  const { gradients } = gradientsOf({ g, classifier, cotangent }, [input.name]);
  const [low, high] = [range.low, range.high].map((values) => ofChannels(g, classifier, values)) as [Value, Value];
  const span = m.sub(high, low);
  const away = m.mul(span, epsilon);
  const stepped = m.add(x, m.mul(m.mul(span, step), m.sign(gradients[0] as Value)));
  const near = clipped(g, stepped, m.sub(origin, away), m.add(origin, away));
  const moved = g.alias(clipped(g, near, low, high), ATTACK.moved);
  return close(model, g, [moved, g.alias(g.value(scores), ATTACK.scores)]);
}

const clipped = (g: GraphBuilder, value: Value, low: Value, high: Value): Value =>
  g.op("Min", [g.op("Max", [value, low]), high]);

/** One-hot `[N, classes]`. */
function targetRows(g: GraphBuilder, { classes, input }: Classifier): Value {
  const target = g.input(ATTACK.target, "int64", [input.dims?.[0] ?? "N"]);
  const range = g.op("Range", [g.scalar(0, "int64"), g.scalar(classes, "int64"), g.scalar(1, "int64")]);
  return g.op("Cast", [g.op("Equal", [g.op("Unsqueeze", [target, g.ints([1])]), range])], {
    to: dtypeCode("float32"),
  });
}

/** A number for each channel, broadcast over a picture; one number stands for all. */
function ofChannels(g: GraphBuilder, { layout, channels }: Classifier, values: readonly number[]): Value {
  const all = values.length === 1 ? Array.from({ length: channels }, () => values[0] as number) : values;
  return g.constant(tensor("float32", layout === "nchw" ? [1, channels, 1, 1] : [1, 1, 1, channels], all));
}
