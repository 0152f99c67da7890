/** @file Pictures and masks in files, read when they are wanted. */
import { decodeImage } from "#decode";
import { files } from "#files";
import { OnnxplainError } from "../errors.ts";
import type { ImageU8 } from "../image/types.ts";
import { isMounted } from "../jobs/mounts.ts";

const EXTENSIONS = /\.(jpe?g|jpe|jfif|png|webp|tiff?|gif|avif)$/i;
export const isPictureName = (name: string): boolean => EXTENSIONS.test(name);

/** A path from a list, beside the list unless it is absolute or a URL; what a mounted list names lies in its mount. */
export const besides = (folder: string, path: string): string =>
  !isMounted(folder) && /^([a-z][a-z\d+.-]+:|[/\\]|[a-z]:[/\\])/i.test(path) ? path : files.join(folder, path);

/** Throws `E_FILE` when there is none, `E_IMAGE_READ` when it is no picture. */
export async function readPicture(location: string): Promise<ImageU8> {
  const bytes = await files.read(location);
  if (bytes === undefined)
    throw new OnnxplainError("E_FILE", `There is no file \`${location}\`. Is the list older than the folder?`, {
      file: location,
    });
  return decodeImage(bytes, location);
}

/** One channel of a mask picture: its brightest colour where that is at least `from` (and not fully transparent), else 0. */
export function maskOf({ width, height, channels, data }: ImageU8, from = 1): ImageU8 {
  const colors = channels === 1 ? 1 : 3;
  const out = new Uint8Array(width * height);
  for (let i = 0; i < out.length; i++) {
    const at = i * channels;
    let high = 0;
    for (let c = 0; c < colors; c++) high = Math.max(high, data[at + c]!);
    if (high >= from && (channels !== 4 || data[at + 3] !== 0)) out[i] = high;
  }
  return { width, height, channels: 1, data: out };
}
