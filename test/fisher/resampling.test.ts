/** @file Algorithm 1: the reference case, the moved vector against the recomputed one, layouts of several cells, orders, edges. */
import { describe, expect, it } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import { cellPlan } from "../../src/fisher/cells.ts";
import { draw } from "../../src/fisher/draw.ts";
import { fisherSums, normalised, rawFisherVector, type VectorKind } from "../../src/fisher/fisher-vector.ts";
import type { Mixture } from "../../src/fisher/mixture.ts";
import { type SpatialLayout, vectorWidth } from "../../src/fisher/pipeline.ts";
import { descriptorRelevance, dimensionRelevance } from "../../src/fisher/relevance.ts";
import { leastRelevantFirst, mostRelevantFirst, replacementOrders } from "../../src/fisher/replacement-orders.ts";
import { orderQualities, type ResamplingTask, resample, type Trace } from "../../src/fisher/resampling.ts";
import { normals, shuffled, uniforms } from "../../src/random.ts";
import { absent, hasShared } from "../shared.ts";
import { goldenCase, MANIFEST } from "./golden.ts";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof OnnxplainError) return error.code;
    throw error;
  }
  return "none";
};

/** Row after row. */
function inTurn(rows: Float64Array): (into: Float64Array) => void {
  let at = 0;
  return (into) => {
    into.set(rows.subarray(at, at + into.length));
    at += into.length;
  };
}

describe.skipIf(!hasShared(MANIFEST))(`the reference case${absent(MANIFEST)}`, () => {
  it("resampling: orders, scores, A, V, histogram", async () => {
    const golden = goldenCase("resampling");
    const [components, width] = golden.shape("mu") as [number, number];
    const [weights, means, deviations] = ["pi", "mu", "sigma"].map(golden.array) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const kind: VectorKind = {
      mixture: { components, width, weights, means, deviations },
      zeroth: true,
      spatial: "none",
    };
    const [w, biases, drawn] = [golden.array("w"), golden.array("b"), golden.array("draws")];
    const random = Int32Array.from(golden.array("random_order"));
    const [replacements, batch, repetitions] = ["I", "batch", "repetitions"].map(golden.param<number>) as [
      number,
      number,
      number,
    ];
    const traces: Trace[] = [];
    for (const image of [0, 1, 2]) {
      const descriptors = { rows: golden.array(`X${image}`) };
      const sums = fisherSums(descriptors, kind);
      const phi = normalised(sums.sums.map((s) => s / sums.active.count));
      const relevance = dimensionRelevance(w, biases[image]!, phi);
      const r2 = (variant: "plain" | "epsilon" | "absolute") =>
        descriptorRelevance(descriptors, kind, sums, relevance, { variant, epsilon: 100 }).values;
      const made = replacementOrders({ plain: r2("plain"), epsilon: r2("epsilon"), absolute: r2("absolute") }, 0);
      golden.expectOutput(`order_plain_${image}`, made.plain.subarray(0, replacements));
      golden.expectOutput(`order_eps100_${image}`, made.epsilon.subarray(0, replacements));
      const orders = { ...made, random: random.subarray(image * replacements, (image + 1) * replacements) };
      const draws = (repetition: number) => {
        const from = (image * repetitions + repetition) * replacements * width;
        return inTurn(drawn.subarray(from));
      };
      const task = { kind, descriptors, sums, weights: w, bias: biases[image]! };
      traces.push(...(await resample(task, orders, { replacements, batch, repetitions, draws })));
    }
    golden.expectOutput(
      "scores",
      traces.flatMap((t) => [...t.scores]),
    );
    golden.expectOutput(
      "A_per_trace",
      traces.map((t) => t.quality as number),
    );
    const found = orderQualities(traces);
    golden.expectOutput(
      "flip_histogram",
      found.flatMap((q) => [...q.histogram]),
    );
    expect(found.map((q) => q.traces)).toEqual([6, 6, 6, 6, 6]);
    const orders = golden.value<readonly string[]>("orders");
    const [a, v] = [golden.value<Record<string, number>>("A"), golden.value<Record<string, number>>("V")];
    for (const [i, name] of orders.entries()) {
      expect(Math.abs((found[i]?.quality as number) - a[name]!)).toBeLessThanOrEqual(1e-8 + 1e-9 * Math.abs(a[name]!));
      expect(found[i]?.flipShare).toBe(v[name]);
    }
  });
});

