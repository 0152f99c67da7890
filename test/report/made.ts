/** @file Explanations written by hand: known values, no network behind them. */
import type { Explanation } from "../../src/index.ts";

/** Two targets of one 2x2 picture at a layer of 2x2; labels hold what must be escaped. */
export const made = (rest: Partial<Explanation> = {}): Explanation => ({
  method: "grad-cam",
  values: Float32Array.of(1, -2, 0, 0.5, 0, 0, 0, 4),
  dims: [2, 2, 2],
  signed: true,
  space: "layer",
  reducer: "sum",
  layout: "nchw",
  layer: { name: "conv", node: "n", op: "Conv", dims: ["N", 3, 2, 2], layout: "nchw", grid: [2, 2], channels: 3 },
  target: 0,
  score: 2,
  targets: [
    { index: 0, label: "<b>cat</b>" },
    { index: 1, label: "dog", against: 2 },
  ],
  images: 1,
  scores: [Float32Array.of(2, 1, -1), Float32Array.of(2, 1, -1)],
  scoreKind: "logits",
  params: { relu: false },
  seed: 0,
  checks: [{ convergence_delta: 0.25 }, { convergence_delta: 0.5 }],
  ledgers: [],
  notes: [],
  timings: { compileMs: 1, sessionMs: 2, runMs: 3 },
  device: "cpu",
  preprocessing: undefined,
  picture: { width: 2, height: 2, channels: 3, data: Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 255, 0, 255, 255, 255) },
  ...rest,
});
export const LABELS = ["<b>cat</b>", "dog", `"bird" & 'fish'`];
