/** @file Pairs of pictures for training through shared weights: the same class, or not. */
import { OnnxplainError } from "../errors.ts";
import { shuffled } from "../random.ts";
import type { Feed } from "./batch.ts";
import { ahead } from "./feeding/ahead.ts";
import { checkWhole, inOrder } from "./feeding/feed-from.ts";
import type { Samples } from "./feeding/samples.ts";
import { drawsOf, WHOLE_EPOCH } from "./feeding/stream.ts";

export interface PairOptions {
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Share of the pairs whose pictures are of the same class, 0…1. Default 0.5. */
  readonly same?: number | undefined;
}

/**
 * Batches of 2n images: image i and image i + n make a pair. Every sample is once an epoch the first of a pair, so an epoch has twice as
 * many images. The second is drawn from the other pictures of its class, or from all pictures of other classes, each equally likely; a class
 * of one picture pairs it with itself, drawn anew. `inOrder` gives single pictures.
 *
 * Throws `E_PARAM` for a share outside 0…1, pictures with several labels and, from `epoch`, an odd batch; `E_DATA_CLASSES` where pairs of
 * different classes are wanted of one class.
 *
 * Source: Konam et al., SPEC 5.5: Siamese training with identification and verification.
 * @example pairedFeed(feed.samples, { seed: 7 }).epoch(0, 64)
 */
export function pairedFeed(samples: Samples, { seed = 0, same = 0.5 }: PairOptions = {}): Feed {
  const { classOf, classes, dims } = samples;
  if (!(same >= 0 && same <= 1))
    throw new OnnxplainError("E_PARAM", `Expected \`same\` to be a share in 0…1, got ${same}.`);
  if (classOf === undefined)
    throw new OnnxplainError(
      "E_PARAM",
      "Pairs need one class for each picture; these have several labels. Give data with one label a picture.",
    );
  const members = membersOf(classOf);
  if (same < 1 && members.of.size < 2)
    throw new OnnxplainError(
      "E_DATA_CLASSES",
      "Pairs of different classes need two classes, the data have one. Add pictures of another, or set `same` to 1.",
    );
  const count = samples.pictures * samples.views;
  return {
    count: 2 * count,
    classes,
    dims,
    epoch: (epoch, batch) => {
      checkWhole("epoch", epoch, 0);
      checkWhole("batch", batch, 2);
      if (batch % 2 !== 0)
        throw new OnnxplainError("E_PARAM", `Expected \`batch\` to be even, two images a pair, got ${batch}.`);
      const { firsts, seconds } = pairsOf({ samples, classOf, members, same, seed, epoch });
      const size = Math.min(batch / 2, count);
      return ahead(Math.floor(count / size), (k) => {
        const from = k * size;
        const chosen = new Int32Array(2 * size);
        chosen.set(firsts.subarray(from, from + size));
        chosen.set(seconds.subarray(from, from + size), size);
        const places = chosen.map((sample, i) => (i < size ? sample : count + from + i - size));
        return samples.batch(chosen, { epoch, places });
      });
    },
    inOrder: (batch) => inOrder(samples, batch),
  };
}

interface Members {
  /** Pictures, class after class. */
  readonly order: Int32Array;
  /** Where a class lies in the order. */
  readonly of: ReadonlyMap<number, { readonly start: number; readonly count: number }>;
  /** Where a picture lies in the order. */
  readonly placeOf: Int32Array;
}

function membersOf(classOf: Int32Array): Members {
  const order = Int32Array.from(classOf.keys()).sort((a, b) => classOf[a]! - classOf[b]! || a - b);
  const placeOf = new Int32Array(order.length);
  const of = new Map<number, { start: number; count: number }>();
  order.forEach((picture, place) => {
    placeOf[picture] = place;
    const range = of.get(classOf[picture]!) ?? { start: place, count: 0 };
    range.count++;
    of.set(classOf[picture]!, range);
  });
  return { order, of, placeOf };
}

interface Drawn {
  readonly samples: Samples;
  readonly classOf: Int32Array;
  readonly members: Members;
  readonly same: number;
  readonly seed: number;
  readonly epoch: number;
}

function pairsOf({ samples, classOf, members, same, seed, epoch }: Drawn): {
  readonly firsts: Int32Array;
  readonly seconds: Int32Array;
} {
  const { views, pictures } = samples;
  const random = drawsOf(seed, { epoch, place: WHOLE_EPOCH });
  const below = (count: number): number => Math.floor(random() * count);
  const firsts = shuffled(pictures * views, random);
  const seconds = firsts.map((sample, k) => {
    const picture = Math.floor(sample / views);
    const { start, count } = members.of.get(classOf[picture]!) as { readonly start: number; readonly count: number };
    let place: number;
    if (Math.floor((k + 1) * same) > Math.floor(k * same)) {
      const own = members.placeOf[picture]!;
      place = count === 1 ? own : start + below(count - 1);
      if (count > 1 && place >= own) place++;
    } else {
      place = below(pictures - count);
      if (place >= start) place += count;
    }
    return members.order[place]! * views + below(views);
  });
  return { firsts, seconds };
}
