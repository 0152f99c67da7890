/** @file What a training step eats, and where it comes from. */

/** Pictures as the network takes them, with what should come out. */
export interface Batch {
  /** `[count, C, H, W]` (or `[count, d]` for a head on features), C order. */
  readonly images: Float32Array;
  /** `[count, classes]`: one-hot for classes, 0 / 1 for several labels a picture. */
  readonly targets: Float32Array;
  readonly count: number;
}

/**
 * Samples in whatever order a step wants them. The same feed, seed and epoch give the same batches, whichever epochs came before:
 * that is what makes a resumed training equal to one that was never stopped.
 */
export interface Feed {
  /** Samples in an epoch. */
  readonly count: number;
  readonly classes: number;
  /** Dims of one sample: `[C, H, W]` or `[d]`. */
  readonly dims: readonly number[];
  /** One pass in random order, augmented; a last batch that is not full is left out, unless it is the only one. */
  readonly epoch: (epoch: number, batch: number) => AsyncIterable<Batch>;
  /** One pass in the order of the data, as a user of the network would see it; the last batch may be smaller. */
  readonly inOrder: (batch: number) => AsyncIterable<Batch>;
}
