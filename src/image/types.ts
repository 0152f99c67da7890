/** @file What a picture is in this room: eight bits a sample, interleaved, row by row from the top. */

/**
 * A decoded picture, layout `[height, width, channels]`, samples 0…255.
 * One channel is grey, three are R, G, B, four are R, G, B and straight (not premultiplied) alpha.
 */
export interface ImageU8 {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle in pixels of some picture; `left` and `top` may be negative or fractional. */
export interface Rect extends Size {
  readonly left: number;
  readonly top: number;
}

/** Pillow's resampling filters. */
export type Resample = "nearest" | "box" | "bilinear" | "hamming" | "bicubic" | "lanczos";
