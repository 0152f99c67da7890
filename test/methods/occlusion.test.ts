/** @file Occlusion against a loop that covers windows one by one: clipped borders, channels, strides, baselines. */
import { describe, expect, it } from "vitest";
import { type Explainer, explain, predict } from "../../src/index.ts";
import { dotOf, images, relativeError } from "../nets.ts";
import { nhwcNet, open, smoothNet } from "./nets.ts";

type Triple = readonly [number, number, number];
interface Ask {
  /** Channels, rows, columns. */
  readonly window: Triple;
  readonly strides: Triple;
  readonly fill: (i: number) => number;
  readonly weights: readonly number[];
}

/** Covers every window of the grid by itself, one forward pass each; averages the falls over what covers an element. */
async function bruteForce(
  model: Explainer,
  x: ReturnType<typeof images>,
  { window, strides, fill, weights }: Ask,
): Promise<Float64Array> {
  const nhwc = model.classifier().layout === "nhwc";
  const [, a = 0, b = 0, c = 0] = x.dims;
  const sizes: Triple = nhwc ? [c, a, b] : [a, b, c];
  const score = async (data: Float32Array): Promise<number> =>
    dotOf((await predict(model, { dims: x.dims, data }, { threads: 1 }))[0] as Float32Array, weights);
  const whole = await score(x.data);
  const falls = new Float64Array(x.data.length);
  const counts = new Float64Array(x.data.length);
  const begin = (axis: 0 | 1 | 2): readonly number[] => {
    const out = [0];
    while ((out.at(-1) as number) + window[axis] < sizes[axis]) out.push((out.at(-1) as number) + strides[axis]);
    return out;
  };
  for (const c0 of begin(0))
    for (const y0 of begin(1))
      for (const x0 of begin(2)) {
        const covered: number[] = [];
        for (let ci = c0; ci < Math.min(sizes[0], c0 + window[0]); ci++)
          for (let yi = y0; yi < Math.min(sizes[1], y0 + window[1]); yi++)
            for (let xi = x0; xi < Math.min(sizes[2], x0 + window[2]); xi++)
              covered.push(nhwc ? (yi * sizes[2] + xi) * sizes[0] + ci : (ci * sizes[1] + yi) * sizes[2] + xi);
        const data = x.data.slice();
        for (const i of covered) data[i] = fill(i);
        const fall = whole - (await score(data));
        for (const i of covered) {
          falls[i] = (falls[i] as number) + fall;
          counts[i] = (counts[i] as number) + 1;
        }
      }
  expect(
    counts.every((n) => n > 0),
    "every element is covered",
  ).toBe(true);
  return falls.map((f, i) => f / (counts[i] as number));
}

const x = images([1, 3, 8, 8]);
const zero = (): number => 0;
const one = [0, 1, 0, 0];
const other = images([1, 3, 8, 8], 9).data;
const channel = (i: number): number => [0.5, -0.25, 1][Math.floor(i / 64)] as number;

