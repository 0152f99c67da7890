/** @file Score-CAM, SS-CAM and IS-CAM against loops that mask the image channel by channel, in float64. */
import { describe, expect, it } from "vitest";
import { writeModelBytes } from "../../src/graph/write.ts";
import { type Explainer, explain, loadModel } from "../../src/index.ts";
import { upsampling } from "../../src/methods/upsampling.ts";
import { normals } from "../../src/random.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { builder, images, modelOf, netBytes, relativeError, wave } from "../nets.ts";
import { type Passes, passesOf, softmax } from "./float64-passes.ts";
import { layerNet, nhwcNet, open, quantisedNet, smoothNet, tokenNet } from "./nets.ts";

/** A small map at a pixel of the large one, bilinear, written out. */
function pixel(
  map: readonly number[],
  [h, w]: readonly [number, number],
  [y, x]: readonly [number, number],
  [H, W]: readonly [number, number],
  corners: boolean,
): number {
  const place = (i: number, n: number, N: number): number =>
    Math.min(n - 1, Math.max(0, corners ? (N === 1 ? 0 : (i * (n - 1)) / (N - 1)) : ((i + 0.5) * n) / N - 0.5));
  const [sy, sx] = [place(y, h, H), place(x, w, W)];
  let v = 0;
  for (let j = 0; j < h; j++)
    for (let i = 0; i < w; i++)
      v += Math.max(0, 1 - Math.abs(sy - j)) * Math.max(0, 1 - Math.abs(sx - i)) * (map[j * w + i] as number);
  return v;
}

type Copies = (map: readonly number[]) => readonly (readonly number[])[];
const itself: Copies = (map) => [map];

/** The definition: a mean score for each channel behind its masks, then the weights, then the weighted sum. */
function byHand(
  { classifier, layer, channels, scores }: Passes,
  x: ArrayLike<number>,
  { variant, target, copies = itself }: { readonly variant: string; readonly target: number; readonly copies?: Copies },
): readonly number[] {
  const corners = variant === "softmax";
  const { height, width, channels: depth, layout } = classifier;
  const means: number[] = [];
  const used: (readonly number[])[] = [];
  for (const channel of channels) {
    const large: number[] = [];
    const enlarge = (map: readonly number[], y: number, i: number): number =>
      pixel(map, layer.grid, [y, i], [height, width], corners);
    for (let y = 0; y < height; y++) for (let i = 0; i < width; i++) large.push(enlarge(channel, y, i));
    const [min, max] = [Math.min(...large), Math.max(...large)];
    if (!corners && max - min < 1e-12) continue;
    const scaled = channel.map((v) => (v - min) / (max - min + (corners ? 1e-8 : 0)));
    let mean = 0;
    const masks = copies(scaled);
    for (const mask of masks) {
      const image = Float64Array.from({ length: x.length }, (_, k) => {
        const p = layout === "nchw" ? k % (height * width) : Math.floor(k / depth);
        return (x[k] as number) * enlarge(mask, Math.floor(p / width), p % width);
      });
      const all = scores(image);
      mean += ((corners ? all : softmax(all))[target] as number) / masks.length;
    }
    means.push(mean);
    used.push(channel);
  }
  const weights = corners ? softmax(means) : means;
  return (channels[0] as readonly number[]).map((_, p) =>
    used.reduce((s, channel, k) => s + (weights[k] as number) * (channel[p] as number), 0),
  );
}

const NETS: readonly (readonly [string, Uint8Array, string, readonly number[]])[] = [
  ["int8 and back", quantisedNet, "quantised", [1, 3, 6, 6]],
  ["[N,C,h,w]", smoothNet, "features", [1, 3, 8, 8]],
  ["[N,h,w,C]", nhwcNet, "last", [1, 6, 6, 3]],
  ["tokens after a class token", tokenNet, "normed", [1, 3, 8, 8]],
];

