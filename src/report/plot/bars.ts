/** @file What speaks for and against in one cell of a table: a bar to either side of a common 0. */
import { html, type Markup } from "../html/markup.ts";
import { type Domain, placeIn } from "./ticks.ts";

export interface SignedBar {
  /** Not below 0. */
  readonly positive: number;
  /** Not above 0. */
  readonly negative: number;
  readonly what: string;
}

/** One scale for several bars, with 0 on it; one of width 1 where all are 0. */
export function barDomain(bars: readonly Pick<SignedBar, "positive" | "negative">[]): Domain {
  const low = Math.min(0, ...bars.map((b) => b.negative));
  const high = Math.max(0, ...bars.map((b) => b.positive));
  return low < high ? { low, high } : { low: 0, high: 1 };
}

/** Stretches to the width of its cell; the thin line marks the difference of both sides. */
export function signedBar({ positive, negative, what }: SignedBar, domain: Domain): Markup {
  const x = (value: number): number => Math.round(placeIn(domain, value) * 10_000) / 100;
  const [zero, sum] = [x(0), x(positive + negative)];
  const part = (from: number, to: number, style: string): Markup | undefined =>
    to > from ? html`<path class="${style}" d="M${from} 4H${to}V20H${from}Z"/>` : undefined;
  return html`<svg class="signed" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="${what}">${part(x(negative), zero, "against")}${part(zero, x(positive), "for")}<path class="zero" d="M${zero} 0V24"/><path class="sum" d="M${sum} 1V23"/></svg>`;
}
