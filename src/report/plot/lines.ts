/** @file A line plot as inline SVG: bands of error, labels at the ends of the lines instead of a legend. */
import { html, type Markup } from "../html/markup.ts";
import { significant } from "../words.ts";
import { type Axis, apart, type Domain, niceDomain, niceStep, placeIn, ticks } from "./ticks.ts";

export interface Line {
  readonly label: string;
  /** One value a step. */
  readonly values: readonly number[];
  /** Where each value stands on the x axis; default evenly from 0 to `xEnd`. */
  readonly at?: readonly number[] | undefined;
  /** Half the height of the band, one a step. */
  readonly errors?: readonly number[] | undefined;
  /** Class of the line: a colour `c0` … `c7`, a baseline `b-random`, or `faint` (drawn behind, without a label). */
  readonly style: string;
}
export interface LinePlot {
  readonly lines: readonly Line[];
  /** The alternative text. */
  readonly what: string;
  readonly xLabel: string;
  /** Position of the last step on the x axis, in the units of `xLabel`; the first is 0. */
  readonly xEnd: number;
  /** The x axis counts: no tick stands between whole numbers. Default false. */
  readonly whole?: boolean | undefined;
  /** Width for the labels at the ends of the lines, of the 398 that the plot is wide; default 140. Longer labels are cut. */
  readonly labelRoom?: number | undefined;
}

const WIDTH = 398;
const HEIGHT = 250;
const LEFT = 38;
const LABEL_ROOM = 140;
const TOP = 10;
const BOTTOM = 34;
const INNER_HEIGHT: number = HEIGHT - TOP - BOTTOM;
const LABEL_GAP = 13;
/** Of the room for labels, before they begin; of one letter. */
const LEADER = 12;
const LETTER = 7;

const at = (v: number): string => String(Math.round(v * 10) / 10);

/** From 0 to the end, in about `count` round steps. */
export function xAxisOf({ xEnd, whole = false }: Pick<LinePlot, "xEnd" | "whole">, count: number): Axis {
  const step = niceStep({ low: 0, high: xEnd }, count);
  return { low: 0, high: xEnd, step: whole ? Math.max(1, Math.round(step)) : step };
}

export function linePlot(plot: LinePlot): Markup {
  const { lines, what, xLabel, xEnd, labelRoom = LABEL_ROOM } = plot;
  const inner = { width: WIDTH - LEFT - labelRoom, height: INNER_HEIGHT };
  const longest = Math.floor((labelRoom - LEADER) / LETTER);
  const short = (text: string): string => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
  const y = niceDomain(reach(lines));
  const x = xAxisOf(plot, 5);
  const px = (line: Line, step: number): number => LEFT + placeOf(line, step, xEnd) * inner.width;
  const py = (value: number): number => TOP + (1 - placeIn(y, value)) * inner.height;
  const path = (line: Line): string =>
    line.values.map((v, i) => `${i === 0 ? "M" : "L"}${at(px(line, i))} ${at(py(v))}`).join("") +
    (line.values.length === 1 ? "h0" : "");
  const band = (line: Line): Markup | undefined => {
    const { values, errors, style } = line;
    if (errors === undefined || style === "faint") return undefined;
    const edge = (sign: number): readonly string[] =>
      values.map((v, i) => `${at(px(line, i))} ${at(py(v + sign * (errors[i] ?? 0)))}`);
    return html`<path class="band ${style}" d="M${[...edge(1), ...[...edge(-1)].reverse()].join("L")}Z"/>`;
  };
  const labelled = lines.filter((l) => l.style !== "faint" && l.values.length > 0);
  const ends = labelled.map((l) => py(l.values.at(-1) as number) - TOP);
  const places = apart(ends, LABEL_GAP, inner.height);
  const labels = labelled.map((l, i) => {
    const [from, to] = [(ends[i] as number) + TOP, (places[i] as number) + TOP];
    const edge = LEFT + inner.width;
    return html`<path class="leader ${l.style}" d="M${edge + 1} ${at(from)}L${edge + 9} ${at(to)}"/><text class="label ${l.style}" x="${edge + LEADER}" y="${at(to + 3.5)}">${short(l.label)}${l.label.length > longest ? html`<title>${l.label}</title>` : undefined}</text>`;
  });
  const rows = ticks(y).map(
    (t) =>
      html`<path class="rule" d="M${LEFT} ${at(py(t))}h${inner.width}"/><text class="tick end" x="${LEFT - 5}" y="${at(py(t) + 3.5)}">${significant(t, 3).replace("-", "−")}</text>`,
  );
  const columns = ticks(x).map((t) => {
    const place = LEFT + placeIn(x, t) * inner.width;
    return html`<path class="axis" d="M${at(place)} ${TOP + inner.height}v4"/><text class="tick mid" x="${at(place)}" y="${TOP + inner.height + 15}">${significant(t, 3)}</text>`;
  });
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${what}">${rows}<path class="axis" d="M${LEFT} ${TOP + inner.height}h${inner.width}"/>${columns}<text class="tick mid" x="${LEFT + inner.width / 2}" y="${HEIGHT - 4}">${xLabel}</text>${lines.map(band)}${lines.filter((l) => l.style === "faint").map((l) => html`<path class="line faint" d="${path(l)}"><title>${l.label}</title></path>`)}${labelled.map((l) => html`<path class="line ${l.style}" d="${path(l)}"/>`)}${labels}</svg>`;
}

/** Where a value of a line stands, 0 … 1 along the x axis. */
export function placeOf({ values, at: places }: Line, step: number, xEnd: number): number {
  if (places !== undefined) return (places[step] as number) / xEnd;
  return values.length < 2 ? 0 : step / (values.length - 1);
}

/** Lowest and highest value of all lines, bands included. */
export function reach(lines: readonly Line[]): Domain {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values, errors } of lines)
    for (const [i, v] of values.entries()) {
      low = Math.min(low, v - (errors?.[i] ?? 0));
      high = Math.max(high, v + (errors?.[i] ?? 0));
    }
  return low <= high ? { low, high } : { low: 0, high: 1 };
}
