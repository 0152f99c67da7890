/** @file Dense SIFT as a graph: the same numbers in ONNX Runtime, for fixed and free sizes, and a derivative. */
import { describe, expect, it } from "vitest";
import { close, extend, reverse } from "../../src/diff/emit.ts";
import { frameGrids, framesOf } from "../../src/fisher/frames.ts";
import { denseSift, greyOf } from "../../src/fisher/sift.ts";
import { emitGrey, emitSift } from "../../src/fisher/sift-graph.ts";
import { DESCRIPTOR_WIDTH, type SiftSettings, TOOLKIT_SIFT } from "../../src/fisher/sift-settings.ts";
import type { Dim } from "../../src/graph/dim.ts";
import { emptyGraph, newModel } from "../../src/graph/new-model.ts";
import type { Model } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { decodeImage } from "../../src/image/decode-node.ts";
import { builderOn } from "../../src/ops/infer.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import type { Device } from "../../src/runtime/session.ts";
import { cotangentsOf, walk } from "../diff/walk.ts";
import { dotOf, wave } from "../nets.ts";
import { absent, hasShared, readShared } from "../shared.ts";
import { expectWithin, goldenCase, MANIFEST } from "./golden.ts";

/** `grey` in; `d<size>`, `rows<size>`, `columns<size>` out. */
function siftModel(settings: SiftSettings, dims: readonly Dim[]): Model {
  const g = builderOn(emptyGraph("sift"), OPS);
  const grey = g.input("grey", "float32", dims);
  const outputs = emitSift(g, grey, settings).flatMap(({ size, descriptors, rows, columns }) => [
    g.alias(descriptors, `d${size}`),
    g.alias(rows, `rows${size}`),
    g.alias(columns, `columns${size}`),
  ]);
  return newModel(g.build(outputs));
}

/** Descriptors of all sizes, one after another, of the only picture. */
async function runSift(model: Model, grey: ArrayLike<number>, dims: readonly number[], device: Device = "cpu") {
  const session = await openSession(writeModelBytes(model), { threads: 1, device });
  const out = await session.run({ grey: { dtype: "float32", dims, data: Float32Array.from(grey) } });
  await session.dispose();
  const sizes = session.outputs.flatMap((name) => (name.startsWith("d") ? [Number(name.slice(1))] : []));
  const sides = sizes.map((s) => [out[`rows${s}`], out[`columns${s}`]].map((t) => Number(t?.data[0])));
  const parts = sizes.map((s) => out[`d${s}`]?.data as Float32Array);
  const rows = new Float32Array(parts.reduce((sum, p) => sum + p.length, 0));
  parts.reduce((at, p) => {
    rows.set(p, at);
    return at + p.length;
  }, 0);
  return { sizes, sides, rows, dims: sizes.map((s) => out[`d${s}`]?.dims) };
}

const differing = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let [count, worst] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    const d = Math.abs((a[i] as number) - (b[i] as number));
    if (d !== 0) count++;
    worst = Math.max(worst, d);
  }
  return { share: count / b.length, worst };
};

/** Float32 against float64 just above or below a whole number: the largest share of entries seen is 7.1e-6. */
const FLIPPED = 1e-4;

const pictureOf = (width: number, height: number, seed = 3): Float64Array =>
  Float64Array.from(wave(width * height, seed), (v) => 0.5 + 0.5 * v);

describe.skipIf(!hasShared(MANIFEST))(`emitted SIFT against reference code${absent(MANIFEST)}`, () => {
  it.each(["dense_sift_0", "dense_sift_1", "dense_sift_2"])("%s", async (id) => {
    const c = goldenCase(id);
    const [height, width] = c.shape("image_u8") as [number, number];
    const dims = [1, 1, height, width];
    const grey = c.array("image_u8").map((v) => v / 255);
    const found = await runSift(siftModel(TOOLKIT_SIFT, dims), grey, dims);
    const { share, worst } = differing(found.rows, c.array("descriptors_u8"));
    expect(worst).toBeLessThanOrEqual(1);
    expect(share).toBeLessThan(FLIPPED);
    expect(framesOf(frameGrids({ width, height }, TOOLKIT_SIFT)).length / 3).toBe(
      found.sides.reduce((sum, [rows = 0, columns = 0]) => sum + rows * columns, 0),
    );
  });

  it("grey", async () => {
    const c = goldenCase("rgb_to_gray");
    const [height, width] = c.shape("rgb_u8") as [number, number];
    const rgb = c.array("rgb_u8");
    const g = builderOn(emptyGraph("grey"), OPS);
    const planes = g.input("rgb", "float32", ["N", 3, "h", "w"]);
    const session = await openSession(writeModelBytes(newModel(g.build([g.alias(emitGrey(g, planes), "grey")]))));
    const data = Float32Array.from(rgb, (_, i) => {
      const [channel, place] = [Math.floor(i / (width * height)), i % (width * height)];
      return (rgb[3 * place + channel] as number) / 255;
    });
    const { grey } = await session.run({ rgb: { dtype: "float32", dims: [1, 3, height, width], data } });
    await session.dispose();
    expectWithin("grey", grey?.data as Float32Array, c.array("gray"), { atol: 2e-7, rtol: 0 });
  });
});

