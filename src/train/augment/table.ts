/** @file All augmentations, one line each. */
import type { Augmentation } from "./augmentation.ts";
import { colorJitter } from "./color-jitter.ts";
import { flip } from "./flip.ts";
import { padAndCrop } from "./pad-and-crop.ts";
import { resizedCrop } from "./resized-crop.ts";
import { tenCrop } from "./ten-crop.ts";

export const AUGMENTATIONS = {
  flip,
  "pad-and-crop": padAndCrop,
  "resized-crop": resizedCrop,
  "color-jitter": colorJitter,
  "ten-crop": tenCrop,
} as const satisfies Readonly<Record<string, Augmentation>>;

export type AugmentationId = keyof typeof AUGMENTATIONS;
