/** @file What one may ask of an explanation: input, target, budget, and how to be told of progress. */
import type { Progress } from "../drive.ts";
import type { ClassifierOptions, DeviceOptions } from "../explainer.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import type { ImageU8 } from "../image/types.ts";
import type { TargetRequest } from "../methods/target.ts";

/** A batch of network inputs, fed as they are: [N,C,H,W] (or [N,H,W,C] for such models). */
export interface InputTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}
/** A path or URL, encoded bytes, a decoded picture, or a tensor. */
export type ImageInput = string | Uint8Array | ImageU8 | InputTensor;

/** How an input is read and graphs are run: everything but the method and the target. */
export interface RunOptions extends ClassifierOptions, DeviceOptions {
  /** Seed of stochastic methods; the same seed gives the same bytes. Default 0. */
  readonly seed?: number | undefined;
  readonly preprocessing?: Preprocessing | undefined;
  /** Rows in one run; default: what the memory budget allows, at most 16. */
  readonly batch?: number | undefined;
  /** Budget for one run's values in bytes; default 1 GiB. */
  readonly maxMemory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

interface Targeted extends RunOptions {
  /**
   * Class index, label, `"predicted"` (default), `"top3"` (the three largest scores), or a contrast `"A-B"`. A list, or
   * several in one string separated by commas, explains every image for each of them in the same runs; results are ordered
   * by image, then by target.
   */
  readonly target?: TargetRequest | readonly TargetRequest[] | undefined;
}

export interface ExplainOptions extends Targeted {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** One of several methods: its own parameters, and its own layer where it takes one. */
export interface MethodRequest {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly layer?: string | undefined;
}

export interface ExplainAllOptions extends Targeted {
  readonly methods: readonly (string | MethodRequest)[];
  /**
   * Parameters for every method that knows them; `"METHOD.name"` for one method alone. What a method states itself comes
   * first. A parameter that no method knows is `E_PARAM`.
   */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}
