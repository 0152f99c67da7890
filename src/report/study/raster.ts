/** @file Figure 7 as pixels, for places where no SVG goes. */
import { blank, type Canvas, drawText, fillRect } from "../../image/canvas.ts";
import { GLYPH_HEIGHT, textWidth } from "../../image/font.ts";
import type { ImageU8 } from "../../image/types.ts";
import type { NamedAnalysis } from "../../study/analysis.ts";
import { placeIn, ticks } from "../plot/ticks.ts";
import { significant } from "../words.ts";
import { countOn, figureShape, X_LABEL, Y_LABEL } from "./figure.ts";

type Rgb = readonly [number, number, number];
const COLOURS = {
  std: [220, 231, 241],
  mean: [10, 90, 160],
  interval: [194, 65, 12],
  who: [70, 72, 78],
  rule: [222, 218, 211],
  soft: [91, 97, 107],
} as const satisfies Readonly<Record<string, Rgb>>;

const SIZE = { width: 1200, height: 760 } as const;
const BOX = { left: 110, right: 1170, top: 70, bottom: 660 } as const;
const DOT = 2;
const HIGH = GLYPH_HEIGHT * DOT;
const RADIUS = 5;

const ascii = (text: string): string => text.replaceAll("−", "-").replaceAll(/[^\x20-\x7e]/g, "?");

/** 1200 x 760 pixels on white. */
export function studyPng(analysis: NamedAnalysis): ImageU8 {
  const { x, xTicks, y, bins, points } = figureShape(analysis);
  const canvas = blank(SIZE);
  const px = (v: number): number => Math.round(BOX.left + placeIn(x, v) * (BOX.right - BOX.left));
  const py = (v: number): number => Math.round(BOX.bottom - placeIn(y, v) * (BOX.bottom - BOX.top));
  const box = (left: number, top: number, right: number, bottom: number, colour: Rgb): void =>
    fillRect(canvas, { left, top, width: Math.max(right - left, 1), height: Math.max(bottom - top, 1) }, colour);
  const write = (text: string, centre: number, top: number): void =>
    drawText(canvas, ascii(text), {
      left: Math.round(centre - (textWidth(ascii(text)) * DOT) / 2),
      top,
      dot: DOT,
      color: COLOURS.soft,
    });

  for (const t of ticks(y)) {
    box(BOX.left, py(t), BOX.right, py(t) + 1, COLOURS.rule);
    const text = ascii(significant(t, 3));
    const left = BOX.left - 12 - textWidth(text) * DOT;
    drawText(canvas, text, { left, top: py(t) - HIGH / 2, dot: DOT, color: COLOURS.soft });
  }
  for (const { from, until, mean, std } of bins)
    if (mean !== null && std !== null) box(px(from) + 4, py(mean + std), px(until) - 4, py(mean - std), COLOURS.std);
  box(BOX.left, py(0), BOX.right, py(0) + 2, COLOURS.soft);
  for (const bin of bins) {
    const { from, until, mean, interval } = bin;
    const middle = Math.round((px(from) + px(until)) / 2);
    if (bins.length <= 11) write(countOn(bin), middle, BOX.top - HIGH - 4);
    if (mean === null) continue;
    box(px(from) + 4, py(mean) - 2, px(until) - 4, py(mean) + 3, COLOURS.mean);
    if (interval) box(middle - 3, py(interval[1]), middle + 4, py(interval[0]), COLOURS.interval);
  }
  for (const p of points) disc(canvas, px(p.x), py(p.y));
  box(BOX.left, BOX.bottom, BOX.right, BOX.bottom + 2, COLOURS.soft);
  for (const { value, text } of xTicks) {
    box(px(value), BOX.bottom, px(value) + 2, BOX.bottom + 8, COLOURS.soft);
    write(text, px(value), BOX.bottom + 16);
  }
  write(X_LABEL, (BOX.left + BOX.right) / 2, SIZE.height - HIGH - 18);
  drawText(canvas, ascii(Y_LABEL), { left: 16, top: 12, dot: DOT, color: COLOURS.soft });
  return canvas;
}

/** Where discs meet they stay apart by a white rim. */
function disc(canvas: Canvas, cx: number, cy: number): void {
  for (let dy = -RADIUS - 1; dy <= RADIUS + 1; dy++)
    for (let dx = -RADIUS - 1; dx <= RADIUS + 1; dx++) {
      const far = Math.hypot(dx, dy);
      if (far > RADIUS + 1) continue;
      const colour: Rgb = far > RADIUS ? [255, 255, 255] : COLOURS.who;
      fillRect(canvas, { left: cx + dx, top: cy + dy, width: 1, height: 1 }, colour);
    }
}
