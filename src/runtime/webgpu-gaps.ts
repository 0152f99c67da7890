/** @file Nodes that the WebGPU provider takes and then fails on, or computes wrongly: to be left to the CPU beside it. */
import { readTensor } from "../graph/read-tensor.ts";
import { toNumbers } from "../graph/tensor.ts";
import { decodeModel, type NodeProto, type TensorProto } from "../proto/codec.ts";

/** The constant behind an input; undefined when there is none, or it is computed. */
type Constant = (input: number) => TensorProto | undefined;

const numbers = (t: TensorProto | undefined): readonly number[] | undefined =>
  t && Array.from(toNumbers(readTensor(t, () => undefined)));
const attribute = (node: NodeProto, name: string): NodeProto["attribute"][number] | undefined =>
  node.attribute.find((a) => a.name === name);
const text = (node: NodeProto, name: string): string =>
  new TextDecoder().decode(attribute(node, name)?.s ?? new Uint8Array());
const group = (node: NodeProto): number => Number(attribute(node, "group")?.i ?? 1);
const lengthOf = (node: NodeProto, name: string): number | undefined => attribute(node, name)?.ints.length;
const spatialRank = (node: NodeProto, constant: Constant): number =>
  lengthOf(node, "kernel_shape") ?? lengthOf(node, "strides") ?? (constant(1)?.dims.length ?? 4) - 2;

/** One output channel a group and an even number of input channels (a weight that is computed is taken for such a one). */
function failsTransposed(node: NodeProto, constant: Constant): boolean {
  if (spatialRank(node, constant) > 2) return true;
  if (group(node) === 1) return false;
  const [channels, outputs] = (constant(1)?.dims ?? [0, 1]).map(Number) as [number, number];
  return outputs === 1 && (channels / group(node)) % 2 === 0;
}

/** Seen in onnxruntime-web 1.30.0 with the op cases of the tests; a row may go when its cases pass without it. */
const GAPS: Readonly<Record<string, (node: NodeProto, constant: Constant) => boolean>> = {
  /** "The Indices output is not supported yet" (pool.cc). */
  MaxPool: (node) => (node.output[1] ?? "") !== "",
  /** "Conv3D does not support grouped convolution". */
  Conv: (node, constant) => spatialRank(node, constant) > 2 && group(node) > 1,
  /** "Only Conv2d or Conv1d are supported"; wrong numbers in some groups. */
  ConvTranspose: failsTransposed,
  /** A negative step starts at the last element whatever `starts` says: wrong numbers. */
  Slice: (node, constant) =>
    (node.input[4] ?? "") !== "" && !(numbers(constant(4))?.every((step) => step > 0) ?? false),
  /** Linear interpolation takes the last two axes for the plane: wrong numbers with channels last. */
  Resize: (node, constant) =>
    text(node, "mode") === "linear" &&
    !(
      numbers(constant(2))
        ?.slice(0, -2)
        .every((scale) => scale === 1) ?? false
    ),
  /** A base that broadcasts gives an invalid shader. */
  Pow: (_, constant) => numbers(constant(1))?.length !== 1,
  /** Training mode is refused. */
  BatchNormalization: (node) => Number(attribute(node, "training_mode")?.i ?? 0) === 1,
  /** Overflows: no maximum is taken out. */
  ReduceLogSumExp: () => true,
  /** Ellipses must be of one length and shape; one in the middle of a term kills the runtime. */
  Einsum: (node) => text(node, "equation").includes("..."),
};

/** Names of such nodes in a serialised model. */
export function webgpuGaps(bytes: Uint8Array): readonly string[] {
  const graph = decodeModel(bytes).graph;
  const initializers = new Map(graph?.initializer.map((t) => [t.name, t]));
  return (graph?.node ?? []).flatMap((node) => {
    const constant: Constant = (input) => initializers.get(node.input[input] ?? "");
    return node.domain === "" && GAPS[node.opType]?.(node, constant) ? [node.name] : [];
  });
}
