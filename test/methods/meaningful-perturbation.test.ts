/** @file Meaningful perturbation: its mask, slopes and steps against their equations; where the mask goes on a known network. */
import { describe, expect, it } from "vitest";
import { explain } from "../../src/index.ts";
import { adam } from "../../src/methods/adam.ts";
import { blurred } from "../../src/methods/blur.ts";
import { meaningfulPerturbation, regularised } from "../../src/methods/meaningful-perturbation.ts";
import type { Folded, Row, RowResult, StepsPlan } from "../../src/methods/method.ts";
import { cellWeights, maskAxis, transposed } from "../../src/methods/smooth-mask.ts";
import { type NumTensor, num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { readParams } from "../../src/params.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { images, relativeError, wave } from "../nets.ts";
import { channelsLast, contrastOf, patchNet, patchNetFixed, patchNetNhwc, SIDE } from "./mask-nets.ts";
import { open, smoothNet } from "./nets.ts";

const x = images([1, 3, SIDE, SIDE]);

describe("the parts", () => {
  it("Adam is its algorithm", () => {
    const step = adam(2, 0.1);
    let [m, v] = [
      [0, 0],
      [0, 0],
    ];
    for (const [t, gradient] of [
      [1, -2],
      [0.5, 0],
      [-3, 1e-3],
    ].entries()) {
      m = m.map((a, i) => 0.9 * a + 0.1 * (gradient[i] as number));
      v = v.map((a, i) => 0.999 * a + 0.001 * (gradient[i] as number) ** 2);
      const want = m.map((a, i) => {
        const square = (v[i] as number) / (1 - 0.999 ** (t + 1));
        return (-0.1 * a) / (1 - 0.9 ** (t + 1)) / (Math.sqrt(square) + 1e-8);
      });
      expect(relativeError(step(gradient), want)).toBeLessThan(1e-12);
    }
  });

  it("a mask is enlarged by Gaussians of its cells' distance; a constant stays", () => {
    const axis = maskAxis(13, 4, 2.5);
    expect(axis.cells).toBe(4);
    for (const shift of [0, 3]) {
      const weights = cellWeights(axis, shift);
      for (let v = 0; v < 13; v++) {
        const row = Array.from({ length: 4 }, (_, u) => Math.exp(-((v + shift - (4 * u + 1.5)) ** 2) / (2 * 2.5 ** 2)));
        const sum = row.reduce((s, w) => s + w, 0);
        const want = row.map((w) => w / sum);
        expect(relativeError(weights.subarray(4 * v, 4 * v + 4), want)).toBeLessThan(1e-6);
      }
    }
    expect(transposed(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3)).toEqual(Float32Array.of(1, 4, 2, 5, 3, 6));
  });

  it.each([3, 2, 1.5])("area and variation pull as their equation's slope, β = %d", (beta) => {
    const params = { l1_coeff: 0.3, tv_coeff: 0.7, tv_beta: beta };
    const cells = Float64Array.from(wave(12), (v) => (1 + v) / 2);
    const loss = (m: Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < 12; i++) {
        sum += 0.3 * (1 - (m[i] as number));
        if (i % 4 < 3) sum += 0.7 * Math.abs((m[i + 1] as number) - (m[i] as number)) ** beta;
        if (i < 8) sum += 0.7 * Math.abs((m[i + 4] as number) - (m[i] as number)) ** beta;
      }
      return sum;
    };
    const want = Float64Array.from(cells, (_, i) => {
      const by = (d: number): Float64Array => cells.map((v, j) => (j === i ? v + d : v));
      return 5 + (loss(by(1e-6)) - loss(by(-1e-6))) / 2e-6;
    });
    expect(relativeError(regularised(new Float64Array(12).fill(5), cells, [3, 4], params), want)).toBeLessThan(1e-7);
  });
});

const SETTING = { upsample_factor: 2, mask_sigma: 1.5, blur_sigma: 1, jitter: 2 };

