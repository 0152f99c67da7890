/** @file `fisher evaluate` as a job: its numbers against the definitions, stopped anywhere and resumed to the same bytes, and what it finds. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { DataItem, DataSet, PictureBox } from "../../src/data/dataset.ts";
import { contextRatio } from "../../src/fisher/context.ts";
import { encodePicture, plainScores } from "../../src/fisher/describe.ts";
import { pixelRelevance } from "../../src/fisher/pixel-relevance.ts";
import { descriptorRelevance, dimensionRelevance } from "../../src/fisher/relevance.ts";
import { greyOf } from "../../src/fisher/sift.ts";
import { readTable } from "../../src/formats/parquet-read.ts";
import { rowsOf } from "../../src/formats/table.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { PRESETS } from "../../src/image/presets.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { type FisherEvaluation, runFisherEvaluate } from "../../src/jobs/fisher-evaluate.ts";
import type { FisherEvaluateOptions } from "../../src/jobs/fisher-evaluate-options.ts";
import { askedOrders, type KeptQuality, merged } from "../../src/jobs/fisher-evaluate-orders.ts";
import { GRID, type MapRecord, type PicturePiece } from "../../src/jobs/fisher-evaluate-picture.ts";
import { explainedClasses, rankingOf } from "../../src/jobs/fisher-evaluate-scores.ts";
import { findingsOf } from "../../src/jobs/fisher-evaluate-summary.ts";
import { type OpenFisher, openFisher } from "../../src/jobs/fisher-open.ts";
import { runFisherTrain } from "../../src/jobs/fisher-train.ts";
import { loadModel } from "../../src/load.ts";
import { scattered, uniforms } from "../../src/random.ts";
import { findArchitecture } from "../../src/train/architectures/table.ts";
import { averagePrecision } from "../../src/train/average-precision.ts";
import { equalError } from "../../src/train/equal-error.ts";
import { scratch } from "../cli/run.ts";
import { drawnThings, oneEach, SIZE, setOf, type Thing } from "./fisher-pictures.ts";

const root = scratch();
let folders = 0;
const place = (): string => join(root, `run-${folders++}`);
const THINGS: readonly Thing[] = ["upright", "level", "dots"];
const BOX: PictureBox = { x0: 2, y0: 4, x1: 30, y1: 34 };

/** Two things side by side now and then, so that scores of a class vary; a box on every picture but the last. */
const IMAGES: readonly (readonly [things: readonly Thing[], label: number])[] = [
  [["upright"], 0],
  [["level"], 1],
  [["dots"], 2],
  [["upright", "dots"], 0],
  [["level", "upright"], 1],
  [["dots", "level"], 2],
  [["upright"], 0],
  [["level"], 1],
  [["dots"], 2],
];
const pictures: readonly ImageU8[] = IMAGES.map(([things], i) => drawnThings(things, 5000 + i));
function judgedData(broken = false): DataSet {
  const base = setOf(
    IMAGES.map(([, index], i) => ({
      id: `${i}.png`,
      ...(broken && i === 1 ? {} : { image: pictures[i] as ImageU8 }),
      label: { index, name: THINGS[index] as string },
    })),
    THINGS,
  );
  return {
    ...base,
    items: async function* () {
      let i = 0;
      for await (const item of base.items()) {
        const boxes = i++ < IMAGES.length - 1 ? { boxes: [BOX] } : {};
        yield { ...item, ...boxes } satisfies DataItem;
      }
    },
  };
}

const SMALL = {
  replacements: 60,
  batchOf: 20,
  repetitions: 2,
  pixelPictures: 1,
  pixelSteps: 4,
  pixelRegion: 12,
  sheets: 1,
  threads: 1,
} as const;

let pipeline: OpenFisher;
const network = async (labels: readonly string[] = THINGS) => {
  const { model } = findArchitecture("lenet").build({ classes: 3, channels: 3, ...SIZE, seed: 1 });
  const preprocessing = { ...PRESETS.unit, resize: SIZE, crop: null };
  return { model: await loadModel(writeModelBytes(model), { labels, preprocessing, name: "lenet" }) };
};
const evaluate = async (options: Partial<FisherEvaluateOptions> = {}): Promise<string> =>
  (await runFisherEvaluate({ ...SMALL, pipeline, data: judgedData(), folder: place(), csv: true, ...options })).folder;
