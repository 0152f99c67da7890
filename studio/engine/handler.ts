/** @file What a call's handler is given beside its input, and what it gives back. */
import type { CallName, Input, Note, Output, Progress } from "./protocol.ts";

export interface Context<K extends CallName> {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Tell the page something before the answer; `transfer` is handed over, not copied. */
  readonly tell: (note: Note<K>, transfer?: readonly Transferable[]) => void;
}

/** The answer, with what is handed over instead of copied. */
export interface Answer<K extends CallName> {
  readonly output: Output<K>;
  readonly transfer?: readonly Transferable[];
}

export type Handler<K extends CallName> = (input: Input<K>, context: Context<K>) => Promise<Answer<K>>;
