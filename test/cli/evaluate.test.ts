/** @file `onnxplain evaluate` and `compare` as users run them: results, resuming after a kill, refusals. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePng, readTable, rowsOf } from "../../src/index.ts";
import { picture } from "../evaluate/toys.ts";
import { smoothNet } from "../methods/nets.ts";
import { onnxplain, scratch } from "./run.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const IMAGES = 60;
const KILLS = 20;
const folder = scratch();
const [model, data] = [join(folder, "net.onnx"), join(folder, "data")];

beforeAll(async () => {
  writeFileSync(model, smoothNet);
  for (let i = 0; i < IMAGES; i++) {
    const place = join(data, `class${i % 4}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${String(i).padStart(3, "0")}.png`), await encodePng(picture(i + 1)));
  }
});

const asked = [
  ...["evaluate", "--model", model, "--data", data, "--quiet", "--threads", "1", "--window", "1"],
  ...["--methods", "gradient,smoothgrad nt_samples=200", "--metrics", "scg rho=0.25 base=blur,morf", "--seed", "3"],
];
const TABLES = ["results.parquet", "curves.parquet", "counts.parquet", "summary.json", "manifest.json"] as const;
const bytesOf = (run: string, name: string): string => readFileSync(join(run, name)).toString("base64");
const rowsIn = async (run: string) =>
  rowsOf(await readTable(Uint8Array.from(readFileSync(join(run, "results.parquet")))));

/** Starts the command and kills it a random while after its next part; false when it ended before. */
function killed(args: readonly string[], run: string, delayMs: number): Promise<boolean> {
  const parts = join(run, "parts");
  const count = (): number => (existsSync(parts) ? readdirSync(parts).filter((n) => !n.startsWith(".")).length : 0);
  const before = count();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], { stdio: "ignore" });
    const watch = setInterval(() => {
      if (count() === before) return;
      clearInterval(watch);
      setTimeout(() => child.kill("SIGKILL"), delayMs);
    }, 2);
    child.on("exit", (_, signal) => {
      clearInterval(watch);
      resolve(signal === "SIGKILL");
    });
  });
}

