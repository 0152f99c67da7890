/** @file What a named architecture states; `architectures/` holds one file for each, `architectures/table.ts` the table. */
import type { Network } from "./network.ts";

export interface ArchitectureOptions {
  readonly classes: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Decides every initial weight. */
  readonly seed: number;
  /** Multiplies the channels of every layer but the last; default 1. */
  readonly widthFactor?: number | undefined;
}

export interface Architecture {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Shortest side of a picture that it takes, in pixels. */
  readonly smallest: number;
  /** Weights are initialised; scores are logits. Throws `E_PARAM` for pictures that are too small or sizes that are no positive integers. */
  readonly build: (options: ArchitectureOptions) => Network;
}
