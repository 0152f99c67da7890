/** @file Shape and content inference: facts of a graph from the rows of its ops. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Infer } from "../graph/builder.ts";
import { GraphBuilder as Builder } from "../graph/builder.ts";
import { factOf } from "../graph/tensor.ts";
import type { Fact, Graph, Node } from "../graph/types.ts";
import type { Op } from "./define.ts";
import type { Ops } from "./table.ts";

/** The row of a node: default-domain ops only. */
export const rowOf = (ops: Ops, node: Node): Op | undefined =>
  node.domain === "" && Object.hasOwn(ops, node.op) ? ops[node.op] : undefined;

/** An `Infer` over a table. An op without a row, or with inputs of unknown type, yields facts of unknown rank. */
export function inferWith(ops: Ops): Infer {
  return (node, inputs) => {
    const row = rowOf(ops, node);
    const blank: Fact[] = node.outputs.map(() => ({ dtype: inputs[0]?.dtype ?? "float32", dims: undefined }));
    if (row === undefined || node.inputs.some((n, i) => n !== "" && inputs[i] === undefined)) return blank;
    try {
      const facts = row.shape({
        x: inputs,
        attrs: node.attrs,
        outputs: node.outputs.length,
        name: node.outputs[0] ?? node.name,
      });
      return node.outputs.map((_, i) => facts[i] ?? (blank[i] as Fact));
    } catch (cause) {
      if (cause instanceof OnnxplainError && cause.place.node === undefined) {
        throw new OnnxplainError(cause.code, `Node "${node.name}" (${node.op}): ${cause.message}`, {
          node: node.name,
          op: node.op,
          cause,
        });
      }
      if (cause instanceof OnnxplainError) throw cause;
      throw new OnnxplainError(
        "E_MODEL_INVALID",
        `Node "${node.name}" (${node.op}) has inputs or attributes its op does not allow (${(cause as Error).message}).`,
        { node: node.name, op: node.op, cause },
      );
    }
  };
}

/** The graph with facts worked out anew from inputs and constants; declared types fill in only where no row can tell. */
export function inferGraph(graph: Graph, ops: Ops): Graph {
  const infer = inferWith(ops);
  const facts = new Map<string, Fact>();
  for (const port of graph.inputs) facts.set(port.name, { dtype: port.dtype, dims: port.dims });
  for (const [name, t] of graph.constants) facts.set(name, factOf(t));
  for (const node of graph.nodes) {
    const inferred = infer(
      node,
      node.inputs.map((n) => (n === "" ? undefined : facts.get(n))),
    );
    node.outputs.forEach((name, i) => {
      if (name === "") return;
      const fact = inferred[i] as Fact;
      facts.set(name, fact.dims === undefined ? (graph.facts.get(name) ?? fact) : fact);
    });
  }
  const outputs = graph.outputs.map((p) => {
    const fact = facts.get(p.name);
    return fact?.dims ? { name: p.name, dtype: fact.dtype, dims: fact.dims } : p;
  });
  return { ...graph, outputs, facts };
}

/** A builder whose additions are typed by this table. */
export const builderOn = (graph: Graph, ops: Ops): GraphBuilder => new Builder(graph, inferWith(ops));
