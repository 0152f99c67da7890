/** @file `onnxplain synth`: threads draw what one thread draws, flags mean what they say, mistakes are told. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { onnxplain, scratch } from "./run.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = scratch();
const at = (name: string): string => join(folder, name);
const files = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(root.length + 1))
    .sort();
const digest = (root: string): string => {
  const hash = createHash("sha256");
  for (const name of files(root)) hash.update(name).update(readFileSync(join(root, name)));
  return hash.digest("hex");
};

describe("synth", () => {
  it("writes the same files with one thread, two, and none", () => {
    const flags = [
      "--count",
      "50",
      "--size",
      "32",
      "--watermark",
      "bird:0.9:0.05",
      "--background",
      "fish:0.8:sand",
      "--flip",
      "0.1",
    ];
    for (const threads of ["0", "1", "2"]) {
      const { code, out, err } = onnxplain("synth", "-o", at(`d${threads}`), ...flags, "--threads", threads);
      expect(err).toBe("");
      expect(code).toBe(0);
      expect(out).toMatch(/manifest\.csv: 50 pictures \(.*with the watermark.*planted ground.*false label.*a second/);
    }
    expect(files(at("d0")).length).toBeGreaterThan(155);
    expect(digest(at("d1"))).toBe(digest(at("d0")));
    expect(digest(at("d2"))).toBe(digest(at("d0")));
  });

  it("takes every option", () => {
    const { code, out } = onnxplain(
      ...[
        "synth",
        "-o",
        at("all"),
        "--count",
        "6",
        "--size",
        "24x40",
        "--classes",
        "bird, cup",
        "--seed",
        "3",
        "--objects",
        "1..2",
      ],
      ...[
        "--mixed",
        "--object-size",
        "0.4..0.6",
        "--turn",
        "90",
        "--distractors",
        "2",
        "--occlusion",
        "0.5",
        "--splits",
        "0.5,0.5,0",
      ],
      ...["--clean", "val", "--json"],
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      count: 6,
      classes: { bird: 3, cup: 3 },
      settings: {
        ...{
          seed: 3,
          width: 40,
          height: 24,
          classes: ["bird", "cup"],
          objects: [1, 2],
          mixed: true,
          objectSize: [0.4, 0.6],
          turn: 90,
        },
        ...{
          distractors: [2, 2],
          occlusion: 0.5,
          splits: [0.5, 0.5, 0],
          clean: ["val"],
          watermark: null,
          background: null,
          flip: 0,
        },
      },
    });
  });

  it("draws a sheet, and a network that loads with its labels", () => {
    const { code } = onnxplain(
      "synth",
      "--sheet",
      at("sheet.png"),
      "--network",
      at("net"),
      "--size",
      "32",
      "--watermark",
      "key:1",
    );
    expect(code).toBe(0);
    expect(readFileSync(at("sheet.png")).subarray(1, 4).toString()).toBe("PNG");
    const draw = ["--count", "13", "--size", "32", "--watermark", "key:1"];
    expect(onnxplain("synth", "-o", at("keys"), ...draw, "--splits", "1,0,0").code).toBe(0);
    const [picture] = readdirSync(at("keys/train/key"));
    const explained = ["explain", at(`keys/train/key/${picture}`), "--model", at("net"), "--method", "gradient"];
    const { out } = onnxplain(...explained, "-o", at("g.npy"));
    expect(out).toContain("gradient of 9 key");
  });

  it("refuses a folder that is not empty", () => {
    writeFileSync(at("file.txt"), "");
    const { code, err } = onnxplain("synth", "-o", folder, "--count", "2");
    expect(code).toBe(1);
    expect(err).toMatch(/^E_FILE .*not empty/);
  });

  it.each([
    [[], /-o DIR/],
    [["extra", "-o", "x"], /takes options only/],
    [["-o", "x", "--count", "0"], /`--count`/],
    [["-o", "x", "--size", "big"], /`--size`.*`big`/],
    [["-o", "x", "--size", "8"], /`size`/],
    [["-o", "x", "--watermark", "bird"], /`--watermark`.*CLASS:RATE/],
    [["-o", "x", "--watermark", "bird:0.9:sand"], /`--watermark`/],
    [["-o", "x", "--watermark", "bird:2"], /`watermark`/],
    [["-o", "x", "--background", "bird:0.5:moon"], /`background`.*moon/],
    [["-o", "x", "--classes", "unicorn"], /`classes`.*unicorn/],
    [["-o", "x", "--objects", "1..2..3"], /`--objects`/],
    [["-o", "x", "--splits", "1"], /`--splits`/],
    [["-o", "x", "--clean", "middle"], /`clean`.*middle/],
    [["--network", "x"], /`--network` needs/],
  ])("%j is bad usage", (args, message) => {
    const { code, err } = onnxplain("synth", ...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(existsSync("x")).toBe(false);
  });

  it("interrupted, leaves nothing", async () => {
    const parent = scratch();
    const child = spawn(process.execPath, [MAIN, "synth", "-o", join(parent, "data"), "--count", "100000"]);
    while (readdirSync(parent).length === 0) await new Promise((done) => setTimeout(done, 50));
    await new Promise((done) => setTimeout(done, 300));
    expect(await ended(child)).toBe(1);
    expect(readdirSync(parent)).toEqual([]);
  });

  it("killed, leaves a part that the next run to the same place removes", async () => {
    const parent = scratch();
    const place = join(parent, "data");
    const child = spawn(process.execPath, [MAIN, "synth", "-o", place, "--count", "100000", "--size", "16"]);
    const drawn = (): boolean => readdirSync(parent).some((part) => existsSync(join(parent, part, "train")));
    while (!drawn()) await new Promise((done) => setTimeout(done, 20));
    expect(await ended(child, "SIGKILL")).toBeNull();
    expect(readdirSync(parent)).toEqual([expect.stringMatching(/^\.data\.part-/)]);
    expect(onnxplain("synth", "-o", place, "--count", "4", "--size", "16")).toMatchObject({ code: 0 });
    expect(readdirSync(parent)).toEqual(["data"]);
  });
});

const ended = (child: ChildProcess, signal: NodeJS.Signals = "SIGINT"): Promise<number | null> =>
  new Promise((done) => {
    child.on("exit", (code) => done(code));
    child.kill(signal);
  });
