/** @file LRP as users ask for it: composites and rules by name and by value, ranges from the preprocessing, starts, refusals. */
import { describe, expect, it } from "vitest";
import {
  type Composite,
  type ExplainOptions,
  type Explanation,
  explain,
  loadModel,
  OnnxplainError,
} from "../../src/index.ts";
import { COMPOSITES } from "../../src/rules/composites.ts";
import { images, netBytes, relativeError } from "../nets.ts";
import { ZOO } from "../zoo/zoo.ts";

const VGG = (ZOO["vgg-11"] as (typeof ZOO)[string]).bytes();
const run = async (
  bytes: Uint8Array,
  params: Readonly<Record<string, unknown>>,
  more: Partial<ExplainOptions> = {},
): Promise<Explanation> => {
  await using model = await loadModel(bytes);
  const { height, width } = model.classifier();
  return explain(model, images([1, 3, height, width]), { method: "lrp", threads: 1, params, ...more });
};

describe("composites", () => {
  it.each([...COMPOSITES.keys()])("%s gives finite relevance, by any spelling", async (id) => {
    const a = await run(VGG, { composite: id, low: -1, high: 1 });
    const b = await run(VGG, { composite: id.replaceAll("-", "_").toUpperCase(), low: -1, high: 1 });
    expect(a.values.every(Number.isFinite)).toBe(true);
    expect(a.values.some((v) => v !== 0)).toBe(true);
    expect(b.values).toEqual(a.values);
    expect(a.params.composite).toBe(id);
  });
  it("one rule for all layers is a composite", async () => {
    const whole = await run(VGG, { composite: "gamma:0.1" });
    const rows = await run(VGG, { composite: "epsilon", rules: { "conv*": "gamma:0.1", gemm: "gamma:0.1" } });
    expect(relativeError(rows.values, whole.values)).toBeLessThan(1e-6);
  });
  it("epsilon and gamma fill the composite's free parameters, and no others", async () => {
    const filled = await run(VGG, { composite: "epsilon-gamma-box", gamma: 0.7, epsilon: 0.3 });
    const spelled = await run(VGG, { composite: "epsilon-gamma-box", rules: "gemm=epsilon:0.3", gamma: 0.7 });
    expect(relativeError(spelled.values, filled.values)).toBeLessThan(1e-6);
    const fixed = await run(VGG, { composite: "lrp-caffe", epsilon: 5 });
    expect(fixed.values).toEqual((await run(VGG, { composite: "lrp-caffe" })).values);
  });
  it("by value, recorded as it is", async () => {
    const composite: Composite = {
      id: "mine",
      source: "this test",
      rows: [
        ["weighted", { linear: { groups: [{ terms: [{ x: { v: 1 }, w: { v: 1 }, b: { v: 1 } }] }] } }],
        ...(COMPOSITES.get("epsilon-plus") as Composite).rows,
      ],
    };
    const e = await run(VGG, { composite });
    expect(relativeError(e.values, (await run(VGG, { composite: "epsilon" })).values)).toBeLessThan(1e-6);
    expect(JSON.parse(JSON.stringify(e.params.composite))).toEqual(JSON.parse(JSON.stringify(composite)));
  });
});

describe("rules for single layers", () => {
  it("the first that fits wins; patterns ignore case", async () => {
    const e = await run(VGG, { rules: "CONV*=flat;conv*=epsilon" });
    expect(relativeError(e.values, (await run(VGG, { rules: "conv*=flat" })).values)).toBeLessThan(1e-6);
    expect(relativeError(e.values, (await run(VGG, {})).values)).toBeGreaterThan(0.1);
  });
  it.each([
    ["conv*", /`pattern=rule`/],
    ["conv*=gama", /There is no rule `gama`/],
    ["conv*=gamma:x", /1 number \(gamma\)/],
    ["nothing*=flat", /fits no node of the model/],
  ])("`%s` is refused", async (rules, message) => {
    await expect(run(VGG, { rules })).rejects.toThrow(message);
  });
});

describe("z-box", () => {
  it("takes black and white from the preprocessing", async () => {
    const preprocessing = {
      resample: "bilinear",
      channelOrder: "RGB",
      scale: 1 / 255,
      mean: [0.5, 0.4, 0.3],
      std: [0.2, 0.25, 0.5],
      layout: "nchw",
    } as const;
    const low = [-2.5, -1.6, -0.6];
    const high = [2.5, 2.4, 1.4];
    const implied = await run(VGG, { composite: "epsilon-gamma-box" }, { preprocessing });
    const stated = await run(VGG, { composite: "epsilon-gamma-box", low, high });
    expect(relativeError(implied.values, stated.values)).toBeLessThan(1e-5);
  });
  it("two levels for three channels are refused", async () => {
    await expect(run(VGG, { composite: "epsilon-gamma-box", low: [0, 1], high: 1 })).rejects.toThrow(/1 or 3 numbers/);
  });
});

describe("start", () => {
  it("score times the map that begins with 1, which sums to what it says", async () => {
    const one = await run(VGG, { start: "one" });
    const score = await run(VGG, {});
    expect(
      relativeError(
        score.values,
        one.values.map((v) => v * score.score),
      ),
    ).toBeLessThan(1e-5);
    expect(score.checks[0]?.relevance_start).toBeCloseTo(score.score, 4);
    expect(score.checks[0]?.relevance_sum).toBeCloseTo(
      score.values.reduce((s, v) => s + v, 0),
      4,
    );
  });
  it("a contrast starts with both scores", async () => {
    const e = await run(VGG, {}, { target: "2-5" });
    const [scores = new Float32Array()] = e.scores;
    expect(e.checks[0]?.relevance_start).toBeCloseTo((scores[2] as number) - (scores[5] as number), 4);
  });
});

describe("refusals", () => {
  it("attention under a convolutional composite: the nodes, the way out, and what does apply", async () => {
    const error = await run((ZOO["vit-b"] as (typeof ZOO)[string]).bytes(), {}).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(OnnxplainError);
    expect((error as OnnxplainError).code).toBe("E_METHOD_UNSUITABLE");
    expect((error as Error).message).toMatch(
      /`lrp` has no meaning on this model: composite `epsilon-plus` has no rule for \d+ nodes: .*Softmax.*attnlrp.*Methods that apply: gradient, /s,
    );
  });
  it.each(["vit-b", "swin-t", "mobilenet-v3-small", "convnext-t"])("attnlrp serves %s", async (name) => {
    const e = await run((ZOO[name] as (typeof ZOO)[string]).bytes(), { composite: "attnlrp" });
    expect(e.values.every(Number.isFinite)).toBe(true);
    expect(e.values.some((v) => v !== 0)).toBe(true);
  });
  it("a model that ends in a probability that is asked for", async () => {
    const bytes = netBytes(["N", 3, 4, 4], ({ g, x, w }) => ({
      p: g.op("Softmax", [g.op("Gemm", [g.op("Flatten", [x], { axis: 1 }), w([48, 3])])], { axis: 1 }),
    }));
    await expect(run(bytes, {}, { output: "probability" })).rejects.toThrow(/Softmax/);
    expect((await run(bytes, {})).values.every(Number.isFinite)).toBe(true);
  });
});
