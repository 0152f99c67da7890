/**
 * @file Maps that say nothing: a method that gives NaN for one picture, a picture whose map is the same everywhere. No metric makes
 * a number of them, the run goes on, and its report opens.
 */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { DataItem } from "../../src/data/dataset.ts";
import { PRESETS, withInputSize } from "../../src/image/presets.ts";
import { type EvaluationRun, loadModel, type ResultRow, readTable, rowsOf, runEvaluation } from "../../src/index.ts";
import type { Metric } from "../../src/metrics/metric.ts";
import type { Summary } from "../../src/metrics/summary.ts";
import { METRICS } from "../../src/metrics/table.ts";
import { CONSTANT, NOT_FINITE } from "../../src/metrics/usable-map.ts";
import { netBytes, wave } from "../nets.ts";
import { dataOf, itemOf, picture } from "./toys.ts";

const SIZE = 8;
/** Positive weights, all different: gradients are no even map. */
const weights = (count: number, seed: number): Float32Array => wave(count, seed).map((v) => 1.5 + v);

/**
 * Scores are weighted square roots of what is positive. Black gives 0 everywhere, where the root is finite and its slope is not:
 * the gradient is 0 x infinity.
 */
const rootNet = netBytes(["N", 3, SIZE, SIZE], ({ g, x, w }) => {
  const seen = g.alias(g.op("Relu", [g.op("Conv", [x, w([4, 3, 1, 1], weights(12, 2))])]), "features");
  const root = g.op("Flatten", [g.op("Sqrt", [seen])], { axis: 1 });
  return { scores: g.op("Gemm", [root, w([4, 4 * SIZE * SIZE], wave(16 * SIZE * SIZE, 4)), w([4])], { transB: 1 }) };
});
/** Every pixel counts the same: the gradient is one number everywhere. */
const evenNet = netBytes(["N", 3, SIZE, SIZE], ({ g, x, w }) => {
  const mean = g.op("ReduceMean", [x, g.ints([1, 2, 3])], { keepdims: 0 });
  const column = g.op("Unsqueeze", [mean, g.ints([1])]);
  return { scores: g.op("Gemm", [column, w([4, 1], [1, 2, 3, -1]), w([4])], { transB: 1 }) };
});

const DARK = "image-0002";
const mask = async () => ({
  ...{ width: SIZE, height: SIZE, channels: 1 as const },
  data: Uint8Array.from({ length: SIZE * SIZE }, (_, i) => (i % SIZE < 3 ? 255 : 0)),
});
const boxes = [{ x0: 0, y0: 0, x1: 3, y1: SIZE }];
const item = (i: number): DataItem =>
  itemOf(i, {
    mask,
    boxes,
    load: async () => {
      const drawn = picture(i + 1, SIZE);
      return itemOf(i).id === DARK ? { ...drawn, data: new Uint8Array(drawn.data.length) } : drawn;
    },
  });
const ITEMS = Array.from({ length: 4 }, (_, i) => item(i));

/** The whole table. */
const asked = Object.keys(METRICS);
const idOf = (metric: string): string => metric.split(" ")[0] as string;

interface Read {
  readonly run: EvaluationRun;
  readonly rows: readonly ResultRow[];
  readonly file: (name: string) => string;
}
async function measured(
  bytes: Uint8Array,
  options: { readonly methods: readonly string[]; readonly agreements?: readonly (readonly string[])[] },
): Promise<Read> {
  const folder = join(mkdtempSync(join(tmpdir(), "onnxplain-nan-")), "run");
  const model = await loadModel(bytes);
  const preprocessing = withInputSize(PRESETS.unit, { width: SIZE, height: SIZE });
  const asks = { ...options, metrics: asked, window: 3, folder, preprocessing };
  const run = await runEvaluation(model, dataOf(ITEMS), asks);
  await model.dispose();
  const table = await readTable(Uint8Array.from(readFileSync(join(folder, "results.parquet"))));
  return {
    run,
    rows: rowsOf(table) as unknown as readonly ResultRow[],
    file: (name) => readFileSync(join(folder, name), "utf8"),
  };
}

/** Every variant of every metric, for every map of every image. */
const expectWhole = ({ rows }: Read, maps: readonly string[]): void => {
  const variants = Object.values<Metric>(METRICS).reduce((n, m) => n + m.variants.length, 0);
  expect(new Set(rows.map((r) => r.method))).toEqual(new Set(maps));
  expect(rows).toHaveLength(ITEMS.length * maps.length * variants);
  for (const { value, reason } of rows) {
    expect(value === null).toBe(reason !== null);
    if (value !== null) expect(Number.isFinite(value)).toBe(true);
    else expect(reason).not.toBe("");
  }
};