const mixture: Mixture = {
  components: 3,
  width: 2,
  weights: Float64Array.of(0.5, 0.3, 0.2),
  means: Float64Array.of(0, 0, 2, -1, -2, 1),
  deviations: Float64Array.of(1, 0.5, 0.7, 1.2, 0.4, 0.9),
};
const normal = normals(4);
/** Descriptors with a class in them: some lie where the mixture expects few. */
function task(n: number, { spatial = "none", zeroth = true }: { spatial?: SpatialLayout; zeroth?: boolean } = {}) {
  const kind: VectorKind = { mixture, zeroth, spatial };
  const rows = draw(mixture, n, 8).map((v, i) => (i % 5 === 0 ? v + 1.5 : v));
  const { atoms: parts } = cellPlan(spatial);
  const atoms = Uint8Array.from({ length: n }, (_, i) => (i * 7) % parts);
  const weights = Float64Array.from({ length: vectorWidth(kind) }, normal);
  const descriptors = { rows, atoms };
  return { kind, descriptors, sums: fisherSums(descriptors, kind), weights, bias: 0.2 } satisfies ResamplingTask;
}
const inOrder = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

describe("the moved vector", () => {
  it.each([
    ["none", true],
    ["none", false],
    ["pyramid", true],
  ] as const)("scores as the recomputed one: layout %s, block pi %s", async (spatial, zeroth) => {
    const n = 96;
    const made = task(n, { spatial, zeroth });
    const order = shuffled(n, uniforms(3));
    const replaced = draw(mixture, n, 21);
    const draws = () => inTurn(replaced);
    const other = inOrder(n);
    const traces = await resample(made, { other, order }, { batch: 8, repetitions: 1, draws });
    const trace = traces[1] as Trace;
    expect(trace.scores).toHaveLength(13);
    for (const [point, done] of trace.at.entries()) {
      const rows = made.descriptors.rows.slice();
      for (let i = 0; i < done; i++) rows.set(replaced.subarray(2 * i, 2 * i + 2), 2 * order[i]!);
      const raw = rawFisherVector(rows, mixture, { zeroth, spatial, atoms: made.descriptors.atoms });
      const phi = normalised(raw, cellPlan(spatial).cells);
      const f = phi.reduce((sum, v, d) => sum + v * made.weights[d]!, made.bias);
      expect(Math.abs(trace.scores[point]! - f)).toBeLessThan(1e-9);
    }
  });
  it("does not depend on the other orders, and repeats by seed", async () => {
    const made = task(60);
    const [a, b] = [inOrder(60), inOrder(60).reverse()];
    const run = (orders: Record<string, Int32Array>, seed: number) =>
      resample(made, orders, { batch: 10, repetitions: 2, seed });
    const both = await run({ a, b }, 5);
    expect(both.map((t) => [t.order, t.repetition])).toEqual([
      ["a", 0],
      ["b", 0],
      ["a", 1],
      ["b", 1],
    ]);
    expect((await run({ b }, 5)).map((t) => t.scores)).toEqual([both[1]?.scores, both[3]?.scores]);
    expect((await run({ b }, 6))[0]?.scores).not.toEqual(both[1]?.scores);
    expect(both[0]?.scores).not.toEqual(both[2]?.scores);
  });
});

describe("A and V", () => {
  it("are 0 where f is constant", async () => {
    const made = { ...task(40), weights: new Float64Array(15), bias: 1 };
    for (const q of orderQualities(await resample(made, { a: inOrder(40) }, { batch: 10 })))
      expect(q).toMatchObject({ traces: 5, quality: 0, flipShare: 0 });
  });
  it("tell a good order from a random one, and that from its reverse", async () => {
    const made = task(400);
    // f grows with what the shifted descriptors do to the vector
    const weights = made.sums.sums.map(Math.sign);
    const phi = normalised(made.sums.sums.map((s) => s / 400));
    const r2 = (variant: "plain" | "epsilon" | "absolute") =>
      descriptorRelevance(made.descriptors, made.kind, made.sums, dimensionRelevance(weights, 0, phi), { variant })
        .values;
    const orders = replacementOrders({ plain: r2("plain"), epsilon: r2("epsilon"), absolute: r2("absolute") }, 2);
    const found = orderQualities(
      await resample({ ...made, weights, bias: 0 }, orders, { replacements: 100, batch: 10 }),
    );
    const of = Object.fromEntries(found.map((q) => [q.order, q.quality as number]));
    expect(of.epsilon).toBeGreaterThan(of.random as number);
    expect(of.random).toBeGreaterThan(of["epsilon-lrf"] as number);
  });
  it("are counted from the threshold, over traces of unequal length", async () => {
    const trace = (scores: number[], flips: number[]): Trace<"x"> => ({
      order: "x",
      repetition: 0,
      at: inOrder(scores.length),
      scores: Float64Array.from(scores),
      quality:
        scores.length === 1 ? null : scores.slice(1).reduce((s, f) => s + scores[0]! - f, 0) / (scores.length - 1),
      flips: Uint8Array.from(flips),
    });
    const [found] = orderQualities([trace([3, 2, 0], [0, 1]), trace([1, 0], [0]), trace([5], [])]);
    expect(found).toMatchObject({ traces: 2, quality: 1.5, flipShare: 0.5 });
    expect([found?.histogram, found?.reached, found?.drops]).toEqual([
      Int32Array.of(0, 1),
      Int32Array.of(2, 1),
      Float64Array.of(1, 3),
    ]);
    expect(orderQualities([trace([5], [])])).toMatchObject([{ traces: 0, quality: null, flipShare: null }]);
    const made = task(60);
    const settings = { batch: 10, repetitions: 1 };
    const [plain] = (await resample(made, { a: inOrder(60) }, settings)) as [Trace];
    const threshold = (plain.scores[0]! + plain.scores[6]!) / 2;
    const [moved] = (await resample(made, { a: inOrder(60) }, { ...settings, threshold })) as [Trace];
    expect(moved.flips[5]).toBe(1);
    for (const [i, flip] of moved.flips.entries())
      expect(flip).toBe(Number(moved.scores[i + 1]! > threshold !== moved.scores[0]! > threshold));
  });
});

