/** @file Patches: segments on grey, cut to their box and enlarged to the network's size; made when they are read, never held. */
import { crop } from "../../image/crop.ts";
import { type Preprocessing, preprocess } from "../../image/preprocess.ts";
import { resize } from "../../image/resize.ts";
import type { ImageU8, Size } from "../../image/types.ts";
import type { Pictures } from "../pictures.ts";
import { isIn, type Segment, type SegmentOptions, segmentsOf } from "./segments.ts";

/** A picture as the network sees it: resized and cropped, in RGB. */
export interface SeenPicture {
  readonly id: string;
  readonly image: ImageU8;
}

/** A segment of picture number `picture`. */
export interface Patch {
  readonly picture: number;
  readonly segment: Segment;
}

/** What stands around a segment; the mean of ImageNet's pixels. */
export const GREY = 117;

/** The segment alone: what lies around it is grey, its box cut out whole (last row and column too). */
export function cutOut({ width, height, channels, data }: ImageU8, segment: Segment, grey: number = GREY): ImageU8 {
  const out = new Uint8Array(data.length).fill(grey);
  for (let i = 0; i < width * height; i++)
    if (isIn(segment, i)) for (let c = 0; c < channels; c++) out[i * channels + c] = data[i * channels + c] as number;
  return crop({ width, height, channels, data: out }, segment.box);
}

/** {@link cutOut}, bicubic to the size. */
export const patchOf = (picture: ImageU8, segment: Segment, { size, grey }: { size: Size; grey?: number }): ImageU8 =>
  resize(cutOut(picture, segment, grey), { width: size.width, height: size.height, resample: "bicubic" });

export interface PatchOptions extends SegmentOptions {
  /** 0…255. Default {@link GREY}. */
  readonly grey?: number | undefined;
}

/** Every patch of every picture, picture by picture, {@link segmentsOf} within. */
export const patchesOf = (pictures: readonly SeenPicture[], options: PatchOptions = {}): readonly Patch[] =>
  pictures.flatMap(({ image }, picture) => segmentsOf(image, options).map((segment) => ({ picture, segment })));

/** Patches, or whole pictures, as rows of the network's input. `spec` without resize and crop. */
export interface Reading {
  readonly spec: Preprocessing;
  readonly size: Size;
  /** Numbers in one row. */
  readonly width: number;
  readonly grey?: number | undefined;
}

const rowOf = (image: ImageU8, { spec }: Reading): Float32Array =>
  preprocess(image, { ...spec, resize: null, crop: null }).data;

function madeWhenRead(count: number, width: number, make: (i: number) => Float32Array): Pictures {
  return {
    count,
    width,
    blocks: async function* (size) {
      for (let first = 0; first < count; first += size) {
        const taken = Math.min(size, count - first);
        const rows = new Float32Array(taken * width);
        for (let i = 0; i < taken; i++) rows.set(make(first + i), i * width);
        yield { first, count: taken, rows };
      }
    },
  };
}

/** The patches as the network takes them. */
export const patchRows = (pictures: readonly SeenPicture[], patches: readonly Patch[], reading: Reading): Pictures =>
  madeWhenRead(patches.length, reading.width, (i) => {
    const { picture, segment } = patches[i] as Patch;
    const { image } = pictures[picture] as SeenPicture;
    return rowOf(patchOf(image, segment, { size: reading.size, grey: reading.grey ?? GREY }), reading);
  });

/** The pictures as the network takes them. */
export const pictureRows = (pictures: readonly SeenPicture[], reading: Reading): Pictures =>
  madeWhenRead(pictures.length, reading.width, (i) => rowOf((pictures[i] as SeenPicture).image, reading));
