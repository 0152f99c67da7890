/** @file What a layer says of pictures, and which way the class score rises there: whole, or averaged over positions. */
import { close, extend, reverse } from "../../diff/emit.ts";
import { OnnxplainError } from "../../errors.ts";
import type { GraphBuilder, Value } from "../../graph/builder.ts";
import { elementCount, isStatic } from "../../graph/dim.ts";
import { tensor } from "../../graph/tensor.ts";
import type { Model } from "../../graph/types.ts";
import type { Classifier } from "../../methods/classifier.ts";
import { defaultLayer, type Layer, namedLayer } from "../../methods/layers.ts";
import { noPath } from "../../methods/one-pass.ts";
import { sourceOf } from "../boundary.ts";
import { OUT } from "../graphs.ts";
import type { Pictures } from "../pictures.ts";
import { openStream, type Stream, type StreamOptions } from "../stream.ts";

/** `mean`: one number a channel, the mean over positions. `kept`: every value of the layer. */
export type Positions = "mean" | "kept";
export const POSITIONS: readonly Positions[] = ["mean", "kept"];

/** A value that concepts are looked for at; it may have no positions at all. */
export interface ConceptLayer {
  readonly name: string;
  readonly channels: number;
  /** Numbers in one picture's value. */
  readonly width: number;
  /** Axes of positions; none for a plain vector of features. */
  readonly axes: readonly number[];
  /** Tokens that lie on the grid, the last ones; undefined for other layouts. */
  readonly tokens: number | undefined;
}

const AXES: Readonly<Record<Layer["layout"], readonly number[]>> = { nchw: [2, 3], nhwc: [1, 2], tokens: [1] };

/**
 * The named layer, or the last spatial feature map. A vector of features `[N, C]` will do as well. Throws `E_LAYER_UNKNOWN`,
 * `E_LAYER_UNSUITABLE` for free dimensions or other ranks.
 */
export function conceptLayer(classifier: Classifier, wanted?: string): ConceptLayer {
  const { graph } = classifier.model;
  const made = graph.nodes.find((n) => n.name === wanted || n.outputs.includes(wanted ?? ""));
  const name = wanted !== undefined && graph.facts.has(wanted) ? wanted : made?.outputs[0];
  const dims = name === undefined ? undefined : graph.facts.get(name)?.dims;
  if (name !== undefined && dims?.length === 2 && typeof dims[1] === "number")
    return { name, channels: dims[1], width: dims[1], axes: [], tokens: undefined };
  const layer = wanted === undefined ? defaultLayer(classifier) : namedLayer(classifier, wanted);
  const own = layer.dims.slice(1);
  if (!isStatic(own))
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `Layer \`${layer.name}\` has the free dimensions [${layer.dims.join()}]; concepts need features of a fixed size. Fix the model's input size (\`--size\`).`,
    );
  return {
    name: layer.name,
    channels: layer.channels,
    width: elementCount(own),
    axes: AXES[layer.layout],
    tokens: layer.layout === "tokens" ? layer.grid[0] * layer.grid[1] : undefined,
  };
}

/** Numbers in what is read. */
export const readWidth = ({ channels, width }: ConceptLayer, positions: Positions): number =>
  positions === "mean" ? channels : width;

function readAt(g: GraphBuilder, value: Value, at: { layer: ConceptLayer; positions: Positions }): Value {
  const { layer, positions } = at;
  const shape = g.ints([-1, readWidth(layer, positions)]);
  if (positions === "kept" || layer.axes.length === 0) return g.op("Reshape", [value, shape]);
  const { tokens } = layer;
  const grid =
    tokens === undefined
      ? value
      : g.op("Slice", [value, g.ints([-tokens]), g.ints([Number.MAX_SAFE_INTEGER]), g.ints([1])]);
  return g.op("Reshape", [g.op("ReduceMean", [grid, g.ints(layer.axes)], { keepdims: 0 }), shape]);
}

/** The layer's value as `[N, width]`. */
export function activationGraph({ model, ops }: Classifier, layer: ConceptLayer, positions: Positions): Model {
  const g = extend(model, ops);
  return close(model, g, [g.alias(readAt(g, g.value(layer.name), { layer, positions }), OUT.features)]);
}

/**
 * The derivative of one class score by the layer as `[N, width]`; with positions averaged, up to the factor of their number, the slope
 * along a step that is the same everywhere. Throws `E_TARGET_RANGE`, `E_NO_DERIVATIVE`, `E_METHOD_UNSUITABLE`.
 */
export function slopeGraph(
  classifier: Classifier,
  layer: ConceptLayer,
  { target, positions }: { readonly target: number; readonly positions: Positions },
): Model {
  const { model, ops, scores, classes } = classifier;
  if (!(Number.isInteger(target) && target >= 0 && target < classes))
    throw new OnnxplainError(
      "E_TARGET_RANGE",
      `Expected a class from 0 to ${classes - 1}, got ${target}. The model has ${classes} class scores.`,
    );
  const g = extend(model, ops);
  const one = Float32Array.from({ length: classes }, (_, c) => (c === target ? 1 : 0));
  const seed = g.op("Expand", [g.constant(tensor("float32", [1, classes], one)), g.op("Shape", [g.value(scores)])]);
  const { cotangents } = reverse({
    g,
    nodes: model.graph.nodes,
    ops,
    from: new Map([[scores, seed]]),
    to: [layer.name],
  });
  const found = cotangents.get(layer.name);
  if (!found) throw noPath(layer.name, scores);
  return close(model, g, [g.alias(readAt(g, found, { layer, positions }), OUT.features)]);
}

/** Rows of one length, one for each picture. */
export type Rows = readonly Float32Array[];

/** Every picture through a graph of {@link activationGraph} or {@link slopeGraph}; all rows are held. Throws `E_NUMERIC`. */
export async function rowsOf(
  classifier: Classifier,
  model: Model,
  pictures: Pictures,
  options: StreamOptions = {},
): Promise<Rows> {
  if (pictures.count === 0) return [];
  const stream = await openStream(sourceOf(classifier, model), options);
  try {
    return await rowsThrough(stream, pictures);
  } finally {
    await stream.dispose();
  }
}

/** {@link rowsOf} on an open stream. */
export async function rowsThrough(stream: Stream, pictures: Pictures): Promise<Rows> {
  const rows: Float32Array[] = [];
  await stream.each(pictures, [OUT.features], (got, { count }) => {
    const data = got[OUT.features]?.data as Float32Array;
    const width = data.length / count;
    for (let i = 0; i < count; i++) rows.push(data.slice(i * width, (i + 1) * width));
  });
  const bad = rows.findIndex((row) => !row.every(Number.isFinite));
  if (bad >= 0)
    throw new OnnxplainError(
      "E_NUMERIC",
      `What the layer says of picture ${bad} is not finite. Leave the picture out, or check the model's preprocessing.`,
    );
  return rows;
}
