/** @file `onnxplain representers fit` and `explain` as a user runs them: features and labels in files, every form of output, bad usage. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { writeNpy } from "../../src/formats/npy.ts";
import { writeSafetensors } from "../../src/formats/safetensors.ts";
import { normals, scattered } from "../../src/random.ts";
import { onnxplain, scratch } from "./run.ts";

const draw = normals(scattered(11));
const folder = scratch();
const at = (name: string): string => join(folder, name);
const rows = (count: number): Float32Array => Float32Array.from({ length: count * 4 }, draw);

beforeAll(() => {
  const labels = Int32Array.from({ length: 40 }, (_, i) => i % 3);
  const inputs = { dims: [40, 4], data: rows(40) };
  writeFileSync(at("train.safetensors"), writeSafetensors({ inputs, labels: { dims: [40], data: labels } }));
  writeFileSync(at("test.npy"), writeNpy({ dims: [2, 4], data: rows(2) }));
  writeFileSync(at("names.txt"), "cat\ndog\nhorse\n");
  const ids = Array.from({ length: 40 }, (_, i) => `${at("train.safetensors")}#${i},${i < 10 ? "first" : "rest"}`);
  writeFileSync(at("groups.csv"), ["id,group", ...ids].join("\n"));
});

const runFit = (...more: string[]) =>
  onnxplain(
    "representers",
    "fit",
    "--features",
    "--data",
    at("train.safetensors"),
    "--labels",
    at("names.txt"),
    ...more,
  );
const explain = (...more: string[]) => onnxplain("representers", "explain", "--representers", at("fit"), ...more);

describe("fit, then explain", () => {
  test("fit reports, and writes features, fit and page", () => {
    const { code, out, err } = runFit("-o", at("fit"), "--lambda", "0.01");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/40 points, 4 features and a bias, 3 classes; softmax, objective labels, lambda 0.01/);
    expect(out).toMatch(/newton-cg: converged/);
    for (const name of ["fit.json", "fit.safetensors", "fit.html", "train/000000.safetensors"])
      expect(existsSync(at(`fit/${name}`)), name).toBe(true);
    expect(runFit("-o", at("fit")).code).toBe(1);
    const again = runFit("-o", at("fit"), "--resume", "--lambda", "0.02", "--json");
    expect(JSON.parse(again.out).lambda).toBe(0.02);
  });

  test("explain in words, JSON, CSV and HTML", () => {
    const words = explain(at("test.npy"), "-k", "2", "--groups", at("groups.csv"), "--with", "influence,euclid");
    expect([words.code, words.err]).toEqual([0, ""]);
    expect(words.out).toMatch(/for (cat|dog|horse): logit/);
    expect(words.out).toMatch(/group first \(10\)/);
    const { points } = JSON.parse(explain(at("test.npy"), "-k", "2", "--target", "dog", "--json").out);
    expect(points.length).toBe(2);
    const [own] = points[0].classes;
    expect([own.target, own.positive.length, own.negative.length]).toEqual([1, 2, 2]);
    expect(own.sum).toBeCloseTo(own.logit, 6);
    expect(explain(at("test.npy"), "--target", "all", "-o", at("e.csv")).code).toBe(0);
    expect(readFileSync(at("e.csv"), "utf8").split(/\r?\n/)[0]).toBe(
      "test,class,kind,rank,train,position,label,value,alpha,similarity",
    );
    expect(explain(at("test.npy"), "-o", at("e.html")).code).toBe(0);
    expect(readFileSync(at("e.html"), "utf8")).toMatch(/<!doctype html>/i);
    expect(explain("--confused", "cat:dog").out).toMatch(/of 14 points of cat are taken for dog/);
  });
});

test.each([
  [["representers"], 2, "E_USAGE"],
  [["representers", "nothing"], 2, "E_USAGE"],
  [["representers", "fit", "-o", at("x")], 2, "No data given"],
  [["representers", "fit", "--data", at("train.safetensors"), "-o", at("x")], 2, "No model given"],
  [["representers", "fit", "--features", "--data", at("train.safetensors")], 2, "No folder"],
  [
    ["representers", "fit", "--features", "--data", at("train.safetensors"), "-o", at("l0"), "--lambda", "0"],
    2,
    "lambda is 0",
  ],
  [["representers", "fit", "--features", "--data", at("missing.npy"), "-o", at("x")], 1, "There is no file"],
  [
    ["representers", "fit", "--features", "--data", at("train.safetensors"), "--solver", "sgd", "-o", at("x")],
    2,
    "newton-cg",
  ],
  [["representers", "explain", at("test.npy")], 2, "--representers"],
  [["representers", "explain", at("test.npy"), "--representers", at("nowhere")], 1, "no fit was finished"],
  [["representers", "explain", "--representers", at("fit")], 2, "Nothing to explain"],
  [
    ["representers", "explain", at("test.npy"), "--representers", at("fit"), "--target", "bird"],
    2,
    "There is no class `bird`",
  ],
  [["representers", "explain", at("test.npy"), "--representers", at("fit"), "--with", "shap"], 2, "influence, euclid"],
  [
    ["representers", "explain", at("test.npy"), "--representers", at("fit"), "-o", at("e.png")],
    2,
    ".html, .json, .csv",
  ],
  [["representers", "explain", at("train.safetensors"), "--representers", at("fit"), "--confused", "cat"], 2, "A:B"],
])("bad usage is said: %j", (args, code, words) => {
  const got = onnxplain(...args);
  expect([got.code, got.err.includes(words) ? words : got.err]).toEqual([code, words]);
});

test("help of the verb and of its verbs", () => {
  expect(onnxplain("representers", "--help").out).toMatch(/fit[\s\S]*explain/);
  expect(onnxplain("representers", "fit", "--help").out).toMatch(/--lambda/);
});
