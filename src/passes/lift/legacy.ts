/** @file Forms from before opset 7, lifted with best effort: `broadcast` and `axis`, Cast by name, defaults that moved. */
import { OnnxplainError } from "../../errors.ts";
import { dtypeCode } from "../../graph/dtype-code.ts";
import type { DType } from "../../graph/types.ts";
import { intAttr, withInputs, without } from "../attributes.ts";
import type { Lift } from "./lift.ts";

/** `broadcast = 1, axis = a`: the second operand is laid along axes a, a+1, … of the first. */
export const alignedOperand: Lift = (node, rw) => {
  const attrs = without(node.attrs, "broadcast", "axis", "consumed_inputs");
  const axis = intAttr(node, "axis");
  const [a = "", b = ""] = node.inputs;
  const rank = rw.dims(a)?.length;
  const own = rw.dims(b)?.length;
  if (axis === undefined || !intAttr(node, "broadcast") || own === undefined || own === 0) return { ...node, attrs };
  if (rank === undefined) {
    throw new OnnxplainError(
      "E_SHAPE",
      `Node "${node.name}" (${node.op}) broadcasts along axis ${axis} of a value whose rank is unknown. Export the model with opset 7 or later.`,
      { node: node.name, op: node.op },
    );
  }
  const trailing = rank - own - (axis < 0 ? axis + rank : axis);
  if (trailing <= 0) return { ...node, attrs };
  const axes = rw.ints(
    Array.from({ length: trailing }, (_, i) => own + i),
    `${node.outputs[0]}/axes`,
  );
  return withInputs(node, [a, rw.op("Unsqueeze", node, { inputs: [b, axes] })], attrs);
};

/** PRelu below 7: a vector of slopes runs along the channels. */
export const channelSlopes: Lift = (node, rw) => {
  const [x = "", slope = ""] = node.inputs;
  const rank = rw.dims(x)?.length ?? 0;
  const dims = rw.dims(slope);
  if (dims?.length !== 1 || dims[0] === 1 || rank <= 2) return node;
  const axes = rw.ints(
    Array.from({ length: rank - 2 }, (_, i) => i + 1),
    `${slope}/axes`,
  );
  return withInputs(node, [x, rw.op("Unsqueeze", node, { inputs: [slope, axes] })]);
};

const NAMES: Readonly<Record<string, DType>> = {
  FLOAT: "float32",
  DOUBLE: "float64",
  FLOAT16: "float16",
  INT8: "int8",
  INT16: "int16",
  INT32: "int32",
  INT64: "int64",
  UINT8: "uint8",
  UINT16: "uint16",
  UINT32: "uint32",
  UINT64: "uint64",
  BOOL: "bool",
  STRING: "string",
};

/** Cast-1 names its target type. */
export const castByName: Lift = (node) => {
  const to = node.attrs.to;
  if (typeof to !== "string") return node;
  const dtype = Object.hasOwn(NAMES, to.toUpperCase()) ? NAMES[to.toUpperCase()] : undefined;
  if (dtype === undefined)
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `Node "${node.name}" casts to \`${to}\`, which is no ONNX type. The file is damaged.`,
      { node: node.name, op: node.op },
    );
  return { ...node, attrs: { ...node.attrs, to: dtypeCode(dtype) } };
};

/** Concat-1 joins along axis 1 unless told otherwise. */
export const concatAxis: Lift = (node) => ({ ...node, attrs: { axis: 1, ...node.attrs } });

/** A hint to allocators that early opsets carried. */
export const dropHint: Lift = (node) =>
  node.attrs.consumed_inputs === undefined ? node : { ...node, attrs: without(node.attrs, "consumed_inputs") };
/** Gemm below 7 says whether its third input broadcasts; later ones always let it. */
export const dropBroadcast: Lift = (node) => ({ ...node, attrs: without(node.attrs, "broadcast") });
