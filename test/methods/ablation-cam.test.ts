/** @file Ablation-CAM and Recipro-CAM against float64 passes with the layer replaced; what a tail carries past a layer. */
import { describe, expect, it } from "vitest";
import { type Explainer, explain } from "../../src/index.ts";
import { namedLayer } from "../../src/methods/layers.ts";
import { METHODS } from "../../src/methods/table.ts";
import { readParams } from "../../src/params.ts";
import { images, netBytes, relativeError } from "../nets.ts";
import { type Passes, passesOf, softmax } from "./float64-passes.ts";
import { nhwcNet, open, quantisedNet, smoothNet, tokenNet } from "./nets.ts";
import { bypassNet, gateNet, indexNet, splitNet } from "./tail-nets.ts";

/** Every element of a channel: at all positions, those of class tokens too. */
const isOfChannel = ({ layer, activation }: Passes, i: number, c: number): boolean =>
  layer.layout === "nchw" ? Math.floor(i / (activation.data.length / layer.channels)) === c : i % layer.channels === c;

function ablated(passes: Passes, target: number, fill: number): readonly number[] {
  const { activation, channels, scoresWith } = passes;
  const whole = scoresWith(activation.data)[target] as number;
  const weights = channels.map((_, c) => {
    const without = scoresWith(activation.data.map((v, i) => (isOfChannel(passes, i, c) ? fill : v)))[target] as number;
    return (whole - without) / whole;
  });
  return (channels[0] as readonly number[]).map((_, p) =>
    channels.reduce((s, channel, c) => s + (weights[c] as number) * (channel[p] as number), 0),
  );
}

const KERNEL = [
  [1 / 16, 1 / 8, 1 / 16],
  [1 / 8, 1 / 4, 1 / 8],
  [1 / 16, 1 / 8, 1 / 16],
];

function held(
  { activation, channels, layer, at, scoresWith }: Passes,
  target: number,
  gaussian: boolean,
): readonly number[] {
  const [h, w] = layer.grid;
  return (channels[0] as readonly number[]).map((_, p) => {
    const value = activation.data.slice();
    for (let c = 0; c < channels.length; c++)
      for (let q = 0; q < h * w; q++) {
        const [dy, dx] = [Math.floor(q / w) - Math.floor(p / w), (q % w) - (p % w)];
        const weight = gaussian ? (KERNEL[dy + 1]?.[dx + 1] ?? 0) : Number(q === p);
        value[at(c, q)] = weight * (channels[c]?.[p] as number);
      }
    return softmax(scoresWith(value))[target] as number;
  });
}

const NETS: readonly (readonly [string, Uint8Array, string, readonly number[]])[] = [
  ["int8 and back", quantisedNet, "quantised", [1, 3, 6, 6]],
  ["[N,C,h,w]", smoothNet, "features", [1, 3, 8, 8]],
  ["[N,h,w,C]", nhwcNet, "last", [1, 6, 6, 3]],
  ["tokens after a class token, with a residual around them", tokenNet, "normed", [1, 3, 8, 8]],
  ["a layer with sums and concatenations around it", bypassNet, "middle", [1, 3, 6, 6]],
  ["half of a split", splitNet, "left", [1, 3, 6, 6]],
  ["a layer beside a shape of what lies before it", gateNet, "middle", [1, 3, 6, 6]],
  ["the input itself", smoothNet, "x", [1, 3, 8, 8]],
];

