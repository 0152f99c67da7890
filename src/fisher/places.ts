/** @file Where a frame lies in its picture, as two numbers of its descriptor. */
import type { Size } from "../image/types.ts";

/** ((x - W/2)/W, (y - H/2)/H) of frame `at` of `[n, 3]`. Source: VLFeat's recognition application. */
export const placeOf = (frames: Float32Array, at: number, { width, height }: Size): readonly [number, number] => [
  (frames[3 * at]! - width / 2) / width,
  (frames[3 * at + 1]! - height / 2) / height,
];
