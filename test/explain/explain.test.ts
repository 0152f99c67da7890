/** @file The driver: batches, budgets, abort, progress, sessions that come and go, models side by side. */
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Explainer,
  type ExplainOptions,
  type Explanation,
  explain as explainOn,
  type InputTensor,
  loadModel,
  METHODS,
  OnnxplainError,
  type Progress,
  predict as predictOn,
} from "../../src/index.ts";
import { bytesPerRow } from "../../src/runtime/budget.ts";
import { SEEDS } from "../fuzz/seeds.ts";
import { dummyNet, nhwcNet, open, smoothNet } from "../methods/nets.ts";
import { images, netBytes, relativeError, sizeOf } from "../nets.ts";
import { reset, watch } from "./spy.ts";

vi.mock("#ort", async (original) => (await import("./spy.ts")).watched(await original()));
beforeEach(reset);

/** One thread: these networks are too small for more. */
const explain = (model: Explainer, image: InputTensor, options: ExplainOptions): Promise<Explanation> =>
  explainOn(model, image, { threads: 1, ...options });
const predict = (
  model: Explainer,
  image: InputTensor,
  options: Partial<ExplainOptions> = {},
): ReturnType<typeof predictOn> => predictOn(model, image, { threads: 1, ...options });

const x = images([5, 3, 8, 8]);
const rowOf = ({ values, dims }: Explanation, i: number): Float32Array =>
  values.slice(i * sizeOf(dims.slice(1)), (i + 1) * sizeOf(dims.slice(1)));
const bytesOf = (v: Float32Array): Buffer => Buffer.from(v.buffer, v.byteOffset, v.byteLength);
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing thrown",
    (e: unknown) => (e instanceof OnnxplainError ? e.code : String(e)),
  );

const QUICK: readonly ExplainOptions[] = [
  { method: "gradient" },
  { method: "input-x-gradient" },
  { method: "grad-cam" },
  { method: "grad-cam++" },
  { method: "ig", params: { n_steps: 7 } },
  { method: "smoothgrad", params: { nt_samples: 5 } },
  { method: "vargrad", params: { nt_samples: 5 } },
  { method: "occlusion", params: { sliding_window_shapes: 4, strides: 2 } },
];

describe("batching", () => {
  it.each(QUICK.map((o) => [o.method, o] as const))(
    "%s gives the same bytes for batch 1, 3 and 16",
    async (_, options) => {
      const model = await open(dummyNet);
      const [one, three, sixteen] = await Promise.all(
        [1, 3, 16].map((batch) => explain(model, x, { ...options, batch })),
      );
      expect(
        Buffer.compare(bytesOf((three as Explanation).values), bytesOf((one as Explanation).values)),
        "3 against 1",
      ).toBe(0);
      expect(
        Buffer.compare(bytesOf((sixteen as Explanation).values), bytesOf((one as Explanation).values)),
        "16 against 1",
      ).toBe(0);
      expect(three?.scores).toEqual(one?.scores);
    },
  );
  it("no run is larger than the batch, all but the last are full", async () => {
    await explain(await open(dummyNet), x, { method: "ig", params: { n_steps: 7 }, batch: 4 });
    // 5 images: scores 4+1, then 45 rows of the path
    expect(watch.rows).toEqual([4, 1, ...new Array<number>(11).fill(4), 1]);
  });
  it("an image of a batch gets what it gets alone", async () => {
    const model = await open(dummyNet);
    const all = await explain(model, x, { method: "grad-cam" });
    for (let i = 0; i < 5; i++) {
      const alone = await explain(
        model,
        { dims: [3, 8, 8], data: x.data.slice(i * 192, (i + 1) * 192) },
        { method: "grad-cam" },
      );
      expect(relativeError(rowOf(all, i), alone.values)).toBeLessThan(1e-6);
      expect(all.targets[i]).toEqual(alone.targets[0]);
    }
  });
  it.each([0, -1, 2.5, Number.NaN])("a batch of %d is refused", async (batch) => {
    expect(await codeOf(explain(await open(dummyNet), x, { method: "gradient", batch }))).toBe("E_PARAM");
  });
});

