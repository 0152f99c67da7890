/** @file Feeds: the same batches for the same seed and epoch, every sample once, targets right, memory bounded; and what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { DataItem, DataLabel, DataSet } from "../../src/data/dataset.ts";
import { joinLabels } from "../../src/data/join-labels.ts";
import { openDataSet } from "../../src/data/open.ts";
import { OnnxplainError } from "../../src/errors.ts";
import { encodePng } from "../../src/image/png.ts";
import { preprocess } from "../../src/image/preprocess.ts";
import { PRESETS } from "../../src/image/presets.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { uniforms } from "../../src/random.ts";
import type { Batch, Feed } from "../../src/train/batch.ts";
import { arrayFeed, type DataFeed, type FeedOptions, featureFeed, feedOf } from "../../src/train/feed.ts";
import { ahead } from "../../src/train/feeding/ahead.ts";
import { pictureCache } from "../../src/train/picture-cache.ts";
import { absent, hasShared, shared } from "../shared.ts";

const unit = PRESETS.unit;
/** A picture whose every sample is `value`. */
const flat = (value: number, width = 4, height = 3): ImageU8 => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(width * height * 3).fill(value),
});
const noise = (seed: number, width: number, height: number): ImageU8 => {
  const random = uniforms(seed + 1);
  return {
    width,
    height,
    channels: 3,
    data: Uint8Array.from({ length: width * height * 3 }, () => random() * 256),
  };
};

interface Toy {
  readonly data: DataSet;
  /** How often pictures were decoded. */
  readonly loads: () => number;
}
/** Picture i is flat with value i unless stated; labels by turns of `classes`. */
function toy(
  count: number,
  {
    label = (i: number): DataLabel | undefined => ({ index: i % 3 }),
    picture = (i: number): ImageU8 => flat(i),
    classes = ["a", "b", "c"] as readonly string[] | null,
  } = {},
): Toy {
  let loads = 0;
  const item = (i: number): DataItem => ({
    id: `p${i}`,
    label: label(i),
    load: async () => {
      loads++;
      await new Promise((done) => setTimeout(done, i % 3));
      return picture(i);
    },
  });
  return {
    loads: () => loads,
    data: {
      name: "toy",
      classes: classes ?? undefined,
      count,
      notes: [],
      items: async function* () {
        for (let i = 0; i < count; i++) yield item(i);
      },
    },
  };
}
const unreadable = (id: string): never => {
  throw new OnnxplainError("E_IMAGE_READ", `Cannot read the image \`${id}\`.`);
};

async function gathered(batches: AsyncIterable<Batch>): Promise<readonly Batch[]> {
  const out: Batch[] = [];
  for await (const batch of batches) out.push(batch);
  return out;
}
/** The value of the picture that each row came from. */
const valuesOf = (batches: readonly Batch[], feed: Feed): readonly number[] =>
  batches.flatMap(({ images, count }) => {
    const size = feed.dims.reduce((a, b) => a * b, 1);
    return Array.from({ length: count }, (_, i) => Math.round((images[i * size] as number) * 255));
  });
const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);
async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    if (error instanceof OnnxplainError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "none";
}
const refused = (data: DataSet, options: Partial<FeedOptions> = {}): Promise<string> =>
  codeOf(feedOf(data, { preprocessing: unit, ...options }));

