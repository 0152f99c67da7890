/** @file The page on emerging patterns from made-up frames: what it holds, what is escaped, what degenerate input becomes. */
import { describe, expect, it } from "vitest";
import {
  facing,
  firstRotation,
  placeOf,
  project,
  projectedRoom,
  sightOf,
  slanted,
  turned,
  widest,
} from "../../../src/report/patterns/camera.ts";
import { fateOf, fates } from "../../../src/report/patterns/change.ts";
import { COLOURING_NAMES, coloured } from "../../../src/report/patterns/colouring.ts";
import { frameAxis, growthPlots } from "../../../src/report/patterns/curves.ts";
import type { PatternGrids, PatternsPage } from "../../../src/report/patterns/input.ts";
import { packedScene, unpackedScene } from "../../../src/report/patterns/packed.ts";
import { patternsPage } from "../../../src/report/patterns/page.ts";
import { categoryColor, type Rgb } from "../../../src/report/patterns/palette.ts";
import { orientations, pointSet, reachOf } from "../../../src/report/patterns/scene.ts";
import { fromBehind, HIDDEN, splat, stampOf } from "../../../src/report/patterns/splat.ts";
import { regionsTable } from "../../../src/report/patterns/tables.ts";
import { thumbnailSheet } from "../../../src/report/patterns/thumbnail-sheet.ts";
import { madePatterns } from "./made.ts";

const made = madePatterns();
const count = (page: string, text: string): number => page.split(text).length - 1;
const without = (page: PatternsPage, change: Partial<PatternsPage["frames"][number]>): PatternsPage => ({
  ...page,
  frames: page.frames.map((f) => ({ ...f, ...change })),
});

describe("the page", async () => {
  const page = await patternsPage(made);
  const data = /<script type="application\/json" id="scene">(.*)<\/script>/.exec(page)?.[1] ?? "";
  it("allows its own style and script by their hashes, and nothing else", async () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
    expect(policy).toMatch(
      /^default-src 'none'; img-src data:; style-src 'sha256-[\w+/=]+'; script-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'$/,
    );
    const script = /<\/footer>\n<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? "";
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(script)));
    expect(policy).toContain(`script-src 'sha256-${btoa(String.fromCharCode(...digest))}'`);
    expect(page).not.toMatch(/\s(style|on\w+)="/);
    expect(page.replaceAll("http://www.w3.org/2000/svg", "")).not.toMatch(/(src|href)="(?!data:|#)|url\((?!#)|https?:/);
  });
  it("escapes names wherever they stand", () => {
    expect(data).not.toContain("<");
    expect(page).toContain("CIFAR-10 &amp; &lt;made&gt;");
    expect(page).toContain("&lt;i&gt;the first&lt;/i&gt; had no start");
    expect(page).not.toContain("<made>");
    expect(JSON.parse(data).scene.ids[3]).toBe("test/<3>.png");
  });
  it("has a control for every choice, each with a name", () => {
    for (const id of ["points", "colour", "against"])
      expect(page).toMatch(new RegExp(`<label class="field"><span>[^<]+</span><select id="${id}">`));
    expect(count(page, 'name="view"')).toBe(3);
    expect(count(page, 'name="picture"')).toBe(made.shown.length);
    expect(page).toContain('id="frame" min="0" max="3"');
    expect(page).not.toContain('id="contour"');
  });
  it("keeps tables, plots and a still for readers without script", () => {
    expect(page).toMatch(/<noscript><div class="still"><svg [^>]*aria-label="epoch 20: 60 samples, coloured by label"/);
    expect(count(page, '<svg class="plot"')).toBe(8);
    expect(count(page, '<tr><th scope="row">epoch 5</th>')).toBe(4);
  });
  it("says every setting, the threshold and the noise", () => {
    for (const text of [
      "<dt>weights</dt><dd>grad-cam</dd>",
      "<dt>tau</dt><dd>0.4</dd>",
      "<dt>kappa0</dt><dd>infinity</dd>",
      "<dt>attack</dt><dd>–</dd>",
    ])
      expect(page).toContain(text);
  });
  it("starts where it is asked to, else at the last frame beside the one it began from", async () => {
    expect(JSON.parse(data).start).toEqual({ frame: 3, against: 2 });
    const other = await patternsPage(made, { frame: 1, layer: 2, colouring: "mixture" });
    expect(other).toContain('"start":{"frame":1,"layer":2,"colouring":"mixture","against":0}');
  });
});