describe("the memory budget", () => {
  const rows = async (maxMemory: number): Promise<readonly number[]> => {
    reset();
    await explain(await open(dummyNet), x, { method: "gradient", maxMemory });
    return watch.rows;
  };
  it("limits the rows of a run, down to one", async () => {
    expect(await rows(1)).toEqual(new Array(10).fill(1));
    expect(await rows(2 ** 30)).toEqual([5, 5]);
    const { graph } = METHODS.gradient.plan({
      classifier: (await open(dummyNet)).classifier(),
      params: {},
      layer: undefined,
      seed: 0,
    }).model;
    // the scores alone take less room
    expect(await rows(3.5 * bytesPerRow(graph))).toEqual([5, 3, 2]);
  });
  it("wins against a larger batch", async () => {
    await explain(await open(dummyNet), x, { method: "gradient", maxMemory: 1, batch: 16 });
    expect(Math.max(...watch.rows)).toBe(1);
  });
  it("that is no size is refused", async () => {
    for (const maxMemory of [Number.NaN, 0, -5])
      expect(await codeOf(explain(await open(dummyNet), x, { method: "gradient", maxMemory })), String(maxMemory)).toBe(
        "E_PARAM",
      );
  });
});

describe("stopping", () => {
  it("midway gives E_ABORTED, and leaves the model usable", async () => {
    const model = await open(dummyNet);
    const before = await explain(model, x, { method: "ig" });
    reset();
    const stop = new AbortController();
    const seen: Progress[] = [];
    const running = explain(model, x, {
      method: "ig",
      batch: 10,
      signal: stop.signal,
      onProgress: (p) => {
        seen.push(p);
        if (p.done >= 30) stop.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: "E_ABORTED", message: expect.stringMatching(/30 of 260/) });
    expect(seen.map((p) => p.done)).toEqual([10, 20, 30]);
    const after = await explain(model, x, { method: "ig" });
    expect(Buffer.compare(bytesOf(after.values), bytesOf(before.values))).toBe(0);
  });
  it("before it begins runs nothing", async () => {
    expect(await codeOf(explain(await open(dummyNet), x, { method: "ig", signal: AbortSignal.abort() }))).toBe(
      "E_ABORTED",
    );
    expect(await codeOf(predict(await open(dummyNet), x, { signal: AbortSignal.abort() }))).toBe("E_ABORTED");
    expect(watch.rows).toEqual([]);
  });
});

describe("progress", () => {
  it.each(QUICK.map((o) => [o.method, o] as const))(
    "%s: rises to the total, which never changes",
    async (_, options) => {
      const seen: Progress[] = [];
      await explain(await open(dummyNet), x, { ...options, batch: 4, onProgress: (p) => seen.push(p) });
      expect(seen.length).toBeGreaterThan(1);
      for (const [i, p] of seen.entries()) expect(p.done).toBeGreaterThan(seen[i - 1]?.done ?? 0);
      expect(new Set(seen.map((p) => p.total)).size).toBe(1);
      expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total);
    },
  );
});

