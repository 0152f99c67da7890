/** @file Softmax, LogSoftmax and Hardmax before opset 13: the input is coerced to 2-D at `axis`, and a row is normalised. */
import { OnnxplainError } from "../../errors.ts";
import { intAttr } from "../attributes.ts";
import type { Lift } from "./lift.ts";

/** Equal to the per-axis form where everything after `axis` has size 1; otherwise flattened, normalised and shaped back. */
export const flatSoftmax: Lift = (node, rw) => {
  const x = node.inputs[0] ?? "";
  const dims = rw.dims(x);
  const declared = intAttr(node, "axis") ?? 1;
  if (dims === undefined) return flattened(node, rw, declared);
  const axis = declared < 0 ? declared + dims.length : declared;
  if (axis < 0 || axis > dims.length) {
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `Node "${node.name}" (${node.op}) has axis ${declared}, but its input has rank ${dims.length}. The file is damaged.`,
      { node: node.name, op: node.op },
    );
  }
  const rest = dims.slice(axis);
  if (rest.length > 0 && rest.filter((d) => d !== 1).length <= 1) {
    const at = rest.findIndex((d) => d !== 1);
    return { ...node, attrs: { ...node.attrs, axis: axis + Math.max(at, 0) } };
  }
  return flattened(node, rw, axis);
};

const flattened: (node: Parameters<Lift>[0], rw: Parameters<Lift>[1], axis: number) => ReturnType<Lift> = (
  node,
  rw,
  axis,
) => {
  const x = node.inputs[0] ?? "";
  const rows = rw.op("Flatten", node, { inputs: [x], attrs: { axis } });
  const normal = rw.op(node.op, node, { inputs: [rows], attrs: { axis: 1 } });
  const shape = rw.op("Shape", node, { inputs: [x] });
  return { ...node, op: "Reshape", inputs: [normal, shape], attrs: {} };
};
