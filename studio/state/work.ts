/** @file Work that is going on: one row each while it runs, with progress and a way to stop it; what went wrong, in words. */
import { signal } from "@preact/signals";
import { EngineError } from "../engine/client.ts";
import type { Progress } from "../engine/protocol.ts";

export interface Work {
  readonly id: number;
  readonly title: string;
  readonly began: number;
  readonly progress: Progress | undefined;
  readonly stop: () => void;
}

export interface Fault {
  readonly id: number;
  /** What was being done. */
  readonly title: string;
  readonly code: string | undefined;
  readonly message: string;
}

export const works = signal<readonly Work[]>([]);
export const faults = signal<readonly Fault[]>([]);
/** What a screen reader is told. */
export const said = signal("");

let counted = 0;

export const dismiss = (id: number): void => {
  faults.value = faults.peek().filter((f) => f.id !== id);
};

export const isStopped = (error: unknown): boolean => error instanceof EngineError && error.code === "E_ABORTED";

export function report(title: string, error: unknown): void {
  if (isStopped(error)) return;
  const code = error instanceof EngineError ? error.code : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const others = faults.peek().filter((f) => f.title !== title || f.message !== message);
  faults.value = [...others, { id: counted++, title, code, message }];
}

export interface WorkTools {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/**
 * Do something that may take a while: it is listed while it runs, can be stopped there, and a failure is shown in words.
 * Undefined when it failed or was stopped.
 */
export async function work<T>(
  title: string,
  job: (tools: WorkTools) => Promise<T>,
  { outer }: { readonly outer?: AbortSignal | undefined } = {},
): Promise<T | undefined> {
  const id = counted++;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  outer?.addEventListener("abort", stop);
  const change = (progress: Progress): void => {
    works.value = works.peek().map((w) => (w.id === id ? { ...w, progress } : w));
  };
  works.value = [...works.peek(), { id, title, began: performance.now(), progress: undefined, stop }];
  try {
    return await job({ signal: controller.signal, onProgress: change });
  } catch (error) {
    report(title, error);
    return undefined;
  } finally {
    outer?.removeEventListener("abort", stop);
    works.value = works.peek().filter((w) => w.id !== id);
  }
}
