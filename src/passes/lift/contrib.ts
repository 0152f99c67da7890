/** @file ONNX Runtime's own ops (`com.microsoft`), as optimised and quantised files hold them, in standard words. */
import { OnnxplainError } from "../../errors.ts";
import { type Attrs, float, type Node } from "../../graph/types.ts";
import { intAttr, realAttr, realsAttr, textAttr, without } from "../attributes.ts";
import type { Rewriter } from "../rewriter.ts";
import type { Lift } from "./lift.ts";

const standard = (node: Node, op: string, inputs: readonly string[], attrs: Attrs = {}): Node => ({
  ...node,
  op,
  domain: "",
  inputs,
  attrs,
});

/** The float value behind inputs `at`, `at + 1` (scale), `at + 2` (zero point). */
function real(node: Node, rw: Rewriter, at: number, attrs: Attrs = {}): string {
  const inputs = [0, 1, 2].map((i) => node.inputs[at + i] ?? "");
  return rw.op("DequantizeLinear", node, { inputs, attrs });
}
const quantized = (node: Node, value: string, at: number): Node =>
  standard(
    node,
    "QuantizeLinear",
    [value, node.inputs[at] ?? "", node.inputs[at + 1] ?? ""].filter((n, i) => i < 2 || n !== ""),
  );

/** Two quantised operands: `A, A_scale, A_zp, B, B_scale, B_zp, C_scale, C_zp`. */
export const quantizedPair =
  (op: string): Lift =>
  (node, rw) =>
    quantized(node, rw.op(op, node, { inputs: [real(node, rw, 0), real(node, rw, 3)] }), 6);

/** One quantised operand: `X, X_scale, X_zp, Y_scale, Y_zp`. Channels must come second. */
export const quantizedMap =
  (op: string): Lift =>
  (node, rw) => {
    if (intAttr(node, "channels_last")) {
      throw new OnnxplainError(
        "E_UNSUPPORTED_OP",
        `Node "${node.name}" (${node.op}) keeps channels last, which has no standard form. Quantise the original model without layout changes.`,
        { node: node.name, op: node.op },
      );
    }
    return quantized(
      node,
      rw.op(op, node, { inputs: [real(node, rw, 0)], attrs: without(node.attrs, "channels_last") }),
      3,
    );
  };

/** `Y_scale, Y_zp`, then a triple for each part. */
export const quantizedConcat: Lift = (node, rw) => {
  const parts = Array.from({ length: Math.floor((node.inputs.length - 2) / 3) }, (_, i) => real(node, rw, 2 + 3 * i));
  return quantized(node, rw.op("Concat", node, { inputs: parts, attrs: { axis: intAttr(node, "axis") ?? 0 } }), 0);
};

/** Activations that ONNX Runtime fuses, with the attributes that `activation_params` fill in order. */
const ACTIVATION_PARAMS: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Tanh: [],
  Sigmoid: [],
  HardSwish: [],
  Softplus: [],
  LeakyRelu: ["alpha"],
  HardSigmoid: ["alpha", "beta"],
  Elu: ["alpha"],
};

function activated(node: Node, value: string, params: readonly number[], rw: Rewriter): Node {
  const op = textAttr(node, "activation") ?? "";
  if (op === "Clip") {
    const bounds = params.map((v, i) => rw.scalar(v, "float32", `${node.outputs[0]}/${i === 0 ? "min" : "max"}`));
    return standard(node, "Clip", [value, ...bounds]);
  }
  const names = Object.hasOwn(ACTIVATION_PARAMS, op) ? ACTIVATION_PARAMS[op] : undefined;
  if (op === "" || names === undefined) return standard(node, op === "" ? "Identity" : op, [value]);
  return standard(
    node,
    op,
    [value],
    Object.fromEntries(names.flatMap((name, i) => (params[i] === undefined ? [] : [[name, float(params[i])]]))),
  );
}

/** FusedConv: `X, W, B, Z` is activation(Conv(X, W, B) + Z). */
export const fusedConv: Lift = (node, rw) => {
  const [x = "", w = "", b = "", z = ""] = node.inputs;
  const made = rw.op("Conv", node, {
    inputs: [x, w, b],
    attrs: without(node.attrs, "activation", "activation_params"),
  });
  const sum = z === "" ? made : rw.op("Add", node, { inputs: [made, z] });
  return activated(node, sum, realsAttr(node, "activation_params") ?? [], rw);
};
export const fusedGemm: Lift = (node, rw) => {
  const own = ["activation", "activation_alpha", "activation_beta", "activation_gamma"];
  const params = own.slice(1).flatMap((name) => realAttr(node, name) ?? []);
  return activated(node, rw.op("Gemm", node, { inputs: node.inputs, attrs: without(node.attrs, ...own) }), params, rw);
};

/** Gelu, BiasGelu, FastGelu: an optional bias, then Gelu. */
export const biasGelu =
  (approximate: "none" | "tanh"): Lift =>
  (node, rw) => {
    const [x = "", bias = ""] = node.inputs;
    return standard(node, "Gelu", [bias === "" ? x : rw.op("Add", node, { inputs: [x, bias] })], { approximate });
  };

/** QuickGelu: x · sigmoid(alpha x). */
export const quickGelu: Lift = (node, rw) => {
  const [x = ""] = node.inputs;
  const alpha = rw.scalar(realAttr(node, "alpha") ?? 1.702, rw.dtype(x), `${node.outputs[0]}/alpha`);
  return standard(node, "Mul", [x, rw.op("Sigmoid", node, { inputs: [rw.op("Mul", node, { inputs: [x, alpha] })] })]);
};
