/** @file Decodes picture files in a browser, through `createImageBitmap`. */

import { OnnxplainError } from "../errors.ts";
import { checkBytes, checkHead, checkPixels, imageError } from "./decode-limit.ts";
import type { ImageU8 } from "./types.ts";

/**
 * The picture in any file the browser reads, upright as its EXIF orientation says, colour profiles ignored. Four channels when
 * some pixel is translucent, else three. A canvas keeps colours premultiplied, so colours under partial alpha may be off by
 * a rounding; opaque pixels are those of the browser's decoder. Throws `E_IMAGE_READ`.
 */
export async function decodeImage(bytes: Uint8Array, name = "(unnamed)"): Promise<ImageU8> {
  checkBytes(bytes, name);
  checkHead(bytes, name);
  try {
    const bitmap = await createImageBitmap(new Blob([bytes.slice()]), {
      imageOrientation: "from-image",
      premultiplyAlpha: "none",
      colorSpaceConversion: "none",
    });
    const { width, height } = bitmap;
    checkPixels({ width, height }, name);
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!context) throw imageError(name, "this browser gave no 2d canvas.");
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return withoutOpaqueAlpha({ width, height, channels: 4, data: context.getImageData(0, 0, width, height).data });
  } catch (cause) {
    if (cause instanceof OnnxplainError) throw cause;
    throw imageError(name, "the browser could not decode it. It is damaged, cut off, or of an unknown format.", cause);
  }
}

function withoutOpaqueAlpha(image: ImageU8): ImageU8 {
  const { width, height, data } = image;
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return image;
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[from + 1]!;
    rgb[to + 2] = data[from + 2]!;
  }
  return { width, height, channels: 3, data: rgb };
}
