/**
 * @file ACE among the baselines of `regions evaluate`: a slow oracle from the pictures themselves, pieces that are not made again, results. The
 * reference values of SPEC 4 have no case of ACE; its searches are checked in `test/regions/concepts`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTable } from "../../src/formats/parquet-read.ts";
import { preprocess } from "../../src/image/preprocess.ts";
import { PRESETS } from "../../src/image/presets.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import {
  evaluationJson,
  type RegionsEvaluateOptions,
  type RegionsEvaluation,
  runRegionsEvaluate,
  writeRegionsEvaluation,
} from "../../src/jobs/regions-evaluate.ts";
import type { AceSearch } from "../../src/jobs/regions-evaluate-ace.ts";
import { type EvaluatedNetwork, evaluatedNetwork } from "../../src/jobs/regions-evaluate-network.ts";
import { evaluationPageOf, evaluationTable } from "../../src/jobs/regions-evaluate-results.ts";
import { seenPixels } from "../../src/jobs/regions-evaluate-seen.ts";
import { picturePoints } from "../../src/jobs/representers-points.ts";
import { conceptLayer } from "../../src/regions/concepts/readout.ts";
import { placeSegments } from "../../src/regions/concepts/reuse.ts";
import { isIn, segmentsOf } from "../../src/regions/concepts/segments.ts";
import { kMeans } from "../../src/regions/k-means.ts";
import { picturesInMemory } from "../../src/regions/pictures.ts";
import { softmaxOf } from "../../src/regions/probabilities.ts";
import { leading, openProjector } from "../../src/regions/projections.ts";
import { findingsOf } from "../../src/report/regions/findings.ts";
import { quarterNetwork, quarterPictures } from "./regions-made.ts";

const ONE = { threads: 1 } as const;
const WIDTH = 3 * 32 * 32;
const root = mkdtempSync(join(tmpdir(), "onnxplain-"));
const [REFERENCES, UNSEEN] = [quarterPictures(30), quarterPictures(6, { seed: 9 })];
const ACE = { resolutions: [4, 9], clusters: 6, restarts: 1, randomSets: 12 } as const;
const SMALL: Omit<RegionsEvaluateOptions, "folder"> = {
  ...ONE,
  interpretations: 4,
  boundaries: 8,
  sweep: [],
  seeds: [3],
  topInputs: 1,
  topK: [2],
  baselines: ["grad-cam", "ace"],
  ace: ACE,
  keep: 0.1,
};
let network: EvaluatedNetwork;
let made: RegionsEvaluation;
const at = (name: string): string => join(root, name);
const run = (folder: string, options: Partial<RegionsEvaluateOptions> = {}) =>
  runRegionsEvaluate(
    {
      network,
      digest: "d",
      references: picturePoints(network.model, REFERENCES, network),
      unseen: picturePoints(network.model, UNSEEN, network),
    },
    { ...SMALL, folder: at(folder), ...options },
  );

beforeAll(async () => {
  network = evaluatedNetwork(await quarterNetwork());
  made = (await run("first")).evaluation;
}, 60_000);
afterAll(async () => {
  await network.model.dispose();
  rmSync(root, { recursive: true });
});

/** Resized and cropped. */
async function pixelsOf(data: typeof REFERENCES): Promise<readonly ImageU8[]> {
  const all: ImageU8[] = [];
  for await (const { load } of data.items()) all.push(preprocess((await load()) as ImageU8, network.spec).cropped);
  return all;
}
const inputs = (pictures: readonly ImageU8[]): Float32Array => {
  const rows = new Float32Array(pictures.length * WIDTH);
  for (const [i, p] of pictures.entries())
    rows.set(preprocess(p, { ...network.spec, resize: null, crop: null }).data, i * WIDTH);
  return rows;
};
const searchIn = (folder: string, v: number): AceSearch =>
  JSON.parse(readFileSync(at(`${folder}/ace/3/${v}.json`), "utf8"));

