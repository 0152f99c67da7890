/** @file Mean and standard deviation over seeds, in print. */
import { fixed, NOTHING } from "../run/numbers.ts";
import type { OverSeeds } from "./input.ts";

export interface Spread {
  readonly mean: number;
  /** Of the seeds, with n - 1 below; 0 for one seed. */
  readonly deviation: number;
}

/** Undefined for no seeds. */
export function spreadOf(values: OverSeeds): Spread | undefined {
  const n = values.length;
  if (n === 0) return undefined;
  const mean = values.reduce((s, v) => s + v, 0) / n;
  const squares = values.reduce((s, v) => s + (v - mean) ** 2, 0);
  return { mean, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : 0 };
}

/** A fraction in percent, `63.63 ± 0.41`; one seed has no deviation. */
export function percents(values: OverSeeds): string {
  const spread = spreadOf(values);
  if (spread === undefined) return NOTHING;
  const mean = fixed(100 * spread.mean, 2);
  return values.length > 1 ? `${mean} ± ${fixed(100 * spread.deviation, 2)}` : mean;
}
