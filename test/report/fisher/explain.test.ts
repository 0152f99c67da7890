/** @file The page and the sheet of `fisher explain` from values written by hand: what they say, what is escaped, what a browser makes of it. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { encodePng } from "../../../src/image/png.ts";
import type { ImageU8 } from "../../../src/image/types.ts";
import { fisherExplainPage } from "../../../src/report/fisher/explain.ts";
import type {
  FisherExplainPage,
  PageDescriptor,
  PagePicture,
  PageRelevance,
} from "../../../src/report/fisher/input.ts";
import { fisherSheet, rowTitle } from "../../../src/report/fisher/sheet.ts";
import { findChromium, launch } from "../../browser/chromium.ts";

const LABELS = ["<i>cat</i>", "dog", "bird"];
const image: ImageU8 = { width: 12, height: 8, channels: 3, data: new Uint8Array(12 * 8 * 3).fill(120) };
const png = await encodePng(image);
const values = Float32Array.from({ length: 96 }, (_, i) => (i - 40) / 1000);

const descriptor = (left: number, relevance: number): PageDescriptor => ({
  area: { left, top: 1, width: 4, height: 5 },
  relevance,
  x: left + 2,
  y: 3,
  size: 1,
  gaussian: 7,
  posterior: 0.75,
});
const relevance = (rest: Partial<PageRelevance> = {}): PageRelevance => ({
  score: 0.5,
  threshold: 0.25,
  positive: true,
  map: { values, width: 12, height: 8 },
  sums: { dimensions: 0.5, expected: 0.4, leak: 0.1, descriptors: 0.4, pixels: 0.4, deviation: 1e-7 },
  blocks: { pi: 0.1, mu: 0.6, sigma: -0.2 },
  gaussians: [
    { index: 3, value: 0.7 },
    { index: 1, value: -0.3 },
  ],
  otherGaussians: { count: 2, value: 0.1 },
  cells: [0.5],
  for: [descriptor(0, 0.02), descriptor(4, 0.01)],
  against: [descriptor(8, -0.03)],
  ...rest,
});
const picture = (rest: Partial<PagePicture> = {}): PagePicture => ({
  id: "<b>x</b>.png",
  picture: png,
  descriptors: 1234,
  scores: [
    { index: 0, score: 0.5, threshold: 0.25 },
    { index: 1, score: -0.5, threshold: null },
    { index: 2, score: 0.7, threshold: 0.9 },
  ],
  classes: [{ index: 0, before: relevance() }],
  notes: ["<u>flat</u>"],
  ...rest,
});
const edited: PagePicture = picture({
  edited: png,
  scores: [{ index: 0, score: 0.5, threshold: 0.25, after: -0.5 }],
  classes: [
    {
      index: 0,
      before: relevance(),
      after: relevance({
        score: -0.5,
        positive: false,
        map: { values: values.map((v) => 2 * v), width: 12, height: 8 },
      }),
    },
    { index: 2, before: relevance(), after: relevance() },
  ],
});
const shared: PagePicture = picture({
  classes: [
    {
      index: 0,
      before: relevance(),
      shares: {
        positive: [
          {
            point: { id: "<s>t</s>", label: 0, likeness: { kind: "picture", png } },
            share: 0.4,
            alpha: 1,
            similarity: 0.4,
          },
        ],
        negative: [],
        support: 9,
        sum: 0.6,
        bias: -0.1,
        deviation: 0,
      },
    },
  ],
});
const page = (items: readonly PagePicture[], rest: Partial<FisherExplainPage> = {}): Promise<string> =>
  fisherExplainPage({
    facts: { model: "fv<x>", data: "set", settings: [["variant", "epsilon"]], command: "onnxplain fisher explain '<'" },
    labels: LABELS,
    edits: ["box=0,0,1,1,fill=<p>"],
    items,
    ...rest,
  });
const count = (text: string, part: string): number => text.split(part).length - 1;

describe("the page", () => {
  it("escapes names, notes, edits and commands, and allows nothing from elsewhere", async () => {
    const text = await page([edited, shared]);
    for (const raw of ["<b>x", "<i>cat", "<u>flat", "<s>t", "fill=<p>", "fv<x>", "'<'"])
      expect(text).not.toContain(raw);
    expect(text).toContain("&lt;i&gt;cat&lt;/i&gt;");
    expect(text).toContain("default-src 'none'; img-src data:");
    expect(text).not.toMatch(/ (style|on\w+)="/);
    expect(text).not.toMatch(/https?:/);
  });

  it("says the score against its threshold, the sums, what holds it up, and boxes of either sign", async () => {
    const text = await page([picture()]);
    expect(text).toContain("<b>&lt;i&gt;cat&lt;/i&gt;</b> scores 0.5, above its threshold of equal error 0.25.");
    expect(text).toContain("held back by epsilon");
    expect(text).toContain("1,234 descriptors");
    expect(count(text, '<rect class="area for"')).toBe(2);
    expect(count(text, '<rect class="area against"')).toBe(1);
    expect(count(text, "data-area=")).toBe(3);
    expect(text).toContain("the other 2 Gaussians");
    expect(text).toContain("weights π");
    expect(text).toContain('<td class="n">–</td><td>–</td>');
    expect(text).not.toContain("Training pictures");
  });

  it("leaves out what is not there: the leak, weights, cells; names cells of a pyramid", async () => {
    const sums = { ...relevance().sums, leak: 0, expected: 0.5 };
    const before = relevance({ sums, blocks: { pi: 0, mu: 0.6, sigma: -0.1 }, cells: [0.3, 0.2], threshold: null });
    const text = await page([picture({ classes: [{ index: 1, before }] })]);
    expect(text).not.toContain("held back by epsilon");
    expect(text).not.toContain("weights π");
    expect(text).toContain("cell 2");
    expect(text).toContain("no threshold is known");
  });

  it("sets before and after side by side in one scale, and says that the decision turns", async () => {
    const text = await page([edited]);
    expect(text).toContain("the decision turns");
    expect(text).toContain("the decision stays");
    expect(text).toContain('<span class="down">−1</span>');
    expect(count(text, "<span>0.11</span>")).toBe(2);
    expect(count(text, 'class="stage')).toBe(1 + 2 * 6);
    expect(count(text, 'type="radio"')).toBe(2);
  });

  it("shows training pictures with their shares, and the sum that they make", async () => {
    const text = await page([shared]);
    expect(text).toContain("over 9 training pictures, 0.6, and the bias −0.1");
    expect(text).toContain('<b class="figure">+0.4</b>');
    expect(text).toContain('<p class="soft">none</p>');
  });

  it("draws a map of zeros", async () => {
    const zero = relevance({ map: { values: new Float32Array(96), width: 12, height: 8 }, for: [], against: [] });
    expect(await page([picture({ classes: [{ index: 0, before: zero }] })])).toContain("Pixels (R1)");
  });
});

const found = await findChromium();
if (found === undefined) console.warn("the page of fisher explain in a browser: skipped, no Chromium found");

it.skipIf(found === undefined)(
  "fits a phone, asks for nothing, and marks the area of a row",
  async () => {
    const file = join(mkdtempSync(join(tmpdir(), "onnxplain-")), "page.html");
    writeFileSync(file, await page([picture(), edited, shared]));
    const browser = await launch(found as NonNullable<typeof found>);
    try {
      const tab = await browser.newPage({ viewport: { width: 360, height: 700 } });
      const said: string[] = [];
      tab.on("console", (m) => said.push(m.text()));
      tab.on("pageerror", (e) => said.push(e.message));
      tab.on("request", (r) => {
        if (!r.url().startsWith("data:") && !r.url().startsWith("file:")) said.push(r.url());
      });
      await tab.goto(pathToFileURL(file).href);
      expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await tab.locator("tr[data-area]").first().focus();
      expect(await tab.locator("rect.area.on").count()).toBe(1);
      expect(said).toEqual([]);
    } finally {
      await browser.close();
    }
  },
  60_000,
);

describe("the sheet", () => {
  it("has a row of picture, map with its scale, and areas in the colours of their signs", () => {
    const sheet = fisherSheet([
      { image, title: rowTitle("x.png", "dög", relevance()), relevance: relevance() },
      { image, title: "two", relevance: relevance({ for: [], against: [] }), limit: 1 },
    ]);
    const colours = new Set<string>();
    for (let i = 0; i < sheet.data.length; i += 3) colours.add(sheet.data.subarray(i, i + 3).join());
    expect([colours.has("198,17,42"), colours.has("26,95,180")]).toEqual([true, true]);
    expect(sheet.width).toBeGreaterThan(3 * 320);
    expect(sheet.height).toBeGreaterThan(2 * 8 * 27);
    expect(rowTitle("x.png", "dog", { score: 0.51234, threshold: null })).toBe("x.png  dog: f = 0.5123");
  });
});
