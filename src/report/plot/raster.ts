/** @file A line plot as pixels: the picture of `linePlot` for places where no SVG goes. */
import { blank, type Canvas, drawText, fillRect } from "../../image/canvas.ts";
import { formatTick } from "../../image/colorbar.ts";
import { GLYPH_HEIGHT, textWidth } from "../../image/font.ts";
import type { Size } from "../../image/types.ts";
import { type Line, type LinePlot, placeOf, reach, xAxisOf } from "./lines.ts";
import { type Axis, apart, niceDomain, placeIn, ticks } from "./ticks.ts";

type Rgb = readonly [number, number, number];

/** The colours of reports on white, by the class of a line. */
const COLORS: Readonly<Record<string, Rgb>> = {
  c0: [10, 90, 160],
  c1: [194, 65, 12],
  c2: [15, 118, 110],
  c3: [147, 51, 234],
  c4: [190, 24, 93],
  c5: [77, 124, 15],
};
const GREY: Rgb = [122, 127, 136];
const RULE: Rgb = [222, 218, 211];
const SOFT: Rgb = [91, 97, 107];
const INK: Rgb = [28, 30, 34];

const DOT = 2;
const TEXT = GLYPH_HEIGHT * DOT;
const widthOf = (text: string): number => textWidth(text) * DOT;
/** The font holds printable ASCII. */
const ascii = (text: string): string =>
  text
    .replaceAll("−", "-")
    .replaceAll("±", "+-")
    .replaceAll("²", "^2")
    .replaceAll("α", "alpha")
    .replaceAll(/[^\x20-\x7e]/g, "?");

const STROKE = 2.4;
const BAND = 0.16;

export interface RasterPlot extends LinePlot {
  readonly title: string;
}

/** Room beside the axes, in pixels; plots below each other share it. */
export interface Margins {
  readonly left: number;
  readonly right: number;
}

/** Room for the numbers of the y axis and the labels of the lines: the largest that a plot needs. */
export function marginsFor(plots: readonly RasterPlot[]): Margins {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf));
  return {
    left: widest(plots.flatMap(({ lines }) => marksOf(niceDomain(reach(lines))))) + 2 * TEXT,
    right: widest(plots.flatMap(({ lines }) => lines.map((l) => ascii(l.label)))) + 2.5 * TEXT,
  };
}

const markOf = (tick: number): string => ascii(formatTick(tick));
const marksOf = (axis: Axis): readonly string[] => ticks(axis).map(markOf);

/** The plot on a white sheet of `size` pixels: title, axes with round ticks, bands, lines, their labels at the right. */
export function rasterPlot(plot: RasterPlot, size: Size, margins: Margins = marginsFor([plot])): Canvas {
  const { title, lines, xLabel, xEnd } = plot;
  const canvas = blank(size);
  const y = niceDomain(reach(lines));
  const x = xAxisOf(plot, 8);
  const [left, right, top, bottom] = [margins.left, size.width - margins.right, 3 * TEXT, size.height - 4 * TEXT];
  const px = (line: Line, i: number): number => left + placeOf(line, i, xEnd) * (right - left);
  const py = (value: number): number => bottom - placeIn(y, value) * (bottom - top);
  const write = (text: string, at: { left: number; middle: number }, color: Rgb): void =>
    drawText(canvas, text, { left: Math.round(at.left), top: Math.round(at.middle - TEXT / 2), dot: DOT, color });
  const rule = (x0: number, y0: number, width: number, height: number, color: Rgb): void =>
    fillRect(canvas, { left: Math.round(x0), top: Math.round(y0), width: Math.round(width), height }, color);

  write(ascii(title), { left, middle: 1.25 * TEXT }, INK);
  for (const t of ticks(y)) {
    const text = markOf(t);
    rule(left, py(t), right - left, 1, RULE);
    write(text, { left: left - widthOf(text) - TEXT / 2, middle: py(t) }, SOFT);
  }
  rule(left, bottom, right - left, 2, SOFT);
  for (const t of ticks(x)) {
    const [place, text] = [left + placeIn(x, t) * (right - left), markOf(t)];
    rule(place, bottom, 2, 7, SOFT);
    write(text, { left: place - widthOf(text) / 2, middle: bottom + 1.25 * TEXT }, SOFT);
  }
  const below = ascii(xLabel);
  write(below, { left: (left + right - widthOf(below)) / 2, middle: size.height - 0.9 * TEXT }, SOFT);
  for (const line of lines) drawBand(canvas, line, (i) => px(line, i), py);
  for (const line of lines)
    stroke(
      canvas,
      line.values.map((v, i) => [px(line, i), py(v)]),
      colorOf(line),
    );
  const places = apart(
    lines.map((l) => py(l.values.at(-1) ?? y.low) - top),
    1.6 * TEXT,
    bottom - top,
  );
  for (const [i, line] of lines.entries())
    write(ascii(line.label), { left: right + TEXT, middle: top + (places[i] as number) }, colorOf(line));
  return canvas;
}