describe("occlusion is what covering the windows one by one gives", () => {
  it.each<[string, Readonly<Record<string, unknown>>, Partial<Ask>]>([
    [
      "windows that tile the image",
      { sliding_window_shapes: "3,4,4", strides: "3,4,4" },
      { window: [3, 4, 4], strides: [3, 4, 4] },
    ],
    [
      "overlapping windows",
      { sliding_window_shapes: "3,4,4", strides: "3,2,2" },
      { window: [3, 4, 4], strides: [3, 2, 2] },
    ],
    [
      "a last window clipped at the border",
      { sliding_window_shapes: [3, 3, 3], strides: [3, 3, 3] },
      { window: [3, 3, 3], strides: [3, 3, 3] },
    ],
    [
      "clipped on one side only",
      { sliding_window_shapes: [3, 4, 5], strides: [3, 4, 3] },
      { window: [3, 4, 5], strides: [3, 4, 3] },
    ],
    [
      "each channel by itself",
      { sliding_window_shapes: [1, 4, 4], strides: [1, 4, 4] },
      { window: [1, 4, 4], strides: [1, 4, 4] },
    ],
    [
      "two channels at a time, overlapping",
      { sliding_window_shapes: [2, 8, 8], strides: [1, 8, 8] },
      { window: [2, 8, 8], strides: [1, 8, 8] },
    ],
    ["rows and columns", { sliding_window_shapes: [2, 3], strides: [2, 3] }, { window: [3, 2, 3], strides: [3, 2, 3] }],
    [
      "one side, half a window of stride by default",
      { sliding_window_shapes: 4 },
      { window: [3, 4, 4], strides: [3, 2, 2] },
    ],
    [
      "the whole image at once",
      { sliding_window_shapes: [3, 8, 8], strides: [3, 8, 8] },
      { window: [3, 8, 8], strides: [3, 8, 8] },
    ],
    ["defaults: an eighth of the side", {}, { window: [3, 1, 1], strides: [3, 1, 1] }],
    ["filled with a number", { sliding_window_shapes: 4, strides: 4, baselines: 0.75 }, { fill: () => 0.75 }],
    [
      "filled with a number for each channel",
      { sliding_window_shapes: 4, strides: 4, baselines: [0.5, -0.25, 1] },
      { fill: channel },
    ],
    [
      "filled with another input",
      { sliding_window_shapes: 4, strides: 4, baselines: other },
      { fill: (i) => other[i] as number },
    ],
  ])("%s", async (_, params, ask) => {
    const model = await open(smoothNet);
    const map = await explain(model, x, { method: "occlusion", target: 1, params });
    const want = await bruteForce(model, x, {
      window: [3, 4, 4],
      strides: [3, 4, 4],
      fill: zero,
      weights: one,
      ...ask,
    });
    expect(map.dims).toEqual([1, 3, 8, 8]);
    expect(relativeError(map.values, want)).toBeLessThan(2e-5);
  });
  it("for a contrast of two classes", async () => {
    const model = await open(smoothNet);
    const map = await explain(model, x, {
      method: "occlusion",
      target: "2-0",
      params: { sliding_window_shapes: 4, strides: 4 },
    });
    expect(
      relativeError(
        map.values,
        await bruteForce(model, x, { window: [3, 4, 4], strides: [3, 4, 4], fill: zero, weights: [-1, 0, 1, 0] }),
      ),
    ).toBeLessThan(2e-5);
  });
  it("where the channels come last", async () => {
    const model = await open(nhwcNet);
    const input = images([1, 6, 6, 3]);
    const map = await explain(model, input, {
      method: "occlusion",
      target: 1,
      params: { sliding_window_shapes: [1, 2, 3], strides: [1, 2, 3], baselines: [1, 2, 3] },
    });
    const want = await bruteForce(model, input, {
      window: [1, 2, 3],
      strides: [1, 2, 3],
      fill: (i) => 1 + (i % 3),
      weights: [0, 1, 0],
    });
    expect(map.dims).toEqual([1, 6, 6, 3]);
    expect(relativeError(map.values, want)).toBeLessThan(2e-5);
  });
});

/** Scores with each patch covered: [score, y, x] of its corner, and of the image itself. */
async function patches(
  model: Explainer,
  {
    side,
    stride,
    fill,
    output,
  }: {
    readonly side: number;
    readonly stride: number;
    readonly fill: number;
    readonly output: "logits" | "probability";
  },
): Promise<{ readonly whole: number; readonly list: readonly (readonly [number, number, number])[] }> {
  const score = async (data: Float32Array): Promise<number> =>
    (await predict(model, { dims: x.dims, data }, { output, threads: 1 }))[0]?.[1] as number;
  const begins: number[] = [];
  for (let at = 0; begins.at(-1) !== 8 - side; at += stride) begins.push(Math.min(at, 8 - side));
  const list: [number, number, number][] = [];
  for (const y0 of begins)
    for (const x0 of begins) {
      const inside = (i: number): boolean => {
        const [yi, xi] = [Math.floor((i % 64) / 8), i % 8];
        return yi >= y0 && yi < y0 + side && xi >= x0 && xi < x0 + side;
      };
      list.push([await score(x.data.map((v, i) => (inside(i) ? fill : v))), y0, x0]);
    }
  return { whole: await score(x.data), list };
}

