/** @file What page and worker say to one another: calls by name, progress, cancelling, errors in words. */
import type { Calls } from "./calls.ts";

export type CallName = keyof Calls;
export type Input<K extends CallName> = Calls[K]["input"];
export type Output<K extends CallName> = Calls[K]["output"];
/** What is told while a call runs; every call may tell of progress. */
export type Note<K extends CallName> = Calls[K] extends { readonly note: infer N } ? N : never;

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What is being done, where a call has several stages. */
  readonly stage?: string | undefined;
}

/** An error as it crosses: `code` is `E_…`, or undefined for a fault of ours. */
export interface Trouble {
  readonly code: string | undefined;
  readonly message: string;
}

export type Ask = {
  readonly [K in CallName]: { readonly id: number; readonly name: K; readonly input: Input<K> };
}[CallName];
export type ToWorker = Ask | { readonly cancel: number };

export type FromWorker =
  | { readonly id: number; readonly progress: Progress }
  | { readonly id: number; readonly note: unknown }
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly trouble: Trouble };
