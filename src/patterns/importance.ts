/** @file Feature maps of layers and the Grad-CAM weights of their positions, on one grid, in one pass over the network. */
import { close, extend } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Model } from "../graph/types.ts";
import { positionsOf } from "../methods/cam.ts";
import type { Classifier } from "../methods/classifier.ts";
import { gradCam } from "../methods/grad-cam.ts";
import type { Layer } from "../methods/layers.ts";
import { formula } from "../ops/formula.ts";
import { emitPooled, type Grid } from "./pooled.ts";

export interface ImportanceOptions {
  /** Rows and columns that all layers are averaged to; default: those of the last layer given. */
  readonly grid?: Grid | undefined;
  /** Further values of the network, by the name of the output that they become. */
  readonly beside?: Readonly<Record<string, string>> | undefined;
}

/** Outputs of one layer. */
export interface LayerOutputs {
  readonly layer: Layer;
  /** f `[N, H W, channels]`, float32, averaged adaptively. */
  readonly maps: string;
  /** w `[N, H W]`, float32, rows of sum 1. */
  readonly weights: string;
}

export interface ImportanceModel {
  /** Takes the classifier's pictures. */
  readonly model: Model;
  readonly grid: Grid;
  /** In the order of the layers given. */
  readonly layers: readonly LayerOutputs[];
  /** Output `[N, classes]`. */
  readonly scores: string;
  readonly notes: readonly string[];
}

/**
 * Maps and weights of layers. The weights are Grad-CAM of each picture's own predicted class, at the layer's own size, ReLU, averaged
 * adaptively to the grid, divided by their sum; all alike where the map is 0.
 *
 * Source: Selvaraju et al. 2017; SPEC 1.5 [R]. Throws `E_PARAM` for no layer or no grid, `E_LAYER_UNSUITABLE`, `E_NO_DERIVATIVE`,
 * `E_UNSUPPORTED_OP`.
 */
export function importanceModel(
  classifier: Classifier,
  layers: Layer | readonly Layer[],
  { grid: asked, beside = {} }: ImportanceOptions = {},
): ImportanceModel {
  const all = [layers].flat() as readonly Layer[];
  const grid = asked ?? all.at(-1)?.grid;
  if (grid === undefined || !grid.every((side) => Number.isInteger(side) && side >= 1))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected layers and a grid of rows and columns, got ${all.length} layers and [${grid?.join() ?? ""}].`,
    );
  const g = extend(classifier.model, classifier.ops);
  const cotangent = predictedClass(g, classifier);
  const notes = new Set<string>();
  const outputs: Value[] = [];
  const publish = (value: Value, name: string): string => {
    outputs.push(g.alias(value, name));
    return name;
  };
  const named = all.map((layer, at): LayerOutputs => {
    const emitted = (gradCam.emit as Exclude<typeof gradCam.emit, { none: string }>)({
      g,
      classifier,
      params: { relu: true },
      layer,
      cotangent,
    });
    for (const note of emitted.notes) notes.add(note);
    return {
      layer,
      maps: publish(rowsOf(g, layer, grid), `x/maps/${at}`),
      weights: publish(weightsOf(g, emitted.map, layer.grid, grid), `x/weights/${at}`),
    };
  });
  const scores = publish(g.value(classifier.scores), "x/scores");
  for (const [name, value] of Object.entries(beside)) publish(g.value(value), name);
  return { model: close(classifier.model, g, outputs), grid, layers: named, scores, notes: [...notes] };
}

/** 1 at the class of the largest score, the first of equal ones: `[N, classes]`. */
function predictedClass(g: GraphBuilder, { scores, classes }: Classifier): Value {
  const range = g.op("Range", [g.scalar(0, "int64"), g.scalar(classes, "int64"), g.scalar(1, "int64")]);
  const first = g.op("ArgMax", [g.value(scores)], { axis: 1, keepdims: 1 });
  return formula(g, "float32").mask(g.op("Equal", [first, range]));
}

/** The layer `[N, H W, C]` on the grid. */
function rowsOf(g: GraphBuilder, layer: Layer, [height, width]: Grid): Value {
  const planes = g.op("Reshape", [
    positionsOf(g, g.value(layer.name), layer),
    g.ints([0, layer.channels, ...layer.grid]),
  ]);
  const small = emitPooled(g, planes, layer.grid, [height, width]);
  const flat = g.op("Reshape", [small, g.ints([0, layer.channels, height * width])]);
  return g.op("Transpose", [flat], { perm: [0, 2, 1] });
}

/** A map `[N, h, w]` of numbers >= 0 on the grid, each divided by its sum: `[N, H W]`. Scaled by its largest first, so that no sum underflows. */
function weightsOf(g: GraphBuilder, map: Value, from: Grid, [height, width]: Grid): Value {
  const m = formula(g, "float32");
  const planes = g.op("Reshape", [map, g.ints([0, 1, ...from])]);
  const flat = g.op("Reshape", [emitPooled(g, planes, from, [height, width]), g.ints([0, height * width])]);
  const largest = g.op("ReduceMax", [flat, g.ints([1])], { keepdims: 1 });
  const some = m.greater(largest, 0);
  const shares = m.where(some, m.div(flat, m.where(some, largest, 1)), 1);
  return m.div(shares, m.sum(shares, [1]));
}
