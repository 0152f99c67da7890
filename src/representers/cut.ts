/** @file A network cut before the matrix that is explained: its last linear layer, or the one that feeds a hidden ReLU. */
import { close, type Ops } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import { producers } from "../graph/topology.ts";
import type { Model, Node } from "../graph/types.ts";
import { cutAt, type LinearEnd, linearEnd } from "../methods/linear-end.ts";
import { FEATURES } from "../train/head.ts";
import type { ActivationName } from "./activations.ts";

export interface Cut {
  /** The network up to {@link Cut.output} `[N, width]`. */
  readonly model: Model;
  readonly output: string;
  readonly input: string;
  /** The value that is cut at, and what makes rows of it. */
  readonly at: Pick<LinearEnd, "features" | "pooled">;
  readonly width: number;
  /** The matrix behind the cut; undefined where it is not linear, and labels alone can be fitted to. */
  readonly end: LinearEnd | undefined;
  /** Rows of the matrix: classes, or units of a hidden layer. */
  readonly outputs: number;
  /** What follows it. */
  readonly activation: ActivationName;
}

export interface Reading {
  readonly model: Model;
  readonly ops: Ops;
  readonly input: string;
  /** Value with the class scores. */
  readonly scores: string;
  readonly classes: number;
}

/**
 * Without a layer, before the last linear one. A layer that is a ReLU with a linear layer before it, or that linear layer, is explained in
 * place of the classes: its pre-activations are the scores. Any other layer gives features, its mean over positions where it has any,
 * for a fit to labels.
 *
 * Throws `E_LAYER_UNKNOWN`; `E_LAYER_UNSUITABLE` where the network does not end in a linear layer, or the layer has no fixed size.
 */
export function cutNetwork({ model, ops, input, scores, classes }: Reading, layer?: string): Cut {
  const { graph } = model;
  if (layer === undefined) {
    const end = linearEnd(model, scores);
    if (end === undefined)
      throw new OnnxplainError(
        "E_LAYER_UNSUITABLE",
        `\`${scores}\` is made by ${maker(producers(graph), scores)?.op ?? "nothing"}, not by a linear layer, so it is no sum over features. Name a layer with \`--layer\`: a hidden ReLU behind a linear layer, or any layer whose features are to be fitted to labels. \`onnxplain inspect\` lists them.`,
      );
    return { ...opened(model, ops, end), input, end, outputs: classes, activation: "softmax" };
  }
  const produced = producers(graph);
  const node = produced.get(layer) ?? graph.nodes.find((n) => n.name === layer);
  const value = node?.outputs[0] ?? layer;
  if (!graph.facts.has(value))
    throw new OnnxplainError("E_LAYER_UNKNOWN", `No layer is named \`${layer}\`. \`onnxplain inspect\` lists them.`);
  const made = maker(produced, value);
  const before = made?.op === "Relu" ? made.inputs[0] : value;
  const gated = made?.op === "Relu" || graph.nodes.some((n) => n.op === "Relu" && n.inputs[0] === value);
  const end = before !== undefined && gated ? linearEnd(model, before) : undefined;
  if (end) return { ...opened(model, ops, end), input, end, outputs: end.bias.length, activation: "relu" };
  return {
    ...opened(model, ops, { features: value, pooled: (graph.facts.get(value)?.dims?.length ?? 2) > 2 }),
    input,
    end: undefined,
    outputs: classes,
    activation: "softmax",
  };
}

/** The node that makes a value, whatever names it bears on the way. */
function maker(made: ReadonlyMap<string, Node>, value: string): Node | undefined {
  const node = made.get(value);
  return node?.op === "Identity" ? maker(made, node.inputs[0] ?? "") : node;
}

function opened(
  model: Model,
  ops: Ops,
  at: Pick<LinearEnd, "features" | "pooled"> & { readonly width?: number },
): Pick<Cut, "model" | "output" | "at" | "width"> {
  const { g, rows } = cutAt(model, at, ops);
  const width = at.width ?? rows.dims?.[1];
  if (typeof width !== "number")
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `\`${at.features}\` has no fixed size; expected [N, d] or [N, d, …].`,
    );
  let output = FEATURES;
  while (model.graph.facts.has(output)) output += "_";
  const cut = close(model, g, [g.alias(rows, output)]);
  return { model: cut, output, width, at: { features: at.features, pooled: at.pooled } };
}

/** Θ_given `[outputs, width + 1]`: weights, and the bias as last column; without it `[outputs, width]`. */
export function thetaOf({ weight, bias, width }: LinearEnd, withBias: boolean): Float64Array {
  const columns = width + (withBias ? 1 : 0);
  const theta = new Float64Array(bias.length * columns);
  bias.forEach((b, j) => {
    theta.set(weight.subarray(j * width, (j + 1) * width), j * columns);
    if (withBias) theta[j * columns + width] = b;
  });
  return theta;
}
