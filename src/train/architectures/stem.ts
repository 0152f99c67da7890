/** @file The first layers of a network: how large pictures become small early, where it is cheap. */
import type { Feature, Layers } from "./layers.ts";

/** Shortest side at which halving begins: the layers behind the stem see 32 to 63 pixels. */
const HALVE_FROM = 64;

/** Stride of the first convolution: 2 for pictures of 64 pixels and more. */
export const stemStride = ({ height, width }: Feature): number => (Math.min(height, width) >= HALVE_FROM ? 2 : 1);

/** A MaxPool more for pictures that the stem leaves at 64 pixels or more (128 and more at the input), as networks for ImageNet have. */
export const stemPool = (net: Layers, x: Feature): Feature =>
  Math.min(x.height, x.width) < HALVE_FROM ? x : net.maxPool(x, "stem.pool", { kernel: 3, stride: 2, pad: 1 });
