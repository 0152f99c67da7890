/** @file A distribution in one cell of a table: a strip of values, a box from quartile to quartile, the interval of the mean. */
import type { Interval } from "../../metrics/bootstrap.ts";
import { quantile } from "../../metrics/quantiles.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Domain, niceDomain, placeIn } from "./ticks.ts";

export interface Strip {
  /** In ascending order, at least one. */
  readonly values: Float64Array;
  readonly mean: number;
  readonly interval: Interval | null;
  /** A value to compare with, drawn as a dashed line. */
  readonly reference?: number | undefined;
  readonly what: string;
}

const MOST_DOTS = 80;
/** Far values may take so many times the room of the rest before the axis leaves them out. */
const STRETCH = 1.6;

/** One axis for several distributions: all values where that is not too wide, else their 2nd to 98th percentiles. */
export function stripDomain(samples: readonly Float64Array[]): Domain | undefined {
  const some = samples.filter((s) => s.length > 0);
  if (some.length === 0) return undefined;
  const whole = {
    low: Math.min(...some.map((s) => s[0] as number)),
    high: Math.max(...some.map((s) => s.at(-1) as number)),
  };
  const core = {
    low: Math.min(...some.map((s) => quantile(s, 0.02))),
    high: Math.max(...some.map((s) => quantile(s, 0.98))),
  };
  const wide = whole.high - whole.low > STRETCH * (core.high - core.low) && core.high > core.low;
  return niceDomain(wide ? core : whole);
}

export const outside = (values: Float64Array, { low, high }: Domain): number =>
  values.filter((v) => v < low || v > high).length;

/** Stretches to the width of its cell: lines and dots keep their weight. */
export function strip({ values, mean, interval, reference, what }: Strip, domain: Domain): Markup {
  const x = (value: number): string =>
    String(Math.round(Math.min(Math.max(placeIn(domain, value), 0), 1) * 1960 + 20) / 20);
  const count = Math.min(values.length, MOST_DOTS);
  const dots = Array.from({ length: count }, (_, i) => {
    const value = values[Math.floor(((i + 0.5) / count) * values.length)] as number;
    const height = 5 + 14 * ((i * 0.618034) % 1);
    return `M${x(value)} ${height.toFixed(1)}h0`;
  }).join("");
  const [low, middle, high] = [0.25, 0.5, 0.75].map((p) => quantile(values, p)) as [number, number, number];
  const box = `M${x(low)} 4H${x(high)}V20H${x(low)}Z`;
  const line = reference === undefined ? undefined : html`<path class="reference" d="M${x(reference)} 0V24"/>`;
  const spread =
    interval === null ? undefined : html`<path class="interval" d="M${x(interval[0])} 12H${x(interval[1])}"/>`;
  return html`<svg class="strip" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="${what}">${line}<path class="dots" d="${dots}"/><path class="box" d="${box}"/><path class="median" d="M${x(middle)} 4V20"/>${spread}<path class="mean" d="M${x(mean)} 12h0"/></svg>`;
}
