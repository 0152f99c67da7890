/** @file `fisher train` as a job: a folder that is a model, stopped anywhere and resumed to the same bytes, and every poor kind of data. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openDataSet } from "../../src/data/open.ts";
import { explain, predict } from "../../src/explain.ts";
import { plainScores } from "../../src/fisher/describe.ts";
import { framed } from "../../src/fisher/framing.ts";
import { vectorWidth } from "../../src/fisher/pipeline.ts";
import { pipelineModel } from "../../src/fisher/pipeline-graph.ts";
import { greyOf } from "../../src/fisher/sift.ts";
import { readTable } from "../../src/formats/parquet-read.ts";
import { rowsOf } from "../../src/formats/table.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { openFisher, trainingVectors } from "../../src/jobs/fisher-open.ts";
import { type FisherRun, type FisherStage, type FisherTrainOptions, STAGES } from "../../src/jobs/fisher-options.ts";
import { runFisherTrain } from "../../src/jobs/fisher-train.ts";
import { loadModel } from "../../src/load.ts";
import { scratch } from "../cli/run.ts";
import { drawnThings, oneEach, SIZE, setOf, type Thing, writeAll } from "./fisher-pictures.ts";

const root = scratch();
let folders = 0;
const place = (): string => join(root, `run-${folders++}`);
const SMALL = {
  components: 4,
  width: 6,
  samples: 600,
  sift: { sizes: [4, 6] },
  costs: [1],
  threads: 1,
  seed: 3,
} as const;
const THINGS: readonly Thing[] = ["upright", "level", "dots"];
const train = (options: Partial<FisherTrainOptions> = {}): Promise<FisherRun> =>
  runFisherTrain({ ...SMALL, data: oneEach(THINGS, 18), folder: place(), ...options });
const bytesOf = (folder: string, name: string): Buffer => readFileSync(join(folder, name));
const reportIn = (folder: string) => JSON.parse(bytesOf(folder, "fisher.json").toString());
const largest = (values: Iterable<number>): number => Math.max(...[...values].map(Math.abs));

/** Scores of a picture by the loaded folder, by the emitted graph for the picture's size, and by the plain pipeline. */
async function threeWays({ folder, pipeline, report }: FisherRun, image: ImageU8): Promise<readonly number[][]> {
  await using loaded = await loadModel(folder);
  const seen = framed(image, report.framing);
  await using emitted = await loadModel(writeModelBytes(pipelineModel(pipeline, seen)), {
    preprocessing: loaded.preprocessing(loaded.classifier()).spec,
  });
  const ofModel = async (model: typeof loaded): Promise<number[]> => [...(await predict(model, image))[0]!];
  return [await ofModel(loaded), await ofModel(emitted), [...plainScores(greyOf(seen), seen, pipeline)]];
}

async function expectEqualScores(run: FisherRun, images: readonly ImageU8[], tolerance = 1e-4): Promise<void> {
  for (const image of images) {
    const [loaded, emitted, plain] = (await threeWays(run, image)) as [number[], number[], number[]];
    expect(loaded.length).toBe(run.report.labels.length);
    expect(largest(loaded.map((v, c) => v - (plain[c] as number)))).toBeLessThanOrEqual(tolerance);
    expect(largest(emitted.map((v, c) => v - (plain[c] as number)))).toBeLessThanOrEqual(tolerance);
  }
}

const unseen = THINGS.map((thing, i) => drawnThings([thing], 900 + i));

