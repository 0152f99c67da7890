/** @file Rules for nodes without weights: pass, norm, gates, sums of branches, attention. */
import { OnnxplainError } from "../errors.ts";
import type { Value } from "../graph/builder.ts";
import type { Attrs } from "../graph/types.ts";
import type { Vjp } from "../ops/define.ts";
import { isNonNegative, vanishesWith, vanishingOf, wherePositive } from "../ops/masks.ts";
import { dataInputs } from "./affine.ts";
import type { NodeRule, RuleSite } from "./rule-site.ts";
import { bookStabilizer, divided, liveRelu } from "./stabilize.ts";

/** The node's own derivative: Jacobians where somebody asks for them. */
export const gradientRule: NodeRule = (site) => {
  const { vjp } = site.row;
  if (typeof vjp === "function") return (vjp as Vjp<Attrs>)(site);
  throw new OnnxplainError(
    "E_NO_DERIVATIVE",
    `\`${site.node.op}\` (node "${site.node.name}") has no derivative: ${vjp.none}.`,
    {
      node: site.node.name,
      op: site.node.op,
    },
  );
};

/** Ops whose every output is one of its inputs. */
const COPIES = new Set([
  "MaxPool",
  "GlobalMaxPool",
  "Concat",
  "Reshape",
  "Flatten",
  "Transpose",
  "Slice",
  "Split",
  "Gather",
  "Identity",
  "Squeeze",
  "Unsqueeze",
  "DepthToSpace",
  "SpaceToDepth",
]);

/** Back along copies: to the winner of a maximum (the first of equals), to where a value came from. */
export const routeRule: NodeRule = (site) => {
  const { g, node, x, y, row } = site;
  const cotangents = (row.vjp as Vjp<Attrs>)(site);
  if (!COPIES.has(node.op) || node.outputs.length !== 1 || !vanishingOf(g).get(site.dy.name)?.has(y.name))
    return cotangents;
  return cotangents.map((c, i) => (c && x[i] && isNonNegative(g, x[i]) ? vanishesWith(g, c, x[i]) : c));
};

/** Relevance goes on unchanged, to the first input that depends on the image. */
export const passRule: NodeRule = (site) => {
  const [at = 0] = dataInputs(site);
  return site.x.map((_, i) => (i === at ? site.dy : null));
};

/** Nothing goes on: relevance of the node ends here. */
export const stopRule: NodeRule = (site) => site.x.map(() => null);

/** Each input's share of the output: `x_k · ∂y/∂x_k · R / stab(y)`. For means, sums, and any node that is linear in its data. */
export const normRule: NodeRule = (site) => {
  const { g, dy, y, settings, account } = site;
  const { s, z } = divided(site, dy, y, settings.stabilizer);
  if (account) bookStabilizer(g, account, { s, z, epsilon: settings.stabilizer });
  return shares(site, s);
};

/** Branches share by the size of what they bring: `|x_k| / Σ|x_j|`. */
export const contributionRule: NodeRule = (site) => {
  const { g, dy, x, settings } = site;
  const sizes = x.map((v) => (v ? g.op("Abs", [v]) : null));
  const all = sizes.filter((v) => v !== null);
  const sum = all.slice(1).reduce((a, b) => g.op("Add", [a, b]), all[0] as Value);
  const s = g.op("Div", [dy, g.op("Add", [sum, g.scalar(settings.stabilizer)])]);
  return sizes.map((v, i) => (v && site.wants[i] ? g.op("Mul", [v, s]) : null));
};

/** The branch with more layers behind it takes all; what skips them takes nothing. */
export const ignoreSkipRule: NodeRule = ({ node, survey, dy, wants }) => {
  const depths = node.inputs.map((name, i) => (wants[i] ? survey.depth(name) : -1));
  const deepest = depths.indexOf(Math.max(...depths));
  return node.inputs.map((_, i) => (i === deepest ? dy : null));
};

const BY_POLICY: Readonly<Record<RuleSite["settings"]["residual"], NodeRule>> = {
  norm: normRule,
  contribution: contributionRule,
  ignore_skip: ignoreSkipRule,
};
/** A sum of branches, shared as the walk's residual policy says. */
export const residualRule: NodeRule = (site) => BY_POLICY[site.settings.residual](site);

/** Springenberg et al. 2015 (arXiv 1412.6806), fig. 1c: what is positive passes where the unit was active. */
export const guidedRule: NodeRule = (site) => {
  const { g, dy } = site;
  return gradientRule({ ...site, dy: g.op("Relu", [dy]), dys: [g.op("Relu", [dy])] });
};

