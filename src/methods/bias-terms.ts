/** @file The constants that a network adds on its way: biases of layers, shifts of BatchNormalization, terms of sums. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import type { FloatAttr, Node } from "../graph/types.ts";

/** `output = (something that scales with the data) + bias`, at one node. */
export interface BiasTerm {
  /** Name of the value it is part of. */
  readonly output: string;
  /** Broadcasts against the output. */
  readonly bias: (g: GraphBuilder) => Value;
  /** One number a channel of a feature map [N,C,h,w]. */
  readonly perChannel: boolean;
}

/** Which inputs depend on the image. */
type Reached = ReadonlySet<string>;
type Reader = (node: Node, g: GraphBuilder, reached: Reached) => readonly Omit<BiasTerm, "output">[];

const attr = (node: Node, name: string, otherwise: number): number =>
  (node.attrs[name] as FloatAttr | undefined)?.float ?? otherwise;
const rankOf = (g: GraphBuilder, name: string): number => g.value(name).dims?.length ?? 0;

/** [C] against [N,C,...]. */
const along = (g: GraphBuilder, v: Value, rank: number): Value =>
  g.op("Reshape", [v, g.ints([1, -1, ...Array.from({ length: rank - 2 }, () => 1)])]);

const layer: Reader = (node, g) => {
  const name = node.inputs[2] ?? "";
  if (name === "") return [];
  const rank = rankOf(g, node.outputs[0] as string);
  return [{ bias: () => along(g, g.value(name), rank), perChannel: rank === 4 }];
};

const gemm: Reader = (node) => {
  const name = node.inputs[2] ?? "";
  if (name === "") return [];
  return [{ bias: (g) => g.op("Mul", [g.value(name), g.scalar(attr(node, "beta", 1))]), perChannel: false }];
};

/** B - mean * scale / sqrt(var + epsilon) */
const shift: Reader = (node, g) => {
  const [, scale, b, mean, variance] = node.inputs.map((n) => g.value(n)) as [Value, Value, Value, Value, Value];
  const rank = rankOf(g, node.outputs[0] as string);
  const bias = (): Value => {
    const deviation = g.op("Sqrt", [g.op("Add", [variance, g.scalar(attr(node, "epsilon", 1e-5))])]);
    return along(g, g.op("Sub", [b, g.op("Div", [g.op("Mul", [mean, scale]), deviation])]), rank);
  };
  return [{ bias, perChannel: rank === 4 }];
};

/** Operands of a sum that no image reaches. */
const added: Reader = (node, g, reached) =>
  node.inputs.flatMap((name, i) => {
    if (reached.has(name)) return [];
    const negative = node.op === "Sub" && i === 1;
    const dims = g.value(name).dims;
    return [
      {
        bias: () => (negative ? g.op("Neg", [g.value(name)]) : g.value(name)),
        perChannel: rankOf(g, node.outputs[0] as string) === 4 && isChannel(dims),
      },
    ];
  });

/** [C,1,1] or [1,C,1,1] */
const isChannel = (dims: readonly Dim[] | undefined): boolean =>
  dims !== undefined && dims.length >= 3 && dims.every((d, i) => d === 1 || i === dims.length - 3);

const READERS: Readonly<Record<string, Reader>> = {
  Conv: layer,
  ConvTranspose: layer,
  Gemm: gemm,
  BatchNormalization: shift,
  Add: added,
  Sub: added,
  Sum: added,
};

/** Bias terms of the nodes that the image reaches, in graph order. */
export function biasTerms(g: GraphBuilder, nodes: readonly Node[], input: string): readonly BiasTerm[] {
  const reached = new Set([input]);
  return nodes.flatMap((node) => {
    if (!node.inputs.some((n) => reached.has(n))) return [];
    for (const o of node.outputs) reached.add(o);
    const read = node.domain === "" ? READERS[node.op] : undefined;
    return read ? read(node, g, reached).map((term) => ({ ...term, output: node.outputs[0] as string })) : [];
  });
}
