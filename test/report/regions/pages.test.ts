/** @file Pages on regions from values written by hand: what they say, what they count, what is escaped. */
import { describe, expect, it } from "vitest";
import { encodePng } from "../../../src/image/png.ts";
import { sweepCurves, topCurves } from "../../../src/report/regions/curves.ts";
import { regionsEvaluationPage, regionsEvaluationPicture } from "../../../src/report/regions/evaluate.ts";
import { regionsExplainPage } from "../../../src/report/regions/explain.ts";
import { findingsOf } from "../../../src/report/regions/findings.ts";
import type {
  ExplainedPicture,
  Neighbour,
  PageRegion,
  RegionsEvaluationPage,
  SeenPicture,
} from "../../../src/report/regions/input.ts";
import { regionsMapPage } from "../../../src/report/regions/map.ts";
import { excludes, standsFor } from "../../../src/report/regions/sheet.ts";
import { percents, spreadOf } from "../../../src/report/regions/spread.ts";

const FACTS = { model: "net", data: "set", settings: [["layer", "psi"]] as const };
const LABELS = ["<i>cat</i>", "dog", "bird"];
const png = await encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(12).fill(90) });
const seen = (id: string, rest: Partial<SeenPicture> = {}): SeenPicture => ({
  point: { id, label: 0, likeness: { kind: "picture", png } },
  predicted: 0,
  map: { values: [0, 0.25, 0.5, 1], width: 2, height: 2 },
  ...rest,
});
const near = (id: string, distance: number, rest: Partial<SeenPicture> = {}): Neighbour => ({
  ...seen(id, rest),
  distance,
});
const region = (rest: Partial<PageRegion> = {}): PageRegion => ({
  label: 0,
  same: 40,
  other: 2,
  tau: 2,
  delta: 2,
  met: true,
  boundaries: [
    { index: 7, pair: [0, 1], value: 1.5, removed: { same: 0, other: 30 }, reference: { id: "taken", label: 1 } },
    { index: 3, pair: [1, 0], value: -2, removed: { same: 1, other: 5 } },
    { index: 4, pair: [1, 2], value: 0, removed: { same: 3, other: 1 } },
  ],
  nearest: [near("x", 0), near("twin", 0), near("other", 1.25, { predicted: 1 })],
  ...rest,
});
const count = (page: string, text: string): number => page.split(text).length - 1;

describe("numbers over seeds", () => {
  it("are mean and standard deviation with n - 1 below; one seed has none", () => {
    expect(spreadOf([1, 2, 3, 4])).toEqual({ mean: 2.5, deviation: Math.sqrt(5 / 3) });
    expect(spreadOf([0.5])).toEqual({ mean: 0.5, deviation: 0 });
    expect(spreadOf([])).toBeUndefined();
    expect(percents([0.1, 0.3])).toBe("20.00 ± 14.14");
    expect(percents([0.1])).toBe("10.00");
    expect(percents([])).toBe("–");
  });
});