const PHOTOGRAPH = "images/imagenet-sample/n01629819_European_fire_salamander.jpg";

describe.skipIf(!hasShared(PHOTOGRAPH))(`emitted SIFT of a photograph${absent(PHOTOGRAPH)}`, () => {
  it("500 x 375: 73,866 descriptors, of which next to none differ", { timeout: 60_000 }, async () => {
    const image = await decodeImage(readShared(PHOTOGRAPH));
    const [grey, dims] = [greyOf(image), [1, 1, image.height, image.width]];
    const { rows } = await runSift(siftModel(TOOLKIT_SIFT, ["N", 1, "h", "w"]), grey, dims);
    expect(rows.length).toBe(73_866 * DESCRIPTOR_WIDTH);
    const { share, worst } = differing(rows, denseSift(grey, image, TOOLKIT_SIFT).descriptors);
    expect(share).toBeLessThan(FLIPPED);
    expect(worst).toBeLessThanOrEqual(1);
  });
});

describe("emitted SIFT beside the plain one", () => {
  const [width, height] = [41, 38];
  const grey = pictureOf(width, height);
  const dims = [1, 1, height, width];
  const smooth = { ...TOOLKIT_SIFT, quantised: false };
  const plain = denseSift(grey, { width, height }, smooth).descriptors;

  it.each(["cpu", "wasm"] as const)("free height and width on %s, without rounding", async (device) => {
    const { rows, dims: shapes, sides } = await runSift(siftModel(smooth, ["N", 1, "h", "w"]), grey, dims, device);
    expectWithin("descriptors", rows, plain, { atol: 1e-3, rtol: 0 });
    const grids = frameGrids({ width, height }, smooth);
    expect(sides).toEqual(grids.map((grid) => [grid.rows, grid.columns]));
    expect(shapes).toEqual(grids.map((grid) => [1, grid.rows * grid.columns, DESCRIPTOR_WIDTH]));
  });

  it("other sizes, step, window and magnification", async () => {
    const settings = { ...smooth, sizes: [3, 5, 7], step: 4, window: 2, magnification: 3 };
    const { rows } = await runSift(siftModel(settings, dims), grey, dims);
    expectWithin("descriptors", rows, denseSift(grey, { width, height }, settings).descriptors, {
      atol: 1e-3,
      rtol: 0,
    });
  });

  it("several pictures in a batch", async () => {
    const others = pictureOf(width, height, 4);
    const one = { ...smooth, sizes: [6] };
    const two = await runSift(siftModel(one, ["N", 1, "h", "w"]), [...grey, ...others], [2, 1, height, width]);
    const wanted = [grey, others].flatMap((p) => Array.from(denseSift(p, { width, height }, one).descriptors));
    expectWithin("descriptors", two.rows, wanted, { atol: 1e-3, rtol: 0 });
  });

  it("a flat picture gives zeros, and one slope in steps of 45 degrees its own orientation", async () => {
    const flat = await runSift(siftModel(TOOLKIT_SIFT, dims), new Float64Array(grey.length).fill(0.3), dims);
    expect(flat.rows.length).toBe(plain.length);
    expect(flat.rows.every((v) => v === 0)).toBe(true);
    const slopes = [
      [1, 0],
      [1, 1],
      [0, 1],
      [-1, 1],
      [-1, 0],
      [-1, -1],
      [0, -1],
      [1, -1],
    ] as const;
    for (const [t, [dx, dy]] of slopes.entries()) {
      const ramp = grey.map((_, i) => 0.5 + 0.01 * (dx * ((i % width) - 20) + dy * (Math.floor(i / width) - 19)));
      const { rows } = await runSift(siftModel({ ...smooth, sizes: [4] }, dims), ramp, dims);
      // row 4 and column 5 of 9 x 10: no border in sight
      const middle = rows.slice(45 * DESCRIPTOR_WIDTH, 46 * DESCRIPTOR_WIDTH);
      const energy = middle.reduce((sum, v) => sum + v * v, 0);
      const own = middle.reduce((sum, v, i) => sum + (i % 8 === t ? v * v : 0), 0);
      expect(own / energy, `orientation ${t}`).toBeGreaterThan(1 - 1e-6);
    }
  });

  it("sizes that do not fit are left out; a free size that does not fit is refused by the runtime", async () => {
    const emitted = (h: Dim, w: Dim): readonly number[] => {
      const g = builderOn(emptyGraph("sift"), OPS);
      return emitSift(g, g.input("grey", "float32", [1, 1, h, w]), TOOLKIT_SIFT).map((s) => s.size);
    };
    expect(emitted(31, 31)).toEqual([4, 6, 8, 10]);
    expect(emitted(31, 30)).toEqual([4, 6, 8]);
    expect(emitted(21, 500)).toEqual([]);
    expect(emitted("h", "w")).toEqual([4, 6, 8, 10]);
    const small = runSift(siftModel(TOOLKIT_SIFT, [1, 1, "h", "w"]), new Float32Array(20 * 20), [1, 1, 20, 20]);
    await expect(small).rejects.toMatchObject({ code: "E_RUNTIME" });
  });

  it("one frame", async () => {
    const one = { ...smooth, sizes: [4] };
    const picture = pictureOf(13, 13);
    const { rows, sides } = await runSift(siftModel(one, ["N", 1, "h", "w"]), picture, [1, 1, 13, 13]);
    expect(sides).toEqual([[1, 1]]);
    expectWithin("descriptor", rows, denseSift(picture, { width: 13, height: 13 }, one).descriptors, {
      atol: 1e-3,
      rtol: 0,
    });
  });
});

