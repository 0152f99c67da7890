/** @file `onnxplain representers debug` as a user runs it: falsified labels found and corrected, known flips, pictures, bad usage. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { representersDebug } from "../../cli/representers-debug.ts";
import { readCsv } from "../../src/formats/csv.ts";
import { rowsOf } from "../../src/formats/table.ts";
import { CLASS_NAMES, writeClouds } from "./clouds.ts";
import { type Outcome, onnxplain, printed, refused, scratch } from "./run.ts";

const folder = scratch();
const at = (name: string): string => join(folder, name);
/** Places of training points whose label is false. */
const FALSE = [3, 10, 17, 24, 31];

const fitOf = (name: string, ...more: string[]): Outcome =>
  onnxplain(
    ...["representers", "fit", "--features", "--data", at("train.npy"), "--labels-file", at("labels.npy")],
    ...["--labels", at("names.txt"), "--lambda", "0.01", "-o", at(name), ...more],
  );
const debug = (...more: string[]): Outcome =>
  onnxplain("representers", "debug", "--representers", at("fit"), "--threads", "1", ...more);
const here = (...more: string[]): Promise<string> =>
  printed(representersDebug, ["--representers", at("fit"), "--threads", "1", ...more]);
const rowsIn = (name: string): readonly Readonly<Record<string, unknown>>[] =>
  rowsOf(readCsv(readFileSync(at(name), "utf8"), { name }));

let truth: Int32Array;
beforeAll(() => {
  truth = writeClouds(at("train.npy"), at("labels.npy"), { count: 90, seed: 3, wrong: FALSE });
  writeClouds(at("test.safetensors"), undefined, { count: 60, seed: 4 });
  writeFileSync(at("names.txt"), CLASS_NAMES.join("\n"));
  for (const [name, more] of [
    ["fit", ["--held-out", at("test.safetensors")]],
    ["alone", []],
  ] as const) {
    const { code, err } = fitOf(name, ...more);
    if (code !== 0) throw new Error(err);
  }
});

describe("the list", () => {
  test("begins with the points whose labels are false, in words, CSV, JSON and HTML", () => {
    const { code, out, err } = debug("--top", "8", "-o", at("list"));
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^\d+ of 90 training points, by alpha:\n {2}\S+train\.npy#\d+ {2}label \w+, fit says \w+ \(/);
    const rows = rowsIn("list/suspects.csv");
    expect(new Set(rows.slice(0, FALSE.length).map((r) => Number(r.position)))).toEqual(new Set(FALSE));
    for (const r of rows.slice(0, FALSE.length))
      expect(r.predicted).toBe(CLASS_NAMES[truth[Number(r.position)] as number]);
    const document = JSON.parse(readFileSync(at("list/debug.json"), "utf8"));
    expect(document.suspects.map((s: { id: string }) => s.id)).toEqual(rows.map((r) => r.id));
    expect([document.trainingPoints, document.gain]).toEqual([90, null]);
    const page = readFileSync(at("list/suspects.html"), "utf8");
    expect(page).toContain("train.npy#3");
    expect(page).toContain("onnxplain representers debug --representers");
  });

  test("in another order, and as JSON", async () => {
    const { criteria, suspects } = JSON.parse(
      await here("--order", "loss,random", "--top", "5", "--seed", "2", "--json"),
    );
    expect(criteria).toEqual(["loss", "random"]);
    const losses = suspects.map((s: { values: readonly number[] }) => s.values[0]);
    expect(losses).toEqual([...losses].sort((a: number, b: number) => b - a));
    expect(suspects.length).toBeGreaterThan(5);
  });

  test("is read back with corrections, and shows what they gain", async () => {
    await here("--top", "5", "-o", at("to-correct"));
    const lines = rowsIn("to-correct/suspects.csv").map((r) => {
      const place = Number(r.position);
      return `${r.id},${FALSE.includes(place) ? CLASS_NAMES[truth[place] as number] : ""}`;
    });
    writeFileSync(at("corrections.csv"), ["id,corrected", ...lines].join("\n"));
    const { gain } = JSON.parse(await here("--corrections", at("corrections.csv"), "--json"));
    expect([gain.corrections, gain.points]).toEqual([FALSE.length, 60]);
    expect(gain.after).toBeGreaterThanOrEqual(gain.before);
    const words = debug("--corrections", at("corrections.csv"), "--top", "5");
    expect([words.code, words.err]).toEqual([0, ""]);
    expect(words.out).toMatch(/5 labels corrected: accuracy on 60 held-out points [\d.]+ % -> [\d.]+ %/);
  });
});

