/** @file `onnxplain studio` as a user runs it: it says where, answers there alone, ends on Ctrl-C, and writes plain files. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { onnxplain, scratch } from "./run.ts";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** Starts it and waits for the first line that it prints. */
const started = (...argv: readonly string[]): Promise<{ readonly child: ChildProcess; readonly line: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, "studio", ...argv], { stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => {
      out += chunk;
      if (out.includes("\n")) resolve({ child, line: out.split("\n")[0] ?? "" });
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${err}`)));
  });

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once("exit", (code) => resolve(code)));

test("serves until Ctrl-C, with a page still connected", async () => {
  const run = join(scratch(), "my run");
  mkdirSync(run);
  writeFileSync(join(run, "results.parquet"), "x");
  const { child, line } = await started(run, "--port", "0");
  expect(line).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const page = await fetch(line);
  expect([page.status, page.headers.get("cross-origin-embedder-policy")]).toEqual([200, "require-corp"]);
  expect(await page.text()).toContain("<title>onnxplain studio</title>");
  const { runs } = (await (await fetch(new URL("runs.json", line))).json()) as { readonly runs: readonly unknown[] };
  expect(runs).toMatchObject([{ name: "my run", files: [{ path: "results.parquet", size: 1 }] }]);
  const taken = onnxplain("studio", "--port", new URL(line).port);
  expect([taken.code, taken.out]).toEqual([1, ""]);
  expect(taken.err).toMatch(/^E_PORT {2}Cannot listen on port \d+ of 127\.0\.0\.1: another program listens there\./);
  const start = performance.now();
  child.kill("SIGINT");
  expect(await ended(child)).toBe(0);
  expect(performance.now() - start).toBeLessThan(5000);
  await expect(fetch(line)).rejects.toThrow();
});

test("writes plain files for any static host, once", () => {
  const out = join(scratch(), "site");
  const first = onnxplain("studio", "--out", out, "--json");
  expect([first.code, first.err]).toEqual([0, ""]);
  const { files } = JSON.parse(first.out) as { readonly files: readonly string[] };
  for (const name of [
    "index.html",
    "service-worker.js",
    "manifest.webmanifest",
    "icon.svg",
    "_headers",
    "ort/ort-wasm-simd-threaded.wasm",
  ])
    expect([name, files.includes(name), existsSync(join(out, name))]).toEqual([name, true, true]);
  const again = onnxplain("studio", "--out", out);
  expect([again.code, again.err.split(" ")[0]]).toEqual([1, "E_FILE"]);
});

test("says what is not there, in words", () => {
  for (const argv of [["gone/"], ["--model", "gone.onnx"], ["--images", "gone.png"]]) {
    const { code, err } = onnxplain("studio", "--port", "0", ...argv);
    expect([argv, code, err.includes("There is no file and no folder `gone")]).toEqual([argv, 1, true]);
  }
});
