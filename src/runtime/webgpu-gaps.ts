/** @file Nodes that the WebGPU provider takes and then fails on, or computes wrongly: to be left to the CPU beside it. */
import { readTensor } from "../graph/read-tensor.ts";
import { toNumbers } from "../graph/tensor.ts";
import { decodeModel, type NodeProto } from "../proto/codec.ts";

/** The elements of a constant input; undefined when there is none, or it is computed. */
type Constant = (input: number) => readonly number[] | undefined;

const text = (node: NodeProto, name: string): string =>
  new TextDecoder().decode(node.attribute.find((a) => a.name === name)?.s ?? new Uint8Array());

/** Seen in onnxruntime-web 1.30.0, with op cases of the tests; a row may go when its cases pass without it. */
const GAPS: Readonly<Record<string, (node: NodeProto, constant: Constant) => boolean>> = {
  /** "The Indices output is not supported yet" (pool.cc). */
  MaxPool: (node) => (node.output[1] ?? "") !== "",
  /** A negative step starts at the last element whatever `starts` says. */
  Slice: (node, constant) => (node.input[4] ?? "") !== "" && !(constant(4)?.every((step) => step > 0) ?? false),
  /** Linear interpolation takes the last two axes for the plane. */
  Resize: (node, constant) => text(node, "mode") === "linear" && !constant(2)?.slice(0, -2).every((scale) => scale === 1),
  /** Overflows: no maximum is taken out. */
  ReduceLogSumExp: () => true,
  /** Ellipses must be of one length and shape; one in the output alone kills the runtime. */
  Einsum: (node) => text(node, "equation").includes("..."),
};

/** Names of such nodes in a serialised model. */
export function webgpuGaps(bytes: Uint8Array): readonly string[] {
  const graph = decodeModel(bytes).graph;
  const initializers = new Map(graph?.initializer.map((t) => [t.name, t]));
  return (graph?.node ?? []).flatMap((node) => {
    const constant: Constant = (input) => {
      const t = initializers.get(node.input[input] ?? "");
      return t && Array.from(toNumbers(readTensor(t, () => undefined)));
    };
    return node.domain === "" && GAPS[node.opType]?.(node, constant) ? [node.name] : [];
  });
}