describe("the folder is a model", () => {
  let run: FisherRun;
  beforeAll(async () => {
    run = await train({ costs: undefined, folds: 3, test: oneEach(THINGS, 9, { seed: 2 }) });
  });

  test("scores are the plain pipeline's; it tells the classes apart", async () => {
    await expectEqualScores(run, unseen);
    await using model = await loadModel(run.folder);
    expect(model.labels).toEqual(THINGS);
    for (const [c, image] of unseen.entries()) {
      const scores = [...(await predict(model, image))[0]!];
      expect(scores.indexOf(Math.max(...scores))).toBe(c);
    }
    expect(run.report).toMatchObject({
      pictures: 18,
      several: false,
      per_class: [6, 6, 6],
      model_size: SIZE,
      unread: [],
    });
    expect(run.report.test).toEqual({ pictures: 9, mean: 1, classes: [1, 1, 1] });
    expect(run.report.machines.tried.map((t) => t.cost)).toEqual([0.1, 0.3, 1, 3, 10, 30, 100]);
    expect(run.report.thresholds.every((t) => t !== null)).toBe(true);
  });

  test("what stands in it is what it says", async () => {
    expect(readdirSync(run.folder).sort()).toEqual(
      [
        ...["classifiers.safetensors", "config.json", "encoding.safetensors", "fisher.json", "model.onnx"],
        ...["preprocessor_config.json", "state.json", "training.parquet", "vectors"],
      ].sort(),
    );
    expect(reportIn(run.folder)).toEqual(JSON.parse(JSON.stringify(run.report)));
    expect(Object.keys(run.report.seconds).sort()).toEqual([...STAGES].sort());
    const rows = rowsOf(await readTable(new Uint8Array(bytesOf(run.folder, "training.parquet"))));
    expect(rows.map((r) => r.classes)).toEqual(Array.from({ length: 18 }, (_, i) => THINGS[i % 3]));
  });

  test("read back it is the same, and weights are sums of vectors: w_c = sum_i alpha_ic Phi_i", async () => {
    const open = await openFisher(run.folder);
    expect(open.pipeline).toEqual(run.pipeline);
    const { features, ids } = await trainingVectors(open);
    expect(ids.length).toBe(18);
    const { weights, classes } = run.pipeline.classifiers;
    const width = vectorWidth(run.pipeline.encoding);
    const sums = new Float64Array(weights.length);
    for await (const { first, count, rows } of features.blocks())
      for (let i = 0; i < count; i++)
        for (let c = 0; c < classes; c++)
          for (let d = 0; d < width; d++)
            sums[c * width + d]! += open.alpha[(first + i) * classes + c]! * rows[i * width + d]!;
    expect(largest(sums.map((v, at) => v - weights[at]!))).toBeLessThan(1e-12);
  });

  test("done is done", async () => {
    const again = { costs: undefined, folds: 3, test: oneEach(THINGS, 9, { seed: 2 }), folder: run.folder } as const;
    await expect(train({ ...again, resume: true })).rejects.toMatchObject({
      code: "E_FILE",
      message: /nothing to resume/,
    });
    await expect(train(again)).rejects.toMatchObject({ code: "E_FILE" });
  });
});

describe("every kind of pipeline", () => {
  test.each([
    ["xy", { spatial: "xy" }],
    ["pyramid", { spatial: "pyramid" }],
    ["no zeroth block, no mean", { zeroth: false, subtractMean: false }],
    ["a random start, squared hinge", { start: "random", loss: "squared-hinge" }],
    ["one size for all", { framing: { size: { width: 33, height: 47 } } }],
    ["pictures that are too tall", { framing: { tallest: 30 } }],
    ["without its vectors", { keepVectors: false }],
  ] as readonly (readonly [string, Partial<FisherTrainOptions>])[])("%s", async (_, options) => {
    const run = await train(options);
    await expectEqualScores(run, unseen.slice(0, 2));
    expect(run.pipeline).toEqual((await openFisher(run.folder)).pipeline);
    if (options.keepVectors === false)
      await expect(trainingVectors(run)).rejects.toMatchObject({ code: "E_FILE", message: /--no-vectors/ });
  });

  test("not quantised, it has a gradient", async () => {
    const run = await train({ sift: { sizes: [4, 6], quantised: false } });
    await expectEqualScores(run, unseen.slice(0, 2));
    await using model = await loadModel(run.folder);
    const map = await explain(model, unseen[0] as ImageU8, { method: "gradient", target: 0 });
    expect(map.values.every(Number.isFinite) && map.values.some((v) => v !== 0)).toBe(true);
  });

  test("several classes a picture", async () => {
    const kinds: readonly (readonly Thing[])[] = [["upright"], ["level"], ["upright", "level"]];
    const items = Array.from({ length: 18 }, (_, i) => {
      const things = kinds[i % 3] as readonly Thing[];
      const several = things.map((name) => ({ index: THINGS.indexOf(name), name }));
      return { id: `p${i}`, image: drawnThings(things, i), label: { several } };
    });
    const run = await train({ data: setOf(items, THINGS.slice(0, 2)) });
    expect(run.report).toMatchObject({ several: true, per_class: [12, 12], labels: ["upright", "level"] });
    await expectEqualScores(run, [drawnThings(["upright", "level"], 77)]);
    const rows = rowsOf(await readTable(new Uint8Array(bytesOf(run.folder, "training.parquet"))));
    expect(rows[2]?.classes).toBe("upright; level");
  });

  test("the classes of a picture in a manifest, and in VOC's layout", async () => {
    const names = ["a", "b", "c", "d"].map((n) => `${n}.png`);
    const kinds: readonly (readonly Thing[])[] = [["upright"], ["level"], ["upright", "level"], ["level"]];
    const pictures = Object.fromEntries(names.map((name, i) => [name, drawnThings(kinds[i] as readonly Thing[], i)]));
    const lines = names.map((name, i) => `${name},${kinds[i]?.join(";")}`);
    const manifest = await writeAll(place(), { ...pictures, "manifest.csv": ["path,labels", ...lines, ""].join("\n") });
    const object = (name: Thing): string =>
      `<object><name>${name}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>20</xmax><ymax>20</ymax></bndbox></object>`;
    const voc = await writeAll(
      place(),
      Object.fromEntries(
        names.flatMap((name, i) => [
          [`JPEGImages/${name}`, pictures[name] as ImageU8],
          [`Annotations/${name.replace(".png", ".xml")}`, `<annotation>${kinds[i]?.map(object).join("")}</annotation>`],
        ]),
      ),
    );
    for (const folder of [manifest, voc]) {
      const { report } = await train({ data: await openDataSet(folder) });
      expect(report).toMatchObject({ labels: ["level", "upright"], per_class: [3, 2], pictures: 4, several: true });
    }
  });
});

