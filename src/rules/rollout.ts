/** @file Mass of tokens on its way back: a node hands what it gets to its inputs by fixed shares; attention alone moves it by values. */
import type { Rule, Site } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";
import type { Attrs } from "../graph/types.ts";
import type { Kind, Vjp } from "../ops/define.ts";

type Back = ReturnType<Rule>;

/** What differs between methods that let mass flow back through attention. */
export interface Flow {
  /** Does a value depend on the image? */
  readonly isData: (name: string) => boolean;
  /** Is a value made of attention weights alone? */
  readonly isAttention: (name: string) => boolean;
  /** What stands for the attention weights of a product when mass goes back through it; same shape. */
  readonly attention: (weights: Value) => Value;
  /** The part of a sum's mass that each of the values that meet there gets. */
  readonly branchShare: (branches: readonly string[]) => number;
}

/** Ops of kind `join` that move values without adding them. */
const PLACING = new Set(["Concat", "CumSum", "ScatterElements", "ScatterND"]);
/** Ops of kind `pool` whose derivative hands on exactly what it gets. */
const POOLING = new Set(["GlobalAveragePool", "MaxPool", "GlobalMaxPool", "ReduceMax", "ReduceMin"]);

/**
 * Movement routes mass as it routes gradients. Weights (dense layers, convolutions) hand it evenly to everything an output
 * reads. Activations and normalisations pass it on. A product of attention weights A with data V gives Aᵀ m to V and nothing to
 * A. Branches that meet in a sum get {@link Flow.branchShare} each; factors of an element-wise product share evenly, but a
 * factor that is the same for several positions (a gate, a deviation) gets nothing, and neither does an attention weight.
 * Source: the walk form of Abnar and Zuidema 2020 (arXiv 2005.00928), section 3.
 * @throws OnnxplainError `E_METHOD_UNSUITABLE` at products of two data values that are not attention, and at weights without a derivative.
 */
export const massFlow =
  (flow: Flow): Rule =>
  (site) =>
    BY_KIND[site.row.kind](site, flow);

const routed = (site: Site): Back => {
  if (typeof site.row.vjp !== "function") throw noWay(site, site.row.vjp.none);
  return (site.row.vjp as Vjp<Attrs>)(site);
};

const dataInputs = ({ node }: Site, { isData }: Flow): readonly number[] =>
  node.inputs.flatMap((name, i) => (isData(name) ? [i] : []));

/** `dy` times `share` to the inputs `at`. */
function handed({ g, node, dy }: Site, at: readonly number[], share: number): Back {
  const part = share === 1 ? dy : g.op("Mul", [dy, g.scalar(share)]);
  return node.inputs.map((_, i) => (at.includes(i) ? part : null));
}

const evenly = (site: Site, at: readonly number[]): Back => handed(site, at, 1 / at.length);

/** A sum of attention weights with data would be no attention any more: both are branches. */
function joined(site: Site, flow: Flow): Back {
  if (PLACING.has(site.node.op)) return routed(site);
  const at = dataInputs(site, flow);
  return handed(site, at, flow.branchShare(at.map((i) => site.node.inputs[i] as string)));
}

function multiplied(site: Site, flow: Flow): Back {
  const at = dataInputs(site, flow);
  const values = at.filter((i) => !flow.isAttention(site.node.inputs[i] as string));
  const size = site.y.dims?.join();
  const whole = (values.length > 0 ? values : at).filter((i) => site.x[i]?.dims?.join() === size);
  return evenly(site, whole.length > 0 ? whole : values.length > 0 ? values : at);
}

/** Everything a reduction reads shares evenly. */
function reduced(site: Site): Back {
  const { g, node, dy, x, attrs } = site;
  if (POOLING.has(node.op)) return routed(site);
  if (node.op === "AveragePool") return flatlySpread(site, 0);
  const data = x[0] as Value;
  const kept = attrs.keepdims === 0 && x[1] ? g.op("Unsqueeze", [dy, x[1]]) : dy;
  const shape = g.op("Shape", [data]);
  const ones = g.op("Expand", [g.scalar(1), shape]);
  const count = g.op("ReduceSum", [ones, ...(x[1] ? [x[1]] : [])], { keepdims: 1 });
  return [g.op("Expand", [g.op("Div", [kept, count]), shape]), null];
}