for (const [title, bytes, layer, dims] of NETS)
  describe(`on ${title}`, () => {
    const x = images(dims, 4);
    const ask = { layer, target: 1, threads: 1 } as const;
    it.each([0, -1.5])("Ablation-CAM, channels set to %d", async (fill) => {
      const model = await open(bytes);
      const map = await explain(model, x, { ...ask, method: "ablation-cam", params: { fill } });
      const passes = passesOf(model, layer, x);
      expect(map.dims).toEqual([1, ...passes.layer.grid]);
      expect(relativeError(map.values, ablated(passes, 1, fill))).toBeLessThan(1e-4);
    });
    it.each([true, false])("Recipro-CAM, gaussian=%s", async (gaussian) => {
      const model = await open(bytes);
      const map = await explain(model, x, { ...ask, method: "recipro-cam", params: { gaussian } });
      expect(relativeError(map.values, held(passesOf(model, layer, x), 1, gaussian))).toBeLessThan(1e-5);
    });
    it.each(["ablation-cam", "recipro-cam"])(
      "%s: batch size, other images and targets do not matter",
      async (method) => {
        const model = await open(bytes);
        const two = { dims: [2, ...dims.slice(1)], data: Float32Array.of(...x.data.map((v) => -v), ...x.data) };
        const [one, five] = await Promise.all(
          [1, 5].map((batch) => explain(model, two, { ...ask, target: [0, 1], method, batch })),
        );
        expect(relativeError(five?.values as Float32Array, one?.values as Float32Array)).toBeLessThan(1e-4);
        const alone = await explain(model, x, { ...ask, method });
        const size = alone.values.length;
        expect(relativeError(five?.values.slice(3 * size) as Float32Array, alone.values)).toBeLessThan(1e-4);
      },
    );
  });

describe("the tail", () => {
  const opsOf = (model: Explainer, layer: string): readonly string[] => {
    const classifier = model.classifier({ layer });
    const method = METHODS["ablation-cam"];
    const params = readParams(method.id, method.params, {});
    const plan = method.plan({ classifier, params, layer: namedLayer(classifier, layer), seed: 0 });
    return plan.model.graph.nodes.map((n) => n.op);
  };
  it("begins at the layer: nothing before it is in the rows' graph", async () => {
    const ops = opsOf(await open(smoothNet), "features");
    expect(ops.filter((op) => op === "Conv")).toHaveLength(1);
    expect(ops).not.toContain("Tanh");
    expect(ops).not.toContain("Expand");
  });
  it("computes once what goes around the layer, and repeats it", async () => {
    const ops = opsOf(await open(tokenNet), "normed");
    expect(ops).not.toContain("Conv");
    expect(ops).toContain("Expand");
  });
});

describe("refusals", () => {
  const x = images([1, 3, 8, 8]);
  it("a score of exactly 0 has no shares", async () => {
    const bytes = netBytes(["N", 1, 4, 4], ({ g, x: input, w }) => {
      const a = g.alias(g.op("Relu", [g.op("Conv", [input, w([2, 1, 1, 1])])]), "layer");
      return {
        scores: g.op("Gemm", [g.op("Flatten", [a], { axis: 1 }), w([2, 32], new Float32Array(64))], { transB: 1 }),
      };
    });
    await expect(
      explain(await open(bytes), images([1, 1, 4, 4]), { method: "ablation-cam", layer: "layer", target: 0 }),
    ).rejects.toMatchObject({ code: "E_NUMERIC" });
  });
  it.each(["ablation-cam", "recipro-cam"])("%s: integers that go around the layer", async (method) => {
    const asked = explain(await open(indexNet), images([1, 2, 4, 4]), { method, layer: "middle", target: 0 });
    await expect(asked).rejects.toMatchObject({ code: "E_LAYER_UNSUITABLE" });
    await expect(asked).rejects.toThrow(/goes around the layer and is int64/);
  });
  it("a layer that does not reach the scores", async () => {
    const bytes = netBytes(["N", 3, 8, 8], ({ g, x: input, w }) => ({
      scores: g.op("Gemm", [g.op("Flatten", [input], { axis: 1 }), w([2, 192])], { transB: 1 }),
      aside: g.op("Relu", [g.op("Conv", [input, w([2, 3, 3, 3])])]),
    }));
    await expect(
      explain(await open(bytes), x, { method: "ablation-cam", layer: "aside", target: 0 }),
    ).rejects.toMatchObject({ code: "E_LAYER_UNSUITABLE" });
  });
  it("a fill that is no number", async () => {
    await expect(
      explain(await open(smoothNet), x, { method: "ablation-cam", params: { fill: "black" } }),
    ).rejects.toMatchObject({ code: "E_PARAM" });
  });
});
