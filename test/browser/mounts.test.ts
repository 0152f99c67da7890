/** @file Folders that a real page was handed: models, pictures, tables, fits and runs in them, as Node reads them from disk. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { StringStringEntryProtoSchema, TensorProto_DataLocation } from "onnx-buf";
import type { Page as Tab } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  DEMO_LABELS,
  demoModelBytes,
  drawScene,
  encodePng,
  explain,
  loadModel,
  openDataSet,
  openRepresenters,
  openRunPage,
  readCorrections,
  tableOfRows,
  writeTable,
} from "../../src/index.ts";
import { decodeModel, encodeModel } from "../../src/proto/codec.ts";
import { HOSTILE, madeFolder, makeRuns } from "../jobs/run-page-made.ts";
import { type FoundBrowser, findChromium, launch } from "./chromium.ts";
import { difference } from "./difference.ts";
import { openSite, type Site } from "./site.ts";

const found = await findChromium();
if (found === undefined) console.log("mounted folders in a browser: skipped, no Chromium found (set CHROME_PATH)");

const root = madeFolder();
const at = (...names: readonly string[]): string => join(root, ...names);
afterAll(() => rmSync(root, { recursive: true }));

/** As the Hugging Face hub lays it out, with every weight in a file beside the graph. */
async function hubFolder(): Promise<void> {
  const model = decodeModel(demoModelBytes());
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const tensor of model.graph?.initializer ?? []) {
    const { rawData } = tensor;
    if (rawData.length < 16) continue;
    const place = { location: "model.onnx_data", offset: String(offset), length: String(rawData.length) };
    parts.push(Uint8Array.from(rawData));
    offset += rawData.length;
    Object.assign(tensor, {
      rawData: new Uint8Array(),
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries(place).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    });
  }
  mkdirSync(at("hub/onnx"), { recursive: true });
  writeFileSync(at("hub/onnx/model.onnx"), encodeModel(model));
  writeFileSync(at("hub/onnx/model.onnx_data"), Buffer.concat(parts));
  const id2label = Object.fromEntries(DEMO_LABELS.map((label, i) => [i, label]));
  writeFileSync(at("hub/config.json"), JSON.stringify({ id2label }));
  const sized = { image_processor_type: "ViTImageProcessor", do_normalize: false, size: { width: 96, height: 96 } };
  writeFileSync(at("hub/preprocessor_config.json"), JSON.stringify(sized));
  for (const [i, label] of ["a & b", "c"].entries()) {
    mkdirSync(at("pictures", label), { recursive: true });
    for (const k of [0, 1])
      writeFileSync(at("pictures", label, `${k} #?.png`), await encodePng(drawScene(3 * i + k, { size: 128 }).image));
  }
}

const filesIn = (folder: string, below = ""): readonly string[] =>
  readdirSync(join(folder, below), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? filesIn(folder, `${below}${e.name}/`) : [`${below}${e.name}`],
  );

