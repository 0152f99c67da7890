/** @file One picture of explanations: what the pipeline saw, the pixel map over it, the strongest descriptors; a row for each class and edit. */
import { blank, type Canvas, drawText, enlarge, paste } from "../../image/canvas.ts";
import { toRgb } from "../../image/channels.ts";
import { colorbar } from "../../image/colorbar.ts";
import { GLYPH_HEIGHT, GLYPH_WIDTH } from "../../image/font.ts";
import { heatmap } from "../../image/heatmap.ts";
import type { ImageU8, Rect } from "../../image/types.ts";
import { clear, neutralOf } from "../html/figures.ts";
import { significant } from "../words.ts";
import type { PageRelevance, PixelMap } from "./input.ts";

export interface SheetRow {
  readonly image: ImageU8;
  readonly title: string;
  readonly relevance: Pick<PageRelevance, "map" | "for" | "against">;
  /** End of the colour scale; default the largest magnitude of the map. */
  readonly limit?: number | undefined;
}

const SIDE = 320;
const DOT = 2;
const GAP = 12;
const LINE = (GLYPH_HEIGHT + 6) * DOT;
/** Of areas: red speaks for the class. */
const COLOURS = { for: [198, 17, 42], against: [26, 95, 180], halo: [255, 255, 255] } as const;

/** Columns: picture, map with its scale, areas of the strongest descriptors. */
export function fisherSheet(rows: readonly SheetRow[]): ImageU8 {
  const lines = rows.map((row) => ({ title: row.title, panels: panelsOf(row) }));
  const wide = (panels: readonly ImageU8[]): number => panels.reduce((sum, p) => sum + p.width + GAP, GAP);
  const high = (panels: readonly ImageU8[]): number => Math.max(...panels.map((p) => p.height));
  const width = Math.max(...lines.map((l) => wide(l.panels)));
  const canvas = blank({ width, height: lines.reduce((sum, l) => sum + LINE + high(l.panels) + GAP, GAP) });
  let top = GAP;
  for (const { title, panels } of lines) {
    drawText(canvas, fitting(title, width - 2 * GAP), { left: GAP, top, dot: DOT });
    top += LINE;
    let left = GAP;
    for (const panel of panels) {
      paste(canvas, panel, { left, top });
      left += panel.width + GAP;
    }
    top += high(panels) + GAP;
  }
  return canvas;
}

/** A line of the font: accents dropped, cut where it would not fit. */
function fitting(text: string, width: number): string {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const room = Math.floor(width / ((GLYPH_WIDTH + 1) * DOT));
  return plain.length <= room ? plain : `${plain.slice(0, Math.max(room - 2, 0))}..`;
}

function panelsOf({ image, relevance: { map, ...sides }, limit }: SheetRow): readonly ImageU8[] {
  const factor = Math.max(1, Math.ceil(SIDE / Math.max(image.width, image.height)));
  const large = enlarge(toRgb(image), factor);
  const boxed: Canvas = { ...blank(large), data: Uint8Array.from(large.data) };
  const areas = (["for", "against"] as const)
    .flatMap((side) => sides[side].map(({ area, relevance }) => ({ side, area, size: Math.abs(relevance) })))
    .sort((a, b) => a.size - b.size);
  const thick = factor > 1 ? 2 : 1;
  for (const { area } of areas) outline(boxed, scaled(area, factor), COLOURS.halo, thick + 1);
  for (const { side, area } of areas) outline(boxed, scaled(area, factor), COLOURS[side], thick);
  return [large, ...mapOver(large, { map, factor, limit }), boxed];
}

/** The map over the picture, as clear as it can be, and its scale. */
function mapOver(
  large: ImageU8,
  { map, factor, limit }: { readonly map: PixelMap; readonly factor: number; readonly limit: number | undefined },
): readonly ImageU8[] {
  const { width, height } = map;
  const ends = limit !== undefined && limit > 0 ? { range: [-limit, limit] as const } : {};
  const heat = heatmap(Float32Array.from(map.values), { width, height, signed: true, ...ends });
  const over = enlarge(clear(heat.image, neutralOf(heat.range, heat.cmap)), factor);
  const data = Uint8Array.from(large.data, (v, i) => {
    const at = 4 * Math.floor(i / 3);
    const alpha = (over.data[at + 3] as number) / 255;
    return Math.round((1 - alpha) * v + alpha * (over.data[at + (i % 3)] as number));
  });
  return [{ ...large, data }, colorbar({ ...heat, height: large.height, dot: DOT })];
}

const scaled = ({ left, top, width, height }: Rect, factor: number): Rect => ({
  left: left * factor,
  top: top * factor,
  width: width * factor,
  height: height * factor,
});

/** The edge of a rectangle, drawn inwards. */
function outline(canvas: Canvas, { left, top, width, height }: Rect, color: ArrayLike<number>, thick: number): void {
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) {
      const inner = x >= left + thick && x < left + width - thick && y >= top + thick && y < top + height - thick;
      if (inner) continue;
      for (let c = 0; c < 3; c++) canvas.data[(y * canvas.width + x) * 3 + c] = color[c] as number;
    }
}

/** `bird: f = 0.204 (threshold -0.216)`. */
export const rowTitle = (
  name: string,
  label: string,
  { score, threshold }: Pick<PageRelevance, "score" | "threshold">,
): string =>
  `${name}  ${label}: f = ${significant(score)}${threshold === null ? "" : ` (threshold ${significant(threshold, 3)})`}`;