describe("a square patch, its last row and column moved inside, in three readings", () => {
  const covers = (i: number, [, y0, x0]: readonly [number, number, number], side: number): boolean => {
    const [yi, xi] = [Math.floor((i % 64) / 8), i % 8];
    return yi >= y0 && yi < y0 + side && xi >= x0 && xi < x0 + side;
  };
  const sum = (list: readonly (readonly [number, ...unknown[]])[]): number => list.reduce((s, [p]) => s + p, 0);
  const grids = [
    { params: { patch: 3 }, side: 3, stride: 1, fill: 0 },
    { params: { patch: 3, stride: 2 }, side: 3, stride: 2, fill: 0 },
    { params: { patch: 5, stride: 5, fill: 0.5 }, side: 5, stride: 5, fill: 0.5 },
    { params: { patch: 8, stride: 1 }, side: 8, stride: 1, fill: 0 },
    { params: { stride: 1, fill: -1 }, side: 1, stride: 1, fill: -1 },
  ];
  it.each(grids)("$params", async ({ params, side, stride, fill }) => {
    const model = await open(smoothNet);
    for (const output of ["logits", "probability"] as const) {
      const { whole, list } = await patches(model, { side, stride, fill, output });
      const map = async (variant: string): Promise<Float32Array> =>
        (
          await explain(model, x, {
            method: "occlusion",
            target: 1,
            params: { ...params, variant },
            output,
            threads: 1,
          })
        ).values;
      const each = (f: (covering: typeof list, others: typeof list) => number): Float64Array =>
        Float64Array.from(x.data, (_, i) =>
          f(
            list.filter((p) => covers(i, p, side)),
            list.filter((p) => !covers(i, p, side)),
          ),
        );
      const mean = each((covering) => whole - sum(covering) / covering.length);
      const intent = each((_, others) => sum(others) / list.length);
      expect(relativeError(await map("mean"), mean)).toBeLessThan(2e-5);
      expect(relativeError(await map("paper_intent"), intent)).toBeLessThan(2e-5);
      expect(
        relativeError(
          await map("paper_literal"),
          intent.map((v) => 1 - v),
        ),
      ).toBeLessThan(2e-5);
    }
  });
  it("the readings go with any grid; only falls are signed", async () => {
    const model = await open(smoothNet);
    const ask = { method: "occlusion", target: 1, threads: 1 } as const;
    const grid = { sliding_window_shapes: 4, strides: 4 };
    const [mean, intent] = [
      await explain(model, x, { ...ask, params: grid }),
      await explain(model, x, { ...ask, params: { patch: 4, stride: 4, variant: "paper-intent" } }),
    ];
    const same = await explain(model, x, { ...ask, params: { ...grid, variant: "paper_intent" } });
    expect(same.values).toEqual(intent.values);
    expect([mean.signed, intent.signed]).toEqual([true, false]);
    // on a tiling both rank pixels alike: intent = (sum of scores - whole + fall) / J
    const shift = (intent.values[0] as number) - (mean.values[0] as number) / 4;
    intent.values.forEach((v, i) => {
      expect(v - (mean.values[i] as number) / 4).toBeCloseTo(shift, 5);
    });
  });
});

describe("what cannot be", () => {
  it.each([
    ["strides beyond the window", { sliding_window_shapes: [3, 2, 2], strides: [3, 4, 2] }],
    ["a window larger than the image", { sliding_window_shapes: [3, 9, 4] }],
    ["a window with too many channels", { sliding_window_shapes: [4, 2, 2] }],
    ["four sizes", { sliding_window_shapes: [1, 1, 1, 1] }],
    ["no size at all", { sliding_window_shapes: [] }],
    ["a window of nothing", { sliding_window_shapes: [3, 0, 2] }],
    ["half a pixel", { sliding_window_shapes: 2.5 }],
    ["a baseline of another length", { baselines: [1, 2, 3, 4, 5] }],
    ["a patch larger than the image", { patch: 9 }],
    ["a stride beyond the patch", { patch: 3, stride: 4 }],
    ["a patch and a window", { patch: 3, sliding_window_shapes: 3 }],
    ["a patch and strides of a window", { patch: 3, strides: 2 }],
    ["a window and the stride of a patch", { sliding_window_shapes: 3, stride: 2 }],
    ["two fillings", { fill: 1, baselines: 2 }],
    ["no such reading", { variant: "median" }],
  ])("%s is refused", async (_, params) => {
    await expect(explain(await open(smoothNet), x, { method: "occlusion", params })).rejects.toMatchObject({
      code: "E_PARAM",
    });
  });
});
