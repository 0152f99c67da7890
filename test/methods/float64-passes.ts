/** @file Passes in float64 through the reference interpreter, one at a time: what methods of many forwards are compared with. */
import type { Explainer } from "../../src/index.ts";
import type { Classifier } from "../../src/methods/classifier.ts";
import { type Layer, namedLayer } from "../../src/methods/layers.ts";
import type { NumTensor } from "../../src/ops/num-tensor.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { float64 } from "../nets.ts";

export interface Passes {
  readonly classifier: Classifier;
  readonly layer: Layer;
  /** The layer's value. */
  readonly activation: NumTensor;
  /** The layer as `[channel][position]`, class and register tokens left out. */
  readonly channels: readonly (readonly number[])[];
  /** Index in the layer's value of a channel at a position of the grid. */
  readonly at: (c: number, p: number) => number;
  readonly scores: (image: ArrayLike<number>) => readonly number[];
  /** Scores of the image with another value for the layer; the rest of the network runs as it is. */
  readonly scoresWith: (layer: ArrayLike<number>) => readonly number[];
}

/** Passes of one image. */
export function passesOf(
  model: Explainer,
  name: string,
  x: { readonly dims: readonly number[]; readonly data: ArrayLike<number> },
): Passes {
  const classifier = model.classifier({ layer: name });
  const { graph } = classifier.model;
  const layer = namedLayer(classifier, name);
  const run = (image: ArrayLike<number>, wanted: string): NumTensor =>
    interpret(graph, new Map([[classifier.input.name, float64(x.dims, image)]]), classifier.ops, [wanted]).get(
      wanted,
    ) as NumTensor;
  const activation = run(x.data, layer.name);
  const cut = { ...graph, nodes: graph.nodes.filter((n) => !n.outputs.includes(layer.name)) };
  const positions = layer.grid[0] * layer.grid[1];
  const size = activation.data.length / layer.channels;
  const at = (c: number, p: number): number =>
    layer.layout === "nchw" ? c * positions + p : (size - positions + p) * layer.channels + c;
  return {
    classifier,
    layer,
    activation,
    at,
    channels: Array.from({ length: layer.channels }, (_, c) =>
      Array.from({ length: positions }, (__, p) => activation.data[at(c, p)] as number),
    ),
    scores: (image) => Array.from(run(image, classifier.scores).data),
    scoresWith: (value) => {
      const feeds = new Map([
        [classifier.input.name, float64(x.dims, x.data)],
        [layer.name, float64(activation.dims, value)],
      ]);
      return Array.from(interpret(cut, feeds, classifier.ops, [classifier.scores]).get(classifier.scores)?.data ?? []);
    },
  };
}

export function softmax(v: readonly number[]): readonly number[] {
  const e = v.map((t) => Math.exp(t));
  const total = e.reduce((a, b) => a + b, 0);
  return e.map((t) => t / total);
}
