/** @file Numbers of the pages on training points: significant digits, true minus signs, no digits that mean nothing. */
import { significant } from "../words.ts";

/** `-0.0123` with a true minus sign. */
export const number = (value: number, digits = 4): string => significant(value, digits).replaceAll("-", "−");

export const signedNumber = (value: number, digits = 3): string => `${value > 0 ? "+" : ""}${number(value, digits)}`;

/** Sizes of errors: two digits, `0` for an exact nothing. */
export const tiny = (value: number): string =>
  value === 0 || !Number.isFinite(value)
    ? String(value)
    : value.toExponential(1).replace("e+", "e").replaceAll("-", "−");

/** 0.7123 as `71.2 %`. */
export const percentage = (share: number | null | undefined, decimals = 1): string =>
  share === null || share === undefined ? "–" : `${(100 * share).toFixed(decimals)} %`;

/** `12.3 ms`, `4.56 s`, `8 min`. */
export function seconds(value: number): string {
  if (value < 1e-3) return `${number(value * 1e6, 3)} µs`;
  if (value < 1) return `${number(value * 1e3, 3)} ms`;
  return value < 600 ? `${number(value, 3)} s` : `${number(value / 60, 3)} min`;
}
