/** @file What the page shows first; all of it can be changed there. */
import type { ColouringName } from "./colouring.ts";

export interface PatternsStart {
  /** Default the last. */
  readonly frame?: number;
  /** The frame compared with; default the one before the last. */
  readonly against?: number;
  /** Default null: samples. */
  readonly layer?: number | null;
  /** Default `label`. */
  readonly colouring?: ColouringName;
  /** Place among the shown pictures; default 0. */
  readonly picture?: number;
}
