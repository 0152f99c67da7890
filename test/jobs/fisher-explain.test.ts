/** @file `fisher explain` as a job: what must add up does, by graphs and in float64, in every layout; shares, edits, and poor pictures. */
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { DataItem } from "../../src/data/dataset.ts";
import { encodePicture, plainScores, scoresOf } from "../../src/fisher/describe.ts";
import { pixelRelevance } from "../../src/fisher/pixel-relevance.ts";
import { posteriors } from "../../src/fisher/posteriors.ts";
import {
  descriptorRelevance,
  dimensionRelevance,
  dualRelevance,
  RELEVANCE_VARIANTS,
} from "../../src/fisher/relevance.ts";
import { greyOf } from "../../src/fisher/sift.ts";
import { readNpy } from "../../src/formats/npy.ts";
import { applyEdits, type Edit } from "../../src/image/edit.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { classifyFisher } from "../../src/jobs/fisher-classify.ts";
import {
  type ExplainedFisher,
  explainFisher,
  type FisherExplainOptions,
  remarksOn,
  strongest,
} from "../../src/jobs/fisher-explain.ts";
import { fisherNpy, fisherPictureDocument, fisherRows, fisherTensors } from "../../src/jobs/fisher-explain-files.ts";
import { openFisher, trainingVectors } from "../../src/jobs/fisher-open.ts";
import type { FisherReport, FisherTrainOptions, TrainedFisher } from "../../src/jobs/fisher-options.ts";
import { fisherPagePicture, sharedIds, trainingClasses } from "../../src/jobs/fisher-pages.ts";
import { trainingShares } from "../../src/jobs/fisher-shares.ts";
import { runFisherTrain } from "../../src/jobs/fisher-train.ts";
import { loadModel } from "../../src/load.ts";
import { scratch } from "../cli/run.ts";
import { drawnThings, oneEach, SIZE, type Thing } from "./fisher-pictures.ts";

const root = scratch();
const THINGS: readonly Thing[] = ["upright", "level", "dots"];
const SMALL = {
  components: 4,
  width: 6,
  samples: 600,
  sift: { sizes: [4, 6] },
  costs: [1],
  threads: 1,
  seed: 3,
} as const;

async function trained(name: string, options: Partial<FisherTrainOptions> = {}): Promise<TrainedFisher> {
  const folder = join(root, name);
  await runFisherTrain({ ...SMALL, data: oneEach(THINGS, 18), folder, ...options });
  return openFisher<FisherReport>(folder);
}

const item = (id: string, image: ImageU8): DataItem => ({ id, label: undefined, load: async () => image });
const mixed = drawnThings(["upright", "dots"], 77, { width: 52, height: 40 });

async function all(open: TrainedFisher, images: readonly ImageU8[], options: FisherExplainOptions = {}) {
  const found: ExplainedFisher[] = [];
  const items = images.map((image, i) => item(`p${i}`, image));
  for await (const e of explainFisher(open, items, { threads: 1, ...options })) found.push(e);
  return found;
}
const one = async (open: TrainedFisher, image: ImageU8, options: FisherExplainOptions = {}): Promise<ExplainedFisher> =>
  (await all(open, [image], options))[0] as ExplainedFisher;
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - (b[i] as number))), 0);
const total = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

let open: TrainedFisher;
beforeAll(async () => {
  open = await trained("plain");
}, 60_000);

