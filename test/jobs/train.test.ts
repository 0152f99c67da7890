import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCard, writeCard } from "../../src/card.ts";
import type { DataSet } from "../../src/data/dataset.ts";
import { openDataSet } from "../../src/data/open.ts";
import type { Explainer } from "../../src/explainer.ts";
import { readTable } from "../../src/formats/parquet-read.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { rowsOf } from "../../src/formats/table.ts";
import { fromPreprocessorConfig } from "../../src/image/from-preprocessor-config.ts";
import type { Preprocessing } from "../../src/image/preprocess.ts";
import { PRESETS } from "../../src/image/presets.ts";
import { toPreprocessorConfig } from "../../src/image/to-preprocessor-config.ts";
import { runTraining } from "../../src/jobs/train.ts";
import type { TrainingRun, TrainingRunOptions } from "../../src/jobs/train-options.ts";
import { loadModel } from "../../src/load.ts";
import { scratch } from "../cli/run.ts";
import { absent, hasShared, shared } from "../shared.ts";
import { writeTinyCifar } from "./tiny-pictures.ts";

const root = scratch();
const NAMES = ["north-west", "north-east", "south-west", "south-east"];
const pictures = (count: number, seed = 1): Promise<DataSet> =>
  openDataSet(writeTinyCifar(join(root, `${count}-${seed}.bin`), count, { seed }), { classes: NAMES });

let folders = 0;
const place = (): string => join(root, `run-${folders++}`);
const COMMON = { network: "lenet", epochs: 3, batch: 8, rate: 0.02, threads: 1, seed: 5 } as const;
const train = async (options: Partial<TrainingRunOptions> = {}): Promise<TrainingRun> =>
  runTraining({ ...COMMON, data: await pictures(64), folder: place(), ...options });
const bytesOf = (folder: string, name = "model.onnx"): Buffer => readFileSync(join(folder, name));

describe("what a training writes", () => {
  test("the same seed gives the same bytes; another seed others", async () => {
    const [a, b, c] = [await train(), await train(), await train({ seed: 6 })];
    expect(bytesOf(a.folder).equals(bytesOf(b.folder))).toBe(true);
    expect(bytesOf(a.folder).equals(bytesOf(c.folder))).toBe(false);
  });

  test("history: a row for each step and each validation", async () => {
    const { folder, steps, validation } = await train({ validation: await pictures(40, 2) });
    const rows = rowsOf(await readTable(new Uint8Array(bytesOf(folder, "history.parquet"))));
    expect(steps).toBe(24);
    expect(rows.filter((r) => r.split === "train").map((r) => r.step)).toEqual(
      Array.from({ length: 24 }, (_, i) => i + 1),
    );
    const measured = rows.filter((r) => r.split === "validation");
    expect(measured.map((r) => [r.step, r.epoch])).toEqual([
      [8, 0],
      [16, 1],
      [24, 2],
    ]);
    expect(measured.at(-1)?.accuracy).toBe(validation?.accuracy);
    expect(measured.at(-1)?.loss).toBeCloseTo(validation?.loss as number, 6);
    expect(rows.every((r) => r.split === "validation" || (r.gradient_norm as number) > 0)).toBe(true);
  });

  test("the best on the validation data is kept", async () => {
    const options = { validation: await pictures(40, 2), keep: "best", checkpointEvery: { epochs: 1 } } as const;
    const { folder, kept, validation } = await train(options);
    const rows = rowsOf(await readTable(new Uint8Array(bytesOf(folder, "history.parquet"))));
    const values = rows.flatMap((r) => (r.split === "validation" ? [r.accuracy as number] : []));
    expect(validation?.accuracy).toBe(Math.max(...values));
    expect(kept).toBe(8 * (1 + values.indexOf(Math.max(...values))));
    const checkpoint = bytesOf(folder, `checkpoints/step-${String(kept).padStart(6, "0")}.onnx`);
    expect(checkpoint.equals(bytesOf(folder))).toBe(true);
  });

  test("the folder is a model: same classes, same pixels, same answers", async () => {
    const data = await pictures(64);
    const { folder, train: own } = await train({ data, normalization: "data", epochs: 6 });
    const model = await loadModel(folder);
    expect(model.labels).toEqual(NAMES);
    const { spec } = model.preprocessing(model.classifier());
    expect(spec.mean.every((m) => m > 0.2 && m < 0.5)).toBe(true);
    // trained a whole epoch longer at a rate of 0: nothing moves, so the measured accuracy is the file's
    const again = await train({ data, network: model, epochs: 1, rate: 1e-30, batchNorm: "frozen" });
    expect(again.train.accuracy).toBe(own.accuracy);
    expect(again.train.loss).toBeCloseTo(own.loss, 5);
  });
});

