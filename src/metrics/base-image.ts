/** @file What stands in a pixel's place when it is taken away: named base images, as inputs of the network. */
import { oneOf, type ParamSpec } from "../params.ts";
import { scattered, uniforms } from "../random.ts";
import { blurred } from "./blur.ts";
import { fromPlanes, toPlanes } from "./input-layout.ts";
import type { MetricImage } from "./metric.ts";
import { perPicture } from "./per-picture.ts";

/**
 * In pixels before normalisation unless the name says otherwise. Normalisation acts on each value by itself, so that
 * mixing two inputs is the same as mixing two pictures.
 */
const BASES = {
  /** RGB 0; `Z_k` of SPEC 5.1. */
  black: (image) => image.toInput(new Float32Array(image.pixels.length)),
  /** RGB 1. */
  white: (image) => image.toInput(new Float32Array(image.pixels.length).fill(1)),
  /** Each channel's mean over the picture. */
  mean: (image) => image.toInput(channelMeans(image)),
  /** Uniform in 0..1, each pixel and channel of its own (Samek et al. 2017). */
  random: (image) => image.toInput(noise(image)),
  /** 17 taps, sigma 2.9, reflect-101; `G_k` of SPEC 5.1. */
  blur: (image) => image.toInput(blurred(image.pixels, image, { taps: 17, sigma: 2.9, edges: "reflect-101" })),
  /** 11 taps, sigma 5, zeros beyond the edge, on the normalised input (RISE). */
  rise_blur: (image) =>
    fromPlanes(blurred(toPlanes(image.x, image), image, { taps: 11, sigma: 5, edges: "zero" }), image),
  /** 0 in the network's input: after normalisation that is the mean colour of the training set. */
  input_zero: (image) => new Float32Array(image.x.length),
} as const satisfies Readonly<Record<string, (image: MetricImage) => Float32Array>>;

export type BaseName = keyof typeof BASES;

export const baseSpec = (fallback: BaseName): ParamSpec =>
  oneOf(
    fallback,
    Object.keys(BASES),
    "what replaces a pixel: black, white, mean of the picture, random, blur (17 taps, sigma 2.9), rise_blur (11 taps, sigma 5, of the normalised input), input_zero (0 after normalisation)",
  );

/** The base image in the layout of `image.x`. Made once for each picture (`random`: for each seed). Do not write to it. */
export const baseImage = (image: MetricImage, name: BaseName): Float32Array =>
  perPicture(image, name === "random" ? `${name}:${image.seed}` : name, () => BASES[name](image));

/** The question what the network says of a base image; of random ones each is its own. */
export const baseKey = (name: BaseName): { readonly key?: string } =>
  name === "random" ? {} : { key: `base:${name}` };

function channelMeans({ pixels, width, height }: MetricImage): Float32Array {
  const size = width * height;
  const out = new Float32Array(pixels.length);
  for (let from = 0; from < pixels.length; from += size) {
    const sum = pixels.subarray(from, from + size).reduce((a, b) => a + b, 0);
    out.fill(sum / size, from, from + size);
  }
  return out;
}

function noise({ pixels, seed }: MetricImage): Float32Array {
  const next = uniforms(scattered(seed));
  return Float32Array.from(pixels, next);
}
