/** @file `onnxplain fisher train` as a user runs it: what it says and writes, killed and resumed, and bad usage. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { fisherVerb } from "../../cli/fisher.ts";
import { loadModel } from "../../src/load.ts";
import { drawnThings, type Thing, writeAll } from "../jobs/fisher-pictures.ts";
import { printed, refused, scratch } from "./run.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const root = scratch();
const at = (name: string): string => join(root, name);
const THINGS: readonly Thing[] = ["upright", "level", "dots"];
const SMALL = "--components 4 --width 6 --samples 600 --sizes 6,4 --threads 1".split(" ");
const train = (...args: readonly string[]): readonly string[] => ["train", "--data", at("data"), ...SMALL, ...args];
const fail = (...args: readonly string[]): ReturnType<typeof refused> => refused(fisherVerb, train(...args));
const reportOf = (run: string) => JSON.parse(readFileSync(at(`${run}/fisher.json`), "utf8"));

const pictures = (split: string, count: number, seed: number) =>
  THINGS.flatMap((thing, t) =>
    Array.from(
      { length: count },
      (_, i) => [`${split}/${thing}/${i}.png`, drawnThings([thing], seed + 10 * i + t)] as const,
    ),
  );
beforeAll(() => writeAll(at("data"), Object.fromEntries([...pictures("train", 5, 1), ...pictures("test", 2, 500)])));

describe("fisher train", () => {
  test("says how it went, and writes a model", async () => {
    const said = await printed(fisherVerb, train("--test-split", "test", "--folds", "3", "-o", at("run")));
    expect(said).toMatch(
      /^15 pictures, 3 classes; 600 descriptors, 6 of 128 components keep \d+\.\d % of their variance$/m,
    );
    expect(said).toMatch(/^mixture of 4: log likelihood -\d+\.\d{3} -> -\d+\.\d{3} in \d+ rounds/m);
    expect(said).toMatch(/^machines: C [\d.]+ of 0\.1 \(\d+\.\d\), .*100 \(\d+\.\d\)$/m);
    expect(said).toMatch(/^average precision, 11 points, in %: train 100\.0, test 100\.0$/m);
    await using model = await loadModel(at("run"));
    expect(model.labels).toEqual([...THINGS].sort());
    expect(reportOf("run")).toMatchObject({
      sift: { sizes: [4, 6], quantised: true },
      pictures: 15,
      test: { pictures: 6 },
    });
    expect(reportOf("run").command).toContain("onnxplain fisher train --data");
  });

  test("--json is the report; flags arrive", async () => {
    const more = ["--size", "33x47", "--no-quantise", "--no-mean", "--no-zeroth", "--no-vectors", "--spatial", "xy"];
    const machines = [
      "--cost",
      "2",
      "--loss",
      "squared-hinge",
      "--start",
      "random",
      "--iterations",
      "3",
      "--seed",
      "8",
    ];
    const said = JSON.parse(
      await printed(
        fisherVerb,
        train("--split", "train", ...more, ...machines, "--step", "4", "--json", "-o", at("other")),
      ),
    );
    expect(said).toEqual(reportOf("other"));
    expect(said).toMatchObject({
      framing: { size: { width: 47, height: 33 } },
      model_size: { width: 47, height: 33 },
      sift: { quantised: false, step: 4 },
      ...{ spatial: "xy", zeroth: false, subtract_mean: false, seed: 8, width: 8 },
      machines: { loss: "squared-hinge", cost: 2, tried: [] },
      mixture: { start: "random" },
    });
    expect(said.mixture.likelihoods.length).toBeLessThanOrEqual(4);
    expect(existsSync(at("other/vectors"))).toBe(false);
  });

  test("pictures that cannot be used are left out, listed, and told by the exit code", async () => {
    const small = drawnThings(["dots"], 1, { width: 9, height: 9 });
    await writeAll(at("poor"), {
      ...Object.fromEntries(pictures(".", 2, 7)),
      "dots/broken.png": "no picture",
      "dots/small.png": small,
    });
    const notes: string[] = [];
    const out = { print: () => undefined, note: (line: string) => void notes.push(line) };
    const args = ["train", "--data", at("poor"), ...SMALL, "--cost", "1", "-o", at("partly")];
    expect(await fisherVerb.run(args, out)).toBe(3);
    expect(notes.filter((n) => n.startsWith("left out")).map((n) => n.split(":")[0])).toEqual([
      "left out dots/broken.png",
      "left out dots/small.png",
    ]);
  });

  test("stopped by an interrupt it goes on with --resume", async () => {
    const args = train("--cost", "1", "-o", at("stopped"));
    const running = refused(fisherVerb, args);
    const waiting = setInterval(() => {
      if (existsSync(at("stopped/sample"))) process.emit("SIGINT");
    }, 1);
    expect((await running)[0]).toBe("E_ABORTED");
    clearInterval(waiting);
    expect(existsSync(at("stopped/model.onnx"))).toBe(false);
    await printed(fisherVerb, [...args, "--resume"]);
    await printed(fisherVerb, train("--cost", "1", "-o", at("whole")));
    expect(readFileSync(at("stopped/model.onnx")).equals(readFileSync(at("whole/model.onnx")))).toBe(true);
    expect((await refused(fisherVerb, [...args, "--resume", "--step", "5"])).join()).toMatch(
      /E_PARAM.*step":3.*step":5/,
    );
  });

  test("killed again and again it ends in the same bytes", { timeout: 120_000 }, async () => {
    const args = [...train("--test-split", "test", "--folds", "3"), "-o"];
    await printed(fisherVerb, [...args, at("unbroken")]);
    const places = ["sample", "encoding.safetensors", "vectors", "test"].map((name) => at(`broken/${name}`));
    for (const place of [...places, undefined]) {
      const child = spawn(process.execPath, [MAIN, "fisher", ...args, at("broken"), "--resume"], { stdio: "ignore" });
      const watch = setInterval(() => place && existsSync(place) && child.kill("SIGKILL"), 2);
      const code = await new Promise((done) => child.on("exit", done));
      clearInterval(watch);
      if (place === undefined) expect(code).toBe(0);
      else if (code === 0) break;
    }
    const files = readdirSync(at("unbroken"), { recursive: true, encoding: "utf8" }).filter((n) => /\.[a-z]+$/.test(n));
    expect(files.length).toBeGreaterThan(8);
    for (const name of files.filter((n) => n !== "fisher.json"))
      expect(readFileSync(at(`broken/${name}`)).equals(readFileSync(at(`unbroken/${name}`))), name).toBe(true);
    const { command: _, seconds: __, ...own } = reportOf("broken");
    expect(reportOf("unbroken")).toMatchObject(own);
  });
});

describe("bad usage", () => {
  test.each([
    ["no folder", [], "E_USAGE", /-o MODEL/],
    ["another word", ["photo.png", "-o", at("x")], "E_USAGE", /Unexpected `photo\.png`/],
    ["an unknown flag", ["--colour", "-o", at("x")], "E_USAGE", /--help/],
    ["a size and a height", ["--size", "32", "--tallest", "99", "-o", at("x")], "E_USAGE", /not both/],
    ["costs in words", ["--cost", "1,much", "-o", at("x")], "E_USAGE", /positive numbers/],
    ["a bin of half a pixel", ["--sizes", "4.5", "-o", at("x")], "E_PARAM", /integer/],
    ["a bin twice", ["--sizes", "4,4", "-o", at("x")], "E_PARAM", /each once/],
    ["a layout of nobody", ["--spatial", "polar", "-o", at("x")], "E_USAGE", /none, xy, pyramid/],
    ["too wide", ["--width", "200", "-o", at("x")], "E_PARAM", /from 1 to 128/],
    ["one fold", ["--folds", "1", "-o", at("x")], "E_USAGE", /from 2 up/],
    ["more Gaussians than descriptors", ["--components", "601", "-o", at("x")], "E_PARAM", /601 descriptors at least/],
    ["a part that is not there", ["--test-split", "val", "-o", at("x")], "E_PARAM", /no split `val`/],
  ] as const)("%s", async (_, args, code, words) => {
    const [got, message] = await fail(...args);
    expect([got, message]).toEqual([code, expect.stringMatching(words)]);
    expect(existsSync(at("x"))).toBe(false);
  });

  test("data and folders", async () => {
    expect((await refused(fisherVerb, ["train", "-o", at("x")]))[0]).toBe("E_USAGE");
    expect((await refused(fisherVerb, ["train", "--data", at("nowhere"), "-o", at("x")]))[0]).toBe("E_FILE");
    expect((await fail("-o", root))[0]).toBe("E_FILE");
    expect((await refused(fisherVerb, train("--resume", "-o", at("data"))))[1]).toMatch(/state\.json/);
  });
});
