/** @file Which values the two ends of a colour map stand for. Only the display is scaled; the map itself stays raw. */

import { OnnxplainError } from "../errors.ts";

/** How a map is scaled for display. */
export interface RangeOptions {
  /** Symmetric about 0 (a diverging map) or from 0 up. Default: whether any value is negative. */
  readonly signed?: boolean | undefined;
  /** Fixed ends instead of those of the values, to compare maps; a signed scale widens them to be symmetric about 0. */
  readonly range?: readonly [low: number, high: number] | undefined;
  /**
   * Percent (0…100, default 0) of the total magnitude that may be cut off at the top, so that a few extreme pixels do not
   * darken the rest. Captum's `outlier_perc`.
   */
  readonly clip?: number | undefined;
}

/** The ends, `low <= high`; equal only when every value is 0. */
export interface DisplayRange {
  readonly low: number;
  readonly high: number;
  readonly signed: boolean;
}

/**
 * The ends of the scale: `-m…m` with `m = max |v|` for a signed map, else `min(0, least)…greatest`.
 * Throws `E_NUMERIC` when a value is NaN or infinite, `E_PARAM` for impossible options.
 */
export function displayRange(values: Float32Array, options: RangeOptions = {}): DisplayRange {
  let [low, high] = [0, 0];
  for (const [i, v] of values.entries()) {
    if (!Number.isFinite(v)) {
      throw new OnnxplainError(
        "E_NUMERIC",
        `The map holds ${v} at index ${i}; it cannot be drawn. Look for overflow in the model.`,
      );
    }
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  const signed = options.signed ?? low < 0;
  if (options.range) return fixed(options.range, signed);
  const limit = magnitude(values, Math.max(-low, high), options.clip ?? 0);
  if (signed) return { low: 0 - limit, high: limit, signed };
  return { low: Math.max(low, -limit), high: Math.min(high, limit), signed };
}

function fixed([low, high]: readonly [number, number], signed: boolean): DisplayRange {
  if (Number.isFinite(low) && Number.isFinite(high) && low < high) {
    const limit = Math.max(Math.abs(low), Math.abs(high));
    return signed ? { low: -limit, high: limit, signed } : { low, high, signed };
  }
  throw new OnnxplainError("E_PARAM", `Expected \`range\` to be [low, high] with low < high, got [${low}, ${high}].`);
}

/** The largest magnitude left when the top `clip` percent of the total magnitude is cut off. */
function magnitude(values: Float32Array, largest: number, clip: number): number {
  if (!(clip >= 0 && clip < 100)) {
    throw new OnnxplainError("E_PARAM", `Expected \`clip\` to be a percentage from 0 to below 100, got ${clip}.`);
  }
  if (clip === 0 || largest === 0) return largest;
  const sorted = values.map(Math.abs).sort();
  const total = sorted.reduce((sum, v) => sum + v, 0);
  let sum = 0;
  for (const v of sorted) {
    sum += v;
    if (v > 0 && sum >= (total * (100 - clip)) / 100) return v;
  }
  return largest;
}
