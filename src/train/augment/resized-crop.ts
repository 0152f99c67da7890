/** @file A part of random area and shape, resized to the network's picture. */
import { crop } from "../../image/crop.ts";
import { resizedSize } from "../../image/geometry.ts";
import { resize } from "../../image/resize.ts";
import type { Rect, Size } from "../../image/types.ts";
import type { Augmentation } from "./augmentation.ts";
import { interval } from "./ranges.ts";

const ATTEMPTS = 10;

/**
 * The part to cut out, in whole pixels. `scale` bounds its share of the area, `ratio` its width over its height; where ten attempts
 * find none that fits, the largest central part with a ratio within bounds.
 *
 * Source: torchvision 0.14, `RandomResizedCrop.get_params`.
 */
export function randomPart(
  { width, height }: Size,
  {
    scale,
    ratio,
    random,
  }: { readonly scale: readonly number[]; readonly ratio: readonly number[]; readonly random: () => number },
): Rect {
  const [least, most] = scale as [number, number];
  const [narrow, wide] = ratio as [number, number];
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = width * height * (least + random() * (most - least));
    const aspect = Math.exp(Math.log(narrow) + random() * (Math.log(wide) - Math.log(narrow)));
    const w = Math.round(Math.sqrt(area * aspect));
    const h = Math.round(Math.sqrt(area / aspect));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    const top = Math.floor(random() * (height - h + 1));
    const left = Math.floor(random() * (width - w + 1));
    return { left, top, width: w, height: h };
  }
  const own = width / height;
  const w = own > wide ? Math.round(height * wide) : width;
  const h = own < narrow ? Math.round(width / narrow) : height;
  return { left: (width - w) >> 1, top: (height - h) >> 1, width: w, height: h };
}

export const resizedCrop: Augmentation = {
  id: "resized-crop",
  about:
    "a part of random area and shape, resized to the network's picture; cut from pictures whose shorter side is at most twice the network's longer one",
  source: "Szegedy et al. 2015, Going deeper with convolutions, section 6; torchvision 0.14, RandomResizedCrop",
  params: {
    scale: interval([0.08, 1], 1, "least and largest share of the picture's area, in 0…1"),
    ratio: interval([3 / 4, 4 / 3], Number.POSITIVE_INFINITY, "least and largest width over height of the part"),
  },
  frame: (image, { size, resample }) => {
    const shorterSide = 2 * Math.max(size.width, size.height);
    if (Math.min(image.width, image.height) <= shorterSide) return image;
    return resize(image, { ...resizedSize(image, { shorterSide }), resample });
  },
  apply: (image, { params, random, size, resample }) => {
    const part = randomPart(image, {
      scale: params.scale as readonly number[],
      ratio: params.ratio as readonly number[],
      random,
    });
    return resize(crop(image, part), { ...size, resample });
  },
};
