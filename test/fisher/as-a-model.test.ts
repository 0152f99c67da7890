/** @file What the rest of the library says of a trained pipeline's network: it is a classifier like any other. */
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainScores } from "../../src/fisher/describe.ts";
import { vectorWidth } from "../../src/fisher/pipeline.ts";
import { LUMA } from "../../src/fisher/sift-kernels.ts";
import {
  compile,
  type EvaluatedWindow,
  type Explainer,
  evaluate,
  explain,
  explainScores,
  type InputTensor,
  inspect,
  loadModel,
  type ScoreImages,
} from "../../src/index.ts";
import type { FisherRun } from "../../src/jobs/fisher-options.ts";
import { runFisherTrain } from "../../src/jobs/fisher-train.ts";
import { runRepresentersFit } from "../../src/jobs/representers-fit.ts";
import { cutForPictures } from "../../src/jobs/representers-network.ts";
import { scratch } from "../cli/run.ts";
import { drawnThings, oneEach, SIZE, type Thing } from "../jobs/fisher-pictures.ts";
import { tensorOf } from "./pictures.ts";

const root = scratch();
const THINGS: readonly Thing[] = ["upright", "level", "dots"];
const data = oneEach(THINGS, 18);
const train = (name: string, quantised: boolean): Promise<FisherRun> =>
  runFisherTrain({
    ...{ data, folder: join(root, name), components: 4, width: 6, samples: 600, costs: [1], threads: 1 },
    sift: { sizes: [4, 6], quantised },
  });

let run: FisherRun;
let models: Readonly<Record<"whole" | "smooth", Explainer>>;
beforeAll(async () => {
  run = await train("whole", true);
  models = { whole: await loadModel(run.folder), smooth: await loadModel((await train("smooth", false)).folder) };
});
afterAll(async () => {
  for (const model of Object.values(models ?? {})) await model.dispose();
});

/** Upright bars on the left, level ones on the right. */
const half = drawnThings(["upright", "level"], 5);
/** Scores of tensors `[N, 3, H, W]` by the plain pipeline. */
const plainly: ScoreImages = ({ dims: [count = 0, , height = 0, width = 0], data }) => {
  const area = height * width;
  return Array.from({ length: count }, (_, n) => {
    const at = (c: number, i: number): number => data[(3 * n + c) * area + i] as number;
    const grey = Float64Array.from({ length: area }, (_, i) =>
      LUMA.reduce((sum, weight, c) => sum + weight * at(c, i), 0),
    );
    return plainScores(grey, { height, width }, run.pipeline);
  });
};

describe("a trained pipeline's network", () => {
  test.each([
    ["occlusion", { patch: 8, stride: 4 }],
    ["rise", { n_masks: 60 }],
    ["kernel-shap", { num_samples: 60 }],
  ])("%s says of it what it says of the plain pipeline", async (method, params) => {
    const x = tensorOf([half]) as InputTensor;
    const map = await explain(models.whole, x, { method, target: 0, params });
    const want = await explainScores(plainly, x, { method, target: 0, params });
    expect(map.dims).toEqual(want.dims);
    const top = Math.max(...want.values.map(Math.abs));
    expect(top).toBeGreaterThan(0.01);
    expect(Math.max(...map.values.map((v, i) => Math.abs(v - (want.values[i] as number))))).toBeLessThan(1e-3 * top);
  });

  test("methods that need a gradient have one where descriptors are not rounded, and are refused where they are", async () => {
    for (const method of ["gradient", "integrated-gradients", "guided-backprop"]) {
      const map = await explain(models.smooth, half, { method, target: 0 });
      expect(map.values.every(Number.isFinite) && map.values.some((v) => v !== 0), method).toBe(true);
    }
    await expect(explain(models.whole, half, { method: "gradient" })).rejects.toMatchObject({
      code: "E_LAYER_UNSUITABLE",
    });
  });

  test("inspect knows its classes and which methods apply", async () => {
    const works = async (model: Explainer): Promise<ReadonlyMap<string, boolean>> =>
      new Map((await inspect(model)).methods.map((m) => [m.id, m.works]));
    const found = await inspect(models.whole);
    expect(found).toMatchObject({ classes: 3, labels: 3, layout: "nchw", freeBatch: true, scores: "scores" });
    expect(found.preprocessing).toMatchObject({ resize: SIZE, scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] });
    const [whole, smooth] = [await works(models.whole), await works(models.smooth)];
    for (const id of ["occlusion", "rise", "lime", "kernel-shap"]) expect(whole.get(id), id).toBe(true);
    // posteriors are a softmax, but nothing is averaged by them over what they sum to 1 along
    for (const id of ["attention-rollout", "chefer", "cam"])
      expect([whole.get(id), smooth.get(id)], id).toEqual([false, false]);
    for (const id of ["gradient", "grad-cam", "smoothgrad"])
      expect([whole.get(id), smooth.get(id)], id).toEqual([false, true]);
  });

  test("a metric through evaluate: occlusion beats its own map upside down", async () => {
    const rows: EvaluatedWindow["rows"][number][] = [];
    const asked = {
      methods: ["occlusion"],
      metrics: ["deletion"],
      params: { "occlusion.patch": 8, "occlusion.stride": 4 },
    };
    for await (const window of evaluate(models.whole, oneEach(THINGS, 6, { seed: 7 }), asked)) {
      expect(window.failures).toEqual([]);
      rows.push(...window.rows);
    }
    const mean = (method: string): number => {
      const own = rows.filter((r) => r.method === method && r.value !== null).map((r) => r.value as number);
      return own.reduce((a, b) => a + b, 0) / own.length;
    };
    expect(mean("occlusion")).toBeLessThan(mean("occlusion inverted"));
  });

  test("representer points: features are Phi, and the fit stands for the machines", async () => {
    const { cut, pictures } = cutForPictures(models.whole);
    const width = vectorWidth(run.pipeline.encoding);
    expect(cut.width).toBe(width);
    const input = { kind: "network", cut, digest: await models.whole.digest(), train: pictures(data) } as const;
    const { report } = await runRepresentersFit(input, { folder: join(root, "reps"), lambda: 1e-6 });
    expect(report).toMatchObject({ count: 18, width, classes: 3 });
    expect(report.train.agreement?.pearson).toBeGreaterThan(0.99);
  });

  test("compile makes one graph for plain ONNX Runtime, which explains in a batch", async () => {
    const { bytes, inputs, outputs } = await compile(models.smooth, { method: "gradient", target: 1 });
    const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
    const x = Float32Array.from({ length: 2 * 3 * SIZE.height * SIZE.width }, (_, i) => ((i * 37) % 101) / 101);
    const fed = { [inputs[0] as string]: new ort.Tensor("float32", x, [2, 3, SIZE.height, SIZE.width]) };
    const got = await session.run(fed);
    expect(outputs).toContain("saliency_map");
    expect(got.scores?.dims).toEqual([2, 3]);
    const want = await explain(
      models.smooth,
      { dims: [2, 3, SIZE.height, SIZE.width], data: x },
      { method: "gradient", target: 1 },
    );
    const map = got.saliency_map?.data as Float32Array;
    const top = Math.max(...want.values.map(Math.abs));
    expect(Math.max(...map.map((v, i) => Math.abs(v - (want.values[i] as number))))).toBeLessThan(1e-4 * top);
    await session.release();
  });
});
