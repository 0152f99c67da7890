/** @file A linear node seen as `y = W x + b`: its map, and the map's transpose, for any inputs and weights put in their place. */

import type { Site } from "../diff/reverse.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { isFloat, tensor } from "../graph/tensor.ts";
import { type Attrs, type FloatAttr, float } from "../graph/types.ts";
import type { Vjp } from "../ops/define.ts";
import type { Survey } from "./survey.ts";

export interface Affine {
  readonly x: Value;
  /** Null for pools and means, whose weights are fixed: axes and shapes are no weights. */
  readonly w: Value | null;
  readonly b: Value | null;
  /** `W x + b`, as the network computed it. */
  readonly y: Value;
  /** `W x + b + lift`. */
  readonly forward: (x: Value, w: Value | null, b: Value | null, lift?: number) => Value;
  /** `Wᵀ s`, shaped like `x`. */
  readonly transpose: (w: Value | null, s: Value) => Value;
  /** A bias seen at every output: broadcasts against `y`. */
  readonly spread: (b: Value) => Value;
}

/** Where ops keep their bias. */
const BIAS: Readonly<Record<string, number>> = { Conv: 2, ConvTranspose: 2, Gemm: 2 };
/** Ops whose bias is one number a channel, on axis 1. */
const CHANNEL_BIAS = new Set(["Conv", "ConvTranspose"]);

/** Which inputs carry data. */
export const dataInputs = ({ wants }: Pick<Site, "wants">): readonly number[] =>
  wants.flatMap((wanted, i) => (wanted ? [i] : []));

/** Throws `E_METHOD_UNSUITABLE` when weights are computed from the image, too. */
export function affineOf(site: Site, survey: Survey): Affine {
  const { g, node, x: inputs } = site;
  const [at = 0, another] = dataInputs(site);
  if (another !== undefined)
    throw new OnnxplainError(
      "E_METHOD_UNSUITABLE",
      `Both inputs of ${node.op} "${node.name}" depend on the image, so it has no fixed weights that relevance could follow. Use \`composite=attnlrp\`, or a gradient method.`,
      { node: node.name, op: node.op },
    );
  const biasAt = BIAS[node.op] ?? -1;
  const weightAt = inputs.findIndex((v, i) => v !== null && i !== at && i !== biasAt && isFloat(v.dtype));
  const added = survey.addedBias(node);
  const { attrs, scaledWeight, scaledBias } = withoutFactors(g, site);
  const own = inputs[biasAt] ?? null;
  const data = inputs[at] as Value;
  const isPool = weightAt < 0;
  const place = (x: Value, w: Value | null, b: Value | null): readonly (Value | null)[] =>
    inputs.map((v, i) => (i === at ? x : i === biasAt ? b : i === weightAt ? w : v));
  const plus = (y: Value, b: Value | null, lift: number): Value => {
    const shifted = b ? g.op("Add", [y, lift === 0 ? b : g.op("Add", [b, g.scalar(lift)])]) : y;
    return b || lift === 0 ? shifted : g.op("Add", [y, g.scalar(lift)]);
  };
  return {
    x: data,
    w: isPool ? null : scaledWeight(inputs[weightAt] as Value),
    b: added ? g.value(added.bias) : own && scaledBias(own),
    y: added ? g.value(added.sum) : site.y,
    forward: (x, w, b, lift = 0) => {
      if (biasAt < 0) return plus(g.op(node.op, place(x, w, null), attrs), b, lift);
      return g.op(
        node.op,
        place(x, w, biasWith(site, b, lift)).concat(biasAt < inputs.length ? [] : [biasWith(site, b, lift)]),
        attrs,
      );
    },
    transpose: (w, s) => {
      const back = (site.row.vjp as Vjp<Attrs>)({ ...site, attrs, dy: s, dys: [s], x: place(data, w, own) })[at];
      if (!back) throw new Error(`internal: ${node.op} has no cotangent for its data`);
      return back;
    },
    spread: (b) =>
      CHANNEL_BIAS.has(node.op)
        ? g.op("Unsqueeze", [b, g.ints((data.dims as readonly Dim[]).slice(2).map((_, i) => i + 1))])
        : b,
  };
}

/** The bias input for `b + lift`: a vector over output channels where the op wants one. */
function biasWith({ g, node, y }: Site, b: Value | null, lift: number): Value | null {
  if (lift === 0) return b;
  if (b) return g.op("Add", [b, g.scalar(lift)]);
  const channels = y.dims?.[1];
  return typeof channels === "number" && CHANNEL_BIAS.has(node.op)
    ? g.op("Expand", [g.constant(tensor("float32", [1], [lift])), g.ints([channels])])
    : g.constant(tensor("float32", [1], [lift]));
}

/** Gemm's alpha and beta moved into weight and bias: a negative factor would swap their signs. */
function withoutFactors(
  g: GraphBuilder,
  { node, attrs }: Site,
): { readonly attrs: Attrs; readonly scaledWeight: (w: Value) => Value; readonly scaledBias: (b: Value) => Value } {
  const factor = (name: string): number => (attrs[name] as FloatAttr | undefined)?.float ?? 1;
  const [alpha, beta] = node.op === "Gemm" ? [factor("alpha"), factor("beta")] : [1, 1];
  const scaled = (by: number) => (v: Value) => (by === 1 ? v : g.op("Mul", [v, g.scalar(by)]));
  return {
    attrs: node.op === "Gemm" ? { ...attrs, alpha: float(1), beta: float(1) } : attrs,
    scaledWeight: scaled(alpha),
    scaledBias: scaled(beta),
  };
}
