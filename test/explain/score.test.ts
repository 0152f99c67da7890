/** @file Explaining a function of images: the same numbers as the ONNX network it stands for, and what it may answer. */
import { describe, expect, it } from "vitest";
import {
  explain,
  explainScores,
  METHODS,
  type Method,
  OnnxplainError,
  PRESETS,
  predict,
  type ScoreImages,
} from "../../src/index.ts";
import { nhwcNet, open, smoothNet } from "../methods/nets.ts";
import { images, relativeError } from "../nets.ts";

const x = images([2, 3, 8, 8]);
const viaModel =
  (bytes: Uint8Array, seen: number[] = []): ScoreImages =>
  async (batch) => {
    seen.push(batch.dims[0] as number);
    return predict(await open(bytes), batch, { threads: 1, batch: 64 });
  };
const PARAMS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  occlusion: { sliding_window_shapes: 3, strides: 2, baselines: [0.1, 0.2, 0.3] },
  rise: { n_masks: 30, feature_res: 3, baselines: 0.2 },
  lime: { num_samples: 30, n_segments: 12, compactness: 50 },
  "kernel-shap": { num_samples: 30, n_segments: 12, compactness: 50 },
};
const fromScores = Object.values<Method>(METHODS).filter((m) => m.perturbation);
const code = async (f: Promise<unknown>): Promise<string> =>
  f.then(
    () => "no error",
    (e: unknown) => (e instanceof OnnxplainError ? e.code : String(e)),
  );

it("the methods that work on scores are these", () => {
  expect(fromScores.map((m) => m.id).sort()).toEqual(Object.keys(PARAMS).sort());
});

describe("a function that runs the network gives what the network gives", () => {
  it.each(Object.keys(PARAMS))("%s", async (method) => {
    const model = await open(smoothNet);
    const ask = { method, params: PARAMS[method] ?? {}, target: [1, "2-0"], seed: 7, batch: 8, threads: 1 } as const;
    const seen: number[] = [];
    const [want, got] = [await explain(model, x, ask), await explainScores(viaModel(smoothNet, seen), x, ask)];
    expect(relativeError(got.values, want.values)).toBeLessThan(1e-6);
    const same = [
      "dims",
      "signed",
      "space",
      "reducer",
      "layout",
      "target",
      "targets",
      "images",
      "params",
      "seed",
      "notes",
    ] as const;
    for (const field of same) expect(got[field], field).toEqual(want[field]);
    expect(got.scores).toEqual(want.scores);
    expect(got.score).toBeCloseTo(want.score, 5);
    got.checks.forEach((checks, i) => {
      for (const [name, v] of Object.entries(checks)) expect(v, name).toBeCloseTo(want.checks[i]?.[name] as number, 4);
    });
    expect(Math.max(...seen)).toBe(8);
  });
  it("channels last", async () => {
    const one = images([6, 6, 3]);
    const ask = { method: "occlusion", params: { patch: 3 }, target: 2, threads: 1 } as const;
    const want = await explain(await open(nhwcNet), one, ask);
    const got = await explainScores(viaModel(nhwcNet), one, ask);
    expect([got.layout, got.dims]).toEqual(["nhwc", [1, 6, 6, 3]]);
    expect(relativeError(got.values, want.values)).toBeLessThan(1e-6);
  });
});

