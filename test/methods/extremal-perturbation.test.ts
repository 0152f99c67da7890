/** @file Extremal perturbation: its mask, its pyramid and its slopes against loops in float64; where the mask goes on a known network. */
import { describe, expect, it } from "vitest";
import { explain } from "../../src/index.ts";
import { extremalPerturbation } from "../../src/methods/extremal-perturbation.ts";
import { emitAtLevel, pyramidSteps } from "../../src/methods/mask-pyramid.ts";
import type { Row, RowResult, StepsPlan } from "../../src/methods/method.ts";
import { emitSmoothMask, type SmoothMask, smoothMask } from "../../src/methods/smooth-max.ts";
import { type NumTensor, num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { readParams } from "../../src/params.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { builder, images, relativeError, sizeOf, wave } from "../nets.ts";
import { channelsLast, contrastOf, patchNet, patchNetFixed, patchNetNhwc, SIDE } from "./mask-nets.ts";
import { open, smoothNet } from "./nets.ts";

const x = images([1, 3, SIDE, SIDE]);
const quick = { jitter: false, smooth: 0, step: 4, max_iter: 250 };

/** The smooth maximum at pixel (v, u) of the mask with its margin, by its equation. */
function maximumAt(cells: ArrayLike<number>, form: SmoothMask, v: number, u: number): number {
  const { rows, columns, step, sigma, padding, radius } = form;
  let [above, below] = [0, 0];
  for (let ky = 0; ky <= 2 * radius; ky++)
    for (let kx = 0; kx <= 2 * radius; kx++) {
      const [i, j] = [Math.floor(v / step) + ky - padding, Math.floor(u / step) + kx - padding];
      const m = i >= 0 && i < rows.cells && j >= 0 && j < columns.cells ? (cells[i * columns.cells + j] as number) : 0;
      const z = Math.hypot(v - sigma - step * i, u - sigma - step * j) / sigma;
      const z0 = m * Math.exp(-2 * Math.max(0, z - 0.5) ** 2);
      above += z0 * Math.exp(20 * z0);
      below += Math.exp(20 * z0);
    }
  return above / below;
}

/** Cells within (0, 1). */
const someCells = (form: SmoothMask, seed = 3): Float64Array =>
  Float64Array.from(wave(form.rows.cells * form.columns.cells, seed), (v) => 0.5 + 0.45 * v);

const fullOf = (cells: ArrayLike<number>, form: SmoothMask): readonly number[] =>
  Array.from({ length: form.rows.pixels * form.columns.pixels }, (_, i) =>
    maximumAt(cells, form, Math.floor(i / form.columns.pixels), i % form.columns.pixels),
  );

describe("the mask", () => {
  it.each([
    [30, 36, 4, 6],
    [32, 32, 1, 3],
    [16, 20, 3, 2.5],
  ])("of %i x %i, a cell every %i pixels, sigma %d, is the smooth maximum of the cells around", (h, w, step, sigma) => {
    const form = smoothMask([h, w], step, sigma);
    const g = builder();
    const cells = g.input("cells", "float32", ["N", form.rows.cells, form.columns.cells]);
    const made = emitSmoothMask(g, cells, form);
    const graph = g.build([g.alias(made.full, "full"), g.alias(made.mask, "mask")]);
    const values = someCells(form);
    const found = interpret(
      graph,
      new Map([["cells", num("float32", [1, form.rows.cells, form.columns.cells], values)]]),
      OPS,
    );
    const want = fullOf(values, form);
    expect(relativeError(found.get("full")?.data ?? [], want)).toBeLessThan(1e-6);
    const { margin, columns } = form;
    const onImage = Array.from(
      { length: h * w },
      (_, i) => want[(Math.floor(i / w) + margin) * columns.pixels + (i % w) + margin] as number,
    );
    expect(relativeError(found.get("mask")?.data ?? [], onImage)).toBeLessThan(1e-6);
  });

  it("of TorchRay's sizes: 224 pixels, step 7, sigma 21", () => {
    const { rows, padding, radius, margin } = smoothMask([224, 224], 7, 21);
    expect([rows.cells, rows.windows, rows.pixels, padding, radius, margin]).toEqual([32, 38, 260, 7, 4, 21]);
  });
});

describe("the pyramid", () => {
  const layout = { channels: 2, height: 9, width: 7 } as const;
  const picture = wave(2 * 9 * 7);

  /** A Gaussian cut at 4 sigma, normalised, zeros beyond the edges, at one pixel. */
  function blurAt(c: number, v: number, u: number, sigma: number): number {
    const reach = Math.ceil(4 * sigma);
    let norm = 0;
    for (let d = -reach; d <= reach; d++) norm += Math.exp(-(d * d) / (2 * sigma * sigma));
    let sum = 0;
    for (let a = -reach; a <= reach; a++)
      for (let b = -reach; b <= reach; b++) {
        const [p, q] = [v + a, u + b];
        if (p >= 0 && p < 9 && q >= 0 && q < 7)
          sum += Math.exp(-(a * a + b * b) / (2 * sigma * sigma)) * (picture[(c * 9 + p) * 7 + q] as number);
      }
    return sum / norm ** 2;
  }
  const levelAt = (kind: "blur" | "fade", l: number, i: number): number => {
    const [c, v, u] = [Math.floor(i / 63), Math.floor((i % 63) / 7), i % 7];
    if (kind === "fade") return ((picture[i] as number) * l) / 3;
    return l === 3 ? (picture[i] as number) : blurAt(c, v, u, 2 * (1 - l / 3));
  };

  it.each(["blur", "fade"] as const)("of %s: each pixel between the two levels its mask names", (kind) => {
    for (const nchw of [true, false]) {
      const x = nchw
        ? picture
        : Float32Array.from(picture, (_, i) => picture[(i % 2) * 63 + Math.floor(i / 2)] as number);
      const frame = { ...layout, layout: nchw ? "nchw" : "nhwc" } as const;
      const steps = pyramidSteps(x, frame, { kind, levels: 4, maxBlur: 2 });
      const g = builder();
      const own = nchw ? [2, 9, 7] : [9, 7, 2];
      const seen = emitAtLevel(
        g,
        g.input("steps", "float32", ["N", 4, ...own]),
        g.input("mask", "float32", ["N", 9, 7]),
        frame.layout,
      );
      const mask = Float64Array.from(wave(63, 8), (v, i) => (i < 4 ? i / 3 : (1 + v) / 2));
      const feeds = new Map<string, NumTensor>([
        ["steps", num("float32", [1, 4, ...own], steps)],
        ["mask", num("float32", [1, 9, 7], mask)],
      ]);
      const got = interpret(g.build([g.alias(seen, "seen")]), feeds, OPS).get("seen")?.data ?? [];
      const want = Array.from({ length: 126 }, (_, at) => {
        const i = nchw ? at : (at % 2) * 63 + Math.floor(at / 2);
        const t = 3 * (mask[i % 63] as number);
        const low = Math.min(2, Math.floor(t));
        return levelAt(kind, low, i) * (low + 1 - t) + levelAt(kind, low + 1, i) * (t - low);
      });
      expect(relativeError(got, want)).toBeLessThan(1e-5);
    }
  });
});

/** The plan's graph at one row, in float64. */
function evaluate(
  { model }: StepsPlan,
  row: Row,
  outputs: readonly string[],
  over: Readonly<Record<string, ArrayLike<number>>> = {},
) {
  const feeds = new Map(
    model.graph.inputs.map(({ name, dims }): [string, NumTensor] => {
      const own = [1, ...(dims as readonly number[]).slice(1)];
      const values = over[name] ?? (row[name] as Float32Array);
      expect(values.length, name).toBe(sizeOf(own));
      return [name, num("float32", own, values)];
    }),
  );
  return interpret(model.graph, feeds, OPS, outputs);
}

async function planOf(params: Readonly<Record<string, unknown>>) {
  const model = await open(smoothNet);
  const classifier = model.classifier();
  const all = readParams("extremal-perturbation", extremalPerturbation.params, params);
  const plan = extremalPerturbation.plan({ classifier, params: all, layer: undefined, seed: 0 }) as StepsPlan;
  const sample = { x: images([1, 3, 8, 8]).data, cotangent: Float32Array.of(0, 1, 0, 0) };
  return { plan, steps: plan.steps(sample, {}), sample };
}

const SETTING = { step: 2, sigma: 3, max_blur: 2, num_levels: 4, smooth: 0 };

describe("the slopes at the cells", () => {
  const form = smoothMask([8, 8], 2, 3);

  it.each(["preserve", "delete"])(
    "of the score, variant %s, mirrored and not: central differences",
    async (variant) => {
      const { plan, steps } = await planOf({ ...SETTING, variant });
      const row = steps.next().value as Row;
      for (const flip of [0, 1]) {
        const cells = someCells(form, 5 + flip);
        const over = { "x/weight": [0], "x/flips": [flip] };
        const scoreAt = (at: Float64Array): number =>
          evaluate(plan, row, ["x/scores"], { ...over, "x/cells": at }).get("x/scores")?.data[1] as number;
        const slope = evaluate(plan, row, ["x/slope"], { ...over, "x/cells": cells }).get("x/slope")?.data ?? [];
        const sign = variant === "preserve" ? -1 : 1;
        const want = Float64Array.from(cells, (_, i) => {
          const by = (d: number): Float64Array => cells.map((v, j) => (j === i ? v + d : v));
          return (sign * (scoreAt(by(1e-6)) - scoreAt(by(-1e-6)))) / 2e-6;
        });
        expect(relativeError(slope, want)).toBeLessThan(1e-6);
      }
    },
  );

  it.each([0.1, 0.35])("of the area constraint, share %d: central differences of its equation", async (area) => {
    const { plan, steps } = await planOf({ ...SETTING, areas: area });
    const row = steps.next().value as Row;
    const cells = someCells(form);
    const full = fullOf(cells, form);
    const outside = Math.floor(full.length * (1 - area));
    expect(row["x/outside"]).toEqual(Float32Array.of(outside));
    const over = { "x/weight": [300], cotangent: [0, 0, 0, 0], "x/cells": cells };
    const slope = evaluate(plan, row, ["x/slope"], over).get("x/slope")?.data ?? [];
    const loss = (at: Float64Array): number => {
      const sorted = [...fullOf(at, form)].sort((a, b) => a - b);
      return (300 * sorted.reduce((s, v, i) => s + (v - +(i >= outside)) ** 2, 0)) / sorted.length;
    };
    const want = Float64Array.from(cells, (_, i) => {
      const by = (d: number): Float64Array => cells.map((v, j) => (j === i ? v + d : v));
      return (loss(by(1e-6)) - loss(by(-1e-6))) / 2e-6;
    });
    expect(relativeError(slope, want)).toBeLessThan(1e-6);
  });

  it("values equal at the cut share it evenly", async () => {
    const { plan, steps } = await planOf({ ...SETTING, areas: 0.3 });
    const row = steps.next().value as Row;
    const over = { "x/weight": [300], cotangent: [0, 0, 0, 0], "x/cells": new Float64Array(16) };
    const slope = evaluate(plan, row, ["x/slope"], over).get("x/slope")?.data ?? [];
    const share = 1 - (row["x/outside"]?.[0] as number) / (form.rows.pixels * form.columns.pixels);
    // all of M is 0, so r is `share` everywhere: the slope is -600 share Σ_u ∂M_u/∂m_i / pixels
    const want = Array.from({ length: 16 }, (_, i) => {
      const only = Float64Array.from({ length: 16 }, (_, j) => (j === i ? 1e-7 : 0));
      const sum = fullOf(only, form).reduce((s, v) => s + v, 0) / 1e-7;
      return (-2 * 300 * share * sum) / (form.rows.pixels * form.columns.pixels);
    });
    expect(relativeError(slope, want)).toBeLessThan(1e-5);
  });
});

describe("the search", () => {
  const answer = (slope: (i: number) => number): RowResult => ({
    "x/slope": Float32Array.from({ length: 16 }, (_, i) => slope(i)),
    "x/scores": Float32Array.of(0, 2, 0, 0),
    "x/mask": new Float32Array(64).fill(0.25),
    "x/area": Float32Array.of(0.125),
  });

  it("moves by momentum 0.9, dampened, within [0, 1], under a growing constraint, mirrored at even steps", async () => {
    const { steps } = await planOf({ ...SETTING, max_iter: 4 });
    const slopes = [(i: number) => 4 * i - 8, (i: number) => 30 - i, (i: number) => -60 + 2 * i, () => 0];
    let cells = new Array<number>(16).fill(1);
    let velocity: readonly number[] = [];
    let next = steps.next();
    for (const [t, slope] of slopes.entries()) {
      const row = next.value as Row;
      expect(relativeError(row["x/cells"] as Float32Array, cells)).toBeLessThan(1e-6);
      expect((row["x/weight"] as Float32Array)[0]).toBeCloseTo(300 * 1.0035 ** t, 3);
      expect(row["x/flips"]).toEqual(Float32Array.of(t % 2 === 0 ? 1 : 0));
      velocity = cells.map((_, i) => (t === 0 ? slope(i) : 0.9 * (velocity[i] as number) + 0.1 * slope(i)));
      cells = cells.map((v, i) => Math.min(1, Math.max(0, v - 0.01 * (velocity[i] as number))));
      next = steps.next(answer(slope));
    }
    expect(new Set(cells).size).toBeGreaterThan(4);
    expect(next).toMatchObject({ done: true, value: { dims: [8, 8], checks: { "area_0.1": 0.125, "score_0.1": 2 } } });
  });

  it("dual looks twice a step: kept with the constraint, deleted without; slopes add", async () => {
    const { steps } = await planOf({ ...SETTING, variant: "dual", max_iter: 2, jitter: false });
    const first = steps.next().value as Row;
    expect([first["x/deletes"], first.cotangent?.[1], first["x/weight"]?.[0]]).toEqual([Float32Array.of(0), -1, 300]);
    const second = steps.next(answer(() => 10)).value as Row;
    expect([second["x/deletes"], second.cotangent?.[1], second["x/weight"]?.[0]]).toEqual([Float32Array.of(1), 1, 0]);
    const third = steps.next(answer((i) => i)).value as Row;
    expect(
      relativeError(
        third["x/cells"] as Float32Array,
        Array.from({ length: 16 }, (_, i) => 0.9 - 0.01 * i),
      ),
    ).toBeLessThan(1e-6);
  });

  it("several areas: one search after another, masks summed, each with its checks", async () => {
    const { plan, steps } = await planOf({ ...SETTING, areas: [0.1, 0.3], max_iter: 1 });
    expect(plan.count).toBe(2);
    const first = steps.next().value as Row;
    const second = steps.next(answer(() => 5)).value as Row;
    expect((first["x/outside"]?.[0] as number) > (second["x/outside"]?.[0] as number)).toBe(true);
    expect(second["x/cells"]).toEqual(new Float32Array(16).fill(1));
    const { value } = steps.next(answer(() => 5)) as {
      readonly value: { readonly values: Float32Array; readonly checks: object };
    };
    expect(value.values).toEqual(new Float32Array(64).fill(0.5));
    expect(Object.keys(value.checks)).toEqual(["area_0.1", "score_0.1", "area_0.3", "score_0.3"]);
  });
});

describe("on a network that looks at one patch", () => {
  it.each([
    ["preserve", 3],
    ["delete", 0.2],
    ["dual", 3],
  ] as const)("%s: the mask lies there, and has its area", async (variant, bound) => {
    const map = await explain(await open(patchNet), x, {
      method: "extremal-perturbation",
      target: 1,
      params: { ...quick, variant },
    });
    expect(map.dims).toEqual([1, SIDE, SIDE]);
    expect([map.space, map.signed]).toEqual(["pixel", false]);
    const { inside, outside } = contrastOf(map.values);
    expect(inside).toBeGreaterThan(0.75);
    expect(outside).toBeLessThan(0.13);
    expect(Math.min(...map.values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...map.values)).toBeLessThanOrEqual(1);
    const { "area_0.1": area = 0, "score_0.1": score = 0 } = map.checks[0] ?? {};
    expect(Math.abs(area - 0.1)).toBeLessThan(0.03);
    if (variant === "delete") expect(score).toBeLessThan(bound);
    else expect(score).toBeGreaterThan(bound);
  });

  it("mirroring sees the patch on the other side as well", async () => {
    const map = await explain(await open(patchNet), x, {
      method: "extremal",
      target: 1,
      params: { ...quick, jitter: true, areas: 0.25 },
    });
    const mirrored = map.values.map((_, i) => map.values[i - (i % SIDE) + SIDE - 1 - (i % SIDE)] as number);
    expect(contrastOf(map.values).inside).toBeGreaterThan(0.7);
    expect(contrastOf(mirrored).inside).toBeGreaterThan(0.7);
  });

  it("channels last, a fixed batch, several images in step: the same masks", async () => {
    const params = { ...quick, max_iter: 40 };
    const both = images([2, 3, SIDE, SIDE]);
    const ask = { method: "extremal-perturbation", target: 1, params, threads: 1 };
    const want = await explain(await open(patchNet), both, ask);
    const last = await explain(
      await open(patchNetNhwc),
      { dims: [2, SIDE, SIDE, 3], data: channelsLast(both.data) },
      ask,
    );
    expect(relativeError(last.values, want.values)).toBeLessThan(1e-3);
    const fixed = await open(patchNetFixed);
    expect(fixed.classifier().freeBatch).toBe(false);
    expect(relativeError((await explain(fixed, both, ask)).values, want.values)).toBeLessThan(1e-3);
    const alone = await explain(
      await open(patchNet),
      { dims: [1, 3, SIDE, SIDE], data: both.data.slice(3 * SIDE * SIDE) },
      ask,
    );
    expect(relativeError(want.values.slice(SIDE * SIDE), alone.values)).toBeLessThan(1e-3);
  });

  it("gives the same bytes twice, counts its steps, and smooths at the end", async () => {
    const seen: number[] = [];
    const ask = { method: "extremal-perturbation", target: 1, params: { ...quick, max_iter: 12 } };
    const model = await open(patchNet);
    const first = await explain(model, x, { ...ask, onProgress: ({ done, total }) => seen.push(done / total) });
    const again = await explain(model, x, { ...ask, seed: 7 });
    expect(again.values).toEqual(first.values);
    expect(seen.length).toBe(12);
    expect(seen.at(-1)).toBe(1);
    const smoothed = await explain(model, x, { ...ask, params: { ...ask.params, smooth: 0.09 } });
    expect(relativeError(smoothed.values, first.values)).toBeGreaterThan(0.01);
  });
});

describe("what cannot be", () => {
  it.each([
    ["an area of nothing", { areas: [0] }],
    ["more than the image", { areas: [0.1, 1] }],
    ["one level", { num_levels: 1 }],
    ["another variant", { variant: "keep" }],
    ["a negative sigma", { sigma: -1 }],
  ])("%s is refused", async (_, params) => {
    await expect(explain(await open(patchNet), x, { method: "ep", params })).rejects.toMatchObject({ code: "E_PARAM" });
  });
});
