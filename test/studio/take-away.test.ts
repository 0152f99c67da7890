/** @file What is taken away is what was on the screen: files, graph, command line, program and link, each held against the library in Node. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import * as ort from "onnxruntime-node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readNpy } from "../../src/formats/npy.ts";
import { decodeImage, drawScene, encodePng, explainAll, loadModel, preprocess } from "../../src/index.ts";
import { drawn, goTo, method, modelFiles, pictureFiles, rested, SLOW, soon, tile, tiles, visit } from "./desk.ts";
import { openStudio, type Studio } from "./world.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "onnxplain-take-"));
const at = (...names: readonly string[]): string => join(scratch, ...names);
const FILES = ["model.onnx", "config.json", "preprocessor_config.json"] as const;
const PICTURE = "a scene.png";
const METHODS = ["grad-cam", "integrated-gradients", "lrp", "gradient"] as const;
/** Of the largest value of a map. */
const NEAR = 1e-4;

let studio: Studio | undefined;
beforeAll(async () => {
  writeFileSync(at(PICTURE), await encodePng(drawScene(5, { size: 120 }).image));
  for (const name of FILES) cpSync(join(root, "demo/shortcut", name), at(name));
  studio = await openStudio();
}, SLOW);
afterAll(async () => {
  await studio?.close();
  rmSync(scratch, { recursive: true, force: true });
});

type Values = ArrayLike<number>;

/** Greatest difference, as a share of the greatest value of the second. */
function apart(a: Values, b: Values): number {
  expect(a.length).toBe(b.length);
  const size = Array.from(b).reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  expect(size).toBeGreaterThan(0);
  return Array.from(a).reduce((m, v, i) => Math.max(m, Math.abs(v - (b[i] as number))), 0) / size;
}

const floats = (bytes: Uint8Array): Values => readNpy(bytes).data as Float32Array;

async function saved(page: Page, button: RegExp): Promise<Uint8Array> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return new Uint8Array(readFileSync(await download.path()));
}

/** The model and the picture of one's own, four methods, on the last view. */
async function ready(page: Page): Promise<void> {
  await modelFiles(page).setInputFiles(FILES.map((name) => at(name)));
  await page.locator(".desk summary .hint", { hasText: "model.onnx" }).waitFor();
  await pictureFiles(page).setInputFiles(at(PICTURE));
  await page.getByRole("radio", { name: new RegExp(PICTURE) }).waitFor();
  await method(page, "gradient").check();
  for (const id of METHODS) await drawn(page, id);
  await rested(page);
  await goTo(page, "Take away");
}

const textOf = async (page: Page, title: string): Promise<string> =>
  (await page.getByRole("region", { name: title, exact: true }).locator("code").textContent()) ?? "";

/** What Node computes of the same model and picture. */
async function inNode(): Promise<ReadonlyMap<string, Values>> {
  await using model = await loadModel(scratch);
  const { explanations } = await explainAll(model, at(PICTURE), { methods: [...METHODS] });
  return new Map(explanations.map((e) => [e.method, e.values]));
}