describe("sessions", () => {
  const many = (layers: readonly string[]): readonly ExplainOptions[] => [
    ...layers.flatMap((layer) => [
      { method: "grad-cam", layer },
      { method: "hires-cam", layer },
    ]),
    { method: "gradient" },
    { method: "input-x-gradient" },
  ];
  const layersOf = async (bytes: Uint8Array): Promise<readonly string[]> =>
    (await loadModel(bytes)).source.model.graph.nodes.flatMap((n) =>
      n.op === "Conv" || n.op === "Tanh" ? n.outputs : [],
    );

  it("of one graph are shared, whatever the target and the parameters of the path", async () => {
    await using model = await loadModel(smoothNet);
    await explain(model, x, { method: "gradient", target: 0 });
    // the scores come from the same run
    expect(watch.opened).toBe(1);
    for (const options of [
      { method: "gradient", target: 2 },
      { method: "ig" },
      { method: "smoothgrad" },
      { method: "ig", params: { n_steps: 3 } },
    ])
      await explain(model, x, options);
    expect(watch.opened).toBe(2);
  });
  it("beyond four the one used longest ago is closed, and opened again when needed", async () => {
    const before = watch.open;
    await using model = await loadModel(smoothNet);
    const asked = many(await layersOf(smoothNet));
    expect(asked.length).toBeGreaterThan(5);
    const first: Explanation[] = [];
    for (const options of asked) {
      first.push(await explain(model, x, options));
      expect(watch.open - before).toBeLessThanOrEqual(4);
    }
    const opened = watch.opened;
    for (const [i, options] of asked.entries())
      expect((await explain(model, x, options)).values).toEqual(first[i]?.values);
    expect(watch.opened).toBeGreaterThan(opened);
  });
  it("in use are not closed under anybody: many methods of one model at the same time", async () => {
    await using model = await loadModel(smoothNet);
    const asked = many(await layersOf(smoothNet)).map((o) => ({ ...o, batch: 1 }));
    const alone: Explanation[] = [];
    for (const options of asked) alone.push(await explain(model, x, options));
    await model.dispose();
    const together = await Promise.all(asked.map((options) => explain(model, x, options)));
    for (const [i, map] of together.entries()) expect(map.values).toEqual(alone[i]?.values);
  });
  it("that are disposed while in use end the explanation with a code, and nothing crashes", async () => {
    const model = await loadModel(smoothNet);
    const running = codeOf(
      explain(model, x, {
        method: "ig",
        batch: 1,
        onProgress: ({ done }) => {
          if (done === 3) void model.dispose();
        },
      }),
    );
    expect(await running).toBe("E_ABORTED");
    expect((await explain(model, x, { method: "gradient" })).dims).toEqual([5, 3, 8, 8]);
    await model.dispose();
  });
  it("are closed by dispose, after which the model works again", async () => {
    const before = watch.open;
    const model = await loadModel(smoothNet);
    const first = await explain(model, x, { method: "gradient" });
    expect(watch.open).toBe(before + 2);
    await model.dispose();
    expect(watch.open).toBe(before);
    await model.dispose();
    expect((await explain(model, x, { method: "gradient" })).values).toEqual(first.values);
    await model[Symbol.asyncDispose]();
    expect(watch.open).toBe(before);
  });
});

describe("fixed batch sizes", () => {
  const fixed = (n: number): Uint8Array =>
    netBytes([n, 3, 8, 8], ({ g, x: input, w }) => {
      // mixes the samples, so that no other batch size would mean the same
      const a = g.op("Relu", [g.op("Conv", [input, w([4, 3, 3, 3])])]);
      const mixed = g.op("CumSum", [a, g.scalar(0, "int64")]);
      return { scores: g.op("MatMul", [g.op("Flatten", [mixed], { axis: 1 }), w([144, 3])]) };
    });
  it("a model whose batch of 1 cannot be freed works row by row, and says so", async () => {
    const model = await loadModel(fixed(1));
    expect(model.classifier().freeBatch).toBe(false);
    const map = await explain(model, x, { method: "ig", params: { n_steps: 4 }, batch: 16 });
    expect(map.dims).toEqual([5, 3, 8, 8]);
    expect(new Set(watch.rows)).toEqual(new Set([1]));
    expect(map.notes.join()).toMatch(/batch size .* stays 1/);
    const alone = await explain(
      model,
      { dims: [1, 3, 8, 8], data: x.data.slice(192, 384) },
      { method: "ig", params: { n_steps: 4 } },
    );
    expect(Array.from(rowOf(map, 1))).toEqual(Array.from(alone.values));
    expect(await predict(model, x)).toHaveLength(5);
  });
  it("a batch of 1 that can be freed is", async () => {
    const model = await loadModel(SEEDS.strided as Uint8Array);
    expect(model.classifier().freeBatch).toBe(true);
    const map = await explain(model, images([3, 4, 9, 9]), { method: "gradient" });
    expect(watch.rows).toEqual([3, 3]);
    expect(map.notes.join()).toMatch(/was freed/);
  });
  it("a larger one that cannot be freed is refused with a code", async () => {
    expect(await codeOf(loadModel(fixed(4)).then((model) => explain(model, x, { method: "gradient" })))).toMatch(
      /^E_(MODEL_INVALID|RUNTIME|INPUT_SHAPE)$/,
    );
  });
});