const colorOf = ({ style }: Line): Rgb => COLORS[style] ?? GREY;

function blend({ data, width, height }: Canvas, column: number, row: number, color: Rgb, alpha: number): void {
  if (column < 0 || row < 0 || column >= width || row >= height) return;
  const at = (row * width + column) * 3;
  for (let c = 0; c < 3; c++)
    data[at + c] = Math.round((data[at + c] as number) * (1 - alpha) + (color[c] as number) * alpha);
}

/** Value ± error, column by column, straight between points. */
function drawBand(canvas: Canvas, line: Line, px: (i: number) => number, py: (v: number) => number): void {
  const { values, errors } = line;
  if (errors === undefined) return;
  const edge = (i: number, sign: number): number => py((values[i] as number) + sign * (errors[i] ?? 0));
  for (let i = 0; i + 1 < values.length; i++) {
    const [from, to] = [px(i), px(i + 1)];
    for (let column = Math.ceil(from); column < to; column++) {
      const share = (column - from) / (to - from);
      const between = (sign: number): number => edge(i, sign) + share * (edge(i + 1, sign) - edge(i, sign));
      for (let row = Math.round(between(1)); row < between(-1); row++) blend(canvas, column, row, colorOf(line), BAND);
    }
  }
}

/**
 * A smooth line: every pixel takes the colour by how much of it the line covers, as seen from the distance of its centre to the
 * nearest segment. Segments that share a pixel count once.
 */
function stroke(canvas: Canvas, points: readonly (readonly [number, number])[], color: Rgb): void {
  const cover = new Map<number, number>();
  const reachOf = STROKE / 2 + 1;
  for (let i = 0; i < points.length; i++) {
    const [ax, ay] = points[i] as readonly [number, number];
    const [bx, by] = points[Math.min(i + 1, points.length - 1)] as readonly [number, number];
    const [dx, dy] = [bx - ax, by - ay];
    const length = dx * dx + dy * dy;
    for (let row = Math.floor(Math.min(ay, by) - reachOf); row <= Math.max(ay, by) + reachOf; row++)
      for (let column = Math.floor(Math.min(ax, bx) - reachOf); column <= Math.max(ax, bx) + reachOf; column++) {
        if (column < 0 || row < 0 || column >= canvas.width || row >= canvas.height) continue;
        const [u, v] = [column + 0.5 - ax, row + 0.5 - ay];
        const t = length === 0 ? 0 : Math.min(Math.max((u * dx + v * dy) / length, 0), 1);
        const alpha = Math.min(Math.max(STROKE / 2 + 0.5 - Math.hypot(u - t * dx, v - t * dy), 0), 1);
        const at = row * canvas.width + column;
        if (alpha > (cover.get(at) ?? 0)) cover.set(at, alpha);
      }
  }
  for (const [at, alpha] of cover) blend(canvas, at % canvas.width, Math.floor(at / canvas.width), color, alpha);
}
