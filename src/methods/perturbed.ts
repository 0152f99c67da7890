/** @file A classifier behind a graph of our own: perturbed images are made inside the graph, from one image and small rows. */
import type { Ops } from "../diff/emit.ts";
import { extend } from "../diff/emit.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import type { Graph, Model } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";

/** The input that holds the image: a batch of 1 that all rows share, in the classifier's own layout. */
export const IMAGE = "image";

const emptyGraph = (name: string): Graph => ({
  name,
  inputs: [],
  outputs: [],
  constants: new Map(),
  nodes: [],
  facts: new Map(),
});

/** What a perturbation sees. */
export interface Perturbing {
  readonly g: GraphBuilder;
  /** [1,C,H,W] or [1,H,W,C]. */
  readonly image: Value;
  /** Batch axis of row inputs: declare them with `g.input(name, "float32", [batch, …])`. */
  readonly batch: Dim;
}

/** A graph of nothing but the perturbation: where a batch is made for a scorer that is not ONNX. */
export function perturbationGraph(
  { input, model, ops }: Pick<Classifier, "input" | "model"> & { readonly ops: Ops },
  perturb: (p: Perturbing) => Value,
): { readonly g: GraphBuilder; readonly batch: Value; readonly model: Model } {
  const blank: Model = { ...model, graph: emptyGraph(model.graph.name) };
  const g = extend(blank, ops);
  const [batch = "N", ...rest] = input.dims as readonly Dim[];
  const image = g.input(IMAGE, "float32", [1, ...rest]);
  return { g, batch: perturb({ g, image, batch }), model: blank };
}

/**
 * The classifier, fed by `perturb(image)` [N,…] instead of its input. Its values keep their names, so layers and scores are
 * found as before; `image` and whatever inputs `perturb` declares are the inputs of the new graph.
 */
export function perturbed(classifier: Classifier, perturb: (p: Perturbing) => Value): Classifier {
  const made = perturbationGraph(classifier, perturb);
  made.g.alias(made.batch, classifier.input.name);
  const before = made.g.build([]);
  const { graph } = classifier.model;
  const joined: Graph = {
    ...graph,
    inputs: before.inputs,
    constants: new Map([...graph.constants, ...before.constants]),
    nodes: [...before.nodes, ...graph.nodes],
    facts: new Map([...before.facts, ...graph.facts]),
  };
  return { ...classifier, model: { ...classifier.model, graph: joined } };
}
