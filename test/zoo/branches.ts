/** @file Do float32 and float64 take the same branches? Only where they do can gradients of piecewise functions be compared. */
import { toNumbers } from "../../src/graph/tensor.ts";
import type { FloatAttr, Graph, Model, Node, Port } from "../../src/graph/types.ts";
import type { NumTensor } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { inFloat32, inFloat64, type Tensors } from "./sessions.ts";

/** Where the slope of an op jumps. */
const KINKS: Readonly<Record<string, (node: Node, graph: Graph) => readonly number[]>> = {
  Relu: () => [0],
  Clip: ({ inputs }, { constants }) =>
    inputs.slice(1).flatMap((name) => {
      const bound = constants.get(name);
      return bound ? [toNumbers(bound)[0] as number] : [];
    }),
  HardSwish: () => [-3, 3],
  HardSigmoid: ({ attrs }) => {
    const [alpha, beta] = [attrs.alpha, attrs.beta].map((a) => (a as FloatAttr).float) as [number, number];
    return [-beta / alpha, (1 - beta) / alpha];
  },
};

/** Which branch each element takes: how many kinks lie at or below it; of a pool, which element of each window wins. */
function branchesOf(node: Node, graph: Graph, input: NumTensor): ArrayLike<number> {
  if (node.op === "MaxPool")
    return (OPS.MaxPool.eval({ x: [input], attrs: node.attrs, outputs: 2 }) as readonly NumTensor[])[1]?.data ?? [];
  const kinks = KINKS[node.op]?.(node, graph) ?? [];
  return input.data.map((v) => kinks.filter((k) => k <= v).length);
}

const isKinked = ({ op }: Node): boolean => op === "MaxPool" || Object.hasOwn(KINKS, op);

/** How many elements take another branch in float32 than in float64, on the way forward. */
export async function disagreements(model: Model, feeds: Tensors): Promise<number> {
  const { graph } = model;
  const kinked = graph.nodes.filter(isKinked);
  const names = [...new Set(kinked.map((n) => n.inputs[0] as string))];
  if (names.length === 0) return 0;
  const outputs = names.map((name) => ({ ...graph.facts.get(name), name }) as Port);
  const rounded = await inFloat32({ ...model, graph: { ...graph, outputs } }, feeds, names);
  const exact = inFloat64(model, feeds, names);
  return kinked.reduce((sum, node) => {
    const [a, b] = [rounded, exact].map((values) =>
      branchesOf(node, graph, values[node.inputs[0] as string] as NumTensor),
    ) as [ArrayLike<number>, ArrayLike<number>];
    return sum + Array.from(b).filter((branch, i) => branch !== a[i]).length;
  }, 0);
}