describe("what is taken away", () => {
  it("holds the maps of the library in Node: bundle, picture, report, graph", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    const known = await inNode();
    await visit(studio, async ({ page, faults }) => {
      await ready(page);
      const bundle = unzipSync(await saved(page, /^Evidence bundle/));
      const json = (name: string) => JSON.parse(new TextDecoder().decode(bundle[name]));
      const manifest = json("manifest.json");
      const digest = createHash("sha256")
        .update(readFileSync(at("model.onnx")))
        .digest("hex");
      for (const [i, id] of METHODS.entries()) {
        expect(manifest.methods[i]).toMatchObject({ method: id, image: PICTURE, model: { sha256: digest } });
        const own = floats(bundle[`${id}/map.npy`] as Uint8Array);
        const difference = apart(own, known.get(id) as Values);
        console.log(`bundle, ${id}: ${difference.toExponential(1)} of the largest value from Node`);
        expect(difference, id).toBeLessThan(NEAR);
      }
      expect(manifest.missing).toEqual([]);
      for (const name of Object.values<string>(manifest.artifacts)) expect(Object.keys(bundle)).toContain(name);

      const sheet = await decodeImage(await saved(page, /^Picture/));
      expect(sheet).toEqual(await decodeImage(bundle["sheet.png"] as Uint8Array));
      expect(sheet.width).toBeGreaterThan(300);

      writeFileSync(at("report.html"), await saved(page, /^Report/));
      const report = await page.context().newPage();
      const trouble: string[] = [];
      report.on("console", (m) => m.type() === "error" && trouble.push(m.text()));
      report.on("pageerror", (e) => trouble.push(e.message));
      await report.goto(`file://${at("report.html")}`);
      await report.locator(".probe").first().hover();
      await soon(() => report.locator(".value").first().textContent()).toMatch(/ at x \d+, y \d+/);
      expect(await report.locator("figure.map, .map").count()).toBeGreaterThanOrEqual(METHODS.length);
      expect(trouble).toEqual([]);
      await report.close();

      const graph = await saved(page, /^gradient .onnx/);
      await expectGraph(graph, known.get("gradient") as Values);
      expect(faults).toEqual([]);
    });
  });

  it("is made again by the command line and by the program on the screen", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    const main = join(root, "dist/cli/main.js");
    if (!existsSync(main)) return skip("the command line is not built");
    const known = await inNode();
    let [command, program] = ["", ""];
    await visit(studio, async ({ page }) => {
      await ready(page);
      command = await textOf(page, "Command line");
      program = await textOf(page, "TypeScript");
    });
    expect(command).toMatch(/^onnxplain explain[\s\\]+'a scene.png'/);
    const shell = `onnxplain() { "${process.execPath}" "${main}" "$@"; }\n${command}`;
    execFileSync("bash", ["-c", shell], { cwd: scratch, stdio: "pipe" });
    for (const id of METHODS) {
      const own = floats(new Uint8Array(readFileSync(at("evidence", id, "map.npy"))));
      const difference = apart(own, known.get(id) as Values);
      console.log(`command line, ${id}: ${difference.toExponential(1)} of the largest value from Node`);
      expect(difference, id).toBeLessThan(NEAR);
    }

    mkdirSync(at("node_modules"), { recursive: true });
    symlinkSync(root.replace(/\/$/, ""), at("node_modules/onnxplain"));
    symlinkSync(join(root, "node_modules/@types"), at("node_modules/@types"));
    writeFileSync(at("package.json"), '{"type":"module"}');
    writeFileSync(at("program.ts"), program);
    const options = {
      ...{ target: "esnext", module: "nodenext", strict: true, skipLibCheck: true, outDir: "out" },
      ...{ lib: ["esnext", "dom"], types: ["node"] },
    };
    writeFileSync(at("tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["program.ts"] }));
    const compiler = join(root, "node_modules/.bin/tsc");
    execFileSync(compiler, ["-p", "tsconfig.json", "--target", "es2022"], { cwd: scratch, stdio: "pipe" });
    const printed = execFileSync(process.execPath, [at("out/program.js")], { cwd: scratch, encoding: "utf8" });
    for (const id of METHODS) expect(printed).toContain(id);
  });

  it("is a link that brings the view back, without model and picture", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    await visit(studio, async ({ page }) => {
      await page.getByLabel("Colours").selectOption("seismic");
      await method(page, "occlusion").check();
      await method(page, "lrp").uncheck();
      await page.locator(".desk .class-bar").nth(1).click();
      await rested(page);
      const shown = (p: Page): Promise<readonly (string | null)[]> =>
        p.locator(".tiles .map").evaluateAll((all) => all.map((m) => m.getAttribute("data-method")));
      const before = await shown(page);
      expect(before.length).toBe(6);
      await goTo(page, "Take away");
      const link = await textOf(page, "Link");
      expect(link).not.toMatch(/shapes|\.onnx|\.png/);
      const other = await page.context().newPage();
      await other.goto(link);
      await soon(() => tiles(other).and(other.locator('[data-state="done"]')).count()).toBe(6);
      expect(await shown(other)).toEqual(before);
      expect(await other.getByLabel("Colours").inputValue()).toBe("seismic");
      expect(await tile(other, "lrp").count()).toBe(0);
      // it waits for the reader's own model as well
      await modelFiles(other).setInputFiles(FILES.map((name) => at(name)));
      await other.locator(".desk summary .hint", { hasText: "model.onnx" }).waitFor();
      await soon(() => tiles(other).and(other.locator('[data-state="done"]')).count()).toBe(6);
      expect(await shown(other)).toEqual(before);
    });
  });
});

/** The graph answers and explains in ONNX Runtime alone. */
async function expectGraph(graph: Uint8Array, known: Values): Promise<void> {
  await using model = await loadModel(scratch);
  const { spec } = model.preprocessing(model.classifier());
  const { dims, data } = preprocess(await decodeImage(new Uint8Array(readFileSync(at(PICTURE)))), spec);
  const session = await ort.InferenceSession.create(graph, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const [input = ""] = session.inputNames;
  const found = await session.run({ [input]: new ort.Tensor("float32", data, dims) });
  const difference = apart(found.saliency_map?.data as Float32Array, known);
  console.log(`graph, gradient: ${difference.toExponential(1)} of the largest value from Node`);
  expect(difference).toBeLessThan(NEAR);
  await session.release();
}
