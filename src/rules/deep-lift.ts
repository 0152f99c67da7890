/**
 * @file DeepLIFT's rescale rule (Shrikumar et al. 2017, section 3.5.1): multipliers m with sum(m_in * dx) = sum(m_out * dy) at
 * every node, where dx and dy are differences from the values at a reference input.
 */

import { derivative, type Rule, type Site } from "../diff/emit.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Attrs } from "../graph/types.ts";
import { expandTo } from "../ops/broadcast.ts";
import { type Cotangents, type Kind, required, type Vjp } from "../ops/define.ts";
import type { Reference } from "./reference-pass.ts";

/**
 * Differences below this are none: the derivative stands for the quotient (Captum's bound). Larger ones may be rounding, and
 * yet give quotients that lie between the slopes of a kink, or between 0 and 1 for maxima.
 */
const NO_DIFFERENCE = 1e-10;
/**
 * Below this the mean of the slopes at both ends stands for the quotient on a smooth curve: the cube root of float32's rounding
 * unit u, near which the quotient's rounding error u/|dx| meets the trapezoid rule's dx^2/12.
 */
const SMALL_DIFFERENCE = 2 ** -8;

/** What a treatment sees besides the node: the values at the reference. */
interface Lifted extends Site {
  readonly reference: Reference;
  /** Says that the node has no rescale form and its gradient was taken. */
  readonly approximate: () => void;
}
type Treatment = (site: Lifted) => Cotangents;

const wantedInputs = ({ wants }: Site): readonly number[] => wants.flatMap((w, i) => (w ? [i] : []));
const referenceOf = (site: Lifted, i: number): Value => site.reference(site.node.inputs[i] as string);
const outputReference = (site: Lifted): Value => site.reference(site.node.outputs[0] as string);
const references = (site: Lifted): readonly (Value | null)[] =>
  site.x.map((v, i) => (v === null ? null : referenceOf(site, i)));
const half = (g: GraphBuilder, sum: Value): Value => g.op("Mul", [sum, g.scalar(0.5, sum.dtype)]);
const mean = (g: GraphBuilder, a: Value, b: Value): Value => half(g, g.op("Add", [a, b]));

/** The derivative for another cotangent, or at other values. */
const slope = (site: Site, at: Partial<Pick<Site, "dy" | "x" | "y">> = {}): Cotangents => {
  const { dy = site.dy } = at;
  const { y = site.y } = at;
  return (site.row.vjp as Vjp<Attrs>)({
    ...site,
    ...at,
    dys: site.dys.map((d) => d && dy),
    ys: [y, ...site.ys.slice(1)],
  });
};

/** `quotient` where inputs differ by more than `bound`, else `near`. */
const whereDifferent = (
  g: GraphBuilder,
  dx: Value,
  { bound, quotient, near }: { readonly bound: Value; readonly quotient: Value; readonly near: Value },
): Value => g.op("Where", [g.op("LessOrEqual", [g.op("Abs", [dx]), bound]), near, quotient]);

const gradient: Treatment = (site) => derivative(site);

/** No rescale form is known: the gradient at the input. */
const approximated: Treatment = (site) => {
  site.approximate();
  return derivative(site);
};

/** m_in = m_out dy/dx, element by element. */
function rescale(site: Lifted, i: number): Cotangents {
  const { g, dy, y, node, row } = site;
  const x = required(site.x, i);
  const dx = g.op("Sub", [x, referenceOf(site, i)]);
  const quotient = g.op("Mul", [dy, g.op("Div", [g.op("Sub", [y, outputReference(site)]), dx])]);
  const here = slope(site)[i] ?? g.scalar(0, x.dtype);
  const smooth = row.kind === "activation" && !KINKED.has(node.op);
  const there = smooth ? slope(site, { x: references(site), y: outputReference(site) })[i] : undefined;
  const near = there ? half(g, g.op("Add", [here, there])) : here;
  const bound = smooth ? smallDifference(g, x, node.op) : g.scalar(NO_DIFFERENCE, x.dtype);
  const m = whereDifferent(g, dx, { bound, quotient, near });
  return site.x.map((_, k) => (k === i ? m : null));
}

/** Powers and logarithms look alike at every scale, so what is small is a share of x. */
const smallDifference = (g: GraphBuilder, x: Value, op: string): Value =>
  SCALE_FREE.has(op)
    ? g.op("Mul", [g.op("Abs", [x]), g.scalar(SMALL_DIFFERENCE, x.dtype)])
    : g.scalar(SMALL_DIFFERENCE, x.dtype);
const SCALE_FREE: ReadonlySet<string> = new Set(["Sqrt", "Log", "Reciprocal", "Pow"]);

/** Activations whose slope or curvature jumps: their quotient is well conditioned near the jump, a mean of slopes is not. */
const KINKED: ReadonlySet<string> = new Set([
  "Relu",
  "LeakyRelu",
  "PRelu",
  "ThresholdedRelu",
  "Shrink",
  "Clip",
  "Abs",
  "Sign",
  "Floor",
  "Ceil",
  "Round",
  "HardSigmoid",
  "HardSwish",
  "Elu",
  "Selu",
  "Celu",
  "Softsign",
  "Max",
  "Min",
]);

const activation: Treatment = (site) => {
  const [i, ...more] = wantedInputs(site);
  return i === undefined || more.length > 0 ? approximated(site) : rescale(site, i);
};

/**
 * Multilinear in two inputs: each sees the other half way, which is the Shapley value of two players
 * (ab - a'b' = (a-a')(b+b')/2 + (b-b')(a+a')/2). Exact for squares as well. One input: the plain derivative.
 */
