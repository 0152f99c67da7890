/** @file Seeded randomness: the same seed gives the same bytes on every machine. */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A stream of standard normal numbers (Box-Muller on xoroshiro128+). */
export function normals(seed: number): () => number {
  const source = xoroshiro128plus(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(source)));
    const angle = 2 * Math.PI * uniformFloat64(source);
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}

/** A stream of numbers in [0, 1). */
export function uniforms(seed: number): () => number {
  const source = xoroshiro128plus(seed);
  return () => uniformFloat64(source);
}

/** Streams that do not overlap: every call gives the next one, of numbers in [0, 1) in steps of 2^-32. */
export function streams(seed: number): () => () => number {
  const source = xoroshiro128plus(seed);
  return () => {
    source.jump();
    const own = source.clone();
    return () => (own.next() >>> 0) / 2 ** 32;
  };
}

/** The first `count` of a random order of 0 … size-1 (Fisher and Yates); all of them by default. */
export function shuffled(size: number, random: () => number, count: number = size): Int32Array {
  const order = new Int32Array(size);
  for (let i = 0; i < size; i++) order[i] = i;
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (size - i));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order.subarray(0, count);
}

/** A seed far from its neighbours' (the finaliser of MurmurHash3): streams of small consecutive seeds begin nearly alike. */
export function scattered(seed: number): number {
  let h = seed | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
