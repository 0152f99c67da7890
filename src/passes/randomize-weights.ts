/** @file A model whose weights are noise, from the scores downwards: what a map must not survive. */
import { OnnxplainError } from "../errors.ts";
import { factOf, isFloat } from "../graph/tensor.ts";
import { neededFor, producers } from "../graph/topology.ts";
import type { Fact, Graph, Model, Node, Tensor } from "../graph/types.ts";
import { normals, scattered, shuffled, uniforms } from "../random.ts";

export interface RandomizeOptions {
  /** All layers from the scores down to `depth` (`cascading`), or that one alone (`independent`). */
  readonly mode: "cascading" | "independent";
  /** Counted from the scores, 0 = the last layer with weights. */
  readonly depth: number;
  /** The same seed gives a layer the same weights at every depth and in both modes. */
  readonly seed: number;
  /** The layer's own weights in another order (default: any distribution is kept), or normal ones of the same mean and deviation. */
  readonly fill?: "permutation" | "normal";
  /** Value from which layers are counted; the first output by default. */
  readonly scores?: string;
}

/** A layer with weights. Constants are the names of what is replaced: weights, and the bias where the node has one. */
export interface WeightLayer {
  readonly node: string;
  readonly op: string;
  readonly constants: readonly string[];
}

/** Inputs that may be weights; those after them are biases. */
const WEIGHT_INPUTS: Readonly<Record<string, readonly number[]>> = {
  Conv: [1],
  ConvTranspose: [1],
  Gemm: [0, 1],
  MatMul: [0, 1],
  Einsum: [0, 1],
};
const BIAS_INPUT: Readonly<Record<string, number>> = { Conv: 2, ConvTranspose: 2, Gemm: 2 };
/** Nodes between stored weights and their layer: quantised, or rearranged by the exporter. */
const ON_THE_WAY = new Set(["DequantizeLinear", "Transpose", "Reshape", "Cast", "Identity"]);

/**
 * Layers with weights between the input and the scores, the one nearest to the scores first. A constant that several nodes share
 * belongs to the first of them. Biases that an Add brings, and scales of normalisations, stay as they are.
 */
export function weightLayers(model: Model, scores?: string): readonly WeightLayer[] {
  const { graph } = model;
  const { nodes } = neededFor(graph, [scores ?? graph.outputs[0]?.name ?? ""]);
  const made = producers(graph);
  const taken = new Set<string>();
  const layers: WeightLayer[] = [];
  for (const node of nodes.toReversed()) {
    const roots = weightInputs(node)
      .map((at) => storedAt(graph, made, node.inputs[at]))
      .filter((name): name is string => name !== undefined && !taken.has(name));
    const weights = roots.filter((name) => elements(graph, name) > 1 && rank(graph, name) >= 2);
    if (weights.length === 0) continue;
    const bias = storedAt(graph, made, node.inputs[BIAS_INPUT[node.op] ?? -1]);
    const constants = bias === undefined || taken.has(bias) ? weights : [...weights, bias];
    for (const name of constants) taken.add(name);
    layers.push({ node: node.name, op: node.op, constants });
  }
  return layers;
}

const weightInputs = (node: Node): readonly number[] =>
  node.domain === "" && Object.hasOwn(WEIGHT_INPUTS, node.op) ? WEIGHT_INPUTS[node.op]! : [];
const elements = (graph: Graph, name: string): number => graph.constants.get(name)?.data.length ?? 0;
const rank = (graph: Graph, name: string): number => graph.constants.get(name)?.dims.length ?? 0;

/** The constant that a value is, or is made of by nodes that only rearrange or decode it. */
function storedAt(graph: Graph, made: ReadonlyMap<string, Node>, name: string | undefined): string | undefined {
  if (name === undefined || name === "") return undefined;
  if (graph.constants.has(name)) return graph.constants.get(name)?.dtype === "string" ? undefined : name;
  const node = made.get(name);
  return node && node.domain === "" && ON_THE_WAY.has(node.op) ? storedAt(graph, made, node.inputs[0]) : undefined;
}

/**
 * The model with random weights in some layers; shapes, types and everything else as before.
 * @throws OnnxplainError `E_PARAM` when there is no layer at that depth, or `normal` meets weights that are not float32 or float64.
 */
export function randomizeWeights(model: Model, options: RandomizeOptions): Model {
  const { mode, depth, seed, fill = "permutation", scores } = options;
  const layers = weightLayers(model, scores);
  if (!Number.isInteger(depth) || depth < 0 || depth >= layers.length)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`depth\` to be an integer from 0 to ${layers.length - 1} (the model has ${layers.length} layers with weights), got ${depth}.`,
    );
  const { graph } = model;
  const constants = new Map(graph.constants);
  const facts = new Map<string, Fact>(graph.facts);
  for (let at = mode === "cascading" ? 0 : depth; at <= depth; at++)
    layers[at]!.constants.forEach((name, part) => {
      const made = FILLS[fill](constants.get(name)!, seedOf(seed, at, part), name);
      constants.set(name, made);
      facts.set(name, factOf(made));
    });
  return { ...model, graph: { ...graph, constants, facts } };
}

/** Another stream for every layer and part, from one seed. */
const seedOf = (seed: number, layer: number, part: number): number =>
  scattered(scattered(scattered(seed) + layer) + part);

const FILLS: Readonly<Record<"permutation" | "normal", (t: Tensor, seed: number, name: string) => Tensor>> = {
  permutation: (t, seed) => {
    const order = shuffled(t.data.length, uniforms(seed));
    const data = (t.data as Float32Array).slice();
    order.forEach((from, to) => {
      data[to] = (t.data as Float32Array)[from]!;
    });
    return { ...t, data };
  },
  normal: (t, seed, name) => {
    if (!isFloat(t.dtype) || !(t.data instanceof Float32Array || t.data instanceof Float64Array))
      throw new OnnxplainError(
        "E_PARAM",
        `Weights \`${name}\` are ${t.dtype}; normal noise needs float32 or float64. Use \`fill: "permutation"\`.`,
      );
    const old = Float64Array.from(t.data);
    const middle = old.reduce((s, v) => s + v, 0) / old.length;
    const deviation = Math.sqrt(old.reduce((s, v) => s + (v - middle) ** 2, 0) / old.length);
    const next = normals(seed);
    return { ...t, data: t.data.map(() => middle + deviation * next()) };
  },
};
