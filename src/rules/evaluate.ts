/** @file The one evaluator of linear relevance rules: forward passes with modified inputs and weights, a division, transposed passes. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { isStatic } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";
import { isNonNegative, positiveMask, vanishesWith } from "../ops/masks.ts";
import { type Affine, affineOf, dataInputs } from "./affine.ts";
import { applyMap, type ElementMap, isIdentity, isOne, signOf } from "./element-map.ts";
import type { Group, LinearRule, Plane, Term } from "./linear-rule.ts";
import type { NodeRule, RuleSite } from "./rule-site.ts";
import { bookStabilizer, divided, liveRelu } from "./stabilize.ts";

/** A term whose maps have been applied; null weights belong to pools. */
interface Placed {
  readonly x: Value;
  readonly w: Value | null;
  readonly b: Value | null;
  readonly sign: 1 | -1;
  /** Is `x` all ones? Then nothing is multiplied by it. */
  readonly bare: boolean;
  /** Sign of `W x + b` over all inputs; 0 = either. */
  readonly of: -1 | 0 | 1;
  readonly identity: boolean;
}

/** The rule of a layer with weights, or of a weighted mean. Source and formula: `linear-rule.ts`. */
export const linear =
  (rule: LinearRule): NodeRule =>
  (site) => {
    const { g } = site;
    const affine = affineOf(site, site.survey);
    const parts = rule.groups.flatMap((group) => throughGroup(site, affine, rule, group));
    const [first, ...rest] = parts;
    const total = first && rest.reduce((sum, part) => g.op("Add", [sum, part]), first);
    const [at = 0] = dataInputs(site);
    if (total && isNonNegative(g, affine.x) && parts.length === 1) vanishesWith(g, total, affine.x);
    return site.x.map((_, i) => (i === at ? (total ?? null) : null));
  };

function throughGroup(site: RuleSite, affine: Affine, rule: LinearRule, group: Group): readonly Value[] {
  const { g, dy } = site;
  const terms = group.terms.flatMap((term) => place(site, affine, term));
  if (terms.length === 0) return [];
  const epsilon = rule.epsilon ?? site.settings.stabilizer;
  const live = group.gate && liveRelu(site, dy, affine.y);
  if (live && group.gate === "negative") return [];
  const { s, account } = share(site, affine, { terms, epsilon, added: rule.stabilizer === "added", group });
  const gated = group.gate === undefined || live ? s : g.op("Mul", [s, gate(g, affine.y, group.gate)]);
  account(gated);
  return terms.map(({ x, w, sign, bare }) => {
    const back = affine.transpose(w, gated);
    const factor = (group.scale ?? 1) * sign;
    const scaled = factor === 1 ? back : g.op("Mul", [back, g.scalar(factor)]);
    return bare ? scaled : g.op("Mul", [x, scaled]);
  });
}

const gate = (g: GraphBuilder, y: Value, side: "positive" | "negative"): Value =>
  positiveMask(g, side === "positive" ? y : g.op("Neg", [y]));

interface Sharing {
  readonly terms: readonly Placed[];
  readonly epsilon: number;
  readonly added: boolean;
  readonly group: Group;
}

/** `R / stab(Σ terms)`, and how to book what bias and stabiliser take of it. */
function share(
  site: RuleSite,
  affine: Affine,
  { terms, epsilon, added, group }: Sharing,
): { readonly s: Value; readonly account: (s: Value) => void } {
  const { g, dy } = site;
  const [only] = terms as readonly [Placed];
  if (terms.length === 1 && only.identity && !added) {
    const { s, z } = divided(site, dy, affine.y, epsilon);
    return { s, account: booked(site, affine, { terms, group, z, epsilon, definite: 0 }) };
  }
  const signs = terms.map((t) => t.of * t.sign);
  const definite = added ? 1 : signs.every((v) => v === 1) ? 1 : signs.every((v) => v === -1) ? -1 : 0;
  if (definite !== 0) {
    const lift = definite * epsilon;
    const z = sumOf(
      g,
      terms.map((t, i) => signedTerm(g, t, affine.forward(t.x, t.w, t.b, i === 0 ? lift * t.sign : 0))),
    );
    const s = g.op("Div", [dy, z]);
    return { s, account: booked(site, affine, { terms, group, z, epsilon, definite }) };
  }
  const z = sumOf(
    g,
    terms.map((t) => signedTerm(g, t, affine.forward(t.x, t.w, t.b))),
  );
  return {
    s: divided(site, dy, z, epsilon).s,
    account: booked(site, affine, { terms, group, z, epsilon, definite: 0 }),
  };
}

