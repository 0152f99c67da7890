/** @file Counts in bins as inline SVG: bins of equal width, or one bin for zeros and bins of whole decades. */
import { html, type Markup } from "../html/markup.ts";
import { significant } from "../words.ts";
import { at, framed, minus, placesIn, type Tick } from "./frame.ts";
import { niceDomain, niceStep, ticks } from "./ticks.ts";

export interface Histogram {
  /** Values in each bin; bins stand side by side at 0, 1, 2, …. */
  readonly counts: readonly number[];
  /** Marks on the x axis, in bins. */
  readonly marks: readonly Tick[];
  /** Is the first bin that of exact zeros? */
  readonly zeros: boolean;
  /** Values that are not finite, in no bin. */
  readonly left: number;
}

/** About `bins` bins with round ends over all finite values. */
export function equalBins(values: ArrayLike<number>, bins = 30): Histogram {
  const finite = Array.from(values).filter(Number.isFinite);
  const [low, high] = finite.reduce<readonly [number, number]>(
    ([l, h], v) => [Math.min(l, v), Math.max(h, v)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const axis = niceDomain(finite.length === 0 ? { low: 0, high: 1 } : { low, high }, bins);
  const count = Math.max(Math.round((axis.high - axis.low) / axis.step), 1);
  const counts = new Array<number>(count).fill(0);
  for (const v of finite) counts[Math.min(Math.floor((v - axis.low) / axis.step + 1e-9), count - 1)]! += 1;
  const round = { low: axis.low, high: axis.high, step: niceStep(axis, 5) };
  const marks = ticks(round).map((t) => ({ value: (t - axis.low) / axis.step, text: minus(significant(t, 3)) }));
  return { counts, marks, zeros: false, left: values.length - finite.length };
}

/** Widths of logarithmic bins, in decades. */
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20];
/** A power of ten that floating point left a little short counts as reached. */
const SLACK = 1e-9;

/** Bins of magnitudes: exact zeros, then at most about `bins` bins of one part, or as many whole decades as that takes. */
export function decadeBins(values: ArrayLike<number>, bins = 24): Histogram {
  const sizes = Array.from(values, Math.abs).filter(Number.isFinite);
  const powers = sizes.filter((v) => v > 0).map((v) => Math.log10(v));
  const [low, high] = powers.reduce<readonly [number, number]>(
    ([l, h], p) => [Math.min(l, p), Math.max(h, p)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const left = values.length - sizes.length;
  const none = sizes.length - powers.length;
  const nothing = { value: 0.5, text: "0" };
  if (powers.length === 0) return { counts: [none], marks: [nothing], zeros: true, left };
  const step = STEPS.find((s) => (high - low) / s <= bins) ?? (STEPS.at(-1) as number);
  const binOf = (power: number): number => Math.floor(power / step + SLACK);
  const first = binOf(low);
  const count = binOf(high) - first + 1;
  const counts = new Array<number>(count + 1).fill(0);
  counts[0] = none;
  for (const p of powers) counts[1 + binOf(p) - first]! += 1;
  const every = Math.max(Math.ceil(count / 4), 1);
  const marks = Array.from({ length: Math.floor(count / every) + 1 }, (_, k) => {
    const power = Number(((first + k * every) * step).toPrecision(12));
    const text = Number.isInteger(power) && Math.abs(power) > 3 ? `1e${power}` : significant(10 ** power, 2);
    return { value: 1 + k * every, text: minus(text) };
  });
  return { counts, marks: [nothing, ...marks.filter((m) => m.value > 1.5)], zeros: true, left };
}

export interface HistogramPlot {
  readonly histogram: Histogram;
  readonly what: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Class of the bars: a colour `c0` … `c5`. */
  readonly style: string;
}

export function histogramPlot({ histogram, what, xLabel, yLabel, style }: HistogramPlot): Markup {
  const { counts, marks, zeros } = histogram;
  const y = { axis: niceDomain({ low: 0, high: Math.max(1, ...counts) }), label: yLabel };
  const x = { axis: { low: 0, high: counts.length, step: 1 }, label: xLabel, ticks: marks };
  const { px, py } = placesIn({ x, y });
  const gap = Math.min(1, (px(1) - px(0)) / 8);
  const bars = counts.map((n, i) =>
    n === 0
      ? undefined
      : html`<path class="bar ${zeros && i === 0 ? "none" : style}" d="M${at(px(i) + gap)} ${at(py(0))}V${at(py(n))}H${at(px(i + 1) - gap)}V${at(py(0))}Z"><title>${n}</title></path>`,
  );
  return framed({ x, y, what }, html`${bars}`);
}
