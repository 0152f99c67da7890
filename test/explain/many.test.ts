/** @file Several methods and several targets at once: the same values as one by one, in fewer runs. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Explanation,
  explain,
  explainAll,
  loadModel,
  METHODS,
  type Method,
  OnnxplainError,
  type Progress,
} from "../../src/index.ts";
import { sharedPass } from "../../src/methods/shared-pass.ts";
import { SEEDS } from "../fuzz/seeds.ts";
import { dummyNet, layerNet, linearNet, open, smoothNet } from "../methods/nets.ts";
import { images, netBytes, relativeError } from "../nets.ts";
import { reset, watch } from "./spy.ts";

vi.mock("#ort", async (original) => (await import("./spy.ts")).watched(await original()));
beforeEach(reset);

const ALL = Object.keys(METHODS) as (keyof typeof METHODS)[];
const x = images([2, 3, 8, 8]);
const threads = 1;
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing thrown",
    (e: unknown) => (e instanceof OnnxplainError ? `${e.code} ${e.message}` : String(e)),
  );
const facts = ({ values: _, timings: __, scores: ___, checks: ____, ledgers: _____, ...rest }: Explanation): unknown =>
  rest;

describe("explainAll is explain, method by method", () => {
  it.each(Object.entries(SEEDS))("%s", async (name, bytes) => {
    await using model = await loadModel(bytes);
    const [, ...chw] = (model.classifier().input.dims ?? []) as readonly number[];
    const input = images([2, ...chw]);
    const target = ["predicted", 0];
    const { explanations, failures } = await explainAll(model, input, { methods: ALL, target, threads });
    expect([...explanations.map((e) => e.method), ...failures.map((f) => f.method)].sort()).toEqual([...ALL].sort());
    for (const { error } of failures)
      expect(error.code).toMatch(/^E_(METHOD_UNSUITABLE|NO_DERIVATIVE|LAYER_UNSUITABLE)$/);
    for (const e of explanations) {
      const alone = await explain(model, input, { method: e.method, target, threads });
      expect(relativeError(e.values, alone.values), `${name}/${e.method}`).toBeLessThan(1e-6);
      expect(facts(e), `${name}/${e.method}`).toEqual(facts(alone));
      for (const [i, scores] of e.scores.entries())
        expect(relativeError(scores, alone.scores[i] as Float32Array)).toBeLessThan(1e-6);
      for (const [i, checks] of e.checks.entries())
        expect(Object.keys(checks)).toEqual(Object.keys(alone.checks[i] ?? {}));
    }
    for (const { method, error } of failures)
      expect(await codeOf(explain(model, input, { method }))).toContain(error.code);
  });
  it("with targets that are settled beforehand", async () => {
    const model = await open(smoothNet);
    const target = [2, "0-3"];
    const { explanations } = await explainAll(model, x, { methods: ["ig", "grad-cam", "gradient"], target, threads });
    for (const e of explanations) {
      const alone = await explain(model, x, { method: e.method, target, threads });
      expect(relativeError(e.values, alone.values), e.method).toBeLessThan(1e-6);
      for (const [i, scores] of e.scores.entries())
        expect(relativeError(scores, alone.scores[i] as Float32Array)).toBeLessThan(1e-6);
      expect(e.score).toBeCloseTo(alone.score, 5);
    }
  });
  it("the same method twice, with parameters of its own", async () => {
    const model = await open(smoothNet);
    const { explanations } = await explainAll(model, x, {
      methods: [
        { method: "grad-cam", params: { relu: true } },
        "grad-cam",
        { method: "ig", params: { n_steps: 3 } },
        "ig",
      ],
      params: { n_steps: 6 },
      threads,
    });
    expect(explanations.map((e) => e.params.relu ?? e.params.n_steps)).toEqual([true, false, 3, 6]);
    const [clipped, raw] = explanations as [Explanation, Explanation];
    expect(raw.values.some((v) => v < 0)).toBe(true);
    expect(clipped.values).toEqual(raw.values.map((v) => Math.max(v, 0)));
  });
});

describe("runs and sessions", () => {
  const oneGraph = ["gradient", "input-x-gradient", "grad-cam", "hires-cam", "layer-cam"];
  it("methods of one graph take one run of one session for all targets, the scores included", async () => {
    await using model = await loadModel(smoothNet);
    await explainAll(model, images([1, 3, 8, 8]), { methods: oneGraph, target: [0, 1, 2], threads });
    expect([watch.opened, watch.rows]).toEqual([1, [3]]);
  });
  it("targets that depend on the scores take a forward pass before", async () => {
    await using model = await loadModel(smoothNet);
    await explainAll(model, images([1, 3, 8, 8]), { methods: oneGraph, target: "top3", threads });
    expect([watch.opened, watch.rows]).toEqual([2, [1, 3]]);
  });
  it("methods of many passes share the session of an equal graph", async () => {
    await using model = await loadModel(smoothNet);
    await explainAll(model, x, {
      methods: ["ig", "smoothgrad", "gradient"],
      target: 1,
      params: { n_steps: 4 },
      threads,
    });
    expect(watch.opened).toBe(1);
  });
  it("the forward pass is in the shared graph once", async () => {
    const classifier = (await open(smoothNet)).classifier();
    const part = (id: "gradient" | "input-x-gradient"): Parameters<typeof sharedPass>[1][number] => ({
      emit: (METHODS[id] as Method).emit as Parameters<typeof sharedPass>[1][number]["emit"],
      params: {},
      layer: undefined,
    });
    const nodes = (...ids: ("gradient" | "input-x-gradient")[]): number =>
      sharedPass(classifier, ids.map(part)).plan.model.graph.nodes.length;
    // the second adds a product and a name
    expect(nodes("gradient", "input-x-gradient")).toBe(nodes("gradient") + 2);
    expect(nodes("gradient", "gradient")).toBe(nodes("gradient") + 1);
  });
  it("progress counts all methods together", async () => {
    const seen: Progress[] = [];
    await explainAll(await open(dummyNet), x, {
      methods: ["gradient", "ig", "occlusion"],
      params: { n_steps: 5 },
      batch: 4,
      threads,
      onProgress: (p) => seen.push(p),
    });
    for (const [i, p] of seen.entries()) expect(p.done).toBeGreaterThan(seen[i - 1]?.done ?? 0);
    expect(new Set(seen.map((p) => p.total)).size).toBe(1);
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total);
  });
  it("stops on a signal", async () => {
    const stop = new AbortController();
    const running = explainAll(await open(dummyNet), x, {
      methods: ["gradient", "ig"],
      signal: stop.signal,
      onProgress: () => stop.abort(),
      threads,
    });
    expect(await codeOf(running)).toMatch(/^E_ABORTED/);
  });
});

describe("further outputs", () => {
  it("of methods on one graph do not clash", async () => {
    const classifier = (await open(smoothNet)).classifier();
    const part = (factor: number): Parameters<typeof sharedPass>[1][number] => ({
      params: {},
      layer: undefined,
      emit: ({ g, classifier: { input, scores } }) => ({
        map: g.op("Mul", [g.value(input.name), g.scalar(factor)]),
        notes: [],
        extra: { total: g.op("Mul", [g.value(scores), g.scalar(factor)]) },
        finish: (map, { total }) => ({ checks: { first: map[0] as number, total: total?.[0] as number } }),
      }),
    });
    const { plan, parts } = sharedPass(classifier, [part(2), part(3)]);
    expect(parts).toEqual([[], []]);
    expect(new Set(plan.outputs).size).toBe(5);
    const row = Object.fromEntries(plan.outputs.map((name, i) => [name, Float32Array.of(i + 10)]));
    const fold = plan.fold({ x: new Float32Array(), cotangent: new Float32Array() }, {});
    fold.add(row);
    // outputs in order: map and total of the first, of the second, then the scores
    expect(fold.done().maps.map((m) => m.checks)).toEqual([
      { first: 10, total: 11 },
      { first: 12, total: 13 },
    ]);
    expect(fold.done().scores).toEqual(Float32Array.of(14));
  });
});

describe("methods that do not apply", () => {
  /** A step on the way: nothing differentiable leads to the input. */
  const rounded = netBytes(["N", 3, 8, 8], ({ g, x: input, w }) => {
    const a = g.op("Relu", [g.op("Conv", [g.op("Round", [input]), w([4, 3, 3, 3])])]);
    return { scores: g.op("MatMul", [g.op("Flatten", [a], { axis: 1 }), w([144, 3])]) };
  });
  it("are failures in a list, and errors alone", async () => {
    const model = await open(rounded);
    const { explanations, failures } = await explainAll(model, x, {
      methods: ["gradient", "occlusion", "grad-cam"],
      threads,
    });
    expect(explanations.map((e) => e.method)).toEqual(["occlusion", "grad-cam"]);
    expect(failures.map((f) => [f.method, f.error.code])).toEqual([["gradient", "E_LAYER_UNSUITABLE"]]);
    expect(await codeOf(explainAll(model, x, { methods: ["gradient"], threads }))).toMatch(/^E_LAYER_UNSUITABLE/);
  });
  it("without a layer to read", async () => {
    const { explanations, failures } = await explainAll(await open(linearNet), images([1, 3, 2, 4]), {
      methods: ["grad-cam", "gradient"],
      threads,
    });
    expect(explanations.map((e) => e.method)).toEqual(["gradient"]);
    expect(failures.map((f) => f.error.code)).toEqual(["E_LAYER_UNSUITABLE"]);
  });
});

