/** @file A classifier behind a graph of our own: perturbed images are made inside the graph, from one image and small rows. */

import type { Ops } from "../diff/emit.ts";
import { extend } from "../diff/emit.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { emptyGraph } from "../graph/new-model.ts";
import type { Graph, Model } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";

/** The input that holds the image: a batch of 1 that all rows share, in the classifier's own layout. */
export const IMAGE = "x/image";

/** What a perturbation sees. */
export interface Perturbing {
  readonly g: GraphBuilder;
  /** [1,C,H,W] or [1,H,W,C]. */
  readonly image: Value;
  /** Batch axis of row inputs: declare them with `g.input(name, "float32", [batch, …])`, names as `x/…`. */
  readonly batch: Dim;
}
type Perturb = (p: Perturbing) => Value;
type Subject = Pick<Classifier, "input" | "model"> & { readonly ops: Ops };

function emitOn(base: Model, { input, ops }: Subject, perturb: Perturb): { g: GraphBuilder; batch: Value } {
  const g = extend(base, ops);
  const [batch = "N", ...rest] = input.dims as readonly Dim[];
  const image = g.input(IMAGE, "float32", [1, ...rest]);
  return { g, batch: perturb({ g, image, batch }) };
}

/** A graph of nothing but the perturbation: where a batch is made for a scorer that is not ONNX. */
export function perturbationGraph(
  subject: Subject,
  perturb: Perturb,
): { readonly g: GraphBuilder; readonly batch: Value; readonly model: Model } {
  const model: Model = { ...subject.model, graph: emptyGraph(subject.model.graph.name) };
  return { ...emitOn(model, subject, perturb), model };
}

/**
 * The classifier, fed by `perturb(image)` [N,…] instead of its input. Its values keep their names, so layers and scores are
 * found as before; `image` and whatever inputs `perturb` declares are the inputs of the new graph.
 */
export function perturbed(classifier: Classifier, perturb: Perturb): Classifier {
  const { graph } = classifier.model;
  const { name } = classifier.input;
  const inputs = graph.inputs.filter((p) => p.name !== name);
  const facts = new Map([...graph.facts].filter(([value]) => value !== name));
  const open: Model = { ...classifier.model, graph: { ...graph, inputs, facts } };
  const { g, batch } = emitOn(open, classifier, perturb);
  g.alias(batch, name);
  const { nodes, ...rest } = g.build([]);
  const made = nodes.slice(graph.nodes.length);
  const joined: Graph = { ...rest, outputs: graph.outputs, nodes: [...made, ...graph.nodes] };
  return { ...classifier, model: { ...classifier.model, graph: joined } };
}
