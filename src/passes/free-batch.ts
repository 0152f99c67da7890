/** @file A batch size fixed in the file is freed where no node mixes samples; a free one is called "N". */
import { OnnxplainError } from "../errors.ts";
import { type Dim, formatDims } from "../graph/dim.ts";
import type { Fact, Graph, Port } from "../graph/types.ts";
import { inferGraph, inferWith } from "../ops/infer.ts";
import { BATCH, follow, type Position } from "./batch-position.ts";
import { forAnyBatch } from "./batch-targets.ts";
import { foldNode } from "./fold-constants.ts";
import type { Pass, PassContext, PassResult } from "./pass.ts";
import { Rewriter } from "./rewriter.ts";

/** Shapes that were declared or inferred for another batch size are forgotten. */
const forgetShapes = (graph: Graph): ReadonlyMap<string, Fact> =>
  new Map([...graph.facts].map(([name, { dtype }]) => [name, { dtype, dims: undefined }]));

/** Every leading free dim becomes `N`; an `N` elsewhere, of another meaning, makes room. */
function renamed(graph: Graph): Graph {
  const leads = new Set(graph.inputs.flatMap((p) => (typeof p.dims?.[0] === "string" ? [p.dims[0]] : [])));
  const rename = (d: Dim): Dim => (typeof d !== "string" ? d : leads.has(d) ? BATCH : d === BATCH ? "?N" : d);
  const inputs = graph.inputs.map((p): Port => ({ ...p, dims: p.dims?.map(rename) }));
  const same = inputs.every((p, i) => formatDims(p.dims) === formatDims(graph.inputs[i]?.dims));
  if (same) return graph;
  const facts = new Map(
    [...graph.facts].map(([name, { dtype, dims, constant }]): [string, Fact] => [
      name,
      { dtype, dims: dims?.map(rename), constant },
    ]),
  );
  return { ...graph, inputs, facts, outputs: graph.outputs.map((p) => ({ ...p, dims: p.dims?.map(rename) })) };
}

/** The graph with a free batch, or the reason why it cannot have one. */
function freed(graph: Graph, size: number, context: PassContext): Graph | string {
  const isBatched = (p: Port): boolean => (p.dims?.length ?? 0) > 1 && (p.dims?.[0] === size || p.dims?.[0] === BATCH);
  const inputs = graph.inputs.map((p) => (isBatched(p) ? { ...p, dims: [BATCH, ...(p.dims ?? []).slice(1)] } : p));
  const at = new Map<string, Position>(graph.inputs.filter(isBatched).map((p) => [p.name, { axis: 0, inner: 1 }]));
  const outputs = graph.outputs.map((p) => ({ ...p, dims: undefined }));
  const rw = new Rewriter({ ...graph, inputs, outputs, facts: forgetShapes(graph) }, inferWith(context.ops));
  let blocked: string | undefined;
  rw.walk((node) => {
    if (blocked !== undefined) return;
    try {
      const own = forAnyBatch(node, { rw, at, size });
      if (foldNode(own, rw, context)) return;
      rw.emit(own);
      const found = follow(own, rw, at);
      if (typeof found === "string") blocked = `node "${node.name}" (${node.op}) ${found}`;
      else for (const [name, position] of found) at.set(name, position);
    } catch (cause) {
      if (!(cause instanceof OnnxplainError)) throw cause;
      blocked = `node "${node.name}" (${node.op}) is made for it`;
    }
  });
  if (blocked !== undefined) return blocked;
  const astray = graph.outputs.find((p) => at.get(p.name)?.axis !== 0 || rw.dims(p.name)?.[0] !== BATCH);
  return astray
    ? `output \`${astray.name}\` is not laid out by samples`
    : { ...rw.graph(), outputs: graph.outputs.map((p) => ({ ...p, dims: rw.dims(p.name) })) };
}

/** A free batch that constants inside the graph tie down to one sample, as careless exports do. */
const isTiedDown = (graph: Graph): boolean => graph.outputs.some((p) => typeof p.dims?.[0] === "number");

/** Reads the facts of the canonical opset, so it runs after `lift-opset`. */
export const freeBatch: Pass = {
  name: "free-batch",
  run: (model, context) => {
    const named = renamed(model.graph);
    const image = named.inputs.find((p) => p.dims?.length === 4) ?? named.inputs[0];
    const stated = image?.dims?.[0];
    const asIs: PassResult = { model: { ...model, graph: named }, notes: [] };
    if (image === undefined || stated === undefined || (image.dims?.length ?? 0) < 2) return asIs;
    const size = typeof stated === "number" ? stated : 1;
    if (typeof stated !== "number" && !isTiedDown(inferGraph(named, context.ops))) return asIs;
    const graph = freed(named, size, context);
    if (typeof graph === "string")
      return { ...asIs, notes: [`The batch size of input \`${image.name}\` stays ${size}: ${graph}.`] };
    return {
      model: { ...model, graph },
      notes: [`The batch size of input \`${image.name}\`, fixed at ${size} in the file, was freed.`],
    };
  },
};
