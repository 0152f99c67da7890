/** @file Pictures: opened from files, or drawn by the project's own generator for the example. */
import { decodeImage, type ImageU8, loadItem, synthDataSet } from "../../../src/index.ts";
import { DRAWN } from "../../state/examples.ts";
import type { Handler } from "../handler.ts";
import { dropPicture, heldPicture, holdPicture } from "../held.ts";

export interface PictureFacts {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** At most 192 pixels a side. */
  readonly thumbnail: ImageBitmap;
  /** What is known to be in it, where that is known. */
  readonly label: string | undefined;
}

export interface PictureCalls {
  openPicture: { readonly input: { readonly id: string; readonly file: File }; readonly output: PictureFacts };
  /** A few pictures of the example's own kind, with ids that begin with `prefix`. */
  drawPictures: {
    readonly input: { readonly prefix: string };
    readonly output: readonly PictureFacts[];
  };
  closePicture: { readonly input: { readonly id: string }; readonly output: null };
  /** The picture after its edits, at its own size, or with no side longer than `most`. */
  showPicture: {
    readonly input: { readonly id: string; readonly edits: readonly string[]; readonly most?: number | undefined };
    readonly output: ImageBitmap;
  };
}

const THUMBNAIL = 192;

export const bitmapOf = ({ width, height, channels, data }: ImageU8): Promise<ImageBitmap> => {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0, p = 0; i < width * height; i++)
    for (let c = 0; c < 4; c++, p++)
      if (c < 3) rgba[p] = data[i * channels + (channels < 3 ? 0 : c)] as number;
      else if (channels === 4) rgba[p] = data[i * 4 + 3] as number;
  return createImageBitmap(new ImageData(rgba, width, height));
};

/** No side longer than `most`. */
async function smaller(full: ImageBitmap, most: number): Promise<ImageBitmap> {
  const scale = Math.min(1, most / Math.max(full.width, full.height));
  if (scale === 1) return full;
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const size = { resizeWidth: side(full.width), resizeHeight: side(full.height) };
  return createImageBitmap(full, { ...size, resizeQuality: "high" });
}

async function factsOf(id: string, name: string, image: ImageU8, label?: string): Promise<PictureFacts> {
  const thumbnail = await smaller(await bitmapOf(image), THUMBNAIL);
  return { id, name, width: image.width, height: image.height, thumbnail, label };
}

export const pictureHandlers: { readonly [K in keyof PictureCalls]: Handler<K> } = {
  openPicture: async ({ id, file }) => {
    const image = await decodeImage(new Uint8Array(await file.arrayBuffer()), file.name);
    holdPicture(id, file.name, image);
    const output = await factsOf(id, file.name, image);
    return { output, transfer: [output.thumbnail] };
  },
  drawPictures: async ({ prefix }) => {
    const output: PictureFacts[] = [];
    for await (const item of synthDataSet(DRAWN).items()) {
      const got = await loadItem(item);
      const id = `${prefix}${output.length}`;
      const name = item.id;
      holdPicture(id, name, got.image);
      output.push(await factsOf(id, name, got.image, item.label?.name));
    }
    return { output, transfer: output.map((p) => p.thumbnail) };
  },
  closePicture: async ({ id }) => {
    dropPicture(id);
    return { output: null };
  },
  showPicture: async ({ id, edits, most = Number.POSITIVE_INFINITY }) => {
    const output = await smaller(await bitmapOf(heldPicture(id, edits)), most);
    return { output, transfer: [output] };
  },
};
