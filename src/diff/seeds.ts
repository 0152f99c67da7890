/** @file Where reverse walks on a builder began: cotangents that callers choose, mostly zeros. */
import type { GraphBuilder, Value } from "../graph/builder.ts";

const seeds = new WeakMap<GraphBuilder, Set<string>>();

export function noteSeeds(g: GraphBuilder, from: Iterable<Value>): void {
  const known = seeds.get(g) ?? new Set<string>();
  for (const v of from) known.add(v.name);
  seeds.set(g, known);
}
export const seedsOf = (g: GraphBuilder): ReadonlySet<string> => seeds.get(g) ?? new Set();
