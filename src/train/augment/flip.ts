/** @file Mirrors a picture left to right, by chance. */
import type { ImageU8 } from "../../image/types.ts";
import type { Augmentation } from "./augmentation.ts";
import { between } from "./ranges.ts";

/** Left becomes right. */
export function mirror({ width, height, channels, data }: ImageU8): ImageU8 {
  const out = new Uint8Array(data.length);
  const row = width * channels;
  for (let y = 0; y < height; y++) {
    let to = y * row;
    const first = to;
    if (channels === 3)
      for (let from = first + row - 3; from >= first; from -= 3, to += 3) {
        out[to] = data[from]!;
        out[to + 1] = data[from + 1]!;
        out[to + 2] = data[from + 2]!;
      }
    else
      for (let from = first + row - channels; from >= first; from -= channels)
        for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
  }
  return { width, height, channels, data: out };
}

export const flip: Augmentation = {
  id: "flip",
  about: "the picture mirrored left to right, by chance",
  source: "torchvision 0.14, RandomHorizontalFlip",
  params: { chance: between(0.5, [0, 1], "probability that a picture is mirrored, 0…1") },
  apply: (image, { params, random }) => (random() < (params.chance as number) ? mirror(image) : image),
};
