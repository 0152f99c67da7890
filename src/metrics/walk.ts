/** @file Walking from one input to another, some values a step, and what the network says on the way. */
import type { Answer, MetricImage, Query, Request, Scored } from "./metric.ts";
import { scores } from "./metric.ts";

/** Inputs of one request: enough to fill a batch, few enough to hold. */
const AT_ONCE = 16;

export interface Walk<T> {
  readonly from: Float32Array;
  /** Name of the question at the start, where others may ask it too. */
  readonly key?: string;
  readonly steps: number;
  /** Change the input from step to step (1 … steps); it is copied for the network. */
  readonly advance: (x: Float32Array, step: number) => void;
  readonly read: (scored: Scored) => T;
}

/** What is read at the start and after each step: steps + 1 values. Inputs are written anew once they are answered. */
export function* walk<T>({ from, key, steps, advance, read }: Walk<T>): Generator<Request, readonly T[], Answer> {
  const x = Float32Array.from(from);
  const out: T[] = [];
  const rows = Array.from({ length: Math.min(AT_ONCE, steps + 1) }, () => new Float32Array(x.length));
  let queries: Query[] = [key === undefined ? { x: from } : { x: from, key }];
  for (let step = 1; step <= steps; step++) {
    if (queries.length === AT_ONCE) {
      for (const s of yield* scores(queries)) out.push(read(s));
      queries = [];
    }
    advance(x, step);
    const row = rows[queries.length] as Float32Array;
    row.set(x);
    queries.push({ x: row });
  }
  for (const s of yield* scores(queries)) out.push(read(s));
  return out;
}

/** The name of the question what the network says of the image as it is. */
export const IMAGE = "image";

/** The unperturbed image as a query. */
export const whole = ({ x }: Pick<MetricImage, "x">): Query => ({ x, key: IMAGE });
