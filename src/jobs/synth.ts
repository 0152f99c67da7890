/** @file What writing a synthetic data set takes and returns; only a machine with a disk does it. */
import type { SynthOptions, SynthSettings } from "../data/synth/settings.ts";

export interface WriteSynthOptions extends SynthOptions {
  /** Pictures. Default 1000. */
  readonly count?: number | undefined;
  /** Threads that draw; default as many as there are processors, at most 8. 0 draws on the calling thread. */
  readonly workers?: number | undefined;
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SynthSummary {
  readonly folder: string;
  readonly count: number;
  /** Pictures by split, and by true label. */
  readonly splits: Readonly<Record<string, number>>;
  readonly classes: Readonly<Record<string, number>>;
  readonly watermarked: number;
  /** Pictures on the planted ground. */
  readonly onBackground: number;
  /** Pictures whose given label is false. */
  readonly flipped: number;
  readonly seconds: number;
  readonly settings: SynthSettings;
}

/**
 * Draw a data set into a folder that does not exist or is empty: pictures, object masks, part masks, masks of planted shortcuts,
 * `manifest.csv` and `.parquet`, `shortcuts.csv`, `parts.json`, `synth.json`. It is written beside its place and moved there when it is
 * whole; what a killed process left beside the same place is removed. Throws `E_PARAM`, `E_FILE`, `E_ABORTED`.
 */
export type WriteSynth = (folder: string, options?: WriteSynthOptions) => Promise<SynthSummary>;
