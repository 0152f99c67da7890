/** @file A classifier that answers with one number a row: the score of the class that is explained. */
import { close, extend } from "../diff/emit.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";
import { COTANGENT } from "./one-pass.ts";

/** Output [N]: sum of cotangent and scores. */
export const SCORE = "x/score";

/**
 * The classifier with {@link SCORE} as its only output and the cotangent [1, classes] as one more input.
 * `probability`: of the softmax over the classes, where the scores are not probabilities already.
 */
export function scoreModel(classifier: Classifier, kind: "score" | "probability"): Model {
  const g = extend(classifier.model, classifier.ops);
  return close(classifier.model, g, [emitScore(g, classifier, kind)]);
}

/** {@link SCORE} on a graph that holds the classifier. */
export function emitScore(g: GraphBuilder, classifier: Classifier, kind: "score" | "probability"): Value {
  const cotangent = g.input(COTANGENT, "float32", [1, classifier.classes]);
  const scores = g.value(classifier.scores);
  const values =
    kind === "probability" && classifier.scoreKind === "logits" ? g.op("Softmax", [scores], { axis: 1 }) : scores;
  const score = g.op("ReduceSum", [g.op("Mul", [values, cotangent]), g.ints([1])], { keepdims: 0 });
  return g.alias(score, SCORE);
}