describe("what the function may be", () => {
  const mean: ScoreImages = ({ dims, data }) => {
    const size = data.length / (dims[0] as number);
    return Array.from({ length: dims[0] as number }, (_, i) => {
      const sum = data.subarray(i * size, (i + 1) * size).reduce((s, v) => s + v, 0);
      return [sum, -sum];
    });
  };
  const ask = { method: "occlusion", params: { patch: 4, stride: 4 }, target: 0, threads: 1 } as const;
  it("rows, one flat list, one score an image, now or later", async () => {
    const rows = await explainScores(mean, x, ask);
    const flat = await explainScores(async (b) => Float32Array.from((mean(b) as number[][]).flat()), x, ask);
    const single = await explainScores((b) => (mean(b) as number[][]).map((r) => r[0] as number), x, ask);
    expect(flat.values).toEqual(rows.values);
    expect(single.values).toEqual(rows.values);
    expect(single.scores[0]?.length).toBe(1);
    // every element bears the sum of what its patch covered
    const patch = Array.from(
      { length: 48 },
      (_, k) => (Math.floor(k / 16) * 8 + Math.floor((k % 16) / 4)) * 8 + (k % 4),
    );
    expect(rows.values[0]).toBeCloseTo(
      patch.reduce((s, i) => s + (x.data[i] as number), 0),
      4,
    );
  });
  it("predicts the class and knows labels", async () => {
    const { target, ...rest } = ask;
    const sums = [0, 1].map((n) => x.data.subarray(192 * n, 192 * n + 192).reduce((s, v) => s + v, 0));
    const map = await explainScores(mean, x, { ...rest, labels: ["up", "down"], output: "probability" });
    expect(map.targets.map((t) => t.label)).toEqual(sums.map((s) => (s > 0 ? "up" : "down")));
    expect(map.scoreKind).toBe("probability");
    expect((await explainScores(mean, x, { ...rest, labels: ["up", "down"], target: "down" })).target).toBe(1);
    expect(await code(explainScores(mean, x, { ...rest, target: 2 }))).toBe("E_TARGET_RANGE");
  });
  it("a picture, with preprocessing", async () => {
    const picture = { width: 8, height: 8, channels: 3, data: Uint8Array.from({ length: 192 }, (_, i) => i) } as const;
    const preprocessing = { ...PRESETS.torchvision, resize: null, crop: null };
    const map = await explainScores(mean, picture, { ...ask, preprocessing });
    expect(map.dims).toEqual([1, 3, 8, 8]);
    expect(map.picture?.width).toBe(8);
    expect(await code(explainScores(mean, picture, ask))).toBe("E_PARAM");
  });
  it("what it throws is passed on", async () => {
    await expect(
      explainScores(
        () => {
          throw new Error("the service is down");
        },
        x,
        ask,
      ),
    ).rejects.toThrow("the service is down");
  });
  it.each<[string, ScoreImages, string]>([
    ["too few rows", () => [[1, 2]], "E_SHAPE"],
    [
      "rows of different lengths",
      ({ dims }) => Array.from({ length: dims[0] as number }, (_, i) => new Array<number>(1 + (i % 2)).fill(1)),
      "E_SHAPE",
    ],
    ["a list that does not divide", ({ dims }) => new Float32Array(2 * (dims[0] as number) + 1), "E_SHAPE"],
    ["nothing", () => [], "E_SHAPE"],
    ["NaN", ({ dims }) => new Float32Array(dims[0] as number).fill(Number.NaN), "E_NUMERIC"],
  ])("%s is refused", async (_, score, want) => {
    expect(await code(explainScores(score, x, ask))).toBe(want);
  });
  it.each([[[8, 8]], [[1, 3, 8]], [[1, 3, 0, 8]]])("a tensor [%s] is refused", async (dims) => {
    expect(await code(explainScores(mean, { dims, data: new Float32Array(3) }, ask))).toBe("E_INPUT_SHAPE");
  });
  it("a method that needs more than scores is refused, and those that do not are named", async () => {
    for (const method of ["gradient", "grad-cam", "score-cam"]) {
      const failed = explainScores(mean, x, { method });
      await expect(failed).rejects.toMatchObject({ code: "E_METHOD_UNSUITABLE" });
      for (const { id } of fromScores) await expect(failed).rejects.toThrow(`\`${id}\``);
    }
  });
  it("stops when told, and says how far it is", async () => {
    const stop = new AbortController();
    const done: number[] = [];
    const running = explainScores(mean, x, {
      ...ask,
      batch: 1,
      signal: stop.signal,
      onProgress: (p) => {
        done.push(p.done);
        expect(p.total).toBe(10);
        if (p.done === 3) stop.abort();
      },
    });
    expect(await code(running)).toBe("E_ABORTED");
    expect(done).toEqual([1, 2, 3]);
  });
});
