/** @file Ten pictures of one: brought into a square, four corners and the middle cut out, each also mirrored. */
import { OnnxplainError } from "../../errors.ts";
import { crop } from "../../image/crop.ts";
import { cropOffset } from "../../image/geometry.ts";
import { resize } from "../../image/resize.ts";
import type { ImageU8, Resample, Size } from "../../image/types.ts";
import { integer } from "../../params.ts";
import type { Augmentation, AugmentSetting } from "./augmentation.ts";
import { mirror } from "./flip.ts";

/** Where a picture lies in a square: its size there, and the pixels before it. */
export interface SquareFit extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * The longer side becomes `side`, the other follows as {@link scaledSide} says; centred, the odd pixel at the end. [R]: the paper says neither
 * how it rounds nor where the odd pixel goes.
 */
export function squareFit({ width, height }: Size, side: number): SquareFit {
  const scaled = (length: number): number => scaledSide(length, { from: Math.max(width, height), to: side });
  const [w, h] = [scaled(width), scaled(height)];
  return { width: w, height: h, left: (side - w) >> 1, top: (side - h) >> 1 };
}

/** A side of `length` where one of `from` becomes `to`: floor(x + 1/2), at least 1. */
export const scaledSide = (length: number, { from, to }: { readonly from: number; readonly to: number }): number =>
  Math.max(1, Math.floor((to * length) / from + 0.5));

/**
 * The picture in a square of `side` pixels as {@link squareFit} says, padded by repeating the nearest pixel.
 *
 * Source: Lapuschkin et al. 2016, Analyzing classifiers: Fisher vectors and deep neural networks, supplement.
 */
export function paddedSquare(image: ImageU8, side: number, resample: Resample): ImageU8 {
  const { left, top, ...fitted } = squareFit(image, side);
  const picture = resize(image, { ...fitted, resample });
  const { width, height, channels, data } = picture;
  if (width === side && height === side) return picture;
  const out = new Uint8Array(side * side * channels);
  const clamp = (at: number, size: number): number => Math.max(0, Math.min(size - 1, at));
  for (let y = 0, to = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const from = (clamp(y - top, height) * width + clamp(x - left, width)) * channels;
      for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
    }
  return { width: side, height: side, channels, data: out };
}

/** View 0…4: upper left, upper right, lower left, lower right, middle; 5…9: the same, mirrored. */
export function tenthOf(square: ImageU8, { width, height }: Size, view: number): ImageU8 {
  const right = square.width - width;
  const bottom = square.height - height;
  const places = [
    [0, 0],
    [right, 0],
    [0, bottom],
    [right, bottom],
    [cropOffset(square.width, width), cropOffset(square.height, height)],
  ] as const;
  const [left, top] = places[view % 5] as readonly [number, number];
  const part = crop(square, { left, top, width, height });
  return view < 5 ? part : mirror(part);
}

function sideOf({ params, size }: AugmentSetting): number {
  const longest = Math.max(size.width, size.height);
  const side = (params.side as number | null) ?? Math.round((longest * 256) / 227);
  if (side >= longest) return side;
  throw new OnnxplainError(
    "E_PARAM",
    `Expected \`side\` of \`ten-crop\` to be at least ${longest}, the network's picture of ${size.width} x ${size.height}, got ${side}.`,
  );
}

export const tenCrop: Augmentation = {
  id: "ten-crop",
  about:
    "ten samples of each picture: longer side resized, padded to a square with the nearest pixels, four corners and the middle cut out, each also mirrored",
  source: "Lapuschkin et al. 2016, Analyzing classifiers: Fisher vectors and deep neural networks, supplement",
  params: {
    side: {
      ...integer(1, 1, "side of the square in pixels; default 256 where the network takes 227, else in proportion"),
      default: null,
    },
  },
  views: 10,
  frame: (image, setting) => paddedSquare(image, sideOf(setting), setting.resample),
  apply: (image, { size, view }) => tenthOf(image, size, view),
};