describe("the explain page", () => {
  const item: ExplainedPicture = { input: seen("x"), isReference: true, region: region() };
  const page = (rest: Partial<ExplainedPicture> = {}): Promise<string> =>
    regionsExplainPage({ facts: FACTS, labels: LABELS, references: 100, items: [{ ...item, ...rest }] });
  it("shows the input once, then its nearest, each with a map, and the class that differs", async () => {
    const text = await page();
    expect(count(text, '<li class="input">')).toBe(1);
    expect(count(text, 'class="heat"')).toBe(3);
    expect(text).toContain("2 covered references");
    expect(text).toContain('<b class="off">dog (labelled &lt;i&gt;cat&lt;/i&gt;)</b>');
    expect(text).toContain("stands for 42 of 100 references (42.0 %)");
    expect(text).not.toContain("<i>cat");
    expect(count(text, "<image id=")).toBe(1);
  });
  it("shows the input once where its own distance is rounded, and a reference of its name beside another picture", async () => {
    const rounded = region({ nearest: [near("x", 1e-14), near("twin", 0)] });
    expect(await page({ region: rounded })).toContain("the 1 covered reference nearest");
    expect(count(await page({ region: rounded }), 'class="heat"')).toBe(2);
    expect(count(await page({ region: rounded, isReference: false }), 'class="heat"')).toBe(3);
  });
  it("lists boundaries with the side of the picture; exactly 0 is the negative side", async () => {
    const text = await page();
    expect(text).toContain('dog | bird<span class="not">between other classes</span></th><td>bird</td>');
    expect(text).toContain(
      'dog | &lt;i&gt;cat&lt;/i&gt;<span class="not">of this class</span></th><td>&lt;i&gt;cat&lt;/i&gt;</td>',
    );
    expect(text).toContain("taken");
  });
  it("tells boundaries taken at references from those sought toward them", async () => {
    const [at, toward] = [await page(), await page({ region: region({ sought: true }) })];
    expect([count(at, ">taken at</th>"), count(at, ">sought toward</th>")]).toEqual([1, 0]);
    expect([count(toward, ">taken at</th>"), count(toward, ">sought toward</th>")]).toEqual([0, 1]);
  });
  it("says which stored regions cover it, or that none does", async () => {
    expect(await page()).not.toContain("stored region");
    expect(await page({ covering: [] })).toContain("No stored region covers this picture");
    const one = await page({ covering: [{ input: { id: "v", label: 1 }, label: 1, same: 12, other: 1 }] });
    expect(one).toContain("1 stored region covers it");
  });
  it("says where nothing had to be kept out, and where less was allowed than is possible", async () => {
    const bare = await page({ region: region({ boundaries: [], nearest: [] }) });
    expect(bare).toContain("No boundary was needed");
    expect(bare).not.toContain('<table class="plain bounds');
    expect(await page({ region: region({ met: false, delta: 0 }) })).toContain(
      "More references of other classes are covered",
    );
  });
});

describe("the map page", () => {
  it("has the rules of each class, the largest first, and what nothing covers", async () => {
    const text = await regionsMapPage({
      facts: FACTS,
      labels: LABELS,
      references: 100,
      groups: [
        { input: seen("small"), region: region({ same: 5, other: 0, nearest: [] }) },
        { input: seen("large"), region: region({ nearest: [] }), purity: { label: 0, share: 0.9285 } },
      ],
      classes: [
        { index: 0, references: 60, own: 40, others: 5 },
        { index: 1, references: 40, own: 0, others: 10 },
      ],
      outliers: { count: 45, shown: [seen("lonely", { predicted: 1 })] },
    });
    expect(count(text, 'class="group-card"')).toBe(2);
    expect(text.indexOf("large</span>")).toBeLessThan(text.indexOf("small</span>"));
    expect(count(text, "Purity 92.8 %: so many of those with a label are labelled &lt;i&gt;cat&lt;/i&gt;.")).toBe(1);
    expect(count(text, "Purity")).toBe(1);
    expect(text).toContain("No rule was made for this class");
    expect(text).toContain("45 references that no rule covers; 1 are shown");
    expect(text).toContain("55.0 %");
    expect(count(text, 'id="scale"')).toBe(1);
  });
  it("adds up what pairs of classes keep out, whichever side comes first", () => {
    expect(excludes(region(), ["cat", "dog", "bird"])).toBe("35 at cat | dog and 1 at dog | bird");
    expect(standsFor(region({ same: 1000 }), ["cat"], 0)).toBe(
      "stands for 1,002 of 0 references: 1,000 that the network calls cat, 2 of other classes",
    );
  });
});