async function planOf(params: Readonly<Record<string, unknown>>) {
  const classifier = (await open(smoothNet)).classifier();
  const all = readParams("meaningful-perturbation", meaningfulPerturbation.params, params);
  const plan = meaningfulPerturbation.plan({ classifier, params: all, layer: undefined, seed: 4 }) as StepsPlan;
  const sample = { x: images([1, 3, 8, 8]).data, cotangent: Float32Array.of(0, 1, 0, 0) };
  return { plan, classifier, sample, steps: plan.steps(sample, {}) };
}

describe("one step's graph", () => {
  it("the probability through the mask, and its slope: central differences in float64", async () => {
    const { plan, steps, sample, classifier } = await planOf(SETTING);
    const row = steps.next().value as Row;
    const cells = Float64Array.from(wave(16, 6), (v) => (1 + v) / 2);
    const run = (at: Float64Array, names: readonly string[]): ReadonlyMap<string, NumTensor> => {
      const feeds = plan.model.graph.inputs.map(({ name, dims }): [string, NumTensor] => [
        name,
        num(
          "float32",
          [1, ...(dims as readonly number[]).slice(1)],
          name === "x/cells" ? at : (row[name] as Float32Array),
        ),
      ]);
      return interpret(plan.model.graph, new Map(feeds), OPS, names);
    };
    const found = run(cells, ["x/slope", "x/mask", "x/probabilities"]);
    const want = Float64Array.from(cells, (_, i) => {
      const at = (d: number): number =>
        run(
          cells.map((v, j) => (j === i ? v + d : v)),
          ["x/probabilities"],
        ).get("x/probabilities")?.data[1] as number;
      return (at(1e-6) - at(-1e-6)) / 2e-6;
    });
    expect(relativeError(found.get("x/slope")?.data ?? [], want)).toBeLessThan(1e-6);
    const weights = cellWeights(maskAxis(8, 2, 1.5));
    const mask = Array.from({ length: 64 }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < 16; j++)
        sum +=
          (weights[4 * Math.floor(i / 8) + Math.floor(j / 4)] as number) *
          (weights[4 * (i % 8) + (j % 4)] as number) *
          (cells[j] as number);
      return sum;
    });
    expect(relativeError(found.get("x/mask")?.data ?? [], mask)).toBeLessThan(1e-6);
    const blur = blurred(sample.x, classifier, 1);
    const seen = Float32Array.from(sample.x, (v, i) => {
      const m = mask[i % 64] as number;
      return m * v + (1 - m) * (blur[i] as number);
    });
    const { model, input, scores } = classifier;
    const logits =
      interpret(model.graph, new Map([[input.name, num("float32", [1, 3, 8, 8], seen)]]), OPS, [scores]).get(scores)
        ?.data ?? [];
    const powers = Array.from(logits, Math.exp);
    const sum = powers.reduce((s, v) => s + v, 0);
    expect(
      relativeError(
        found.get("x/probabilities")?.data ?? [],
        powers.map((v) => v / sum),
      ),
    ).toBeLessThan(1e-5);
  });
});