const FILES = ["model.onnx", "classifiers.safetensors", "encoding.safetensors", "training.parquet", "config.json"];

describe("a training that stops", () => {
  const settings = { costs: undefined, folds: 2, test: oneEach(THINGS, 6, { seed: 4 }) } as const;
  let whole: FisherRun;
  beforeAll(async () => {
    whole = await train(settings);
  });

  test.each(STAGES)("in the stage %s, resumed: the bytes of one that did not", async (stage) => {
    const folder = place();
    const stop = new AbortController();
    const onProgress = (now: FisherStage, done: number): void => {
      if (now === stage && (done >= 1 || now === "projection" || now === "mixture")) stop.abort();
    };
    const stopped = train({ ...settings, folder, signal: stop.signal, onProgress });
    await expect(stopped).rejects.toMatchObject({ code: "E_ABORTED" });
    expect(existsSync(join(folder, "model.onnx"))).toBe(false);
    await train({ ...settings, folder, resume: true });
    for (const name of FILES) expect(bytesOf(folder, name).equals(bytesOf(whole.folder, name)), name).toBe(true);
    expect({ ...reportIn(folder), seconds: 0 }).toEqual({ ...reportIn(whole.folder), seconds: 0 });
    expect(existsSync(join(folder, "sample"))).toBe(false);
  });

  test("is not resumed with other settings, which are named; nor with other data", async () => {
    const folder = place();
    const stop = new AbortController();
    const onProgress = (now: FisherStage): void => void (now === "vectors" && stop.abort());
    const stopped = train({ ...settings, folder, signal: stop.signal, onProgress });
    await expect(stopped).rejects.toMatchObject({ code: "E_ABORTED" });
    const refusedWith = async (other: Partial<FisherTrainOptions>, named: RegExp): Promise<void> =>
      expect(train({ ...settings, folder, resume: true, ...other })).rejects.toMatchObject({
        code: "E_PARAM",
        message: named,
      });
    await refusedWith({ components: 5 }, /components was 4, now 5/);
    await refusedWith({ sift: { sizes: [4] } }, /sift was .*\[4,6\].*now .*\[4\]/);
    await refusedWith({ spatial: "xy", seed: 4 }, /spatial was "none", now "xy"; seed was 3, now 4/);
    await refusedWith({ data: oneEach(THINGS, 18, { seed: 9 }) }, /data_sha256 was/);
    await refusedWith({ test: undefined }, /test was "drawn", now null/);
    await refusedWith({ keepVectors: false }, /vectors was true, now false/);
  });
});

