/** @file Decodes picture files in Node, through sharp (libvips), to the pixels that Pillow would give. */

import sharp, { type Sharp } from "sharp";
import { OnnxplainError } from "../errors.ts";
import { checkBytes, checkPixels, imageError } from "./decode-limit.ts";
import type { ImageU8 } from "./types.ts";

/** What is read; vector and raw formats of the library are not. */
const FORMATS: readonly string[] = ["jpeg", "png", "webp", "tiff", "gif", "heif"];

/**
 * The picture in a JPEG, PNG, WebP, TIFF, GIF (first frame) or AVIF file, upright as its EXIF orientation says. Grey files
 * give one channel, files with transparency four, all others three; 16 bits are reduced to the upper 8.
 *
 * Colour profiles are ignored, and CMYK is converted by Pillow's formula, so that pixels equal those of
 * `Image.open(...).convert("RGB")`, on which networks are trained. `name` is used in messages only.
 *
 * Throws `E_IMAGE_READ` for files that are empty, no pictures, cut off, damaged or absurdly large; never returns part of one.
 */
export async function decodeImage(bytes: Uint8Array, name = "(unnamed)"): Promise<ImageU8> {
  checkBytes(bytes, name);
  try {
    const { width, height, format, space, hasAlpha, depth } = await sharp(bytes, {
      limitInputPixels: false,
    }).metadata();
    if (!FORMATS.includes(format))
      throw imageError(name, `\`${format}\` is not among ${FORMATS.join(", ")}. Convert it to PNG.`);
    checkPixels({ width, height }, name);
    if (depth === "float" || depth === "double")
      throw imageError(name, "its samples are floating point. Convert it to 8 bits.");
    const pipeline = sharp(bytes, { ignoreIcc: true, failOn: "error", autoOrient: true, limitInputPixels: false });
    if (space === "cmyk")
      return cmykToRgb(await pixels(pipeline.pipelineColourspace("cmyk").toColourspace("cmyk")), name);
    const gray = (space === "b-w" || space === "grey16") && !hasAlpha;
    return expected(await pixels(pipeline.toColourspace(gray ? "b-w" : "srgb")), name);
  } catch (cause) {
    if (cause instanceof OnnxplainError) throw cause;
    const reason = cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : String(cause);
    throw imageError(name, `${reason}. It is damaged, cut off, or not one of ${FORMATS.join(", ")}.`, cause);
  }
}

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

async function pixels(pipeline: Sharp): Promise<Pixels> {
  const { data, info } = await pipeline.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data: new Uint8Array(data) };
}

function expected({ width, height, channels, data }: Pixels, name: string): ImageU8 {
  if (channels === 1 || channels === 3 || channels === 4) return { width, height, channels, data };
  throw imageError(name, `it has ${channels} channels; expected 1, 3 or 4.`);
}

/** `K' - round(C K' / 255)` with `K' = 255 - K`, clipped at 0: Pillow's `Convert.c`, `cmyk2rgb`. */
function cmykToRgb({ width, height, channels, data }: Pixels, name: string): ImageU8 {
  if (channels < 4) throw imageError(name, `it is CMYK with ${channels} channels; expected at least 4.`);
  const out = new Uint8ClampedArray(width * height * 3);
  for (let from = 0, to = 0; to < out.length; from += channels, to += 3) {
    const light = 255 - data[from + 3]!;
    for (let c = 0; c < 3; c++) {
      const t = data[from + c]! * light + 128;
      out[to + c] = light - (((t >> 8) + t) >> 8);
    }
  }
  return { width, height, channels: 3, data: out };
}