describe("relevance", () => {
  test.each(RELEVANCE_VARIANTS)(
    "%s: dimensions, descriptors and pixels as in float64, and their sums",
    async (variant) => {
      const { encoding, classifiers } = open.pipeline;
      const { classes, image, scores } = await one(open, mixed, { variant, epsilon: 30, classes: "all", area: "5s-1" });
      const { described, fisher, phi } = encodePicture(greyOf(image), image, encoding);
      expect(farthest(scores, scoresOf(phi, classifiers))).toBeLessThan(1e-5);
      for (const { class: c, relevance, checks, blocks, gaussians, cells, score } of classes) {
        const weights = classifiers.weights.subarray(c * phi.length, (c + 1) * phi.length);
        const dimensions = dimensionRelevance(weights, classifiers.biases[c] as number, phi);
        const wanted = descriptorRelevance(described, encoding, fisher, dimensions, { variant, epsilon: 30 });
        const pixels = pixelRelevance(wanted.values, described.grids, image, "5s-1");
        const scale = Math.max(...wanted.values.map(Math.abs));
        expect(farthest(relevance.dimensions, dimensions)).toBeLessThan(1e-5);
        expect(farthest(relevance.descriptors, wanted.values)).toBeLessThan(1e-4 * Math.max(scale, 1e-2));
        expect(farthest(relevance.pixels, pixels)).toBeLessThan(1e-5);
        expect(Math.abs(relevance.expected - wanted.expected)).toBeLessThan(1e-5);
        expect(checks.deviation).toBeLessThan(1e-5 * Math.max(1, Math.abs(score)));
        expect(Math.abs(checks.descriptors - checks.expected)).toBeLessThanOrEqual(1e-5 * Math.abs(score));
        expect(Math.abs(checks.dimensions - score)).toBeLessThan(1e-9);
        if (variant !== "epsilon") expect(Math.abs(checks.leak)).toBeLessThan(1e-9);
        for (const sums of [[blocks.pi, blocks.mu, blocks.sigma], gaussians, cells])
          expect(Math.abs(total(sums) - score)).toBeLessThan(1e-9);
      }
    },
  );

  test("where float32 would miss a small score, shares are made in float64", async () => {
    const { encoding, classifiers } = open.pipeline;
    const biases = (await one(open, mixed)).scores.map((score, c) => (classifiers.biases[c] as number) - score + 1e-8);
    const near = { ...open, pipeline: { ...open.pipeline, classifiers: { ...classifiers, biases } } };
    const [far, close] = [await one(open, mixed, { classes: [0] }), await one(near, mixed, { classes: [0] })];
    expect([far, close].map((e) => e.classes[0]?.relevance.precision)).toEqual(["float32", "float64"]);
    const { checks, relevance } = close.classes[0]!;
    expect(Math.abs(checks.descriptors - checks.expected)).toBeLessThan(1e-13);
    const { described, fisher } = encodePicture(greyOf(mixed), mixed, encoding);
    const wanted = descriptorRelevance(described, encoding, fisher, relevance.dimensions, { variant: "epsilon" });
    expect(relevance.descriptors).toEqual(wanted.values);
  });

  test("epsilon holds back what the closed form says", async () => {
    const { classes } = await one(open, mixed, { epsilon: 1e4 });
    const { checks } = classes[0]!;
    expect(Math.abs(checks.leak)).toBeGreaterThan(0.1 * Math.abs(checks.score));
    expect(Math.abs(checks.pixels - checks.expected)).toBeLessThan(1e-6);
  });

  test("strongest descriptors: in order, with the Gaussian that answers most, and areas inside the picture", async () => {
    const { encoding } = open.pipeline;
    const { classes, image } = await one(open, mixed, { top: 5 });
    const { for: positive, against, relevance } = classes[0]!;
    const { described } = encodePicture(greyOf(image), image, encoding);
    const gamma = posteriors(described.rows, encoding.mixture);
    const sorted = Array.from(relevance.descriptors).sort((a, b) => b - a);
    expect(positive.map((d) => d.relevance)).toEqual(sorted.filter((v) => v > 0).slice(0, 5));
    expect(against.map((d) => d.relevance)).toEqual(
      sorted
        .toReversed()
        .filter((v) => v < 0)
        .slice(0, 5),
    );
    for (const { index, gaussian, posterior, area, x, y, size } of [...positive, ...against]) {
      const own = gamma.subarray(index * encoding.mixture.components, (index + 1) * encoding.mixture.components);
      expect(Math.abs((own[gaussian] as number) - posterior)).toBeLessThan(1e-4);
      expect(Math.max(...own)).toBeLessThan(posterior + 1e-4);
      expect([area.left >= 0, area.top >= 0]).toEqual([true, true]);
      expect(area.left + area.width).toBeLessThanOrEqual(image.width);
      expect(area.top + area.height).toBeLessThanOrEqual(image.height);
      expect(area.width).toBeLessThanOrEqual(4 * size);
      expect(x > area.left && x < area.left + area.width && y > area.top && y < area.top + area.height).toBe(true);
    }
  });

  test("strongest takes the farthest of one side, of equals the first", () => {
    const values = Float64Array.of(1, 3, -2, 3, 0, -5);
    expect([
      strongest(values, 3, 1),
      strongest(values, 1, 1),
      strongest(values, 9, -1),
      strongest(values, 0, 1),
    ]).toEqual([[1, 3, 0], [1], [5, 2], []]);
  });

  test.each([
    ["pyramid", { spatial: "pyramid" }],
    ["xy", { spatial: "xy" }],
    ["without weights", { zeroth: false }],
  ] as const)("layout %s: sums hold and answers are those of float64", async (name, options) => {
    const other = await trained(name.replace(" ", "-"), options);
    const { encoding } = other.pipeline;
    const { classes, image, scores } = await one(other, mixed, { classes: "all", top: 3 });
    const { described } = encodePicture(greyOf(image), image, encoding);
    const gamma = posteriors(described.rows, encoding.mixture);
    expect(farthest(scores, plainScores(greyOf(image), image, other.pipeline))).toBeLessThan(1e-5);
    expect(classes[0]?.cells.length).toBe(
      options === undefined || !("spatial" in options) || options.spatial === "xy" ? 1 : 8,
    );
    for (const { checks, for: positive, blocks } of classes) {
      expect(checks.deviation).toBeLessThan(1e-5);
      if ("zeroth" in options) expect(blocks.pi).toBe(0);
      for (const { index, gaussian, posterior } of positive)
        expect(Math.abs((gamma[index * encoding.mixture.components + gaussian] as number) - posterior)).toBeLessThan(
          1e-4,
        );
    }
  });
});

