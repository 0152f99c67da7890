/** @file In which order descriptors are replaced, from what they are worth. */
import { OnnxplainError } from "../errors.ts";
import { scattered, shuffled, uniforms } from "../random.ts";

/** R2 of every descriptor `[n]`, by decomposition. */
export type Decompositions = Readonly<Record<"plain" | "epsilon" | "absolute", Float64Array>>;

/** The most relevant first (MoRF), ties by index. Throws `E_NUMERIC` for a relevance that is not a number. */
export const mostRelevantFirst = (relevances: Float64Array): Int32Array => ranked(relevances, -1);
/** The least relevant first (LRF), ties by index. Throws as {@link mostRelevantFirst}. */
export const leastRelevantFirst = (relevances: Float64Array): Int32Array => ranked(relevances, 1);

/** Orders of one picture's descriptors; `random` belongs to the seed. */
export const REPLACEMENT_ORDERS = {
  plain: ({ plain }) => mostRelevantFirst(plain),
  epsilon: ({ epsilon }) => mostRelevantFirst(epsilon),
  absolute: ({ absolute }) => mostRelevantFirst(absolute),
  "epsilon-lrf": ({ epsilon }) => leastRelevantFirst(epsilon),
  random: ({ plain }, seed) => shuffled(plain.length, uniforms(scattered(seed))),
} as const satisfies Readonly<Record<string, (relevances: Decompositions, seed: number) => Int32Array>>;

export type ReplacementOrder = keyof typeof REPLACEMENT_ORDERS;

/** All of {@link REPLACEMENT_ORDERS}. */
export const replacementOrders = (
  relevances: Decompositions,
  seed: number,
): Readonly<Record<ReplacementOrder, Int32Array>> =>
  Object.fromEntries(Object.entries(REPLACEMENT_ORDERS).map(([id, order]) => [id, order(relevances, seed)])) as Record<
    ReplacementOrder,
    Int32Array
  >;

function ranked(relevances: Float64Array, sign: 1 | -1): Int32Array {
  const bad = relevances.findIndex(Number.isNaN);
  if (bad >= 0)
    throw new OnnxplainError(
      "E_NUMERIC",
      `the relevance of descriptor ${bad} is not a number, so descriptors cannot be ordered; look for weights or descriptors that are not finite.`,
    );
  return Int32Array.from(relevances, (_, i) => i).sort((a, b) => sign * (relevances[a]! - relevances[b]!) || a - b);
}
