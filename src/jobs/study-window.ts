/** @file What people see of a picture: the part that the network sees, at the picture's own resolution, and a heat map in it. */
import { toRgb } from "../image/channels.ts";
import { crop } from "../image/crop.ts";
import { sourceWindow } from "../image/geometry.ts";
import { overlay } from "../image/overlay.ts";
import type { Preprocessing } from "../image/preprocess.ts";
import { resize } from "../image/resize.ts";
import type { ImageU8 } from "../image/types.ts";
import type { PlaneMap } from "../report/picture.ts";

/** A map over the network's view, and how it is coloured. */
export interface StudyMap extends PlaneMap {
  readonly signed: boolean;
  /** Percent of the magnitude beyond the ends of the scale. */
  readonly clip: number;
}

/** In RGB, at most `most` pixels a side; smaller windows keep their size. A window beyond the picture is filled with black, as for the network. */
export function networkView(
  image: ImageU8,
  spec: Pick<Preprocessing, "resize" | "crop"> | undefined,
  most: number,
): ImageU8 {
  const exact = sourceWindow(image, spec ?? {});
  const [left, top] = [Math.round(exact.left), Math.round(exact.top)];
  const width = Math.max(1, Math.round(exact.left + exact.width) - left);
  const height = Math.max(1, Math.round(exact.top + exact.height) - top);
  const whole = left === 0 && top === 0 && width === image.width && height === image.height;
  const rgb = toRgb(image);
  const seen = whole ? rgb : crop(rgb, { left, top, width, height });
  const factor = Math.min(1, most / Math.max(width, height));
  if (factor === 1) return seen;
  const side = (pixels: number): number => Math.max(1, Math.round(pixels * factor));
  return resize(seen, { width: side(width), height: side(height), resample: "bilinear" });
}

/** Share of the heat map's colours; the picture must stay to be seen. */
const ALPHA = 0.5;

/** The picture with the map in it, of the same size. */
export const withHeat = (picture: ImageU8, { values, width, height, signed, clip }: StudyMap): ImageU8 =>
  overlay(picture, values, width, height, {
    signed,
    clip,
    cmap: signed ? "blue-red" : "inferno",
    alpha: ALPHA,
    colorbar: false,
    minSide: 1,
  });
