/** @file Class activation maps against plain loops on activations and gradients that are known. */
import { describe, expect, it } from "vitest";
import { close, extend, reverse } from "../../src/diff/emit.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { type Explainer, type ExplainOptions, explain } from "../../src/index.ts";
import { namedLayer } from "../../src/methods/layers.ts";
import { OPS } from "../../src/ops/table.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { images, relativeError, wave } from "../nets.ts";
import { layerNet, nhwcNet, open, quantisedNet, smoothNet, tokenNet } from "./nets.ts";

/** Activation and gradient by channel and position: `a[k][p]`. */
interface Known {
  readonly a: readonly (readonly number[])[];
  readonly d: readonly (readonly number[])[];
}
const CAMS = ["grad-cam", "hires-cam", "layer-cam", "grad-cam++", "xgrad-cam"] as const;
type CamId = (typeof CAMS)[number];

/** The formulas, written out. */
function byHand(id: CamId, { a, d }: Known): readonly number[] {
  const sum = (v: readonly number[]): number => v.reduce((s, t) => s + t, 0);
  return (a[0] as readonly number[]).map((_, p) => {
    let total = 0;
    for (const [k, channel] of a.entries()) {
      const slopes = d[k] as readonly number[];
      const [here, slope] = [channel[p] as number, slopes[p] as number];
      if (id === "grad-cam") total += here * (sum([...slopes]) / slopes.length);
      if (id === "hires-cam") total += here * slope;
      if (id === "layer-cam") total += here * Math.max(0, slope);
      if (id === "xgrad-cam") {
        const gained = sum(channel.map((v, i) => v * (slopes[i] as number)));
        total += (here * gained) / (sum([...channel]) + 1e-7);
      }
      if (id === "grad-cam++") {
        const alpha = slopes.map((g) => (g === 0 ? 0 : g ** 2 / (2 * g ** 2 + sum([...channel]) * g ** 3 + 1e-6)));
        total += here * sum(slopes.map((g, i) => (alpha[i] as number) * Math.max(0, g)));
      }
    }
    return total;
  });
}
const cam = (
  model: Explainer,
  x: ReturnType<typeof images>,
  options: Partial<ExplainOptions> & { readonly method: string },
): ReturnType<typeof explain> => explain(model, x, { target: 0, threads: 1, ...options });

describe("SPEC 4.7's example: A = ((1,2),(0,3)), g = ((.5,-1),(0,2))", () => {
  const [a, g] = [
    [1, 2, 0, 3],
    [0.5, -1, 0, 2],
  ];
  const bytes = layerNet([1, 2, 2], [g, [1, 1, 1, 1]]);
  const x = { dims: [1, 1, 2, 2], data: Float32Array.from(a) };
  const map = async (method: string): Promise<readonly number[]> =>
    Array.from((await cam(await open(bytes), x, { method, layer: "layer" })).values);
  const close5 = (got: readonly number[], want: readonly number[]): void => {
    for (const [i, v] of want.entries()) expect(got[i]).toBeCloseTo(v, 5);
  };
  it("Grad-CAM: w = .375", async () =>
    close5(
      await map("grad-cam"),
      a.map((v) => 0.375 * v),
    ));
  it("Grad-CAM++: w = .242857", async () => {
    const alpha = [0.2, -0.25, 0, 0.071429];
    expect(alpha.reduce((s, v, i) => s + v * Math.max(0, g[i] as number), 0)).toBeCloseTo(0.242857, 5);
    close5(
      await map("grad-cam++"),
      a.map((v) => 0.242857 * v),
    );
  });
  it("HiResCAM: A times g", async () => close5(await map("hires-cam"), [0.5, -2, 0, 6]));
  it("LayerCAM: A times positive g", async () => close5(await map("layer-cam"), [0.5, 0, 0, 6]));
});

describe("several channels of known gradient", () => {
  const dims = [3, 2, 4] as const;
  const gradients = [wave(24, 21), wave(24, 22)];
  const bytes = layerNet(dims, gradients);
  const x = { dims: [2, ...dims], data: wave(48, 23) };
  const split = (v: ArrayLike<number>, positive: boolean): readonly (readonly number[])[] =>
    [0, 1, 2].map((k) =>
      Array.from({ length: 8 }, (_, p) => (positive ? Math.max(0, v[k * 8 + p] as number) : (v[k * 8 + p] as number))),
    );
  // a ReLU's derivative lies before the layer: the layer's own gradient is the row of the head
  it.each(CAMS)("%s, each image of a batch with its own target", async (method) => {
    const map = await explain(await open(bytes), x, { method, layer: "layer", target: [0, 1] });
    expect(map.dims).toEqual([4, 2, 4]);
    for (const image of [0, 1])
      for (const target of [0, 1]) {
        const want = byHand(method, {
          a: split(x.data.slice(image * 24, image * 24 + 24), true),
          d: split(gradients[target] as Float32Array, false),
        });
        const at = (image * 2 + target) * 8;
        expect(relativeError(map.values.slice(at, at + 8), want), `image ${image}, class ${target}`).toBeLessThan(1e-5);
      }
  });
  it.each(CAMS)("%s with relu=true is clipped at 0 and says that it is unsigned", async (method) => {
    const model = await open(bytes);
    const [raw, clipped] = [
      await cam(model, x, { method, layer: "layer" }),
      await cam(model, x, { method, layer: "layer", params: { relu: true } }),
    ];
    expect(Array.from(clipped.values)).toEqual(Array.from(raw.values, (v) => Math.max(0, v)));
    expect([raw.signed, clipped.signed]).toEqual([true, false]);
    if (method === "hires-cam") expect(raw.values.some((v) => v < 0)).toBe(true);
  });
  it("HiResCAM on the last layer before a linear head sums to the score", async () => {
    const map = await cam(await open(bytes), x, { method: "hires-cam", layer: "layer" });
    expect(map.values.slice(0, 8).reduce((s, v) => s + v, 0)).toBeCloseTo(map.scores[0]?.[0] as number, 4);
  });
});