describe("the derivative of emitted SIFT", () => {
  const settings = { ...TOOLKIT_SIFT, sizes: [4], quantised: false };
  const side = 40;

  it("agrees with central differences, in float64", () => {
    const model = siftModel(settings, [1, 1, side, side]);
    const feeds = new Map([["grey", num("float32", [1, 1, side, side], pictureOf(side, side))]]);
    const from = cotangentsOf(model, feeds, ["d4"]);
    const gradient = walk(model, { feeds, from, to: ["grey"] }).gradients.get("grey")?.data as Float64Array;
    const along = wave(side * side, 70);
    // small enough to pass none of the kinks: octants, the clamp at 0.2
    const step = 1e-7;
    const at = (t: number): number => {
      const moved = pictureOf(side, side).map((v, i) => v + t * (along[i] as number));
      const values = interpret(model.graph, new Map([["grey", num("float32", [1, 1, side, side], moved)]]), OPS, [
        "d4",
      ]);
      return dotOf(values.get("d4")?.data as Float64Array, from.get("d4")?.data as Float64Array);
    };
    const measured = (at(step) - at(-step)) / (2 * step);
    expect(Math.abs(measured)).toBeGreaterThan(100);
    expect(dotOf(gradient, along) / measured).toBeCloseTo(1, 5);
  });

  it("is finite on a flat picture and on straight edges, in ONNX Runtime", async () => {
    const model = siftModel({ ...settings, contrast: 0 }, [1, 1, side, side]);
    const g = extend(model, OPS);
    const seed = g.input("dy", "float32", [1, "frames", DESCRIPTOR_WIDTH]);
    const { cotangents } = reverse({
      g,
      nodes: model.graph.nodes,
      ops: OPS,
      from: new Map([["d4", seed]]),
      to: ["grey"],
    });
    const gradient = cotangents.get("grey");
    if (!gradient) throw new Error("nothing flows back");
    const session = await openSession(writeModelBytes(close(model, g, [g.alias(gradient, "d")])), { threads: 1 });
    const frames = frameGrids({ width: side, height: side }, settings).reduce((sum, f) => sum + f.rows * f.columns, 0);
    const dy = {
      dtype: "float32",
      dims: [1, frames, DESCRIPTOR_WIDTH],
      data: wave(frames * DESCRIPTOR_WIDTH),
    } as const;
    const run = async (value: (i: number) => number): Promise<Float32Array> => {
      const data = Float32Array.from({ length: side * side }, (_, i) => value(i));
      const out = await session.run({ grey: { dtype: "float32", dims: [1, 1, side, side], data }, dy });
      return out.d?.data as Float32Array;
    };
    expect((await run(() => 0.5)).every((v) => v === 0)).toBe(true);
    const edge = await run((i) => (i % side < 20 ? 0.2 : 0.7));
    expect(edge.every(Number.isFinite)).toBe(true);
    expect(edge.some((v) => v !== 0)).toBe(true);
    await session.dispose();
  });

  it("is nothing where descriptors are quantised", () => {
    const model = siftModel({ ...settings, quantised: true }, [1, 1, side, side]);
    const feeds = new Map([["grey", num("float32", [1, 1, side, side], pictureOf(side, side))]]);
    const { gradients } = walk(model, { feeds, from: cotangentsOf(model, feeds, ["d4"]), to: ["grey"] });
    expect(gradients.get("grey")).toBeNull();
  });
});
