/** @file Fits into a folder: killed and resumed, cut at the last layer and at hidden ones, from arrays and from token ids. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Explainer } from "../../src/explainer.ts";
import { tensor } from "../../src/graph/tensor.ts";
import type { Graph, Model } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { confusedPoints } from "../../src/jobs/representers-confused.ts";
import { explainByRepresenters, featuresOfPoints } from "../../src/jobs/representers-explain.ts";
import { runRepresentersFit } from "../../src/jobs/representers-fit.ts";
import { cutForArrays } from "../../src/jobs/representers-network.ts";
import { openRepresenters } from "../../src/jobs/representers-open.ts";
import { arrayPoints, type PointSource } from "../../src/jobs/representers-points.ts";
import { loadModel } from "../../src/load.ts";
import { builderOn } from "../../src/ops/infer.ts";
import { OPS } from "../../src/ops/table.ts";
import { normals, scattered } from "../../src/random.ts";

const draw = normals(scattered(5));
const random = (...dims: number[]) =>
  tensor("float32", dims, Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, draw));
const EMPTY: Graph = { name: "net", inputs: [], outputs: [], constants: new Map(), nodes: [], facts: new Map() };

/** 4 numbers, or 3 token ids -> hidden ReLU of 8 -> 3 classes. */
async function network(tokens: boolean): Promise<Explainer> {
  const g = builderOn(EMPTY, OPS);
  const first = tokens
    ? g.op(
        "ReduceMean",
        [g.op("Gather", [g.constant(random(10, 4)), g.input("ids", "int64", ["N", 3])]), g.ints([1])],
        { keepdims: 0 },
      )
    : g.input("features", "float32", ["N", 4]);
  const hidden = g.alias(
    g.op("Relu", [g.op("Gemm", [first, g.constant(random(8, 4)), g.constant(random(8))], { transB: 1 })]),
    "hidden",
  );
  const scores = g.op("Gemm", [hidden, g.constant(random(3, 8)), g.constant(random(3))], { transB: 1 });
  const model: Model = {
    graph: g.build([g.alias(scores, "logits")]),
    opset: 21,
    irVersion: 10,
    domains: new Map(),
    metadata: new Map(),
    producer: "test",
    functions: [],
  };
  return loadModel(writeModelBytes(model));
}

const LABELS = Int32Array.from({ length: 50 }, (_, i) => i % 3);
const numbers = (name = "train"): PointSource =>
  arrayPoints({ name, dims: [50, 4], data: random(50, 4).data as Float32Array, labels: LABELS });
const within = async <T>(work: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), "onnxplain-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
const inputOf = async (model: Explainer, train: PointSource, layer?: string) =>
  ({ kind: "network", cut: cutForArrays(model, { layer }).cut, digest: await model.digest(), train }) as const;

