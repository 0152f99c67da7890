/** @file `regions evaluate` as a job on a network whose rules are known: closed cases, slow oracles, resuming, files. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTable } from "../../src/formats/parquet-read.ts";
import {
  evaluationJson,
  type RegionsEvaluateOptions,
  type RegionsEvaluation,
  runRegionsEvaluate,
  writeRegionsEvaluation,
} from "../../src/jobs/regions-evaluate.ts";
import { regionsOf } from "../../src/jobs/regions-evaluate-methods.ts";
import { type EvaluatedNetwork, evaluatedNetwork } from "../../src/jobs/regions-evaluate-network.ts";
import { pictureSet } from "../../src/jobs/regions-evaluate-pictures.ts";
import { evaluationPageOf, evaluationTable } from "../../src/jobs/regions-evaluate-results.ts";
import { methodResult } from "../../src/jobs/regions-evaluate-seed.ts";
import { nearestInFeatures } from "../../src/jobs/regions-evaluate-top.ts";
import { picturePoints } from "../../src/jobs/representers-points.ts";
import { fitRegions } from "../../src/regions/fit.ts";
import { channelWeights, heatMap } from "../../src/regions/heat-map.ts";
import { kMeans } from "../../src/regions/k-means.ts";
import { type Pictures, picturesInMemory } from "../../src/regions/pictures.ts";
import { softmaxOf } from "../../src/regions/probabilities.ts";
import { openProjector, valuesOf } from "../../src/regions/projections.ts";
import { quarterNetwork, quarterPictures } from "./regions-made.ts";

const ONE = { threads: 1 } as const;
const WIDTH = 3 * 32 * 32;
const root = mkdtempSync(join(tmpdir(), "onnxplain-"));
const [REFERENCES, UNSEEN] = [quarterPictures(70, { broken: [3] }), quarterPictures(24, { seed: 9 })];
const SMALL: Omit<RegionsEvaluateOptions, "folder"> = {
  ...ONE,
  interpretations: 6,
  boundaries: 8,
  sweep: [1, 8, 400],
  seeds: [0, 1],
  topInputs: 3,
  topK: [1, 4, 500],
  batch: 16,
};
let network: EvaluatedNetwork;
let made: RegionsEvaluation;
let folders = 0;

const run = async (options: Partial<RegionsEvaluateOptions> = {}) =>
  runRegionsEvaluate(
    {
      network,
      digest: "d",
      references: picturePoints(network.model, REFERENCES, network),
      unseen: picturePoints(network.model, UNSEEN, network),
    },
    { ...SMALL, folder: join(root, `run-${folders++}`), ...options },
  );

beforeAll(async () => {
  network = evaluatedNetwork(await quarterNetwork());
  made = (await run({ folder: join(root, "first") })).evaluation;
});
afterAll(async () => {
  await network.model.dispose();
  rmSync(root, { recursive: true });
});

const rowsOf = async (pictures: Pictures): Promise<Float32Array> => {
  const out = new Float32Array(pictures.count * pictures.width);
  for await (const { first, rows } of pictures.blocks(7)) out.set(rows, first * pictures.width);
  return out;
};

describe("an evaluation of regions", () => {
  it("loses nothing when every pixel stays, and the same by every method when none does", async () => {
    const all = (await run({ keep: 1, topInputs: 2, seeds: [0] })).evaluation;
    for (const m of [...(all.seeds[0]?.methods ?? []), ...all.controls]) {
      expect(m.drop, m.id).toBe(0);
      expect(m.increase, m.id).toBe(0);
    }
    expect(all.seeds[0]?.top.map((t) => t.drop)).toEqual(Array(4).fill([0, 0, 0]));
    const none = (await run({ keep: 0, topInputs: 0, sweep: [], seeds: [0] })).evaluation;
    const drops = [...(none.seeds[0]?.methods ?? []), ...none.controls].map((m) => m.drop);
    expect(drops).toHaveLength(8);
    expect(drops[0]).toBeGreaterThan(0);
    expect(new Set(drops).size).toBe(1);
    expect(none.seeds[0]?.top).toEqual([]);
    expect(none.seeds[0]?.sweep).toEqual([]);
  });
  it("is the same whether pictures and features are held or read again", async () => {
    const again = (await run({ hold: 0 })).evaluation;
    expect(JSON.parse(evaluationJson(again))).toEqual(JSON.parse(evaluationJson(made)));
  });
  it("serves an unseen picture by the region of most references, else by that of the nearest centre (slow oracle)", async () => {
    const { classifier, layer, black } = network;
    const set = async (data: typeof UNSEEN): Promise<Float32Array> =>
      rowsOf((await pictureSet(picturePoints(network.model, data, network), WIDTH)).pictures);
    const [known, fresh] = [await set(REFERENCES), await set(UNSEEN)];
    const fit = await fitRegions(classifier, layer, picturesInMemory(known, WIDTH), {
      ...ONE,
      boundaries: 69,
      seed: 1,
      batch: 16,
    });
    const projector = await openProjector(classifier, layer, ONE);
    const [near, far] = [
      await projector.features(picturesInMemory(known, WIDTH)),
      await projector.read(picturesInMemory(fresh, WIDTH), fit.boundaries),
    ];
    const width = near.psi.length / 69;
    const clusters = await kMeans(picturesInMemory(near.psi, width), { clusters: 6, seed: 1, ...ONE });
    const regions = regionsOf(fit, clusters.representatives, 8);
    expect(regions.every((r) => r.order.every((h) => h < 8))).toBe(true);
    const remains = fresh.slice();
    for (let i = 0; i < 24; i++) {
      const values = valuesOf(far.projections, i);
      let best = -1;
      for (const [v, r] of regions.entries()) {
        const inside = r.order.every((h) => (r.values[h] as number) > 0 === (values[h] as number) > 0);
        const size = (k: number): number => (regions[k]?.same ?? 0) + (regions[k]?.other ?? 0);
        if (inside && (best < 0 || size(v) > size(best))) best = v;
      }
      const psi = far.psi.subarray(i * width, (i + 1) * width);
      const away = (c: number): number =>
        psi.reduce((s, p, k) => s + (p - (clusters.centres[c * width + k] ?? 0)) ** 2, 0);
      if (best < 0) best = [0, 1, 2, 3, 4, 5].reduce((a, b) => (away(b) < away(a) ? b : a));
      const region = regions[best] as (typeof regions)[number];
      if (region.order.length === 0) throw new Error("this oracle wants boundaries");
      const map = heatMap(psi, channelWeights(fit.boundaries, layer, region), {
        layer,
        size: { width: 32, height: 32 },
      });
      const ranked = Array.from(map.keys()).sort((a, b) => (map[b] as number) - (map[a] as number) || a - b);
      for (const p of ranked.slice(205))
        for (let c = 0; c < 3; c++) remains[i * WIDTH + c * 1024 + p] = black[c] as number;
    }
    const after = await projector.features(picturesInMemory(remains, WIDTH));
    await projector.dispose();
    let [drop, rises] = [0, 0];
    for (let i = 0; i < 24; i++) {
      const label = far.projections.classes[i] as number;
      const at = (s: Float32Array): number => softmaxOf(s.subarray(4 * i, 4 * i + 4))[label] as number;
      drop += Math.max(0, at(far.scores) - at(after.scores)) / at(far.scores) / 24;
      if (at(after.scores) > at(far.scores)) rises += 1 / 24;
    }
    const found = made.seeds[1]?.methods.find((m) => m.id === "regions");
    expect(found?.drop).toBeCloseTo(drop, 6);
    expect(found?.increase).toBeCloseTo(rises, 12);
  });
  it("reports what it was asked for: all methods, a sweep without boundaries that there are not, K beyond the references", () => {
    expect([made.references, made.unseen]).toEqual([69, 24]);
    expect(made.notes.join()).toContain("1 picture of `quarters` cannot be read");
    expect(made.accuracy.references).toBeGreaterThan(0.9);
    for (const seed of made.seeds) {
      expect(seed.methods.map((m) => m.id)).toEqual([
        "regions",
        "regions-own-class",
        "grad-cam",
        "grad-cam-plus-plus",
        "score-cam",
      ]);
      expect(seed.sweep.map((s) => s.boundaries)).toEqual([1, 8, 69]);
      const { boundaries: _, ...own } = seed.sweep[1] as (typeof seed.sweep)[number];
      expect(own).toEqual(seed.quality);
      expect(seed.regions).toHaveLength(6);
      for (const t of seed.top) expect(t.drop).toHaveLength(3);
      for (const m of seed.methods) {
        expect(m.drop).toBeGreaterThanOrEqual(0);
        expect(m.drop).toBeLessThanOrEqual(1);
      }
    }
    expect(made.seeds[0]?.regions).not.toEqual(made.seeds[1]?.regions);
    expect(made.controls.map((c) => c.id)).toEqual(["own-boundary", "own-grad-cam", "random"]);
  });
  it("goes on with whole seeds, adds further ones, and refuses other settings", async () => {
    const folder = join(root, "first");
    const before = statSync(join(folder, "seeds/0.json")).mtimeMs;
    const marked = JSON.parse(readFileSync(join(folder, "seeds/1.json"), "utf8")) as { notes: string[] };
    writeFileSync(join(folder, "seeds/1.json"), JSON.stringify({ ...marked, notes: ["as it stood"] }));
    const more = (await run({ folder, resume: true, seeds: [0, 1, 2] })).evaluation;
    expect(more.seeds.map((s) => s.seed)).toEqual([0, 1, 2]);
    expect(more.seeds[0]).toEqual(made.seeds[0]);
    expect(more.notes).toContain("as it stood");
    expect(statSync(join(folder, "seeds/0.json")).mtimeMs).toBe(before);
    await expect(run({ folder, resume: true, boundaries: 9 })).rejects.toMatchObject({ code: "E_PARAM" });
    await expect(run({ folder })).rejects.toMatchObject({ code: "E_FILE" });
  });
  it("refuses numbers that mean nothing, and more interpretations than references", async () => {
    for (const bad of [
      { keep: 1.5 },
      { boundaries: 0 },
      { sweep: [0] },
      { seeds: [] },
      { topK: [1.5] },
      { interpretations: 70 },
    ])
      await expect(run(bad), JSON.stringify(bad)).rejects.toMatchObject({ code: "E_PARAM" });
    await expect(run({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "E_ABORTED" });
  });
  it("writes page, curves and a table of every number", async () => {
    const { job, evaluation } = await run({ seeds: [3], topInputs: 1, topK: [2] });
    const looks = { facts: { model: "m", data: "quarters", settings: [] }, labels: ["a", "b", "c", "d"] };
    await writeRegionsEvaluation(job, evaluation, looks);
    for (const name of ["evaluate.html", "evaluate.json", "evaluate.parquet", "curves.png", "seeds/3.json"])
      expect(existsSync(join(job.folder, name)), name).toBe(true);
    const table = await readTable(new Uint8Array(readFileSync(join(job.folder, "evaluate.parquet"))));
    expect(table.count).toBe(evaluationTable(evaluation).count);
    expect(table.count).toBe(5 * 4 + 6 + 3 * 6 + 4 * 2 + 3 * 2);
    const page = evaluationPageOf(evaluation, looks);
    expect(page.methods[0]?.drop).toEqual([evaluation.seeds[0]?.methods[0]?.drop]);
    expect(readFileSync(join(job.folder, "evaluate.html"), "utf8")).toContain("<h2>Decision regions</h2>");
  });
});

describe("parts of the evaluation", () => {
  it("splits the drop by coverage", () => {
    const [whole, left] = [Float64Array.of(0.8, 0.5, 0.4), Float64Array.of(0.4, 0.5, 0.6)];
    const found = methodResult("m", whole, left, (i) => i > 0);
    expect(found).toEqual({ id: "m", drop: 0.5 / 3, increase: 1 / 3, covered: 0, uncovered: 0.5 });
    expect(methodResult("m", whole, left, () => true).uncovered).toBeNull();
  });
  it("finds the nearest features, the point itself first, the lower place at ties", async () => {
    const points = picturesInMemory(Float32Array.of(0, 3, 3, 1, -3, 0), 1);
    expect(await nearestInFeatures(points, [0, 5], 6)).toEqual([
      [0, 5, 3, 1, 2, 4],
      [5, 0, 3, 1, 2, 4],
    ]);
    expect(await nearestInFeatures(points, [2], 2)).toEqual([[2, 1]]);
  });
});