describe.skipIf(found === undefined)("folders mounted in a page", () => {
  let site: Site;
  let tab: Tab;
  let close: () => Promise<void>;
  const faults: string[] = [];
  const outside: string[] = [];
  let puts = 0;
  /** Every file of a folder, served under names of its own. */
  const urlsOf = (folder: string): readonly (readonly [string, string])[] =>
    filesIn(at(folder)).map((path) => [
      path,
      site.put(`/put/${puts++}`, new Uint8Array(readFileSync(at(folder, path)))),
    ]);
  const mounted = (folder: string): Promise<string> =>
    tab.evaluate(([name, files]) => window.mounts.mount(name, files), [folder, urlsOf(folder)] as const);

  beforeAll(async () => {
    await Promise.all([makeRuns(root), hubFolder()]);
    site = await openSite(["test/browser/mounts-page.ts"]);
    const browser = await launch(found as FoundBrowser);
    tab = await browser.newPage();
    tab.on("pageerror", (error) => faults.push(error.message));
    tab.on("request", (r) => {
      if (!r.url().startsWith(site.origin) && !/^(data|blob):/.test(r.url())) outside.push(r.url());
    });
    await tab.goto(`${site.origin}/page.html`);
    await tab.waitForFunction(() => "mounts" in window);
    await tab.evaluate(() => window.mounts.configure({ wasmPaths: "/ort/" }));
    close = async () => {
      await browser.close();
      await site.close();
    };
  }, 300_000);
  afterAll(() => close?.());

  it("a hub's folder with weights beside the graph explains as in Node", { timeout: 60_000 }, async () => {
    const hub = await mounted("hub");
    const pictures = await mounted("pictures");
    const image = "c/0 #?.png";
    await using model = await loadModel(at("hub"));
    expect(await tab.evaluate((l) => window.mounts.labels(l), hub)).toEqual(model.labels);
    const want = await explain(model, at("pictures", image), { method: "gradient", target: "predicted" });
    const got = await tab.evaluate(([l, i]) => window.mounts.explain(l, i), [hub, `${pictures}${image}`] as const);
    expect(want.values.some((v) => v !== 0)).toBe(true);
    expect(difference(got, want.values)).toBeLessThanOrEqual(1e-4);
  });

  it("pictures in folders, and rows of Parquet, are data sets", async () => {
    const wanted: [string, string | undefined, number][] = [];
    for await (const { id, label, load } of (await openDataSet(at("pictures"))).items())
      wanted.push([id, label?.name, Array.from((await load()).data).reduce((a, b) => a + b, 0)]);
    expect(await tab.evaluate((l) => window.mounts.items(l), await mounted("pictures"))).toEqual(wanted);
    expect(wanted.length).toBe(4);
    const listed = [0, 1].map((k) => ({ path: `c/${k} #?.png`, label: `kind ${k}` }));
    writeFileSync(at("pictures/list.parquet"), writeTable(tableOfRows(listed, { path: "string", label: "string" })));
    const list = `${await mounted("pictures")}list.parquet`;
    rmSync(at("pictures/list.parquet"));
    const sums = wanted.slice(2).map(([, , sum]) => sum);
    expect(await tab.evaluate((l) => window.mounts.items(l), list)).toEqual(
      listed.map(({ path, label }, k) => [path, label, sums[k]]),
    );
    const fit = await mounted("representers fit");
    const { fitted, train, heldOut } = await openRepresenters(at("representers fit"));
    const rows: number[] = [];
    for await (const block of train.features.blocks()) rows.push(...block.rows.subarray(0, 4));
    expect(await tab.evaluate((l) => window.mounts.representers(l), fit)).toEqual([
      ...[fitted.count, fitted.classes, heldOut?.labels.length ?? 0],
      ...fitted.theta.subarray(0, 4),
      ...rows,
    ]);
  });

  it.each(["evaluate", "representers debug", "regions map", "patterns", "explain many"])(
    "%s opens as the same page",
    { timeout: 60_000 },
    async (name) => {
      const { kind, page } = await openRunPage(at(name));
      const view = await tab.evaluate((l) => window.mounts.view(l), await mounted(name));
      expect([view.kind, view.missing, view.behaviours]).toEqual([kind, [], page.behaviours]);
      const text = (markup: string): string =>
        markup.replaceAll(/data:image\/png;base64,[\w+/=]*/g, "").replaceAll(/onnxruntime[^<,]*/g, "");
      expect(text(view.main)).toBe(text(page.main.markup));
    },
  );

  it("a server's run is opened by its listing, and a truncated table is an error in words", async () => {
    const files = filesIn(at("train"));
    for (const path of files)
      site.put(`/runs/0/${path.split("/").join("/")}`, new Uint8Array(readFileSync(at("train", path))));
    const bytes = (path: string): number => statSync(at("train", path)).size;
    const run = {
      name: "train",
      at: "/runs/0/",
      files: files.map((path) => ({ path, size: bytes(path) })),
      more: false,
    };
    const [remote] = await tab.evaluate((l) => window.mounts.remote(l), { runs: [run] });
    const view = await tab.evaluate((l) => window.mounts.view(l), remote?.location ?? "");
    expect(view.main).toBe((await openRunPage(at("train"))).page.main.markup);
    site.put("/runs/0/history.parquet", new Uint8Array(readFileSync(at("train/history.parquet")).subarray(0, 200)));
    expect(await tab.evaluate((l) => window.mounts.viewFails(l), remote?.location ?? "")).toBe("E_FILE");
    expect(await tab.evaluate(() => window.mounts.viewFails("mount:/nobody-9/"))).toBe("E_FILE");
  });

  it("labels are checked off and corrected in the page, and read back", async () => {
    const debug = await mounted("representers debug");
    await tab.evaluate((l) => window.mounts.show(l), debug);
    const first = tab.locator(".suspect").first();
    const [position, own] = await Promise.all(["data-position", "data-label"].map((name) => first.getAttribute(name)));
    const other = String((Number(own) + 1) % 4);
    await first.locator("select").selectOption(other);
    const [download] = await Promise.all([tab.waitForEvent("download"), tab.locator(".save").click()]);
    const csv = readFileSync(await download.path(), "utf8");
    const { train, fitted, report } = await openRepresenters(at("representers fit"));
    const known = { ...train, classes: fitted.classes, names: report.class_names ?? [] };
    expect(readCorrections(csv, known, "corrections.csv")).toEqual([
      { position: Number(position), from: Number(own), to: Number(other) },
    ]);
    expect(await tab.locator("article").textContent()).toContain(HOSTILE);
    expect(await tab.evaluate(() => "hacked" in window)).toBe(false);
  });

  it("nothing is thrown, and nothing is asked of elsewhere", () => {
    expect([faults, outside]).toEqual([[], []]);
  });
});

it("says whether there is a browser", () => {
  expect(found === undefined || found.path.length > 0).toBe(true);
});