describe("a fit in a folder", () => {
  test("stopped and resumed gives the shards and the fit of one that was not", () =>
    within(async (folder) => {
      await using model = await network(false);
      const train = numbers();
      const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
      const options = { batch: 4, shard: 8 };
      await runRepresentersFit(await inputOf(model, train), { ...options, folder: whole });
      const stopped: PointSource = {
        ...train,
        points: async function* (signal) {
          let n = 0;
          for await (const p of train.points(signal)) {
            if (n++ === 21) throw new Error("killed");
            yield p;
          }
        },
      };
      await expect(runRepresentersFit(await inputOf(model, stopped), { ...options, folder: broken })).rejects.toThrow(
        "killed",
      );
      expect(readdirSync(join(broken, "train")).length).toBe(2);
      let begun = 0;
      await runRepresentersFit(await inputOf(model, train), {
        ...options,
        folder: broken,
        resume: true,
        onFeatures: (_, done) => {
          if (begun === 0) begun = done;
        },
      });
      expect(begun).toBe(20);
      const names = readdirSync(join(whole, "train"));
      expect(readdirSync(join(broken, "train"))).toEqual(names);
      for (const name of [...names.map((n) => `train/${n}`), "fit.safetensors"])
        expect(readFileSync(join(broken, name)).equals(readFileSync(join(whole, name)))).toBe(true);
      const other = { ...train, points: () => numbers("train").points() };
      await expect(
        runRepresentersFit(await inputOf(model, other), { ...options, folder: whole }),
      ).rejects.toMatchObject({ code: "E_FILE" });
      await expect(
        runRepresentersFit(await inputOf(model, numbers("others")), { ...options, folder: whole, resume: true }),
      ).rejects.toMatchObject({ code: "E_PARAM" });
    }));

  test("stands for the network at small lambda, and is opened and queried again", () =>
    within(async (folder) => {
      await using model = await network(false);
      const input = { ...(await inputOf(model, numbers())), heldOut: numbers("held-out") };
      const run = await runRepresentersFit(input, { folder, lambda: 1e-7, tolerance: 1e-13 });
      expect(run.report.objective).toBe("given");
      expect(run.report.train.agreement?.pearson).toBeGreaterThan(0.9999);
      expect(run.report.held_out?.agreement?.samePrediction).toBeGreaterThan(0.9);
      expect(run.report.train.sumCheck.residual).toBeLessThanOrEqual(run.report.train.sumCheck.bound + 1e-6);
      const open = await openRepresenters(folder);
      expect(open.fitted.alpha).toEqual(run.fitted.alpha);
      const { cut } = cutForArrays(model);
      const points = arrayPoints({
        name: "t",
        dims: [2, 4],
        data: random(2, 4).data as Float32Array,
        labels: undefined,
      });
      const tests = await featuresOfPoints(points, cut);
      const groups = Array.from(LABELS, String);
      const explained = await explainByRepresenters(open, tests, {
        target: "all",
        top: 3,
        with: ["influence", "euclid"],
        groups,
        cut,
      });
      for (const { classes, nearest } of explained) {
        expect(classes.map((c) => c.target)).toEqual([0, 1, 2]);
        expect(nearest?.length).toBe(3);
        for (const c of classes) {
          expect(c.groups?.reduce((s, g) => s + g.positive + g.negative, 0)).toBeCloseTo(c.sum, 8);
          expect(c.influence?.helpful.length).toBe(3);
          expect(c.given).not.toBeNull();
        }
      }
      await expect(explainByRepresenters(open, tests, { target: "label" })).rejects.toMatchObject({
        code: "E_TARGET_UNKNOWN",
      });
      const found = await confusedPoints(open, { from: 0, to: 1 });
      expect(found.ofClass).toBe(17);
      expect(found.inhibitory.every((p) => p.count <= found.confused.length && p.value < 0)).toBe(true);
    }));

  test("a hidden ReLU is fitted to its own pre-activations", () =>
    within(async (folder) => {
      await using model = await network(false);
      const { cut } = cutForArrays(model, { layer: "hidden" });
      expect([cut.activation, cut.width, cut.outputs]).toEqual(["relu", 4, 8]);
      const input = await inputOf(model, numbers(), "hidden");
      const { report } = await runRepresentersFit(input, { folder, lambda: 1e-6, tolerance: 1e-12 });
      expect(report.train.agreement?.meanDifference).toBeLessThan(1e-3);
      await expect(runRepresentersFit(input, { folder, resume: true, objective: "labels" })).rejects.toMatchObject({
        code: "E_PARAM",
      });
    }));

  test("token ids go through the network as they are", () =>
    within(async (folder) => {
      await using model = await network(true);
      const data = BigInt64Array.from({ length: 90 }, (_, i) => BigInt((i * 7) % 10));
      const train = arrayPoints({ name: "texts", dims: [30, 3], data, labels: LABELS.slice(0, 30) });
      const { report } = await runRepresentersFit(await inputOf(model, train), { folder });
      expect([report.count, report.width]).toEqual([30, 8]);
    }));

  test("features alone, with labels", () =>
    within(async (folder) => {
      const train = { name: "f", features: random(50, 4).data as Float32Array, width: 4, labels: LABELS };
      const run = await runRepresentersFit({ kind: "features", classes: 3, train }, { folder, shard: 16 });
      expect(readdirSync(join(folder, "train")).length).toBe(4);
      expect(run.report.train.accuracy).toBeGreaterThan(0.3);
      expect(run.report.train.agreement).toBeNull();
    }));
});

test("a network that ends in no linear layer says so", async () => {
  const g = builderOn(EMPTY, OPS);
  const scores = g.op("Tanh", [
    g.op("Gemm", [g.input("x", "float32", ["N", 4]), g.constant(random(3, 4))], { transB: 1 }),
  ]);
  await using model = await loadModel(
    writeModelBytes({
      graph: g.build([g.alias(scores, "logits")]),
      opset: 21,
      irVersion: 10,
      domains: new Map(),
      metadata: new Map(),
      producer: "test",
      functions: [],
    }),
  );
  expect(() => cutForArrays(model)).toThrowError(
    expect.objectContaining({ code: "E_LAYER_UNSUITABLE", message: expect.stringContaining("Tanh") }),
  );
  expect(() => cutForArrays(model, { layer: "nothing" })).toThrowError(
    expect.objectContaining({ code: "E_LAYER_UNKNOWN" }),
  );
});
