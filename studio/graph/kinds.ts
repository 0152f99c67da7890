/** @file Kinds of ops as the drawing colours them, in words. */
import type { GraphKind, GraphView } from "../../src/index.ts";

export type ColouredKind = "linear" | "activation" | "pool" | "join" | "normalize" | "other";

/** Those that are not listed share the colour of what is left. */
const COLOURED: Readonly<Partial<Record<GraphKind, ColouredKind>>> = {
  linear: "linear",
  activation: "activation",
  pool: "pool",
  join: "join",
  normalize: "normalize",
};
const WORDS: Readonly<Record<ColouredKind, string>> = {
  linear: "Linear",
  activation: "Activation",
  pool: "Pooling",
  join: "Join",
  normalize: "Normalization",
  other: "Other",
};
/** Ops that are named for each kind. */
const MOST_OPS = 3;

export interface KindWords {
  readonly kind: ColouredKind;
  readonly word: string;
  /** Ops of this kind in the graph, the most frequent first; the last is `…` where there are more. */
  readonly ops: readonly string[];
}

/** The kinds that this graph has. */
export function kindsIn({ nodes }: GraphView): readonly KindWords[] {
  const counts = new Map<ColouredKind, Map<string, number>>();
  for (const { kind, op } of nodes) {
    const coloured = COLOURED[kind] ?? "other";
    const own = counts.get(coloured) ?? new Map<string, number>();
    counts.set(coloured, own.set(op, (own.get(op) ?? 0) + 1));
  }
  return (Object.keys(WORDS) as readonly ColouredKind[]).flatMap((kind) => {
    const ops = [...(counts.get(kind) ?? [])].sort(([, a], [, b]) => b - a).map(([op]) => op);
    if (ops.length === 0) return [];
    return [{ kind, word: WORDS[kind], ops: [...ops.slice(0, MOST_OPS), ...(ops.length > MOST_OPS ? ["…"] : [])] }];
  });
}
