/** @file What of a signed map counts: all of it, its positive part, or its magnitude. The literature differs, so each is a variant. */

export type Reading = "signed" | "positive" | "absolute";
export const READINGS: Readonly<Record<Reading, (value: number) => number>> = {
  signed: (v) => v,
  positive: (v) => Math.max(v, 0),
  absolute: Math.abs,
};

/** The map as it is read, in double. */
export const readAs = (map: Float32Array | Float64Array, reading: Reading): Float64Array =>
  Float64Array.from(map, READINGS[reading]);

/** Sums of the map as it is read: over all pixels, and over those inside the truth. */
export function sumsAs(
  map: Float32Array | Float64Array,
  inside: ArrayLike<number>,
  reading: Reading,
): { readonly all: number; readonly within: number } {
  const values = readAs(map, reading);
  return {
    all: values.reduce((s, v) => s + v, 0),
    within: values.reduce((s, v, i) => s + v * (inside[i] as number), 0),
  };
}
