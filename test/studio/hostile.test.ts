/** @file What a stranger may hand over: broken and huge files, markup in every name, links and folders that mean harm. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateVerb } from "../../cli/evaluate.ts";
import { drawScene, encodePng } from "../../src/index.ts";
import { decodeModel, encodeModel } from "../../src/proto/codec.ts";
import { printed } from "../cli/run.ts";
import { drawn, goTo, method, modelFiles, pictureFiles, rested, SLOW, soon, tiles, WAIT } from "./desk.ts";
import { explained, openStudio, type Studio, type StudioTab } from "./world.ts";

const scratch = mkdtempSync(join(tmpdir(), "onnxplain-hostile-"));
const at = (name: string): string => join(scratch, name);
/** Would run, were it written into a page unescaped; no slash, so that files can be called so. */
const MARKUP = '<img src=x onerror="window.__xss=1">';
const SCRIPT = "<script>window.__xss=1</script>";

const put = (name: string, content: string | Uint8Array): string => {
  mkdirSync(join(at(name), ".."), { recursive: true });
  writeFileSync(at(name), content);
  return at(name);
};
const sparse = (name: string, bytes: number): string => {
  put(name, "");
  truncateSync(at(name), bytes);
  return at(name);
};

/** A PNG of one bit a pixel, all black. */
function blackPng(width: number, height: number): Uint8Array {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body) >>> 0);
    return Buffer.concat([length, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 1;
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  const parts = [chunk("IHDR", head), chunk("IDAT", rows), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

const model = new Uint8Array(readFileSync("demo/shapes/model.onnx"));
const noise = (bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => ((i + 1) * 2654435761) >>> (i % 24));

/** A model of a few bytes whose one constant claims 2^40 elements. */
function claiming(): Uint8Array {
  const proto = decodeModel(model);
  for (const tensor of proto.graph?.initializer ?? []) tensor.dims = [2n ** 20n, 2n ** 20n];
  return encodeModel(proto);
}
/** Graphs in attributes of nodes of graphs, 15,000 messages deep. */
function nested(): Uint8Array {
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >>> 7)]);
  const within = (tag: number, inner: Buffer): Buffer =>
    Buffer.concat([Buffer.from([tag, ...varint(inner.length)]), inner]);
  const [NODE, ATTRIBUTE, SUBGRAPH, GRAPH] = [0x0a, 0x2a, 0x32, 0x3a];
  let graph: Buffer = Buffer.alloc(0);
  for (let i = 0; i < 5000; i++) graph = within(NODE, within(ATTRIBUTE, within(SUBGRAPH, graph)));
  return within(GRAPH, graph);
}
/** The example, with markup in every name that it has. */
function evil(): Uint8Array {
  const proto = decodeModel(model);
  const { graph } = proto;
  if (graph === undefined) throw new Error("the example has no graph");
  const renamed = (name: string): string => (name === "" ? "" : `${name}${MARKUP}${SCRIPT}`);
  proto.producerName = MARKUP;
  proto.docString = SCRIPT;
  proto.metadataProps.push({
    ...proto.metadataProps[0],
    $typeName: "onnx.StringStringEntryProto",
    key: MARKUP,
    value: SCRIPT,
  });
  graph.name = MARKUP;
  for (const port of [...graph.input, ...graph.output, ...graph.initializer, ...graph.valueInfo])
    port.name = renamed(port.name);
  for (const node of graph.node) {
    node.name = renamed(node.name || node.opType);
    node.input = node.input.map(renamed);
    node.output = node.output.map(renamed);
  }
  return encodeModel(proto);
}

let studio: Studio | undefined;
beforeAll(async () => {
  const scene = await encodePng(drawScene(3, { size: 96 }).image);
  put("noise.onnx", noise(100_000));
  put("cut.onnx", model.slice(0, model.length >> 1));
  put("claim.onnx", claiming());
  put("nest.onnx", nested());
  put("empty.onnx", "");
  put("text.png", "this is a letter, and no picture");
  put("cut.png", scene.slice(0, scene.length >> 1));
  put("one.png", blackPng(1, 1));
  put("wide.png", blackPng(20_000, 20_000));
  sparse("huge.onnx", 500_000_000);
  sparse("huge.png", 500_000_000);
  const labels = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i, `${MARKUP}${SCRIPT} ${i}`]));
  put("evil/model.onnx", evil());
  put("evil/config.json", JSON.stringify({ id2label: labels, model_type: MARKUP, __proto__: { polluted: 1 } }));
  put("evil/preprocessor_config.json", readFileSync("demo/shapes/preprocessor_config.json"));
  put(`${MARKUP}.png`, scene);
  put(`data/${MARKUP}/${MARKUP}.png`, scene);
  const asked = ["--methods", "grad-cam,gradient", "--metrics", "scg rho=0.25,morf", "--threads", "1", "--quiet"];
  const from = ["--model", at("evil"), "--data", at("data")];
  await printed(evaluateVerb, [...from, ...asked, "-o", at("markup run")]);
  cpSync(at("markup run"), at("cut run"), { recursive: true });
  const table = readFileSync(join(at("cut run"), "results.parquet"));
  writeFileSync(join(at("cut run"), "results.parquet"), table.subarray(0, table.length - 40));
  studio = await openStudio({ runs: [at("markup run"), at("cut run")] });
}, SLOW);
afterAll(async () => {
  await studio?.close();
  rmSync(scratch, { recursive: true, force: true });
});

