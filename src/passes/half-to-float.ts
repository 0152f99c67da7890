/** @file Models in float16, bfloat16 or float64 are computed in float32: weights, inputs, outputs and casts are retyped. */
import { dtypeCode } from "../graph/dtype-code.ts";
import { bfloatToNumber, halfToNumber } from "../graph/tensor.ts";
import type { Attr, DType, Fact, Graph, Node, Tensor } from "../graph/types.ts";
import type { Pass } from "./pass.ts";

const FOREIGN: readonly DType[] = ["float16", "bfloat16", "float64"];
const CODES: ReadonlyMap<number, DType> = new Map(FOREIGN.map((t) => [dtypeCode(t), t]));
const FLOAT32_MAX = 3.4028234663852886e38;

const retyped = <T extends { readonly dtype: DType }>(port: T): T =>
  FOREIGN.includes(port.dtype) ? { ...port, dtype: "float32" } : port;

/** Finite numbers stay finite: a float64 beyond float32's range becomes the largest float32. */
const narrow = (v: number): number => (Number.isFinite(v) ? Math.min(FLOAT32_MAX, Math.max(-FLOAT32_MAX, v)) : v);
const READERS: ReadonlyMap<DType, (stored: number) => number> = new Map([
  ["float16", halfToNumber],
  ["bfloat16", bfloatToNumber],
  ["float64", narrow],
]);

function widened(t: Tensor): Tensor {
  const read = READERS.get(t.dtype);
  if (read === undefined) return t;
  const stored = t.data as Uint16Array | Float64Array;
  const data = new Float32Array(stored.length);
  for (let i = 0; i < data.length; i++) data[i] = read(stored[i] as number);
  return { dtype: "float32", dims: t.dims, data };
}

/** Attributes that name an element type by number. */
const TYPE_ATTRS = new Set(["to", "dtype", "output_dtype", "stash_type"]);

function retypedAttr(name: string, value: Attr): Attr {
  if (TYPE_ATTRS.has(name) && typeof value === "number" && CODES.has(value)) return dtypeCode("float32");
  return typeof value === "object" && "tensor" in value ? { tensor: widened(value.tensor) } : value;
}

const retypedNode = (node: Node): Node => ({
  ...node,
  attrs: Object.fromEntries(Object.entries(node.attrs).map(([name, value]) => [name, retypedAttr(name, value)])),
});

function foreignTypes(graph: Graph): readonly DType[] {
  const types = new Set<DType>(
    [...graph.inputs, ...graph.outputs, ...graph.facts.values(), ...graph.constants.values()].map((v) => v.dtype),
  );
  for (const node of graph.nodes) {
    for (const [name, value] of Object.entries(node.attrs)) {
      if (typeof value === "object" && "tensor" in value) types.add(value.tensor.dtype);
      const coded = TYPE_ATTRS.has(name) && typeof value === "number" ? CODES.get(value) : undefined;
      if (coded) types.add(coded);
    }
  }
  return FOREIGN.filter((t) => types.has(t));
}

export const halfToFloat: Pass = {
  name: "half-to-float",
  run: (model) => {
    const { graph } = model;
    const foreign = foreignTypes(graph);
    if (foreign.length === 0) return { model, notes: [] };
    const retypedFact = ({ dtype, dims, content }: Fact): Fact => retyped({ dtype, dims, content });
    return {
      model: {
        ...model,
        graph: {
          ...graph,
          inputs: graph.inputs.map(retyped),
          outputs: graph.outputs.map(retyped),
          constants: new Map([...graph.constants].map(([name, t]) => [name, widened(t)])),
          nodes: graph.nodes.map(retypedNode),
          facts: new Map(
            [...graph.facts].map(([name, fact]) => [name, FOREIGN.includes(fact.dtype) ? retypedFact(fact) : fact]),
          ),
        },
      },
      notes: [
        `The model holds ${foreign.join(" and ")} values; it is explained in float32, so its inputs and outputs are float32 too.`,
      ],
    };
  },
};
