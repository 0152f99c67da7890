/** @file Pairs of numbers as dots in inline SVG; dots that would lie on each other are drawn once. */
import { html, type Markup } from "../html/markup.ts";
import { at, framed, placesIn } from "./frame.ts";
import { type Domain, niceDomain } from "./ticks.ts";

export interface Dots {
  readonly label: string;
  /** Class of the dots: a colour `c0` … `c5`. */
  readonly style: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}
export interface ScatterPlot {
  readonly dots: readonly Dots[];
  readonly what: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Draws the line x = y, and gives both axes the same ends. */
  readonly diagonal?: boolean | undefined;
}

/** Dots nearer than this, in units of the frame, are one. */
const GRID = 1.25;

/** Pairs with a number that is not finite are left out. */
export function scatterPlot({ dots, what, xLabel, yLabel, diagonal = false }: ScatterPlot): Markup {
  const [wide, high] = [extent(dots.map((d) => d.x)), extent(dots.map((d) => d.y))];
  const both = { low: Math.min(wide.low, high.low), high: Math.max(wide.high, high.high) };
  const x = { axis: niceDomain(diagonal ? both : wide, 5), label: xLabel };
  const y = { axis: niceDomain(diagonal ? both : high, 5), label: yLabel };
  const { px, py } = placesIn({ x, y });
  const { low, high: top } = x.axis;
  const line = diagonal
    ? html`<path class="reference" d="M${at(px(low))} ${at(py(low))}L${at(px(top))} ${at(py(top))}"/>`
    : undefined;
  const drawn = dots.map(({ label, style, ...pairs }) => {
    const taken = new Map<string, string>();
    for (let i = 0; i < pairs.x.length; i++) {
      const [u, v] = [px(pairs.x[i] as number), py(pairs.y[i] as number)];
      if (!Number.isFinite(u) || !Number.isFinite(v)) continue;
      const key = `${Math.round(u / GRID)} ${Math.round(v / GRID)}`;
      if (!taken.has(key)) taken.set(key, `M${at(u)} ${at(v)}h0`);
    }
    return html`<path class="dots ${style}" d="${[...taken.values()].join("")}"><title>${label}</title></path>`;
  });
  return framed({ x, y, what }, html`${line}${drawn}`);
}

/** Ends of all finite values; 0 … 1 without any. */
function extent(all: readonly ArrayLike<number>[]): Domain {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of all)
    for (let i = 0; i < values.length; i++) {
      const v = values[i] as number;
      if (!Number.isFinite(v)) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  return low <= high ? { low, high } : { low: 0, high: 1 };
}
