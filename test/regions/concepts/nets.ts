/** @file A network that reads colours, and pictures of coloured squares on dull grounds: what decides is known. */
import type { Preprocessing } from "../../../src/image/preprocess.ts";
import type { ImageU8 } from "../../../src/image/types.ts";
import type { Classifier } from "../../../src/methods/classifier.ts";
import { prepare } from "../../../src/methods/prepare.ts";
import { OPS } from "../../../src/ops/table.ts";
import { scattered, uniforms } from "../../../src/random.ts";
import type { SeenPicture } from "../../../src/regions/concepts/patches.ts";
import { type ConceptLayer, conceptLayer } from "../../../src/regions/concepts/readout.ts";
import { net } from "../../nets.ts";

export const SIDE = 24;
export const SPEC: Preprocessing = {
  resample: "bilinear",
  channelOrder: "RGB",
  scale: 1 / 255,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  layout: "nchw",
};

/** `psi [N, 3, 24, 24]`: how much redder, greener, bluer a pixel is than its other channels; score c is the mean of channel c. */
export const colourModel = () =>
  net(
    [null, 3, SIDE, SIDE].map((d) => d ?? "N"),
    ({ g, x, w }) => {
      const opponents = [1, -0.5, -0.5, -0.5, 1, -0.5, -0.5, -0.5, 1];
      const raw = g.alias(g.op("Conv", [x, w([3, 3, 1, 1], opponents)]), "raw");
      const psi = g.alias(g.op("Relu", [raw]), "psi");
      const pooled = g.alias(g.op("Flatten", [g.op("GlobalAveragePool", [psi])], { axis: 1 }), "pooled");
      return { scores: g.op("Gemm", [pooled, w([3, 3], [5, 0, 0, 0, 5, 0, 0, 0, 5])]) };
    },
  );

export function colourNet(layer = "psi"): { readonly classifier: Classifier; readonly layer: ConceptLayer } {
  const classifier = prepare(colourModel(), { ops: OPS, scoreKind: "logits", keep: ["pooled", "psi", "raw"] });
  return { classifier, layer: conceptLayer(classifier, layer) };
}

export type Rgb = readonly [number, number, number];
export const RED: Rgb = [220, 30, 30];
export const GREEN: Rgb = [30, 200, 40];
export const BLUE: Rgb = [40, 50, 220];

/** A grainy grey ground with one square of a colour on it. */
export function squareOf(colour: Rgb, seed: number): ImageU8 {
  const draw = uniforms(scattered(seed));
  const ground = 60 + 120 * draw();
  const [left, top] = [2 + Math.floor(draw() * 10), 2 + Math.floor(draw() * 10)];
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const inside = x >= left && x < left + 10 && y >= top && y < top + 10;
    const grain = 16 * (draw() - 0.5);
    for (let c = 0; c < 3; c++)
      data[3 * i + c] = Math.max(0, Math.min(255, (inside ? (colour[c] as number) : ground) + grain));
  }
  return { width: SIDE, height: SIDE, channels: 3, data };
}

export const squares = (colour: Rgb, count: number, seed = 0): readonly SeenPicture[] =>
  Array.from({ length: count }, (_, i) => ({ id: `${colour}-${i}`, image: squareOf(colour, 1000 * seed + i) }));

export const plain = ([r, g, b]: Rgb): ImageU8 => ({
  width: SIDE,
  height: SIDE,
  channels: 3,
  data: Uint8Array.from({ length: 3 * SIDE * SIDE }, (_, i) => [r, g, b][i % 3] as number),
});