describe("degenerate input", () => {
  it.each([
    ["one frame", madePatterns({ frames: 1 })],
    ["one category", madePatterns({ categories: 1 })],
    ["more categories than 2^d", madePatterns({ categories: 24, dimension: 2 })],
    ["no labels", madePatterns({ labelled: false })],
    ["no shown pictures", madePatterns({ shown: 0 })],
    ["no layers", without(made, { layers: [] })],
    ["zero features", without(made, { points: new Float32Array(made.ids.length * 3) })],
    ["no thumbnails", { ...made, thumbnails: { width: 0, height: 0, pixels: new Uint8Array() } }],
  ])("%s", async (_, input) => {
    const page = await patternsPage(input);
    const [markup = "", , json = ""] = page.split(/<(script)[^>]*>/).map((part) => part.split("</script>")[0]);
    expect(/.{0,40}(NaN|undefined|Infinity|\[object).{0,40}/.exec(markup + json)?.[0]).toBeUndefined();
    expect(markup.includes('id="stage"')).toBe(true);
    expect(JSON.parse(json).scene.dimension).toBe(input.dimension);
  });
  it("frames with layers of their own: a layer that only one has leaves gaps, not faults", async () => {
    const frames = made.frames.map((f, i) => (i === 0 ? { ...f, layers: f.layers.slice(0, 1) } : f));
    expect(pointSet(made, { ...made.frames[0]!, layers: [] }, 2)).toBeUndefined();
    expect(await patternsPage({ ...made, frames })).toContain("layer3.out");
  });
});

describe("packing", () => {
  const packed = JSON.parse(JSON.stringify(packedScene(made)));
  const scene = unpackedScene(packed);
  it("keeps coordinates to 1 / 65,534 of the largest, certainties to 1 / 131,070, categories as they are", () => {
    for (const [f, frame] of made.frames.entries()) {
      const got = scene.frames[f]!;
      const most = frame.points.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      const off = Math.max(...frame.points.map((v, i) => Math.abs(v - got.points[i]!)));
      expect(off / most).toBeLessThanOrEqual(0.5 / 32_767 + 1e-7);
      expect(got.predicted).toEqual(frame.predicted);
      expect(got.posterior).toEqual(frame.posterior);
      for (const [l, { grids }] of frame.layers.entries()) {
        const largest = got.layers[l]!.grids.largest;
        expect(Math.max(...grids.largest.map((v, i) => Math.abs(v - largest[i]!)))).toBeLessThanOrEqual(
          0.5 / 65_535 + 1e-7,
        );
        expect(got.layers[l]!.grids.winners).toEqual(grids.winners);
      }
    }
    expect(scene.labels).toEqual(made.labels);
    expect(scene.shown).toEqual(made.shown);
  });
  it("carries contours of the plane, and zeros", () => {
    const flat = madePatterns({ dimension: 2, frames: 1, categories: 4 });
    const got = unpackedScene(packedScene(without(flat, { points: new Float32Array(120) }))).frames[0]!;
    expect(got.points.every((v) => v === 0)).toBe(true);
    expect(got.contours?.values.length).toBe(4 * 41 * 41);
  });
});

describe("the camera", () => {
  const at = (x: number, y: number, z: number, rotation = facing()): [number, number, number] => {
    const into = projectedRoom(1);
    project([x, y, z], 3, { rotation, scale: 10, x: 100, y: 50, distance: Number.POSITIVE_INFINITY }, into);
    return [into.x[0]!, into.y[0]!, into.depth[0]!];
  };
  it("has x to the right, y up, z towards the eye", () => {
    expect(at(1, 0, 0)).toEqual([110, 50, 0]);
    expect(at(0, 1, 0)).toEqual([100, 40, 0]);
    expect(at(0, 0, 1)).toEqual([100, 50, 1]);
  });
  it("a quarter turn to the right brings what is in front to the right; one up, to the top", () => {
    expect(at(0, 0, 1, turned(facing(), Math.PI / 2, 0)).map((v) => Math.round(v))).toEqual([110, 50, 0]);
    expect(at(0, 0, 1, turned(facing(), 0, -Math.PI / 2)).map((v) => Math.round(v))).toEqual([100, 40, 0]);
  });
  it("stays a rotation after 10,000 turns", () => {
    let r = slanted();
    for (let i = 0; i < 10_000; i++) r = turned(r, 0.1, 0.07);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        const dot = [0, 1, 2].reduce((s, k) => s + r[3 * i + k]! * r[3 * j + k]!, 0);
        expect(dot).toBeCloseTo(i === j ? 1 : 0, 12);
      }
  });
  it("near points are drawn larger apart in perspective", () => {
    const into = projectedRoom(2);
    project([1, 0, 1, 1, 0, -1], 3, { rotation: facing(), scale: 1, x: 0, y: 0, distance: 4 }, into);
    expect(Array.from(into.x)).toEqual([Math.fround(4 / 3), Math.fround(4 / 5)]);
  });
  it("looks at the origin where directions spread, at the middle of the fan where they crowd; the extent holds all", () => {
    const spread = [1, 0, 0, -1, 0, 0, 0, 1, 0, 0, -1, 0];
    expect(sightOf(spread, 3)).toEqual({ pivot: [0, 0, 0], extent: 1 });
    expect(firstRotation(spread, 3)).toEqual(slanted());
    const [c, s] = [Math.cos(0.2), Math.sin(0.2)];
    const fan = [s, 0, c, -s, 0, c, 0, 0, 1];
    const { pivot, extent } = sightOf(fan, 3);
    expect(pivot[2]).toBeCloseTo((2 * c + 1) / 6, 12);
    expect(extent).toBeCloseTo(Math.max(Math.hypot(s, c - pivot[2]), 1 - pivot[2]), 12);
    const view = firstRotation(fan, 3);
    const tips = projectedRoom(3);
    project(fan, 3, { rotation: view, scale: 1, x: 0, y: 0, distance: Number.POSITIVE_INFINITY }, tips);
    expect(Math.abs(tips.x[0]! - tips.x[1]!)).toBeCloseTo(2 * s, 6);
    expect(Math.min(...tips.y.map((y) => -y))).toBeGreaterThan(0.9);
    const camera = { rotation: view, pivot, scale: 5, x: 30, y: 40, distance: 4 } as const;
    expect(placeOf(pivot, camera)).toEqual([30, 40]);
    expect(sightOf([], 2)).toEqual({ pivot: [0, 0, 0], extent: 0 });
    // a rotation, not a mirror
    const [p, q, r] = [view.subarray(0, 3), view.subarray(3, 6), view.subarray(6, 9)] as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const cross = [p[1]! * q[2]! - p[2]! * q[1]!, p[2]! * q[0]! - p[0]! * q[2]!, p[0]! * q[1]! - p[1]! * q[0]!];
    for (let j = 0; j < 3; j++) expect(cross[j]).toBeCloseTo(r[j]!, 12);
  });
  it("the widest view lays the plane of the vectors on the sheet", () => {
    const r = widest([0, 3, 0, 0, 0, 1, 0, -3, 0, 0, 0, -1], 3);
    expect(Math.abs(r[1]!)).toBeCloseTo(1, 9);
    expect(Math.abs(r[5]!)).toBeCloseTo(1, 9);
    expect(widest([], 3)).toEqual(facing());
    expect(widest([0, 0, 0], 3).every(Number.isFinite)).toBe(true);
  });
});