describe("ACE among the baselines", () => {
  it("searches each cluster, and keeps segments of the nearest cluster's concepts (slow oracle)", async () => {
    const { classifier, layer, spec } = network;
    const [known, fresh] = [await pixelsOf(REFERENCES), await pixelsOf(UNSEEN)];
    const projector = await openProjector(classifier, layer, ONE);
    const near = await projector.features(picturesInMemory(inputs(known), WIDTH));
    const far = await projector.features(picturesInMemory(inputs(fresh), WIDTH));
    const width = near.psi.length / known.length;
    const clusters = await kMeans(picturesInMemory(near.psi, width), { clusters: 4, seed: 3, ...ONE });
    const classes = leading(near.scores, 4);
    const searches = [0, 1, 2, 3].map((v) => searchIn("first", v));
    for (const [v, search] of searches.entries()) {
      const own = known.filter((_, i) => clusters.assignment[i] === v);
      expect(search.label).toBe(classes[clusters.representatives[v] as number]);
      expect(search.pictures).toBe(own.length);
      expect(search.patches).toBe(own.reduce((n, p) => n + segmentsOf(p, ACE).length, 0));
    }
    expect(searches.some((s) => s.concepts.length > 0)).toBe(true);

    const asked = { classifier, layer: conceptLayer(classifier, layer.name), spec };
    const sums = { kept: 0, short: 0, nothing: 0, placed: 0 };
    const remains: ImageU8[] = [];
    for (const [i, image] of fresh.entries()) {
      const psi = far.psi.subarray(i * width, (i + 1) * width);
      const away = (c: number): number =>
        psi.reduce((s, p, k) => s + (p - (clusters.centres[c * width + k] as number)) ** 2, 0);
      const nearest = [0, 1, 2, 3].reduce((a, b) => (away(b) < away(a) ? b : a));
      const concepts = (searches[nearest] as AceSearch).concepts.map((c) => ({
        centre: Float64Array.from(c.centre),
        radius: c.radius,
        tcav: { mean: c.tcav },
      }));
      const placed = await placeSegments(asked, { id: "", image }, concepts, { ...ONE, resolutions: ACE.resolutions });
      const mask = new Set<number>();
      for (const { segment } of placed)
        if (mask.size <= 0.1 * 1024) for (let p = 0; p < 1024; p++) if (isIn(segment, p)) mask.add(p);
      sums.kept += mask.size / 1024 / fresh.length;
      sums.short += Number(mask.size < 102.4) / fresh.length;
      sums.nothing += Number(mask.size === 0) / fresh.length;
      sums.placed += placed.length / fresh.length;
      remains.push({ ...image, data: image.data.map((u, k) => (mask.has(Math.floor(k / 3)) ? u : 0)) });
    }
    const after = await projector.features(picturesInMemory(inputs(remains), WIDTH));
    await projector.dispose();
    const labels = leading(far.scores, 4);
    const probability = (s: Float32Array, i: number): number =>
      softmaxOf(s.subarray(4 * i, 4 * i + 4))[labels[i] as number] as number;
    let [drop, rises] = [0, 0];
    for (const i of fresh.keys()) {
      const [y, left] = [probability(far.scores, i), probability(after.scores, i)];
      drop += Math.max(0, y - left) / y / fresh.length;
      rises += Number(left > y) / fresh.length;
    }
    const [seed] = made.seeds;
    const found = seed?.methods.find((m) => m.id === "ace");
    expect(found?.drop).toBeCloseTo(drop, 6);
    expect(found?.increase).toBeCloseTo(rises, 12);
    for (const of of ["kept", "short", "nothing", "placed"] as const) expect(seed?.ace?.[of]).toBeCloseTo(sums[of], 10);
    expect(sums.kept).toBeGreaterThan(0.02);
    expect(seed?.ace?.searches.map((s) => s.concepts)).toEqual(searches.map((s) => s.concepts.length));
  });

  it("makes no search again that stands, and comes to the same from where it was stopped", async () => {
    const stopped = new AbortController();
    const onProgress = (what: string, done: number): void => {
      if (what.endsWith("ACE, concepts of clusters") && done === 2) stopped.abort();
    };
    await expect(run("stopped", { signal: stopped.signal, onProgress })).rejects.toMatchObject({ code: "E_ABORTED" });
    expect([0, 1, 2].map((v) => existsSync(at(`stopped/ace/3/${v}.json`)))).toEqual([true, true, false]);
    const before = statSync(at("stopped/ace/3/0.json")).mtimeMs;
    const again = (await run("stopped", { resume: true, hold: 0 })).evaluation;
    expect(JSON.parse(evaluationJson(again))).toEqual(JSON.parse(evaluationJson(made)));
    expect(statSync(at("stopped/ace/3/0.json")).mtimeMs).toBe(before);
    await expect(run("stopped", { resume: true, ace: { ...ACE, clusters: 5 } })).rejects.toMatchObject({
      code: "E_PARAM",
      message: expect.stringContaining("ace"),
    });
  });

  it("keeps nothing by clusters without concepts, and says so", async () => {
    const { job } = await run("barren");
    rmSync(at("barren/seeds"), { recursive: true });
    for (const v of [0, 1, 2, 3])
      writeFileSync(at(`barren/ace/3/${v}.json`), JSON.stringify({ ...searchIn("barren", v), concepts: [] }));
    const { evaluation } = await run("barren", { resume: true });
    expect(evaluation.seeds[0]?.ace).toMatchObject({ placed: 0, kept: 0, short: 1, nothing: 1 });
    const looks = { facts: { model: "m", data: "quarters", settings: [] }, labels: [] };
    expect(findingsOf(evaluationPageOf(evaluation, looks))?.sentences.join("\n")).toMatch(
      /ACE loses \d+\.\d\d %, with 0\.00 % of the pixels kept: 100\.00 % of the unseen .* 100\.00 % have none and are all black/,
    );
    await writeRegionsEvaluation(job, evaluation, looks);
    const page = readFileSync(at("barren/evaluate.html"), "utf8");
    expect(page).toContain("<h2>How ACE was run</h2>");
    expect(page).toMatch(/superpixels at about 4 and 9 a picture, their patches in 6 groups/);
    const table = await readTable(new Uint8Array(readFileSync(at("barren/evaluate.parquet"))));
    expect(table.count).toBe(evaluationTable(evaluation).count);
    // reuse (4 methods), quality, ace, top (2 lines), controls
    expect(table.count).toBe(4 * 4 + 6 + 10 + 2 * 2 + 3 * 2);
  });

  it("takes the pictures nearest to the centre where only some are wanted", async () => {
    const { evaluation } = await run("few", { ace: { ...ACE, pictures: 3 }, topInputs: 0 });
    const sizes = evaluation.seeds[0]?.ace?.searches.map((s) => s.pictures);
    expect(sizes).toEqual(made.seeds[0]?.ace?.searches.map((s) => Math.min(3, s.pictures)));
    expect(evaluation.absent).toEqual([]);
    expect(evaluation.ace).toMatchObject({ ...ACE, pictures: 3 });
    expect(made.absent.join()).toMatch(/no line over similar references/);
  });

  it("is left out unless it is named; bad settings are refused", async () => {
    const { evaluation } = await run("without", { baselines: undefined, seeds: [0], topInputs: 0 });
    expect(evaluation.seeds[0]?.methods.map((m) => m.id)).not.toContain("ace");
    expect(evaluation.ace).toBeUndefined();
    expect(evaluation.absent.join()).toMatch(/Name `ace` among the baselines/);
    expect(existsSync(at("without/ace"))).toBe(false);
    for (const bad of [
      { resolutions: [] },
      { resolutions: [0] },
      { pictures: 0 },
      { clusters: 1.5 },
      { randomSets: 1 },
    ])
      await expect(run("bad", { ace: bad }), JSON.stringify(bad)).rejects.toMatchObject({ code: "E_PARAM" });
  });
});

