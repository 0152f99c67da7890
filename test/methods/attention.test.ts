/** @file Attention found, rolled out and weighted by gradients: the walk against matrix products and loops in float64. */
import { describe, expect, it } from "vitest";
import { close, extend } from "../../src/diff/emit.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { compile, type Explainer, explain, inspect, loadModel } from "../../src/index.ts";
import { attentionOf, tokenLayer } from "../../src/methods/attention.ts";
import type { NumTensor } from "../../src/ops/num-tensor.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import type { HostTensor } from "../../src/runtime/session.ts";
import { images, relativeError } from "../nets.ts";
import { absent, hasShared, readSharedNpy, shared } from "../shared.ts";
import { ZOO } from "../zoo/zoo.ts";
import { bilinearHead, linearAttention, meanVit, reshapedVit, softmaxGate, tinyVit } from "./attention-nets.ts";
import { nhwcNet, open, smoothNet, tokenNet } from "./nets.ts";

type Matrix = readonly (readonly number[])[];
const TIGHT = 2e-5;
const zoo = new Map<string, Uint8Array>();
const zooBytes = (name: string): Uint8Array => {
  const bytes = zoo.get(name) ?? (ZOO[name] as (typeof ZOO)[string]).bytes();
  zoo.set(name, bytes);
  return bytes;
};

/** Dims of one image. */
const oneOf = (model: Explainer): readonly number[] => [
  1,
  ...(model.classifier().input.dims as readonly number[]).slice(1),
];

const identity = (n: number): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => +(i === j)));
const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => (b[0] as readonly number[]).map((_, j) => row.reduce((s, v, k) => s + v * (b[k]?.[j] as number), 0)));
const plus = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((v, j) => v + (b[i]?.[j] as number)));

/** The attention matrices of one image in float64, [heads,T,T] each. */
function attentionIn(model: Explainer, x: Float32Array): readonly NumTensor[] {
  const { input, model: m } = model.classifier();
  const { maps } = attentionOf(model.classifier());
  const feeds = new Map([[input.name, num("float32", oneOf(model), x)]]);
  const values = interpret(m.graph, feeds, OPS, maps);
  return maps.map((name) => values.get(name) as NumTensor);
}

/** f over heads, averaged: [T,T]. */
function overHeads({ dims }: NumTensor, f: (i: number) => number): Matrix {
  const [heads = 1, queries = 1, keys = 1] = dims.slice(-3);
  return Array.from({ length: queries }, (_, q) =>
    Array.from({ length: keys }, (_, k) => {
      let sum = 0;
      for (let h = 0; h < heads; h++) sum += f((h * queries + q) * keys + k);
      return sum / heads;
    }),
  );
}

/** The class token's row of the product of (A + I)/2, scaled rows; the last patches. */
function rolled(maps: readonly NumTensor[], patches: number): readonly number[] {
  const size = maps[0]?.dims.at(-1) as number;
  let r = identity(size);
  for (const a of maps) {
    const mixed = plus(
      overHeads(a, (i) => 0.5 * (a.data[i] as number)),
      identity(size).map((row) => row.map((v) => 0.5 * v)),
    );
    r = times(
      mixed.map((row) => row.map((v) => v / row.reduce((s, w) => s + w, 0))),
      r,
    );
  }
  return (r[0] as readonly number[]).slice(-patches);
}

/** dS/dA by central differences: the graph is cut at A, which is fed as a value of its own. */
function slopesAt(model: Explainer, x: Float32Array, target: number): readonly Float64Array[] {
  const { input, model: m, scores } = model.classifier();
  const { maps } = attentionOf(model.classifier());
  const image = num("float32", oneOf(model), x);
  return maps.map((name) => {
    const a = interpret(m.graph, new Map([[input.name, image]]), OPS, [name]).get(name) as NumTensor;
    const open = { ...m.graph, nodes: m.graph.nodes.filter((n) => !n.outputs.includes(name)) };
    const scoreWith = (data: Float64Array): number =>
      interpret(
        open,
        new Map([
          [input.name, image],
          [name, { ...a, data }],
        ]),
        OPS,
        [scores],
      ).get(scores)?.data[target] as number;
    const h = 1e-5;
    return Float64Array.from(a.data, (_, i) => {
      const moved = (by: number): Float64Array => Float64Array.from(a.data, (v, j) => (j === i ? v + by : v));
      return (scoreWith(moved(h)) - scoreWith(moved(-h))) / (2 * h);
    });
  });
}

