/** @file Folders in PASCAL VOC's layout: labels, boxes with classes, parts, and every kind of broken input. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { boxesOfClass } from "../../src/data/boxes.ts";
import type { DataItem, DataSet } from "../../src/data/dataset.ts";
import { type LoadedItem, loadItem } from "../../src/data/load-item.ts";
import { openDataSet } from "../../src/data/open.ts";
import { prefetch } from "../../src/data/prefetch.ts";
import { readVocAnnotation } from "../../src/data/voc-annotation.ts";
import { encodePng } from "../../src/image/png.ts";

const root = mkdtempSync(join(tmpdir(), "voc-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = join(root, String(folders++));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}
// a picture is what its first bytes say, whatever its name
const PICTURE = await encodePng({ width: 8, height: 6, channels: 3, data: new Uint8Array(8 * 6 * 3).fill(9) });

type Corners = readonly [number | string, number | string, number | string, number | string];
const box = ([x0, y0, x1, y1]: Corners): string =>
  `<bndbox><xmin>${x0}</xmin><ymin>${y0}</ymin><xmax>${x1}</xmax><ymax>${y1}</ymax></bndbox>`;
const object = (name: string, corners: Corners, more = ""): string =>
  `<object><name>${name}</name><pose>Left</pose><truncated>1</truncated>${more}${box(corners)}</object>`;
const HARD = "<difficult>1</difficult>";
const annotation = (objects: string, filename = "x.jpg"): string =>
  `<annotation>\n\t<folder>VOC2007</folder><filename>${filename}</filename><size><width>8</width><height>6</height><depth>3</depth></size>${objects}</annotation>\n`;

const FILES = {
  "JPEGImages/000001.jpg": PICTURE,
  "JPEGImages/000002.jpg": PICTURE,
  "JPEGImages/000003.jpg": PICTURE,
  "JPEGImages/000004.jpg": PICTURE,
  "JPEGImages/000009.jpg": PICTURE,
  "Annotations/000001.xml": annotation(
    object("person", [1, 1, 8, 6], `<part><name>head</name>${box([2, 2, 3, 3])}</part>`) +
      object("dog", [2, 3, 4, 5], "<difficult>0</difficult>") +
      object("person", [5, 1, 5, 1]),
    "000001.jpg",
  ),
  "Annotations/000002.xml": annotation(object("dog", [1, 1, 4, 4]) + object("cat", [2, 2, 8, 6], HARD)),
  "Annotations/000003.xml": annotation(object("sofa", [1, 1, 2, 2], HARD)),
  "Annotations/000004.xml": annotation(object("dog", ["1.5", "1", "45.7", "6"])),
  "ImageSets/Main/train.txt": "000001\n000002\n",
  "ImageSets/Main/val.txt": "000003\r\n",
  "ImageSets/Main/trainval.txt": "000001\n000002\n000003\n",
  "ImageSets/Main/test.txt": "000004  1\n",
  "ImageSets/Main/dog_train.txt": "000001  1\n000002 -1\n",
  "ImageSets/Main/notes.txt": "000009\n",
};

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
const above = (prefix: string, files: Readonly<Record<string, Uint8Array | string>> = FILES) =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [prefix + name, content]));

describe("a folder in VOC's layout", () => {
  it("names several classes a picture, and the class of every box", async () => {
    const set = await openDataSet(folderOf(FILES));
    expect(set).toMatchObject({ count: 4, classes: ["cat", "dog", "person", "sofa"], sortedClasses: true });
    const [one, two, three, four] = await all(set);
    const [dog, person] = [
      { index: 1, name: "dog" },
      { index: 2, name: "person" },
    ];
    expect(one).toMatchObject({ id: "000001", split: "train", label: { several: [dog, person] } });
    expect(one?.label).not.toHaveProperty("index");
    expect(one?.boxes).toEqual([
      { x0: 0, y0: 0, x1: 8, y1: 6, ...person },
      { x0: 1, y0: 2, x1: 4, y1: 5, ...dog },
      { x0: 4, y0: 0, x1: 5, y1: 1, ...person },
    ]);
    expect(two?.label).toEqual({ ...dog, several: [dog] });
    expect(two?.boxes?.[1]).toEqual({ x0: 1, y0: 1, x1: 8, y1: 6, index: 0, name: "cat", difficult: true });
    expect(three?.label).toEqual({ several: [] });
    expect(four?.boxes).toEqual([{ x0: 0.5, y0: 0, x1: 45.7, y1: 6, ...dog }]);
    expect(set.labels).toEqual([dog, person]);
    expect(set.notes).toEqual(["1 pictures that no list names ignored", "2 objects marked as difficult are no labels"]);
  });
  it("keeps the classes of boxes when they are brought into the picture", async () => {
    const [item] = (await loaded(await openDataSet(folderOf(FILES), { split: "test" }))) as readonly LoadedItem[];
    expect(item?.image).toMatchObject({ width: 8, height: 6 });
    expect(item?.boxes).toEqual([{ x0: 0.5, y0: 0, x1: 8, y1: 6, index: 1, name: "dog" }]);
  });
  it("finds the boxes of one class", async () => {
    const [one] = await all(await openDataSet(folderOf(FILES)));
    const bare = { x0: 0, y0: 0, x1: 1, y1: 1 };
    const boxes = [...(one?.boxes ?? []), bare];
    expect(boxesOfClass(boxes, { name: "dog" })).toEqual([boxes[1], bare]);
    expect(boxesOfClass(boxes, { index: 2 })).toEqual([boxes[0], boxes[2], bare]);
    expect(boxesOfClass(boxes, {})).toEqual([bare]);
  });
  it("counts difficult objects where that is wanted", async () => {
    const set = await openDataSet(folderOf(FILES), { difficultLabels: true, split: "trainval" });
    expect((await all(set)).map((i) => i.label?.several?.map((s) => s.name))).toEqual([
      ["dog", "person"],
      ["cat", "dog"],
      ["sofa"],
    ]);
    expect(set.notes).toContain("2 objects marked as difficult count as labels");
  });
  it("has parts, and trainval of two", async () => {
    const folder = folderOf(FILES);
    const of = async (split: string) => ids(await openDataSet(folder, { split }));
    expect(await of("train")).toEqual(["000001", "000002"]);
    expect(await of("validation")).toEqual(["000003"]);
    expect(await of("test")).toEqual(["000004"]);
    expect(await of("trainval")).toEqual(["000001", "000002", "000003"]);
    await expect(of("minival")).rejects.toMatchObject({ code: "E_PARAM" });
    const only = folderOf({ ...FILES, "ImageSets/Main/train.txt": "", "ImageSets/Main/val.txt": "" });
    expect(await ids(await openDataSet(only, { split: "trainval" }))).toEqual(["000001", "000002", "000003"]);
  });
  it.each(["VOC2007/", "VOCdevkit/VOC2007/", "VOCdevkit/VOC2012/"])(
    "is found below the folder given: %s",
    async (at) => {
      expect((await openDataSet(folderOf(above(at)))).count).toBe(4);
    },
  );
  it("refuses to choose among several years", async () => {
    const folder = folderOf({ ...above("VOCdevkit/VOC2007/"), ...above("VOCdevkit/VOC2012/") });
    await expect(openDataSet(folder)).rejects.toMatchObject({
      code: "E_FILE",
      message: expect.stringMatching(/holds 2 data sets.*VOC2007.*VOC2012.*Name one/),
    });
    expect((await openDataSet(join(folder, "VOCdevkit/VOC2012"))).count).toBe(4);
  });
  it("takes an order of classes from outside, and names those that are not in it", async () => {
    const set = await openDataSet(folderOf(FILES), { classes: ["person", "dog"] });
    expect([set.classes, set.sortedClasses]).toEqual([["person", "dog"], undefined]);
    expect((await all(set))[0]?.label?.several).toEqual([
      { index: 0, name: "person" },
      { index: 1, name: "dog" },
    ]);
    expect(set.notes).toContain("2 labels are none of the classes given: cat, sofa");
  });
  it("without lists has every picture, and those without annotation have no label", async () => {
    const files = Object.fromEntries(Object.entries(FILES).filter(([name]) => !name.startsWith("ImageSets")));
    const set = await openDataSet(folderOf(files));
    expect(await ids(set)).toEqual(["000001", "000002", "000003", "000004", "000009"]);
    expect((await all(set))[4]?.label).toBeUndefined();
    expect(set.notes).toContain("1 pictures without annotations have no label: 000009");
  });
  it("leaves a manifest that lies in it the first word", async () => {
    const set = await openDataSet(folderOf({ ...FILES, "labels.csv": "path,label\nJPEGImages/000001.jpg,dog\n" }));
    expect(set.count).toBe(1);
  });
});

describe("broken input in VOC's layout", () => {
  const faults: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ["unclosed", "<annotation><object>", /is no VOC annotation: /],
    ["nothing", "", /is no VOC annotation: /],
    ["no XML", "dog 1 1 2 2", /is no VOC annotation: /],
    ["another root", "<html/>", /root is `html`, expected `annotation`/],
    ["no UTF-8", Uint8Array.from([60, 97, 255, 254, 62]), /is no VOC annotation: /],
    ["an entity of its own", "<!DOCTYPE a [<!ENTITY b 'c'>]><annotation>&b;</annotation>", /is no VOC annotation: /],
    ["no name", annotation(`<object>${box([1, 1, 2, 2])}</object>`), /object 1 has no name/],
    ["no number", annotation(object("dog", [1, "two", 2, 2])), /ymin, xmax, ymax of `dog` as numbers, got 1, two/],
    [
      "half a box",
      annotation("<object><name>dog</name><bndbox><xmin>1</xmin></bndbox></object>"),
      /of `dog` as numbers/,
    ],
    ["a hundred thousand levels", "<annotation>".repeat(100_000), /is no VOC annotation: /],
  ];
  it.each(faults)("an annotation with %s makes its picture fail alone", async (_, content, message) => {
    const set = await openDataSet(folderOf({ ...FILES, "Annotations/000002.xml": content }));
    const got = await loaded(set);
    expect(got[1]).toMatch(/^E_FILE /);
    expect(got[1]).toMatch(message);
    expect(got.filter((g) => typeof g === "string")).toHaveLength(1);
    expect(set.notes).toContain("1 annotations that cannot be read: 000002");
  });
  it("an object without a box is a label all the same", () => {
    const bytes = new TextEncoder().encode("\ufeff<annotation><object><name> dog </name></object></annotation>");
    expect(readVocAnnotation(bytes, "a.xml")).toEqual({
      filename: undefined,
      objects: [{ name: "dog", difficult: false, box: undefined }],
    });
  });
  it("pictures that are missing fail alone and are counted", async () => {
    const { "JPEGImages/000002.jpg": _, ...files } = FILES;
    const set = await openDataSet(folderOf({ ...files, "ImageSets/Main/test.txt": "000004\n000077\n" }));
    const got = await loaded(set);
    expect(got[1]).toMatch(/^E_FILE There is no picture of `000002`/);
    expect(got[4]).toMatch(/^E_FILE There is no picture of `000077`/);
    expect(set.notes).toContain("2 pictures are missing: 000002, 000077");
  });
  it("pictures in several lists are said", async () => {
    const set = await openDataSet(folderOf({ ...FILES, "ImageSets/Main/val.txt": "000001\n000003\n" }));
    expect((await all(set)).map((i) => i.split)).toEqual(["train", "train", "val", "test"]);
    expect(set.notes).toContain("1 pictures are in several lists, taken for the first: 000001");
  });
  it("a folder without one picture is empty", async () => {
    const folder = folderOf({ "JPEGImages/readme.txt": "", "Annotations/readme.txt": "" });
    await expect(openDataSet(folder)).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
  });
});

describe("names inside of files lead nowhere", () => {
  const secret = folderOf({ "secret.png": PICTURE });
  it.each(["../secret.png", join(secret, "secret.png"), "..\\secret.png", "sub/../../secret.png", "file:///etc/hosts"])(
    "`<filename>` %s opens nothing",
    async (filename) => {
      const folder = folderOf({
        "secret.png": PICTURE,
        "JPEGImages/b.jpg": PICTURE,
        "Annotations/a.xml": annotation(object("dog", [1, 1, 2, 2]), filename),
      });
      expect((await loaded(await openDataSet(folder)))[0]).toMatch(/^E_FILE There is no picture of `a`/);
    },
  );
  it("a line of a list opens nothing", async () => {
    const folder = folderOf({ ...FILES, "x.jpg": PICTURE, "ImageSets/Main/test.txt": "../x\n../../etc/passwd\n" });
    const set = await openDataSet(folder, { split: "test" });
    for (const got of await loaded(set)) expect(got).toMatch(/^E_FILE There is no picture of `\.\./);
  });
  it("`<filename>` chooses among the pictures there are where no other has the annotation's name", async () => {
    const folder = folderOf({
      "JPEGImages/photo.png": PICTURE,
      "JPEGImages/b.jpg": PICTURE,
      "Annotations/a.xml": annotation(object("dog", [1, 1, 2, 2]), "photo.png"),
      "Annotations/b.xml": annotation(object("dog", [1, 1, 2, 2]), "photo.png"),
    });
    const items = await all(await openDataSet(folder));
    expect(items.map((i) => i.id)).toEqual(["a", "b", "photo"]);
    for (const item of items) await expect(loadItem(item)).resolves.toMatchObject({ image: { width: 8 } });
  });
  it("folders may be links, as a disk of data often has them", async () => {
    const folder = folderOf({ "readme.txt": "" });
    symlinkSync(folderOf(FILES), join(folder, "VOC2007"));
    expect((await openDataSet(folder)).count).toBe(4);
  });
});

describe("boxes of a manifest", () => {
  it("may name the class, or state its index", async () => {
    const folder = folderOf({
      "labels.csv":
        'path,label,boxes\na.png,dog;cat,"[[0,0,1,1,""dog""],[1,1,2,2,0],[2,2,3,3]]"\nb.png,cat,0 0 1 1 dog; 1 1 2 2\nc.png,cat,0 0 1 1 dog cat\n',
      "a.png": PICTURE,
      "b.png": PICTURE,
      "c.png": PICTURE,
    });
    const [a, b, c] = await all(await openDataSet(folder));
    expect(a?.boxes).toEqual([
      { x0: 0, y0: 0, x1: 1, y1: 1, index: 1, name: "dog" },
      { x0: 1, y0: 1, x1: 2, y1: 2, index: 0, name: "cat" },
      { x0: 2, y0: 2, x1: 3, y1: 3 },
    ]);
    expect(b?.boxes).toEqual([
      { x0: 0, y0: 0, x1: 1, y1: 1, index: 1, name: "dog" },
      { x0: 1, y0: 1, x1: 2, y1: 2 },
    ]);
    await expect(c?.load()).rejects.toMatchObject({ code: "E_FILE" });
  });
});
