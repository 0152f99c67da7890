/** @file Evaluating over a data set: shared questions, order, counts, failures. */
import { describe, expect, it, vi } from "vitest";
import type { DataSet } from "../../src/data/dataset.ts";
import { evaluate } from "../../src/evaluate/evaluate.ts";
import type { EvaluatedWindow, EvaluateOptions } from "../../src/evaluate/options.ts";
import { addWork, NO_WORK } from "../../src/evaluate/work.ts";
import { explain, loadModel } from "../../src/index.ts";
import type * as Ort from "../../src/runtime/ort-node.ts";
import { reset, watch } from "../explain/spy.ts";
import { nhwcNet, open, smoothNet } from "../methods/nets.ts";
import { again, boxed, broken, dataOf, failing, itemOf, masked, picture, three, toys, walk } from "./toys.ts";

vi.mock("#ort", async (original) => (await import("../explain/spy.ts")).watched(await original<typeof Ort>()));

const all = async (data: DataSet, options: Partial<EvaluateOptions> = {}, bytes = smoothNet) => {
  const windows: EvaluatedWindow[] = [];
  const asked = { methods: ["gradient"], metrics: [three].map((metric) => ({ metric })), ...options };
  for await (const w of evaluate(await open(bytes), data, asked)) windows.push(w);
  return {
    windows,
    rows: windows.flatMap((w) => w.rows),
    failures: windows.flatMap((w) => w.failures),
    work: windows.reduce((sum, w) => addWork(sum, w.work), NO_WORK),
  };
};