const read = (folder: string): FisherEvaluation =>
  JSON.parse(readFileSync(join(folder, "evaluation.json"), "utf8")) as FisherEvaluation;
const tableIn = async (folder: string, name: string) =>
  rowsOf(await readTable(new Uint8Array(readFileSync(join(folder, `${name}.parquet`)))));
const filesOf = (folder: string, under = ""): readonly string[] =>
  readdirSync(join(folder, under), { withFileTypes: true })
    .flatMap((e) => (e.isDirectory() ? filesOf(folder, join(under, e.name)) : [join(under, e.name)]))
    .sort();

beforeAll(async () => {
  const { folder } = await runFisherTrain({
    components: 4,
    width: 6,
    samples: 600,
    sift: { sizes: [4, 6] },
    costs: [1],
    threads: 1,
    data: oneEach(THINGS, 18),
    folder: place(),
  });
  pipeline = await openFisher(folder);
});

describe("an evaluation beside a network", () => {
  let folder: string;
  let made: FisherEvaluation;
  beforeAll(async () => {
    folder = await evaluate({ network: await network(), epsilons: [100, 1] });
    made = read(folder);
  });

  test("average precision and thresholds are those of the plain pipeline's scores", () => {
    const plain = pictures.map((image) => plainScores(greyOf(image), image, pipeline.pipeline));
    const [fisher] = made.rankings;
    for (let c = 0; c < 3; c++) {
      const scores = Float64Array.from(plain, (row) => row[c] as number);
      const targets = IMAGES.map(([, label]) => Number(label === c));
      expect(fisher?.classes[c]?.precision).toBe(averagePrecision(scores, targets).elevenPoint);
      expect(fisher?.classes[c]?.threshold).toBeCloseTo(equalError(scores, targets).threshold as number, 4);
    }
    expect(made.table[0]?.precision).toBe(fisher?.mean);
    expect(made.pictures).toBe(9);
  });

  test("mu is that of the first epsilon's R1 within the class's boxes; without boxes it is undefined and counted", async () => {
    const { encoding, classifiers } = pipeline.pipeline;
    const rows = (await tableIn(folder, "relevance")).filter((r) => r.model === "fisher");
    expect(rows.length).toBeGreaterThan(2);
    const width = classifiers.weights.length / 3;
    for (const row of rows) {
      const i = Number.parseInt(row.id as string, 10);
      const c = THINGS.indexOf(row.class as Thing);
      const image = pictures[i] as ImageU8;
      const { described, fisher, phi } = encodePicture(greyOf(image), image, encoding);
      const weights = classifiers.weights.subarray(c * width, (c + 1) * width);
      const r3 = dimensionRelevance(weights, classifiers.biases[c] as number, phi);
      const r2 = descriptorRelevance(described, encoding, fisher, r3, { variant: "epsilon", epsilon: 100 }).values;
      const map = pixelRelevance(r2, described.grids, SIZE);
      const expected = contextRatio({ map, ...SIZE, boxes: i < 8 ? [BOX] : [] });
      expect(row.mu).toBe(typeof expected === "number" ? expected : null);
      expect(row.mu_undefined).toBe(typeof expected === "number" ? null : expected.excluded);
      const small = row.map as readonly number[];
      expect(small.length).toBe(GRID * GRID);
      expect(small.reduce((a, b) => a + b, 0)).toBeCloseTo(row.sum as number, 4);
    }
    const dots = made.context[0]?.classes[2];
    expect(dots?.presentAndPredicted).toBe((dots?.images ?? 0) + (dots?.undefinedImages ?? 0));
  });

  test("every order has its traces; the least relevant first costs least", () => {
    const truePositives = made.rankings[0]?.classes.reduce((sum, c) => sum + c.truePositives, 0) as number;
    expect(made.orders.map((o) => o.order)).toEqual([
      "plain",
      "epsilon 100",
      "epsilon 1",
      "absolute",
      "epsilon, least first",
      "random",
    ]);
    for (const o of made.orders) {
      expect(o.asked).toBe(truePositives);
      expect(o.traces).toBe(2 * truePositives);
      expect(o.drops.length).toBe(3);
      const area = o.drops.reduce((a, b) => a + b, 0) / 3;
      expect(o.quality).toBeCloseTo(area, 10);
    }
    const quality = (id: string): number => made.orders.find((o) => o.order === id)?.quality as number;
    expect(quality("epsilon 100")).toBeGreaterThan(quality("random"));
    expect(quality("random")).toBeGreaterThan(quality("epsilon, least first"));
  });

  test("pixels are perturbed by both models' maps, on the same pictures", () => {
    const [fisher, beside] = made.pixels;
    expect(fisher?.pictures).toBe(beside?.pictures);
    expect(fisher?.pictures).toBeGreaterThan(0);
    expect(fisher?.map.length).toBe(5);
    expect(fisher?.map[0]).toBe(0);
    expect(fisher?.random.length).toBe(5);
  });

  test("tables, sheets and page stand; pieces are gone", async () => {
    const names = ["scores", "relevance", "resampling", "curves", "clusters"];
    const found = filesOf(folder);
    for (const name of names) expect(found).toEqual(expect.arrayContaining([`${name}.parquet`, `${name}.csv`]));
    expect(found.filter((f) => f.endsWith(".json"))).toEqual(["evaluation.json", "state.json"]);
    expect(found.filter((f) => f.endsWith(".png")).length).toBeGreaterThan(1);
    expect((await tableIn(folder, "scores")).length).toBe(9 * 3 * 2);
    const page = readFileSync(join(folder, "evaluation.html"), "utf8").replaceAll(/base64,[\w+/=]+/g, "");
    for (const words of ["Average precision", "Descriptors replaced", "Artefact search", "Side by side", "epsilon 100"])
      expect(page.includes(words), words).toBe(true);
    expect(page.match(/.{30}(NaN|>undefined<|\[object).{10}/)).toBeNull();
  });
});

describe("stopped and resumed", () => {
  let whole: string;
  beforeAll(async () => {
    whole = await evaluate({ network: await network() });
  });

  test.each([
    ["scores", 4],
    ["relevance", 2],
    ["sheets", 1],
  ] as const)("at %s, picture %i: the same bytes", async (stage, at) => {
    const options = { folder: place(), network: await network() };
    const stop = new AbortController();
    const stopped = evaluate({
      ...options,
      signal: stop.signal,
      onProgress: (now, done) => {
        if (now === stage && done === at) stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: "E_ABORTED" });
    let again = 0;
    await evaluate({
      ...options,
      resume: true,
      onProgress: () => {
        again++;
      },
    });
    expect(again).toBeGreaterThan(0);
    expect(filesOf(options.folder)).toEqual(filesOf(whole));
    for (const name of filesOf(whole))
      expect(readFileSync(join(options.folder, name)).equals(readFileSync(join(whole, name))), name).toBe(true);
  });

  test("done is done; other settings are refused", async () => {
    const folder = place();
    await evaluate({ folder });
    await expect(evaluate({ folder, resume: true })).rejects.toMatchObject({ code: "E_FILE" });
    await expect(evaluate({ folder, resume: true, seed: 4 })).rejects.toMatchObject({ code: "E_PARAM" });
    await expect(evaluate({ folder })).rejects.toMatchObject({ code: "E_FILE" });
  });
});

describe("poor data and odd settings", () => {
  test("a picture that cannot be read is left out and named", async () => {
    const made = read(await evaluate({ data: judgedData(true) }));
    expect(made.pictures).toBe(8);
    expect(made.unread.map((u) => u.id)).toEqual(["1.png"]);
  });

  test("a class that the network does not know has no precision there", async () => {
    const made = read(await evaluate({ network: await network(["upright", "level", "spiral"]) }));
    const [, beside] = made.rankings;
    expect(beside?.classes.map((c) => c.precision === null)).toEqual([false, false, true]);
    expect(made.notes.join()).toContain("does not know: dots");
  });

  test("without a network, pictures limited, no pixels and no sheets", async () => {
    const folder = await evaluate({ limitPerClass: 1, pixelPictures: 0, sheets: 0, decompositions: ["plain"] });
    const made = read(folder);
    expect(made.table.map((l) => l.model)).toEqual(["fisher"]);
    expect(made.explained).toBeLessThanOrEqual(3);
    expect(made.orders.map((o) => o.order)).toEqual(["plain", "random"]);
    expect(made.table[0]).toMatchObject({ pixelDrop: null, quality: made.orders[0]?.quality });
    expect(filesOf(folder).some((f) => f.endsWith(".png"))).toBe(false);
  });

  test.each([
    [{ replacements: 0 }],
    [{ repetitions: 1.5 }],
    [{ epsilons: [] }],
    [{ epsilons: [-1] }],
    [{ decompositions: [] }],
    [{ limitPerClass: 0 }],
  ] as readonly (readonly [Partial<FisherEvaluateOptions>])[])("%j is refused", async (options) => {
    await expect(evaluate(options)).rejects.toMatchObject({ code: "E_PARAM" });
  });

  test("a rule set that does not exist is refused", async () => {
    await expect(evaluate({ network: { ...(await network()), composite: "none" } })).rejects.toMatchObject({
      code: "E_PARAM",
    });
  });
});

describe("what pieces come to", () => {
  const quality = (q: number, traces: number, drops: readonly number[]): KeptQuality => ({
    order: "plain",
    traces,
    quality: q,
    flipShare: 0.5,
    histogram: drops.map(() => traces),
    reached: drops.map(() => traces),
    drops,
  });

  test("traces weigh the same, points count those that reach them", () => {
    const m = merged([
      quality(1, 1, [1, 1]),
      quality(4, 3, [4]),
      { ...quality(0, 0, []), quality: null, flipShare: null },
    ]);
    expect(m).toMatchObject({
      asked: 2,
      traces: 4,
      quality: 3.25,
      reached: [4, 1],
      drops: [3.25, 1],
      histogram: [4, 1],
    });
    expect(merged([])).toMatchObject({ asked: 0, quality: null, flipShare: null, error: null, drops: [] });
  });

  test("orders of several epsilons bear their numbers", () => {
    expect(askedOrders({ decompositions: ["epsilon"], epsilons: [10] }).map((o) => o.id)).toEqual([
      "epsilon",
      "epsilon, least first",
      "random",
    ]);
  });

  const labelled = (classes: readonly number[], id: string) => ({
    item: { id, load: async () => pictures[0] as ImageU8, label: undefined },
    classes,
  });
  test("a picture that is too hard to tell counts neither way", () => {
    const all = [labelled([0], "a"), labelled([], "b"), labelled([], "c")];
    const scores = [1, 2, 0].map((v) => Float64Array.from([v]));
    const whole = rankingOf("fisher", scores, { pictures: all, ignored: () => false }, 1);
    expect(whole.classes[0]).toMatchObject({ precision: 0.5, ignored: 0, negatives: 2 });
    const without = rankingOf("fisher", scores, { pictures: all, ignored: (item) => item.id === "b" }, 1);
    expect(without.classes[0]).toMatchObject({ precision: 1, ignored: 1, negatives: 1, truePositives: 1 });
  });

  test("the first pictures of each class are explained, a picture once", () => {
    const all = [labelled([0, 1], "a"), labelled([0], "b"), labelled([0], "c"), labelled([1], "d")];
    const found = explainedClasses(all, (i) => i !== 1, { classes: 2, limit: 2 });
    expect([...found]).toEqual([
      [0, [0, 1]],
      [2, [0]],
      [3, [1]],
    ]);
  });

  test("relevance in one corner of many pictures is named, with its place", () => {
    const random = (i: number): number => ((i * 7919) % 101) / 101;
    const record = (corner: boolean, i: number): MapRecord => {
      const small = Array.from({ length: GRID * GRID }, (_, p) => {
        const [x, y] = [p % GRID, Math.floor(p / GRID)];
        const there = corner ? x < 3 && y < 2 : Math.hypot(x - 8 - 4 * random(i), y - 10 - 4 * random(i + 5)) < 4;
        return (there ? 1 : 0) + 0.02 * random(p + 31 * i);
      });
      const part = { positive: corner ? 0.9 : 0.1, absolute: 0.5, area: 0.36 };
      const boxes = [{ x0: 6, y0: 6, x1: 15, y1: 16 }];
      const mu = corner ? 3 : 0.5;
      return {
        model: "fisher",
        mu,
        muPositive: mu,
        sum: 1,
        places: { border: part, outside: part },
        small,
        boxes,
        pixels: null,
      };
    };
    const pieces = Array.from({ length: 24 }, (_, i): PicturePiece => {
      const label = i % 2;
      return { id: `${i}`, records: [{ class: label, maps: [record(label === 0, i)], orders: [] }] };
    });
    const found = findingsOf(pieces, { orders: [], models: ["fisher"], rankings: [], classes: 2, seed: 0 });
    const [first] = found.clusters;
    expect(first).toMatchObject({ class: 0, suspicious: true });
    expect(first?.border).toBeCloseTo(0.9, 12);
    expect(first?.members.length).toBe(12);
    expect(first?.box?.x1).toBeLessThan(0.3);
    expect(first?.box?.y1).toBeLessThan(0.3);
    expect(found.clusters.filter((c) => c.class === 1 && c.suspicious)).toEqual([]);
    expect(found.context[0]?.classes.map((c) => c.mu)).toEqual([3, 0.5]);
    expect(found.context[0]?.mu).toBe(1.75);
  });

  test("a shortcut beside a known object is what its cluster has beyond the others", () => {
    const random = (i: number): number => ((i * 7919) % 101) / 101;
    const boxes = [{ x0: 4, y0: 4, x1: 16, y1: 16 }];
    // most of the relevance on the object, a quarter in one of two corners; of the second class all on the object
    const small = (label: number, i: number): readonly number[] =>
      Array.from({ length: GRID * GRID }, (_, p) => {
        const [x, y] = [p % GRID, Math.floor(p / GRID)];
        const left = i % 4 < 2;
        const object = Math.hypot(x - 9.5, y - 9.5) < 4 ? 1 + 0.3 * random(i) : 0;
        const there = (left ? x < 3 : x >= GRID - 3) && y < 3;
        const aside = label === 1 && Math.hypot(x - (left ? 6 : 13), y - 10) < 2 ? 1 : 0;
        return object + aside + (label === 0 && there ? 1.5 : 0) + 0.05 * random(p + 31 * i);
      });
    const none = { positive: 0.5, absolute: 0.5, area: 0.5 };
    const pieces = Array.from({ length: 32 }, (_, i): PicturePiece => {
      const label = i % 2;
      const map: MapRecord = {
        ...{ model: "fisher", mu: 1, muPositive: 1, sum: 1, places: { border: none, outside: none } },
        ...{ small: small(label, i >> 1), boxes, pixels: null },
      };
      return { id: `${i}`, records: [{ class: label, maps: [map], orders: [] }] };
    });
    const { clusters } = findingsOf(pieces, { orders: [], models: ["fisher"], rankings: [], classes: 2, seed: 0 });
    const odd = clusters.filter((c) => c.suspicious);
    expect(odd.map((c) => c.class)).toEqual(odd.map(() => 0));
    expect(odd.flatMap((c) => c.members).length).toBe(16);
    for (const { beyond, score } of odd) {
      expect(beyond?.score).toBeGreaterThan(score);
      expect(beyond?.box?.y1).toBeLessThan(0.3);
    }
  });

  test("where the spectrum's own cut shows nothing, a finer one may; without a shortcut it shows nothing either", () => {
    const draw = uniforms(scattered(8));
    const boxes = [{ x0: 3, y0: 3, x1: 17, y1: 17 }];
    const small = (marked: boolean, i: number): readonly number[] => {
      const [cx, cy] = [6 + 8 * draw(), 6 + 8 * draw()];
      const near = (v: number, far: boolean): boolean => (far ? v >= GRID - 3 : v < 3);
      return Array.from({ length: GRID * GRID }, (_, p) => {
        const [x, y] = [p % GRID, Math.floor(p / GRID)];
        const mark = marked && near(x, i % 4 < 2) && near(y, i % 2 === 0) ? 1 : 0;
        return Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 32) + mark + 0.2 * draw();
      });
    };
    const none = { positive: 0.5, absolute: 0.5, area: 0.5 };
    const pieces = Array.from({ length: 64 }, (_, i): PicturePiece => {
      const label = i % 2;
      const map: MapRecord = {
        ...{ model: "fisher", mu: 1, muPositive: 1, sum: 1, places: { border: none, outside: none } },
        ...{ small: small(label === 0, i >> 1), boxes, pixels: null },
      };
      return { id: `${i}`, records: [{ class: label, maps: [map], orders: [] }] };
    });
    const { clusters, searches } = findingsOf(pieces, {
      orders: [],
      models: ["fisher"],
      rankings: [],
      classes: 2,
      seed: 0,
    });
    expect(clusters.filter((c) => c.suspicious).map((c) => c.class)).toContain(0);
    expect(clusters.filter((c) => c.suspicious && c.class === 1)).toEqual([]);
    expect(searches.map((s) => s.notes.join().includes("6 clusters"))).toEqual([true, false]);
  });
});