interface Told {
  readonly xss: boolean;
  readonly polluted: boolean;
  readonly broken: readonly string[];
  /** Elements that only injected markup could have made, shadow roots included. */
  readonly injected: number;
}

/** What ran, or tried to. */
const told = (page: Page): Promise<Told> =>
  page.evaluate(() => {
    const roots: (Document | ShadowRoot)[] = [document];
    for (const root of roots)
      for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
    const injected = roots.reduce((n, r) => n + r.querySelectorAll('img[src="x"], body script:not([src])').length, 0);
    const { broken } = globalThis as unknown as { broken: readonly string[] };
    return { xss: "__xss" in globalThis, polluted: "polluted" in {}, broken, injected };
  });

/** Opens the studio, lets something be done to it, and then wants it unharmed: nothing ran, and the example is explained. */
async function survives(act: (tab: StudioTab) => Promise<void>, fragment = ""): Promise<void> {
  const { newPage, url } = studio as Studio;
  const tab = await newPage();
  const { page } = tab;
  page.setDefaultTimeout(WAIT);
  const dialogs: string[] = [];
  page.on("dialog", (d) => {
    dialogs.push(d.message());
    void d.dismiss();
  });
  const errors: string[] = [];
  page.on("pageerror", (e) => errors.push(e.message));
  await page.addInitScript(() => {
    const broken: string[] = [];
    Object.assign(globalThis, { broken });
    document.addEventListener("securitypolicyviolation", (e) => broken.push(`${e.effectiveDirective} ${e.blockedURI}`));
  });
  try {
    await page.goto(url + fragment);
    await explained(page, WAIT);
    await act(tab);
    await goTo(page, "Explain");
    await page.getByRole("combobox", { name: "Example" }).selectOption("shapes");
    await page.locator('input[name="picture"]').first().check();
    await page
      .locator(".desk .class-bar", { hasText: /bird|boat|car|cup|fish|flower|house|tree/ })
      .first()
      .waitFor();
    await method(page, "input-x-gradient").check();
    await drawn(page, "input-x-gradient");
    expect([await told(page), dialogs, errors]).toEqual([
      { xss: false, polluted: false, broken: [], injected: 0 },
      [],
      [],
    ]);
  } finally {
    await tab.close();
  }
}

/** The words of what went wrong, which are then put away. */
async function complaint(page: Page): Promise<string> {
  const alert = page.locator(".faults .fault").first();
  await alert.waitFor();
  const words = ((await alert.textContent()) ?? "").replace(/Dismiss$/, "");
  await alert.getByRole("button", { name: "Dismiss" }).click();
  console.log(`  ${words.slice(0, 240)}`);
  return words;
}

/** A code and a sentence, and nothing of the machinery. */
const IN_WORDS = /E_[A-Z_]+\. [A-Z][\s\S]*\.$/;
const MACHINERY = /undefined|\[object|TypeError|RangeError|at \w+ \(|null/;

describe("files", () => {
  it("that are no models are refused in words, and the example still stands", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    await survives(async ({ page }) => {
      for (const name of ["noise", "cut", "claim", "nest", "empty", "huge"]) {
        await modelFiles(page).setInputFiles(at(`${name}.onnx`));
        const words = await complaint(page);
        expect([name, words]).toEqual([name, expect.stringMatching(IN_WORDS)]);
        expect([name, words]).toEqual([name, expect.not.stringMatching(MACHINERY)]);
      }
    });
  });

  it("that are no pictures, or too many pixels, are refused in words", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    await survives(async ({ page }) => {
      for (const name of ["text", "cut", "wide", "huge"]) {
        await pictureFiles(page).setInputFiles(at(`${name}.png`));
        const words = await complaint(page);
        expect([name, words]).toEqual([name, expect.stringMatching(IN_WORDS)]);
        expect([name, words]).toEqual([name, expect.not.stringMatching(MACHINERY)]);
      }
      expect(await page.locator('input[name="picture"]').count()).toBe(6);
    });
  });

  it("of a single pixel are explained", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    await survives(async ({ page, faults }) => {
      await pictureFiles(page).setInputFiles(at("one.png"));
      await page.getByRole("radio", { name: "one.png, 1 × 1" }).waitFor();
      await rested(page);
      for (const id of ["grad-cam", "integrated-gradients", "lrp"]) await drawn(page, id);
      expect(faults).toEqual([]);
    });
  });
});