const halfWay: Treatment = (site) => {
  const wanted = wantedInputs(site);
  if (wanted.length < 2 && site.node.op !== "ReduceSumSquare") return gradient(site);
  if (wanted.length > 2 && site.node.op === "Einsum") return approximated(site);
  return slope(site, { x: site.x.map((v, i) => v && mean(site.g, v, referenceOf(site, i))) });
};

/** A factor that depends on the image through no derivative (a mask, a hand-written ReLU) makes the product an activation. */
const isGated = (site: Lifted): boolean =>
  site.x.some((v, i) => v !== null && !site.wants[i] && referenceOf(site, i).name !== v.name);

const product: Treatment = (site) => {
  const [i, ...more] = wantedInputs(site);
  return i !== undefined && more.length === 0 && isGated(site) ? rescale(site, i) : halfWay(site);
};

/** a/b is a product of a and 1/b: m_a = m (1/b + 1/b')/2, m_b = -m (a+a')/2 / (b b'). */
const quotient: Treatment = (site) => {
  const { g, dy, wants } = site;
  if (wants[1] !== true) return product(site);
  const [a, b] = [required(site.x, 0), required(site.x, 1)];
  const [a0, b0] = [referenceOf(site, 0), referenceOf(site, 1)];
  const both = g.op("Div", [dy, g.op("Mul", [b, b0])]);
  return [
    wants[0] ? half(g, g.op("Add", [g.op("Div", [dy, b]), g.op("Div", [dy, b0])])) : null,
    g.op("Neg", [g.op("Mul", [both, mean(g, a, a0)])]),
  ];
};

/**
 * Captum's rule for maxima: with M = max(y, y'), the amount m (M - y') goes to the winner of x and m (y - M) to the winner
 * of the reference; amounts add up and are divided by x - x'.
 */
const selection: Treatment = (site) => {
  const wanted = wantedInputs(site);
  const [only] = wanted;
  if (only !== undefined && wanted.length === 1 && site.row.kind === "activation") return rescale(site, only);
  const { g, dy, y } = site;
  const y0 = outputReference(site);
  const top = g.op(SMALLEST.has(site.node.op) ? "Min" : "Max", [y, y0]);
  const ours = slope(site, { dy: g.op("Mul", [dy, g.op("Sub", [top, y0])]) });
  const theirs = slope(site, {
    dy: g.op("Mul", [dy, g.op("Sub", [y, top])]),
    x: references(site).map((v, i) => (v && site.wants[i] ? like(g, v, site.x[i] as Value) : v)),
    y: like(g, y0, y),
  });
  const flat = slope(site);
  return site.x.map((v, i) => {
    const [mine, other, here] = [ours[i], theirs[i], flat[i]];
    if (!v || !mine || !other || !here) return null;
    const dx = g.op("Sub", [v, referenceOf(site, i)]);
    const bound = g.scalar(NO_DIFFERENCE, v.dtype);
    return whereDifferent(g, dx, { bound, quotient: g.op("Div", [g.op("Add", [mine, other]), dx]), near: here });
  });
};
const SMALLEST: ReadonlySet<string> = new Set(["Min", "ReduceMin"]);

/** One reference for all rows, as many times as there are rows. */
const like = (g: GraphBuilder, v: Value, to: Value): Value =>
  v.dims?.every((d, i) => d === to.dims?.[i]) ? v : expandTo(g, v, to);

/** A choice between data that the image itself decides has no rescale form. */
const choice: Treatment = (site) => (isGated(site) ? approximated(site) : gradient(site));

const BY_KIND: Readonly<Record<Kind, Treatment>> = {
  linear: halfWay,
  product,
  activation,
  pool: gradient,
  join: gradient,
  movement: gradient,
  normalize: approximated,
  constant: gradient,
};
const BY_OP: Readonly<Record<string, Treatment>> = {
  Div: quotient,
  MaxPool: selection,
  GlobalMaxPool: selection,
  ReduceMax: selection,
  ReduceMin: selection,
  Max: selection,
  Min: selection,
  ReduceSumSquare: halfWay,
  ReduceL1: approximated,
  ReduceL2: approximated,
  ReduceProd: approximated,
  ReduceLogSum: approximated,
  ReduceLogSumExp: approximated,
  TopK: approximated,
  Where: choice,
  QuantizeLinear: gradient,
  DequantizeLinear: gradient,
  DynamicQuantizeLinear: gradient,
};

export interface DeepLift {
  readonly rule: Rule;
  /** After the walk: ops without a rescale form, if there were any. */
  readonly notes: () => readonly string[];
}

/** The rule for differences from `reference`. Sums are exact (`sum(m * dx) = f(x) - f(x')`) unless a note says otherwise. */
export function deepLift(reference: Reference): DeepLift {
  const counts = new Map<string, number>();
  return {
    rule: (site) => {
      const { op } = site.node;
      const approximate = (): void => {
        counts.set(op, (counts.get(op) ?? 0) + 1);
      };
      return (BY_OP[op] ?? BY_KIND[site.row.kind])({ ...site, reference, approximate });
    },
    notes: () => (counts.size === 0 ? [] : [noForm(counts)]),
  };
}

function noForm(counts: ReadonlyMap<string, number>): string {
  const ops = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([op, n]) => `${op} (${n} node${n > 1 ? "s" : ""})`);
  return `No rescale form exists for ${ops.join(", ")}: the gradient at the input stands in, so the map need not sum to the difference of the scores.`;
}