for (const [title, bytes, layer, dims] of NETS)
  describe(`on ${title}`, () => {
    const x = images(dims, 8);
    const ask = { layer, target: 1, threads: 1 } as const;
    it.each(["original", "softmax"])("Score-CAM, %s", async (variant) => {
      const model = await open(bytes);
      const map = await explain(model, x, { ...ask, method: "score-cam", params: { variant } });
      const passes = passesOf(model, layer, x);
      expect(map.dims).toEqual([1, ...passes.layer.grid]);
      expect(relativeError(map.values, byHand(passes, x.data, { variant, target: 1 }))).toBeLessThan(2e-5);
    });
    it.each(["original", "softmax"])("SS-CAM, %s: the mean over noisy masks", async (variant) => {
      const model = await open(bytes);
      const params = { variant, nt_samples: 3, stdevs: 0.5 };
      const map = await explain(model, x, { ...ask, method: "ss-cam", params, seed: 5 });
      const draw = normals(5);
      const copies: Copies = (m) => Array.from({ length: 3 }, () => m.map((v) => v + 0.5 * draw()));
      const want = byHand(passesOf(model, layer, x), x.data, { variant, target: 1, copies });
      expect(relativeError(map.values, want)).toBeLessThan(2e-5);
    });
    it.each([
      ["linear", [0.25, 0.5, 0.75, 1]],
      ["cumulative", [0.25, 0.75, 1.5, 2.5]],
    ] as const)("IS-CAM, %s: the mean over the shares of the mask", async (path, shares) => {
      const model = await open(bytes);
      const map = await explain(model, x, { ...ask, method: "is-cam", params: { n_steps: 4, path } });
      const copies: Copies = (m) => shares.map((s) => m.map((v) => s * v));
      const want = byHand(passesOf(model, layer, x), x.data, { variant: "softmax", target: 1, copies });
      expect(relativeError(map.values, want)).toBeLessThan(2e-5);
    });
  });

describe("channels that are constant", () => {
  const dims = [3, 2, 2] as const;
  const bytes = layerNet(dims, [wave(12, 1), wave(12, 2)]);
  // behind the ReLU: channel 0 is 0 everywhere, channel 1 is 2 everywhere
  const x = { dims: [1, ...dims], data: Float32Array.of(-1, -1, -2, -3, 2, 2, 2, 2, 1, 0.5, -1, 3) };
  const rowsOf = async (model: Explainer, variant: string): Promise<readonly [number, readonly number[]]> => {
    let rows = 0;
    const map = await explain(model, x, {
      method: "score-cam",
      layer: "layer",
      target: 0,
      threads: 1,
      params: { variant },
      onProgress: ({ done }) => {
        rows = done;
      },
    });
    return [rows, Array.from(map.values)];
  };
  it("original leaves them out: one forward, one channel in the map", async () => {
    const model = await open(bytes);
    const [rows, map] = await rowsOf(model, "original");
    expect(rows).toBe(1);
    const want = byHand(passesOf(model, "layer", x), x.data, { variant: "original", target: 0 });
    expect(relativeError(map, want)).toBeLessThan(1e-5);
    expect(map[2]).toBe(0);
  });
  it("softmax counts them as masks of zeros", async () => {
    const model = await open(bytes);
    const [rows, map] = await rowsOf(model, "softmax");
    expect(rows).toBe(3);
    const want = byHand(passesOf(model, "layer", x), x.data, { variant: "softmax", target: 0 });
    expect(relativeError(map, want)).toBeLessThan(1e-5);
    expect(map[2]).toBeGreaterThan(0);
  });
  it("a layer of nothing else gives a map of zeros", async () => {
    const map = await explain(
      await open(bytes),
      { dims: [1, ...dims], data: new Float32Array(12).fill(1) },
      { method: "score-cam", layer: "layer", target: 0, threads: 1 },
    );
    expect(Array.from(map.values)).toEqual([0, 0, 0, 0]);
  });
});

