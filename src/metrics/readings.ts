/** @file What of a signed map counts: all of it, its positive part, or its magnitude. The literature differs, so each is a variant. */

export type Reading = "signed" | "positive" | "absolute";
export const READINGS: Readonly<Record<Reading, (value: number) => number>> = {
  signed: (v) => v,
  positive: (v) => Math.max(v, 0),
  absolute: Math.abs,
};

/** The map as it is read, in double. */
export const readAs = (map: Float32Array, reading: Reading): Float64Array => Float64Array.from(map, READINGS[reading]);