describe("poor data", () => {
  test("pictures that cannot be read or are too small are listed; those of the test too", async () => {
    const items = (prefix: string) => [
      ...THINGS.flatMap((name, index) =>
        [0, 1].map((i) => ({
          id: `${prefix}${name}${i}`,
          image: drawnThings([name], 10 * i + index),
          label: { index, name },
        })),
      ),
      { id: `${prefix}broken`, label: { index: 0 } },
      { id: `${prefix}small`, image: drawnThings(["dots"], 3, { width: 12, height: 40 }), label: { index: 1 } },
    ];
    const { report, folder } = await train({ data: setOf(items(""), THINGS), test: setOf(items("t-"), THINGS) });
    expect(report.unread.map((u) => u.id)).toEqual(["broken", "small", "t-broken", "t-small"]);
    expect(report.unread[1]?.message).toMatch(/12 x 40 pixels is too small/);
    expect([report.pictures, report.test?.pictures]).toEqual([6, 6]);
    expect((await trainingVectors({ folder })).ids.length).toBe(6);
  });

  test("bad labels are refused, or left out and listed", async () => {
    const good = THINGS.map((name, index) => ({ id: name, image: drawnThings([name], index), label: { index } }));
    const bad = { id: "bad", image: drawnThings(["dots"], 9), label: { index: 7 } };
    const data = setOf([...good, bad, { id: "none", image: drawnThings(["dots"], 8) }], THINGS);
    await expect(train({ data })).rejects.toMatchObject({
      code: "E_TARGET_RANGE",
      message: /`bad`: label 7 is not in 0…2/,
    });
    const { report } = await train({ data, badLabels: "skip" });
    expect(report.unread.map((u) => u.id)).toEqual(["bad", "none"]);
    const test = setOf([...good, bad], THINGS);
    await expect(train({ test })).rejects.toMatchObject({ code: "E_TARGET_RANGE" });
  });

  test("nothing, or nothing that can be read", async () => {
    await expect(train({ data: setOf([], THINGS) })).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
    const unreadable = setOf([{ id: "x", label: { index: 0 } }], THINGS);
    await expect(train({ data: unreadable })).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
  });

  test("classes without a picture get a score of -1; a class alone gets 1; both are said", async () => {
    const lonely = (names: readonly string[]) =>
      setOf(
        [0, 1, 2].map((i) => ({ id: `${i}`, image: drawnThings(["dots"], i), label: { index: 0 } })),
        names,
      );
    const one = await train({ data: lonely(["dots"]), costs: undefined });
    expect(one.report.notes.some((n) => n.startsWith("dots: "))).toBe(true);
    expect(one.report.thresholds).toEqual([null]);
    const two = await train({ data: lonely(["dots", "nobody"]) });
    expect([...two.pipeline.classifiers.biases]).toEqual([1, -1]);
    expect(two.report.train.classes[1]).toBe(null);
    await expectEqualScores(two, unseen);
  });

  test("pictures without any contrast: an encoding all the same, and scores that are finite and equal", async () => {
    const data = setOf(
      [0, 1, 2, 3].map((i) => ({ id: `${i}`, image: drawnThings(["flat"], i), label: { index: i % 2 } })),
      ["a", "b"],
    );
    const run = await train({ data, costs: undefined, folds: 2 });
    expect(run.report.explained_variance).toBe(null);
    await expectEqualScores(run, [drawnThings(["flat"], 8)]);
    const scores = plainScores(greyOf(drawnThings(["flat"], 8)), SIZE, run.pipeline);
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  test("one descriptor a picture; more Gaussians than descriptors", async () => {
    const sift = { sizes: [4] };
    const data = oneEach(THINGS, 6, { size: { width: 14, height: 13 } });
    const run = await train({ data, sift, components: 3 });
    expect(run.report.samples).toBe(6);
    await expectEqualScores(run, [drawnThings(["dots"], 5, { width: 14, height: 13 })]);
    const message = /mixture of 7 Gaussians needs 7 descriptors at least, got 6\..*fewer `components`/;
    await expect(train({ data, sift, components: 7 })).rejects.toMatchObject({ code: "E_PARAM", message });
    const folder = place();
    await expect(train({ folder, components: 700 })).rejects.toMatchObject({ code: "E_PARAM", message: /got 600/ });
    expect(existsSync(folder)).toBe(false);
  });

  test("one picture: nothing to hold out, said", async () => {
    const data = oneEach(["dots"], 1);
    const { report } = await train({ data, costs: undefined });
    expect(report.machines).toMatchObject({ cost: 1, folds: 0, tried: [] });
    expect(report.notes.some((n) => n.includes("no cross-validation"))).toBe(true);
  });
});

test.each([
  ["components", { components: 0 }],
  ["width", { width: 129 }],
  ["samples", { samples: 1.5 }],
  ["iterations", { iterations: -1 }],
  ["folds", { folds: 1 }],
  ["seed", { seed: -1 }],
  ["costs", { costs: [] }],
  ["costs", { costs: [1, 0] }],
  ["sift.sizes", { sift: { sizes: [6, 4] } }],
  ["sift.sizes", { sift: { sizes: [4.5] } }],
  ["sift.sizes", { sift: { sizes: [] } }],
  ["sift.step", { sift: { step: 0 } }],
  ["sift.window", { sift: { window: 0 } }],
  ["framing.tallest", { framing: { tallest: 0 } }],
  ["framing.size.width", { framing: { size: { width: 0, height: 4 } } }],
  ["spatial", { spatial: "polar" as "xy" }],
  ["loss", { loss: "none" as "hinge" }],
  ["start", { start: "nowhere" as "random" }],
] satisfies readonly (readonly [string, Partial<FisherTrainOptions>])[])(
  "%s out of range is refused",
  async (name, options) => {
    const folder = place();
    const message = expect.stringContaining(`\`${name}\``);
    await expect(train({ ...options, folder })).rejects.toMatchObject({ code: "E_PARAM", message });
    expect(existsSync(folder)).toBe(false);
  },
);
