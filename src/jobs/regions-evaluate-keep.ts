/** @file Each picture with only its most important pixels left, by several methods: what the network then says of its class. */
import { blackened, topShare } from "../regions/keep-top.ts";
import { type Pictures, picturesInMemory } from "../regions/pictures.ts";
import { softmaxOf } from "../regions/probabilities.ts";
import { leading, type Projector } from "../regions/projections.ts";
import type { EvaluatedNetwork } from "./regions-evaluate-network.ts";

/** What a method is told of picture `i`; valid until it has answered. */
export interface MaskedPicture {
  readonly psi: Float32Array;
  /** The picture as the network takes it. */
  readonly row: Float32Array;
}

/** Pixels that every picture keeps. */
export interface MaskMaker {
  readonly id: string;
  /** `[height * width]`, 1 where a pixel stays. */
  readonly mask: (picture: MaskedPicture, i: number) => Uint8Array | Promise<Uint8Array>;
}

/** The most important pixels of a heat map `[height * width]`, larger is more important: exactly the share `keep` of them. */
export const maskByMap = (
  id: string,
  keep: number,
  map: (psi: Float32Array, i: number) => ArrayLike<number>,
): MaskMaker => ({ id, mask: ({ psi }, i) => topShare(map(psi, i), keep) });

export interface Kept {
  /** Probability of each picture's own class, `[n]`. */
  readonly whole: Float64Array;
  /** The same of what is left, for each method. */
  readonly left: readonly Float64Array[];
}

const BLOCK = 64;

/** One pass for each picture, and one for each picture and method. Throws as {@link Projector.features}. */
export async function keptProbabilities(
  { classifier, black }: EvaluatedNetwork,
  projector: Projector,
  { pictures, makers }: { readonly pictures: Pictures; readonly makers: readonly MaskMaker[] },
): Promise<Kept> {
  const { classes, scoreKind, layout } = classifier;
  const { count: n, width } = pictures;
  const whole = new Float64Array(n);
  const left = makers.map(() => new Float64Array(n));
  const share = (scores: Float32Array, i: number, label: number): number => {
    const own = scores.subarray(i * classes, (i + 1) * classes);
    return (scoreKind === "logits" ? softmaxOf(own) : own)[label] as number;
  };
  for await (const { first, count, rows } of pictures.blocks(BLOCK)) {
    const { psi, scores } = await projector.features(picturesInMemory(rows, width));
    const labels = leading(scores, classes);
    const size = psi.length / count;
    for (let i = 0; i < count; i++) whole[first + i] = share(scores, i, labels[i] as number);
    for (const [m, { mask: maskOf }] of makers.entries()) {
      const remains = new Float32Array(rows.length);
      for (let i = 0; i < count; i++) {
        const row = rows.subarray(i * width, (i + 1) * width);
        const mask = await maskOf({ psi: psi.subarray(i * size, (i + 1) * size), row }, first + i);
        remains.set(blackened(row, mask, { layout, black }), i * width);
      }
      const after = await projector.features(picturesInMemory(remains, width));
      for (let i = 0; i < count; i++)
        (left[m] as Float64Array)[first + i] = share(after.scores, i, labels[i] as number);
    }
  }
  return { whole, left };
}