describe("parameters", () => {
  const ask = async (methods: readonly string[], params: Readonly<Record<string, unknown>>): Promise<unknown> =>
    (await explainAll(await open(dummyNet), x, { methods, params, threads })).explanations.map((e) => e.params);
  it("go to the methods that know them; METHOD.name to one alone, and first", async () => {
    expect(await ask(["gradient", "ig", "grad-cam"], { n_steps: "7", relu: true })).toMatchObject([
      {},
      { n_steps: 7 },
      { relu: true },
    ]);
    expect(await ask(["grad-cam", "layer-cam"], { relu: "true", "Layer_CAM.relu": "false" })).toMatchObject([
      { relu: true },
      { relu: false },
    ]);
    expect(await ask(["ig"], { "ig.n-steps": 3 })).toMatchObject([{ n_steps: 3 }]);
  });
  it("that nobody knows are refused, with all that are known", async () => {
    expect(await codeOf(ask(["gradient", "ig"], { steps: 3 }))).toMatch(/^E_PARAM .*`steps`.*gradient: .*n_steps/);
    expect(await codeOf(ask(["ig"], { steps: 3 }))).toMatch(/^E_PARAM `integrated-gradients` has no parameter/);
    expect(await codeOf(ask(["gradient", "ig"], { "occlusion.strides": 3 }))).toMatch(/^E_PARAM .*not among/);
    expect(await codeOf(ask(["gradient", "ig"], { "gradient.n_steps": 3 }))).toMatch(
      /^E_PARAM `gradient` has no parameter/,
    );
    expect(await codeOf(ask([], {}))).toMatch(/^E_PARAM/);
  });
});

