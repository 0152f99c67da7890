/** @file BatchNormalization's old switches and extra outputs; GroupNormalization's per-group scale. */
import { OnnxplainError } from "../../errors.ts";
import { float } from "../../graph/types.ts";
import { intAttr, realAttr, without } from "../attributes.ts";
import type { Lift } from "./lift.ts";

/** BatchNormalization below 14 lists saved statistics as outputs 1 to 4; inference has one output. */
export const oneOutput: Lift = (node, rw) => {
  const extra = node.outputs.slice(1).find((name) => name !== "" && rw.isUsed(name));
  if (extra !== undefined) {
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `Node "${node.name}" (BatchNormalization) gives its running statistics \`${extra}\` to other nodes, which only a training graph does. Export the model in inference mode.`,
      { node: node.name, op: node.op },
    );
  }
  return { ...node, outputs: node.outputs.slice(0, 1) };
};

/** `spatial = 0` (below 9): statistics per feature and position, which is plain arithmetic. */
export const perPosition: Lift = (node, rw) => {
  const clean = { ...node, attrs: without(node.attrs, "spatial", "is_test", "consumed_inputs") };
  if ((intAttr(node, "spatial") ?? 1) !== 0) return clean;
  const [x = "", scale = "", bias = "", mean = "", variance = ""] = node.inputs;
  const eps = rw.scalar(realAttr(node, "epsilon") ?? 1e-5, rw.dtype(x), `${node.outputs[0]}/epsilon`);
  const safe = rw.op("Add", node, { inputs: [variance, eps] });
  const factor = rw.op("Div", node, { inputs: [scale, rw.op("Sqrt", node, { inputs: [safe] })] });
  const scaled = rw.op("Mul", node, { inputs: [rw.op("Sub", node, { inputs: [x, mean] }), factor] });
  return { ...node, op: "Add", inputs: [scaled, bias], outputs: node.outputs.slice(0, 1), attrs: {} };
};

/** GroupNormalization-18 scales groups, GroupNormalization-21 channels: every group's value is repeated. */
export const perChannel: Lift = (node, rw) => {
  const [x = "", scale = "", bias = ""] = node.inputs;
  const channels = rw.dims(x)?.[1];
  const groups = intAttr(node, "num_groups");
  if (typeof channels !== "number" || groups === undefined || groups < 1 || channels % groups !== 0) {
    throw new OnnxplainError(
      "E_SHAPE",
      `Node "${node.name}" (GroupNormalization, opset 18) has ${groups} groups and ${channels ?? "an unknown number of"} channels, so its scale cannot be laid out per channel. Export it with opset 21.`,
      { node: node.name, op: node.op },
    );
  }
  if (groups === channels) return node;
  const repeat = (name: string): string => {
    const column = rw.op("Unsqueeze", node, { inputs: [name, rw.ints([1], `${name}/axis`)] });
    const wide = rw.op("Expand", node, { inputs: [column, rw.ints([groups, channels / groups], `${name}/shape`)] });
    return rw.op("Reshape", node, { inputs: [wide, rw.ints([-1], `${name}/flat`)] });
  };
  return { ...node, inputs: [x, repeat(scale), repeat(bias)] };
};

/** Selu-1 states rounded defaults. */
export const seluDefaults: Lift = (node) => ({
  ...node,
  attrs: { alpha: float(1.6732), gamma: float(1.0507), ...node.attrs },
});