describe("what is explained", () => {
  const logits = SEEDS.convolution as Uint8Array;
  it("the logits behind a Softmax, with a note", async () => {
    const map = await explain(await open(logits), x, { method: "gradient", target: 1 });
    expect(map.notes.join()).toMatch(/is a Softmax; the logits .* are explained instead/);
    expect(map.scoreKind).toBe("logits");
    expect(map.scores[0]?.reduce((s, v) => s + v, 0)).not.toBeCloseTo(1, 3);
  });
  it("or the probability, whose gradient is p(1-p) and -pq of the logits'", async () => {
    const model = await open(logits);
    const kept = await explain(model, x, { method: "gradient", target: 1, output: "probability" });
    expect(kept.scoreKind).toBe("probability");
    expect(kept.notes.join()).not.toMatch(/Softmax/);
    for (const p of kept.scores) expect(p.reduce((s, v) => s + v, 0)).toBeCloseTo(1, 5);
    const byClass = await Promise.all([0, 1, 2].map((target) => explain(model, x, { method: "gradient", target })));
    const p = kept.scores[0] as Float32Array;
    const want = rowOf(kept, 0).map((_, i) =>
      [0, 1, 2].reduce(
        (s, k) => s + (p[1] as number) * ((k === 1 ? 1 : 0) - (p[k] as number)) * (byClass[k]?.values[i] as number),
        0,
      ),
    );
    expect(relativeError(rowOf(kept, 0), want)).toBeLessThan(1e-4);
    const exp = byClass[0]?.scores[0]?.map((v) => Math.exp(v)) as Float32Array;
    expect(
      relativeError(
        p,
        exp.map((v) => v / exp.reduce((s, e) => s + e, 0)),
      ),
    ).toBeLessThan(1e-5);
  });
  it("the top class of each image, unless told", async () => {
    const map = await explain(await open(dummyNet), x, { method: "gradient" });
    for (const [i, { index }] of map.targets.entries())
      expect(Math.max(...(map.scores[i] as Float32Array))).toBe(map.scores[i]?.[index]);
    expect(map.target).toBe(map.targets[0]?.index);
    expect(map.score).toBe(map.scores[0]?.[map.target]);
  });
  it("several targets at once: by image, then by target, as each alone", async () => {
    const model = await open(dummyNet);
    const map = await explain(model, x, { method: "gradient", target: [2, "predicted", "0-1"] });
    expect(map.dims).toEqual([15, 3, 8, 8]);
    const alone = await Promise.all(
      [2, "predicted", "0-1"].map((target) => explain(model, x, { method: "gradient", target })),
    );
    for (let i = 0; i < 5; i++)
      for (const t of [0, 1, 2])
        expect(relativeError(rowOf(map, 3 * i + t), rowOf(alone[t] as Explanation, i))).toBeLessThan(1e-6);
    expect(await codeOf(explain(model, x, { method: "gradient", target: [] }))).toBe("E_PARAM");
    expect(await codeOf(explain(model, x, { method: "gradient", target: [0, 99] }))).toBe("E_TARGET_RANGE");
  });
  it("inputs with the channels last: a map with the channels last", async () => {
    const map = await explain(await open(nhwcNet), images([2, 6, 6, 3]), { method: "gradient" });
    expect([map.dims, map.layout]).toEqual([[2, 6, 6, 3], "nhwc"]);
  });
  it("free spatial dims take the size given, or 224 with a note", async () => {
    const model = await loadModel(
      netBytes(["N", 3, "H", "W"], ({ g, x: input, w }) => ({
        scores: g.op("MatMul", [
          g.op("Flatten", [g.op("GlobalAveragePool", [g.op("Relu", [g.op("Conv", [input, w([4, 3, 3, 3])])])])], {
            axis: 1,
          }),
          w([4, 3]),
        ]),
      })),
    );
    expect((await explain(model, images([1, 3, 10, 12]), { method: "gradient", size: [10, 12] })).dims).toEqual([
      1, 3, 10, 12,
    ]);
    expect((await explain(model, images([1, 3, 9, 7]), { method: "grad-cam", size: [9, 7] })).dims).toEqual([1, 7, 5]);
    const large = await explain(model, images([1, 3, 224, 224]), { method: "gradient" });
    expect(large.notes.join()).toMatch(/leaves its input size free.*224x224/);
    expect(await codeOf(explain(model, images([1, 3, 10, 10]), { method: "gradient", size: [10, 12] }))).toBe(
      "E_INPUT_SHAPE",
    );
    expect(await codeOf(explain(model, images([1, 3, 10, 10]), { method: "gradient", size: [0, 12] }))).toBe("E_PARAM");
    await model.dispose();
  });
});

