/** @file A heat map laid over its picture, with the scale printed beside it. */

import { OnnxplainError } from "../errors.ts";
import { blank, type Canvas, drawText, enlarge, paste } from "./canvas.ts";
import { toRgb } from "./channels.ts";
import { checkImage } from "./check-image.ts";
import { colorbar } from "./colorbar.ts";
import { GLYPH_HEIGHT, GLYPH_WIDTH, textWidth } from "./font.ts";
import { type Heatmap, type HeatmapOptions, heatmap, position } from "./heatmap.ts";
import type { ImageU8 } from "./types.ts";
import { upsampleBilinear } from "./upsample.ts";

/**
 * How picture and map are joined: `blend` mixes them; `heat` shows the map alone, `original` the picture alone; `mask`
 * darkens the picture where the map is weak, `fade` whitens it. Captum's `blended_heat_map`, `heat_map`, `original_image`,
 * `masked_image`, `alpha_scaling`.
 */
export type OverlayStyle = (typeof OVERLAY_STYLES)[number];

/** The known styles. */
export const OVERLAY_STYLES = ["blend", "heat", "original", "mask", "fade"] as const;

/** How to draw an overlay. */
export interface OverlayOptions extends HeatmapOptions {
  readonly style?: OverlayStyle | undefined;
  /** Share of the heat map in a blend, 0…1, default 0.5. */
  readonly alpha?: number | undefined;
  /** Print the scale at the right, default true. */
  readonly colorbar?: boolean | undefined;
  /** A line of printable ASCII above the picture; cut off with ".." when it is too long. */
  readonly title?: string | undefined;
  /** Small pictures are enlarged by a whole factor until their longer side has this many pixels, default 224. */
  readonly minSide?: number | undefined;
  /** Pixels for each dot of the text; default by the picture's height, 1 up to 449 pixels. */
  readonly dot?: number | undefined;
}

/**
 * The map `values` `[height, width]` over `image`, in RGB. The map is brought to the picture's size by
 * {@link upsampleBilinear}; the scale comes from the map as given, before that. Throws `E_NUMERIC`, `E_PARAM`,
 * `E_INPUT_SHAPE`.
 */
export function overlay(
  image: ImageU8,
  values: Float32Array,
  width: number,
  height: number,
  options: OverlayOptions = {},
): ImageU8 {
  checkImage(image);
  const alpha = options.alpha ?? 0.5;
  if (!(alpha >= 0 && alpha <= 1))
    throw new OnnxplainError("E_PARAM", `Expected \`alpha\` to be in 0…1, got ${alpha}.`);
  const style = options.style ?? "blend";
  if (!OVERLAY_STYLES.includes(style)) {
    throw new OnnxplainError("E_PARAM", `Unknown overlay style \`${style}\`. Known: ${OVERLAY_STYLES.join(", ")}.`);
  }
  const { range, cmap } = heatmap(values, { ...options, width, height });
  const large = upsampleBilinear({ width, height, values }, image);
  const ends = range.low < range.high ? { range: [range.low, range.high] as const } : {};
  const heat = heatmap(large, { width: image.width, height: image.height, signed: range.signed, cmap, ...ends });
  const joined = join(toRgb(image), { heat, values: large, style, alpha });
  const factor = Math.max(1, Math.ceil((options.minSide ?? 224) / Math.max(image.width, image.height)));
  return frame(enlarge(joined, factor), { ...heat, range }, options);
}

interface Layers {
  readonly heat: Heatmap;
  readonly values: Float32Array;
  readonly style: OverlayStyle;
  readonly alpha: number;
}

function join(picture: ImageU8, { heat, values, style, alpha }: Layers): ImageU8 {
  if (style === "original") return picture;
  if (style === "heat") return heat.image;
  const { width, height } = picture;
  const data = new Uint8Array(width * height * 3);
  const other = style === "blend" ? heat.image.data : new Uint8Array(data.length).fill(style === "fade" ? 255 : 0);
  for (let i = 0; i < data.length; i++) {
    const share = style === "blend" ? alpha : 1 - strength(values[Math.trunc(i / 3)]!, heat);
    data[i] = Math.round((1 - share) * picture.data[i]! + share * other[i]!);
  }
  return { width, height, channels: 3, data };
}

/** How strong a value is, 0…1: its magnitude for a signed map. */
function strength(value: number, { range }: Heatmap): number {
  const t = position(value, range);
  return range.signed ? Math.abs(2 * t - 1) : t;
}

/** Adds title and colour bar; the text grows with the picture. */
function frame(picture: ImageU8, heat: Heatmap, options: OverlayOptions): ImageU8 {
  const dot = options.dot ?? Math.max(1, Math.round(picture.height / 300));
  const withBar = options.colorbar ?? true;
  const bar = withBar && options.style !== "original" ? colorbar({ ...heat, height: picture.height, dot }) : undefined;
  const gap = 4 * dot;
  const head = options.title ? (GLYPH_HEIGHT + 4) * dot : 0;
  const width = picture.width + (bar ? gap + bar.width : 0);
  if (!bar && head === 0) return picture;
  const canvas = blank({ width, height: head + picture.height });
  if (options.title) writeTitle(canvas, options.title, dot);
  paste(canvas, picture, { left: 0, top: head });
  if (bar) paste(canvas, bar, { left: picture.width + gap, top: head });
  return canvas;
}

/** Writes a line at the top, cut to the sheet's width. */
function writeTitle(canvas: Canvas, title: string, dot: number): void {
  const room = Math.trunc((canvas.width / dot - 2) / (GLYPH_WIDTH + 1));
  const text = textWidth(title) * dot <= canvas.width - 2 * dot ? title : `${title.slice(0, Math.max(room - 2, 0))}..`;
  drawText(canvas, text, { left: dot, top: 2 * dot, dot });
}
