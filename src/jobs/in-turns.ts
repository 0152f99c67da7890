/** @file Work in steps that do not wait for anything: between them others have their turn, so that a signal arrives. */
import { OnnxplainError } from "../errors.ts";
import { pause } from "../pause.ts";

/** Steps done, of how many. */
export type Progress = readonly [done: number, of: number];

/** Milliseconds of work on end. */
const TURN = 50;

/** Runs steps to their end. Throws `E_ABORTED`. */
export async function inTurns<T>(
  steps: Iterator<Progress, T>,
  {
    signal,
    onProgress,
  }: {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((done: number, of: number) => void) | undefined;
  } = {},
): Promise<T> {
  for (let [last, began] = ["at the first step", performance.now()]; ; ) {
    if (signal?.aborted) throw new OnnxplainError("E_ABORTED", `Stopped ${last}.`, { cause: signal.reason });
    const step = steps.next();
    if (step.done) return step.value;
    const [done, of] = step.value;
    last = `after ${done} of ${of} steps`;
    onProgress?.(done, of);
    if (performance.now() - began < TURN) continue;
    await pause();
    began = performance.now();
  }
}
