/** @file Which samples an epoch holds, and in which order. */
import { OnnxplainError } from "../../errors.ts";
import { shuffled } from "../../random.ts";
import type { Samples } from "./samples.ts";
import { drawsOf, WHOLE_EPOCH } from "./stream.ts";

/** `natural`: every sample once. `balanced`: as many samples, every class as often as any other, rare ones again and again. */
export type Sampling = "natural" | "balanced";

export interface EpochOrder {
  readonly seed: number;
  readonly epoch: number;
  readonly sampling: Sampling;
}

/** Samples in the order of the epoch. Throws `E_PARAM` for balance where pictures have several labels. */
export function epochOrder(samples: Samples, { seed, epoch, sampling }: EpochOrder): Int32Array {
  const random = drawsOf(seed, { epoch, place: WHOLE_EPOCH });
  const count = samples.pictures * samples.views;
  return sampling === "natural" ? shuffled(count, random) : balancedOrder(samples, random);
}

/** Throws `E_PARAM` where the samples cannot be drawn so. */
export function checkSampling({ classOf }: Samples, sampling: Sampling): void {
  if (sampling === "natural" || (sampling === "balanced" && classOf)) return;
  throw new OnnxplainError(
    "E_PARAM",
    sampling === "balanced"
      ? "Pictures with several labels cannot be drawn in balance of classes. Leave `sampling` at `natural`, and weigh the classes in the loss."
      : `Expected \`sampling\` to be \`natural\` or \`balanced\`, got ${JSON.stringify(sampling)}.`,
  );
}

/** Rounds over the classes in random order; each class gives its samples in random order, and begins anew when they are through. */
function balancedOrder({ pictures, views, classOf }: Samples, random: () => number): Int32Array {
  const members = new Map<number, number[]>();
  for (let p = 0; p < pictures; p++) {
    const own = members.get(classOf?.[p] as number) ?? [];
    for (let v = 0; v < views; v++) own.push(p * views + v);
    members.set(classOf?.[p] as number, own);
  }
  const decks = [...members]
    .sort(([a], [b]) => a - b)
    .map(([, own]) => ({ own, order: new Int32Array(0) as Int32Array, next: 0 }));
  const out = new Int32Array(pictures * views);
  for (let at = 0; at < out.length; )
    for (const k of shuffled(decks.length, random)) {
      if (at === out.length) break;
      const deck = decks[k] as (typeof decks)[number];
      if (deck.next === deck.order.length) {
        deck.order = shuffled(deck.own.length, random);
        deck.next = 0;
      }
      out[at++] = deck.own[deck.order[deck.next++] as number] as number;
    }
  return out;
}
