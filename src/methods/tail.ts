/** @file The network from a layer on: a classifier whose graph begins there, for rows that change nothing before it. */
import { extend } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, formatDims, isStatic } from "../graph/dim.ts";
import { producers, uses } from "../graph/topology.ts";
import type { Fact, Graph, Node } from "../graph/types.ts";
import type { Classifier } from "./classifier.ts";
import { LAYER, layerProbe } from "./layer-features.ts";
import type { Layer } from "./layers.ts";
import type { Probe, Row, RowResult } from "./method.ts";

/** What stands in for the layer. */
export interface Replacing {
  readonly g: GraphBuilder;
  /** The layer's own value, batch of 1. */
  readonly layer: Value;
  /** Batch axis of row inputs: declare them with `g.input(name, "float32", [batch, …])`. */
  readonly batch: Dim;
}

export interface Tail {
  /** Takes {@link LAYER} and values that go around the layer, a batch of 1 each, and what the replacement declares. */
  readonly classifier: Classifier;
  /** The run of the network that finds them. */
  readonly probe: Probe;
  /** Shared inputs of a tail's plan. */
  readonly shared: (found: RowResult) => Row;
}

/**
 * The classifier from `layer` on, fed by `replace(layer)` [N,…]. Values that other paths carry past the layer are computed
 * once and repeated for every row. Throws `E_LAYER_UNSUITABLE` where the layer does not reach the scores, or what goes
 * around it has no batch axis to repeat.
 */
export function tail(classifier: Classifier, layer: Layer, replace: (r: Replacing) => Value): Tail {
  const { model, ops, input } = classifier;
  const { graph } = model;
  const { nodes, around } = cut(classifier, layer.name);
  const [batch = "N"] = input.dims as readonly Dim[];
  const carried = around.filter((name) => graph.facts.get(name)?.content === undefined);
  const inputOf = new Map(carried.map((name, i) => [name, `x/around.${i}`]));

  const g = extend({ ...model, graph: namesOnly(graph) }, ops);
  const own = graph.facts.get(layer.name) as Fact;
  const replaced = replace({ g, layer: g.input(LAYER, own.dtype, [1, ...layer.dims.slice(1)]), batch });
  const rows = g.op("Shape", [replaced], { start: 0, end: 1 });
  const carry = (name: string): Value => {
    const fact = graph.facts.get(name) as Fact;
    return fact.content
      ? counted(g, fact.content, { name, batch, rows })
      : repeated(g, fact, { name, batch, rows, inputOf });
  };
  const standIns = [same(replaced, layer.name), ...around.map((name) => same(carry(name), name))];
  const before = g.build([]);
  const joined: Graph = {
    ...graph,
    inputs: before.inputs,
    constants: new Map([...graph.constants, ...before.constants]),
    nodes: [...before.nodes, ...standIns, ...nodes],
    facts: before.facts,
  };
  const probe = layerProbe(classifier, layer, Object.fromEntries(carried.map((n) => [inputOf.get(n) as string, n])));
  return {
    classifier: { ...classifier, model: { ...model, graph: joined } },
    probe,
    shared: (found) => Object.fromEntries(probe.outputs.map((n) => [n, found[n] as Float32Array])),
  };
}

/** No node at all, but every name of `graph` is taken: what is emitted here is put before its nodes. */
const namesOnly = (graph: Graph): Graph => ({ ...graph, inputs: [], outputs: [], constants: new Map(), nodes: [] });

/** Gives a value the name that the network knows it by. */
const same = (value: Value, name: string): Node => ({
  op: "Identity",
  domain: "",
  name: `x/${name}`,
  inputs: [value.name],
  outputs: [name],
  attrs: {},
});

/** All values that depend on the named one, itself included. */
function downstream({ nodes }: Graph, name: string): ReadonlySet<string> {
  const seen = new Set([name]);
  for (const node of nodes) if (uses(node).some((n) => seen.has(n))) for (const o of node.outputs) seen.add(o);
  return seen;
}

/** The nodes that the scores need once the layer is known, and the other values of the image that these nodes read. */
function cut(
  { model: { graph }, scores, input }: Classifier,
  layer: string,
): { readonly nodes: readonly Node[]; readonly around: readonly string[] } {
  const [ofLayer, ofImage] = [downstream(graph, layer), downstream(graph, input.name)];
  if (!ofLayer.has(scores))
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `No path leads from \`${layer}\` to the class scores \`${scores}\`. Choose another layer (\`onnxplain inspect\` lists them).`,
    );
  const maker = producers(graph).get(layer);
  const needed = new Set([scores]);
  const nodes: Node[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (node === maker || !node.outputs.some((o) => needed.has(o))) continue;
    const made = node.outputs.some((o) => ofLayer.has(o)) || !node.outputs.some((o) => ofImage.has(o));
    if (!made) continue;
    nodes.push(node);
    for (const name of uses(node)) needed.add(name);
  }
  const kept = new Set(nodes.flatMap((n) => n.outputs));
  const around = [...needed].filter((n) => n !== layer && ofImage.has(n) && !kept.has(n));
  return { nodes: nodes.reverse(), around };
}

interface Passing {
  readonly name: string;
  readonly batch: Dim;
  /** How many rows there are, [1]. */
  readonly rows: Value;
}

/** A shape tensor for the rows at hand. */
function counted(g: GraphBuilder, content: readonly Dim[], { name, batch, rows }: Passing): Value {
  const parts = content.map((d) => (typeof d === "number" ? g.ints([d]) : d === batch ? rows : undefined));
  if (parts.some((p) => p === undefined)) throw impassable(name, `is the shape [${content}]`);
  return g.op("Concat", parts as readonly Value[], { axis: 0 });
}

/** A value of the one image, once for each row. */
function repeated(
  g: GraphBuilder,
  { dtype, dims }: Fact,
  { name, batch, rows, inputOf }: Passing & { readonly inputOf: ReadonlyMap<string, string> },
): Value {
  const rest = dims?.slice(1);
  if (dtype !== "float32" || dims?.[0] !== batch || !isStatic(rest))
    throw impassable(name, `is ${dtype}${formatDims(dims)}`);
  const once = g.input(inputOf.get(name) as string, dtype, [1, ...rest]);
  return batch === 1 ? once : g.op("Expand", [once, g.op("Concat", [rows, g.ints(rest)], { axis: 0 })]);
}

const impassable = (name: string, what: string): OnnxplainError =>
  new OnnxplainError(
    "E_LAYER_UNSUITABLE",
    `\`${name}\` goes around the layer and ${what}, so it cannot be repeated for a batch of rows. Choose a layer that every path passes through (\`onnxplain inspect\` lists them).`,
  );