describe("discs", () => {
  const raster = (width: number, height: number) => ({
    width,
    height,
    data: new Uint8ClampedArray(width * height * 4),
  });
  const RED: Rgb = [200, 0, 0];
  const BLUE: Rgb = [0, 0, 200];
  const points = (...p: readonly (readonly [number, number, number])[]) => ({
    x: Float32Array.from(p, (v) => v[0]),
    y: Float32Array.from(p, (v) => v[1]),
    depth: Float32Array.from(p, (v) => v[2]),
  });
  it("cover pi r^2 of the sheet", () => {
    for (const radius of [1, 2.25, 3.5, 6]) {
      const { spans, edge } = stampOf(radius);
      let area = spans.reduce((s, half) => s + (half < 0 ? 0 : 2 * half + 1), 0);
      for (let e = 2; e < edge.length; e += 3) area += edge[e]! / 255;
      // the edge is off by less than a twentieth of a pixel on average
      expect(Math.abs(area - Math.PI * radius ** 2) / (2 * Math.PI * radius)).toBeLessThan(0.05);
    }
  });
  it("the nearer one covers the farther one, whatever their order", () => {
    for (const at of [points([5, 5, 1], [5, 5, -1]), points([5, 5, -1], [5, 5, 1])]) {
      const sheet = raster(11, 11);
      const color = Uint16Array.from(at.depth, (d) => (d > 0 ? 0 : 1));
      splat(sheet, at, { radius: 2, color, colors: [RED, BLUE] });
      expect(Array.from(sheet.data.subarray(4 * 60, 4 * 60 + 4))).toEqual([200, 0, 0, 255]);
      expect(sheet.data[3]).toBe(0);
    }
  });
  it("far ones fade; hidden, outside and lost ones are left out; edges are cut", () => {
    const sheet = raster(11, 11);
    const fade = { into: [255, 255, 255] as const, most: 0.5 };
    splat(sheet, points([5, 5, -1], [50, 5, 1], [Number.NaN, 5, 0], [0, 0, 1], [9, 9, 1]), {
      radius: 1,
      color: Uint16Array.of(0, 0, 0, 1, HIDDEN),
      colors: [[0, 0, 0], BLUE],
      fade,
    });
    expect(sheet.data[4 * 60]).toBe(128);
    expect(Array.from(sheet.data.subarray(0, 4))).toEqual([0, 0, 200, 255]);
    expect(sheet.data[4 * (9 * 11 + 9) + 3]).toBe(0);
  });
  it("order is from far to near", () => {
    const { order, levels } = fromBehind(Float32Array.of(3, -1, 2, -4, 3));
    expect(Array.from(order)).toEqual([3, 1, 2, 0, 4]);
    expect([levels[3], levels[0]]).toEqual([0, 255]);
    expect(Array.from(fromBehind(Float32Array.of(0, 0)).levels)).toEqual([255, 255]);
  });
});