describe("names", () => {
  it("of layers, classes and files are text, whatever they say", { timeout: SLOW }, async ({ skip }) => {
    if (!studio) return skip("no Chromium is here");
    await survives(async ({ page }) => {
      await modelFiles(page).setInputFiles(
        ["model.onnx", "config.json", "preprocessor_config.json"].map((name) => at(`evil/${name}`)),
      );
      await page.locator(".desk .class-bar", { hasText: MARKUP }).first().waitFor();
      await pictureFiles(page).setInputFiles(at(`${MARKUP}.png`));
      await page.getByRole("radio", { name: MARKUP }).waitFor();
      await soon(() => tiles(page).and(page.locator('[data-state="done"]')).count()).toBe(3);
      await rested(page);
      await page
        .getByRole("button", { name: /^Enlarge/ })
        .first()
        .click();
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^On the graph/ }).click();
      await page
        .getByRole("dialog")
        .getByText(/^Relevance by lrp of /)
        .waitFor();
      expect(await told(page)).toMatchObject({ xss: false, broken: [], injected: 0 });
      await page.keyboard.press("Escape");
      await goTo(page, "Measure");
      await page.locator(".measure-table").first().waitFor();
      await rested(page);
      await goTo(page, "Take away");
      await page.getByText(MARKUP).first().waitFor();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: /^Report/ }).click(),
      ]);
      expect(await told(page)).toMatchObject({ xss: false, broken: [], injected: 0 });
      const report = await page.context().newPage();
      await download.saveAs(at("report.html"));
      await report.goto(`file://${at("report.html")}`);
      await report.getByText(MARKUP).first().waitFor();
      expect(
        await report.evaluate(() => ["__xss" in globalThis, document.querySelectorAll('img[src="x"]').length]),
      ).toEqual([false, 0]);
      await report.close();
    });
  });

  it("in a folder of results are text; a table that is cut off is refused in words", { timeout: SLOW }, async ({
    skip,
  }) => {
    if (!studio) return skip("no Chromium is here");
    await survives(async ({ page }) => {
      await goTo(page, "Runs");
      await page
        .getByRole("button", { name: /^markup run/ })
        .first()
        .click();
      await page.locator('article.report[aria-busy="false"], .faults').first().waitFor();
      expect(await page.locator(".faults").allTextContents()).toEqual([]);
      await soon(() =>
        page
          .locator(".report-main")
          .evaluate((host) => [...(host.shadowRoot?.children ?? [])].map((c) => c.textContent).join("")),
      ).toContain(MARKUP);
      expect(await told(page)).toMatchObject({ xss: false, broken: [], injected: 0 });
      await page
        .getByRole("button", { name: /^cut run/ })
        .first()
        .click();
      const words = await complaint(page);
      expect(words).toMatch(IN_WORDS);
      expect(words).not.toMatch(MACHINERY);
    });
  });
});

describe("links", () => {
  const link = (text: string): string => `#v=${encodeURIComponent(text)}`;
  it.each([
    [
      "markup",
      link(
        JSON.stringify({ targets: [MARKUP], layer: SCRIPT, methods: [{ method: "lrp", params: { rule: MARKUP } }] }),
      ),
    ],
    [
      "a prototype",
      link(
        '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"look":{"__proto__":{"polluted":1},"alpha":0.5},"methods":[{"method":"lrp","params":{"__proto__":{"polluted":1}}}]}',
      ),
    ],
    ["an address that runs", `#javascript:window.__xss=1${MARKUP}`],
    ["too much", link(`{"layer":"${"x".repeat(300_000)}"}`)],
  ])("with %s do no harm", { timeout: SLOW }, async (name, fragment) => {
    if (!studio) return;
    if (name === "markup") {
      const { page, close } = await studio.newPage();
      await page.goto(studio.url + fragment);
      await page.getByText(MARKUP).first().waitFor({ timeout: WAIT });
      expect(
        await page.evaluate(() => ["__xss" in globalThis, document.querySelectorAll('img[src="x"]').length]),
      ).toEqual([false, 0]);
      await close();
    } else await survives(async () => undefined, fragment);
  });
});
