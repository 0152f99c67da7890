/** @file The labelled pictures of ../shared/images, as lists of picture and class. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import { decodeImage } from "../../src/image/decode-node.ts";
import type { ImageU8 } from "../../src/index.ts";
import { readShared, shared } from "../shared.ts";

export interface Labelled {
  readonly image: ImageU8;
  readonly label: number;
  /** Where the encoded picture lies; undefined for sets of raw pixels. */
  readonly path?: string;
}

const SIDE = 32;

/** CIFAR binary: a label byte, then red, green and blue planes. */
function cifar(): readonly Labelled[] {
  const bytes = readShared("images/cifar10/test_1000.bin");
  const plane = SIDE * SIDE;
  return Array.from({ length: bytes.length / (1 + 3 * plane) }, (_, i) => {
    const at = i * (1 + 3 * plane);
    const data = Uint8Array.from(
      { length: 3 * plane },
      (__, j) => bytes[at + 1 + (j % 3) * plane + Math.floor(j / 3)] as number,
    );
    return { image: { width: SIDE, height: SIDE, channels: 3, data }, label: bytes[at] as number };
  });
}

/** The first 2000 test digits. */
function mnist(): readonly Labelled[] {
  const pixels = gunzipSync(readFileSync(shared("images/mnist/images-idx3-ubyte.gz")));
  const labels = gunzipSync(readFileSync(shared("images/mnist/labels-idx1-ubyte.gz")));
  return Array.from({ length: 2000 }, (_, i) => ({
    image: {
      width: 28,
      height: 28,
      channels: 1,
      data: new Uint8Array(pixels.subarray(16 + i * 784, 16 + (i + 1) * 784)),
    },
    label: labels[8 + i] as number,
  }));
}

async function imagenet(): Promise<readonly Labelled[]> {
  const rows = readFileSync(shared("images/imagenet-sample/labels.csv"), "utf8").trim().split("\n").slice(1);
  const out: Labelled[] = [];
  for (const row of rows) {
    const [file = "", label = ""] = row.split(",");
    out.push({
      image: await decodeImage(readShared(`images/imagenet-sample/${file}`), file),
      label: Number(label),
      path: shared(`images/imagenet-sample/${file}`),
    });
  }
  return out;
}

const loaded = new Map<string, Promise<readonly Labelled[]>>();
const LOADERS: Readonly<Record<string, () => Promise<readonly Labelled[]>>> = {
  cifar10: async () => cifar(),
  mnist: async () => mnist(),
  imagenet1k: imagenet,
  "imagenet1k+background": imagenet,
};

/** The pictures for a task, decoded once. */
export function pictures(task: string): Promise<readonly Labelled[]> {
  const name = task.split("+")[0] as string;
  const set = loaded.get(name) ?? (LOADERS[task] as () => Promise<readonly Labelled[]>)();
  loaded.set(name, set);
  return set;
}

/**
 * The picture resized and cropped by libvips' linear kernel: what the stated accuracies of the ImageNet networks were measured with.
 * Pillow's bilinear, which `preprocess` follows bit for bit, smooths differently; three networks react to it.
 */
export async function vipsPicture(path: string, shorterSide: number, crop: number): Promise<ImageU8> {
  const { width = 0, height = 0 } = await sharp(path).metadata();
  const scale = shorterSide / Math.min(width, height);
  const [w, h] = width < height ? [shorterSide, Math.round(height * scale)] : [Math.round(width * scale), shorterSide];
  const { data, info } = await sharp(path)
    .toColourspace("srgb")
    .removeAlpha()
    .resize({ width: w, height: h, fit: "fill", kernel: "linear" })
    .extract({ left: Math.floor((w - crop) / 2), top: Math.floor((h - crop) / 2), width: crop, height: crop })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: crop, height: crop, channels: info.channels as 1 | 3, data: new Uint8Array(data) };
}