describe("how it is run", () => {
  const x = images([2, 3, 8, 8], 9);
  it.each(["score-cam", "ss-cam", "is-cam"])("%s: the batch size does not matter", async (method) => {
    const model = await open(smoothNet);
    const params = method === "ss-cam" ? { nt_samples: 2 } : {};
    const [one, seven] = await Promise.all(
      [1, 7].map((batch) =>
        explain(model, x, { method, layer: "features", target: [0, 2], threads: 1, batch, params }),
      ),
    );
    expect(one?.dims).toEqual([4, 8, 8]);
    expect(relativeError(seven?.values as Float32Array, one?.values as Float32Array)).toBeLessThan(1e-5);
  });
  it("several images and targets: each as if alone", async () => {
    const model = await open(smoothNet);
    const all = await explain(model, x, { method: "score-cam", layer: "features", target: [0, 2], threads: 1 });
    const alone = await explain(
      model,
      { dims: [1, 3, 8, 8], data: x.data.slice(192) },
      { method: "score-cam", layer: "features", target: 2, threads: 1 },
    );
    expect(relativeError(all.values.slice(192), alone.values)).toBeLessThan(1e-5);
  });
  it("SS-CAM: the same seed gives the same bytes, another seed others", async () => {
    const model = await open(smoothNet);
    const [a, b, c] = await Promise.all(
      [3, 3, 4].map((seed) =>
        explain(model, x, {
          method: "ss-cam",
          layer: "features",
          target: 0,
          threads: 1,
          seed,
          params: { nt_samples: 2 },
        }),
      ),
    );
    expect(b?.values).toEqual(a?.values);
    expect(c?.values).not.toEqual(a?.values);
  });
  it("probabilities are not put through a softmax again", async () => {
    const model = await loadModel(
      netBytes(["N", 3, 6, 6], ({ g, x: input, w }) => {
        const a = g.alias(g.op("Tanh", [g.op("Conv", [input, w([4, 3, 3, 3])])]), "maps");
        const scores = g.op("Gemm", [g.op("Flatten", [a], { axis: 1 }), w([3, 64])], { transB: 1 });
        return { probabilities: g.op("Softmax", [scores], { axis: 1 }) };
      }),
    );
    const one = images([1, 3, 6, 6]);
    const ask = { method: "score-cam", layer: "maps", target: 1, threads: 1 } as const;
    const [logits, probability] = [
      await explain(model, one, ask),
      await explain(model, one, { ...ask, output: "probability" }),
    ];
    expect([logits.scoreKind, probability.scoreKind]).toEqual(["logits", "probability"]);
    expect(relativeError(probability.values, logits.values)).toBeLessThan(1e-5);
    await model.dispose();
  });
  it("a model of a fixed batch, whose input and layer have names that others use", async () => {
    const model = await loadModel(
      netBytes({ name: "image", dims: [1, 3, 6, 6] }, ({ g, x: input, w }) => {
        const a = g.alias(g.op("Tanh", [g.op("Conv", [input, w([4, 3, 3, 3])])]), "features");
        // couples the samples of a batch
        const b = g.op("Sub", [a, g.op("ReduceMean", [a, g.ints([0, 2, 3])], { keepdims: 1 })]);
        return { score: g.op("Gemm", [g.op("Flatten", [g.op("Relu", [b])], { axis: 1 }), w([3, 64])], { transB: 1 }) };
      }),
    );
    expect(model.classifier().freeBatch).toBe(false);
    const one = images([1, 3, 6, 6]);
    const map = await explain(model, one, { method: "score-cam", layer: "features", target: 1, threads: 1 });
    const want = byHand(passesOf(model, "features", one), one.data, { variant: "original", target: 1 });
    expect(relativeError(map.values, want)).toBeLessThan(2e-5);
    await model.dispose();
  });
  it("relu clips, and the map is unsigned then", async () => {
    const model = await open(smoothNet);
    const ask = { method: "score-cam", layer: "features", target: 0, threads: 1 } as const;
    const [raw, clipped] = [await explain(model, x, ask), await explain(model, x, { ...ask, params: { relu: true } })];
    expect(raw.values.some((v) => v < 0)).toBe(true);
    expect(Array.from(clipped.values)).toEqual(Array.from(raw.values, (v) => Math.max(0, v)));
    expect([raw.signed, clipped.signed]).toEqual([true, false]);
  });
  it.each([
    [{ variant: "paper" }, /`original`, `softmax`/],
    [{ nt_samples: 0 }, /nt_samples|has no parameter/],
  ])("%j is refused", async (params, said) => {
    await expect(explain(await open(smoothNet), x, { method: "ss-cam", params })).rejects.toThrow(said);
  });
  it.each(["scorecam", "Score_CAM", "sscam", "iscam"])("%s is found", async (method) => {
    const map = await explain(await open(tokenNet), images([1, 3, 8, 8]), { method, threads: 1 });
    expect(map.method).toMatch(/^(score|ss|is)-cam$/);
  });
});

describe("enlarging", () => {
  const CASES = [
    [
      [3, 4],
      [10, 9],
    ],
    [
      [4, 4],
      [64, 64],
    ],
    [
      [7, 7],
      [224, 224],
    ],
    [
      [5, 3],
      [4, 7],
    ],
    [
      [1, 6],
      [8, 6],
    ],
    [
      [2, 2],
      [1, 3],
    ],
  ] as const;
  for (const alignment of ["corners", "centres"] as const)
    it.each(CASES)(`%j to %j, ${alignment}: every pixel, and the extremes`, async (small, large) => {
      const up = upsampling(small, large, alignment);
      const map = wave(small[0] * small[1], 12);
      const want: number[] = [];
      for (let y = 0; y < large[0]; y++)
        for (let x = 0; x < large[1]; x++)
          want.push(pixel(Array.from(map), small, [y, x], large, alignment === "corners"));
      const g = builder();
      const out = g.alias(up.emit(g, g.input("maps", "float32", ["N", ...small])), "out");
      const session = await openSession(writeModelBytes(modelOf(g.build([out]))));
      const got = await session.run({ maps: { dtype: "float32", dims: [1, ...small], data: map } });
      await session.dispose();
      expect(relativeError(got.out?.data as Float32Array, want)).toBeLessThan(1e-6);
      const [min, max] = up.extremes(map);
      expect(min).toBeCloseTo(Math.min(...want), 12);
      expect(max).toBeCloseTo(Math.max(...want), 12);
    });
});
