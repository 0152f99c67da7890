/** @file A network whose rules are known: the class is the brightest quarter of the picture; and pictures of it. */
import type { DataSet } from "../../src/data/dataset.ts";
import { dataSetOf } from "../../src/data/records.ts";
import { OnnxplainError } from "../../src/errors.ts";
import { type RegionNetwork, regionNetwork } from "../../src/jobs/regions-network.ts";
import { loadModel } from "../../src/load.ts";
import { netBytes } from "../nets.ts";
import { tinyCifar } from "./tiny-pictures.ts";

const [SIDE, RECORD] = [32, 1 + 3 * 32 * 32];

/** 1 where a feature of the 8 x 8 grid lies in the quarter of the class. */
const quarters = Float32Array.from({ length: 2 * 64 * 4 }, (_, i) => {
  const [at, c] = [Math.floor(i / 4) % 64, i % 4];
  return Math.floor((at % 8) / 4) === c % 2 && Math.floor(at / 32) === Math.floor(c / 2) ? 1 : 0;
});

/** Average over 4 x 4 pixels, two channels behind a ReLU (the layer `psi`, `[2, 8, 8]`), sums over quarters as scores. */
export const quarterBytes = (bias = 4): Uint8Array =>
  netBytes(["N", 3, SIDE, SIDE], ({ g, x, w }) => {
    const small = g.op("AveragePool", [x], { kernel_shape: [4, 4], strides: [4, 4] });
    const mixed = g.op("Conv", [small, w([2, 3, 1, 1], [1, 0.5, 0.5, 0.2, 1, 0.3]), w([2], [bias, bias])]);
    const psi = g.alias(g.op("Relu", [mixed]), "psi");
    return { scores: g.op("MatMul", [g.op("Flatten", [psi], { axis: 1 }), w([128, 4], quarters)]) };
  });

export const quarterNetwork = async (): Promise<RegionNetwork> =>
  regionNetwork(await loadModel(quarterBytes()), { layer: "psi" });

/** Pictures by number; those in `broken` cannot be read. */
export function quarterPictures(count: number, { seed = 1, broken = [] as readonly number[] } = {}): DataSet {
  const bytes = tinyCifar(count, { seed });
  return dataSetOf({
    name: "quarters",
    count,
    classes: ["a", "b", "c", "d"],
    labels: ["a", "b", "c", "d"].map((name, index) => ({ index, name })),
    item: (i) => ({
      id: `quarters#${i}`,
      label: { index: bytes[i * RECORD] as number },
      load: async () => {
        if (broken.includes(i)) throw new OnnxplainError("E_IMAGE_READ", "it is broken");
        const data = new Uint8Array(3 * SIDE * SIDE);
        for (let p = 0; p < data.length; p++)
          data[p] = bytes[i * RECORD + 1 + (p % 3) * SIDE * SIDE + Math.floor(p / 3)] as number;
        return { width: SIDE, height: SIDE, channels: 3, data };
      },
    }),
    notes: [],
  });
}