function weighted(site: Site, flow: Flow): Back {
  const { node, x } = site;
  if (node.op === "BatchNormalization") return handed(site, [0], 1);
  const at = dataInputs(site, flow);
  const [first] = at;
  if (at.length === 1) return denselySpread(site, first as number) ?? flatlySpread(site, first as number);
  const weights = at.filter((i) => flow.isAttention(node.inputs[i] as string));
  if (at.length !== 2 || weights.length !== 1)
    throw noWay(site, "it multiplies two values that both depend on the image, and neither is attention");
  const held = x.map((v, i) => (weights.includes(i) ? flow.attention(v as Value) : v));
  return routed({ ...site, x: held, wants: node.inputs.map((_, i) => at.includes(i) && !weights.includes(i)) });
}

/** A matrix product along one axis: the sum over the outputs, evenly to the inputs. Null where the axis is not that simple. */
function denselySpread({ g, node, dy, x, attrs }: Site, at: number): Back | null {
  const data = x[at] as Value;
  const plain = node.op === "MatMul" || (node.op === "Gemm" && at === 0 && !attrs.transA);
  if (!plain || x.slice(0, 2).some((v) => (v?.dims?.length ?? 0) < 2)) return null;
  const axis = at === 0 ? -1 : -2;
  const width = data.dims?.at(axis);
  if (typeof width !== "number") return null;
  const all = g.op("ReduceSum", [dy, g.ints([axis])], { keepdims: 1 });
  const part = g.op("Mul", [all, g.scalar(1 / width)]);
  return node.inputs.map((_, i) => (i === at ? part : null));
}

/** Below this an output reads nothing but padding. */
const NOTHING = 1e-6;

/** R_in = 1ᵀ(R / (1 * 1)): the flat rule, all weights equal, padding 0. */
function flatlySpread(site: Site, at: number): Back {
  const { g, node, dy, x, attrs } = site;
  const operands = node.op === "Einsum" ? x.length : node.op === "AveragePool" ? 1 : 2;
  const ones = x.slice(0, operands).map((v) => onesLike(site, v));
  const reads = g.op("Max", [g.op(node.op, ones, attrs), g.scalar(NOTHING)]);
  const share = g.op("Div", [dy, reads]);
  const held = node.inputs.map((_, i) => (i === at ? (x[at] as Value) : (ones[i] ?? null)));
  return routed({ ...site, dy: share, dys: [share], x: held, wants: node.inputs.map((_, i) => i === at) });
}

/** Free dimensions count as 1: what an output reads does not depend on the batch. */
function onesLike(site: Site, v: Value | null | undefined): Value {
  const { g } = site;
  if (v?.dtype !== "float32" || v.dims === undefined) throw noWay(site, "its weights are not float32 of known rank");
  const dims = v.dims.map((d: Dim) => (typeof d === "number" ? d : 1));
  return g.op("ConstantOfShape", [g.ints(dims)], { value: { tensor: tensor("float32", [1], [1]) } });
}

const BY_KIND: Readonly<Record<Kind, (site: Site, flow: Flow) => Back>> = {
  linear: weighted,
  activation: (site, flow) => evenly(site, dataInputs(site, flow)),
  pool: reduced,
  join: joined,
  movement: routed,
  product: multiplied,
  normalize: (site) => handed(site, [0], 1),
  constant: ({ node }) => node.inputs.map(() => null),
};

const noWay = ({ node }: Site, reason: string): OnnxplainError =>
  new OnnxplainError(
    "E_METHOD_UNSUITABLE",
    `The mass of tokens has no way back through \`${node.op}\`: ${reason}. Use a gradient method, or \`occlusion\`.`,
  );

/** Mass 1 at the scores [N, classes], the same for every class. */
export function evenMass(g: GraphBuilder, scores: Value, classes: number): Value {
  const row = g.constant(tensor("float32", [1, classes], new Float32Array(classes).fill(1 / classes)));
  return g.op("Expand", [row, g.op("Shape", [scores])]);
}
