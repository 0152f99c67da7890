/** @file `patterns fit` into a folder: what frames hold, resumed fits, attacks, several networks, degenerate pictures. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readTable } from "../../src/formats/parquet-read.ts";
import { readSafetensors } from "../../src/formats/safetensors.ts";
import { rowsOf } from "../../src/formats/table.ts";
import type { PatternsRun } from "../../src/jobs/patterns-fitting.ts";
import { patternModels } from "../../src/jobs/patterns-models.ts";
import { openPatterns } from "../../src/jobs/patterns-open.ts";
import type { PatternProgress, PatternStage } from "../../src/jobs/patterns-options.ts";
import type { FrameReport } from "../../src/jobs/patterns-report.ts";
import { openPatternStore, type PatternStore } from "../../src/jobs/patterns-store.ts";
import { loadModel } from "../../src/load.ts";
import { linearEnd } from "../../src/methods/linear-end.ts";
import { meanStrength } from "../../src/patterns/sample-start.ts";
import { scratch } from "../cli/run.ts";
import { checkpointFiles, fitted, PLACES, placePictures, trainedFolder } from "./patterns-made.ts";

const root = scratch();
let folders = 0;
const place = (): string => join(root, `fit-${folders++}`);
let training: string;
let checkpoints: readonly string[];
let sequence: PatternsRun;

beforeAll(async () => {
  training = await trainedFolder(root);
  checkpoints = await checkpointFiles(training);
  sequence = await fitted(checkpoints, { folder: place(), keepFeatures: true });
}, 120_000);
afterAll(() => rmSync(root, { recursive: true }));

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.\w+$/.test(name))
    .sort();

describe("a sequence of checkpoints", () => {
  test("is a frame each, begun from the one before and turned into it", async () => {
    expect(sequence.report.frames.map((f) => [f.name, f.epoch, f.after, f.warm])).toEqual([
      ["epoch 1", 1, null, false],
      ["epoch 2", 2, 0, true],
    ]);
    const [first, second] = sequence.report.frames;
    expect(first?.samples.residual).toBeNull();
    const named = ["pca", "random 4", "random 5", "random 6"];
    expect(first?.samples.starts.map((s) => s.name)).toEqual(named);
    expect(second?.samples.starts.map((s) => s.name)).toEqual(["frame before", ...named]);
    for (const { samples } of [first, second] as FrameReport[])
      expect(samples.curve[samples.best]?.kl).toBe(Math.min(...samples.starts.map((s) => s.kl)));
    expect(second?.regions.map((r) => r.choices.start)).toEqual(second?.layers.map(() => "warm"));
    const { tensors } = readSafetensors(readFileSync(join(sequence.folder, "fit.safetensors")));
    const mu = [0, 1].map((f) => tensors[`${f}/mu`]?.data as Float64Array) as [Float64Array, Float64Array];
    const off = Math.hypot(...mu[1].map((v, i) => v - (mu[0][i] as number)));
    expect(second?.samples.residual).toBeCloseTo(off, 10);
  });

  test("features are what the last layer reads, weights sum to 1, maps are read by place across shards", async () => {
    const store = await openPatternStore(sequence.folder, "features/001");
    const model = await loadModel(checkpoints[1] as string);
    const { model: own, scores } = model.classifier();
    const end = linearEnd(own, scores);
    if (end === undefined) throw new Error("the network ends in a linear layer");
    expect(store.shards).toBe(4);
    for (let i = 0; i < store.count; i++)
      for (let c = 0; c < 4; c++) {
        let sum = end.bias[c] as number;
        for (let k = 0; k < end.width; k++)
          sum += (end.weight[c * end.width + k] as number) * (store.features[i * end.width + k] as number);
        expect(store.scores[i * 4 + c]).toBeCloseTo(sum, 3);
      }
    for (const weights of store.weights) {
      const positions = weights.length / store.count;
      for (let i = 0; i < store.count; i++)
        expect(weights.subarray(i * positions, (i + 1) * positions).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    }
    await sameWalks(store);
    await model.dispose();
  });

  async function sameWalks({ maps }: PatternStore): Promise<void> {
    for (const source of maps) {
      const size = source.positions * source.channels;
      const all = new Float32Array(source.count * size);
      for await (const { first, rows } of source.blocks(7)) all.set(rows, first * size);
      const places = [35, 9, 10, 11, 0, 20, 19];
      const some = await source.some(places);
      places.forEach((from, i) => {
        expect(some.subarray(i * size, (i + 1) * size)).toEqual(all.subarray(from * size, (from + 1) * size));
      });
    }
  }

  test("all layers lie on the last layer's grid and have one mean strength", async () => {
    const { page } = await openPatterns(sequence.folder);
    const [, frame] = page.frames;
    expect(frame?.layers.length).toBeGreaterThan(1);
    expect(frame?.layers.at(-1)?.size).toEqual(page.grid);
    expect(new Set(frame?.layers.map((l) => String(l.size))).size).toBeGreaterThan(1);
    const store = await openPatternStore(sequence.folder, "features/001");
    for (const [l, layer] of (frame?.layers ?? []).entries()) {
      expect(store.maps[l]).toMatchObject({
        count: 36,
        channels: layer.channels,
        positions: page.grid[0] * page.grid[1],
      });
      expect(layer.strength * layer.scale).toBeCloseTo(frame?.strength as number, 6);
    }
    expect(meanStrength(Float64Array.from(frame?.points ?? []), 3)).toBeCloseTo(frame?.strength as number, 4);
  });

  test("tables, page and grids tell the same", async () => {
    const { page, report } = await openPatterns(sequence.folder);
    expect(report).toEqual(JSON.parse(JSON.stringify(sequence.report)));
    expect([page.ids.length, page.labels.length, page.thumbnails.pixels.length]).toEqual([36, 36, 36 * 32 * 32 * 3]);
    expect(Array.from(page.labels)).toEqual(Array.from({ length: 36 }, (_, i) => i % 4));
    const knowledge = rowsOf(await readTable(new Uint8Array(readFileSync(join(sequence.folder, "knowledge.parquet")))));
    const samples = rowsOf(await readTable(new Uint8Array(readFileSync(join(sequence.folder, "samples.parquet")))));
    expect(samples.length).toBe(72);
    for (const [f, frame] of page.frames.entries()) {
      const own = samples.filter((row) => row.frame === f);
      expect(own.map((row) => row.posterior)).toEqual(Array.from(frame.posterior, (y) => PLACES[y]));
      expect(own.filter((row) => row.posterior === row.network).length / 36).toBeCloseTo(frame.agreement, 12);
      expect(own.filter((row) => row.correct).length / 36).toBeCloseTo(frame.accuracy as number, 12);
      for (const [depth, layer] of frame.layers.entries()) {
        const positions = page.grid[0] * page.grid[1];
        const row = knowledge.find((k) => k.frame === f && k.depth === depth && k.tau === page.tau);
        expect(row?.mean_count).toBeCloseTo(layer.counts.reduce((a, b) => a + b, 0) / 36, 12);
        page.shown.forEach((at, i) => {
          const sure = layer.grids.largest.subarray(i * positions, (i + 1) * positions);
          const wins = layer.grids.winners.subarray(i * positions, (i + 1) * positions);
          expect(sure.filter((p) => p > page.tau).length).toBe(layer.counts[at]);
          expect(sure.filter((p, r) => p > page.tau && wins[r] === page.labels[at]).length).toBe(layer.reliable[at]);
        });
        const counts = layer.knowledge.map((k) => k.count);
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));
        if (f === 0) expect(layer.change).toBeNull();
        else {
          const { kept, turned, lost, gained } = layer.change as NonNullable<typeof layer.change>;
          const before = page.frames[0]?.layers[depth]?.counts.reduce((a, b) => a + b, 0);
          expect(kept + turned + lost).toBe(before);
          expect(kept + turned + gained).toBe(layer.counts.reduce((a, b) => a + b, 0));
        }
      }
    }
  });

  test("features are taken away unless they are to stay", async () => {
    const run = await fitted(checkpoints, { folder: place() });
    expect(existsSync(join(run.folder, "features"))).toBe(false);
    expect(existsSync(join(sequence.folder, "features/000/000000.safetensors"))).toBe(true);
    expect(filesIn(run.folder).filter((name) => name.startsWith("fits"))).toEqual([]);
  });
});

describe("a fit that was stopped", () => {
  const CASES = [
    ["features", 0, 20],
    ["features", 1, 30],
    ["samples", 0, 3],
    ["regions", 0, 2],
    ["points", 0, 1],
    ["regions", 1, 4],
    ["samples", 1, 2, 0],
    ["regions", 1, 2, 0],
  ] as const satisfies readonly (readonly [PatternStage, number, number, number?])[];

  test.each(CASES)(
    "at %s of frame %i after %i goes on to the same files",
    async (...[stage, frame, after, saveEvery]) => {
      const folder = place();
      const stop = new AbortController();
      const onProgress = (p: PatternProgress): void => {
        if (p.stage === stage && p.frame === frame && p.done >= after) stop.abort();
      };
      await expect(fitted(checkpoints, { folder, saveEvery, signal: stop.signal, onProgress })).rejects.toMatchObject({
        code: "E_ABORTED",
      });
      const states = filesIn(folder).filter((name) => /^fits.*json$/.test(name));
      expect(states.length > 0).toBe(saveEvery === 0);
      const began: number[] = [];
      await expect(openPatterns(folder)).rejects.toMatchObject({ code: "E_FILE" });
      await fitted(checkpoints, {
        folder,
        resume: true,
        onProgress: (p) => void (p.stage === stage && p.frame === frame && began.push(p.done)),
      });
      if (saveEvery === 0) expect(began[0]).toBe(after + 1);
      const whole = filesIn(sequence.folder).filter((name) => !name.startsWith("features"));
      expect(filesIn(folder)).toEqual(whole);
      for (const name of whole.filter((n) => n !== "times.json"))
        expect(readFileSync(join(folder, name)).equals(readFileSync(join(sequence.folder, name))), name).toBe(true);
    },
  );

  test("a finished one is read; other settings are refused by name", async () => {
    const again = await fitted(checkpoints, { folder: sequence.folder, resume: true });
    expect(again.report).toEqual(JSON.parse(JSON.stringify(sequence.report)));
    expect(again.times.stages.features).toBe(0);
    await expect(fitted(checkpoints, { folder: sequence.folder, resume: true, eta: 0.5 })).rejects.toMatchObject({
      code: "E_PARAM",
      message: expect.stringContaining("eta was 0.1, now 0.5"),
    });
    await expect(fitted(checkpoints, { folder: sequence.folder })).rejects.toMatchObject({ code: "E_FILE" });
  });

  test("other pictures in the place of those that were begun with are refused", async () => {
    const folder = place();
    const stop = new AbortController();
    const onProgress = ({ done }: PatternProgress): void => void (done >= 20 && stop.abort());
    await expect(fitted(checkpoints, { folder, signal: stop.signal, onProgress })).rejects.toThrow();
    const data = { ...placePictures(36), name: "others" };
    await expect(fitted(checkpoints, { folder, resume: true, data })).rejects.toMatchObject({ code: "E_PARAM" });
  });
});

describe("attacked inputs", () => {
  const last = (): readonly string[] => checkpoints.slice(-1);

  test.each(["fgsm", "pgd"] as const)(
    "%s makes a second frame, after the clean one, and lowers accuracy",
    async (name) => {
      const { report } = await fitted(last(), { folder: place(), attack: { name, epsilon: 0.3, fit: "refit" } });
      expect(report.frames.map((f) => [f.input, f.after])).toEqual([
        ["clean", null],
        ["attacked", 0],
      ]);
      const [clean, attacked] = report.frames;
      expect(attacked?.samples.network_accuracy).toBeLessThan(clean?.samples.network_accuracy as number);
      expect(report.settings.attack).toMatchObject({ name, epsilon: 0.3, target: "predicted", fit: "refit" });
    },
  );

  test("by default looks through the clean frame's matrices", async () => {
    const attack = { name: "fgsm", epsilon: 0.3 } as const;
    const { folder, report } = await fitted(last(), { folder: place(), attack });
    const { tensors } = readSafetensors(readFileSync(join(folder, "fit.safetensors")));
    for (const [name, clean] of Object.entries(tensors).filter(([n]) => n.startsWith("0/"))) {
      const attacked = tensors[name.replace("0/", "1/")]?.data as Float64Array;
      expect(Math.max(...attacked.map((v, i) => Math.abs(v - (clean.data[i] as number)))), name).toBeLessThan(1e-12);
    }
    expect(report.frames[1]?.samples.starts.map((s) => s.rounds)).toEqual([0]);
    expect(report.frames[1]?.regions.map((r) => r.curve.length)).toEqual(report.frames[1]?.layers.map(() => 0));
  });
});

describe("several networks", () => {
  test("of other widths and layers meet on one grid, their axes turned into each other", async () => {
    const other = await checkpointFiles(await trainedFolder(root, "resnet-small"));
    const sources = [checkpoints.at(-1), other.at(-1)] as string[];
    const { report } = await fitted(sources, { folder: place(), dimension: 2 });
    const [teacher, student] = report.frames;
    expect(student?.warm).toBe(false);
    expect(student?.samples.starts.map((s) => s.name)).not.toContain("frame before");
    expect(student?.samples.residual).toBeGreaterThan(0);
    expect(student?.layers.length).not.toBe(teacher?.layers.length);
    expect(student?.regions.every((r) => r.change === null && r.knowledge.length > 0)).toBe(true);
    expect(student?.notes.join()).toContain(`compared with no layer of \`${teacher?.name}\``);
    expect(report.grid).toEqual(teacher?.layers.at(-1)?.size);
  }, 120_000);
});

describe("pictures and classes that leave little to see", () => {
  test("one class: every posterior is 1", async () => {
    const { report, folder } = await fitted(checkpoints.slice(-1), { folder: place(), classes: ["north-east"] });
    const { page } = await openPatterns(folder);
    expect([report.count, report.categories]).toEqual([9, [{ name: "north-east", index: 1 }]]);
    expect(Array.from(page.frames[0]?.confidence ?? [])).toEqual(new Array(9).fill(1));
    expect(report.frames[0]?.regions[0]?.knowledge.at(-1)).toMatchObject({
      count: page.grid[0] * page.grid[1],
      ratio: 1,
    });
    expect(report.notes.join()).toContain("27 of 36 pictures are of other classes");
  });

  test("pictures that are all the same", async () => {
    const data = placePictures(12, { alike: true });
    const { report } = await fitted(checkpoints.slice(-1), { folder: place(), data });
    expect(report.frames[0]?.samples.notes.join()).toContain("All 12 samples have the same features");
    expect(Number.isFinite(report.frames[0]?.regions[0]?.strength)).toBe(true);
  });

  test("without labels accuracy and reliable ratios are undefined", async () => {
    const data = placePictures(12, { labelled: false });
    const { report } = await fitted(checkpoints.slice(-1), { folder: place(), data });
    expect(report.labelled).toBe(0);
    expect(report.frames[0]?.samples.accuracy).toBeNull();
    expect(report.frames[0]?.regions[0]?.knowledge[0]).toMatchObject({ reliable: null, ratio: null, meanRatio: null });
  });

  test("what cannot be read is left out of every frame and listed; one picture is enough, none is not", async () => {
    const data = placePictures(14, { broken: [0, 9, 10, 11, 12, 13] });
    const { report } = await fitted(checkpoints, { folder: place(), data });
    expect([report.count, report.unread.map((u) => u.id)]).toEqual([
      8,
      [0, 9, 10, 11, 12, 13].map((i) => `places#${i}`),
    ]);
    const single = placePictures(2, { broken: [1] });
    expect((await fitted(checkpoints.slice(-1), { folder: place(), data: single })).report.count).toBe(1);
    const none = placePictures(2, { broken: [0, 1] });
    await expect(fitted(checkpoints, { folder: place(), data: none })).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
  });
});

describe("what is refused", () => {
  const asked = (options: Parameters<typeof fitted>[1]) => fitted(checkpoints.slice(-1), options);

  test.each([
    ["E_PARAM", { dimension: 4 as 3 }],
    ["E_PARAM", { sigma: 0 }],
    ["E_PARAM", { tau: 2 }],
    ["E_PARAM", { weights: "loud" as "norm" }],
    ["E_PARAM", { mStep: "loud" as "network" }],
    ["E_PARAM", { attack: { name: "fgsm", steps: 3 } as const }],
    ["E_PARAM", { attack: { name: "pgd", epsilon: 0 } as const }],
    ["E_TARGET_UNKNOWN", { classes: ["south"] }],
    ["E_PARAM", { classes: ["north-east", "1"] }],
    ["E_PARAM", { models: [] }],
  ] as const)("%s for %o", async (code, options) => {
    await expect(asked({ folder: place(), ...options })).rejects.toMatchObject({ code });
  });

  test("files that are missing, layers that are not there, folders without checkpoints", async () => {
    await expect(patternModels([join(root, "none.onnx")], { load: loadModel })).rejects.toMatchObject({
      code: "E_FILE",
    });
    await expect(fitted(checkpoints, { folder: place() }, ["nowhere"])).rejects.toMatchObject({
      code: "E_LAYER_UNKNOWN",
    });
    await expect(checkpointFiles(root)).rejects.toMatchObject({ code: "E_FILE" });
    const models = await patternModels(checkpoints, { load: loadModel });
    const gone = models.map((m) => ({ ...m, open: () => loadModel(join(root, "gone.onnx")) as never }));
    await expect(fitted([], { folder: place(), models: gone })).rejects.toMatchObject({ code: "E_FILE" });
  });
});
