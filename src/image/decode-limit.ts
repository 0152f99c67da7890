/** @file What both decoders refuse, in the same words. */

import { imageDimensionsFromData } from "image-dimensions";
import { OnnxplainError } from "../errors.ts";
import type { Size } from "./types.ts";

/** Larger pictures are taken for decompression bombs: 2^28 pixels, about 268 megapixels. */
export const MAX_PIXELS: number = 2 ** 28;

/** An `E_IMAGE_READ` error about one file. */
export function imageError(name: string, why: string, cause?: unknown): OnnxplainError {
  return new OnnxplainError("E_IMAGE_READ", `Cannot read the image \`${name}\`: ${why}`, { file: name, cause });
}

/** Throws for a file without bytes. */
export function checkBytes(bytes: Uint8Array, name: string): void {
  if (bytes.length === 0) throw imageError(name, "the file is empty. Fetch or copy it again.");
}

/**
 * Throws for a file whose head states absurdly many pixels, before anybody makes room for them. Heads that cannot be read say nothing:
 * the decoder has the word.
 */
export function checkHead(bytes: Uint8Array, name: string): void {
  const stated = imageDimensionsFromData(bytes);
  if (stated) checkPixels(stated, name);
}

/** Throws for a picture without pixels or with absurdly many. */
export function checkPixels({ width, height }: Size, name: string): void {
  if (!(width > 0 && height > 0)) throw imageError(name, `it has no pixels (${width} x ${height}).`);
  if (width * height <= MAX_PIXELS) return;
  throw imageError(
    name,
    `${width} x ${height} is more than ${MAX_PIXELS} pixels. Reduce it first, with a tool you trust.`,
  );
}
