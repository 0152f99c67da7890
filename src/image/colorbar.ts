/** @file The scale of a heat map, drawn: a bar of its colours with its values printed beside it. */

import { blank, type Canvas, drawText, fillRect } from "./canvas.ts";
import { type ColormapName, colormapTable } from "./colormap.ts";
import type { DisplayRange } from "./display-range.ts";
import { GLYPH_HEIGHT, textWidth } from "./font.ts";
import { position } from "./heatmap.ts";

/** What the bar shows and how large: `height` in pixels, `dot` pixels per dot of the font. */
export interface ColorbarSpec {
  readonly range: DisplayRange;
  readonly cmap: ColormapName;
  readonly height: number;
  readonly dot: number;
}

/** Three significant digits: `0`, `-0.25`, `12.5`, `3e-6`. */
export function formatTick(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e4) return String(Number(value.toPrecision(3)));
  return Number(value.toPrecision(3)).toExponential().replace("e+", "e");
}

/** The values printed: both ends, and 0 when it lies between them (else the middle). */
function ticks({ low, high }: DisplayRange): readonly number[] {
  if (low === high) return [low];
  return [high, low < 0 && high > 0 ? 0 : (low + high) / 2, low];
}

/**
 * The bar on a white sheet: greatest value at the top. There are no tick marks, they would read as minus signs. A middle label
 * that would touch another is left out, the ends never.
 */
export function colorbar({ range, cmap, height, dot }: ColorbarSpec): Canvas {
  const labels = ticks(range).map((value) => ({ value, text: formatTick(value) }));
  const [barWidth, gap] = [10 * dot, 3 * dot];
  const width = barWidth + 2 * gap + Math.max(...labels.map(({ text }) => textWidth(text))) * dot;
  const canvas = blank({ width, height });
  const table = colormapTable(cmap);
  for (let y = 0; y < height; y++) {
    const t = range.low === range.high ? position(range.low, range) : 1 - y / Math.max(height - 1, 1);
    const color = Math.round(t * 255) * 3;
    fillRect(canvas, { left: 0, top: y, width: barWidth, height: 1 }, table.subarray(color, color + 3));
  }
  const textHeight = GLYPH_HEIGHT * dot;
  for (const [i, { value, text }] of labels.entries()) {
    const middle = range.low === range.high ? 0.5 : 1 - position(value, range);
    const y = Math.round(middle * (height - 1));
    const top = Math.min(Math.max(y - Math.trunc(textHeight / 2), 0), Math.max(height - textHeight, 0));
    const inner = labels.length === 3 && i === 1;
    if (inner && (top < textHeight + dot || top > height - 2 * textHeight - dot)) continue;
    drawText(canvas, text, { left: barWidth + gap, top, dot });
  }
  return canvas;
}