describe("shares of training pictures", () => {
  test("with the bias they are the score, and the vector's relevance is the dual form's", async () => {
    const { classes } = await one(open, mixed, { shares: 50, classes: "all", variant: "absolute" });
    const store = await trainingVectors(open);
    const rows: number[] = [];
    for await (const block of store.features.blocks()) rows.push(...block.rows);
    const phi = encodePicture(greyOf(mixed), mixed, open.pipeline.encoding).phi;
    for (const { class: c, shares, score } of classes) {
      const alpha = Float64Array.from(store.ids, (_, i) => open.alpha[i * 3 + c] as number);
      const dual = dualRelevance(alpha, Float64Array.from(rows), 0, phi);
      const listed = [...(shares?.positive ?? []), ...(shares?.negative ?? [])];
      expect(shares?.deviation).toBeLessThan(1e-6 * Math.max(1, Math.abs(score)));
      expect(listed.length).toBe(shares?.support);
      expect(Math.abs(total(listed.map((s) => s.share)) - (shares?.sum as number))).toBeLessThan(1e-12);
      for (const s of listed) expect(Math.abs(s.share - (dual.shares[s.index] as number))).toBeLessThan(1e-12);
      expect(shares?.positive.map((s) => s.share)).toEqual(
        shares?.positive.map((s) => s.share).toSorted((a, b) => b - a),
      );
    }
  });

  test("are refused where no vectors were kept, or another number of them", async () => {
    const without = await trained("no-vectors", { keepVectors: false });
    await expect(one(without, mixed, { shares: 1 })).rejects.toMatchObject({ code: "E_FILE" });
    const store = await trainingVectors(open);
    const short = { ...open, alpha: open.alpha.subarray(3) };
    await expect(trainingShares(short, store, [], { top: 1 })).rejects.toMatchObject({ code: "E_FILE" });
  });
});

describe("edits", () => {
  const edits: readonly Edit[] = [{ x0: 0, y0: 0, x1: 26, y1: 40, fill: { kind: "mean" } }];

  test("explain the same classes of the picture as they left it", async () => {
    const { classes, after } = await one(open, mixed, { edits, classes: "all" });
    const bare = await one(open, applyEdits(mixed, edits).image, { classes: "all" });
    expect(after?.scores).toEqual(bare.scores);
    expect(after?.classes.map((c) => c.class)).toEqual(classes.map((c) => c.class));
    expect(after?.classes[0]?.relevance.pixels).toEqual(bare.classes[0]?.relevance.pixels);
    expect(after?.classes[0]?.score).not.toBe(classes[0]?.score);
  });

  test("classify moves as explain does, and a network beside it moves too", async () => {
    await using model = await loadModel(open.folder);
    const found = [];
    for await (const c of classifyFisher(open, [item("p", mixed)], { edits, threads: 1, network: { model } }))
      found.push(c);
    const { classes, network, predicted } = found[0]!;
    const explained = await one(open, mixed, { edits, classes: "all" });
    expect(predicted).toBe(open.head.labels[explained.predicted]);
    for (const { class: c, score, after, positive, threshold } of classes) {
      expect(Math.abs(score - (explained.scores[c] as number))).toBeLessThan(1e-6);
      expect(Math.abs((after?.score as number) - (explained.after?.scores[c] as number))).toBeLessThan(1e-6);
      expect(after?.change).toBe((after?.score as number) - score);
      expect(positive).toBe(score > (threshold as number));
    }
    expect(network?.classes.map((c) => c.label).toSorted()).toEqual([...THINGS].sort());
    expect(network?.classes.every((c) => c.after !== null && c.after.change !== 0)).toBe(true);
  });
});

