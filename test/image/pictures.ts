/** @file Small pictures made by formula, and a checksum to freeze large outputs with. */

import type { ImageU8 } from "../../src/image/types.ts";

/** Deterministic noise: the upper byte of a multiplicative congruential sequence. */
export function noise(width: number, height: number, channels: ImageU8["channels"], seed = 1): ImageU8 {
  let state = seed;
  const data = Uint8Array.from({ length: width * height * channels }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { width, height, channels, data };
}

/** FNV-1a of the bytes, 32 bits. */
export function fnv1a(bytes: ArrayLike<number>): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193) >>> 0;
  return hash;
}