describe("layers", () => {
  it("are read by those that read one; a note says when nobody does", async () => {
    const model = await loadModel(layerNet([2, 4, 4], [Float32Array.from({ length: 32 }, (_, i) => i)]));
    const input = images([1, 2, 4, 4]);
    const both = await explainAll(model, input, { methods: ["gradient", "grad-cam"], layer: "layer", threads });
    expect(both.explanations.map((e) => e.layer?.name)).toEqual([undefined, "layer"]);
    expect(both.explanations.flatMap((e) => e.notes).join()).not.toMatch(/reads no layer/);
    const alone = await explain(model, input, { method: "gradient", layer: "layer", threads });
    expect([alone.layer, alone.notes.join()]).toEqual([undefined, expect.stringMatching(/reads no layer/)]);
    const own = await explainAll(model, input, {
      methods: [{ method: "grad-cam", layer: "layer" }, "grad-cam"],
      threads,
    });
    expect(own.explanations[0]?.layer?.name).toBe("layer");
    expect(
      await codeOf(explainAll(model, input, { methods: ["gradient", "grad-cam"], layer: "lay", threads })),
    ).toMatch(/^E_LAYER_UNKNOWN/);
  });
});

describe("targets", () => {
  const targets = async (
    target: Parameters<typeof explain>[2]["target"],
    labels?: readonly string[],
  ): Promise<readonly unknown[]> => {
    await using model = await loadModel(smoothNet, labels ? { labels } : {});
    const e = await explain(model, images([1, 3, 8, 8]), { method: "gradient", target, threads });
    return e.targets.map(({ index, against }) => (against === undefined ? index : `${index}-${against}`));
  };
  it("topN are the N largest scores, largest first", async () => {
    const model = await open(smoothNet);
    const e = await explain(model, x, { method: "gradient", target: "top3", threads });
    expect(e.dims[0]).toBe(6);
    for (const image of [0, 1]) {
      const scores = e.scores[3 * image] as Float32Array;
      const order = [0, 1, 2, 3].sort((a, b) => (scores[b] as number) - (scores[a] as number));
      expect(e.targets.slice(3 * image, 3 * image + 3).map((t) => t.index)).toEqual(order.slice(0, 3));
    }
  });
  it("separated by commas are a list, unless they are one label", async () => {
    expect(await targets("0,2-1, 3")).toEqual([0, "2-1", 3]);
    expect(await targets(["0,1", 2])).toEqual([0, 1, 2]);
    const labels = ["tench, Tinca tinca", "goldfish", "top1", "cat"];
    expect(await targets("tench, Tinca tinca", labels)).toEqual([0]);
    expect(await targets("goldfish,cat", labels)).toEqual([1, 3]);
    expect(await targets("top1", labels)).toEqual([2]);
  });
  it("that do not exist are refused", async () => {
    expect(await codeOf(targets("top9"))).toMatch(/^E_TARGET_RANGE .*top1…top4.*top9/);
    expect(await codeOf(targets("top0"))).toMatch(/^E_TARGET_RANGE/);
    expect(await codeOf(targets("0,17"))).toMatch(/^E_TARGET_RANGE .*17/);
    expect(await codeOf(targets("0,cat"))).toMatch(/^E_TARGET_UNKNOWN .*`cat`/);
    expect(await codeOf(targets(",", ["a", "b"]))).toMatch(/^E_TARGET_UNKNOWN/);
  });
});