describe("a training that stops", () => {
  test("on a signal, resumed: the weights of one that did not", async () => {
    const stop = new AbortController();
    const folder = place();
    const options = { folder, optimizer: "adamw", rate: 1e-3, augment: ["flip"] } as const;
    const stopped = train({
      ...options,
      signal: stop.signal,
      onProgress: (p) => {
        if (p.phase === "training" && p.step === 11) stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: "E_ABORTED" });
    const { metadata } = readSafetensors(new Uint8Array(bytesOf(folder, "state.safetensors")));
    expect(metadata.steps).toBe("11");
    await train({ ...options, resume: true });
    const whole = await train({ ...options, folder: place() });
    expect(bytesOf(folder).equals(bytesOf(whole.folder))).toBe(true);
    const values = (f: string): readonly (number | null)[] =>
      Array.from(
        readSafetensors(new Uint8Array(bytesOf(f, "state.safetensors"))).tensors.history?.data as Float64Array,
      ).filter((_, i) => i % 8 !== 7);
    expect(values(folder)).toEqual(values(whole.folder));
    await expect(train({ ...options, resume: true })).rejects.toMatchObject({ code: "E_FILE" });
  });

  test("while an epoch is measured: the measurement is made up for", async () => {
    const stop = new AbortController();
    const folder = place();
    const validation = await pictures(40, 2);
    const options = { folder, validation, keep: "best" } as const;
    const onProgress: TrainingRunOptions["onProgress"] = (p) => {
      if (p.phase === "training" && p.step === 16) stop.abort();
    };
    await expect(train({ ...options, signal: stop.signal, onProgress })).rejects.toMatchObject({ code: "E_ABORTED" });
    await train({ ...options, resume: true });
    const whole = await train({ ...options, folder: place() });
    expect(bytesOf(folder).equals(bytesOf(whole.folder))).toBe(true);
    const rows = rowsOf(await readTable(new Uint8Array(bytesOf(folder, "history.parquet"))));
    expect(rows.filter((r) => r.split === "validation").map((r) => r.step)).toEqual([8, 16, 24]);
  });

  test("at its last step: no network that is not finite is written", async () => {
    const folder = place();
    const promise = train({ folder, data: await pictures(8), rate: 1e39, epochs: 1, checkpointEvery: { epochs: 1 } });
    await expect(promise).rejects.toMatchObject({ code: "E_NUMERIC", message: expect.stringContaining("step 1") });
    expect(readFileSync(join(folder, "training.html"), "utf8")).toContain("The training diverged.");
    for (const name of ["model.onnx", "checkpoints/step-000001.onnx"])
      expect(existsSync(join(folder, name)), name).toBe(false);
  });

  test("because a checkpoint cannot be written: coded, the one before intact, and it goes on", async () => {
    const folder = place();
    const blocked = join(folder, "checkpoints/step-000016.onnx");
    const options = { folder, checkpointEvery: { steps: 8 } } as const;
    const failed = train({
      ...options,
      onProgress: (p) => {
        if (p.phase === "training" && p.step === 9) mkdirSync(join(blocked, "full"), { recursive: true });
      },
    });
    await expect(failed).rejects.toMatchObject({
      code: "E_FILE",
      message: expect.stringContaining("step-000016.onnx"),
    });
    const { metadata } = readSafetensors(new Uint8Array(bytesOf(folder, "state.safetensors")));
    expect(metadata.steps).toBe("8");
    const before = await loadModel(join(folder, "checkpoints/step-000008.onnx"));
    expect(before.source.model.metadata.get("onnxplain.step")).toBe("8");
    expect(existsSync(join(folder, "checkpoints/.step-000016.onnx.part"))).toBe(false);
    rmSync(blocked, { recursive: true });
    await train({ ...options, resume: true });
    const whole = await train({ ...options, folder: place() });
    expect(bytesOf(folder).equals(bytesOf(whole.folder))).toBe(true);
  });

  test("goes on with the same settings and data alone", async () => {
    const folder = place();
    const stop = new AbortController();
    const onProgress: TrainingRunOptions["onProgress"] = (p) => {
      if (p.phase === "training" && p.step === 3) stop.abort();
    };
    await expect(train({ folder, signal: stop.signal, onProgress })).rejects.toMatchObject({ code: "E_ABORTED" });
    await expect(train({ folder, resume: true, rate: 0.03 })).rejects.toMatchObject({
      code: "E_PARAM",
      message: expect.stringContaining("schedule was"),
    });
    const other = { ...(await pictures(64, 9)), name: (await pictures(64)).name };
    await expect(train({ folder, resume: true, data: other })).rejects.toMatchObject({
      code: "E_PARAM",
      message: expect.stringContaining("data has changed"),
    });
  });

  test("a path below a file: nothing is begun", async () => {
    writeFileSync(join(root, "file"), "");
    await expect(train({ folder: join(root, "file/run") })).rejects.toMatchObject({ code: "E_FILE" });
  });

  test("because its rate is too high: coded, with a report", async () => {
    const folder = place();
    const promise = train({ folder, rate: 1e25, epochs: 2, clip: 1, schedule: { kind: "constant" } });
    await expect(promise).rejects.toMatchObject({ code: "E_NUMERIC" });
    expect(existsSync(join(folder, "training.html"))).toBe(true);
    expect(existsSync(join(folder, "model.onnx"))).toBe(false);
  });
});

describe("a model that exists", () => {
  const base = async (names: readonly string[] = NAMES): Promise<Explainer> => {
    const { folder } = await train({ epochs: 2 });
    return loadModel(folder, { labels: names });
  };
  const model = base();

  test("labels join by name, whatever their order", async () => {
    const turned = await base([...NAMES].reverse());
    const run = await train({ network: turned, epochs: 4 });
    expect(run.classes).toEqual([...NAMES].reverse());
    expect(run.train.accuracy).toBeGreaterThan(0.9);
    const written = await loadModel(run.folder);
    expect(written.labels).toEqual([...NAMES].reverse());
  });

  test("classes that differ are refused, unless the head is new", async () => {
    const foreign = await base(["cat", "dog", "cow", "hen"]);
    await expect(train({ network: foreign })).rejects.toMatchObject({
      code: "E_DATA_CLASSES",
      message: expect.stringContaining("--new-head"),
    });
    const run = await train({ network: foreign, newHead: true });
    expect(run.classes).toEqual(NAMES);
  });

  test("frozen parameters keep their numbers", async () => {
    const { source } = await model;
    const names = [...(await model).classifier({ separateBatchNorm: true }).model.graph.constants.keys()];
    const [first = ""] = names.filter((n) => source.model.graph.constants.get(n)?.dims.length === 4);
    const run = await train({ network: await model, freeze: [first], batchNorm: "frozen", rate: 0.01 });
    const after = (await loadModel(run.folder)).source.model.graph.constants;
    expect(after.get(first)?.data).toEqual(source.model.graph.constants.get(first)?.data);
    const changed = [...after].filter(([name, t]) => {
      const old = source.model.graph.constants.get(name);
      return old && t.dtype === "float32" && !t.data.every((v, i) => v === old.data[i]);
    });
    expect(changed.length).toBeGreaterThan(3);
  });

  test.each(["sgd", "adamw", "lbfgs"] as const)(
    "a head alone, by %s: the rest keeps its numbers, the features are kept",
    async (optimizer) => {
      const run = await train({
        network: await model,
        mode: "head",
        optimizer,
        rate: 0.01,
        epochs: 20,
        validation: 0.25,
      });
      expect(run.train.accuracy).toBeGreaterThan(0.8);
      expect(existsSync(join(run.folder, "features.safetensors"))).toBe(true);
      const written = await loadModel(run.folder);
      const body = (e: Explainer): readonly unknown[] =>
        [...e.classifier().model.graph.constants.values()].filter((t) => t.dims.length === 4).map((t) => t.data);
      expect(body(written)).toEqual(body(await model));
      // the file answers as the head on its features did
      const again = await train({ network: written, mode: "head", epochs: 1, rate: 1e-30, validation: 0.25 });
      expect(again.validation?.accuracy).toBe(run.validation?.accuracy);
      expect(again.validation?.loss).toBeCloseTo(run.validation?.loss as number, 4);
    },
  );

  test("a head upon a head upon a head", async () => {
    let { folder } = await train({ network: "vgg-small", epochs: 1, widthFactor: 0.25 });
    for (const optimizer of ["lbfgs", "adamw", "lbfgs"])
      ({ folder } = await train({
        network: await loadModel(folder),
        mode: "head",
        optimizer,
        epochs: 1,
        newHead: true,
      }));
    expect((await loadModel(folder)).classifier().classes).toBe(4);
  });

  test("features that do not fit into memory are refused with their size", async () => {
    const promise = train({ network: await model, mode: "head", maxMemory: 1000 });
    await expect(promise).rejects.toMatchObject({ code: "E_PARAM", message: expect.stringContaining("MB") });
  });
});

describe("other targets", () => {
  /** One or two squares a picture, two labels where there are two. */
  const several: DataSet = {
    name: "several",
    classes: ["red", "green", "blue"],
    count: 48,
    notes: [],
    items: async function* () {
      for (let i = 0; i < 48; i++) {
        const bits = 1 + (i % 7);
        const shown = [0, 1, 2].filter((c) => bits & (1 << c));
        const data = Uint8Array.from(
          { length: 32 * 32 * 3 },
          (_, p) => ((bits >> (p % 3)) & 1) * 180 + ((p * 7 + i) % 40),
        );
        yield {
          id: String(i),
          label: { several: shown.map((index) => ({ index })) },
          load: async () => ({ width: 32, height: 32, channels: 3 as const, data }),
        };
      }
    },
  };

  test.each(["hinge", "squared-hinge", "binary-cross-entropy"])("several labels a picture, by %s", async (loss) => {
    const run = await train({ data: several, loss, epochs: 8, rate: 0.005, validation: 0.25 });
    expect(run.train.averagePrecision?.elevenPoint).toBeGreaterThan(0.95);
    expect(run.train.equalErrors?.map((e) => e.rate)).toHaveLength(3);
    expect(run.validation?.accuracy).toBeNull();
    expect(readFileSync(join(run.folder, "training.html"), "utf8")).toContain("mAP");
  });

  test("one class is asked of several: refused", async () => {
    await expect(train({ data: several, loss: "cross-entropy" })).rejects.toMatchObject({ code: "E_PARAM" });
  });

  test("pairs through shared weights", async () => {
    const run = await train({ loss: "identification-verification", lossParams: { margin: 2 }, epochs: 4, rate: 0.005 });
    expect(run.steps).toBe(64);
    expect(run.train.accuracy).toBeGreaterThan(0.9);
  });

  test("balanced weights are the inverse of how often a class is shown", async () => {
    const run = await train({ classWeights: "balanced" });
    const { loss } = JSON.parse(readFileSync(join(run.folder, "manifest.json"), "utf8"));
    expect(loss.params.class_weights).toEqual([1, 1, 1, 1]);
  });
});

describe("preprocessing beside the model reads back as it was", () => {
  const plain = {
    resample: "bilinear",
    channelOrder: "RGB",
    scale: 1 / 255,
    mean: [0.5, 0.4, 0.3],
    std: [0.2, 0.3, 0.25],
    layout: "nchw",
  } as const;
  const hub: readonly Preprocessing[] = [
    { ...plain, resize: { width: 32, height: 24 }, crop: null },
    { ...plain, resize: null, crop: null, channelOrder: "GRAY", mean: [0.5], std: [0.5], resample: "nearest" },
    {
      ...plain,
      resize: { shorterSide: 36 },
      crop: { width: 32, height: 32, rounding: "floor" },
      channelOrder: "BGR",
      scale: 1,
    },
    { ...plain, resize: null, crop: { width: 20, height: 30, rounding: "floor" }, resample: "lanczos" },
  ];
  test.each(hub)("as preprocessor_config.json", (spec) => {
    const json = JSON.parse(JSON.stringify(toPreprocessorConfig(spec)));
    expect(fromPreprocessorConfig(json)).toEqual(spec);
  });

  test("torchvision's crop, which rounds otherwise, as META.json", () => {
    const spec = PRESETS.torchvision;
    expect(toPreprocessorConfig(spec)).toBeUndefined();
    expect(readCard(JSON.parse(JSON.stringify(writeCard(spec)))).preprocessing).toEqual(spec);
  });

  test("what neither can say", () => {
    const spec = { ...plain, resize: null, crop: { width: 20, height: 30 } };
    expect([toPreprocessorConfig(spec), writeCard(spec)]).toEqual([undefined, undefined]);
  });
});

const MODEL = "models/squeezenet1.1";
describe(`a network of the world${absent(MODEL)}`, () => {
  test.runIf(hasShared(MODEL))("a new head on its features", async () => {
    const network = await loadModel(shared(MODEL));
    const data = await openDataSet(shared("images/cifar10/train_5000.bin"), { limit: 60, shuffle: 1 });
    const run = await train({ network, data, mode: "head", optimizer: "lbfgs", epochs: 60, threads: 2 });
    expect(run.train.accuracy).toBeGreaterThan(0.9);
    expect((await loadModel(run.folder)).classifier().classes).toBe(10);
  });
});
