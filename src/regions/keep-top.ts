/** @file What is left of a picture when only the most important pixels stay, and what the network then says: AD and AI. */
import { OnnxplainError } from "../errors.ts";
import type { Classifier } from "../methods/classifier.ts";

/** Exactly `count` ones: the largest values, the lower index at ties. */
export function largestOf(map: ArrayLike<number>, count: number): Uint8Array {
  const order = Uint32Array.from({ length: map.length }, (_, i) => i).sort(
    (a, b) => (map[b] as number) - (map[a] as number) || a - b,
  );
  const mask = new Uint8Array(map.length);
  for (const i of order.subarray(0, count)) mask[i] = 1;
  return mask;
}

/** Exactly `round(share * N)` pixels of a map. Throws `E_PARAM`. */
export function topShare(map: ArrayLike<number>, share: number): Uint8Array {
  if (!(share >= 0 && share <= 1))
    throw new OnnxplainError("E_PARAM", `Expected the share of pixels kept to lie in 0..1, got ${share}.`);
  return largestOf(map, Math.round(share * map.length));
}

/**
 * The picture with all pixels black that the mask `[H * W]` leaves out. `black` holds a black pixel as the network takes it, one number a
 * channel: for RGB 0 before normalisation, -mean / std.
 */
export function blackened(
  x: Float32Array,
  mask: ArrayLike<number>,
  { layout, black }: Pick<Classifier, "layout"> & { readonly black: ArrayLike<number> },
): Float32Array {
  const [pixels, channels] = [mask.length, black.length];
  const [pixel, channel] = layout === "nchw" ? [1, pixels] : [channels, 1];
  const out = x.slice();
  for (let i = 0; i < pixels; i++)
    if (mask[i] === 0) for (let c = 0; c < channels; c++) out[i * pixel + c * channel] = black[c] as number;
  return out;
}

/** Fractions over all pictures. */
export interface ConfidenceChange {
  /** AD: mean of max(0, Y - Y') / Y; lower is better. */
  readonly drop: number;
  /** AI: share of pictures with Y < Y'; higher is better. */
  readonly increase: number;
}

/**
 * Probabilities of each picture's own class, of the whole picture and of what is left. Source: Lam et al. 2021, section 6.
 * Throws `E_INPUT_SHAPE` for arrays of different length, `E_DATA_EMPTY`.
 */
export function confidenceChange(whole: ArrayLike<number>, kept: ArrayLike<number>): ConfidenceChange {
  const n = whole.length;
  if (kept.length !== n)
    throw new OnnxplainError("E_INPUT_SHAPE", `Expected ${n} probabilities of what is left, got ${kept.length}.`);
  if (n === 0) throw new OnnxplainError("E_DATA_EMPTY", "There are no pictures to take a mean over.");
  let [drop, increase] = [0, 0];
  for (let i = 0; i < n; i++) {
    const [y, left] = [whole[i] as number, kept[i] as number];
    drop += y > 0 ? Math.max(0, y - left) / y : 0;
    if (y < left) increase++;
  }
  return { drop: drop / n, increase: increase / n };
}