describe("pictures one after the other", () => {
  test("of several sizes, with progress; the class of the highest score by default", async () => {
    const done: number[] = [];
    const images = [mixed, drawnThings(["level"], 5, SIZE), drawnThings(["dots"], 6, { width: 30, height: 44 })];
    const found = await all(open, images, { onProgress: (n) => void done.push(n) });
    expect(done).toEqual([1, 2, 3]);
    for (const [i, { classes, scores, predicted, image }] of found.entries()) {
      expect(classes.map((c) => c.class)).toEqual([predicted]);
      expect(scores[predicted]).toBe(Math.max(...scores));
      const plain = plainScores(greyOf(image), image, open.pipeline);
      expect(farthest(scores, plain), String(i)).toBeLessThan(1e-5);
    }
  });

  test("a flat picture is explained, and said to be flat", async () => {
    for (const variant of RELEVANCE_VARIANTS) {
      const { notes, classes } = await one(open, drawnThings(["flat"], 3), { variant });
      expect(notes).toEqual([expect.stringContaining("the picture is flat")]);
      expect(classes[0]?.checks.deviation).toBeLessThan(1e-5);
      expect(classes[0]?.relevance.pixels.every(Number.isFinite)).toBe(true);
    }
  });

  test("an all-zero Fisher vector and a class without a threshold are said", () => {
    const one = { threshold: null, label: "dots" };
    const zero = { phi: new Float64Array(4), flat: 7, count: 7 };
    expect(remarksOn(open, zero, [])).toEqual([expect.stringContaining("the score is the bias")]);
    expect(remarksOn(open, { ...zero, flat: 6, phi: Float64Array.of(1) }, [one])).toEqual([
      "no decision threshold for dots: training pictures had one side alone",
    ]);
  });

  test("what cannot be: a picture below a descriptor, an unknown class, an abort", async () => {
    const small = drawnThings(["level"], 2, { width: 10, height: 40 });
    await expect(one(open, small)).rejects.toMatchObject({
      code: "E_INPUT_SHAPE",
      message: expect.stringMatching(/^`p0`/),
    });
    await expect(one(open, mixed, { classes: [3] })).rejects.toMatchObject({ code: "E_TARGET_RANGE" });
    await expect(one(open, mixed, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "E_ABORTED" });
    await expect(one(open, mixed, { epsilon: -1 })).rejects.toMatchObject({ code: "E_PARAM" });
  });
});

describe("what is made of explanations", () => {
  const edits: readonly Edit[] = [{ x0: 0, y0: 0, x1: 9, y1: 9, fill: { kind: "color", color: [1, 2, 3] } }];

  test("document, rows, arrays and page values agree", async () => {
    const explained = await one(open, mixed, { edits, shares: 2 });
    const document = JSON.parse(JSON.stringify(fisherPictureDocument(open, explained)));
    const label = explained.classes[0]?.label as string;
    expect(document.scores[label].score).toBe(explained.classes[0]?.score);
    expect(document.classes[0].for.length).toBe(explained.classes[0]?.for.length);
    expect(document.after.classes[0].score).toBe(explained.after?.classes[0]?.score);
    expect(fisherRows(explained).map((r) => [r.state, r.class])).toEqual([
      ["before", label],
      ["after", label],
    ]);
    const tensors = fisherTensors("0", explained);
    expect(tensors[`0.before.${label}.pixels`]?.dims).toEqual([mixed.height, mixed.width]);
    expect(tensors["0.after.frames"]?.dims).toEqual([explained.descriptors, 3]);
    const npy = readNpy(fisherNpy([explained]));
    expect(npy.dims).toEqual([2, mixed.height, mixed.width]);
    expect(total(npy.data as Float32Array)).toBeCloseTo(
      (explained.classes[0]?.checks.pixels as number) + (explained.after?.classes[0]?.checks.pixels as number),
      4,
    );
    expect(() => fisherNpy([explained, explained])).toThrow(/safetensors/);
    const labels = await trainingClasses(open);
    const picture = await fisherPagePicture(open, explained, { labels });
    const ids = sharedIds([explained]);
    expect(ids.size).toBeGreaterThan(0);
    expect([...ids].every((id) => labels.get(id)?.length === 1)).toBe(true);
    expect(picture.classes[0]?.shares?.positive[0]?.point.label).toBe(explained.classes[0]?.class);
    const { gaussians, otherGaussians } = picture.classes[0]!.before;
    expect(total(gaussians.map((g) => g.value)) + otherGaussians.value).toBeCloseTo(
      explained.classes[0]?.score as number,
      9,
    );
  });
});
