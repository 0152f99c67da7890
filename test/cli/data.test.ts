/** @file Flags of verbs that read a data set: what each chooses, and what is refused with which code. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { DATA_FLAGS, dataFrom } from "../../cli/data.ts";
import { parseFlags } from "../../cli/flags.ts";
import { type DataItem, encodePng, loadItem, readTable, rowsOf } from "../../src/index.ts";
import { smoothNet } from "../methods/nets.ts";
import { onnxplain, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const LABELS = ["ape", "bee", "cat"] as const;
const WNIDS = ["n00000002", "n00000003", "n00000001"] as const;
/** Values of a mask's four pixels. */
const MASK = [0, 1, 128, 255] as const;

beforeAll(async () => {
  const put = (name: string, content: Uint8Array | string): void => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
  };
  const grey = (values: readonly number[]): Promise<Uint8Array> =>
    encodePng({
      width: values.length,
      height: 1,
      channels: 3,
      data: Uint8Array.from(values.flatMap((v) => [v, v, v])),
    });
  const picture = await grey([10, 20, 30, 40]);
  for (const split of ["train", "val"])
    for (const [i, label] of LABELS.entries())
      for (const n of [0, 1]) put(`photos/${split}/${WNIDS[i]}_${label}/${n}.png`, picture);
  put("table/a.png", picture);
  put("table/b.png", picture);
  put("table/mask.png", await grey(MASK));
  put("table/manifest.csv", "path,label,mask,boxes\na.png,bee,mask.png,1 0 2 1\nb.png,ape,,\n");
  put("order.txt", "bee\ncat\nape\n");
  put("few.txt", "bee\n");
  put("wnids.txt", WNIDS.map((id, i) => `${id} ${LABELS[i]}\n`).join(""));
  put("nothing/readme.txt", "no pictures here");
  put("net.onnx", smoothNet);
});

const opened = (...argv: readonly string[]) => {
  const { values, rest } = parseFlags("evaluate", argv, DATA_FLAGS);
  return dataFrom(values, rest[0]);
};
const itemsOf = async (...argv: readonly string[]): Promise<readonly DataItem[]> => {
  const items: DataItem[] = [];
  for await (const item of (await opened(...argv)).data.items()) items.push(item);
  return items;
};
const ids = async (...argv: readonly string[]): Promise<readonly string[]> => (await itemsOf(...argv)).map((i) => i.id);

describe("which pictures", () => {
  it("all of them, from the flag or the first word", async () => {
    const all = await ids("--data", at("photos"));
    expect(all).toHaveLength(12);
    expect(await ids(at("photos"))).toEqual(all);
    expect(await ids(at("nothing"), "--data", at("photos"))).toEqual(all);
  });

  it("--split takes one part, under any of its names", async () => {
    const val = await ids("--data", at("photos"), "--split", "val");
    expect(val).toHaveLength(6);
    expect(val.every((id) => id.startsWith("val/"))).toBe(true);
    expect(await ids("--data", at("photos"), "--split", "validation")).toEqual(val);
  });

  it("--offset and --limit cut what --split left", async () => {
    const train = await ids("--data", at("photos"), "--split", "train");
    expect(await ids("--data", at("photos"), "--split", "train", "--offset", "2", "--limit", "3")).toEqual(
      train.slice(2, 5),
    );
    expect(await ids("--data", at("photos"), "--split", "train", "--limit", "100")).toEqual(train);
  });

  it("--shuffle orders before --offset and --limit cut, the same way for the same seed", async () => {
    const all = await ids("--data", at("photos"));
    const mixed = await ids("--data", at("photos"), "--shuffle", "7");
    expect(mixed).not.toEqual(all);
    expect([...mixed].sort()).toEqual([...all].sort());
    expect(await ids("--data", at("photos"), "--shuffle", "7", "--offset", "1", "--limit", "4")).toEqual(
      mixed.slice(1, 5),
    );
    expect(await ids("--data", at("photos"), "--shuffle", "8")).not.toEqual(mixed);
    expect((await opened("--data", at("photos"), "--shuffle", "7")).data.notes).toContain("in random order, seed 7");
  });
});

describe("what is known of them", () => {
  const labelsOf = async (...argv: readonly string[]) =>
    (await itemsOf("--data", at("table"), ...argv)).map((i) => i.label);

  it("--classes states the order of the classes", async () => {
    expect(await labelsOf()).toEqual([
      { index: 1, name: "bee" },
      { index: 0, name: "ape" },
    ]);
    expect(await labelsOf("--classes", at("order.txt"))).toEqual([
      { index: 0, name: "bee" },
      { index: 2, name: "ape" },
    ]);
    const { data } = await opened("--data", at("table"), "--classes", at("few.txt"));
    expect(data.classes).toEqual(["bee"]);
    expect(data.notes).toContain("1 labels are none of the classes given: ape");
  });

  it("--wnids names the model's classes, by line", async () => {
    expect((await opened("--data", at("photos"), "--wnids", at("wnids.txt"))).wnids).toEqual(WNIDS);
    expect((await opened("--data", at("photos"))).wnids).toBeUndefined();
  });

  it.each([
    ["half-open", [], { x0: 1, y0: 0, x1: 2, y1: 1 }],
    ["half-open, said", ["--box-corners", "half-open"], { x0: 1, y0: 0, x1: 2, y1: 1 }],
    ["inclusive", ["--box-corners", "INCLUSIVE"], { x0: 1, y0: 0, x1: 3, y1: 2 }],
  ] as const)("--box-corners: %s", async (_, argv, box) => {
    expect((await itemsOf("--data", at("table"), ...argv))[0]?.boxes).toEqual([box]);
  });

  it.each([
    [[], [0, 1, 1, 1]],
    [
      ["--mask-from", "2"],
      [0, 0, 1, 1],
    ],
    [
      ["--mask-from", "128"],
      [0, 0, 1, 1],
    ],
    [
      ["--mask-from", "255"],
      [0, 0, 0, 1],
    ],
  ] as const)("--mask-from %j", async (argv, inside) => {
    const [first, second] = await itemsOf("--data", at("table"), ...argv);
    const { mask } = await loadItem(first as DataItem);
    expect(Array.from(mask?.data ?? [], (v) => Number(v > 0))).toEqual(inside);
    expect(second?.mask).toBeUndefined();
  });
});

