/** @file A whole classic pipeline as one model: a picture in, one score a class out. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import type { Model } from "../graph/types.ts";
import type { Size } from "../image/types.ts";
import { modelOf } from "../ops/model-of.ts";
import { emitEncoding } from "./encode-graph.ts";
import { type Encoding, type FisherPipeline, vectorWidth } from "./pipeline.ts";
import { fittingGrids } from "./sessions.ts";

/** Names of inputs and outputs. */
export const PORTS = { image: "image", scores: "scores", phi: "phi" } as const;

const imageInput = (g: GraphBuilder, size?: Size): Value =>
  g.input(PORTS.image, "float32", ["N", 3, size?.height ?? "height", size?.width ?? "width"]);

/** `image` as in {@link pipelineModel} to `phi` `[N, V]`. Throws `E_INPUT_SHAPE`. */
export function encodingModel(encoding: Encoding, size?: Size): Model {
  if (size) fittingGrids(size, encoding.sift);
  return modelOf("fisher-vector", (g) => ({ [PORTS.phi]: emitEncoding(g, imageInput(g, size), encoding).phi }));
}

/**
 * `image` float32 `[N, 3, H, W]`, R, G, B in 0 … 1, to `scores` `[N, classes]`: w . Phi + b. Without a size, batch, height and width are
 * free, and every bin size must fit; with one, those that do not fit are left out. Scores as the plain pipeline's within 1e-4.
 *
 * Throws `E_INPUT_SHAPE` for a size that no descriptor fits.
 */
export function pipelineModel({ encoding, classifiers }: FisherPipeline, size?: Size): Model {
  const { classes, weights, biases } = classifiers;
  const width = vectorWidth(encoding);
  if (size) fittingGrids(size, encoding.sift);
  return modelOf("fisher", (g) => {
    const { phi } = emitEncoding(g, imageInput(g, size), encoding);
    const matrix = g.constant(tensor("float32", [classes, width], weights), "w");
    const bias = g.constant(tensor("float32", [classes], biases), "b");
    return { [PORTS.scores]: g.op("Gemm", [phi, matrix, bias], { transB: 1 }) };
  });
}
