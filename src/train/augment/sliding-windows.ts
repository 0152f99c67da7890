/** @file Windows that slide over a picture: a network of one size looks at all of a larger picture, and its scores are averaged. */
import { OnnxplainError } from "../../errors.ts";
import { crop } from "../../image/crop.ts";
import { resize } from "../../image/resize.ts";
import type { ImageU8, Rect, Resample, Size } from "../../image/types.ts";
import { scaledSide } from "./ten-crop.ts";

export interface Sliding {
  /** The window, the network's picture. */
  readonly window: Size;
  /** Pixels between neighbouring windows; default 20. */
  readonly stride?: number;
  /** One more window at the end of a side that the stride does not reach. [R]: the paper's 12 to 35 windows fit neither reading; default false. */
  readonly shifted?: boolean;
}

/** The size of a picture whose shorter side becomes `side`; the other follows, rounded half up. */
export function slidingSize({ width, height }: Size, side: number): Size {
  const ratio = { from: Math.min(width, height), to: side };
  return { width: scaledSide(width, ratio), height: scaledSide(height, ratio) };
}

/** Rectangles of a picture of this size, row by row. Throws `E_PARAM` where the window does not fit, or the stride is not a whole number. */
export function slidingWindows(
  size: Size,
  { window: { width, height }, stride = 20, shifted = false }: Sliding,
): readonly Rect[] {
  if (!Number.isInteger(stride) || stride < 1)
    throw new OnnxplainError("E_PARAM", `Expected \`stride\` to be a whole number of at least 1, got ${stride}.`);
  if (width > size.width || height > size.height)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected the picture to hold a window of ${width} x ${height}, got ${size.width} x ${size.height}. Resize it to a longer side.`,
    );
  const along = (side: number, part: number): readonly number[] => {
    const starts = Array.from({ length: Math.floor((side - part) / stride) + 1 }, (_, i) => i * stride);
    return shifted && (side - part) % stride !== 0 ? [...starts, side - part] : starts;
  };
  const lefts = along(size.width, width);
  return along(size.height, height).flatMap((top) => lefts.map((left) => ({ left, top, width, height })));
}

/**
 * The parts of a picture that are scored and averaged: its shorter side resized to `side`, then every window.
 *
 * Source: Lapuschkin et al. 2016, Analyzing classifiers: Fisher vectors and deep neural networks, supplement (side 256, windows of 227,
 * stride 20).
 */
export function* slidingParts(
  image: ImageU8,
  { side, resample, ...sliding }: Sliding & { readonly side: number; readonly resample: Resample },
): Generator<ImageU8> {
  const picture = resize(image, { ...slidingSize(image, side), resample });
  for (const window of slidingWindows(picture, sliding)) yield crop(picture, window);
}
