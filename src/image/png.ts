/** @file Writes PNG files with nothing but the platform's own deflate. */

import { checkImage } from "./check-image.ts";
import type { ImageU8 } from "./types.ts";

const SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Bytes in the zlib format (RFC 1950). */
export type Deflate = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array | Promise<Uint8Array>;

/** PNG colour types of 1, 3 and 4 channels. */
const COLOR_TYPE = { 1: 0, 3: 2, 4: 6 } as const;

/**
 * The picture as a PNG file of 8 bits a sample: grey, RGB or RGBA, no interlace. Lossless; the compressed bytes may differ
 * between platforms, the pixels never. `deflate` replaces the platform's stream, which is slow for many small pictures. Throws `E_INPUT_SHAPE`.
 *
 * Source: W3C PNG (third edition), sections 5, 9 and 10.
 */
export async function encodePng(
  image: ImageU8,
  { deflate = streamed }: { readonly deflate?: Deflate } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkImage(image);
  const { width, height, channels } = image;
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([8, COLOR_TYPE[channels]], 8);
  const body = await deflate(filtered(image));
  const parts = [SIGNATURE, chunk("IHDR", header), chunk("IDAT", body), chunk("IEND", new Uint8Array())];
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** Every row behind its filter byte: None, Sub or Up, whichever leaves the smallest sum of magnitudes. */
function filtered({ width, height, channels, data }: ImageU8): Uint8Array<ArrayBuffer> {
  const stride = width * channels;
  const out = new Uint8Array((stride + 1) * height);
  const rows = [0, 1, 2].map(() => new Uint8Array(stride));
  for (let y = 0; y < height; y++) {
    const sums = [0, 0, 0];
    for (let i = 0; i < stride; i++) {
      const value = data[y * stride + i]!;
      const left = i >= channels ? data[y * stride + i - channels]! : 0;
      const up = y > 0 ? data[(y - 1) * stride + i]! : 0;
      for (let f = 0; f < 3; f++) {
        const byte = (f === 0 ? value : f === 1 ? value - left : value - up) & 255;
        rows[f]![i] = byte;
        sums[f] = sums[f]! + Math.min(byte, 256 - byte);
      }
    }
    const best = sums.indexOf(Math.min(...sums));
    out[y * (stride + 1)] = best;
    out.set(rows[best]!, y * (stride + 1) + 1);
  }
  return out;
}

async function streamed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(body, 8);
  view.setUint32(body.length + 8, crc32(out.subarray(4, body.length + 8)));
  return out;
}

/** Signed, so that the sum below stays a 32-bit integer. */
const CRC_TABLE: Int32Array = /* @__PURE__ */ Int32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = -1;
  for (let i = 0; i < bytes.length; i++) c = CRC_TABLE[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}
