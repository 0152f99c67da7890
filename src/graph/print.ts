/** @file A graph as text: one line a node, for people, goldens and bug reports. */
import { formatDims } from "./dim.ts";
import type { Attr, Fact, Graph, Model } from "./types.ts";

const typed = (name: string, fact: Fact | undefined): string =>
  fact ? `${name}: ${fact.dtype}${formatDims(fact.dims)}` : name;

function attr(value: Attr): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.join(",")}]`;
  if ("float" in value) return `${value.float}f`;
  if ("floats" in value) return `[${value.floats.map((v) => `${v}f`).join(",")}]`;
  if ("tensor" in value) return `${value.tensor.dtype}[${value.tensor.dims}]`;
  return "{graph}";
}

export function printGraph(graph: Graph): string {
  const lines = [
    `graph ${graph.name}(${graph.inputs.map((p) => typed(p.name, p)).join(", ")})`,
    ...[...graph.constants].map(([name, t]) => `  const ${typed(name, t as Fact)}`),
    ...graph.nodes.map((n) => {
      const attrs = Object.entries(n.attrs)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([k, v]) => `${k}=${attr(v)}`);
      return `  ${n.outputs.map((o) => typed(o, graph.facts.get(o))).join(", ")} = ${n.domain ? `${n.domain}.` : ""}${n.op}(${[...n.inputs, ...attrs].join(", ")})`;
    }),
    `  return ${graph.outputs.map((p) => typed(p.name, graph.facts.get(p.name))).join(", ")}`,
  ];
  return lines.join("\n");
}

export const printModel = (model: Model): string =>
  `opset ${model.opset}, ir ${model.irVersion}\n${printGraph(model.graph)}`;
