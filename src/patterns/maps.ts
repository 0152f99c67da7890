/** @file Feature maps of one layer for many pictures, brought to one grid, walked block by block. */

/** Maps of pictures in a row. */
export interface MapBlock {
  /** Place of the first picture. */
  readonly first: number;
  readonly count: number;
  /** `[count, positions, channels]`, C order; valid until the next block is asked for. */
  readonly rows: Float32Array;
}

/** On disk or in memory; walked as often as somebody likes, always in the same order. */
export interface MapSource {
  readonly count: number;
  /** K. */
  readonly channels: number;
  /** H W, the same for all layers that are compared. */
  readonly positions: number;
  readonly blocks: (size?: number) => AsyncIterable<MapBlock>;
  /** Some pictures by place, `[places.length, positions, channels]`. */
  readonly some: (places: ArrayLike<number>) => Promise<Float32Array>;
}