/** R <- R + mean_h (∇A ∘ A)⁺ R; the class token's row. */
function weighed(maps: readonly NumTensor[], slopes: readonly Float64Array[], patches: number): readonly number[] {
  let r = identity(maps[0]?.dims.at(-1) as number);
  for (const [l, a] of maps.entries())
    r = plus(
      r,
      times(
        overHeads(a, (i) => Math.max(0, (a.data[i] as number) * (slopes[l]?.[i] as number))),
        r,
      ),
    );
  return (r[0] as readonly number[]).slice(-patches);
}

describe("attention is found", () => {
  it.skipIf(!hasShared("golden"))(`the matrices of the golden ViT are the reference's${absent("golden")}`, async () => {
    const model = await loadModel(shared("golden/models/j_vit.onnx"));
    const classifier = model.classifier();
    const { maps } = attentionOf(classifier);
    expect(maps).toHaveLength(3);
    const g = extend(classifier.model, classifier.ops);
    const session = await openSession(
      writeModelBytes(
        close(
          classifier.model,
          g,
          maps.map((n) => g.value(n)),
        ),
      ),
    );
    const inputs = readSharedNpy("golden/inputs.npy").data as Float32Array;
    const row = 3 * 64 * 64;
    const data = Float32Array.from([0, 1, 2, 0, 1].flatMap((i) => [...inputs.subarray(i * row, (i + 1) * row)]));
    const found = await session.run(
      { [classifier.input.name]: { dtype: "float32", dims: [5, 3, 64, 64], data } },
      maps,
    );
    const want = readSharedNpy("golden/arrays/j_vit/attention.npy");
    expect(want.dims).toEqual([5, 3, 4, 65, 65]);
    const size = 4 * 65 * 65;
    const got = [0, 1, 2, 3, 4].flatMap((r) =>
      maps.flatMap((name) => Array.from((found[name] as HostTensor).data.slice(r * size, (r + 1) * size), Number)),
    );
    expect(relativeError(got, want.data as Float32Array)).toBeLessThan(5e-5);
    await session.dispose();
    await model.dispose();
  });

  it.each([
    ["vit-b", 3, [4, 4], "nchw"],
    ["vit-spelled", 3, [4, 4], "nchw"],
    ["swin-t", 4, [8, 8], "nhwc"],
    ["swin-v2-t", 4, [8, 8], "nhwc"],
    ["maxvit-t", 4, [8, 8], "nchw"],
  ] as const)("%s: %i products; its tokens lie on a grid", async (name, count, grid, layout) => {
    const classifier = (await open(zooBytes(name))).classifier();
    expect(attentionOf(classifier).maps).toHaveLength(count);
    expect(tokenLayer(classifier)).toMatchObject({ grid, layout });
  });

  it("patches cut without a convolution lie behind class and register tokens", async () => {
    expect(tokenLayer((await open(reshapedVit)).classifier())).toMatchObject({
      layout: "tokens",
      grid: [2, 2],
      dims: ["N", 7, 8],
    });
  });

  it.each([
    ["a convolutional network", smoothNet, /no attention/],
    ["channels last, no attention", nhwcNet, /no attention/],
    ["a softmax that gates element by element", softmaxGate, /no attention/],
    ["attention without a softmax", linearAttention, /no attention/],
  ])("%s is refused with the reason", async (_, bytes, reason) => {
    const model = await open(bytes);
    const verdicts = (await inspect(model)).methods;
    for (const method of ["attention-rollout", "chefer"]) {
      const x = images(oneOf(model));
      await expect(explain(model, x, { method })).rejects.toMatchObject({ code: "E_METHOD_UNSUITABLE" });
      await expect(explain(model, x, { method })).rejects.toThrow(reason);
      expect(verdicts.find((v) => v.id === method)?.works).toBe(false);
    }
  });

  it("a product of data that is no attention stops the walk, and is named", async () => {
    await expect(explain(await open(bilinearHead), images([1, 3, 8, 8]), { method: "rollout" })).rejects.toThrow(
      /MatMul.*neither is attention/,
    );
  });
});

