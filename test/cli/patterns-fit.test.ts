/** @file `onnxplain patterns fit` as a user runs it: the table, JSON, checkpoints, attacks, bad usage. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { patternsVerb } from "../../cli/patterns.ts";
import { trainedFolder } from "../jobs/patterns-made.ts";
import { writeTinyCifar } from "../jobs/tiny-pictures.ts";
import { printed, refused, scratch } from "./run.ts";

const root = scratch();
const at = (name: string): string => join(root, name);
const FAST = ["--rounds", "4", "--epochs", "1", "--threads", "1", "--shown", "3"];
const verb = (...args: readonly string[]): Promise<string> => printed(patternsVerb, ["fit", ...FAST, ...args]);
const fail = (...args: readonly string[]): ReturnType<typeof refused> => refused(patternsVerb, ["fit", ...args]);
let training: string;

beforeAll(async () => {
  training = await trainedFolder(root);
  writeTinyCifar(at("pictures.bin"), 24);
}, 120_000);
afterAll(() => rmSync(root, { recursive: true }));

test("checkpoints of a training as a table of frames and layers", async () => {
  const said = await verb("--checkpoints", training, "--data", at("pictures.bin"), "-o", at("fit"));
  expect(said).toMatch(/24 pictures, 4 categories, d = 3, \d+ x \d+ regions; layers: outputs of blocks/);
  expect(said).toMatch(/frame +mean \|g\| +Q = net +Q acc\. +net acc\./);
  for (const epoch of [1, 2]) expect(said).toMatch(new RegExp(`epoch ${epoch} +\\d\\.\\d\\d +\\d+\\.\\d %`));
  for (const name of ["patterns.json", "fit.safetensors", "samples.parquet", "knowledge.parquet", "grids.safetensors"])
    expect(existsSync(at(`fit/${name}`)), name).toBe(true);
});

test("one network under attack, in the plane, as JSON with every choice by name", async () => {
  const said = await verb(
    ...["--model", training, "--data", at("pictures.bin"), "-o", at("attacked"), "--dimension", "2", "--json"],
    ...["--attack", "pgd", "--epsilon", "0.1", "--steps", "2", "--weights", "norm", "--match", "mean", "--kappa0", "9"],
  );
  const report = JSON.parse(said);
  expect(report.frames.map((f: { input: string }) => f.input)).toEqual(["clean", "attacked"]);
  expect(report.settings).toMatchObject({
    dimension: 2,
    sigma: 1,
    kappa0: 9,
    weights: "norm",
    match: "mean",
    pairs: "product",
    eta: 0.1,
    tau: 0.4,
    attack: { name: "pgd", epsilon: 0.1, step: 0.025, steps: 2, target: "predicted", fit: "same" },
  });
});

describe("bad usage", () => {
  const DATA = (): readonly string[] => ["--data", at("pictures.bin"), "-o", at("never")];
  test.each([
    ["E_USAGE", "one of the two", () => DATA()],
    ["E_USAGE", "one of the two", () => ["--model", training, "--checkpoints", training, ...DATA()]],
    ["E_USAGE", "No data", () => ["--model", training, "-o", at("never")]],
    ["E_USAGE", "No folder", () => ["--model", training, "--data", at("pictures.bin")]],
    ["E_USAGE", "--dimension", () => ["--model", training, "--dimension", "4", ...DATA()]],
    ["E_USAGE", "is of an attack", () => ["--model", training, "--epsilon", "0.1", ...DATA()]],
    ["E_USAGE", "--attack", () => ["--model", training, "--attack", "cw", ...DATA()]],
    ["E_USAGE", "--grid", () => ["--model", training, "--grid", "0", ...DATA()]],
    ["E_LAYER_UNKNOWN", "nowhere", () => ["--model", training, "--layers", "nowhere", ...DATA()]],
    ["E_FILE", "no checkpoints", () => ["--checkpoints", root, ...DATA()]],
    ["E_FILE", "missing.onnx", () => ["--model", training, "--model", at("missing.onnx"), ...DATA()]],
    ["E_PARAM", "tau", () => ["--model", training, "--tau", "1.5", ...DATA()]],
  ] as const)("%s: %s", async (code, words, args) => {
    const [got, message] = await fail(...args());
    expect([got, message]).toEqual([code, expect.stringContaining(words)]);
    expect(existsSync(at("never"))).toBe(false);
  });
});
