/** @file Data sets: every layout opens with its own labels, boxes and masks, lazily; every kind of bad input has its outcome. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, it } from "vitest";
import type { DataItem, DataSet } from "../../src/data/dataset.ts";
import { type LoadedItem, loadItem } from "../../src/data/load-item.ts";
import { openDataSet } from "../../src/data/open.ts";
import { prefetch } from "../../src/data/prefetch.ts";
import { writeTable } from "../../src/formats/parquet-write.ts";
import { tableOf } from "../../src/formats/table.ts";
import { encodePng } from "../../src/image/png.ts";
import { absent, hasShared, shared } from "../shared.ts";

const root = mkdtempSync(join(tmpdir(), "datasets-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
const png = (width: number, height: number, value: number): Promise<Uint8Array> =>
  encodePng({ width, height, channels: 3, data: new Uint8Array(width * height * 3).fill(value) });
const PICTURE = await png(6, 4, 9);

async function all(set: DataSet): Promise<readonly DataItem[]> {
  const items: DataItem[] = [];
  for await (const item of set.items()) items.push(item);
  return items;
}
async function loaded(set: DataSet): Promise<readonly (LoadedItem | string)[]> {
  const out: (LoadedItem | string)[] = [];
  for await (const got of prefetch(set.items(), 2))
    out.push("error" in got ? `${got.error.code} ${got.error.message}` : got);
  return out;
}
const ids = async (set: DataSet): Promise<readonly string[]> => (await all(set)).map((i) => i.id);

describe("a folder for each class", () => {
  const files = {
    "n01440764_tench/b.png": PICTURE,
    "n01440764_tench/deep/a.JPG": PICTURE,
    "dog/z.png": PICTURE,
    "dog/notes.txt": "",
    "dog/.hidden.png": PICTURE,
    "empty/readme.md": "",
    "stray.png": PICTURE,
    ".git/x.png": PICTURE,
  };
  it("has classes in sorted order, files at any depth, and says what it ignored", async () => {
    const set = await openDataSet(folderOf(files));
    expect(set.classes).toEqual(["dog", "empty", "n01440764_tench"]);
    expect(set.count).toBe(3);
    expect((await all(set)).map(({ id, label }) => ({ id, label }))).toEqual([
      { id: "dog/z.png", label: { index: 0, name: "dog" } },
      { id: "n01440764_tench/b.png", label: { index: 2, name: "tench", wnid: "n01440764" } },
      { id: "n01440764_tench/deep/a.JPG", label: { index: 2, name: "tench", wnid: "n01440764" } },
    ]);
    expect(set.notes).toEqual([
      "1 pictures beside the class folders ignored",
      "1 class folders without pictures: empty",
      "2 files that are no pictures ignored",
      "2 hidden files or folders ignored",
    ]);
  });
  it("takes an order of classes from outside", async () => {
    const set = await openDataSet(folderOf(files), { classes: ["n01440764_tench", "dog"] });
    expect((await all(set)).map((i) => i.label?.index)).toEqual([1, 0, 0]);
    expect(set.notes).toContain("1 folders are none of the classes given: empty");
  });
  it("knows parts, under any of their names", async () => {
    const folder = folderOf({
      "train/cat/1.png": PICTURE,
      "train/dog/2.png": PICTURE,
      "validation/cat/3.png": PICTURE,
    });
    expect(await ids(await openDataSet(folder, { split: "val" }))).toEqual(["validation/cat/3.png"]);
    expect(await ids(await openDataSet(folder, { split: "train" }))).toEqual(["train/cat/1.png", "train/dog/2.png"]);
    await expect(openDataSet(folder, { split: "test" })).rejects.toMatchObject({
      code: "E_PARAM",
      message: expect.stringContaining("It has: train, validation."),
    });
  });
  it("without folders has no labels", async () => {
    const set = await openDataSet(folderOf({ "b.png": PICTURE, "a.png": PICTURE }));
    expect((await all(set)).map((i) => [i.id, i.label])).toEqual([
      ["a.png", undefined],
      ["b.png", undefined],
    ]);
    expect(set.notes).toContain("pictures without labels");
  });
});

describe("which items", () => {
  const folder = folderOf(
    Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${String(i).padStart(2, "0")}.png`, PICTURE])),
  );
  it("a window of them", async () => {
    expect(await ids(await openDataSet(folder, { offset: 28 }))).toEqual(["28.png", "29.png"]);
    expect(await ids(await openDataSet(folder, { offset: 3, limit: 2 }))).toEqual(["03.png", "04.png"]);
  });
  it("in an order of the seed: each once, the same each time, and a window of that order", async () => {
    const one = await ids(await openDataSet(folder, { shuffle: 1 }));
    expect([...one].sort()).toEqual(await ids(await openDataSet(folder)));
    expect(one).not.toEqual([...one].sort());
    expect(await ids(await openDataSet(folder, { shuffle: 1 }))).toEqual(one);
    expect(await ids(await openDataSet(folder, { shuffle: 2 }))).not.toEqual(one);
    expect(await ids(await openDataSet(folder, { shuffle: 1, offset: 4, limit: 5 }))).toEqual(one.slice(4, 9));
  });
  it("twice from one set", async () => {
    const set = await openDataSet(folder, { limit: 3 });
    expect(await ids(set)).toEqual(await ids(set));
  });
  it.each([
    ["limit", { limit: 0 }],
    ["offset", { offset: -1 }],
    ["shuffle", { shuffle: 0.5 }],
    ["maskFrom", { maskFrom: 0 }],
  ])("refuses a wrong %s", (name, options) =>
    expect(openDataSet(folder, options)).rejects.toMatchObject({
      code: "E_PARAM",
      message: expect.stringContaining(name),
    }),
  );
});

describe("a manifest", () => {
  it("states labels, masks, boxes and parts", async () => {
    const folder = folderOf({
      "list.csv":
        'path,label,mask,boxes,split\na.png,7,m.png,"[[0,1,3,4]]",train\na.png,7,m.png,0 0 2 2;1 1 2 3,train\nb/c.png,,,,test\n',
      "a.png": PICTURE,
      "m.png": await encodePng({
        width: 6,
        height: 4,
        channels: 1,
        data: Uint8Array.from({ length: 24 }, (_, i) => (i < 6 ? 200 : i < 9 ? 90 : 0)),
      }),
      "b/c.png": PICTURE,
    });
    const [first, second] = (await loaded(
      await openDataSet(join(folder, "list.csv"), { maskFrom: 100 }),
    )) as LoadedItem[];
    expect(first?.item).toMatchObject({ id: "a.png", label: { index: 7 }, split: "train" });
    expect(first?.boxes).toEqual([
      { x0: 0, y0: 1, x1: 3, y1: 4 },
      { x0: 0, y0: 0, x1: 2, y1: 2 },
      { x0: 1, y0: 1, x1: 2, y1: 3 },
    ]);
    expect(first?.mask?.data.filter((v) => v > 0).length).toBe(6);
    expect(second?.item).toMatchObject({ id: "b/c.png", label: undefined, split: "test" });
    expect([second?.mask, second?.boxes]).toEqual([undefined, undefined]);
  });
  it("adds 1 to inclusive corners", async () => {
    const folder = folderOf({ "labels.csv": "file,class,xmin,ymin,xmax,ymax\na.png,dog,0,1,5,3\n", "a.png": PICTURE });
    const boxes = async (boxCorners?: "inclusive") => (await all(await openDataSet(folder, { boxCorners })))[0]?.boxes;
    expect(await boxes()).toEqual([{ x0: 0, y0: 1, x1: 5, y1: 3 }]);
    expect(await boxes("inclusive")).toEqual([{ x0: 0, y0: 1, x1: 6, y1: 4 }]);
  });
  it("numbers names in sorted order, or in the order given, and lists names by their index", async () => {
    const named = folderOf({ "labels.csv": "file,class\na.png,dog\nb.png,cat\n" });
    const set = await openDataSet(named);
    expect([set.classes, set.sortedClasses, (await all(set)).map((i) => i.label)]).toEqual([
      ["cat", "dog"],
      true,
      [
        { index: 1, name: "dog" },
        { index: 0, name: "cat" },
      ],
    ]);
    expect((await all(await openDataSet(named, { classes: ["dog", "cat"] }))).map((i) => i.label?.index)).toEqual([
      0, 1,
    ]);
    const both = await openDataSet(folderOf({ "labels.csv": "file,class_index,name\na.png,1,dog\nb.png,0,cat\n" }));
    expect([both.classes, both.sortedClasses]).toEqual([["cat", "dog"], undefined]);
  });
  it("says the same as Parquet", async () => {
    const text = (name: string, values: readonly (string | null)[]) => ({ name, type: "string" as const, values });
    const folder = folderOf({
      "manifest.parquet": writeTable(
        tableOf([
          text("path", ["a.png", "b.png"]),
          { name: "label", type: "int", values: [3, null] },
          { name: "boxes", type: "doubles", values: [[0, 0, 2, 2, 1, 1, 3, 3], null] },
          text("split", ["val", "test"]),
        ]),
      ),
      "a.png": PICTURE,
    });
    const [a, b] = await all(await openDataSet(folder));
    expect(a).toMatchObject({
      id: "a.png",
      label: { index: 3 },
      split: "val",
      boxes: [
        { x0: 0, y0: 0, x1: 2, y1: 2 },
        { x0: 1, y0: 1, x1: 3, y1: 3 },
      ],
    });
    expect([b?.label, b?.boxes]).toEqual([undefined, undefined]);
    expect((await loadItem(a as DataItem)).image).toMatchObject({ width: 6, height: 4 });
  });
  it("takes the name of a column", async () => {
    const folder = folderOf({ "x.csv": "where,what\na.png,dog\n" });
    const set = await openDataSet(join(folder, "x.csv"), { columns: { path: "where", label: "what" } });
    expect((await all(set))[0]).toMatchObject({ id: "a.png", label: { name: "dog" } });
    await expect(openDataSet(join(folder, "x.csv"))).rejects.toMatchObject({ code: "E_FILE" });
    await expect(openDataSet(join(folder, "x.csv"), { columns: { path: "no" } })).rejects.toMatchObject({
      code: "E_PARAM",
    });
  });
});

const SCHEMA = [
  { name: "root", num_children: 2 },
  { name: "image", num_children: 2, repetition_type: "OPTIONAL" as const },
  { name: "bytes", type: "BYTE_ARRAY" as const, repetition_type: "OPTIONAL" as const },
  { name: "path", type: "BYTE_ARRAY" as const, converted_type: "UTF8" as const, repetition_type: "OPTIONAL" as const },
  { name: "label", type: "INT64" as const, repetition_type: "OPTIONAL" as const },
];
const hub = (pictures: readonly (Uint8Array | null)[], labels: readonly number[], rowGroupSize: number): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      schema: SCHEMA,
      rowGroupSize,
      columnData: [
        { name: "image", data: pictures.map((bytes) => ({ bytes, path: null })) },
        { name: "label", data: labels.map(BigInt) },
      ],
      kvMetadata: [
        {
          key: "huggingface",
          value: JSON.stringify({
            info: { features: { image: { _type: "Image" }, label: { names: ["cat", "dog"], _type: "ClassLabel" } } },
          }),
        },
      ],
    }),
  );

describe("Parquet with pictures, as on the Hugging Face hub", () => {
  it("joins shards to one set with parts and class names", async () => {
    const pictures = await Promise.all([1, 2, 3, 4, 5].map((v) => png(2, 2, v)));
    const folder = folderOf({
      "data/train-00000-of-00002.parquet": hub(pictures.slice(0, 3), [0, 1, 0], 2),
      "data/train-00001-of-00002.parquet": hub(pictures.slice(3, 4), [1], 2),
      "data/test-00000-of-00001.parquet": hub(pictures.slice(4), [-1], 2),
    });
    const set = await openDataSet(folder);
    expect([set.count, set.classes]).toEqual([5, ["cat", "dog"]]);
    const train = (await loaded(await openDataSet(folder, { split: "train" }))) as LoadedItem[];
    expect(train.map(({ item, image }) => [item.id, item.label, image.data[0]])).toEqual([
      ["train-00000-of-00002.parquet#0", { index: 0, name: "cat" }, 1],
      ["train-00000-of-00002.parquet#1", { index: 1, name: "dog" }, 2],
      ["train-00000-of-00002.parquet#2", { index: 0, name: "cat" }, 3],
      ["train-00001-of-00002.parquet#0", { index: 1, name: "dog" }, 4],
    ]);
    expect((await all(await openDataSet(folder, { split: "test" })))[0]?.label).toBeUndefined();
    const mixed = (await loaded(await openDataSet(folder, { shuffle: 3 }))) as LoadedItem[];
    expect(mixed.map((m) => m.image.data[0]).sort()).toEqual([1, 2, 3, 4, 5]);
  });
  it("makes an item without bytes, or with a label that is no class, fail alone", async () => {
    const folder = folderOf({ "train.parquet": hub([PICTURE, null, PICTURE], [0, 1, 2], 10) });
    const [good, none, range] = await loaded(await openDataSet(join(folder, "train.parquet")));
    expect(good).toMatchObject({ image: { width: 6, height: 4 } });
    expect(none).toMatch(/^E_IMAGE_READ .*train.parquet#1 image` holds no bytes/);
    expect(range).toMatch(/^E_TARGET_RANGE Label 2 of `train.parquet#2` is not in 0…1/);
  });
  it("reads 100,000 rows a row group at a time", async () => {
    const count = 100_000;
    const folder = folderOf({
      "big.parquet": hub(
        Array.from({ length: count }, () => PICTURE),
        Array.from({ length: count }, (_, i) => i % 2),
        1000,
      ),
    });
    const set = await openDataSet(join(folder, "big.parquet"), { offset: 99_998 });
    expect((await loaded(set)).map((l) => (typeof l === "string" ? l : l.item.id))).toEqual([
      "big.parquet#99998",
      "big.parquet#99999",
    ]);
    let n = 0;
    for await (const item of (await openDataSet(join(folder, "big.parquet"))).items()) n += item.label?.index ?? 0;
    expect(n).toBe(count / 2);
  });
});

describe("binary files", () => {
  const record = (labels: readonly number[], seed: number) =>
    Uint8Array.from([...labels, ...Array.from({ length: 3072 }, (_, i) => (i + seed) % 251)]);
  it("CIFAR-10: planes become pixels, names and parts are read", async () => {
    const folder = folderOf({
      "data_batch_1.bin": Uint8Array.from([...record([1], 0), ...record([0], 5)]),
      "test_batch.bin": record([3], 0),
      "batches.meta.txt": "plane\ncar\n",
    });
    const set = await openDataSet(folder);
    expect([set.count, set.classes]).toEqual([3, ["plane", "car"]]);
    const [a, b, c] = await loaded(set);
    expect((a as LoadedItem).item).toMatchObject({
      id: "data_batch_1.bin#0",
      label: { index: 1, name: "car" },
      split: "train",
    });
    expect([...(b as LoadedItem).image.data.slice(0, 4)]).toEqual([5, (1024 + 5) % 251, (2048 + 5) % 251, 6]);
    expect(c).toMatch(/^E_TARGET_RANGE/);
  });
  it("CIFAR-100: the fine label counts", async () => {
    const folder = folderOf({ "train.bin": record([4, 77], 0) });
    expect((await all(await openDataSet(join(folder, "train.bin"))))[0]?.label).toEqual({ index: 77 });
  });
  it("a file that does not end with a record is refused", async () => {
    const folder = folderOf({ "train.bin": new Uint8Array(3072) });
    await expect(openDataSet(join(folder, "train.bin"))).rejects.toMatchObject({
      code: "E_FILE",
      message: expect.stringContaining("3072 bytes"),
    });
  });
  const idx = (dims: readonly number[], data: readonly number[]) =>
    Uint8Array.from([0, 0, 8, dims.length, ...dims.flatMap((d) => [0, 0, d >> 8, d & 255]), ...data]);
  it.each([
    ["plain", ""],
    ["packed", ".gz"],
  ])("MNIST, %s", async (_, end) => {
    const pack = (b: Uint8Array) => (end === "" ? b : gzipSync(b));
    const folder = folderOf({
      [`train-images-idx3-ubyte${end}`]: pack(
        idx(
          [2, 2, 3],
          Array.from({ length: 12 }, (_, i) => i),
        ),
      ),
      [`train-labels-idx1-ubyte${end}`]: pack(idx([2], [7, 4])),
    });
    const [, second] = (await loaded(await openDataSet(folder))) as LoadedItem[];
    expect(second).toMatchObject({
      item: { label: { index: 4 }, split: "train" },
      image: { width: 3, height: 2, channels: 1 },
    });
    expect([...(second?.image.data ?? [])]).toEqual([6, 7, 8, 9, 10, 11]);
  });
  it("MNIST of unequal length, cut off, or badly packed is refused", async () => {
    const images = idx([2, 1, 1], [1, 2]);
    for (const files of [
      { "x-images-idx3-ubyte": images, "x-labels-idx1-ubyte": idx([1], [1]) },
      { "x-images-idx3-ubyte": images.slice(0, -1) },
      { "x-images-idx3-ubyte.gz": gzipSync(images).subarray(0, 15) },
    ])
      await expect(openDataSet(folderOf(files))).rejects.toMatchObject({ code: "E_FILE" });
  });
});

describe("bad input", () => {
  const manifest = (rows: string, files: Readonly<Record<string, Uint8Array>> = {}) =>
    openDataSet(
      folderOf({ "labels.csv": `path,label,mask,boxes\n${rows}\n`, "a.png": PICTURE, "m.png": PICTURE, ...files }),
    );
  it("an empty data set, in every layout", async () => {
    for (const folder of [
      folderOf({}),
      folderOf({ "cat/readme.md": "", "dog/.x.png": PICTURE }),
      folderOf({ "labels.csv": "path,label\n" }),
    ])
      await expect(openDataSet(folder)).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
    await expect(openDataSet(folderOf({ "a.png": PICTURE }), { offset: 1 })).rejects.toMatchObject({
      code: "E_DATA_EMPTY",
    });
  });
  it("no data set at all", async () => {
    for (const path of [
      join(root, "nowhere"),
      join(root, "nowhere.csv"),
      join(folderOf({ "a.png": PICTURE }), "a.png"),
    ])
      await expect(openDataSet(path)).rejects.toMatchObject({ code: "E_FILE" });
  });
  it("one picture that is none, one that is missing, one cut off: each is an item that failed", async () => {
    const got = await loaded(
      await manifest("text.png,1,,\nmissing.png,1,,\ncut.png,1,,\na.png,1,,\n,1,,", {
        "text.png": new TextEncoder().encode("no picture"),
        "cut.png": PICTURE.slice(0, 50),
      }),
    );
    expect(got.map((g) => (typeof g === "string" ? g.split(" ")[0] : g.item.id))).toEqual([
      "E_IMAGE_READ",
      "E_FILE",
      "E_IMAGE_READ",
      "a.png",
      "E_FILE",
    ]);
    expect(got[1]).toContain("missing.png");
  });
  it("a mask of another size, or missing", async () => {
    const got = await loaded(
      await manifest("a.png,1,small.png,\nm.png,1,none.png,", { "small.png": await png(3, 2, 255) }),
    );
    expect(got[0]).toMatch(/^E_INPUT_SHAPE The mask of `a.png` is 3 x 2 pixels, its picture 6 x 4/);
    expect(got[1]).toMatch(/^E_FILE .*none.png/);
  });
  it("boxes over the edge are cut, boxes outside or empty dropped, both said", async () => {
    const [a, m] = (await loaded(
      await manifest("a.png,1,,-1 0 4 9; 6 0 8 2; 3 3 3 4\nm.png,1,,7 7 9 9"),
    )) as LoadedItem[];
    expect(a?.boxes).toEqual([{ x0: 0, y0: 0, x1: 4, y1: 4 }]);
    expect(a?.notes).toEqual([
      "a.png: box -1 0 4 9 cut at the picture's edge (6 x 4)",
      "a.png: box 6 0 8 2 dropped: it lies outside the picture (6 x 4)",
      "a.png: box 3 3 3 4 dropped: it is empty",
    ]);
    expect([m?.boxes, m?.notes.length]).toEqual([undefined, 1]);
  });
  it("boxes that are no numbers", async () => {
    const got = await loaded(await manifest("a.png,1,,1 2 3\nm.png,1,,[[0"));
    expect(got.map(String)).toEqual([
      expect.stringMatching(/^E_FILE .*row 1/),
      expect.stringMatching(/^E_FILE .*row 2/),
    ]);
  });
  it("a path that comes again: the first counts", async () => {
    const set = await manifest("a.png,1,,\nm.png,1,,\na.png,2,,");
    expect((await all(set)).map((i) => [i.id, i.label?.index])).toEqual([
      ["a.png", 1],
      ["m.png", 1],
    ]);
    expect(set.notes).toContain("1 rows repeat a path and are left out: a.png");
  });
  it("labels out of range fail; -1 is no label", async () => {
    const folder = folderOf({ "labels.csv": "path,label\na.png,5\nb.png,-1\nc.png,-4\n", "b.png": PICTURE });
    const got = await loaded(await openDataSet(folder, { classes: ["x", "y"] }));
    expect(got[0]).toMatch(/^E_TARGET_RANGE Label 5 of `a.png` is not in 0…1/);
    expect((got[1] as LoadedItem).item.label).toBeUndefined();
    expect(got[2]).toMatch(/^E_TARGET_RANGE Label -4/);
  });
});

describe.skipIf(!hasShared("images"))(`real sets${absent("images")}`, () => {
  const open = (name: string, options = {}) => openDataSet(shared(`images/${name}`), options);
  it("photographs with names and WordNet ids", async () => {
    const set = await open("imagenet-sample");
    const items = await all(set);
    expect([set.count, items.length, set.labels?.length]).toEqual([200, 200, 200]);
    expect(items[1]).toMatchObject({
      id: "n01496331_electric_ray.jpg",
      label: { index: 5, name: "electric ray, crampfish, numbfish, torpedo", wnid: "n01496331" },
    });
    expect((await loadItem(items[1] as DataItem)).image).toMatchObject({ width: 600, height: 399 });
  });
  it("CIFAR-10", async () => {
    const set = await open("cifar10", { split: "test" });
    const counts = new Array<number>(10).fill(0);
    for await (const { label } of set.items()) counts[label?.index ?? -1]!++;
    expect([set.count, set.classes?.[8], counts]).toEqual([1000, "ship", new Array(10).fill(100)]);
  });
  it("MNIST", async () => {
    const set = await open("mnist", { limit: 5 });
    expect((await all(set)).map((i) => i.label?.index)).toEqual([7, 2, 1, 0, 4]);
    expect(((await loaded(set))[0] as LoadedItem).image).toMatchObject({ width: 28, height: 28, channels: 1 });
  });
  it("boxes with inclusive corners: all lie in their pictures", async () => {
    const set = await open("tiny-imagenet-val-boxes", { boxCorners: "inclusive" });
    let boxes = 0;
    for await (const got of prefetch(set.items(), 4)) {
      if ("error" in got) throw got.error;
      expect(got.notes).toEqual([]);
      boxes += got.boxes?.length ?? 0;
    }
    expect([set.count, boxes]).toEqual([800, 800]);
  });
  it("masks: the box of a mask is the box that the list states", async () => {
    const set = await open("oxford-pets-masks");
    let masks = 0;
    for await (const got of prefetch(set.items(), 4)) {
      if ("error" in got) throw got.error;
      const { width = 0, data = [] } = got.mask ?? {};
      const inside = Array.from(data.keys()).filter((i) => data[i] !== 0);
      const [xs, ys] = [inside.map((i) => i % width), inside.map((i) => Math.floor(i / width))];
      const span = (v: readonly number[]) =>
        v.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x + 1)] as const, [1e9, 0] as readonly [number, number]);
      expect({ x: span(xs), y: span(ys) }).toEqual({
        x: [got.boxes?.[0]?.x0, got.boxes?.[0]?.x1],
        y: [got.boxes?.[0]?.y0, got.boxes?.[0]?.y1],
      });
      masks++;
    }
    expect(masks).toBe(18);
    expect((await all(set))[0]?.label).toEqual({ index: 0, name: "Abyssinian", accept: [281, 282, 283, 284, 285] });
  });
});
