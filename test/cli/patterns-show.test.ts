/** @file `onnxplain patterns show` as a user runs it: page, stills, tables, bad usage. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { patternsVerb } from "../../cli/patterns.ts";
import { readCsv, readTable } from "../../src/index.ts";
import { trainedFolder } from "../jobs/patterns-made.ts";
import { writeTinyCifar } from "../jobs/tiny-pictures.ts";
import { printed, refused, scratch } from "./run.ts";

const root = scratch();
const at = (name: string): string => join(root, name);
const show = (...args: readonly string[]): Promise<string> =>
  printed(patternsVerb, ["show", at("fit"), "--quiet", ...args]);

beforeAll(async () => {
  const training = await trainedFolder(root);
  writeTinyCifar(at("pictures.bin"), 24);
  const fit = ["--rounds", "4", "--epochs", "1", "--threads", "1", "--shown", "3"];
  await printed(patternsVerb, [
    "fit",
    ...fit,
    "--checkpoints",
    training,
    "--data",
    at("pictures.bin"),
    "-o",
    at("fit"),
  ]);
}, 120_000);
afterAll(() => rmSync(root, { recursive: true }));

test("a page that starts where it is asked to", async () => {
  expect(
    await show("-o", at("page.html"), "--frame", "epoch 1", "--layer", "1", "--colour-by", "network", "--image", "2"),
  ).toBe(at("page.html"));
  const page = readFileSync(at("page.html"), "utf8");
  expect(page).toContain('"start":{"frame":0,"layer":0,"picture":1,"colouring":"network","against":0}');
  expect(page).toContain("24 pictures of");
});

test.each([
  ["space.png", []],
  ["curves.svg", ["--still", "curves"]],
  ["plane.svg", ["--still", "plane", "--colour-by", "confidence"]],
  ["regions.png", ["--image", "1", "--against", "1"]],
] as const)("a still: %s", async (name, args) => {
  await show("-o", at(name), ...args);
  const bytes = readFileSync(at(name));
  expect(bytes.length).toBeGreaterThan(1000);
  expect(bytes.subarray(0, 4).toString("latin1")).toBe(name.endsWith(".png") ? "\x89PNG" : "<svg");
});

test("tables: knowledge points as the fit wrote them, and regions of shown pictures", async () => {
  await show("-o", at("knowledge.parquet"));
  expect(readFileSync(at("knowledge.parquet")).equals(readFileSync(at("fit/knowledge.parquet")))).toBe(true);
  await show("-o", at("regions.csv"), "--table", "regions", "--frame", "2", "--layer", "1", "--image", "3");
  const table = readCsv(readFileSync(at("regions.csv"), "utf8"));
  const grid = JSON.parse(readFileSync(at("fit/patterns.json"), "utf8")).grid as [number, number];
  expect(table.count).toBe(grid[0] * grid[1]);
  expect(new Set(table.columns.find((c) => c.name === "against")?.values)).toEqual(new Set(["epoch 1"]));
  await show("-o", at("regions.parquet"), "--table", "regions");
  expect((await readTable(new Uint8Array(readFileSync(at("regions.parquet"))))).count).toBeGreaterThan(table.count);
});

describe("bad usage", () => {
  test.each([
    ["E_USAGE", "one folder", ["-o", at("x.html")]],
    ["E_USAGE", "No file", [at("fit")]],
    ["E_USAGE", ".parquet", [at("fit"), "-o", at("x.gif")]],
    ["E_USAGE", "--colour-by", [at("fit"), "-o", at("x.html"), "--colour-by", "mood"]],
    ["E_USAGE", "epoch 1, epoch 2", [at("fit"), "-o", at("x.html"), "--frame", "9"]],
    ["E_USAGE", "--layer nowhere", [at("fit"), "-o", at("x.html"), "--layer", "nowhere"]],
    ["E_USAGE", "--image 0", [at("fit"), "-o", at("x.html"), "--image", "0"]],
    ["E_FILE", "no finished fit", [root, "-o", at("x.html")]],
  ] as const)("%s: %s", async (code, words, args) => {
    expect(await refused(patternsVerb, ["show", ...args])).toEqual([code, expect.stringContaining(words)]);
    expect(existsSync(at("x.html"))).toBe(false);
  });
});
