/** @file Bilinear enlargement of a map of numbers (not of a picture: no rounding, no antialiasing). */

import { OnnxplainError } from "../errors.ts";
import type { Size } from "./types.ts";

/** A map of numbers, `values[y * width + x]`. */
export interface NumberMap<T extends Float32Array | Float64Array = Float32Array | Float64Array> extends Size {
  readonly values: T;
}

/**
 * The map at another size, `[to.height * to.width]`, of the same number type: pixel centres at halves, edges clamped,
 * `s = max((i + 0.5) * in / out - 0.5, 0)`, `a + t * (b - a)` in double, first along x, then along y. The order matters
 * to ties: equal neighbours give exactly equal results. What PyTorch calls `align_corners=False`.
 *
 * Throws `E_INPUT_SHAPE` when `values` does not fit the size.
 */
export function upsampleBilinear<T extends Float32Array | Float64Array>(map: NumberMap<T>, to: Size): T {
  const { width, height, values } = map;
  if (values.length !== width * height || values.length === 0) {
    throw new OnnxplainError("E_INPUT_SHAPE", `Expected a map of ${width} x ${height} values, got ${values.length}.`);
  }
  const columns = steps(width, to.width);
  const rows = steps(height, to.height);
  const wide = new Float64Array(height * to.width);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < to.width; x++, o++) {
      const a = values[y * width + columns.low[x]!]!;
      wide[o] = a + columns.t[x]! * (values[y * width + columns.high[x]!]! - a);
    }
  }
  const length = to.width * to.height;
  const out = values instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  for (let y = 0, o = 0; y < to.height; y++) {
    const [low, high, t] = [rows.low[y]! * to.width, rows.high[y]! * to.width, rows.t[y]!];
    for (let x = 0; x < to.width; x++, o++) out[o] = wide[low + x]! + t * (wide[high + x]! - wide[low + x]!);
  }
  return out as T;
}

interface Steps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly t: Float64Array;
}

function steps(inSize: number, outSize: number): Steps {
  const low = new Int32Array(outSize);
  const high = new Int32Array(outSize);
  const t = new Float64Array(outSize);
  for (let i = 0; i < outSize; i++) {
    const s = Math.max(((i + 0.5) * inSize) / outSize - 0.5, 0);
    low[i] = Math.min(Math.floor(s), inSize - 1);
    high[i] = Math.min(low[i]! + 1, inSize - 1);
    t[i] = s - low[i]!;
  }
  return { low, high, t };
}