/** Arguments (names of files after `@`), the code, and what the message must tell. */
const REFUSED: readonly (readonly [what: string, args: readonly string[], code: string, tells: RegExp])[] = [
  ["no data", [], "E_USAGE", /--data/],
  ["data that are not there", ["--data", "@absent"], "E_FILE", /absent/],
  ["one picture", ["--data", "@table/a.png"], "E_FILE", /one picture.*folder/],
  ["a folder without pictures", ["--data", "@nothing"], "E_DATA_EMPTY", /no items/],
  ["a split that is not there", ["--data", "@photos", "--split", "test"], "E_PARAM", /train, val/],
  ["a split of what has none", ["--data", "@table", "--split", "val"], "E_PARAM", /not split/],
  ["an offset beyond the end", ["--data", "@photos", "--offset", "12"], "E_DATA_EMPTY", /12 items/],
  ["a negative offset", ["--data", "@photos", "--offset", "-1"], "E_USAGE", /--offset.*from 0/],
  ["a limit of nothing", ["--data", "@photos", "--limit", "0"], "E_USAGE", /--limit.*from 1.*`0`/],
  ["half a picture", ["--data", "@photos", "--limit", "1.5"], "E_USAGE", /--limit.*integer/],
  ["a limit that is no number", ["--data", "@photos", "--limit", "few"], "E_USAGE", /`few`/],
  ["a seed that is a word", ["--data", "@photos", "--shuffle", "yes"], "E_USAGE", /--shuffle/],
  ["classes that are not there", ["--data", "@photos", "--classes", "@absent"], "E_FILE", /absent.*ENOENT/],
  ["classes in a folder", ["--data", "@photos", "--classes", "@photos"], "E_FILE", /EISDIR/],
  ["WordNet ids that are not there", ["--data", "@photos", "--wnids", "@absent"], "E_FILE", /absent.*ENOENT/],
  ["WordNet ids that are none", ["--data", "@photos", "--wnids", "@order.txt"], "E_FILE", /no WordNet ids/],
  ["unknown corners", ["--data", "@table", "--box-corners", "outer"], "E_USAGE", /half-open, inclusive/],
  ["a mask from black up", ["--data", "@table", "--mask-from", "0"], "E_USAGE", /--mask-from.*from 1/],
  ["a mask from beyond white", ["--data", "@table", "--mask-from", "256"], "E_PARAM", /1…255/],
  ["a flag without its value", ["--data", "@photos", "--split"], "E_USAGE", /--split/],
  ["a flag nobody knows", ["--data", "@photos", "--splits", "val"], "E_USAGE", /--splits/],
];
const placed = (args: readonly string[]): readonly string[] =>
  args.map((a) => (a.startsWith("@") ? at(a.slice(1)) : a));

describe("refused", () => {
  it.each(REFUSED)("%s", async (_, args, code, tells) => {
    const refusal = await Promise.resolve()
      .then(() => opened(...placed(args)))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(refusal).toMatchObject({ code, message: expect.stringMatching(tells) });
  });
});

describe("through the command", () => {
  const asked = ["evaluate", "--model", at("net.onnx"), "--methods", "gradient", "--metrics", "complexity", "--quiet"];

  it("the flags choose what is measured", async () => {
    const run = at("run");
    const chosen = ["--data", at("photos"), "--split", "train", "--shuffle", "3", "--offset", "1", "--limit", "2"];
    const outcome = onnxplain(...asked, ...chosen, "--wnids", at("wnids.txt"), "-o", run);
    expect(outcome).toMatchObject({ code: 0 });
    const rows = rowsOf(await readTable(Uint8Array.from(readFileSync(join(run, "results.parquet")))));
    const wanted = await itemsOf(...chosen);
    expect([...new Set(rows.map((r) => r.image))]).toEqual(wanted.map((i) => i.id));
    const labels = new Map(rows.map((r) => [r.image, r.label]));
    for (const { id, label } of wanted)
      expect(labels.get(id)).toBe(WNIDS.indexOf(label?.wnid as (typeof WNIDS)[number]));
  });

  it.each([
    ["a usage error ends with 2", ["--data", "@photos", "--limit", "0"], 2, /^E_USAGE {2}/],
    ["an unknown split ends with 2", ["--data", "@photos", "--split", "test"], 2, /^E_PARAM {2}/],
    ["empty data end with 1", ["--data", "@nothing"], 1, /^E_DATA_EMPTY {2}/],
    ["missing data end with 1", ["--data", "@absent"], 1, /^E_FILE {2}/],
  ] as const)("%s", (_, args, exit, says) => {
    const { code, out, err } = onnxplain(...asked, ...placed(args), "-o", at("refused"));
    expect(err).toMatch(says);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect({ code, out }).toEqual({ code: exit, out: "" });
  });
});