describe("evaluate", () => {
  it("orders rows by image, method, metric, variant", async () => {
    const { rows } = await all(toys(3), {
      methods: ["gradient", "grad-cam"],
      agreements: [["gradient", "grad-cam"]],
      metrics: [{ metric: walk }, { metric: three }],
      window: 2,
    });
    const methods = [
      "gradient",
      "grad-cam",
      "gradient+grad-cam",
      "gradient inverted",
      "grad-cam inverted",
      "random",
      "centre",
      "edges",
    ];
    const expected = [0, 1, 2].flatMap((i) =>
      methods.flatMap((m) => ["walk value", "three value", "three sum"].map((v) => `image-000${i} ${m} ${v}`)),
    );
    expect(rows.map((r) => `${r.image} ${r.method} ${r.metric} ${r.variant}`)).toEqual(expected);
    expect(rows.every((r) => r.value !== null && r.reason === null)).toBe(true);
  });

  it("counts every forward image: asked, saved, run", async () => {
    const { work, rows } = await all(toys(5), { window: 2, batch: 4 });
    // 5 images x 5 maps (gradient, inverted, three blind) x 3 questions; the image itself and the negative are shared
    const maps = 25;
    expect(rows.length).toBe(2 * maps);
    expect(work.metrics).toEqual({ three: { measured: maps, asking: maps, scores: 3 * maps, maps: 0 } });
    expect(work.scores).toEqual({ asked: 75, saved: maps + 20, run: 30 });
    expect(work.predictions).toBe(5);
  });

  it("asks exactly 3 forward images for each map of scg", async () => {
    const { work } = await all(toys(4), { methods: ["gradient", "grad-cam"], metrics: ["scg rho=0.25 base=blur"] });
    // 4 images x (2 methods, 2 inverted, 3 blind)
    expect(work.metrics["scg rho=0.25 base=blur"]).toEqual({ measured: 28, asking: 28, scores: 84, maps: 0 });
    expect(work.scores.asked).toBe(work.scores.saved + work.scores.run);
    // a hybrid for each map, and one blurred image for each picture, unless two masks agree
    expect(work.scores.run).toBeLessThanOrEqual(28 + 4);
  });

  it("replaces weights where a metric asks for it", async () => {
    const { rows, work } = await all(toys(2), { metrics: ["model-randomization"], baselines: false });
    expect(rows.filter((r) => r.value !== null).length).toBeGreaterThan(0);
    expect(work.maps.run).toBeGreaterThan(0);
  });

  it("runs exactly what it counts, in full batches", async () => {
    const model = await loadModel(smoothNet);
    reset();
    let run = 0;
    const options = { methods: ["gradient"], metrics: [{ metric: walk, params: { steps: 5 } }], window: 4, batch: 4 };
    for await (const w of evaluate(model, toys(4), options)) run += w.work.scores.run;
    expect(run).toBe(4 * 5 * 5);
    // predictions, gradients, then 20 coroutines of 5 questions each
    expect(watch.rows.reduce((a, b) => a + b, 0)).toBe(4 + 4 + 100);
    expect(watch.rows.filter((n) => n < 4)).toEqual([]);
    await model.dispose();
  });

  it("gives the same numbers whatever the batch and the window", async () => {
    const metrics = [{ metric: three }, { metric: walk }, { metric: again }];
    const runs = await Promise.all(
      [
        { batch: 1, window: 1 },
        { batch: 7, window: 3 },
        { batch: 16, window: 16 },
      ].map((o) => all(toys(6), { ...o, metrics, methods: ["gradient", "smoothgrad nt_samples=3"] })),
    );
    const [first, ...others] = runs;
    for (const other of others) {
      expect(other.rows.map((r) => [r.image, r.method, r.metric, r.variant])).toEqual(
        first?.rows.map((r) => [r.image, r.method, r.metric, r.variant]),
      );
      other.rows.forEach((r, i) => {
        expect(r.value).toBeCloseTo(first?.rows[i]?.value as number, 4);
      });
    }
  });

  it("gives the same bits again, and from any window on", async () => {
    const options = { metrics: [{ metric: three }, { metric: walk }], window: 2, batch: 3 };
    const [a, b, tail] = [
      await all(toys(7), options),
      await all(toys(7), options),
      await all(toys(7), { ...options, skip: 2 }),
    ];
    expect(b.rows).toEqual(a.rows);
    expect(tail.windows.map((w) => w.index)).toEqual([2, 3]);
    expect(tail.rows).toEqual(a.windows.slice(2).flatMap((w) => w.rows));
  });

  it("answers for maps of other images with what the method says of them", async () => {
    const model = await open(smoothNet);
    const { rows, work } = await all(toys(1), { metrics: [{ metric: again }], baselines: false });
    const spec = model.preprocessing(model.classifier()).spec;
    const map = await explain(model, picture(1), { method: "gradient" });
    const { preprocess } = await import("../../src/image/preprocess.ts");
    const { withInputSize } = await import("../../src/image/presets.ts");
    const x = preprocess(picture(1), withInputSize(spec, { width: 8, height: 8 })).data;
    const other = await explain(
      model,
      { dims: [1, 3, 8, 8], data: x.map((v) => -v) },
      { method: "gradient", target: map.target },
    );
    const joined = (values: Float32Array) =>
      Array.from({ length: 64 }, (_, i) => [0, 1, 2].reduce((s, c) => s + (values[c * 64 + i] as number), 0));
    const want = joined(map.values).reduce((s, v, i) => s + v * (joined(other.values)[i] as number), 0);
    expect(rows[0]?.value).toBeCloseTo(want, 4);
    expect(work.maps).toEqual({ asked: 2, saved: 1, run: 1 });
  });

  it("logs what cannot be read and goes on; rows of the others do not move", async () => {
    const good = await all(toys(6), { window: 3 });
    const items = Array.from({ length: 6 }, (_, i) => (i === 1 || i === 4 ? broken(i) : itemOf(i)));
    const bad = await all(dataOf(items), { window: 3 });
    expect(bad.failures).toEqual(
      [1, 4].map((i) => ({
        image: `image-000${i}`,
        method: null,
        code: "E_IMAGE_READ",
        message: "The picture is cut off.",
      })),
    );
    expect(bad.windows.map((w) => w.images.length)).toEqual([3, 3]);
    expect(bad.work.failed).toBe(2);
    const rest = good.rows.filter((r) => !/[14]$/.test(r.image));
    expect(bad.rows.map((r) => r.image)).toEqual(rest.map((r) => r.image));
    bad.rows.forEach((r, i) => {
      expect(r.value).toBeCloseTo(rest[i]?.value as number, 5);
    });
  });

  it("excludes, with a reason, what a metric cannot measure", async () => {
    const { rows } = await all(toys(5), { metrics: [{ metric: failing }, { metric: masked }], baselines: false });
    expect(rows.filter((r) => r.metric === "failing").map((r) => r.reason)).toEqual([
      null,
      null,
      null,
      "E_NUMERIC: three is too many",
      "not a finite number",
    ]);
    expect(new Set(rows.filter((r) => r.metric === "masked").map((r) => r.reason))).toEqual(
      new Set(["the data has no mask"]),
    );
  });

  it("carries masks, and says why one is missing", async () => {
    const mask = (size: number, inside: (i: number) => boolean) => async () => ({
      width: size,
      height: size,
      channels: 1 as const,
      data: Uint8Array.from({ length: size * size }, (_, i) => (inside(i) ? 255 : 0)),
    });
    const items = [
      itemOf(0, { mask: mask(8, (i) => i < 16) }),
      itemOf(1, { mask: mask(9, (i) => i < 16) }),
      itemOf(2, { mask: mask(8, () => false) }),
      itemOf(3, { load: async () => picture(3, 16), mask: mask(16, (i) => i < 64) }),
    ];
    const { rows, failures } = await all(dataOf(items), { metrics: [{ metric: masked }], baselines: false });
    expect(rows.map((r) => r.value ?? r.reason)).toEqual([
      16,
      "the mask cannot be used (E_INPUT_SHAPE)",
      "nothing of the mask lies within what the network sees",
      16,
    ]);
    expect(failures.map((f) => [f.image, f.code])).toEqual([["image-0001", "E_INPUT_SHAPE"]]);
  });

  it("measures in the boxes of the target's class, and in those that name none", async () => {
    const box = (x1: number, of: { readonly index?: number; readonly name?: string } = {}) => ({
      x0: 0,
      y0: 0,
      x1,
      y1: 1,
      ...of,
    });
    const items = [
      itemOf(0, { boxes: [box(1), box(2, { index: 0 }), box(4, { index: 1 })] }),
      itemOf(1, { boxes: [box(1), box(2, { index: 0 }), box(4, { index: 1 })] }),
      itemOf(2, { boxes: [box(4, { index: 1 }), box(4, { name: "unheard of" })] }),
    ];
    const { rows } = await all(dataOf(items), { metrics: [{ metric: boxed }], target: "label", baselines: false });
    expect(rows.map((r) => r.value ?? r.reason)).toEqual([3, 5, "the boxes are of other classes than the target"]);
  });

  it("explains the label when asked to, and logs images that have none", async () => {
    const items = [itemOf(0), itemOf(1, { label: undefined }), itemOf(2), itemOf(3, { label: { index: 99 } })];
    const { rows, failures } = await all(dataOf(items), { target: "label", baselines: false });
    expect(rows.map((r) => [r.image, r.target, r.label])).toEqual([
      ["image-0000", 0, 0],
      ["image-0000", 0, 0],
      ["image-0002", 2, 2],
      ["image-0002", 2, 2],
    ]);
    expect(failures.map((f) => f.code)).toEqual(["E_TARGET_UNKNOWN", "E_TARGET_UNKNOWN"]);
    await expect(all(toys(1), { target: "1-2" })).rejects.toMatchObject({ code: "E_PARAM" });
  });

  it("reads no more images ahead than a window", async () => {
    let read = 0;
    const items = Array.from({ length: 40 }, (_, i) =>
      itemOf(i, {
        load: async () => {
          read++;
          return picture(i + 1);
        },
      }),
    );
    const model = await open(smoothNet);
    let windows = 0;
    const options = { methods: ["gradient"], metrics: [{ metric: three }], window: 4, skip: 1, limit: 30 };
    for await (const w of evaluate(model, dataOf(items), options)) {
      windows++;
      expect(read).toBeLessThanOrEqual(4 * (windows + 1));
      expect(w.images.length).toBe(w.index === 7 ? 2 : 4);
    }
    expect([windows, read]).toEqual([7, 26]);
  });

  it("stops at a signal", async () => {
    const stop = new AbortController();
    const run = async () => {
      for await (const w of evaluate(await open(smoothNet), toys(20), {
        methods: ["gradient"],
        metrics: [{ metric: walk }],
        window: 2,
        signal: stop.signal,
      }))
        if (w.index === 1) stop.abort();
    };
    await expect(run()).rejects.toMatchObject({ code: "E_ABORTED" });
  });

  it("sees pixels and input of a channels-last network alike", async () => {
    const seen: boolean[] = [];
    const probe = {
      ...three,
      id: "probe",
      *run(image: Parameters<typeof three.run>[0]) {
        const back = image.toInput(image.pixels);
        seen.push(back.every((v, i) => v === image.x[i]));
        return { values: { value: image.map.length } };
      },
    };
    const items = [itemOf(0, { load: async () => picture(1, 6) })];
    const { rows } = await all(dataOf(items), { metrics: [{ metric: probe }], baselines: false }, nhwcNet);
    expect(seen).toEqual([true]);
    expect(rows[0]?.value).toBe(36);
  });
});
