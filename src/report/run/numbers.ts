/** @file Numbers of a run in print: as many decimals as their uncertainty bears, true minus signs, the same in one column. */
import type { Interval } from "../../metrics/bootstrap.ts";
import { significant } from "../words.ts";

const MOST = 6;
/** Larger numbers are printed by their significant digits. */
const LARGE = 1e6;

/** Decimals that show two digits of the typical standard error. */
export function decimalsFor(errors: readonly (number | null)[]): number {
  const known = errors.filter((e): e is number => e !== null && e > 0).sort((a, b) => a - b);
  const typical = known[Math.floor(known.length / 2)];
  return typical === undefined ? 3 : Math.min(Math.max(1 - Math.floor(Math.log10(typical)), 0), MOST);
}

export const NOTHING = "–";
const minus = (text: string): string => text.replace("-", "−");

export const fixed = (value: number | null | undefined, decimals: number): string =>
  value === null || value === undefined
    ? NOTHING
    : minus(Math.abs(value) >= LARGE ? significant(value) : value.toFixed(decimals).replace(/^-(0(\.0*)?)$/, "$1"));

export const intervalText = (interval: Interval | null, decimals: number): string =>
  interval === null ? NOTHING : `${fixed(interval[0], decimals)} … ${fixed(interval[1], decimals)}`;

export const meanText = (mean: number | null, error: number | null, decimals: number): string =>
  mean === null ? NOTHING : `${fixed(mean, decimals)}${error === null ? "" : ` ± ${fixed(error, decimals)}`}`;

export const signed = (value: number, decimals: number): string => `${value > 0 ? "+" : ""}${fixed(value, decimals)}`;

export const share = (part: number | null): string => (part === null ? NOTHING : `${Math.round(100 * part)} %`);

/** `1 image`, `2 images`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en-GB")} ${count === 1 ? one : many}`;

/** `a, b and c`; the rest is counted beyond `most`. */
export function listed(names: readonly string[], most = 8): string {
  const shown = names.length > most + 1 ? [...names.slice(0, most), `${names.length - most} more`] : names;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