/** Activation and gradient of a layer, fetched by a graph of their own, and brought to channels by positions. */
async function fetched(model: Explainer, layer: string, x: ReturnType<typeof images>, target: number): Promise<Known> {
  const classifier = model.classifier({ layer });
  const g = extend(classifier.model, OPS);
  const cotangent = g.input("dy", "float32", ["N", classifier.classes]);
  const gradient = reverse({
    g,
    nodes: classifier.model.graph.nodes,
    ops: OPS,
    from: new Map([[classifier.scores, cotangent]]),
    to: [layer],
  }).cotangents.get(layer);
  const session = await openSession(
    writeModelBytes(
      close(classifier.model, g, [
        g.alias(g.value(layer), "a"),
        g.alias(gradient as NonNullable<typeof gradient>, "d"),
      ]),
    ),
  );
  const dy = Float32Array.from({ length: classifier.classes }, (_, i) => (i === target ? 1 : 0));
  const out = await session.run({
    [classifier.input.name]: { dtype: "float32", ...x },
    dy: { dtype: "float32", dims: [1, classifier.classes], data: dy },
  });
  await session.dispose();
  const { layout, grid, channels } = namedLayer(classifier, layer);
  const count = grid[0] * grid[1];
  const arrange = (data: ArrayLike<number>): readonly (readonly number[])[] => {
    const skipped = layout === "nchw" ? 0 : data.length / channels - count;
    return Array.from({ length: channels }, (_, k) =>
      Array.from(
        { length: count },
        (__, p) => data[layout === "nchw" ? k * count + p : (skipped + p) * channels + k] as number,
      ),
    );
  };
  return { a: arrange(out.a?.data as Float32Array), d: arrange(out.d?.data as Float32Array) };
}

describe("layers of every layout, activation and gradient fetched separately", () => {
  const cases: readonly (readonly [string, Uint8Array, string, readonly number[], readonly number[]])[] = [
    ["[N,C,h,w]", smoothNet, "features", [1, 3, 8, 8], [8, 8]],
    ["[N,h,w,C]", nhwcNet, "last", [1, 6, 6, 3], [4, 4]],
    ["tokens after a class token", tokenNet, "normed", [1, 3, 8, 8], [2, 2]],
    ["int8 and back", quantisedNet, "quantised", [1, 3, 6, 6], [4, 4]],
  ];
  for (const [title, bytes, layer, dims, grid] of cases)
    it.each(CAMS)(`%s on ${title}`, async (method) => {
      const model = await open(bytes);
      const x = images(dims, 6);
      const map = await cam(model, x, { method, layer, target: 2 });
      expect(map.dims).toEqual([1, ...grid]);
      expect(map.layer?.grid).toEqual(grid);
      expect(relativeError(map.values, byHand(method, await fetched(model, layer, x, 2)))).toBeLessThan(1e-4);
    });
});

describe("choosing a layer", () => {
  it("by itself: the last map with a grid; tokens: the input of the last attention", async () => {
    expect((await cam(await open(smoothNet), images([1, 3, 8, 8]), { method: "grad-cam" })).layer).toMatchObject({
      grid: [3, 3],
      channels: 4,
      layout: "nchw",
    });
    expect((await cam(await open(nhwcNet), images([1, 6, 6, 3]), { method: "grad-cam" })).layer).toMatchObject({
      grid: [4, 4],
      channels: 4,
      layout: "nhwc",
    });
    expect((await cam(await open(tokenNet), images([1, 3, 8, 8]), { method: "grad-cam" })).layer).toMatchObject({
      grid: [2, 2],
      channels: 6,
      layout: "tokens",
    });
  });
  it("by a node's name as well as by a value's", async () => {
    const model = await open(smoothNet);
    const conv = model.source.model.graph.nodes.find((n) => n.op === "Conv");
    const [byNode, byValue] = await Promise.all(
      [conv?.name, conv?.outputs[0]].map((layer) => cam(model, images([1, 3, 8, 8]), { method: "grad-cam", layer })),
    );
    expect(byNode?.values).toEqual(byValue?.values);
  });
  it.each([
    ["ghost", "E_LAYER_UNKNOWN"],
    ["scores", "E_LAYER_UNSUITABLE"],
  ])("%s is refused with %s", async (layer, code) => {
    await expect(cam(await open(smoothNet), images([1, 3, 8, 8]), { method: "grad-cam", layer })).rejects.toMatchObject(
      { code },
    );
  });
  it("a near name is suggested", async () => {
    await expect(
      cam(await open(smoothNet), images([1, 3, 8, 8]), { method: "grad-cam", layer: "Score" }),
    ).rejects.toThrow(/`scores`/);
  });
});
