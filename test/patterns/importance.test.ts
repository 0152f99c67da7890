/** @file Maps and Grad-CAM weights of layers in one pass: against reference weights, the method itself, and maps that are 0. */
import { describe, expect, it } from "vitest";
import { loadModel } from "../../src/index.ts";
import { namedLayer } from "../../src/methods/layers.ts";
import { prepare } from "../../src/methods/prepare.ts";
import { OPS } from "../../src/ops/table.ts";
import { importanceModel } from "../../src/patterns/importance.ts";
import { pooled } from "../../src/patterns/pooled.ts";
import { givenWeights, normWeights, throughSoftmax, uniformWeights } from "../../src/patterns/position-weights.ts";
import { inputOf, SIDE } from "../golden/cifar.ts";
import { net, wave } from "../nets.ts";
import { absent, hasShared, readSharedNpy, shared } from "../shared.ts";
import { MANIFEST, patternCase } from "./golden.ts";
import { runOnce } from "./run-once.ts";
import { positionsFirst } from "./some-maps.ts";

describe.skipIf(!hasShared(MANIFEST))(`weights of positions of the reference set${absent(MANIFEST)}`, () => {
  it.each(["net_regional_0", "net_regional_1"])("%s: w, and the maps it pools", async (name) => {
    const the = patternCase(name);
    const value = the.param<Readonly<Record<string, string>>>("onnx_values")[the.param<string>("layer")] as string;
    const loaded = await loadModel(shared(`golden/models/${the.param<string>("onnx")}`));
    const classifier = loaded.classifier({ layer: value });
    const layer = namedLayer(classifier, value);
    const made = importanceModel(classifier, layer, { grid: [8, 8] });
    const u8 = readSharedNpy("golden2/shared/test_u8.npy").data as Uint8Array;
    const count = the.param<number>("n");
    const x = new Float32Array(count * 3 * SIDE * SIDE);
    for (let i = 0; i < count; i++) x.set(inputOf(u8, i), i * 3 * SIDE * SIDE);
    const got = await runOnce(made.model, { [classifier.input.name]: { dims: [count, 3, SIDE, SIDE], data: x } });
    const [first] = made.layers;
    the.expectOutput("w", got[first?.weights as string]?.data as Float32Array);
    const maps = got[first?.maps as string];
    expect(maps?.dims).toEqual([count, 64, the.param("K")]);
    const wanted = positionsFirst(the.array("f"), the.shape("f"));
    const largest = wanted.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    const off = wanted.reduce((m, v, i) => Math.max(m, Math.abs(v - (maps?.data[i] as number))), 0);
    expect(off / largest).toBeLessThan(2e-6);
  });
});

/** Convolution 6x6, pool 3x3, convolution, mean, head; `sign` turns the head around. */
function twoLayers(sign = 1) {
  const model = net(["N", 2, 6, 6], ({ g, x, w }) => {
    const early = g.alias(g.op("Relu", [g.op("Conv", [x, w([4, 2, 3, 3])], { pads: [1, 1, 1, 1] })]), "early");
    const small = g.op("MaxPool", [early], { kernel_shape: [2, 2], strides: [2, 2] });
    const late = g.alias(g.op("Relu", [g.op("Conv", [small, w([5, 4, 1, 1])])]), "late");
    const mean = g.op("Flatten", [g.op("GlobalAveragePool", [late])], { axis: 1 });
    const head = wave(15, 4).map((v) => sign * Math.abs(v));
    return { scores: g.op("MatMul", [mean, w([5, 3], head)]) };
  });
  const classifier = prepare(model, { ops: OPS, scoreKind: "logits", keep: ["early", "late"] });
  return { classifier, layers: [namedLayer(classifier, "early"), namedLayer(classifier, "late")] };
}