test("known flips: every order's curve, and the files", { timeout: 20_000 }, () => {
  const args = ["--simulate", "0.3", "--splits", "2", "--order", "alpha,random", "--among", "ant,2"];
  const { code, out, err } = debug(...args, "--count", "40", "-o", at("simulated"));
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/^30\.0 % of 40 labels flipped, 2 splits, accuracy on \d+ points/);
  for (const name of ["simulation.html", "simulation.png", "simulation.csv", "simulation.json"])
    expect(existsSync(at(`simulated/${name}`)), name).toBe(true);
  const made = JSON.parse(readFileSync(at("simulated/simulation.json"), "utf8"));
  expect(made.names).toEqual(["ant", "cow"]);
  const rows = rowsIn("simulated/simulation.csv");
  expect(rows.length).toBe(2 * made.shares.length);
  const found = (criterion: string): number =>
    rows.filter((r) => r.criterion === criterion).reduce((sum, r) => sum + Number(r.fixed), 0);
  expect(found("alpha")).toBeGreaterThan(found("random"));
});

describe("pictures", () => {
  test("of the fit's own data are on the page", { timeout: 30_000 }, () => {
    const demo = "demo/shapes";
    const classes = "bird,boat,car,cup,fish,flower,house,tree";
    const synth = ["synth", "-o", at("shapes"), "--count", "32", "--classes", classes, "--flip", "0.1"];
    expect(onnxplain(...synth, "--threads", "0").code).toBe(0);
    const data = ["--data", at("shapes"), "--objective", "labels", "--lambda", "0.01"];
    expect(onnxplain("representers", "fit", "--model", demo, ...data, "-o", at("shapes-fit")).code).toBe(0);
    const { code } = onnxplain(
      "representers",
      "debug",
      "--representers",
      at("shapes-fit"),
      "--top",
      "6",
      "-o",
      at("seen"),
    );
    expect(code).toBe(0);
    const page = readFileSync(at("seen/suspects.html"), "utf8");
    const shown = rowsIn("seen/suspects.csv").length;
    expect(page.split('href="data:image/png;base64,').length - 1).toBe(shown);
    const truth = new Map(rowsIn("shapes/manifest.csv").map((r) => [r.path, r.true_label === r.given_label]));
    expect([...truth.values()].filter((right) => !right).length).toBeGreaterThan(0);
    expect(truth.get(String(rowsIn("seen/suspects.csv")[0]?.id))).toBe(false);
  });
});

test.each([
  [[], "E_USAGE", /No fit is named/],
  [["--representers", at("fit"), "more"], "E_USAGE", /Unexpected `more`/],
  [["--representers", at("nowhere")], "E_FILE", /.*no fit was finished/],
  [["--representers", at("fit"), "--order", "age"], "E_USAGE", /There is no order `age`. Known: /],
  [["--representers", at("fit"), "--top", "0"], "E_USAGE", /Expected `--top`/],
  [["--representers", at("fit"), "--corrections", at("missing.csv")], "E_FILE", /Cannot read/],
  [["--representers", at("fit"), "--corrections", at("names.txt")], "E_FILE", /.*expected `corrected`/],
  [["--representers", at("alone"), "--corrections", at("ok.csv")], "E_PARAM", /.*held-out/],
  [["--representers", at("alone"), "--simulate", "0.4"], "E_PARAM", /.*held-out/],
  [["--representers", at("fit"), "--simulate", "0.4", "--among", "bird"], "E_TARGET_UNKNOWN", /./],
  [["--representers", at("fit"), "--simulate", "1.5"], "E_PARAM", /./],
  [["--representers", at("fit"), "-o", folder], "E_FILE", /.*not empty/],
])("bad usage is said: %j", async (args, code, words) => {
  writeFileSync(at("ok.csv"), "position,corrected\n3,ant\n");
  expect(await refused(representersDebug, args)).toEqual([code, expect.stringMatching(words)]);
});

test("bad corrections are named all at once, and the exit code is that of a failure", () => {
  writeFileSync(at("bad.csv"), "position,corrected\n3,eel\n900,ant\n4,ant\n4,bee\n");
  expect(onnxplain("representers", "debug").code).toBe(2);
  const { code, err } = debug("--corrections", at("bad.csv"));
  expect(code).toBe(1);
  expect(err).toMatch(/row 1: no class `eel`; row 2: no training point `900`; row 4: point `4` stands twice/);
});