describe("a method that gives NaN for one picture", () => {
  let read: Read;
  beforeAll(async () => {
    read = await measured(rootNet, {
      methods: ["gradient", "input-x-gradient", "occlusion patch=4 stride=4"],
      agreements: [["gradient", "occlusion patch=4 stride=4"]],
    });
  }, 120_000);
  const broken = ["gradient", "input-x-gradient"];
  const own = [...broken, "occlusion patch=4 stride=4"];
  const joint = "gradient+occlusion patch=4 stride=4";

  it("has a row for everything: a number, or a reason", () => {
    expectWhole(read, [...own, joint, ...own.map((m) => `${m} inverted`), "random", "centre", "edges"]);
  });

  it("no metric makes a number of it, upside down or joined with another map", () => {
    const spoilt = [...broken, ...broken.map((m) => `${m} inverted`), joint];
    const rows = read.rows.filter((r) => r.image === DARK && spoilt.includes(r.method));
    expect(new Set(rows.map((r) => idOf(r.metric)))).toEqual(new Set(Object.keys(METRICS)));
    expect(new Set(rows.map((r) => r.method))).toEqual(new Set(spoilt));
    for (const r of rows) expect([r.value, r.reason]).toEqual([null, NOT_FINITE]);
  });

  it("the other pictures, and the other maps of that picture, are measured", () => {
    const values = (image: string, method: string) =>
      read.rows.filter((r) => r.image === image && r.method === method && r.value !== null).length;
    for (const { id } of ITEMS) {
      for (const method of ["random", "centre"]) expect(values(id, method), `${id} ${method}`).toBeGreaterThan(20);
      if (id !== DARK) for (const method of own) expect(values(id, method), `${id} ${method}`).toBeGreaterThan(20);
    }
  });

  it("is logged once for each picture and method", () => {
    const failures = JSON.parse(read.file("failures.json")) as readonly Readonly<Record<string, unknown>>[];
    expect(failures).toEqual(read.run.failures);
    expect(failures.map(({ image, method, code }) => [image, method, code])).toEqual(
      broken.map((method) => [DARK, method, "E_NUMERIC"]),
    );
    for (const { message } of failures) expect(message).toMatch(/NaN/);
  });

  it("is in no mean, and counted with its reason", () => {
    const { cells } = JSON.parse(read.file("summary.json")) as Summary;
    for (const cell of cells.filter((c) => broken.includes(c.method)))
      expect(cell.reasons[NOT_FINITE], `${cell.metric} ${cell.variant}`).toBe(1);
    const mass = cells.find(
      (c) => c.metric === "relevance-mass" && c.variant === "absolute" && c.method === "gradient",
    );
    expect(mass).toMatchObject({ n: ITEMS.length - 1, excluded: 1 });
  });

  it("the report opens and tells", () => {
    const page = read.file("report.html");
    expect(page).toContain("What failed");
    expect(page).toContain(`<strong>${DARK}, gradient</strong> <code>E_NUMERIC</code>`);
    expect(page).toContain(NOT_FINITE);
    expect(page.replace(/<script>[\s\S]*<\/script>/, "").replaceAll(/NaN or infinity/gi, "")).not.toMatch(
      /NaN|Infinity|undefined|>null</,
    );
  });
});

/** What a constant map may be asked: whether values add up does not depend on where they lie. */
const SUMS = ["completeness"];

describe("a map that is the same everywhere", () => {
  let read: Read;
  beforeAll(async () => {
    read = await measured(evenNet, { methods: ["gradient"] });
  }, 120_000);

  it("scores under no metric, whatever the picture", () => {
    expectWhole(read, ["gradient", "gradient inverted", "random", "centre", "edges"]);
    const flat = read.rows.filter((r) => r.method === "gradient" || r.method === "gradient inverted");
    for (const r of flat)
      if (!SUMS.includes(idOf(r.metric)))
        expect([r.metric, r.variant, r.value, r.reason]).toEqual([r.metric, r.variant, null, CONSTANT]);
    expect(new Set(flat.map((r) => idOf(r.metric)))).toEqual(new Set(Object.keys(METRICS)));
  });

  it("asks nothing of the network for it", () => {
    const { metrics } = read.run.work;
    const [blind, even] = [3, 2];
    for (const name of asked.filter((m) => !SUMS.includes(idOf(m)))) {
      const { measured: maps = 0, asking = 0 } = metrics[name] ?? {};
      expect(asking, name).toBeLessThanOrEqual(blind * ITEMS.length);
      expect(maps, name).toBeLessThanOrEqual((blind + even) * ITEMS.length);
    }
  });

  it("an even picture has no edges: that baseline is left out too", () => {
    const edges = read.rows.filter((r) => r.image === DARK && r.method === "edges");
    expect(edges.filter((r) => r.value !== null)).toEqual([]);
    expect(new Set(edges.map((r) => r.reason))).toContain(CONSTANT);
  });

  it("is no failure, and the report opens", () => {
    expect(read.run.failures).toEqual([]);
    const { cells } = JSON.parse(read.file("summary.json")) as Summary;
    for (const cell of cells.filter((c) => c.method === "gradient" && !SUMS.includes(idOf(c.metric))))
      expect(cell).toMatchObject({ n: 0, mean: null, rank: null, reasons: { [CONSTANT]: ITEMS.length } });
    expect(read.file("report.html")).toContain(CONSTANT);
  });
});
