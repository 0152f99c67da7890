/** @file Random numbers that belong to a place in the training, whatever was drawn before. */
import { scattered, uniforms } from "../../random.ts";

/** Numbers drawn for the epoch as a whole: no sample's place. */
export const WHOLE_EPOCH = -1;

/** Numbers in [0, 1) of (seed, epoch, place). */
export function drawsOf(
  seed: number,
  { epoch, place }: { readonly epoch: number; readonly place: number },
): () => number {
  return uniforms(scattered(scattered(scattered(seed) + epoch) + place));
}