describe("sets and colours", () => {
  it("regions carry their picture's label, and are right where they speak for it", () => {
    const set = pointSet(made, made.frames[3]!, 2)!;
    expect(set.picture.length).toBe(6 * 16);
    expect(set.picture[17]).toBe(made.shown[1]);
    expect(set.label[17]).toBe(made.labels[made.shown[1]!]);
    const { key } = coloured("correctness", set, made.categories);
    expect(Array.from(key)).toEqual(Array.from(set.label, (l, i) => (l === set.mixture[i] ? 0 : 1)));
  });
  it("every colouring has a key for every point, also where there is no label", () => {
    for (const input of [made, madePatterns({ labelled: false })])
      for (const name of COLOURING_NAMES) {
        const { key, keys } = coloured(name, pointSet(input, input.frames[0]!, null)!, input.categories);
        expect(
          key.every((k) => k < keys.length),
          name,
        ).toBe(true);
      }
    const unlabelled = madePatterns({ labelled: false });
    const { keys } = coloured("label", pointSet(unlabelled, unlabelled.frames[0]!, null)!, made.categories);
    expect(keys.at(-1)?.name).toBe("none");
  });
  it("categories stand out from paper by day and by night, 3 : 1 (WCAG 2.2, 1.4.11)", () => {
    const light = ([r, g, b]: Rgb): number => {
      const [x, y, z] = [r, g, b].map((v) =>
        v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
    };
    const contrast = (a: Rgb, b: Rgb): number => {
      const [low, high] = [light(a), light(b)].sort((p, q) => p - q) as [number, number];
      return (high + 0.05) / (low + 0.05);
    };
    for (let c = 0; c < 24; c++)
      for (const paper of [
        [255, 255, 255],
        [27, 30, 36],
      ] as const)
        expect(contrast(categoryColor(c), paper), `category ${c} on ${paper}`).toBeGreaterThanOrEqual(3);
  });
  it("the reach leaves out the longest hundredth; directions have length 1, none stays none", () => {
    const points = new Float32Array(200 * 2);
    for (let i = 0; i < 200; i++) points[2 * i] = i + 1;
    expect(reachOf([points], 2)).toBe(198);
    expect(reachOf([new Float32Array(6)], 2)).toBe(1e-6);
    expect(Array.from(orientations(Float32Array.of(3, 4, 0, 0), 2)).map((v) => Number(v.toFixed(6)))).toEqual([
      0.6, 0.8, 0, 0,
    ]);
  });
});

describe("two frames", () => {
  const grids = (largest: readonly number[], winners: readonly number[]): PatternGrids => ({
    arrows: new Float32Array(3 * largest.length),
    largest: Float32Array.from(largest),
    winners: Int32Array.from(winners),
  });
  const before = grids([0.9, 0.9, 0.9, 0.1, 0.1, 0.5], [1, 1, 1, 1, 1, 1]);
  const after = grids([0.9, 0.9, 0.2, 0.9, 0.2, 0.51], [1, 2, 1, 1, 2, 1]);
  it("every region meets one fate; the threshold is strict", () => {
    expect([0, 1, 2, 3, 4, 5].map((p) => fateOf(before, after, p, 0.5))).toEqual([
      "kept",
      "turned",
      "lost",
      "gained",
      "never",
      "gained",
    ]);
    expect(fates(before, after, 0.5)).toEqual({ kept: 1, turned: 1, lost: 1, gained: 2, never: 1 });
    expect(fates(before, after, 0.5, 2, 4)).toEqual({ kept: 0, turned: 0, lost: 1, gained: 1, never: 0 });
  });
  it("as a table: one row a region, compared with the frame it began from or another", () => {
    const table = regionsTable(made, { frame: 2, layer: 1, picture: 4 });
    expect(table.count).toBe(16);
    const column = (name: string, from = table) => from.columns.find((c) => c.name === name)!.values;
    expect(new Set(column("against"))).toEqual(new Set(["epoch 10"]));
    expect(column("id")[0]).toBe(made.ids[made.shown[4]!]);
    const [now, then] = [made.frames[2]!.layers[1]!.grids, made.frames[0]!.layers[1]!.grids];
    const other = regionsTable(made, { frame: 2, layer: 1, picture: 4, against: 0 });
    expect(column("change", other)[5]).toBe(now.largest[4 * 16 + 5]! - then.largest[4 * 16 + 5]!);
    expect(regionsTable(made).count).toBe(4 * 3 * 6 * 16);
    expect(column("fate", regionsTable(made, { frame: 0 }))[0]).toBeNull();
  });
});

describe("plots and thumbnails", () => {
  it("stand on epochs where all frames have rising ones, else on numbers", () => {
    expect(frameAxis(made.frames)).toEqual({ label: "epoch", at: [5, 10, 15, 20] });
    expect(frameAxis([made.frames[1]!, made.frames[0]!])).toEqual({ label: "frame", at: [1, 2] });
    expect(frameAxis([{ ...made.frames[0]!, epoch: null }])).toEqual({ label: "frame", at: [1] });
  });
  it("have a line a layer with the values of the page's threshold; undefined ratios leave a gap", () => {
    const plot = growthPlots(made).find((p) => p.id === "knowledge-frames")!;
    expect(plot.lines.map((l) => l.label)).toEqual(["layer1.out", "layer2.out", "layer3.out"]);
    expect(plot.lines[2]!.values).toEqual(made.frames.map((f) => f.layers[2]!.knowledge[1]!.count));
    const ratios = growthPlots(madePatterns({ labelled: false })).map((p) => p.id);
    expect(ratios).not.toContain("ratio-frames");
  });
  it("thumbnails lie row by row on one sheet, and are halved where they are too many", async () => {
    const sheet = await thumbnailSheet(made.thumbnails, 60);
    expect([sheet.columns, sheet.width, sheet.height]).toEqual([8, 8, 8]);
    const big = { width: 64, height: 64, pixels: new Uint8Array(2100 * 64 * 64 * 3) };
    expect(await thumbnailSheet(big, 2100)).toMatchObject({ width: 32, height: 32 });
  });
});
