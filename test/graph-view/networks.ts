/** @file Networks of known architecture, thin and untrained: their graphs are what matters. */

import type { Explainer } from "../../src/explainer.ts";
import type { Value } from "../../src/graph/builder.ts";
import type { Model } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { loadModel } from "../../src/load.ts";
import { type Net, net } from "../nets.ts";

const conv = ({ g, w }: Net, x: Value, channels: number, kernel: number, stride = 1): Value => {
  const from = x.dims?.[1] as number;
  const pad = (kernel - 1) / 2;
  return g.op("Conv", [x, w([channels, from, kernel, kernel])], {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [pad, pad, pad, pad],
  });
};

/** He et al. 2016, table 1, at 1/16 of the width: `blocks` bottlenecks a stage, whose names say nothing. */
export function bottleneckNet(blocks: readonly number[], size = 64): Model {
  return net(["N", 3, size, size], (made) => {
    const { g, x, w } = made;
    const relu = (v: Value): Value => g.op("Relu", [v]);
    let at = relu(conv(made, x, 4, 7, 2));
    at = g.op("MaxPool", [at], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
    blocks.forEach((count, stage) => {
      for (let i = 0; i < count; i++) {
        const stride = i === 0 && stage > 0 ? 2 : 1;
        const wide = 4 * 2 ** stage;
        const inner = relu(conv(made, relu(conv(made, at, wide, 1)), wide, 3, stride));
        const branch = conv(made, inner, 4 * wide, 1);
        const shortcut = i === 0 ? conv(made, at, 4 * wide, 1, stride) : at;
        at = relu(g.op("Add", [branch, shortcut]));
      }
    });
    const pooled = g.op("Flatten", [g.op("GlobalAveragePool", [at])]);
    return { scores: g.op("Gemm", [pooled, w([pooled.dims?.[1] as number, 10])]) };
  });
}

/** The graph of ResNet-50: 53 convolutions, 49 rectifiers, 16 sums. */
export const RESNET50: readonly number[] = [3, 4, 6, 3];

export const loaded = (model: Model): Promise<Explainer> => loadModel(writeModelBytes(model));
