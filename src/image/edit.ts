/** @file Edits of a picture, to see what it changes for a model: a box painted over, blurred, or covered by a patch. */
import { OnnxplainError } from "../errors.ts";
import { blurImage, blurReach } from "./blur.ts";
import { toGray, toRgb } from "./channels.ts";
import { checkImage } from "./check-image.ts";
import { crop } from "./crop.ts";
import type { ImageU8, Rect } from "./types.ts";

/** What a box is filled with. */
export type Fill =
  /** Samples 0…255 of red, green and blue; as luma in a grey picture. */
  | { readonly kind: "color"; readonly color: readonly [number, number, number] }
  /** The mean colour of the picture as it stands. */
  | { readonly kind: "mean" }
  /** The picture under a Gaussian; `sigma` in pixels, default a quarter of the box's shorter side, 1 at least. */
  | { readonly kind: "blur"; readonly sigma?: number | undefined }
  /** The patch of the box's size whose upper left pixel is (x, y). */
  | { readonly kind: "from"; readonly x: number; readonly y: number };

/** Half-open, in whole pixels of the picture. */
export interface Edit {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly fill: Fill;
}

export interface Edited {
  readonly image: ImageU8;
  /** Boxes that were cut at the picture's edge. */
  readonly notes: readonly string[];
}

export interface EditOptions {
  /** The picture that patches come from. Default the picture itself, as the edits before left it. */
  readonly patches?: ImageU8 | undefined;
}

/**
 * The picture after the edits, one upon the other; the picture given stays as it is. What an edit paints is opaque, what it blurs or
 * copies keeps its alpha.
 *
 * @throws OnnxplainError `E_PARAM` for a box wholly outside the picture, and for a patch that is not wholly inside.
 */
export function applyEdits(image: ImageU8, edits: readonly Edit[], { patches }: EditOptions = {}): Edited {
  checkImage(image);
  if (patches) checkImage(patches);
  const notes: string[] = [];
  let edited = image;
  for (const edit of edits) {
    const box = cut(edit, image);
    const { left, top, width, height } = box;
    if (width !== edit.x1 - edit.x0 || height !== edit.y1 - edit.y0)
      notes.push(`${boxText(edit)} cut at the picture's edge (${image.width} x ${image.height})`);
    // a box cut at the left or top takes the patch's matching part
    const shift = { x: left - edit.x0, y: top - edit.y0 };
    const fill = filled(edited, { box, shift, fill: edit.fill, patches: patches ?? edited });
    edited = pasted(edited, fill, { left, top });
  }
  return { image: edited, notes };
}

const boxText = ({ x0, y0, x1, y1 }: Edit): string => `box ${x0},${y0},${x1},${y1}`;

function cut(edit: Edit, { width, height }: ImageU8): Rect {
  const [left, top] = [Math.max(0, edit.x0), Math.max(0, edit.y0)];
  const size = { width: Math.min(width, edit.x1) - left, height: Math.min(height, edit.y1) - top };
  if (size.width > 0 && size.height > 0) return { left, top, ...size };
  throw new OnnxplainError(
    "E_PARAM",
    `The ${boxText(edit)} of an edit lies outside the picture of ${width} x ${height} pixels. Boxes are x0,y0,x1,y1 in its own pixels.`,
  );
}

interface Asked {
  readonly box: Rect;
  readonly shift: { readonly x: number; readonly y: number };
  readonly fill: Fill;
  readonly patches: ImageU8;
}

/** A picture of the box's size, with the picture's channels. */
function filled(image: ImageU8, { box, shift, fill, patches }: Asked): ImageU8 {
  switch (fill.kind) {
    case "color":
      return plain(image, box, inChannels(fill.color, image.channels));
    case "mean":
      return plain(image, box, meanColor(image));
    case "blur": {
      const sigma = fill.sigma ?? Math.max(1, Math.min(box.width, box.height) / 4);
      return blurredBox(image, box, sigma);
    }
    case "from":
      return asChannels(patchOf(patches, { ...box, left: fill.x + shift.x, top: fill.y + shift.y }), image.channels);
  }
}

/** Blurs no more of the picture than the box is made of. */
function blurredBox(image: ImageU8, box: Rect, sigma: number): ImageU8 {
  const reach = blurReach(sigma);
  const [left, top] = [Math.max(0, box.left - reach), Math.max(0, box.top - reach)];
  const width = Math.min(image.width, box.left + box.width + reach) - left;
  const height = Math.min(image.height, box.top + box.height + reach) - top;
  const around = blurImage(crop(image, { left, top, width, height }), sigma);
  return crop(around, { ...box, left: box.left - left, top: box.top - top });
}

function patchOf(from: ImageU8, rect: Rect): ImageU8 {
  const { left, top, width, height } = rect;
  if (left + width <= from.width && top + height <= from.height) return crop(from, rect);
  throw new OnnxplainError(
    "E_PARAM",
    `The patch of ${width} x ${height} pixels from ${left},${top} is not wholly inside the picture of ${from.width} x ${from.height} it is taken from. Move it, or make the box smaller.`,
  );
}

function plain({ channels }: ImageU8, { width, height }: Rect, color: readonly number[]): ImageU8 {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => color[i % channels] as number);
  return { width, height, channels, data };
}

const inChannels = (color: readonly [number, number, number], channels: ImageU8["channels"]): readonly number[] =>
  channels === 1
    ? [toGray({ width: 1, height: 1, channels: 3, data: Uint8Array.from(color) }).data[0] as number]
    : [...color, 255];

/** Transparent pixels have no say. */
function meanColor({ channels, data }: ImageU8): readonly number[] {
  const colors = channels === 1 ? 1 : 3;
  const sums = new Float64Array(colors);
  let weight = 0;
  for (let i = 0; i < data.length; i += channels) {
    const alpha = channels === 4 ? (data[i + 3] as number) : 255;
    weight += alpha;
    for (let c = 0; c < colors; c++) sums[c]! += alpha * (data[i + c] as number);
  }
  return [...Array.from(sums, (s) => (weight === 0 ? 0 : Math.round(s / weight))), 255];
}

function asChannels(image: ImageU8, channels: ImageU8["channels"]): ImageU8 {
  if (image.channels === channels) return image;
  if (channels === 1) return toGray(image);
  const rgb = toRgb(image);
  if (channels === 3) return rgb;
  const { width, height } = image;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.set(rgb.data.subarray(3 * i, 3 * i + 3), 4 * i);
  return { width, height, channels, data };
}

function pasted(image: ImageU8, patch: ImageU8, { left, top }: Pick<Rect, "left" | "top">): ImageU8 {
  const data = Uint8Array.from(image.data);
  const row = patch.width * image.channels;
  for (let y = 0; y < patch.height; y++)
    data.set(patch.data.subarray(y * row, (y + 1) * row), ((top + y) * image.width + left) * image.channels);
  return { ...image, data };
}
