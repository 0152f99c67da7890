/** @file Samples by number, in any order: what feeds and pairs draw from. */
import type { Batch } from "../batch.ts";

/** How a batch of samples is wanted. */
export interface BatchView {
  /** The epoch whose augmentation is meant; undefined: none, samples are pictures as a user of the network would see them. */
  readonly epoch: number | undefined;
  /** For each sample the number that its random draws belong to; default the sample's own. A sample that comes twice in an epoch has two. */
  readonly places?: Int32Array | undefined;
}

export interface Samples {
  readonly pictures: number;
  /** Samples of each picture in an epoch: sample s is view s % views of picture floor(s / views). */
  readonly views: number;
  readonly classes: number;
  /** Dims of one sample: `[C, H, W]` or `[d]`. */
  readonly dims: readonly number[];
  /** Class of each picture; undefined where targets are not one-hot. */
  readonly classOf: Int32Array | undefined;
  readonly batch: (samples: Int32Array, view: BatchView) => Promise<Batch>;
}
