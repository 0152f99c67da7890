/** @file A new last layer on the features of a network: trained alone, on features that are computed once, or with all that is below. */
import { close, type Ops } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import { emptyGraph, newModel } from "../graph/new-model.ts";
import { factOf, tensor } from "../graph/tensor.ts";
import type { Graph, Model } from "../graph/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import { cutAt, type LinearEnd, lastConvolutionInput, linearEnd } from "../methods/linear-end.ts";
import { builderOn } from "../ops/infer.ts";
import { normals, scattered } from "../random.ts";
import type { Network } from "./network.ts";

/** Name of the features in {@link Body.model} and of the input of {@link headNetwork}. */
export const FEATURES = "x/features";
const [WEIGHT, BIAS] = ["head.weight", "head.bias"];

/** A network up to its features. */
export interface Body {
  /** Output {@link FEATURES}, `[N, d]`. */
  readonly model: Model;
  readonly width: number;
  readonly cut: Pick<LinearEnd, "features" | "pooled">;
  /** The layer that stood there. */
  readonly end: LinearEnd | undefined;
}

/** Weights of a last layer: `[classes, d]` and `[classes]`. */
export interface HeadWeights {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/**
 * The network below its last linear layer; where there is none, up to the mean of what its last convolution reads; or up to a layer
 * by name (its mean over positions, where it has any). Throws `E_LAYER_UNKNOWN`, `E_LAYER_UNSUITABLE`.
 */
export function bodyOf({ model, scores, ops }: Classifier, layer?: string): Body {
  const end = layer === undefined ? linearEnd(model, scores) : undefined;
  const features = end?.features ?? layer ?? lastConvolutionInput(model);
  if (features === undefined || !model.graph.facts.has(features))
    throw new OnnxplainError(
      "E_LAYER_UNKNOWN",
      layer === undefined
        ? "The network has neither a linear layer nor a convolution that could give features. Name a layer."
        : `No value is named \`${layer}\`. \`onnxplain inspect\` lists them.`,
    );
  const cut = { features, pooled: end?.pooled ?? true };
  const { g, rows } = cutAt(model, cut, ops);
  const width = rows.dims?.[1];
  if (rows.dims?.length !== 2 || typeof width !== "number")
    throw new OnnxplainError("E_LAYER_UNSUITABLE", `\`${features}\` has no fixed size; expected [N, d] or [N, d, …].`);
  return { model: close(model, g, [g.alias(rows, FEATURES)]), width, cut, end };
}

/** Small normal weights, deviation 1/√d, and no bias. */
export function newHead(width: number, classes: number, seed: number): HeadWeights {
  const draw = normals(scattered(seed));
  const scale = 1 / Math.sqrt(width);
  return {
    weight: Float32Array.from({ length: classes * width }, () => scale * draw()),
    bias: new Float32Array(classes),
  };
}

/** The last layer alone: {@link FEATURES} `[N, d]` to `scores` `[N, classes]`. */
export function headNetwork({ weight, bias }: HeadWeights, ops: Ops): Network {
  const classes = bias.length;
  const width = weight.length / classes;
  const g = builderOn(withConstants(emptyGraph("head"), { weight, bias }), ops);
  const scores = g.op("Gemm", [g.input(FEATURES, "float32", ["N", width]), g.value(WEIGHT), g.value(BIAS)], {
    transB: 1,
  });
  const graph = g.build([g.alias(scores, "logits")]);
  return { model: newModel(graph), input: FEATURES, scores: "logits", classes };
}

/** The whole network with this last layer; every other parameter as it was. Scores are logits. */
export function withHead({ model, input, ops }: Classifier, { cut }: Body, head: HeadWeights): Network {
  const { graph } = model;
  const { g, rows } = cutAt({ ...model, graph: withConstants(graph, head) }, cut, ops);
  const scores = g.op("Gemm", [rows, g.value(WEIGHT), g.value(BIAS)], { transB: 1 });
  let name = "logits";
  while (graph.facts.has(name)) name = `head.${name}`;
  const closed = close(model, g, [g.alias(scores, name)]);
  return { model: closed, input: input.name, scores: name, classes: head.bias.length };
}

function withConstants(graph: Graph, { weight, bias }: HeadWeights): Graph {
  const made = [
    [WEIGHT, tensor("float32", [bias.length, weight.length / bias.length], weight)],
    [BIAS, tensor("float32", [bias.length], bias)],
  ] as const;
  const facts = new Map(graph.facts);
  for (const [name, t] of made) facts.set(name, factOf(t));
  return { ...graph, constants: new Map([...graph.constants, ...made]), facts };
}