/** Zeiler, Fergus 2014 (arXiv 1311.2901), section 2.1: what is positive passes, active or not. */
export const deconvRule: NodeRule = (site) => {
  const [at = 0] = dataInputs(site);
  const r = site.g.op("Relu", [site.dy]);
  return site.x.map((_, i) => (i === at ? r : null));
};

/** Each of n factors takes an n-th: Achtibat et al. 2024 (arXiv 2402.05602), eq. 12 (uniform rule). */
export const uniformRule: NodeRule = (site) => {
  const { g, dy } = site;
  const data = dataInputs(site);
  const part = data.length > 1 ? g.op("Mul", [dy, g.scalar(1 / data.length)]) : dy;
  return site.x.map((_, i) => (site.wants[i] ? part : null));
};

/** A product of two matrices that both depend on the image: half to each factor, shared by contribution (AttnLRP, eq. 14). */
const bilinear: NodeRule = (site) => {
  const { g, y, dy, settings } = site;
  const halves = g.op("Mul", [divided(site, dy, y, settings.stabilizer).s, g.scalar(0.5)]);
  return shares(site, halves);
};
/** Products under AttnLRP: element-wise ones share alike, matrix products by contribution. */
export const productRule: NodeRule = (site) => (site.row.kind === "product" ? uniformRule : bilinear)(site);

/** Softmax as its first-order expansion: `x ⊙ (R - y ΣR)` (AttnLRP, eq. 13). */
export const softmaxRule: NodeRule = (site) => {
  const { g, dy, y, x, attrs } = site;
  const axis = typeof attrs.axis === "number" ? attrs.axis : -1;
  const total = g.op("ReduceSum", [dy, g.ints([axis])], { keepdims: 1 });
  return [g.op("Mul", [x[0] as Value, g.op("Sub", [dy, g.op("Mul", [y, total])])])];
};

/** Rectifiers: relevance where the unit was active, saturated or not (excitation backprop on signed inputs); all else passes. */
export const activeRule: NodeRule = (site) => {
  const { g, node, dy, y, survey } = site;
  if (!survey.isRectifier(node)) return passRule(site);
  return node.op === "Relu" || node.op === "Clip"
    ? site.x.map((_, i) => (i === 0 ? wherePositive(g, dy, y) : null))
    : gradientRule(site);
};

/** Too small to be seen beside any activation, large enough to divide by. */
const TINY = 1e-20;

/** Branches share as they contribute, without a stabiliser; where the sum is 0 nothing passes (SPEC 5.4). */
export const shareRule: NodeRule = (site) => {
  const { g, dy, y } = site;
  const live = liveRelu(site, dy, y) ?? (isNonNegative(g, y) ? y : undefined);
  const s = live ? g.op("Div", [dy, g.op("Add", [live, g.scalar(TINY)])]) : guarded(site);
  return shares(site, s);
};

/** Branches share as the positive parts of what they bring: `max(x_k, 0) / Σ max(x_j, 0)`; where none is positive nothing passes. */
export const positiveShareRule: NodeRule = (site) => {
  const { g, dy, x, wants } = site;
  const parts = x.map((v) => (v ? (isNonNegative(g, v) ? v : g.op("Relu", [v])) : null));
  const all = parts.filter((v) => v !== null);
  const sum = all.slice(1).reduce((a, b) => g.op("Add", [a, b]), all[0] as Value);
  const s = g.op("Div", [dy, g.op("Add", [sum, g.scalar(TINY)])]);
  return parts.map((v, i) => (v && wants[i] ? g.op("Mul", [v, s]) : null));
};

/** `R / y`, and 0 where `y` is 0. */
function guarded({ g, dy, y }: RuleSite): Value {
  const zero = g.op("Cast", [g.op("Equal", [y, g.scalar(0)])], { to: 1 });
  const s = g.op("Div", [dy, g.op("Add", [y, zero])]);
  return g.op("Sub", [s, g.op("Mul", [s, zero])]);
}

/** `x_k · ∂y/∂x_k · s` for every input that depends on the image. */
function shares(site: RuleSite, s: Value): readonly (Value | null)[] {
  const { g, x, wants } = site;
  return gradientRule({ ...site, dy: s, dys: site.dys.map((d) => d && s) }).map((cotangent, i) => {
    const data = x[i];
    if (!cotangent || !data || !wants[i]) return null;
    const r = g.op("Mul", [data, cotangent]);
    return isNonNegative(g, data) ? vanishesWith(g, r, data) : r;
  });
}
