/** @file Watching a metric on one picture: the numbers of `evaluate`, every question told, stopped when asked to. */
import { describe, expect, it } from "vitest";
import type { DataSet } from "../../src/data/dataset.ts";
import { loadItem } from "../../src/data/load-item.ts";
import { synthDataSet } from "../../src/data/synth/data-set.ts";
import { evaluate } from "../../src/evaluate/evaluate.ts";
import type { EvaluatedWindow } from "../../src/evaluate/options.ts";
import { watchMetric, watchMetrics } from "../../src/evaluate/watch.ts";
import type { Asked } from "../../src/evaluate/watch-options.ts";
import { type Explanation, explain, explainAll } from "../../src/explain.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { loadModel } from "../../src/load.ts";

const model = await loadModel("demo/shapes/");
const PICTURE = "tree 1.png";

async function drawn(): Promise<ImageU8> {
  for await (const item of synthDataSet({ count: 1, seed: 1001, splits: [0, 0, 1] }).items())
    return (await loadItem(item)).image;
  throw new Error("no picture");
}
const image = await drawn();
const only: DataSet = {
  name: "one",
  classes: undefined,
  count: 1,
  items: async function* () {
    yield { id: PICTURE, load: async () => image, label: undefined };
  },
  notes: [],
};

const METHODS = ["grad-cam", "gradient"] as const;
const METRICS = [
  "scg",
  "ccg",
  "scg rho=0.05 base=zero score=logit",
  "ccg rho=0.05 base=blur",
  "insertion",
  "deletion step=512",
  "morf steps=20",
  "lerf steps=20",
  "average-drop",
  "average-increase",
  "average-gain",
  "pixel-flipping features_in_step=1000",
  "irof",
  "road",
  "sparseness",
  "complexity",
  "completeness",
  "max-sensitivity nr_samples=3",
  "pointing-game",
];

const run = async (options: Partial<Parameters<typeof evaluate>[2]> = {}): Promise<EvaluatedWindow> => {
  const asked = { methods: METHODS, metrics: METRICS, baselines: false, seed: 7, ...options };
  for await (const window of evaluate(model, only, asked)) return window;
  throw new Error("no window");
};
/** Methods of one graph are explained together, as `evaluate` does. */
const mapsOf = async (options: { readonly batch?: number } = {}): Promise<readonly Explanation[]> =>
  (await explainAll(model, image, { methods: METHODS, seed: 7, ...options })).explanations;

const rowsOf = (found: Awaited<ReturnType<typeof watchMetrics>>) =>
  found.flatMap(({ map, metric, values }) =>
    Object.entries(values).map(([variant, v]) => ({
      name: `${map} ${metric} ${variant}`,
      value: typeof v === "number" ? v : null,
      reason: typeof v === "number" ? null : v.excluded,
    })),
  );

describe("watchMetrics", () => {
  it("gives the rows, curves and counts of evaluate, bit for bit, one image a run", async () => {
    const { rows, curves, tallies } = await run({ batch: 1 });
    const maps = (await mapsOf({ batch: 1 })).map((map) => ({ name: map.method, map }));
    const found = await watchMetrics(model, image, { maps, metrics: METRICS, seed: 7, batch: 1, id: PICTURE });
    expect(rows.length).toBeGreaterThan(2 * METRICS.length);
    expect(rows.filter((r) => r.value !== null).length).toBeGreaterThan(80);
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    expect(rowsOf(found).sort(byName)).toEqual(
      rows
        .map(({ method, metric, variant, value, reason }) => ({
          name: `${method} ${metric} ${variant}`,
          value,
          reason,
        }))
        .sort(byName),
    );
    expect(
      found.flatMap(({ map, metric, curves: own = {} }) =>
        Object.entries(own).map(([curve, values]) => ({ method: map, metric, curve, values: [...values] })),
      ),
    ).toEqual(curves.map(({ image: _, ...rest }) => rest));
    expect(
      found.flatMap(({ map, metric, counts = {} }) =>
        Object.entries(counts).map(([count, value]) => ({ method: map, metric, count, value })),
      ),
    ).toEqual(tallies.map(({ image: _, ...rest }) => rest));
  });

  it("gives the same within 1e-6 in batches of its own", async () => {
    const { rows } = await run();
    const maps = (await mapsOf()).map((map) => ({ name: map.method, map }));
    const found = rowsOf(await watchMetrics(model, image, { maps, metrics: METRICS, seed: 7, id: PICTURE }));
    const worst = rows.map(({ method, metric, variant, value, reason }) => {
      const own = found.find((f) => f.name === `${method} ${metric} ${variant}`);
      expect(own?.reason, `${method} ${metric} ${variant}`).toBe(reason);
      return value === null ? 0 : Math.abs(value - (own?.value as number)) / Math.max(1, Math.abs(value));
    });
    expect(Math.max(...worst)).toBeLessThan(1e-6);
  });

  it("looks at several maps together as an agreement does, and at baselines", async () => {
    const metrics = ["scg rho=0.25", "ccg rho=0.25", "insertion"];
    const { rows } = await run({ agreements: [["grad-cam", "gradient"]], metrics, baselines: true, batch: 1 });
    const [cam, gradient] = (await mapsOf({ batch: 1 })) as readonly [Explanation, Explanation];
    const maps = [
      { name: "grad-cam+gradient", map: [cam, gradient] },
      { name: "random", map: "random" },
      { name: "centre", map: "centre" },
      { name: "edges", map: "edges" },
    ] as const;
    const found = rowsOf(await watchMetrics(model, image, { maps, metrics, seed: 7, batch: 1, id: PICTURE }));
    expect(found.length).toBe(4 * 5);
    for (const { name, value, reason } of found) {
      const row = rows.find((r) => `${r.method} ${r.metric} ${r.variant}` === name);
      expect({ value, reason }).toEqual({ value: row?.value, reason: row?.reason });
    }
  });
});

