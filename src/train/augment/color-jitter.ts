/** @file Brightness, contrast, saturation and hue changed by random amounts, in random order. */
import { toGray } from "../../image/channels.ts";
import type { ImageU8 } from "../../image/types.ts";
import { nonNegative } from "../../params.ts";
import { shuffled } from "../../random.ts";
import type { Augmentation } from "./augmentation.ts";
import { turnHue } from "./hue.ts";
import { between } from "./ranges.ts";

/** `from + factor (to - from)` in float32, truncated into 0…255, as Pillow's `Image.blend` has it. */
const blend = (from: number, to: number, factor: number): number => {
  const v = Math.fround(from + Math.fround(factor * (to - from)));
  return v <= 0 ? 0 : v >= 255 ? 255 : Math.trunc(v);
};

function mapped(image: ImageU8, level: (u: number) => number): ImageU8 {
  const levels = Uint8Array.from({ length: 256 }, (_, u) => level(u));
  const out = new Uint8Array(image.data.length);
  for (let i = 0; i < out.length; i++) out[i] = levels[image.data[i]!]!;
  return { ...image, data: out };
}

/** Factor 0 is black, 1 the picture. */
export const brightened = (image: ImageU8, factor: number): ImageU8 =>
  mapped(image, (u) => blend(0, u, Math.fround(factor)));

/** Factor 0 is the mean luma everywhere, 1 the picture. */
export function contrasted(image: ImageU8, factor: number): ImageU8 {
  const { data } = toGray(image);
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  const mean = Math.trunc(sum / data.length + 0.5);
  return mapped(image, (u) => blend(mean, u, Math.fround(factor)));
}

/** Factor 0 is the luma, 1 the picture; one channel stays as it is. */
export function saturated(image: ImageU8, factor: number): ImageU8 {
  const { channels, data } = image;
  if (channels < 3) return image;
  const gray = toGray(image).data;
  const out = new Uint8Array(data.length);
  const alpha = Math.fround(factor);
  for (let p = 0, i = 0; p < gray.length; p++)
    for (let c = 0; c < channels; c++, i++) out[i] = blend(gray[p]!, data[i]!, alpha);
  return { ...image, data: out };
}

const factorStep = (change: (image: ImageU8, factor: number) => ImageU8) => (image: ImageU8, s: number, u: number) => {
  const low = Math.max(0, 1 - s);
  return change(image, low + u * (1 + s - low));
};

/** Each takes its strength and a number in [0, 1). */
const STEPS = {
  brightness: factorStep(brightened),
  contrast: factorStep(contrasted),
  saturation: factorStep(saturated),
  hue: (image: ImageU8, s: number, u: number) => turnHue(image, Math.trunc((2 * u - 1) * s * 255)),
} as const;
const NAMES = Object.keys(STEPS) as readonly (keyof typeof STEPS)[];

export const colorJitter: Augmentation = {
  id: "color-jitter",
  about: "brightness, contrast, saturation and hue changed by random amounts, in random order; 0 leaves one out",
  source: "torchvision 0.14, ColorJitter on pictures of eight bits; Pillow 9.4, ImageEnhance",
  params: {
    brightness: nonNegative(0.4, "factor uniform in max(0, 1 - b)…1 + b"),
    contrast: nonNegative(0.4, "factor uniform in max(0, 1 - c)…1 + c, about the mean luma"),
    saturation: nonNegative(0.4, "factor uniform in max(0, 1 - s)…1 + s, about the luma"),
    hue: between(0, [0, 0.5], "turn uniform in -h…h of the circle, 0…0.5"),
  },
  apply: (image, { params, random }) => {
    const order = shuffled(NAMES.length, random);
    const amounts = NAMES.map(() => random());
    return order.reduce((picture, k) => {
      const name = NAMES[k] as keyof typeof STEPS;
      const strength = params[name] as number;
      return strength === 0 ? picture : STEPS[name](picture, strength, amounts[k] as number);
    }, image);
  },
};
