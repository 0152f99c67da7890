/** @file RISE against masks that are enlarged, cropped and laid over the image one by one. */
import { describe, expect, it } from "vitest";
import { upsampleBilinear } from "../../src/image/upsample.ts";
import { type Explainer, explain, explainScores, loadModel, METHODS, predict } from "../../src/index.ts";
import type { RowsPlan } from "../../src/methods/method.ts";
import { readParams } from "../../src/params.ts";
import { images, relativeError } from "../nets.ts";
import { linearNet, netBytes, nhwcNet, open, smoothNet } from "./nets.ts";

type Params = Readonly<Record<string, unknown>>;
interface Ask {
  readonly params: Params;
  readonly seed: number;
  readonly target: number;
}

/** sum score * mask / (n p), each mask made of the grid and shift that the plan draws. */
async function byHand(
  model: Explainer,
  x: ReturnType<typeof images>,
  { params, seed, target }: Ask,
): Promise<Float64Array> {
  const classifier = model.classifier();
  const { height, width, channels, layout } = classifier;
  const read = readParams("rise", METHODS.rise.params, params);
  const [s, n, p, base] = [read.feature_res, read.n_masks, read.p_keep, read.baselines] as readonly number[] as [
    number,
    number,
    number,
    number,
  ];
  const plan = METHODS.rise.plan({ classifier, params: read, layer: undefined, seed }) as RowsPlan;
  const total = new Float64Array(height * width);
  let rows = 0;
  for (const row of plan.rows({ x: x.data, cotangent: new Float32Array(classifier.classes) }, {})) {
    const [grid, shift] = [row["x/grid"] as Float32Array, row["x/shift"] as Float32Array];
    const [cellH, cellW] = [Math.ceil(height / s), Math.ceil(width / s)];
    const [dy, dx] = shift as unknown as readonly [number, number];
    expect(grid.every((v) => v === 0 || v === 1)).toBe(true);
    expect(dy >= 0 && dy < cellH && dx >= 0 && dx < cellW && Number.isInteger(dy) && Number.isInteger(dx)).toBe(true);
    const large = upsampleBilinear(
      { values: Float64Array.from(grid), width: s, height: s },
      { width: (s + 1) * cellW, height: (s + 1) * cellH },
    ) as Float64Array;
    const mask = total.map(
      (_, i) => large[(Math.floor(i / width) + dy) * (s + 1) * cellW + (i % width) + dx] as number,
    );
    const seen = x.data.map((v, i) => {
      const m = mask[layout === "nchw" ? i % (height * width) : Math.floor(i / channels)] as number;
      return v * m + base * (1 - m);
    });
    const score = (await predict(model, { dims: x.dims, data: seen }, { threads: 1 }))[0]?.[target] as number;
    mask.forEach((m, i) => {
      total[i] = (total[i] as number) + score * m;
    });
    rows++;
  }
  expect(rows).toBe(n);
  return total.map((v) => v / (n * p));
}

describe("RISE is what masks laid over the image one by one give", () => {
  it.each<[string, Uint8Array, readonly number[], Params]>([
    ["cells that do not divide the side", smoothNet, [1, 3, 8, 8], { n_masks: 21, feature_res: 3 }],
    ["cells of one pixel", smoothNet, [1, 3, 8, 8], { n_masks: 9, feature_res: 8, p_keep: 0.25 }],
    ["one cell", smoothNet, [1, 3, 8, 8], { n_masks: 6, feature_res: 1 }],
    [
      "an image that is no square, covered by another value",
      linearNet,
      [1, 3, 2, 4],
      { n_masks: 17, feature_res: 2, baselines: -0.5 },
    ],
    ["channels last", nhwcNet, [1, 6, 6, 3], { n_masks: 18, feature_res: 4, baselines: 0.3 }],
  ])("%s", async (_, bytes, dims, params) => {
    const model = await open(bytes);
    const x = images(dims);
    const map = await explain(model, x, { method: "rise", target: 1, params, seed: 11, batch: 4, threads: 1 });
    const { height, width } = model.classifier();
    expect(map.dims).toEqual([1, height, width]);
    expect(map.space).toBe("pixel");
    expect(relativeError(map.values, await byHand(model, x, { params, seed: 11, target: 1 }))).toBeLessThan(2e-5);
  });
  it("a model of a fixed batch, whose values have names that the method might take", async () => {
    const model = await loadModel(
      netBytes({ name: "image", dims: [1, 3, 6, 6] }, ({ g, x, w }) => {
        const a = g.alias(g.op("Tanh", [g.op("Conv", [x, w([4, 3, 3, 3])])]), "mask");
        // couples the samples of a batch
        const b = g.op("Sub", [a, g.op("ReduceMean", [a, g.ints([0, 2, 3])], { keepdims: 1 })]);
        return { score: g.op("Gemm", [g.op("Flatten", [g.op("Relu", [b])], { axis: 1 }), w([3, 64])], { transB: 1 }) };
      }),
    );
    expect(model.classifier().freeBatch).toBe(false);
    const x = images([1, 3, 6, 6]);
    const params = { n_masks: 7, feature_res: 2 };
    const map = await explain(model, x, { method: "rise", target: 2, params, threads: 1 });
    expect(relativeError(map.values, await byHand(model, x, { params, seed: 0, target: 2 }))).toBeLessThan(2e-5);
    await model.dispose();
  });
});