describe("evaluate", () => {
  it("is the same, byte for byte, run again or killed and resumed at random moments", {
    timeout: 180_000,
  }, async () => {
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
    expect(onnxplain(...asked, "-o", whole)).toMatchObject({ code: 0 });
    const resumed = [...asked, "-o", broken, "--resume"];
    let kills = 0;
    while (kills < KILLS && (await killed(resumed, broken, Math.random() * 30))) kills++;
    expect(kills).toBe(KILLS);
    expect(onnxplain(...resumed)).toMatchObject({ code: 0 });
    for (const name of TABLES.slice(0, 4)) expect(bytesOf(broken, name) === bytesOf(whole, name), name).toBe(true);
    const manifest = (run: string) => JSON.parse(readFileSync(join(run, "manifest.json"), "utf8"));
    expect({ ...manifest(broken), command: "" }).toEqual({ ...manifest(whole), command: "" });
    const rows = await rowsIn(broken);
    expect(new Set(rows.map((r) => r.image)).size).toBe(IMAGES);
    expect(new Set(rows.map((r) => [r.image, r.method, r.metric, r.variant].join())).size).toBe(rows.length);
    expect(readdirSync(broken).sort()).toEqual(readdirSync(whole).sort());
    expect(existsSync(join(broken, "parts"))).toBe(false);
    const { forward_images: counted } = manifest(broken);
    expect(counted.metrics["scg rho=0.25 base=blur"].scores_per_map).toBe(3);
  });

  it("says what a run costs, and writes CSV and a report", () => {
    const run = join(folder, "small");
    const args = asked.filter((a) => a !== "--quiet");
    const { code, out, err } = onnxplain(...args, "--limit", "4", "--csv", "-o", run);
    expect(code).toBe(0);
    expect(out).toContain("scg rho=0.25 base=blur");
    expect(err).toContain("scg rho=0.25 base=blur: 3 forward images for each of");
    expect(err).toMatch(/4 images; \d+ forward images asked for, \d+ saved by sharing, \d+ run/);
    const lines = readFileSync(join(run, "results.csv"), "utf8").trimEnd().split("\n");
    expect(lines[0]?.trim()).toBe("image,label,prediction,target,method,metric,variant,value,reason");
    expect(readFileSync(join(run, "report.html"), "utf8")).toContain("data:image/png");
  });

  it("skips and logs what cannot be read", async () => {
    const bad = join(folder, "bad");
    mkdirSync(join(bad, "class0"), { recursive: true });
    writeFileSync(join(bad, "class0", "a.png"), await encodePng(picture(1)));
    writeFileSync(join(bad, "class0", "b.png"), "no picture");
    writeFileSync(join(bad, "class0", "c.png"), await encodePng(picture(2)));
    const run = join(folder, "bad-run");
    const args = ["evaluate", "--model", model, "--data", bad, "--methods", "gradient", "--metrics", "complexity"];
    expect(onnxplain(...args, "-o", run).code).toBe(3);
    const failures = JSON.parse(readFileSync(join(run, "failures.json"), "utf8"));
    expect(failures.map((f: { image: string; code: string }) => [f.image, f.code])).toEqual([
      ["class0/b.png", "E_IMAGE_READ"],
    ]);
    expect([...new Set((await rowsIn(run)).map((r) => r.image))]).toEqual(["class0/a.png", "class0/c.png"]);
  });

  it.each([
    ["a folder that is taken", ["--limit", "2", "-o", data], /^E_FILE {2}Folder .* exists and is not empty/],
    ["a folder that is no run", ["--limit", "2", "--resume", "-o", data], /^E_FILE {2}.*holds no `state.json`/],
    ["no folder", ["--limit", "2"], /^E_USAGE {2}No folder/],
    ["an unknown metric", ["--metrics", "nonsense", "-o", join(folder, "x1")], /^E_METRIC_UNKNOWN/],
    ["an unknown preset", ["--preset", "nonsense", "-o", join(folder, "x2")], /nonsense/],
    ["a contrast", ["--target", "1-2", "-o", join(folder, "x3")], /^E_PARAM {2}Metrics measure the score of one class/],
    ["one map agreeing with itself", ["--agreement", "gradient", "-o", join(folder, "x4")], /^E_PARAM .*agreement/],
  ])("refuses %s", (_, args, message) => {
    const { code, err } = onnxplain(...asked, ...args);
    expect(code).not.toBe(0);
    expect(err).toMatch(message);
    expect(err).not.toContain("    at ");
  });

  it("refuses to resume with other settings, and to resume what is complete", () => {
    const run = join(folder, "other");
    const args = ["evaluate", "--model", model, "--data", data, "--methods", "gradient", "--metrics", "complexity"];
    expect(onnxplain(...args, "--limit", "2", "-o", run).code).toBe(0);
    const other = onnxplain(...args, "--limit", "3", "--seed", "9", "-o", run, "--resume");
    expect(other.code).toBe(2);
    expect(other.err).toContain("seed was 0, now 9");
    const again = onnxplain(...args, "--limit", "2", "-o", run, "--resume");
    expect(again.code).toBe(1);
    expect(again.err).toContain("is complete");
  });
});

describe("compare", () => {
  it("pairs two runs", () => {
    const args = ["evaluate", "--model", model, "--data", data, "--limit", "8", "--metrics", "complexity,scg"];
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    expect(onnxplain(...args, "--methods", "smoothgrad", "--seed", "1", "-o", a).code).toBe(0);
    expect(onnxplain(...args, "--methods", "smoothgrad", "--seed", "2", "-o", b).code).toBe(0);
    const same = JSON.parse(onnxplain("compare", a, a, "--json").out);
    for (const cell of same.cells) if (cell.pairs > 0) expect(cell.difference).toBe(0);
    const { code, out } = onnxplain("compare", a, b);
    expect(code).toBe(0);
    expect(out).toContain("smoothgrad");
    expect(onnxplain("compare", a, b, "--csv").out.split("\n")[0]).toContain("metric,variant,method,pairs");
    expect(onnxplain("compare", a).code).toBe(2);
    expect(onnxplain("compare", a, data).err).toContain("E_FILE");
  });
});
