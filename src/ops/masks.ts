/** @file Masks of piecewise linear activations, in ops that ONNX Runtime's blocked convolution layout keeps (HardSigmoid, Mul). */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { tensor, toNumbers } from "../graph/tensor.ts";
import { type Fact, float, type Node } from "../graph/types.ts";
import { depthwiseKernel } from "./depthwise.ts";

/** Close to the largest float32: `STEEP * v` is at least 1 for every normal positive `v` (and may overflow to infinity). */
const STEEP = 3.4e38;
/** A power of two, so that `2^100 v - 2^100 b` rounds as `v - b` does: exactly 0 at `b`, at least 1 one step away. */
const EXACT = 2 ** 100;

const step = (g: GraphBuilder, v: Value, alpha: number, beta: number): Value =>
  g.op("HardSigmoid", [v], { alpha: float(alpha), beta: float(beta) }, "step");
const compared = (g: GraphBuilder, [op, a, b]: readonly ["Greater" | "Less", Value, number]): Value =>
  g.op("Cast", [g.op(op, [a, g.scalar(b, a.dtype)])], { to: dtypeCode(a.dtype) });
const steps = (v: Value): boolean => v.dtype === "float32";

/**
 * 1 where `y > 0`, else 0, for every `y` that is not a positive denormal below 2.9e-39.
 * One op that runs in the blocked layout, where a comparison and a Cast would need the plain one.
 */
export const positiveMask = (g: GraphBuilder, y: Value): Value =>
  steps(y) ? step(g, y, STEEP, 0) : compared(g, ["Greater", y, 0]);

/** Was this node made by {@link positiveMask}? */
export function isPositiveMask({ op, domain, attrs }: Node): boolean {
  const is = (name: string, value: number): boolean =>
    typeof attrs[name] === "object" && "float" in attrs[name] && attrs[name].float === value;
  return op === "HardSigmoid" && domain === "" && is("alpha", STEEP) && is("beta", 0);
}

/** 1 where `y > low`, else 0. */
const aboveMask = (g: GraphBuilder, y: Value, low: number): Value =>
  low === 0 ? positiveMask(g, y) : steps(y) ? step(g, y, EXACT, -low * EXACT) : compared(g, ["Greater", y, low]);
/** 1 where `y < high`, else 0. */
const belowMask = (g: GraphBuilder, y: Value, high: number): Value =>
  steps(y) ? step(g, y, -EXACT, high * EXACT) : compared(g, ["Less", y, high]);

/** `dy` where `y > 0`, else 0. Nothing is added where `dy` is known to vanish there already. */
export function wherePositive(g: GraphBuilder, dy: Value, y: Value): Value {
  if (vanishes(g, dy, y)) return dy;
  return vanishesWith(g, g.op("Mul", [dy, positiveMask(g, y)]), y);
}

/** Can both masks of {@link whereBetween} be told with these bounds? */
export const isExactBound = (bound: number): boolean => Math.abs(bound) <= 2 ** 27 && Math.fround(bound) === bound;

/** `dy` where `y` lies strictly between the bounds, else 0; an infinite bound is no bound, the others pass {@link isExactBound}. */
export function whereBetween(g: GraphBuilder, dy: Value, y: Value, [low, high]: readonly [number, number]): Value {
  let out = dy;
  if (low === 0 && !vanishes(g, dy, y)) {
    const inside = high > 0 && high < Number.POSITIVE_INFINITY ? insideMask(g, y, high) : undefined;
    if (inside) return vanishesWith(g, g.op("Mul", [dy, inside]), y);
    out = wherePositive(g, out, y);
  } else if (low === 0) out = dy;
  else if (low > Number.NEGATIVE_INFINITY) out = g.op("Mul", [out, aboveMask(g, y, low)]);
  return high < Number.POSITIVE_INFINITY ? g.op("Mul", [out, belowMask(g, y, high)]) : out;
}

