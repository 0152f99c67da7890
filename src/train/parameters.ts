/** @file Which constants of a network are its parameters, and where each stands in the one vector theta that a step works on. */
import { OnnxplainError } from "../errors.ts";
import { elementCount } from "../graph/dim.ts";
import type { Graph, Model, Node, Tensor } from "../graph/types.ts";
import type { Network } from "./network.ts";

/** A parameter's place in theta. */
export interface Slot {
  /** Name of the constant in the graph. */
  readonly name: string;
  readonly dims: readonly number[];
  readonly offset: number;
  readonly size: number;
  /** Weight decay applies: matrices and kernels, but no bias, scale or shift. */
  readonly decays: boolean;
}

export interface ParameterLayout {
  readonly slots: readonly Slot[];
  /** Length of theta. */
  readonly size: number;
}

/** Inputs that hold parameters, by op. */
const PARAMETERS: Readonly<Record<string, readonly number[]>> = {
  Add: [0, 1],
  BatchNormalization: [1, 2],
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Einsum: [0, 1],
  Gemm: [0, 1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  MatMul: [0, 1],
  PRelu: [1],
};

/** A pattern of names: exact, or a beginning followed by `*`. */
export const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;

/**
 * Parameters in the order of the nodes that use them. Single numbers (a temperature, a root) and what is added to the input itself
 * (a mean colour) are part of the network's form and stay as they are.
 *
 * @throws OnnxplainError `E_PARAM` when a pattern of `freeze` matches nothing (the message lists names), or nothing is left to train.
 */
export function parametersOf({ model, input }: Network, freeze: readonly string[] = []): ParameterLayout {
  const { graph } = model;
  const names = new Set(graph.nodes.flatMap((node) => namesIn(node, graph, input)));
  const lost = freeze.find((pattern) => ![...names].some((name) => matches(pattern, name)));
  if (lost !== undefined)
    throw new OnnxplainError(
      "E_PARAM",
      `No parameter is named \`${lost}\`. The network has: ${listed([...names])}. A beginning followed by \`*\` names several.`,
    );
  const kept = [...names].filter((name) => !freeze.some((pattern) => matches(pattern, name)));
  if (kept.length === 0)
    throw new OnnxplainError(
      "E_PARAM",
      names.size === 0
        ? "The network has no parameters of a float32 layer; there is nothing to train."
        : "Every parameter of the network is frozen; there is nothing to train. Freeze fewer.",
    );
  let offset = 0;
  const slots = kept.map((name) => {
    const { dims } = graph.constants.get(name) as Tensor;
    const slot: Slot = { name, dims, offset, size: elementCount(dims), decays: dims.length >= 2 };
    offset += slot.size;
    return slot;
  });
  return { slots, size: offset };
}

const listed = (names: readonly string[]): string =>
  names.length <= 12 ? names.join(", ") : `${names.slice(0, 12).join(", ")}, … (${names.length} in all)`;

function namesIn(node: Node, { constants }: Graph, input: string): readonly string[] {
  if (node.domain !== "" || (node.op === "Add" && node.inputs.includes(input))) return [];
  return (PARAMETERS[node.op] ?? []).flatMap((i) => {
    const name = node.inputs[i] ?? "";
    const t = constants.get(name);
    return t?.dtype === "float32" && (t.data.length > 1 || node.op !== "Add") ? [name] : [];
  });
}

/** The parameters as they stand in the network: theta, `[P]`. */
export function thetaOf({ graph }: Model, { slots, size }: ParameterLayout): Float32Array {
  const theta = new Float32Array(size);
  for (const { name, offset } of slots) theta.set((graph.constants.get(name) as Tensor).data as Float32Array, offset);
  return theta;
}

/** The network with other constants. */
export function withConstants(model: Model, constants: ReadonlyMap<string, Tensor>): Model {
  return { ...model, graph: { ...model.graph, constants: new Map([...model.graph.constants, ...constants]) } };
}

/** The tensors that theta holds, by name. */
export const tensorsOf = (theta: Float32Array, { slots }: ParameterLayout): ReadonlyMap<string, Tensor> =>
  new Map(
    slots.map(({ name, dims, offset, size }) => [
      name,
      { dtype: "float32", dims, data: theta.slice(offset, offset + size) } as const,
    ]),
  );
