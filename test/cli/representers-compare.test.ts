/** @file `onnxplain representers compare` as a user runs it: agreement, times, points left out for real, its files, bad usage. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { representersCompare } from "../../cli/representers-compare.ts";
import { CLASS_NAMES, writeClouds } from "./clouds.ts";
import { type Outcome, onnxplain, refused, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
const compare = (...more: string[]): Outcome =>
  onnxplain("representers", "compare", "--representers", at("fit"), "--threads", "1", "--timed", "exact", ...more);

beforeAll(() => {
  writeClouds(at("train.npy"), at("labels.npy"), { count: 60, seed: 3, wrong: [3, 10, 17] });
  writeClouds(at("test.safetensors"), undefined, { count: 40, seed: 4 });
  writeFileSync(at("names.txt"), CLASS_NAMES.join("\n"));
  const args = ["representers", "fit", "--features", "--data", at("train.npy"), "--labels-file", at("labels.npy")];
  const rest = ["--labels", at("names.txt"), "--lambda", "0.01"];
  for (const [name, more] of [
    ["fit", ["--held-out", at("test.safetensors")]],
    ["alone", []],
  ] as const) {
    const { code, err } = onnxplain(...args, ...rest, "-o", at(name), ...more);
    if (code !== 0) throw new Error(err);
  }
});

describe("compare", () => {
  test("prints agreement for each class, silence and times; writes page and numbers", () => {
    const { code, out, err } = compare("--points", "20", "-o", at("compared"));
    expect([code, err]).toEqual([0, ""]);
    const lines = out.split("\n");
    expect(lines[0]).toBe(
      "20 held-out points against 60 training points; influence: exact, damping 0.01, weight decay 0.02",
    );
    for (const name of [...CLASS_NAMES, "all"])
      expect(lines.filter((l) => new RegExp(`^${name} +\\d+ +-?[01]\\.\\d{3} +-?[01]\\.\\d{3}$`).test(l)).length).toBe(
        1,
      );
    expect(out).toMatch(/near zeros: representer \d+, influence \d+ of 20 points/);
    const record = JSON.parse(readFileSync(at("compared/compare.json"), "utf8"));
    expect([record.points.length, new Set(record.points.map((p: { id: string }) => p.id)).size]).toEqual([20, 20]);
    expect(record.classes.reduce((sum: number, c: { points: number }) => sum + c.points, 0)).toBe(20);
    expect(record.pearson).toBeGreaterThan(0.5);
    expect(record.truth).toBeUndefined();
    const page = readFileSync(at("compared/compare.html"), "utf8");
    expect(page).toMatch(/<!doctype html>/i);
    expect(page).toContain("onnxplain representers compare --representers");
  });

  test("leaves points out for real, and influence functions foresee it", { timeout: 30_000 }, () => {
    const asked = ["--points", "10", "--leave-out", "12", "--damping", "0", "--seed", "2"];
    const { truth, influence } = JSON.parse(compare(...asked, "--json").out);
    expect([truth.places.length, new Set(truth.places).size]).toEqual([12, 12]);
    expect([influence.method, influence.damping]).toEqual(["exact", 0]);
    expect(truth.influence.pearson).toBeGreaterThan(0.95);
    expect(truth.influence.slope).toBeGreaterThan(0.5);
    expect(truth.influence.pearson).toBeGreaterThan(truth.representer.pearson);
    const words = compare(...asked).out;
    expect(words).toMatch(/left out 12 points: influence Pearson 0\.9\d+, Spearman \d\.\d+, slope/);
    expect(words).toMatch(/left out 12 points: representer Pearson/);
  });

  test("draws its points from the seed, and takes iterated influence", () => {
    const ids = (...more: string[]): readonly string[] =>
      JSON.parse(compare("--points", "8", "--json", ...more).out).points.map((p: { id: string }) => p.id);
    const first = ids("--seed", "1");
    expect(ids("--seed", "1", "--influence", "conjugate-gradient")).toEqual(first);
    expect(ids("--seed", "2")).not.toEqual(first);
  });
});

test.each([
  [[], "E_USAGE", /No fit is named/],
  [["--representers", at("fit"), "more"], "E_USAGE", /Unexpected `more`/],
  [["--representers", at("nowhere")], "E_FILE", /no fit was finished/],
  [["--representers", at("alone")], "E_PARAM", /held-out/],
  [["--representers", at("fit"), "--influence", "magic"], "E_USAGE", /Expected `--influence` to be /],
  [["--representers", at("fit"), "--timed", "exact,magic"], "E_USAGE", /got `magic`/],
  [["--representers", at("fit"), "--points", "0"], "E_USAGE", /Expected `--points`/],
  [["--representers", at("fit"), "--damping", "-1"], "E_USAGE", /Expected `--damping`/],
  [["--representers", at("fit"), "-o", folder], "E_FILE", /not empty/],
])("bad usage is said: %j", async (args, code, words) => {
  expect(await refused(representersCompare, args)).toEqual([code, expect.stringMatching(words)]);
});