/**
 * 1 where `0 < y < high` for a `y` in [0, high]: `[ [y > 0] - y/s + high/s - 1 > 0 ]`, with the power of two `s` for which
 * `high/s` lies in (1/2, 1]. Both quotients are exact, `1 - y/s` is where `y` is near `high`, so the sum is 0 at `high` and
 * positive one step below. A convolution, an Add and a HardSigmoid are one kernel: one pass over the data less than two masks.
 */
function insideMask(g: GraphBuilder, y: Value, high: number): Value | undefined {
  const channels = y.dims?.[1];
  if (!steps(y) || y.dims?.length !== 4 || typeof channels !== "number" || channels % 16 !== 0) return undefined;
  const scale = 2 ** Math.ceil(Math.log2(high));
  const w = depthwiseKernel(g, channels, { dims: [1, 1], values: [-1 / scale] });
  const bias = g.op("Expand", [g.constant(tensor("float32", [1], [high / scale - 1])), g.ints([channels])]);
  const rest = g.op("Conv", [y, w, bias], { group: channels, kernel_shape: [1, 1] });
  return positiveMask(g, g.op("Add", [rest, positiveMask(g, y)]));
}

/** Which cotangents are known to be 0 wherever another value is 0: what spares a second mask. */
const known = new WeakMap<GraphBuilder, Map<string, Set<string>>>();
function vanishing(g: GraphBuilder): Map<string, Set<string>> {
  const found = known.get(g);
  if (found) return found;
  const made = new Map<string, Set<string>>();
  known.set(g, made);
  return made;
}

const vanishes = (g: GraphBuilder, dy: Value, y: Value): boolean => vanishing(g).get(dy.name)?.has(y.name) ?? false;

/** State that `dy` is 0 wherever the non-negative `y` is 0. */
export function vanishesWith(g: GraphBuilder, dy: Value, y: Pick<Value, "name">): Value {
  const map = vanishing(g);
  map.set(dy.name, new Set([...(map.get(dy.name) ?? []), y.name]));
  return dy;
}
/** {@link vanishesWith}, as it stands now: by cotangent, the values it vanishes with. */
export const vanishingOf = (g: GraphBuilder): ReadonlyMap<string, ReadonlySet<string>> => vanishing(g);

const constantOf = (fact: Fact | undefined): number | undefined =>
  fact?.constant && fact.constant.data.length === 1 ? toNumbers(fact.constant)[0] : undefined;

/** Does the derivative of this node vanish wherever its output is 0? */
export function deadAtZero(node: Node, factOf: (name: string) => Fact | undefined): boolean {
  if (node.domain !== "") return false;
  return (
    node.op === "Relu" ||
    (node.op === "Clip" &&
      node.inputs[1] !== undefined &&
      node.inputs[1] !== "" &&
      constantOf(factOf(node.inputs[1])) === 0)
  );
}

const NON_NEGATIVE = new Set(["Relu", "Sigmoid", "HardSigmoid", "Softmax", "Softplus", "Abs", "Exp", "Sqrt"]);
/** Ops that cannot make a negative number out of non-negative ones. */
const KEEPS_SIGN = new Set([
  "Concat",
  "Add",
  "Mul",
  "Sum",
  "MaxPool",
  "AveragePool",
  "GlobalAveragePool",
  "Reshape",
  "Transpose",
  "Identity",
  "Dropout",
  "Max",
]);

/** Is the value known never to be negative? Looks back a few ops. */
export function isNonNegative(g: GraphBuilder, v: Value, depth = 4): boolean {
  const node = g.producer(v);
  if (node === undefined || node.domain !== "") return false;
  if (NON_NEGATIVE.has(node.op)) return true;
  if (node.op === "Clip") return node.inputs[1] ? (constantOf(g.value(node.inputs[1])) ?? -1) >= 0 : false;
  if (!KEEPS_SIGN.has(node.op) || depth === 0) return false;
  const data = node.op === "Reshape" || node.op === "Dropout" ? node.inputs.slice(0, 1) : node.inputs;
  return data.every((name) => isNonNegative(g, g.value(name), depth - 1));
}
