/** @file From a case to graphs: the node alone, the node with its emitted vjp, and the tensors to feed them. */
import type { Dim } from "../../src/graph/dim.ts";
import { factOf, isFloat } from "../../src/graph/tensor.ts";
import type { Fact, Graph, Model, Port, Tensor } from "../../src/graph/types.ts";
import { fitTo } from "../../src/ops/broadcast.ts";
import { builderOn, inferWith, rowOf } from "../../src/ops/infer.ts";
import { type NumTensor, num, tensorOf } from "../../src/ops/num-tensor.ts";
import { OPS, type Ops } from "../../src/ops/table.ts";
import { differentiated, type InputSpec, type OpCase } from "./cases.ts";

export type Random = () => number;

/** mulberry32 seeded by a text. */
export function randomOf(text: string): Random {
  let state = 0;
  for (const char of text) state = (Math.imul(state, 31) + char.charCodeAt(0)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function sample(spec: InputSpec, random: Random): NumTensor {
  const count = spec.dims.reduce((p, d) => p * d, 1);
  const { choices, values, range: [low, high] = [-2, 2] } = spec;
  const draw = (): number =>
    choices ? (choices[Math.floor(random() * choices.length)] as number) : low + (high - low) * random();
  const raw = values ?? Array.from({ length: count }, draw);
  const rounded = Array.from(raw, isFloat(spec.dtype) ? (spec.dtype === "float32" ? Math.fround : Number) : Math.trunc);
  return num(spec.dtype, spec.dims, rounded);
}

export interface CaseGraph {
  /** The node alone; inputs `x0…`, outputs `y0…`. */
  readonly graph: Graph;
  readonly feeds: ReadonlyMap<string, NumTensor>;
  readonly inputs: readonly (NumTensor | undefined)[];
}

type Leaves = Pick<Graph, "inputs" | "constants" | "facts"> & Pick<CaseGraph, "feeds">;

/** Inputs and constants of a case, with their facts. */
function leaves(c: OpCase, values: CaseGraph["inputs"], symbol: string | undefined): Leaves {
  const inputs: Port[] = [];
  const constants = new Map<string, Tensor>();
  const feeds = new Map<string, NumTensor>();
  const facts = new Map<string, Fact>();
  c.inputs.forEach((spec, i) => {
    const value = values[i];
    if (!spec || !value) return;
    const name = `x${i}`;
    if (spec.constant) {
      constants.set(name, tensorOf(value));
      facts.set(name, factOf(tensorOf(value)));
      return;
    }
    const free = symbol !== undefined && spec.dims.length > 0 && (c.batched ?? [0]).includes(i);
    const dims: readonly Dim[] = free ? [symbol, ...spec.dims.slice(1)] : spec.dims;
    inputs.push({ name, dtype: spec.dtype, dims });
    facts.set(name, { dtype: spec.dtype, dims });
    feeds.set(name, value);
  });
  return { inputs, constants, feeds, facts };
}

/** The one-node graph of a case; with `symbol`, dim 0 of its batched inputs is free. */
export function caseGraph(op: string, c: OpCase, symbol?: string): CaseGraph {
  const random = randomOf(`${op} ${c.name}`);
  const values = c.inputs.map((spec) => (spec ? sample(spec, random) : undefined));
  const { inputs, constants, feeds, facts } = leaves(c, values, symbol);
  const inputNames = c.inputs.map((spec, i) => (spec ? `x${i}` : ""));
  const outputNames = Array.from({ length: c.outputs ?? 1 }, (_, i) => `y${i}`);
  const node = { op, domain: "", name: op, attrs: c.attrs ?? {}, inputs: inputNames, outputs: outputNames };
  const inferred = inferWith(OPS)(
    node,
    inputNames.map((n) => facts.get(n)),
  ) as readonly Fact[];
  const outputs = outputNames.map((name, i) => ({
    name,
    dtype: inferred[i]?.dtype ?? "float32",
    dims: inferred[i]?.dims,
  }));
  const all = new Map([...facts, ...outputNames.map((name, i) => [name, inferred[i] as Fact] as const)]);
  return { graph: { name: "case", inputs, outputs, constants, nodes: [node], facts: all }, feeds, inputs: values };
}

/** Outputs of a case that carry a cotangent. */
export const cotangentOutputs = (c: OpCase, graph: Graph): readonly number[] =>
  c.cotangents ?? graph.outputs.flatMap((p, i) => (isFloat(p.dtype) ? [i] : []));

/** The node with its vjp: inputs gain `dy0…`, outputs are `dx<i>` of the inputs that something flows back to. */
export function vjpGraph(
  op: string,
  c: OpCase,
  { graph }: CaseGraph,
): { readonly graph: Graph; readonly reached: readonly number[] } {
  const row = rowOf(OPS as Ops, graph.nodes[0] as Graph["nodes"][number]);
  if (row === undefined || typeof row.vjp !== "function") throw new Error(`${op} has no vjp`);
  const g = builderOn(graph, OPS);
  const x = c.inputs.map((spec, i) => (spec ? g.value(`x${i}`) : null));
  const ys = graph.outputs.map((p) => g.value(p.name));
  const reaching = cotangentOutputs(c, graph);
  const dys = graph.outputs.map((p, i) => (reaching.includes(i) ? g.input(`dy${i}`, p.dtype, p.dims ?? []) : null));
  const y = ys[0];
  if (y === undefined) throw new Error(`${op} has no output`);
  const wanted = [...differentiated(c), ...Object.keys(c.gradient?.dx ?? {}).map(Number)];
  const wants = c.inputs.map((_, i) => wanted.includes(i));
  const dy = dys[0] ?? g.op("Sub", [y, y]);
  const cotangents = row.vjp({ g, dy, dys, x, y, ys, attrs: c.attrs ?? {}, wants });
  const reached = wants.flatMap((want, i) => (want && cotangents[i] ? [i] : []));
  const outputs = reached.map((i) => {
    const cotangent = cotangents[i];
    const like = x[i];
    if (!cotangent || !like) throw new Error("internal: unreachable");
    return g.alias(fitTo(g, cotangent, like), `dx${i}`);
  });
  return { graph: g.build(outputs), reached };
}

export const modelOf = (graph: Graph): Model => ({
  graph,
  opset: 21,
  irVersion: 10,
  domains: new Map(),
  metadata: new Map(),
  producer: "",
  functions: [],
});