describe("the search", () => {
  const answer = (probability: number, slope = 0): RowResult => ({
    "x/slope": new Float32Array(16).fill(slope),
    "x/probabilities": Float32Array.of(0, probability, 0, 0),
    "x/mask": new Float32Array(64).fill(0.75),
  });
  const cellsOf = (row: Row | Folded): readonly number[] => Array.from((row as Row)["x/cells"] as Float32Array);
  const blurredCells = (row: Row | Folded): number => cellsOf(row).filter((m) => m === 0).length;

  it("begins with the smallest centred disc that suppresses 99 percent, then takes steps of Adam", async () => {
    const { steps } = await planOf({ ...SETTING, max_iter: 2, l1_coeff: 0, tv_coeff: 0 });
    const whole = steps.next().value as Row;
    expect(blurredCells(whole)).toBe(0);
    const none = steps.next(answer(0.9)).value;
    expect(blurredCells(none)).toBe(16);
    const one = steps.next(answer(0.1)).value;
    expect(blurredCells(one)).toBe(4);
    const two = steps.next(answer(0.11)).value;
    expect(blurredCells(two)).toBe(12);
    const first = steps.next(answer(0.105)).value;
    expect(cellsOf(first)).toEqual(cellsOf(two));
    const second = steps.next(answer(0.1, -1)).value;
    expect(
      relativeError(
        cellsOf(second),
        cellsOf(two).map((m) => Math.min(1, m + 0.1)),
      ),
    ).toBeLessThan(1e-6);
    const last = steps.next(answer(0.1, -1)).value;
    expect(
      relativeError(
        cellsOf(last),
        cellsOf(two).map((m) => Math.min(1, m + 0.2)),
      ),
    ).toBeLessThan(1e-6);
    const end = steps.next(answer(0.2)) as { readonly done?: boolean; readonly value: Folded };
    expect(end.done).toBe(true);
    expect(end.value.values).toEqual(new Float32Array(64).fill(0.25));
    expect(end.value.checks).toEqual({
      score: expect.closeTo(0.2, 6),
      score_original: expect.closeTo(0.9, 6),
      score_blurred: expect.closeTo(0.1, 6),
      area: 0.25,
    });
  });

  it("where no disc suppresses the score, the whole image is blurred at first", async () => {
    const { steps } = await planOf({ ...SETTING, max_iter: 1 });
    steps.next();
    let row = steps.next(answer(0.9)).value;
    for (let i = 0; i < 3; i++) row = steps.next(answer(i === 0 ? 0.1 : 0.5)).value;
    expect(blurredCells(row)).toBe(16);
  });
});

describe("on a network that looks at one patch", () => {
  it("the patch is blurred, the rest is not, and the class is lost", async () => {
    const map = await explain(await open(patchNet), x, { method: "meaningful-perturbation", target: 1 });
    expect(map.dims).toEqual([1, SIDE, SIDE]);
    expect([map.space, map.signed]).toEqual(["pixel", false]);
    const { inside, outside } = contrastOf(map.values);
    expect(inside).toBeGreaterThan(0.95);
    expect(outside).toBeLessThan(0.25);
    expect(Math.min(...map.values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...map.values)).toBeLessThanOrEqual(1);
    const { score = 1, score_original = 0, score_blurred = 0 } = map.checks[0] ?? {};
    expect(score_original).toBeGreaterThan(0.9);
    expect(score - score_blurred).toBeLessThan(0.02 * (score_original - score_blurred));
  });

  it("channels last, a fixed batch, several images in step: the same masks", async () => {
    const both = images([2, 3, SIDE, SIDE]);
    const ask = { method: "meaningful-perturbation", target: 1, params: { max_iter: 20 }, threads: 1 };
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

  it("the same seed gives the same bytes, another one other jitter", async () => {
    const model = await open(patchNet);
    const ask = { method: "meaningful-perturbation", target: 1, params: { max_iter: 10, jitter: 6 } };
    const first = await explain(model, x, { ...ask, seed: 1 });
    expect((await explain(model, x, { ...ask, seed: 1 })).values).toEqual(first.values);
    expect(relativeError((await explain(model, x, { ...ask, seed: 2 })).values, first.values)).toBeGreaterThan(1e-4);
    expect(first.notes.join()).toMatch(/softmax probability/);
  });

  it("explains the probability where that is asked for", async () => {
    const model = await open(patchNet);
    const ask = { method: "meaningful-perturbation", target: 1, params: { max_iter: 10 } };
    const [logits, probability] = [
      await explain(model, x, ask),
      await explain(model, x, { ...ask, output: "probability" }),
    ];
    expect(relativeError(probability.values, logits.values)).toBeLessThan(1e-4);
  });
});

describe("what cannot be", () => {
  it.each([
    ["no steps", { max_iter: 0 }],
    ["a negative weight", { l1_coeff: -1 }],
    ["cells of no size", { upsample_factor: 0 }],
  ])("%s is refused", async (_, params) => {
    await expect(explain(await open(patchNet), x, { method: "meaningful-perturbation", params })).rejects.toMatchObject(
      { code: "E_PARAM" },
    );
  });
});
