/** @file One picture of many maps: a row for each target, a column for each method, headings and scales in it. */
import { OnnxplainError } from "../errors.ts";
import type { Explanation } from "../explain.ts";
import { blank, drawText, paste } from "../image/canvas.ts";
import { GLYPH_HEIGHT, GLYPH_WIDTH } from "../image/font.ts";
import type { ImageU8 } from "../image/types.ts";
import { overlayPicture, type PictureOptions } from "./picture.ts";
import { scoreText, targetName } from "./words.ts";

export interface SheetOptions extends Omit<PictureOptions, "index" | "title" | "colorbar"> {
  /** Labels of all classes, for contrasts. */
  readonly labels?: readonly string[] | undefined;
}

/** Pixels for each dot of the font: 10 x 14 pixels a character. */
const DOT = 2;
const GAP = 16;
const LINE = (GLYPH_HEIGHT + 4) * DOT;
const CHARACTER = (GLYPH_WIDTH + 1) * DOT;

/**
 * Rows are targets (of every image, for a tensor of several), columns what the network saw and then the methods, each map
 * over the picture with its own scale. Throws `E_PARAM` for no explanations, or when they are not for the same targets.
 */
export function explanationSheet(explanations: readonly Explanation[], options: SheetOptions = {}): ImageU8 {
  const [first] = explanations;
  if (first === undefined) throw new OnnxplainError("E_PARAM", "Expected at least one explanation to draw, got none.");
  if (explanations.some((e) => e.targets.length !== first.targets.length))
    throw new OnnxplainError("E_PARAM", "Expected explanations of the same targets; draw the others by themselves.");
  const { labels, ...style } = options;
  const rows = first.targets.map((_, index) => {
    const maps = explanations.map((e) => overlayPicture(e, { ...style, index, dot: DOT }));
    return first.picture
      ? [overlayPicture(first, { ...style, index, style: "original", colorbar: false }), ...maps]
      : maps;
  });
  const names = [...(first.picture ? ["input"] : []), ...explanations.map((e) => e.method)];
  const captions = first.targets.map((t, i) => `${targetName(t, labels)}, ${scoreText(first, i)}`);
  return drawn(rows, names, captions);
}

function drawn(rows: readonly (readonly ImageU8[])[], names: readonly string[], captions: readonly string[]): ImageU8 {
  const widths = names.map((name, c) => Math.max(...rows.map((row) => row[c]?.width ?? 0), name.length * CHARACTER));
  const heights = rows.map((row) => Math.max(...row.map((p) => p.height)));
  const width = widths.reduce((sum, w) => sum + w + GAP, GAP);
  const height = heights.reduce((sum, h) => sum + h + LINE + GAP, 2 * GAP + LINE);
  const canvas = blank({ width, height });
  const lefts = widths.map((_, c) => widths.slice(0, c).reduce((sum, w) => sum + w + GAP, GAP));
  for (const [c, name] of names.entries())
    drawText(canvas, fitting(name, widths[c] as number), { left: lefts[c] as number, top: GAP, dot: DOT });
  let top = 2 * GAP + GLYPH_HEIGHT * DOT;
  for (const [r, row] of rows.entries()) {
    drawText(canvas, fitting(captions[r] as string, width - 2 * GAP), { left: GAP, top, dot: DOT });
    for (const [c, picture] of row.entries()) paste(canvas, picture, { left: lefts[c] as number, top: top + LINE });
    top += LINE + (heights[r] as number) + GAP;
  }
  return canvas;
}

/** A line of the font: accents dropped, cut with `..` where it would not fit. */
function fitting(text: string, width: number): string {
  const plain = text.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const room = Math.floor((width + DOT) / CHARACTER);
  return plain.length <= room ? plain : `${plain.slice(0, Math.max(room - 2, 0))}..`;
}