describe("an epoch", () => {
  it("holds every sample once, in another order each time, with its own target", async () => {
    const feed = await feedOf(toy(30).data, { preprocessing: unit, seed: 4 });
    expect([feed.count, feed.classes, feed.dims]).toEqual([30, 3, [3, 3, 4]]);
    const epochs = await Promise.all([0, 1].map((e) => gathered(feed.epoch(e, 10))));
    for (const batches of epochs) {
      const values = valuesOf(batches, feed);
      expect(sorted(values)).toEqual(Array.from({ length: 30 }, (_, i) => i));
      const targets = batches.flatMap((b) => Array.from(b.targets));
      values.forEach((v, k) => {
        expect(targets.slice(3 * k, 3 * k + 3)).toEqual([0, 1, 2].map((c) => (c === v % 3 ? 1 : 0)));
      });
    }
    expect(valuesOf(epochs[0] as Batch[], feed)).not.toEqual(valuesOf(epochs[1] as Batch[], feed));
  });
  it("leaves out a last batch that is not full, unless it is the only one", async () => {
    const feed = await feedOf(toy(10).data, { preprocessing: unit });
    const sizes = async (batch: number) => (await gathered(feed.epoch(0, batch))).map((b) => b.count);
    expect([await sizes(4), await sizes(10), await sizes(64)]).toEqual([[4, 4], [10], [10]]);
    expect((await gathered(feed.inOrder(4))).map((b) => b.count)).toEqual([4, 4, 2]);
  });
  it("is the same for the same seed and epoch, whatever came before, however much is kept", async () => {
    const options: FeedOptions = {
      preprocessing: PRESETS.torchvision,
      augment: [{ id: "resized-crop" }, "flip", { id: "color-jitter", params: { hue: 0.2 } }],
      seed: 11,
    };
    const small = { ...options.preprocessing, resize: { shorterSide: 12 }, crop: { width: 10, height: 10 } };
    const make = (more: Partial<FeedOptions> = {}) =>
      feedOf(toy(12, { picture: (i) => noise(i, 30, 20) }).data, { ...options, preprocessing: small, ...more });
    const first = await make();
    const run = await gathered(first.epoch(2, 5));
    await gathered(first.epoch(0, 3));
    await gathered(first.inOrder(5));
    expect(await gathered(first.epoch(2, 5))).toEqual(run);
    expect(await gathered((await make()).epoch(2, 5))).toEqual(run);
    expect(await gathered((await make({ maxMemory: 0 })).epoch(2, 5))).toEqual(run);
    expect(await gathered((await make({ seed: 12 })).epoch(2, 5))).not.toEqual(run);
    expect(await gathered(first.epoch(3, 5))).not.toEqual(run);
  });
  it("in order is what `preprocess` gives, bit for bit, whatever the augmentation", async () => {
    for (const [name, augment] of [
      ["torchvision", ["resized-crop"]],
      ["caffe", ["ten-crop"]],
      ["signed", ["flip", "color-jitter"]],
    ] as const) {
      const stated = PRESETS[name];
      const preprocessing = stated.crop
        ? { ...stated, resize: { shorterSide: 14 }, crop: { width: 11, height: 11 } }
        : stated;
      const picture = (i: number): ImageU8 => noise(i, 24, 18);
      const feed = await feedOf(toy(4, { picture }).data, { preprocessing, augment });
      const size = feed.dims.reduce((a, b) => a * b, 1);
      const [batch] = await gathered(feed.inOrder(4));
      for (let i = 0; i < 4; i++)
        expect(batch?.images.subarray(i * size, (i + 1) * size)).toEqual(preprocess(picture(i), preprocessing).data);
    }
    const gray = { ...unit, channelOrder: "GRAY", mean: [0.5], std: [0.25] } as const;
    const feed = await feedOf(toy(3, { picture: (i) => noise(i, 5, 4) }).data, { preprocessing: gray });
    expect(feed.dims).toEqual([1, 4, 5]);
    const [batch] = await gathered(feed.inOrder(3));
    expect(batch?.images.subarray(40)).toEqual(preprocess(noise(2, 5, 4), gray).data);
  });
  it("counts the views of ten crops, all of them and each once", async () => {
    const feed = await feedOf(toy(4, { picture: (i) => noise(i, 12, 9) }).data, {
      preprocessing: unit,
      size: { width: 8, height: 8 },
      augment: [{ id: "ten-crop", params: { side: 12 } }],
    });
    expect([feed.count, feed.ids.length]).toEqual([40, 4]);
    const [all] = await gathered(feed.epoch(0, 40));
    const rows = Array.from({ length: 40 }, (_, i) => all?.images.subarray(i * 192, (i + 1) * 192).join());
    expect(new Set(rows).size).toBe(40);
    expect((await gathered(feed.inOrder(40)))[0]?.count).toBe(4);
  });
  it("in balance draws every class as often, each sample before any comes again", async () => {
    const label = (i: number): DataLabel => ({ index: i < 4 ? 0 : i < 10 ? 1 : 2 });
    const feed = await feedOf(toy(60, { label }).data, {
      preprocessing: unit,
      sampling: "balanced",
      augment: ["flip"],
    });
    const values = valuesOf(await gathered(feed.epoch(0, 6)), feed);
    const by = [0, 1, 2].map((c) => values.filter((v) => label(v).index === c));
    expect(by.map((v) => v.length)).toEqual([20, 20, 20]);
    expect(sorted(by[0] as number[])).toEqual([0, 1, 2, 3].flatMap((v) => Array.from({ length: 5 }, () => v)));
    expect(new Set(by[2]).size).toBe(20);
    expect(feed.perClass).toEqual([4, 6, 50]);
  });
});

