/** @file What an augmentation states: pictures in, pictures out, eight bits a sample, before the preprocessing's arithmetic. */
import type { ImageU8, Resample, Size } from "../../image/types.ts";
import type { ParamSpecs, Params } from "../../params.ts";

/** What is the same for every picture of a training. */
export interface AugmentSetting {
  readonly params: Params;
  /** The network's picture. */
  readonly size: Size;
  readonly resample: Resample;
}

export interface AugmentSite extends AugmentSetting {
  /** Numbers in [0, 1) that belong to this sample alone. */
  readonly random: () => number;
  /** 0 … {@link Augmentation.views} - 1. */
  readonly view: number;
}

export interface Augmentation {
  readonly id: string;
  readonly about: string;
  readonly source: string;
  readonly params: ParamSpecs;
  /** Samples that it makes of each picture in an epoch; default 1. */
  readonly views?: number;
  /**
   * Present where it cuts the network's picture out of a larger one by itself, in place of the preprocessing's resize and crop:
   * what is kept of a decoded picture for it.
   */
  readonly frame?: (image: ImageU8, setting: AugmentSetting) => ImageU8;
  /** One or three channels in, the same channels out; of the network's size in and out, unless it has a `frame`. */
  readonly apply: (image: ImageU8, site: AugmentSite) => ImageU8;
}
