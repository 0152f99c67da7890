/** @file The folder of a run while it is being made: settings, files that stand whole or not at all; parts of finished windows. */
import type { EvaluatedWindow } from "../evaluate/options.ts";

/** What decides the results of a run; plain JSON. */
export type Settings = Readonly<Record<string, unknown>>;
export interface RunState {
  readonly schema_version: 1;
  readonly settings: Settings;
  /** The results are written. */
  readonly done: boolean;
}

/** A folder that a long job writes into. */
export interface JobFolder {
  readonly folder: string;
  /** It was begun before. */
  readonly resumed: boolean;
  readonly done: boolean;
  /** The bytes of one file; undefined when there is none. Throws `E_FILE`. */
  readonly read: (name: string) => Promise<Uint8Array | undefined>;
  /** Write down the settings, once. Until then nothing is there. */
  readonly begin: () => Promise<void>;
  /** One file, whole or not at all, after {@link begin}. Throws `E_FILE`; what stood in its place then stays. */
  readonly write: (name: string, content: string | Uint8Array) => Promise<void>;
  /** Take away folders of pieces that are not needed any more. */
  readonly clear: (folders: readonly string[]) => Promise<void>;
  /** The results stand. */
  readonly close: () => Promise<void>;
}

/** As {@link OpenRun}, for any job. */
export type OpenJob = (folder: string, settings: Settings, resume: boolean) => Promise<JobFolder>;

export interface RunFolder {
  readonly folder: string;
  /** Windows that were done when the run was opened. */
  readonly parts: number;
  readonly done: boolean;
  readonly add: (window: EvaluatedWindow) => Promise<void>;
  /** Windows in order, read one at a time, anew at every walk. */
  readonly windows: () => Iterable<EvaluatedWindow>;
  /** One file of the results. */
  readonly write: (name: string, content: string | Uint8Array) => Promise<void>;
  /** The results stand; the parts are taken away. */
  readonly close: () => Promise<void>;
}

/**
 * Begin a run, or take it up. Throws `E_FILE` when the folder holds anything and is not to be resumed, or cannot be read;
 * `E_PARAM` when it was begun with other settings, naming what differs.
 */
export type OpenRun = (folder: string, settings: Settings, resume: boolean) => Promise<RunFolder>;