describe("pixels from what the network takes", () => {
  const data = Uint8Array.from({ length: 3 * 256 }, (_, i) => (i * 7) % 256);
  const picture: ImageU8 = { width: 32, height: 8, channels: 3, data };
  const own = { resize: null, crop: null };
  it.each([
    ["torchvision", { ...PRESETS.torchvision, ...own }],
    ["tf, rows of pixels", { ...PRESETS["keras-tf"], ...own }],
    ["caffe, BGR", { ...PRESETS.caffe, ...own }],
    ["caffe, BGR, rows of pixels", { ...PRESETS["keras-caffe"], ...own }],
    ["grey", { ...PRESETS.unit, channelOrder: "GRAY" as const, mean: [0.1307], std: [0.3081] }],
  ])("are the same: %s", (_, spec) => {
    const { data: row, cropped } = preprocess(picture, spec);
    expect(seenPixels(row, spec, picture)).toEqual({ ...cropped, data: Uint8Array.from(cropped.data) });
  });
  it("of rows that are no picture stay within 0…255", () => {
    const { data: out } = seenPixels([-5, 9, 0.5], { ...PRESETS.unit, layout: "nhwc" }, { width: 1, height: 1 });
    expect(Array.from(out)).toEqual([0, 255, 128]);
  });
});
