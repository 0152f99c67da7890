/** @file Targets of Reshape and Expand written as plainly as their dims allow, so that chains of Shape and Gather die. */
import { type Dim, elementCount } from "../graph/dim.ts";
import type { Fact, Graph, Node } from "../graph/types.ts";
import { inferWith } from "../ops/infer.ts";
import { intAttr, without } from "./attributes.ts";
import type { Pass } from "./pass.ts";
import { type Rewriter, rewrite } from "./rewriter.ts";

/** A constant target for `out`: free dims are copied from the data (0) or, at most one, worked out by the runtime (-1). */
export function reshapeTarget(out: readonly Dim[], data: readonly Dim[] | undefined): readonly number[] | undefined {
  if (out.includes(0)) return undefined;
  const free = out.filter((d) => typeof d === "string");
  if (free.length <= 1) return out.map((d) => (typeof d === "number" ? d : -1));
  let inferred = 0;
  const target = out.map((d, axis) => {
    if (typeof d === "number") return d;
    if (data?.[axis] === d) return 0;
    inferred++;
    return -1;
  });
  return inferred <= 1 ? target : undefined;
}

/** Where a free symbol can be read off: the graph input and axis that carry it. */
function sourceOf(graph: Graph, dim: Dim): readonly [string, number] | undefined {
  for (const port of graph.inputs) {
    const axis = port.dims?.indexOf(dim) ?? -1;
    if (axis >= 0) return [port.name, axis];
  }
  return undefined;
}

/** A shape with free dims that graph inputs carry: Concat of constants and `Shape(input)[axis]`; undefined when a dim has no source. */
function shapeValue(content: readonly Dim[], node: Node, rw: Rewriter, graph: Graph): string | undefined {
  const parts: string[] = [];
  let run: number[] = [];
  const flush = (): void => {
    if (run.length > 0) parts.push(rw.ints(run, `${node.name}/dims`));
    run = [];
  };
  if (content.some((d) => typeof d === "string" && sourceOf(graph, d) === undefined)) return undefined;
  for (const dim of content) {
    const source = typeof dim === "string" ? sourceOf(graph, dim) : undefined;
    if (source === undefined) run.push(dim as number);
    else {
      flush();
      parts.push(rw.op("Shape", node, { inputs: [source[0]], attrs: { start: source[1], end: source[1] + 1 } }));
    }
  }
  flush();
  return parts.length === 1 ? parts[0] : rw.op("Concat", node, { inputs: parts, attrs: { axis: 0 } });
}

/** Is this target already as plain as `shapeValue` would write it? */
function isPlain(target: string, made: ReadonlyMap<string, Node>, rw: Rewriter, graph: Graph): boolean {
  const inputs = new Set(graph.inputs.map((p) => p.name));
  const leaf = (name: string): boolean =>
    rw.constantOf(name) !== undefined ||
    (made.get(name)?.op === "Shape" && inputs.has(made.get(name)?.inputs[0] ?? ""));
  const node = made.get(target);
  return leaf(target) || (node?.op === "Concat" && node.inputs.every(leaf));
}

function simplifiedReshape(node: Node, out: Fact | undefined, rw: Rewriter): Node | undefined {
  const [x = "", target = ""] = node.inputs;
  if (
    node.op !== "Reshape" ||
    rw.constantOf(target) ||
    rw.fact(target)?.content === undefined ||
    out?.dims === undefined
  )
    return undefined;
  const plain = reshapeTarget(out.dims, rw.dims(x));
  const zeros = intAttr(node, "allowzero") === 1 && elementCount((plain ?? []).filter((d) => d >= 0)) === 0;
  if (plain === undefined || zeros) return undefined;
  return { ...node, inputs: [x, rw.ints(plain, `${node.name}/shape`)], attrs: without(node.attrs, "allowzero") };
}

/** Only targets whose content was derived are touched: declared shapes may be stale. */
export const simplifyShapes: Pass = {
  name: "simplify-shapes",
  run: (model, { ops }) => {
    const infer = inferWith(ops);
    const made = new Map(model.graph.nodes.flatMap((n) => n.outputs.map((o) => [o, n] as const)));
    const graph = rewrite(
      model.graph,
      (node, rw) => {
        if (node.domain !== "" || (node.op !== "Reshape" && node.op !== "Expand")) return rw.emit(node);
        const plain = simplifiedReshape(
          node,
          infer(
            node,
            node.inputs.map((n) => rw.fact(n)),
          )[0],
          rw,
        );
        if (plain) return rw.emit(plain);
        const [x = "", target = ""] = node.inputs;
        const content = rw.fact(target)?.content;
        const rebuilt =
          content && !content.includes(0) && !isPlain(target, made, rw, model.graph)
            ? shapeValue(content, node, rw, model.graph)
            : undefined;
        rw.emit(rebuilt === undefined ? node : { ...node, inputs: [x, rebuilt] });
      },
      infer,
    );
    return { model: { ...model, graph }, notes: [] };
  },
};