const signedTerm = (g: GraphBuilder, { sign }: Placed, z: Value): Value => (sign === 1 ? z : g.op("Neg", [z]));
const sumOf = (g: GraphBuilder, values: readonly Value[]): Value =>
  values.slice(1).reduce((sum, v) => g.op("Add", [sum, v]), values[0] as Value);

interface Booking {
  readonly terms: readonly Placed[];
  readonly group: Group;
  /** The denominator: with the stabiliser in it when its sign is `definite`, without it otherwise. */
  readonly z: Value;
  readonly epsilon: number;
  readonly definite: -1 | 0 | 1;
}

/** Bias takes `Σ s·b`, the stabiliser `Σ s·(stab z - z)`; of the latter, what stands over z = 0 is dead. */
function booked(site: RuleSite, affine: Affine, { terms, group, z, epsilon, definite }: Booking): (s: Value) => void {
  const { g, account } = site;
  if (account === undefined) return () => undefined;
  const scale = group.scale ?? 1;
  const times = (v: Value, by: number): Value => (by === 1 ? v : g.op("Mul", [v, g.scalar(by)]));
  return (s) => {
    for (const { b, sign } of terms) if (b) account.bias(times(g.op("Mul", [s, affine.spread(b)]), scale * sign));
    const bare = definite === 0 || epsilon === 0 ? z : g.op("Sub", [z, g.scalar(definite * epsilon)]);
    bookStabilizer(g, account, { s: times(s, scale), z: bare, epsilon, definite });
  };
}

/** Apply a term's maps; empty where one of its factors is 0 everywhere. */
function place(site: RuleSite, affine: Affine, term: Term): readonly Placed[] {
  const { g } = site;
  const nonNegative = isNonNegative(g, affine.x);
  const isPlane = typeof term.x === "string";
  const bare = !isPlane && isOne(term.x as ElementMap);
  const x = isPlane
    ? plane(site, affine, term.x as Plane)
    : bare
      ? ones(g, affine.x)
      : applyMap(g, term.x as ElementMap, affine.x);
  const w = affine.w ? applyMap(g, term.w, affine.w) : null;
  if (x === null || (affine.w !== null && w === null)) return [];
  const b = affine.b && term.b ? applyMap(g, term.b, affine.b) : null;
  const xSign = isPlane ? 0 : signOf(term.x as ElementMap, nonNegative);
  const wSign = affine.w ? signOf(term.w, false) : 1;
  const bSign = b === null ? 0 : signOf(term.b as ElementMap, false);
  const of = (xSign * wSign) as -1 | 0 | 1;
  return [
    {
      x,
      w,
      b,
      sign: term.sign ?? 1,
      bare,
      of: b === null || bSign === of ? of : 0,
      identity:
        !isPlane &&
        isIdentity(term.x as ElementMap) &&
        isIdentity(term.w) &&
        term.b !== undefined &&
        isIdentity(term.b),
    },
  ];
}

/** Ones of one row of `x`: [1, …]. */
function ones(g: GraphBuilder, x: Value): Value {
  const row = x.dims?.slice(1);
  if (!isStatic(row)) throw freeSize(x);
  return g.op("Expand", [g.scalar(1), g.ints([1, ...row])]);
}

/** The lowest or highest input: [1, …], one number a channel. */
function plane({ g, settings, node }: RuleSite, { x }: Affine, which: Plane): Value {
  const levels = settings[which];
  if (levels === undefined)
    throw new OnnxplainError(
      "E_PARAM",
      `The z-box rule (node "${node.name}") needs the lowest and highest value of every input channel, and the preprocessing does not tell. Give \`low\` and \`high\`, in network input units.`,
      { node: node.name, op: node.op },
    );
  const dims = x.dims as readonly (number | string)[];
  const row = dims.slice(1);
  const axis = settings.channelAxis;
  const channels = dims[axis];
  if (!isStatic(row) || typeof channels !== "number") throw freeSize(x);
  const [first = 0] = levels;
  if (levels.length !== 1 && levels.length !== channels)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`${which}\` to be 1 or ${channels} numbers, one for each channel of \`${x.name}\` [${dims}], got ${levels.length}. The z-box rule belongs to the layer that reads the image.`,
    );
  const shape = dims.map((_, i) => (i === axis ? channels : 1));
  const values = Float32Array.from({ length: channels }, (_, i) => levels[i] ?? first);
  return g.op("Expand", [g.constant(tensor("float32", shape, values)), g.ints([1, ...row])]);
}

const freeSize = (x: Value): OnnxplainError =>
  new OnnxplainError(
    "E_SHAPE",
    `The rule needs the size of \`${x.name}\` [${x.dims}], which is free. Fix the model's input size (\`--size\`).`,
  );