describe("the evaluation page", () => {
  const scores = (id: string, name: string, drop: readonly number[]) => ({ id, name, drop, increase: [0.1, 0.2] });
  const given: RegionsEvaluationPage = {
    facts: FACTS,
    labels: LABELS,
    references: 100,
    unseen: 50,
    interpretations: 6,
    boundaries: 10,
    seeds: [0, 1],
    keep: 0.2,
    methods: [
      { ...scores("regions", "RI", [0.2, 0.3]), covered: [0.1, 0.2], uncovered: [0.5] },
      { ...scores("grad-cam", "Grad-CAM", [0.3, 0.4]), covered: [0.25, 0.25], uncovered: [0.4] },
    ],
    about: [0.5, 0.7],
    otherClass: [0, 0.2],
    controls: [
      scores("own-boundary", "own boundary", [0.15]),
      scores("own-grad-cam", "own Grad-CAM", [0.18]),
      scores("random", "random", [0.9]),
    ],
    quality: [
      { set: "unseen", pictures: 50, network: 0.9, labels: [0.8, 0.9], model: [0.95, 0.97], coverage: [0.5, 0.6] },
    ],
    sweep: [
      {
        boundaries: 1,
        references: { labels: [], model: [0.2, 0.3], coverage: [1, 1] },
        unseen: { labels: [], model: [], coverage: [1, 1] },
      },
      {
        boundaries: 10,
        references: { labels: [], model: [0.9, 0.9], coverage: [0.5, 0.7] },
        unseen: { labels: [], model: [0.8], coverage: [0.4, 0.4] },
      },
    ],
    top: {
      k: [1, 5],
      inputs: 3,
      lines: [
        {
          id: "regions",
          name: "RI",
          drop: [
            [0.1, 0.1],
            [0.2, 0.4],
          ],
          increase: [
            [0, 0],
            [0, 0],
          ],
        },
      ],
    },
    absent: ["ACE is left out."],
  };
  it("says who loses less, where, and what reuse costs", () => {
    const found = findingsOf(given);
    expect(found?.better).toBe(true);
    expect(found?.headline).toBe(
      "Regions lose less confidence than Grad-CAM reused: mAD 25.00 ± 7.07 against 35.00 ± 7.07, lower in 2 of 2 runs.",
    );
    expect(found?.sentences[0]).toContain("regions lose 10.00 % less than Grad-CAM; on the others");
    expect(found?.sentences[0]).toContain("10.00 % more than Grad-CAM.");
    expect(found?.sentences[2]).toContain("RI 10.00 % and Grad-CAM 17.00 %");
    expect(found?.sentences[4]).toBe(
      "The regions cover 55.00 % of the unseen pictures, and name the network's class for 96.00 % of those.",
    );
    const worse = findingsOf({
      ...given,
      methods: [scores("regions", "RI", [0.5, 0.3]), scores("grad-cam", "Grad-CAM", [0.4, 0.2])],
    });
    expect(worse?.better).toBe(false);
    expect(worse?.headline).toContain("lose more confidence");
    expect(worse?.headline).toContain("lower in 0 of 2 runs");
    expect(findingsOf({ ...given, methods: given.methods.slice(0, 1) })).toBeUndefined();
  });
  it("prints tables and curves in the layout of the paper's, the best in each row marked", async () => {
    const text = await regionsEvaluationPage(given);
    expect(text).toContain('<td class="n best">25.00 ± 7.07</td><td class="n">35.00 ± 7.07</td>');
    expect(text).toContain(
      '<td class="n">85.00 ± 7.07</td><td class="n">90.00</td><td class="n">96.00 ± 1.41</td><td class="n">55.00 ± 7.07</td>',
    );
    expect(count(text, 'class="plot"')).toBe(4);
    expect(text).toContain("ACE is left out.");
    const picture = await regionsEvaluationPicture(given);
    expect(new DataView(picture.buffer).getUint32(16)).toBe(960);
    expect(new DataView(picture.buffer).getUint32(20)).toBe(4 * 320);
  });
  it("draws means in percent with deviations as bands; what is not defined has no point", () => {
    const [drop] = topCurves(given);
    expect(drop?.lines[0]?.at).toEqual([1, 5]);
    expect(drop?.lines[0]?.values[1]).toBeCloseTo(30, 10);
    expect(drop?.lines[0]?.errors?.[1]).toBeCloseTo(100 * Math.sqrt(0.02), 10);
    const [references, unseen] = sweepCurves(given.sweep);
    expect(references?.lines.map((l) => l.label)).toEqual(["ACU-MD", "CVR"]);
    expect(unseen?.lines.find((l) => l.label === "ACU-MD")?.at).toEqual([10]);
    expect(sweepCurves([])).toEqual([]);
  });
});
