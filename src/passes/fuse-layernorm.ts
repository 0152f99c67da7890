/** @file LayerNormalization that an exporter wrote out (mean, deviation, variance, quotient, scale, shift) becomes one node again. */
import { toNumbers } from "../graph/tensor.ts";
import { producers } from "../graph/topology.ts";
import { float, type Graph, type Node, type Tensor } from "../graph/types.ts";
import { intAttr } from "./attributes.ts";
import type { Pass, PassContext } from "./pass.ts";

/** The inputs of the fused node, read off the nodes that end in `y`. */
interface Match {
  readonly x: string;
  readonly scale: string;
  readonly bias: string | undefined;
  readonly axis: number;
  readonly epsilon: number;
  /** Values that vanish when the fused node takes over. */
  readonly inner: readonly string[];
}

class Reader {
  readonly graph: Graph;
  readonly made: ReadonlyMap<string, Node>;
  constructor(graph: Graph) {
    this.graph = graph;
    this.made = producers(graph);
  }
  node(name: string | undefined, op: string): Node | undefined {
    const node = this.made.get(name ?? "");
    return node?.op === op && node.domain === "" ? node : undefined;
  }
  constant(name: string | undefined): Tensor | undefined {
    return this.graph.constants.get(name ?? "");
  }
  scalar(name: string | undefined): number | undefined {
    const t = this.constant(name);
    return t?.data.length === 1 ? toNumbers(t)[0] : undefined;
  }
  /** Operands of a commutative node: the constant one, and the other. */
  sides(node: Node | undefined): { readonly value: string; readonly constant: string } | undefined {
    const [a = "", b = ""] = node?.inputs ?? [];
    if (this.constant(b) && !this.constant(a)) return { value: a, constant: b };
    return this.constant(a) && !this.constant(b) ? { value: b, constant: a } : undefined;
  }
  /** The trailing axes that a kept-dims mean reduces: the first of them. */
  meanAxis(node: Node | undefined): number | undefined {
    if (!node || (intAttr(node, "keepdims") ?? 1) !== 1) return undefined;
    const rank = this.graph.facts.get(node.inputs[0] ?? "")?.dims?.length;
    const given = this.constant(node.inputs[1]);
    if (rank === undefined || !given) return undefined;
    const axes = Array.from(toNumbers(given), (a) => (a < 0 ? a + rank : a)).sort((p, q) => p - q);
    const first = axes[0];
    return first !== undefined && axes.every((a, i) => a === first + i) && first + axes.length === rank
      ? first
      : undefined;
  }
}

/** Match backwards from the scaling Mul: y = (x - mean) / sqrt(mean((x - mean)^2) + eps) * scale. */
function matchScaled(r: Reader, mul: Node): Match | undefined {
  const scaled = r.sides(mul);
  const div = r.node(scaled?.value, "Div");
  const sub = r.node(div?.inputs[0], "Sub");
  const sqrt = r.node(div?.inputs[1], "Sqrt");
  const plus = r.sides(r.node(sqrt?.inputs[0], "Add"));
  const variance = r.node(plus?.value, "ReduceMean");
  const mean = r.node(sub?.inputs[1], "ReduceMean");
  const epsilon = r.scalar(plus?.constant);
  if (
    !scaled ||
    !div ||
    !sub ||
    !sqrt ||
    !variance ||
    !mean ||
    epsilon === undefined ||
    mean.inputs[0] !== sub.inputs[0]
  )
    return undefined;
  if (!isSquareOf(r, variance.inputs[0], sub.outputs[0])) return undefined;
  const axis = r.meanAxis(mean);
  if (axis === undefined || axis !== r.meanAxis(variance)) return undefined;
  const x = sub.inputs[0] as string;
  if (!isNormalShape(r, scaled.constant, x, axis)) return undefined;
  const inner = [div, sub, sqrt, variance, mean].map((n) => n.outputs[0] as string);
  return { x, scale: scaled.constant, bias: undefined, axis, epsilon, inner };
}

function isSquareOf(r: Reader, name: string | undefined, value: string | undefined): boolean {
  const pow = r.node(name, "Pow");
  if (pow) return pow.inputs[0] === value && r.scalar(pow.inputs[1]) === 2;
  const mul = r.node(name, "Mul");
  return mul !== undefined && mul.inputs[0] === value && mul.inputs[1] === value;
}

/** Scale and bias must have exactly the shape that is normalised over. */
function isNormalShape(r: Reader, constant: string, x: string, axis: number): boolean {
  const want = r.graph.facts.get(x)?.dims?.slice(axis);
  const got = r.constant(constant)?.dims;
  return want !== undefined && got !== undefined && want.length === got.length && want.every((d, i) => d === got[i]);
}

function match(r: Reader, node: Node): Match | undefined {
  if (node.domain !== "") return undefined;
  if (node.op === "Add") {
    const sides = r.sides(node);
    const mul = r.node(sides?.value, "Mul");
    const inner = mul && matchScaled(r, mul);
    if (!sides || !mul || !inner || !isNormalShape(r, sides.constant, inner.x, inner.axis)) return undefined;
    return { ...inner, bias: sides.constant, inner: [...inner.inner, mul.outputs[0] as string] };
  }
  return node.op === "Mul" ? matchScaled(r, node) : undefined;
}

function fuse(node: Node, m: Match): Node {
  return {
    ...node,
    op: "LayerNormalization",
    inputs: [m.x, m.scale, ...(m.bias ? [m.bias] : [])],
    attrs: { axis: m.axis, epsilon: float(m.epsilon) },
  };
}

/** The value keeps its name; nodes that nothing needs any more are left to `dead-code`. */
export const fuseLayernorm: Pass = {
  name: "fuse-layernorm",
  run: (model, { keep }: PassContext) => {
    const reader = new Reader(model.graph);
    const nodes = model.graph.nodes.map((node) => {
      const found = match(reader, node);
      return found && !found.inner.some((name) => keep.has(name)) ? fuse(node, found) : node;
    });
    return { model: { ...model, graph: { ...model.graph, nodes } }, notes: [] };
  },
};