describe("memory and time", () => {
  it("decodes once what is kept, and anew what is not; the bound holds", async () => {
    const all = toy(10);
    const feed = await feedOf(all.data, { preprocessing: unit, augment: ["flip"], maxMemory: 10 * 36 });
    for (const e of [0, 1, 2]) await gathered(feed.epoch(e, 5));
    await gathered(feed.inOrder(3));
    expect([all.loads(), feed.keptBytes()]).toEqual([11, 360]);
    const part = toy(10);
    const tight = await feedOf(part.data, { preprocessing: unit, augment: ["flip"], maxMemory: 4 * 36 + 35 });
    for (const e of [0, 1, 2]) await gathered(tight.epoch(e, 5));
    expect([part.loads(), tight.keptBytes()]).toEqual([11 + 3 * 6, 144]);
  });
  it("keeps pictures of its own, not views of something larger", () => {
    const large = new Uint8Array(1000);
    const cache = pictureCache({ max: 100, used: 0 });
    cache.offer(3, { width: 2, height: 2, channels: 1, data: large.subarray(8, 12) });
    expect(cache.get(3)?.data.buffer.byteLength).toBe(4);
    cache.offer(4, { width: 97, height: 1, channels: 1, data: new Uint8Array(97) });
    expect(cache.get(4)).toBeUndefined();
  });
  it("makes the next batch while the consumer works, and no more than that", async () => {
    const made: number[] = [];
    const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
    const batches = ahead(5, async (k) => {
      made.push(k);
      await wait(20);
      return k;
    });
    const began = performance.now();
    const got: number[] = [];
    for await (const k of batches) {
      await wait(30);
      got.push(k);
      expect(made.length).toBe(Math.min(5, k + 2));
    }
    expect(got).toEqual([0, 1, 2, 3, 4]);
    expect(performance.now() - began).toBeLessThan(20 + 5 * 30 + 45);
    expect(
      await gathered(ahead(0, async () => ({ images: new Float32Array(), targets: new Float32Array(), count: 0 }))),
    ).toEqual([]);
  });
  it("stops when it is told to, and tells of its progress", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const run = feedOf(toy(50).data, {
      preprocessing: unit,
      size: { width: 4, height: 3 },
      signal: stop.signal,
      onProgress: (n, of) => {
        seen.push(n);
        expect(of).toBe(50);
        if (n === 7) stop.abort();
      },
    });
    expect(await codeOf(run)).toMatch(/^E_ABORTED/);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe("labels", () => {
  const names = (feed: DataFeed): readonly string[] => feed.classNames;
  it("come in the data's order, else sorted, else by number; another order may be stated", async () => {
    const named = (i: number): DataLabel => ({ name: ["pear", "fig"][i % 2] as string });
    const make = (
      options: Partial<FeedOptions>,
      label: (i: number) => DataLabel,
      classes: readonly string[] | null = null,
    ) => feedOf(toy(4, { label, classes }).data, { preprocessing: unit, ...options });
    expect(names(await make({}, named))).toEqual(["fig", "pear"]);
    expect(names(await make({}, (i) => ({ index: 2 * (i % 2) })))).toEqual(["0", "1", "2"]);
    expect(names(await make({ classes: 5 }, (i) => ({ index: i % 2 }), ["x", "y"]))).toEqual(["x", "y", "2", "3", "4"]);
    const stated = await make({ classes: ["pear", "plum", "fig"] }, named);
    expect(Array.from((await gathered(stated.inOrder(2)))[0]?.targets ?? [])).toEqual([1, 0, 0, 0, 0, 1]);
    const folders = await make({ classes: ["y", "x"] }, (i) => ({ index: i % 2 }), ["x", "y"]);
    expect(Array.from((await gathered(folders.inOrder(2)))[0]?.targets ?? [])).toEqual([0, 1, 1, 0]);
    const joined = await make({ classes: 3, classOf: ({ name }) => (name === "pear" ? 2 : 0) }, named);
    expect(Array.from((await gathered(joined.inOrder(2)))[0]?.targets ?? [])).toEqual([0, 0, 1, 1, 0, 0]);
  });
  it("that only the model's classes know are asked of `classOf`", async () => {
    const { data } = toy(4, { label: (i) => ({ accept: [i % 2] }), classes: null });
    const joined = joinLabels({ ...data, labels: [{ accept: [0] }, { accept: [1] }] }, { count: 2 });
    const feed = await feedOf(data, { preprocessing: unit, classes: 2, classOf: joined.of });
    expect(feed.perClass).toEqual([2, 2]);
    expect(await refused(data)).toMatch(/^E_TARGET_UNKNOWN/);
  });
  it("that are none of the classes are refused by name and number, or skipped", async () => {
    const label = (i: number): DataLabel | undefined => (i === 5 ? undefined : { index: i % 4 });
    const data = toy(8, { label }).data;
    const message = await refused(data);
    expect(message).toMatch(/^E_TARGET_RANGE 3 of 8 pictures/);
    expect(message).toContain("`p3`: label 3 is not in 0…2");
    expect(message).toContain("`p5`: it has no label");
    const feed = await feedOf(data, { preprocessing: unit, badLabels: "skip" });
    expect(feed.skipped.map((s) => [s.id, s.code])).toEqual([
      ["p3", "E_TARGET_RANGE"],
      ["p7", "E_TARGET_RANGE"],
      ["p5", "E_TARGET_UNKNOWN"],
    ]);
    expect([feed.count, feed.ids]).toEqual([5, ["p0", "p1", "p2", "p4", "p6"]]);
    expect(await refused(toy(4, { label: () => ({ name: "z" }) }).data)).toMatch(/^E_TARGET_UNKNOWN 4 of 4/);
    expect(await refused(toy(4, { label: () => undefined }).data)).toMatch(/^E_TARGET_UNKNOWN 4 of 4/);
  });
  it("of one class alone are refused, unless that is meant", async () => {
    const { data } = toy(4, { label: () => ({ index: 1 }) });
    expect(await refused(data)).toMatch(/^E_DATA_CLASSES All 4 pictures of `toy` are labelled `b`/);
    expect((await feedOf(data, { preprocessing: unit, allowOneClass: true })).count).toBe(4);
  });
});

describe("pictures", () => {
  it("that cannot be read are skipped and listed, until none is left", async () => {
    const picture = (i: number): ImageU8 => (i % 4 === 1 ? unreadable(`p${i}`) : flat(i));
    const feed = await feedOf(toy(9, { picture }).data, { preprocessing: unit });
    expect(feed.skipped).toEqual(
      [1, 5].map((i) => ({ id: `p${i}`, code: "E_IMAGE_READ", message: `Cannot read the image \`p${i}\`.` })),
    );
    expect(valuesOf(await gathered(feed.inOrder(9)), feed)).toEqual([0, 2, 3, 4, 6, 7, 8]);
    const none = await refused(toy(4, { picture: (i) => unreadable(`p${i}`) }).data);
    expect(none).toMatch(/^E_DATA_EMPTY No picture of `toy`/);
    expect(none).toContain("Cannot read the image `p0`");
  });
  it("whose record is broken and has no label are skipped as unreadable, not refused as unlabelled", async () => {
    const { data } = toy(6, {
      label: (i) => (i === 2 ? undefined : { index: i % 3 }),
      picture: (i) => (i === 2 ? unreadable("p2") : flat(i)),
    });
    expect((await feedOf(data, { preprocessing: unit })).skipped.map((s) => s.code)).toEqual(["E_IMAGE_READ"]);
  });
  it("of other sizes are resized to the network's, or refused by name", async () => {
    const picture = (i: number): ImageU8 => flat(i, 4 + i, 3);
    expect(await refused(toy(4, { picture }).data)).toMatch(/^E_INPUT_SHAPE `p1` becomes 5 x 3/);
    const feed = await feedOf(toy(4, { picture }).data, { preprocessing: unit, size: { width: 6, height: 5 } });
    expect(feed.dims).toEqual([3, 5, 6]);
    const cropped = { ...unit, crop: { width: 3, height: 3 } };
    expect(await refused(toy(4).data, { preprocessing: cropped, size: { width: 6, height: 5 } })).toMatch(
      /^E_INPUT_SHAPE/,
    );
  });
  it("that vanish during the training stop it with their own code", async () => {
    let gone = false;
    const { data } = toy(4, { picture: (i) => (gone ? unreadable("p") : flat(i)) });
    const feed = await feedOf(data, { preprocessing: unit, maxMemory: 0 });
    gone = true;
    expect(await codeOf(gathered(feed.epoch(0, 2)))).toMatch(/^E_IMAGE_READ/);
  });
});

it("refuses options that are none", async () => {
  const { data } = toy(6);
  const feed = await feedOf(data, { preprocessing: unit });
  const thrown = (run: () => unknown): Promise<string> => codeOf((async () => run())());
  const messages = [
    await refused(data, { preprocessing: { ...unit, layout: "nhwc" } }),
    await refused(data, { maxMemory: -1 }),
    await refused(data, { classes: 0 }),
    await refused(data, { sampling: "even" as never }),
    await refused(data, { augment: ["flop" as never] }),
    await refused(data, { preprocessing: { ...unit, std: [0, 1, 1] } }),
    await thrown(() => feed.epoch(0, 0)),
    await thrown(() => feed.epoch(-1, 2)),
    await thrown(() => feed.inOrder(1.5)),
  ];
  for (const message of messages) expect(message).toMatch(/^E_PARAM/);
});

describe("several labels a picture", () => {
  const root = mkdtempSync(join(tmpdir(), "feed-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const manifest = async (name: string, rows: readonly string[], classes?: readonly string[]): Promise<DataSet> => {
    for (let i = 0; i < rows.length; i++) writeFileSync(join(root, `${i}.png`), await encodePng(flat(i)));
    writeFileSync(join(root, name), `path,label\n${rows.map((r, i) => `${i}.png,${r}`).join("\n")}\n`);
    return openDataSet(join(root, name), { classes });
  };
  const targets = async (feed: Feed): Promise<readonly (readonly number[])[]> => {
    const [batch] = await gathered(feed.inOrder(100));
    return Array.from({ length: batch?.count ?? 0 }, (_, i) =>
      Array.from(batch?.targets.subarray(i * feed.classes, (i + 1) * feed.classes) ?? []),
    );
  };

  it("by name, apart by `;` or `|`, give a 1 for each", async () => {
    const data = await manifest("names.csv", ["dog;cat", "cat", "bird | dog|dog", "cat"]);
    expect(data.classes).toEqual(["bird", "cat", "dog"]);
    expect(data.labels?.map((l) => l.name)).toEqual(["bird", "cat", "dog"]);
    const feed = await feedOf(data, { preprocessing: unit });
    expect(feed.several).toBe(true);
    expect(await targets(feed)).toEqual([
      [0, 1, 1],
      [0, 1, 0],
      [1, 0, 1],
      [0, 1, 0],
    ]);
    expect(feed.perClass).toEqual([1, 3, 2]);
    expect(await refused(data, { sampling: "balanced" })).toMatch(/^E_PARAM/);
    const joined = joinLabels(data, { count: 4, labels: ["dog", "fish", "cat", "bird"] });
    const items: DataItem[] = [];
    for await (const item of data.items()) items.push(item);
    expect(items.map((i) => joined.accepts(i.label))).toEqual([[0, 2], [2], [3, 0], [2]]);
    expect(joined.report).toMatchObject({ by: "name", total: 3, joined: 3 });
  });
  it("by number, and those beyond the classes are refused", async () => {
    const data = await manifest("numbers.csv", ["0;2", "1", "2"]);
    expect(await targets(await feedOf(data, { preprocessing: unit }))).toEqual([
      [1, 0, 1],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(await refused(data, { classes: 2 })).toMatch(/^E_TARGET_RANGE 2 of 3/);
    expect(await refused(await manifest("beyond.csv", ["0;2", "1", "0"], ["a", "b"]))).toMatch(
      /^E_TARGET_RANGE 1 of 3/,
    );
  });
  it("a class whose own name holds the sign stays whole", async () => {
    const data = await manifest("whole.csv", ["a;b", "c"], ["a;b", "c"]);
    const feed = await feedOf(data, { preprocessing: unit });
    expect([feed.several, await targets(feed)]).toEqual([
      false,
      [
        [1, 0],
        [0, 1],
      ],
    ]);
  });
});

describe("arrays in memory", () => {
  it("feed features with their targets", async () => {
    const features = Float32Array.from({ length: 12 * 5 }, (_, i) => i);
    const targets = Float32Array.from({ length: 12 * 2 }, (_, i) => (i % 2 === Math.floor(i / 2) % 2 ? 1 : 0));
    const feed = featureFeed(features, targets, { classes: 2, seed: 3 });
    expect([feed.count, feed.classes, feed.dims]).toEqual([12, 2, [5]]);
    const batches = await gathered(feed.epoch(1, 4));
    const rows = batches.flatMap((b) => Array.from({ length: b.count }, (_, i) => (b.images[i * 5] as number) / 5));
    expect(sorted(rows)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    const given = batches.flatMap((b) => Array.from({ length: b.count }, (_, i) => b.targets[i * 2 + 1]));
    expect(given).toEqual(rows.map((r) => r % 2));
    expect(batches).toEqual(await gathered(featureFeed(features, targets, { classes: 2, seed: 3 }).epoch(1, 4)));
  });
  it("take targets of any kind, but balance needs one class a row", () => {
    const soft = { images: new Float32Array(6), dims: [3], targets: Float32Array.of(0.5, 0.5, 1, 0), classes: 2 };
    expect(arrayFeed(soft).count).toBe(2);
    expect(() => arrayFeed(soft, { sampling: "balanced" })).toThrow(/several labels/);
  });
  it("refuse lengths that do not agree, and nothing", () => {
    expect(() => featureFeed(new Float32Array(7), new Float32Array(4), { classes: 2 })).toThrow(/Expected \[n, 3.5\]/);
    expect(() => arrayFeed({ images: new Float32Array(), dims: [3], targets: new Float32Array(), classes: 2 })).toThrow(
      /no samples/,
    );
  });
});

describe(`CIFAR-10${absent("images/cifar10/train_5000.bin")}`, () => {
  it.runIf(hasShared("images/cifar10/train_5000.bin"))(
    "feeds all pictures of the real subset, and says how fast",
    async () => {
      const data = await openDataSet(shared("images/cifar10/train_5000.bin"));
      const feed = await feedOf(data, { preprocessing: unit, augment: ["flip", "pad-and-crop"], seed: 1 });
      expect([feed.count, feed.classNames[0], feed.dims]).toEqual([5000, "airplane", [3, 32, 32]]);
      expect(feed.perClass).toEqual(Array.from({ length: 10 }, () => 500));
      expect(feed.keptBytes()).toBe(5000 * 3072);
      const perClass = new Float64Array(10);
      const began = performance.now();
      for await (const { targets } of feed.epoch(0, 100))
        for (const [i, t] of targets.entries()) perClass[i % 10]! += t;
      const rate = 5000 / ((performance.now() - began) / 1000);
      console.log(`flip and pad-and-crop: ${Math.round(rate)} pictures a second`);
      expect(Array.from(perClass)).toEqual(Array.from({ length: 10 }, () => 500));
      let at = 0;
      for await (const item of data.items()) {
        if (at === 5) break;
        const [batch] = await gathered(feed.inOrder(5));
        const x = preprocess(await item.load(), unit).data;
        expect(batch?.images.subarray(at * 3072, ++at * 3072)).toEqual(x);
      }
    },
  );
});
