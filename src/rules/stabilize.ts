/** @file Dividing relevance by what made it: `R / (z + ε·sign z)`, sign(0) = 1, with as few passes over the data as the signs allow. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { float } from "../graph/types.ts";
import { vanishingOf } from "../ops/masks.ts";
import type { Account, RuleSite } from "./rule-site.ts";

/** Close to the largest float32: one step up from 0 already gives 1. */
const STEEP = 3.4e38;

/** `ε·sign(z)`, sign(0) = 1, in ops that keep the runtime's blocked layout where they can. */
function signed(g: GraphBuilder, z: Value, epsilon: number): Value {
  if (z.dtype !== "float32")
    return g.op("Where", [
      g.op("Less", [z, g.scalar(0, z.dtype)]),
      g.scalar(-epsilon, z.dtype),
      g.scalar(epsilon, z.dtype),
    ]);
  const atLeastZero = g.op("HardSigmoid", [z], { alpha: float(STEEP), beta: float(1) }, "sign");
  return g.op("Sub", [g.op("Mul", [atLeastZero, g.scalar(2 * epsilon)]), g.scalar(epsilon)]);
}

/** The Relu behind `z`, when relevance `r` is known to vanish wherever that Relu is 0. */
export function liveRelu({ g, survey }: RuleSite, r: Value, z: Value): Value | undefined {
  const relu = survey.reluOf(z.name);
  return relu !== undefined && vanishingOf(g).get(r.name)?.has(relu) ? g.value(relu) : undefined;
}

/** `R / stab(z)` for a `z` of either sign. Where the Relu behind `z` is 0 and `R` with it, 0 stays 0. */
export function divided(site: RuleSite, r: Value, z: Value, epsilon: number): { readonly s: Value; readonly z: Value } {
  const { g } = site;
  if (epsilon === 0) return { s: g.op("Div", [r, z]), z };
  const live = liveRelu(site, r, z);
  if (live) return { s: g.op("Div", [r, g.op("Add", [live, g.scalar(epsilon)])]), z: live };
  return { s: g.op("Div", [r, g.op("Add", [z, signed(g, z, epsilon)])]), z };
}

export interface Absorbed {
  /** Relevance over the stabilised denominator. */
  readonly s: Value;
  /** The denominator without its stabiliser. */
  readonly z: Value;
  readonly epsilon: number;
  /** Sign of every `z`, where it is known; 0 = either. */
  readonly definite?: -1 | 0 | 1;
}

/** Enter what the stabiliser takes, `Σ s·(stab z - z)`; what stands over z = 0 is dead. */
export function bookStabilizer(g: GraphBuilder, account: Account, { s, z, epsilon, definite = 0 }: Absorbed): void {
  if (epsilon === 0) return;
  const zero = g.op("Cast", [g.op("Equal", [z, g.scalar(0)])], { to: 1 });
  const side = definite === 0 ? g.op("Add", [g.op("Sign", [z]), zero]) : g.scalar(definite);
  const taken = g.op("Mul", [s, g.op("Mul", [side, g.scalar(epsilon)])]);
  const dead = g.op("Mul", [taken, zero]);
  account.dead(dead);
  account.stabilizer(g.op("Sub", [taken, dead]));
}