describe("rollout", () => {
  it.each([
    ["a class token", tinyVit, 8, 4],
    ["class and register tokens", reshapedVit, 8, 4],
    ["one head, residual without MLP", tokenNet, 8, 4],
    ["vit-b of the zoo", zooBytes("vit-b"), 32, 16],
    ["normalisation spelled out", zooBytes("vit-spelled"), 32, 16],
  ] as const)("the walk is the product of matrices: %s", async (_, bytes, side, patches) => {
    const model = await open(bytes);
    const x = images([2, 3, side, side]);
    const map = await explain(model, x, { method: "attention-rollout" });
    const row = 3 * side * side;
    const want = [0, 1].flatMap((n) => rolled(attentionIn(model, x.data.slice(n * row, (n + 1) * row)), patches));
    expect(map.dims).toEqual([2, Math.sqrt(patches), Math.sqrt(patches)]);
    expect(relativeError(map.values, want)).toBeLessThan(TIGHT);
  });

  it("scores of the mean over patches: every row of the product counts alike", async () => {
    const model = await open(meanVit);
    const x = images([1, 3, 8, 8]);
    const maps = attentionIn(model, x.data);
    let r = identity(4);
    for (const a of maps)
      r = times(
        plus(
          overHeads(a, (i) => 0.5 * (a.data[i] as number)),
          identity(4).map((row) => row.map((v) => 0.5 * v)),
        ),
        r,
      );
    const want = [0, 1, 2, 3].map((j) => r.reduce((s, row) => s + (row[j] as number) / 4, 0));
    const map = await explain(model, x, { method: "attention-rollout" });
    expect(relativeError(map.values, want)).toBeLessThan(TIGHT);
  });

  it("windows, shifts and merged patches: the walk is what mixing tokens forward gives, one unit token at a time", async () => {
    const model = await open(zooBytes("swin-t"));
    const x = images([1, 3, 32, 32]);
    const maps = attentionIn(model, x.data);
    const map = await explain(model, x, { method: "attention-rollout" });
    const want = Array.from({ length: 64 }, (_, i) => {
      let tokens: readonly number[] = Array.from({ length: 64 }, (_, j) => +(i === j));
      tokens = mixed(mixed(tokens, maps[0] as NumTensor, 8, 0), maps[1] as NumTensor, 8, 2);
      tokens = merged(tokens, 8);
      tokens = mixed(mixed(tokens, maps[2] as NumTensor, 4, 0), maps[3] as NumTensor, 4, 0);
      return tokens.reduce((s, v) => s + v, 0) / tokens.length;
    });
    expect(relativeError(map.values, want)).toBeLessThan(TIGHT);
  });

  it.each(["vit-b", "swin-t", "swin-v2-t", "maxvit-t"])("%s: all mass arrives, none is made", async (name) => {
    const model = await open(zooBytes(name));
    const map = await explain(model, images([1, 3, 32, 32]), { method: "attention-rollout" });
    const sum = map.values.reduce((s, v) => s + v, 0);
    expect(Math.min(...map.values)).toBeGreaterThanOrEqual(0);
    if (name === "vit-b") expect(sum).toBeLessThan(1);
    else expect(sum).toBeCloseTo(1, 5);
    expect(sum).toBeGreaterThan(0.5);
  });

  it("is the same for every class", async () => {
    const map = await explain(await open(tinyVit), images([1, 3, 8, 8]), { method: "rollout", target: [0, 1, "3-2"] });
    expect(map.values.subarray(4, 8)).toEqual(map.values.subarray(0, 4));
    expect(map.values.subarray(8, 12)).toEqual(map.values.subarray(0, 4));
  });
});