describe("watchMetric", () => {
  it("tells every image as it is scored: what it is called, what it looks like, what the network says", async () => {
    const map = await explain(model, image, { method: "grad-cam" });
    const told: (Asked & { readonly seen: ImageU8 })[] = [];
    const { curves, counts, values } = await watchMetric(model, image, map, {
      metric: "ccg",
      params: { rho: 0.05, base: "blur" },
      onAsked: (asked) => told.push({ ...asked, seen: asked.picture() }),
    });
    expect(told.map((t) => t.step)).toEqual(told.map((_, i) => i));
    expect(told.slice(0, 2).map((t) => t.key)).toEqual(["image", "base:blur"]);
    const hybrids = told.slice(2);
    expect(hybrids.length).toBe((counts?.dilations_blur as number) + 1);
    expect(hybrids.every((t) => t.key?.startsWith("hybrid:blur:"))).toBe(true);
    expect(hybrids.map((t) => t.probability)).toEqual([...(curves?.blur ?? [])]);
    // the whole image is the picture that the network saw, byte for byte; a hybrid is it inside and the base image outside
    const [whole, base] = told.map((t) => t.seen) as [ImageU8, ImageU8];
    expect([...whole.data]).toEqual([...(map.picture as ImageU8).data]);
    const last = told.at(-1)?.seen as ImageU8;
    const from = last.data.map((v, i) => (v === whole.data[i] ? 1 : v === base.data[i] ? 2 : 0));
    expect(from.includes(0)).toBe(false);
    expect(typeof values.blur).toBe("number");
  });

  it("takes a heat map of one's own, of any size, and knows that it has no method", async () => {
    const map = await explain(model, image, { method: "grad-cam" });
    const [, h = 0, w = 0] = map.dims;
    const own = { dims: [1, h, w], data: Float64Array.from(map.values) };
    const asked = { metric: "insertion", params: { step: 256 } };
    const [theirs, ours] = [await watchMetric(model, image, map, asked), await watchMetric(model, image, own, asked)];
    expect(ours.values).toEqual(theirs.values);
    expect(ours.target).toBe(map.target);
    const { values } = await watchMetric(model, image, own, { metric: "max-sensitivity", params: { nr_samples: 3 } });
    expect(Object.values(values)).toEqual(
      Object.values(values).map(() => ({
        excluded: "a heat map of one's own has no method that could be asked again",
      })),
    );
    await expect(watchMetric(model, image, { dims: [2, 3], data: [1, 2] }, asked)).rejects.toMatchObject({
      code: "E_INPUT_SHAPE",
    });
    const nan = { dims: [2, 1], data: [Number.NaN, 1] };
    expect((await watchMetric(model, image, nan, asked)).values.auc).toEqual({
      excluded: "the map holds NaN or infinity",
    });
  });

  it("fills batches, and leaves others a turn between them", async () => {
    const map = await explain(model, image, { method: "grad-cam" });
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    let pictures = 0;
    const { counts } = await watchMetric(model, image, map, {
      metric: "deletion",
      params: { step: 16 },
      batch: 16,
      onAsked: () => pictures++,
    });
    clearInterval(timer);
    expect(pictures).toBe((counts?.steps as number) + 1);
    expect(pictures).toBeGreaterThan(200);
    expect(turns).toBeGreaterThan(5);
  });

  it("stops when asked to", async () => {
    const map = await explain(model, image, { method: "grad-cam" });
    const controller = new AbortController();
    let asked = 0;
    const watched = watchMetric(model, image, map, {
      metric: "deletion",
      params: { step: 8 },
      signal: controller.signal,
      onAsked: () => {
        if (++asked === 20) setTimeout(() => controller.abort());
      },
    });
    await expect(watched).rejects.toMatchObject({ code: "E_ABORTED" });
    expect(asked).toBeLessThan(100);
  });

  it("refuses contrasts, unknown parameters and twins in words", async () => {
    const contrast = await explain(model, image, { method: "grad-cam", target: "0-1" });
    await expect(watchMetric(model, image, contrast, { metric: "scg" })).rejects.toMatchObject({ code: "E_PARAM" });
    const map = await explain(model, image, { method: "grad-cam" });
    await expect(watchMetric(model, image, map, { metric: "scg", params: { rh: 1 } })).rejects.toMatchObject({
      code: "E_PARAM",
    });
    const maps = [
      { name: "a", map },
      { name: "a", map },
    ];
    await expect(watchMetrics(model, image, { maps, metrics: ["scg"] })).rejects.toThrow("called `a`");
  });
});
