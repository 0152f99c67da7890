/** @file Where excitation backprop begins: probability 1 at the unit explained, or shared among positions of its map of scores. */
import { OnnxplainError } from "../errors.ts";
import type { Value } from "../graph/builder.ts";
import { survey } from "../rules/survey.ts";
import type { EmitContext } from "./method.ts";
import { whereOf } from "./relevance-walk.ts";

export interface Top {
  /** Name of the value that holds the probability first. */
  readonly at: string;
  readonly probability: Value;
}

/** A contrast `A-B` starts at its first class. Throws `E_PARAM` for `head=softmax` on a head that is not fully convolutional. */
export function topOf(context: EmitContext): Top {
  const { g, classifier, cotangent, params } = context;
  const unit = g.op("Relu", [cotangent]);
  return params.head === "softmax" ? overPositions(context, unit) : { at: classifier.scores, probability: unit };
}

/** P = exp(score) / sum over positions, on the last convolution's map of class scores (SPEC 5.4, fully convolutional heads). */
function overPositions({ g, classifier }: EmitContext, unit: Value): Top {
  const last = survey(whereOf(classifier)).last?.outputs[0];
  const map = last === undefined ? undefined : g.value(last);
  if (map?.dims?.length !== 4 || map.dims[1] !== classifier.classes)
    throw new OnnxplainError(
      "E_PARAM",
      `\`head=softmax\` shares among positions of a map of class scores [N,${classifier.classes},h,w], and the last layer with weights gives [${map?.dims ?? "?"}]. Leave \`head\` at \`proportional\`.`,
    );
  const shares = g.op("Softmax", [g.op("Reshape", [map, g.ints([0, 0, -1])])], { axis: 2 });
  const positions = g.op("Reshape", [shares, g.op("Shape", [map])]);
  return { at: map.name, probability: g.op("Mul", [positions, g.op("Unsqueeze", [unit, g.ints([2, 3])])]) };
}