/** Half a token, half what its window of side 4 gives it, on a grid rolled by `shift`. */
function mixed(tokens: readonly number[], { dims, data }: NumTensor, side: number, shift: number): readonly number[] {
  const across = side / 4;
  const heads = dims.at(-3) as number;
  const place = (window: number, t: number): number => {
    const row = (Math.floor(window / across) * 4 + Math.floor(t / 4) + shift) % side;
    const column = ((window % across) * 4 + (t % 4) + shift) % side;
    return row * side + column;
  };
  const out = tokens.map((v) => v / 2);
  for (let w = 0; w < across * across; w++)
    for (let h = 0; h < heads; h++)
      for (let q = 0; q < 16; q++)
        for (let k = 0; k < 16; k++) {
          const a = data[((w * heads + h) * 16 + q) * 16 + k] as number;
          out[place(w, q)]! += (0.5 * a * (tokens[place(w, k)] as number)) / heads;
        }
  return out;
}
const merged = (tokens: readonly number[], side: number): readonly number[] =>
  Array.from({ length: (side / 2) ** 2 }, (_, i) => {
    const [y, x] = [2 * Math.floor(i / (side / 2)), 2 * (i % (side / 2))];
    return [0, 1, side, side + 1].reduce((s, d) => s + (tokens[y * side + x + d] as number) / 4, 0);
  });

describe("chefer", () => {
  it.each([
    ["a class token", tinyVit],
    ["class and register tokens", reshapedVit],
    ["one head, residual without MLP", tokenNet],
  ])("the walk is R + mean (∇A ∘ A)⁺ R, gradients by differences in float64: %s", async (_, bytes) => {
    const model = await open(bytes);
    const x = images([1, 3, 8, 8]);
    for (const target of [0, 2]) {
      const map = await explain(model, x, { method: "chefer", target });
      const want = weighed(attentionIn(model, x.data), slopesAt(model, x.data, target), 4);
      expect(relativeError(map.values, want)).toBeLessThan(TIGHT);
    }
  });

  it.each(["swin-t", "swin-v2-t", "maxvit-t"])("%s: defined, not negative, of the class", async (name) => {
    const model = await open(zooBytes(name));
    const { values, dims } = await explain(model, images([1, 3, 32, 32]), { method: "chefer", target: [1, 2] });
    expect(dims).toEqual([2, 8, 8]);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(relativeError(values.subarray(0, 64), values.subarray(64))).toBeGreaterThan(1e-3);
  });
});

describe("as graphs of their own", () => {
  it.each(["attention-rollout", "chefer"])("%s compiles, and runs without us", async (method) => {
    const model = await open(tinyVit);
    const x = images([2, 3, 8, 8]);
    const session = await openSession((await compile(model, { method, target: 1 })).bytes);
    const alone = await session.run({ input: { dtype: "float32", ...x } }, ["saliency_map"]);
    const { values } = await explain(model, x, { method, target: 1 });
    expect(relativeError(alone.saliency_map?.data as Float32Array, values)).toBeLessThan(1e-6);
    await session.dispose();
  });

  it("down to a named layer: the tokens after the first block", async () => {
    const model = await open(zooBytes("vit-b"));
    const { graph } = model.classifier().model;
    const products = graph.nodes.filter((n) => n.op === "LayerNormalization");
    const layer = products[2]?.inputs[0] as string;
    const x = images([1, 3, 32, 32]);
    const map = await explain(model, x, { method: "attention-rollout", layer });
    const want = rolled(attentionIn(model, x.data).slice(1), 16);
    expect(relativeError(map.values, want)).toBeLessThan(TIGHT);
  });
});