describe("masks", () => {
  it("have the mean p everywhere: a constant score gives its own value", async () => {
    for (const p_keep of [0.2, 0.5]) {
      const map = await explainScores(
        ({ dims }) => new Float32Array(dims[0] as number).fill(3),
        images([1, 3, 12, 10]),
        {
          method: "rise",
          params: { n_masks: 4000, feature_res: 4, p_keep },
          threads: 1,
        },
      );
      // the mean of 4000 Bernoulli cells, five standard deviations; interpolation only narrows it
      const bound = 3 * 5 * Math.sqrt((1 - p_keep) / p_keep / 4000);
      for (const v of map.values) expect(Math.abs(v - 3)).toBeLessThan(bound);
    }
  });
  it("find the one pixel that the score looks at", async () => {
    const at = 5 * 12 + 7;
    const map = await explainScores(
      ({ dims, data }) => Array.from({ length: dims[0] as number }, (_, i) => [data[i * 144 + at] as number]),
      { dims: [1, 1, 12, 12], data: new Float32Array(144).fill(1) },
      { method: "rise", params: { n_masks: 2000, feature_res: 6 }, threads: 1 },
    );
    const best = map.values.indexOf(Math.max(...map.values));
    expect(Math.hypot(Math.floor(best / 12) - 5, (best % 12) - 7)).toBeLessThanOrEqual(1.5);
  });
});

describe("seeds", () => {
  const ask = { method: "rise", target: 1, params: { n_masks: 25, feature_res: 3 }, threads: 1 } as const;
  it("the same seed gives the same bytes, another seed another map", async () => {
    const [model, x] = [await open(smoothNet), images([1, 3, 8, 8])];
    const [a, b, c] = [
      await explain(model, x, { ...ask, seed: 3 }),
      await explain(model, x, { ...ask, seed: 3 }),
      await explain(model, x, { ...ask, seed: 4 }),
    ];
    expect(Buffer.from(a.values.buffer).equals(Buffer.from(b.values.buffer))).toBe(true);
    expect(relativeError(a.values, c.values)).toBeGreaterThan(0.01);
  });
  it("the batch size changes the order of a float32 sum, nothing else", async () => {
    const [model, x] = [await open(smoothNet), images([2, 3, 8, 8])];
    const [one, many] = [await explain(model, x, { ...ask, batch: 1 }), await explain(model, x, { ...ask, batch: 16 })];
    expect(one.dims).toEqual([2, 8, 8]);
    expect(relativeError(one.values, many.values)).toBeLessThan(1e-6);
  });
});

it.each([{ p_keep: 0 }, { p_keep: 1 }, { p_keep: 2 }, { n_masks: 0 }, { feature_res: 1.5 }, { baselines: [1, 2] }])(
  "%j is refused",
  async (params) => {
    await expect(
      explain(await open(smoothNet), images([1, 3, 8, 8]), { method: "rise", params }),
    ).rejects.toMatchObject({
      code: "E_PARAM",
    });
  },
);