describe("input", () => {
  it.each<[string, readonly number[], number]>([
    ["another size", [1, 3, 9, 9], 243],
    ["channels last where they come second", [1, 8, 8, 3], 192],
    ["no rows", [0, 3, 8, 8], 0],
    ["too few values", [1, 3, 8, 8], 100],
    ["values for another row", [1, 3, 8, 8], 384],
    ["two axes", [3, 64], 192],
  ])("%s is refused", async (_, dims, count) => {
    expect(
      await codeOf(explain(await open(dummyNet), { dims, data: new Float32Array(count) }, { method: "gradient" })),
    ).toBe("E_INPUT_SHAPE");
  });
  it("NaN is refused", async () => {
    expect(
      await codeOf(
        explain(
          await open(dummyNet),
          { dims: [1, 3, 8, 8], data: new Float32Array(192).fill(Number.NaN) },
          { method: "gradient" },
        ),
      ),
    ).toBe("E_NUMERIC");
  });
  it("is not changed", async () => {
    const copy = x.data.slice();
    for (const options of QUICK) await explain(await open(dummyNet), x, options);
    expect(x.data).toEqual(copy);
  });
});

it("two models at once", async () => {
  const [a, b] = [await loadModel(dummyNet), await loadModel(smoothNet)];
  const alone = [await explain(a, x, { method: "ig" }), await explain(b, x, { method: "ig" })];
  const together = await Promise.all([explain(a, x, { method: "ig" }), explain(b, x, { method: "ig" })]);
  for (const i of [0, 1] as const) expect(together[i]?.values).toEqual(alone[i]?.values);
  await Promise.all([a.dispose(), b.dispose()]);
});

it("predict gives the scores that explain reports, for any batch", async () => {
  const model = await open(dummyNet);
  const { scores } = await explain(model, x, { method: "gradient" });
  expect(await predict(model, x)).toEqual(scores);
  expect(await predict(model, x, { batch: 2 })).toEqual(scores);
  expect(
    (await predict(await open(SEEDS.convolution as Uint8Array), x, { output: "probability" }))[0]?.reduce(
      (s, v) => s + v,
      0,
    ),
  ).toBeCloseTo(1, 5);
});

it("every method of the table runs on every seed, or has no meaning there", async () => {
  const worked = new Set<string>();
  for (const [name, bytes] of Object.entries(SEEDS)) {
    const model = await loadModel(bytes);
    const [, ...chw] = (model.classifier().input.dims ?? []) as readonly number[];
    for (const method of Object.keys(METHODS)) {
      const running = explain(model, images([2, ...chw]), { method, batch: 16 });
      const map = await running.catch((error: unknown) => error);
      if (map instanceof OnnxplainError) {
        expect(map.code, `${name}/${method}: ${map.message}`).toMatch(/^E_(METHOD|LAYER)_UNSUITABLE$/);
        continue;
      }
      const { values, dims } = map as Explanation;
      expect(values.length, `${name}/${method}`).toBe(sizeOf(dims));
      expect(values.every(Number.isFinite)).toBe(true);
      worked.add(method);
    }
    await model.dispose();
  }
  expect([...worked].sort()).toEqual(Object.keys(METHODS).sort());
});

afterAll(async () => {
  for (const bytes of [dummyNet, smoothNet, nhwcNet, SEEDS.convolution as Uint8Array])
    await (await open(bytes)).dispose();
});
