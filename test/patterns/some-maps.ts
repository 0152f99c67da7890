/** @file Feature maps in memory, as a source that a fit reads. */
import type { MapSource } from "../../src/patterns/maps.ts";

/** `[n, HW, K]` as a source that remembers the largest number of pictures it was asked for at once. */
export function someMaps(
  rows: Float32Array,
  { positions, channels }: Pick<MapSource, "positions" | "channels">,
): MapSource & { readonly most: () => number } {
  const own = positions * channels;
  const count = rows.length / own;
  let most = 0;
  return {
    count,
    positions,
    channels,
    most: () => most,
    blocks: async function* (size = 8) {
      for (let first = 0; first < count; first += size) {
        const taken = Math.min(size, count - first);
        yield { first, count: taken, rows: rows.subarray(first * own, (first + taken) * own) };
      }
    },
    some: async (places) => {
      most = Math.max(most, places.length);
      const out = new Float32Array(places.length * own);
      for (let i = 0; i < places.length; i++) {
        const at = (places[i] as number) * own;
        out.set(rows.subarray(at, at + own), i * own);
      }
      return out;
    },
  };
}

/** `[n, K, HW]` to `[n, HW, K]`. */
export function positionsFirst(f: ArrayLike<number>, shape: readonly number[]): Float32Array {
  const [count, channels, positions] = shape as [number, number, number];
  const out = new Float32Array(f.length);
  for (let i = 0; i < count; i++)
    for (let c = 0; c < channels; c++)
      for (let r = 0; r < positions; r++)
        out[(i * positions + r) * channels + c] = f[(i * channels + c) * positions + r] as number;
  return out;
}
