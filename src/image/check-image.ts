/** @file Refuses pictures and sizes that cannot be what they say. */

import { OnnxplainError } from "../errors.ts";
import type { ImageU8, Size } from "./types.ts";

/** Throws `E_PARAM` unless both sides are positive integers. `what` names the subject in the message. */
export function checkSize({ width, height }: Size, what: string): void {
  if (Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0) return;
  throw new OnnxplainError(
    "E_PARAM",
    `Expected ${what} to have a positive integer width and height, got ${width} x ${height}.`,
  );
}

/** Throws `E_INPUT_SHAPE` unless `data` holds exactly `width * height * channels` samples. */
export function checkImage(image: ImageU8): void {
  checkSize(image, "an image");
  const { width, height, channels, data } = image;
  const expected = width * height * channels;
  if ((channels === 1 || channels === 3 || channels === 4) && data.length === expected) return;
  throw new OnnxplainError(
    "E_INPUT_SHAPE",
    `Expected an image of ${width} x ${height} with 1, 3 or 4 channels to hold width * height * channels samples, ` +
      `got ${channels} channels and ${data.length} samples.`,
  );
}
