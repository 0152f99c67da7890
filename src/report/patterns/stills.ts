/** @file The page's pictures without a browser: the space, one picture's regions, what grows; as PNG or SVG. */

import { OnnxplainError } from "../../errors.ts";
import { encodePng } from "../../image/png.ts";
import type { ColouringName } from "./colouring.ts";
import type { PatternsPage } from "./input.ts";
import { type Drawing, pixelsOf, svgOf } from "./pen.ts";
import { curvesPicture, curvesSvg } from "./still-curves.ts";
import { regionsStill } from "./still-regions.ts";
import { spaceStill } from "./still-space.ts";

/** `space` from a slanted eye, `plane` its widest side, `regions` of one picture, `curves` of what grows. */
export type StillKind = "space" | "plane" | "regions" | "curves";
export const STILL_KINDS: readonly StillKind[] = ["space", "plane", "regions", "curves"];

export interface StillOptions {
  readonly kind: StillKind;
  /** Place of the frame; default the last. */
  readonly frame?: number | undefined;
  /** Of `space` and `plane`: place of the layer whose regions are drawn; default null: samples. */
  readonly layer?: number | null | undefined;
  /** Of `space` and `plane`; default `label`. */
  readonly colouring?: ColouringName | undefined;
  /** Of `regions`: place among the shown pictures; default 0. */
  readonly picture?: number | undefined;
  /** Of `regions`: the frame compared with; default none. */
  readonly against?: number | undefined;
}

function drawingOf(page: PatternsPage, options: StillOptions): Drawing | undefined {
  const { kind, layer = null, colouring = "label", picture = 0, against } = options;
  const frame = options.frame ?? page.frames.length - 1;
  const own = page.frames[frame];
  if (kind === "curves") return undefined;
  if (own === undefined)
    throw new OnnxplainError("E_PARAM", `Expected a frame from 0 to ${page.frames.length - 1}, got ${frame}.`);
  if (kind === "regions") {
    if (page.shown[picture] === undefined || own.layers.length === 0)
      throw new OnnxplainError(
        "E_PARAM",
        `Expected one of ${page.shown.length} shown pictures of a frame with layers, got picture ${picture} of ${own.layers.length} layers. Fit with layers and more shown pictures.`,
      );
    return regionsStill(page, { frame, picture, against });
  }
  const drawing = spaceStill(page, { frame, layer, colouring, flat: kind === "plane" });
  if (drawing !== undefined) return drawing;
  throw new OnnxplainError(
    "E_LAYER_UNKNOWN",
    `Frame \`${own.name}\` has ${own.layers.length} layers, none at place ${layer}.`,
  );
}

/** PNG bytes. Throws `E_PARAM`, `E_LAYER_UNKNOWN` for what the page does not hold. */
export async function patternsPng(page: PatternsPage, options: StillOptions): Promise<Uint8Array<ArrayBuffer>> {
  const drawing = drawingOf(page, options);
  return encodePng(drawing === undefined ? curvesPicture(page) : pixelsOf(drawing));
}

/** SVG text that stands alone. Throws as {@link patternsPng}. */
export async function patternsSvg(page: PatternsPage, options: StillOptions): Promise<string> {
  const drawing = drawingOf(page, options);
  return `${(drawing === undefined ? curvesSvg(page) : await svgOf(drawing)).markup}\n`;
}
