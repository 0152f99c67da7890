/** @file All thumbnails as one PNG, row by row, so that a page holds one picture instead of thousands. */
import { encodePng } from "../../image/png.ts";
import type { Thumbnails } from "./input.ts";

export interface ThumbnailSheet {
  readonly png: Uint8Array<ArrayBuffer>;
  readonly columns: number;
  /** Of one picture. */
  readonly width: number;
  readonly height: number;
}

/** Beyond so many bytes of pixels, pictures are halved until they fit. */
const MOST_BYTES = 24 * 1024 * 1024;

export async function thumbnailSheet(thumbnails: Thumbnails, count: number): Promise<ThumbnailSheet> {
  const small = halvedToFit(thumbnails, count);
  const { width, height, pixels } = small;
  const columns = Math.max(Math.ceil(Math.sqrt((count * height) / Math.max(width, 1))), 1);
  const rows = Math.max(Math.ceil(count / columns), 1);
  const [wide, high] = [Math.max(columns * width, 1), Math.max(rows * height, 1)];
  const data = new Uint8Array(wide * high * 3).fill(128);
  for (let n = 0; n < count; n++)
    for (let y = 0; y < height; y++) {
      const from = (n * height + y) * width * 3;
      const to = ((Math.floor(n / columns) * height + y) * wide + (n % columns) * width) * 3;
      data.set(pixels.subarray(from, from + width * 3), to);
    }
  return { png: await encodePng({ width: wide, height: high, channels: 3, data }), columns, width, height };
}

function halvedToFit(thumbnails: Thumbnails, count: number): Thumbnails {
  let now = thumbnails;
  while (now.pixels.length > MOST_BYTES && now.width > 8 && now.height > 8) now = halved(now, count);
  return now;
}

/** Means of two by two pixels. */
function halved({ width, height, pixels }: Thumbnails, count: number): Thumbnails {
  const [w, h] = [width >> 1, height >> 1];
  const out = new Uint8Array(count * w * h * 3);
  for (let n = 0, o = 0; n < count; n++)
    for (let y = 0; y < h; y++)
      for (let x = 0; x < w; x++) {
        const at = ((n * height + 2 * y) * width + 2 * x) * 3;
        for (let c = 0; c < 3; c++) {
          const sum = [at, at + 3, at + 3 * width, at + 3 * width + 3].reduce(
            (s, i) => s + (pixels[i + c] as number),
            0,
          );
          out[o++] = (sum + 2) >> 2;
        }
      }
  return { width: w, height: h, pixels: out };
}
