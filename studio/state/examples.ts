/** @file The example's pictures: how `onnxplain synth` draws them. */

export const DRAWN = {
  count: 6,
  seed: 1001,
  classes: ["bird", "boat", "car", "cup", "fish", "flower", "house", "tree"],
  splits: [0, 0, 1],
} as const;
