/** @file Classifiers of these tests: small networks, and what they are read at. */
import type { Value } from "../../src/graph/builder.ts";
import { float } from "../../src/graph/types.ts";
import type { Classifier } from "../../src/methods/classifier.ts";
import { type Layer, namedLayer } from "../../src/methods/layers.ts";
import { prepare } from "../../src/methods/prepare.ts";
import { OPS } from "../../src/ops/table.ts";
import { type Pictures, picturesInMemory } from "../../src/regions/pictures.ts";
import { type Net, net, wave } from "../nets.ts";

export interface Cut {
  readonly classifier: Classifier;
  readonly layer: Layer;
}

export const SIDE = 6;
export const PIXELS = 2 * SIDE * SIDE;

export interface Shape {
  readonly classes?: number;
  readonly batch?: number | "N";
  /** Added to every score. */
  readonly shift?: number;
  /** Weights of the head `[5 * 9, classes]`. */
  readonly head?: ArrayLike<number>;
  /** Between the layer and the head. */
  readonly bend?: (net: Net, value: Value) => Value;
}

/** Weights of the head whose sums over features are 0 for every class, so that no class wins by brightness alone. */
function centred(classes: number): Float32Array {
  const weights = wave(45 * classes, 9);
  return weights.map((v, i) => {
    let sum = 0;
    for (let k = i % classes; k < weights.length; k += classes) sum += weights[k] as number;
    return v - sum / 45;
  });
}

/** Convolution, ReLU (the layer, `[5, 6, 6]`), 2x2 maximum, linear head. */
export function smallNet({ classes = 3, batch = "N", shift = 0, head, bend = (_, v) => v }: Shape = {}): Cut {
  const model = net([batch, 2, SIDE, SIDE], (n) => {
    const { g, x, w } = n;
    const features = g.op("Relu", [g.op("Conv", [x, w([5, 2, 3, 3])], { pads: [1, 1, 1, 1] })], {}, "psi");
    const bent = bend(n, g.alias(features, "psi"));
    const pooled = g.op("MaxPool", [bent], { kernel_shape: [2, 2], strides: [2, 2] });
    const flat = g.op("Flatten", [pooled], { axis: 1 });
    const scores = g.op(
      "Gemm",
      [flat, w([45, classes], head ?? centred(classes)), w([classes], new Float32Array(classes).fill(shift))],
      {
        alpha: float(1),
      },
    );
    return { scores };
  });
  const classifier = prepare(model, { ops: OPS, scoreKind: "logits", keep: ["psi"] });
  return { classifier, layer: namedLayer(classifier, "psi") };
}

/** Noise, each channel of each picture brighter or darker, so that a network decides for several classes. */
export function somePictures(count: number, seed = 3): Pictures {
  const plane = SIDE * SIDE;
  const rows = wave(count * PIXELS, seed).map((v, i) => v / 2 + 2 * Math.cos(7 * seed + Math.floor(i / plane) ** 2));
  return picturesInMemory(rows, PIXELS);
}

export async function rowsOf(pictures: Pictures): Promise<Float32Array> {
  const rows = new Float32Array(pictures.count * pictures.width);
  for await (const block of pictures.blocks(Math.max(1, pictures.count)))
    rows.set(block.rows, block.first * pictures.width);
  return rows;
}
