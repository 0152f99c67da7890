/** @file The frame of a plot of two numeric axes: ticks, rules, labels; what is drawn inside is the caller's. */
import { html, type Markup } from "../html/markup.ts";
import { significant } from "../words.ts";
import { type Axis, placeIn, ticks } from "./ticks.ts";

export interface Tick {
  readonly value: number;
  readonly text: string;
}
export interface FrameAxis {
  readonly axis: Axis;
  readonly label: string;
  /** Default: the whole steps of the axis. */
  readonly ticks?: readonly Tick[] | undefined;
}
export interface Frame {
  readonly x: FrameAxis;
  readonly y: FrameAxis;
  /** The alternative text. */
  readonly what: string;
}

const WIDTH = 398;
const HEIGHT = 280;
const LEFT = 52;
const RIGHT = 14;
const TOP = 24;
const BOTTOM = 38;
/** The inside of a frame, in its own units. */
export const INNER: Readonly<Record<"left" | "top" | "width" | "height", number>> = {
  left: LEFT,
  top: TOP,
  width: WIDTH - LEFT - RIGHT,
  height: HEIGHT - TOP - BOTTOM,
};

/** A tenth of a unit is finer than a pixel. */
export const at = (v: number): string => String(Math.round(v * 10) / 10);
export const minus = (text: string): string => text.replaceAll("-", "−");
const own = ({ axis, ticks: given }: FrameAxis): readonly Tick[] =>
  given ?? ticks(axis).map((value) => ({ value, text: minus(significant(value, 3)) }));

/** Places of values, in the units of the frame. */
export const placesIn = ({ x, y }: Pick<Frame, "x" | "y">) => ({
  px: (value: number): number => LEFT + placeIn(x.axis, value) * INNER.width,
  py: (value: number): number => TOP + (1 - placeIn(y.axis, value)) * INNER.height,
});

/** The drawing inside its frame, as inline SVG. The label of the y axis stands above it. */
export function framed({ x, y, what }: Frame, inside: Markup): Markup {
  const { px, py } = placesIn({ x, y });
  const rows = own(y).map(
    ({ value, text }) =>
      html`<path class="rule" d="M${LEFT} ${at(py(value))}h${INNER.width}"/><text class="tick end" x="${LEFT - 5}" y="${at(py(value) + 3.5)}">${text}</text>`,
  );
  const base = TOP + INNER.height;
  const columns = own(x).map(
    ({ value, text }) =>
      html`<path class="axis" d="M${at(px(value))} ${base}v4"/><text class="tick mid" x="${at(px(value))}" y="${base + 15}">${text}</text>`,
  );
  return html`<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${what}"><text class="tick" x="2" y="11">${y.label}</text>${rows}<path class="axis" d="M${LEFT} ${base}h${INNER.width}"/>${columns}<text class="tick mid" x="${LEFT + INNER.width / 2}" y="${HEIGHT - 4}">${x.label}</text>${inside}</svg>`;
}