describe("orders", () => {
  it("keep the order of ties, and refuse what is not a number", () => {
    const relevances = Float64Array.of(1, 3, 3, -2, 1);
    expect([...mostRelevantFirst(relevances)]).toEqual([1, 2, 0, 4, 3]);
    expect([...leastRelevantFirst(relevances)]).toEqual([3, 0, 4, 1, 2]);
    expect(codeOf(() => mostRelevantFirst(Float64Array.of(1, Number.NaN)))).toBe("E_NUMERIC");
  });
  it("random is a permutation of the seed", () => {
    const zeros = new Float64Array(50);
    const random = (seed: number) => replacementOrders({ plain: zeros, epsilon: zeros, absolute: zeros }, seed).random;
    expect([...random(1)].sort((a, b) => a - b)).toEqual([...inOrder(50)]);
    expect(random(1)).toEqual(random(1));
    expect(random(1)).not.toEqual(random(2));
  });
});

describe("edges", () => {
  const points = async (n: number, settings: object): Promise<readonly number[]> => {
    const [trace] = (await resample(task(n), { a: inOrder(n) }, { repetitions: 1, ...settings })) as [Trace];
    expect(trace.scores.every(Number.isFinite)).toBe(true);
    expect(trace.flips).toHaveLength(trace.at.length - 1);
    return [...trace.at];
  };
  it("stops at the last whole batch, at the last descriptor where no batch is whole", async () => {
    expect(await points(25, { batch: 10 })).toEqual([0, 10, 20]);
    expect(await points(30, { batch: 10, replacements: 15 })).toEqual([0, 10]);
    expect(await points(7, { batch: 10 })).toEqual([0, 7]);
    expect(await points(1, {})).toEqual([0, 1]);
    expect(await points(0, {})).toEqual([0]);
    expect(await resample(task(5), {})).toEqual([]);
  });
  it("says how far it is, and stops when told", async () => {
    const control = new AbortController();
    const seen: string[] = [];
    const reason = new Error("enough");
    const onProgress = (points: number, of: number): void => {
      seen.push(`${points}/${of}`);
      if (points === 2) control.abort(reason);
    };
    const settings = { batch: 10, onProgress, signal: control.signal };
    await expect(resample(task(40), { a: inOrder(40) }, settings)).rejects.toBe(reason);
    expect(seen).toEqual(["1/4", "2/4"]);
  });
  it.each([
    ["E_INPUT_SHAPE", { weights: new Float64Array(3) }, inOrder(10), {}],
    ["E_INPUT_SHAPE", { sums: task(9).sums }, inOrder(9), {}],
    ["E_INPUT_SHAPE", {}, inOrder(11), {}],
    ["E_INPUT_SHAPE", {}, Int32Array.of(1, 1), {}],
    ["E_PARAM", {}, inOrder(10), { batch: 0 }],
    ["E_PARAM", {}, inOrder(10), { repetitions: 1.5 }],
    ["E_PARAM", {}, inOrder(10), { replacements: Number.NaN }],
  ] as const)("%s where %o %o %o does not fit", async (code, change, order, settings) => {
    await expect(resample({ ...task(10), ...change }, { order }, settings)).rejects.toMatchObject({ code });
  });
});
