/** @file What influence functions look at: labelled points, and a last linear layer that stands on their features. */
import { OnnxplainError } from "../errors.ts";

/** Rows of features in a row; `FeatureBlock` is one. */
export interface PointBlock {
  /** Place of the first row. */
  readonly first: number;
  readonly count: number;
  /** `[count, width]`, C order. */
  readonly rows: Float32Array | Float64Array;
}

/** Points by their features; `FeatureSource` is one. Walked as often as wanted, always in the same order. */
export interface Points {
  readonly count: number;
  /** Features of a point, without the constant 1 that stands for the bias. */
  readonly width: number;
  readonly blocks: (size?: number) => AsyncIterable<PointBlock>;
}

/** Softmax cross-entropy over all classes, or binary cross-entropy of the one logit of class 1. */
export type LayerLoss = "softmax" | "logistic";

/** A last linear layer. */
export interface Layer {
  readonly loss: LayerLoss;
  /** Rows of `theta`: the classes of a softmax, 1 for logistic. */
  readonly outputs: number;
  /** The last column belongs to the constant 1. */
  readonly bias: boolean;
  /** `[outputs, columns]`, C order. */
  readonly theta: Float64Array;
}

/** Minimum of `(1/n) sum L_i + (weightDecay / 2) ||theta||^2`; the decay is 2 lambda of the representer theorem. */
export interface Study {
  readonly points: Points;
  /** `[n, outputs]`: probabilities that the loss compares with; see {@link targetsOf}. */
  readonly targets: Float64Array;
  readonly layer: Layer;
  readonly weightDecay: number;
}

export { inMemory as pointsOf } from "./features.ts";

export const columnsOf = (layer: Pick<Layer, "bias">, width: number): number => width + Number(layer.bias);

/**
 * `[n, outputs]` of labels `[n]`: one-hot for a softmax over `outputs` classes; for logistic the label itself, 0 or 1.
 * Throws `E_TARGET_RANGE`.
 */
export function targetsOf(labels: ArrayLike<number>, { loss, outputs }: Pick<Layer, "loss" | "outputs">): Float64Array {
  const targets = new Float64Array(labels.length * outputs);
  const classes = loss === "logistic" ? 2 : outputs;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (!Number.isInteger(label) || label < 0 || label >= classes)
      throw new OnnxplainError(
        "E_TARGET_RANGE",
        `Label ${label} of point ${i} is no class from 0 to ${classes - 1}; check the labels against the classes of the layer.`,
      );
    if (loss === "logistic") targets[i] = label;
    else targets[i * outputs + label] = 1;
  }
  return targets;
}

/** Throws `E_INPUT_SHAPE`, `E_DATA_EMPTY`, `E_PARAM` where the parts of a study do not fit. */
export function checkStudy({ points, targets, layer, weightDecay }: Study): void {
  if (points.count === 0) throw new OnnxplainError("E_DATA_EMPTY", "There is no training point; check the data.");
  const columns = columnsOf(layer, points.width);
  if (layer.loss === "logistic" && layer.outputs !== 1)
    throw new OnnxplainError("E_PARAM", `A logistic layer has one output, got ${layer.outputs}; take \`softmax\`.`);
  if (layer.theta.length !== layer.outputs * columns)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected a layer of [${layer.outputs}, ${columns}] on features of width ${points.width}${layer.bias ? " and a bias" : ""}, got ${layer.theta.length} numbers.`,
    );
  if (targets.length !== points.count * layer.outputs)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected targets of [${points.count}, ${layer.outputs}], got ${targets.length} numbers; give one row a point.`,
    );
  if (!(weightDecay >= 0 && Number.isFinite(weightDecay)))
    throw new OnnxplainError("E_PARAM", `The weight decay is ${weightDecay}, expected a finite number from 0 up.`);
}