describe("the importance model", () => {
  const x = { dims: [3, 2, 6, 6], data: wave(3 * 72, 8) };
  it("gives several layers on one grid, each picture explained for its own class", async () => {
    const { classifier, layers } = twoLayers();
    const made = importanceModel(classifier, layers, { beside: { plain: "late" } });
    expect(made.grid).toEqual([3, 3]);
    const together = await runOnce(made.model, { x });
    expect(together["x/maps/0"]?.dims).toEqual([3, 9, 4]);
    expect(together["x/maps/1"]?.dims).toEqual([3, 9, 5]);
    expect(together["x/scores"]?.dims).toEqual([3, 3]);
    for (const at of [0, 1]) {
      const w = together[`x/weights/${at}`]?.data as Float32Array;
      expect(w.every((v) => v >= 0)).toBe(true);
      for (let i = 0; i < 3; i++) expect(w.subarray(i * 9, i * 9 + 9).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
    for (let i = 0; i < 3; i++) {
      const alone = await runOnce(made.model, {
        x: { dims: [1, 2, 6, 6], data: x.data.subarray(i * 72, i * 72 + 72) },
      });
      const own = together["x/weights/0"]?.data.subarray(i * 9, i * 9 + 9) as Float32Array;
      alone["x/weights/0"]?.data.forEach((v, r) => {
        expect(v).toBeCloseTo(own[r] as number, 5);
      });
    }
  });
  it("weighs the last layer by the head's weights of the predicted class", async () => {
    const { classifier, layers } = twoLayers();
    const got = await runOnce(
      importanceModel(classifier, layers[1] as (typeof layers)[number], { beside: { plain: "late" } }).model,
      { x },
    );
    const [plain, scores] = [got.plain?.data as Float32Array, got["x/scores"]?.data as Float32Array];
    const head = wave(15, 4).map(Math.abs);
    for (let i = 0; i < 3; i++) {
      const own = Array.from(scores.subarray(i * 3, i * 3 + 3));
      const c = own.indexOf(Math.max(...own));
      const map = Array.from({ length: 9 }, (_, p) =>
        [0, 1, 2, 3, 4].reduce((s, k) => s + (plain[(i * 5 + k) * 9 + p] as number) * (head[k * 3 + c] as number), 0),
      );
      const sum = map.reduce((a, b) => a + b, 0);
      map.forEach((v, p) => {
        expect(got["x/weights/0"]?.data[i * 9 + p]).toBeCloseTo(v / sum, 5);
      });
    }
  });
  it("is uniform where the map is 0 everywhere", async () => {
    const { classifier, layers } = twoLayers(-1);
    const got = await runOnce(importanceModel(classifier, layers).model, { x });
    expect(Array.from(got["x/weights/1"]?.data as Float32Array, (v) => v.toFixed(6))).toEqual(
      Array(27).fill("0.111111"),
    );
  });
  it("repeats the cells of a layer smaller than the grid", async () => {
    const { classifier, layers } = twoLayers();
    const made = importanceModel(classifier, layers, { grid: [6, 6], beside: { plain: "late" } });
    const got = await runOnce(made.model, { x });
    const wanted = pooled(got.plain?.data as Float32Array, [3, 3], [6, 6]);
    const rows = positionsFirst(wanted, [3, 5, 36]);
    rows.forEach((v, i) => {
      expect(got["x/maps/1"]?.data[i]).toBeCloseTo(v, 5);
    });
  });
  it("refuses no layer, and grids that are none", () => {
    const { classifier, layers } = twoLayers();
    expect(() => importanceModel(classifier, [])).toThrow(/Expected layers/);
    expect(() => importanceModel(classifier, layers, { grid: [0, 3] })).toThrow(/\[0,3\]/);
  });
});

describe("weights of positions", () => {
  const batch = { rows: Float32Array.from([3, 4, 0, 0, 0, 0, 0, 0]), positions: 2, places: [1, 0] };
  it("by strength; uniform where all are 0", () => {
    expect(Array.from(normWeights(batch))).toEqual([1, 0, 0.5, 0.5]);
    expect(Array.from(uniformWeights(batch))).toEqual([0.5, 0.5, 0.5, 0.5]);
  });
  it("given ones are those of the batch's pictures, of sum 1", () => {
    expect(Array.from(givenWeights([0, 0, 1, 3], batch))).toEqual([0.25, 0.75, 0.5, 0.5]);
  });
  it("of a softmax: the slope is that of differences", () => {
    const softmax = (z: readonly number[]): number[] => {
      const e = z.map(Math.exp);
      return e.map((v) => v / e.reduce((a, b) => a + b, 0));
    };
    const [z, gain] = [
      [0.3, -1, 0.7],
      [2, -1, 0.5, 1, 1, -3],
    ];
    const loss = (logits: readonly number[]): number =>
      gain.reduce((s, v, i) => s + v * (softmax(logits)[i % 3] as number), 0);
    const slope = throughSoftmax(Float64Array.from(softmax(z)), Float64Array.from(gain));
    z.forEach((_, i) => {
      const moved = (by: number): number => loss(z.map((v, j) => (j === i ? v + by : v)));
      expect(slope[i]).toBeCloseTo((moved(1e-6) - moved(-1e-6)) / 2e-6, 8);
    });
  });
});
