/** @file The emitted pipeline against the plain one, in every layout and for pictures of any size; and as a classifier like any other. */
import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain.ts";
import { encodePicture, plainScores } from "../../src/fisher/describe.ts";
import type { FisherPipeline } from "../../src/fisher/pipeline.ts";
import { encodingModel, pipelineModel } from "../../src/fisher/pipeline-graph.ts";
import { greyOf } from "../../src/fisher/sift.ts";
import { TOOLKIT_SIFT } from "../../src/fisher/sift-settings.ts";
import type { Model } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { loadModel } from "../../src/load.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import type { Device } from "../../src/runtime/session.ts";
import { expectWithin } from "./golden.ts";
import { drawnPipeline, flatPicture, picture, tensorOf } from "./pictures.ts";

async function ran(
  model: Model,
  output: string,
  images: readonly ImageU8[],
  device: Device = "cpu",
): Promise<Float32Array> {
  const session = await openSession(writeModelBytes(model), { threads: 1, device });
  try {
    return (await session.run({ image: tensorOf(images) }))[output]?.data as Float32Array;
  } finally {
    await session.dispose();
  }
}
const plain = (pipeline: FisherPipeline, images: readonly ImageU8[]): number[] =>
  images.flatMap((image) => [...plainScores(greyOf(image), image, pipeline)]);

const LAYOUTS = {
  "one cell": drawnPipeline(1, { components: 16, width: 12 }),
  "without weights": drawnPipeline(2, { components: 8, width: 12, zeroth: false }),
  coordinates: drawnPipeline(3, { components: 8, width: 10, spatial: "xy" }),
  pyramid: drawnPipeline(4, { components: 6, width: 8, spatial: "pyramid" }),
  "not quantised": drawnPipeline(5, { components: 8, width: 12, sift: { ...TOOLKIT_SIFT, quantised: false } }),
} as const;
const SIZE = { width: 78, height: 67 };
const images = [picture(31, SIZE), picture(32, SIZE), flatPicture(SIZE, 90)];
const tolerance = { atol: 5e-6, rtol: 0 };

describe("the emitted pipeline gives the scores of the plain one", () => {
  it.each(Object.entries(LAYOUTS))("%s, a size that is fixed and one that is free", async (_, pipeline) => {
    const wanted = plain(pipeline, images);
    expectWithin("fixed", await ran(pipelineModel(pipeline, SIZE), "scores", images), wanted, tolerance);
    const free = pipelineModel(pipeline);
    expectWithin("free", await ran(free, "scores", images), wanted, tolerance);
    const other = [picture(33, { width: 53, height: 94 })];
    expectWithin("another size", await ran(free, "scores", other), plain(pipeline, other), tolerance);
  });

  it("Phi has unit length", async () => {
    const { encoding } = LAYOUTS["one cell"];
    const [image] = images as [ImageU8];
    const phi = await ran(encodingModel(encoding, SIZE), "phi", [image]);
    expectWithin("Phi", phi, encodePicture(greyOf(image), SIZE, encoding).phi, { atol: 2e-4, rtol: 0 });
    expect(Math.hypot(...phi)).toBeCloseTo(1, 5);
  });

  it.each([
    ["a few frames of one size", { width: 26, height: 25 }],
    ["cells without frames", { width: 33, height: 41 }],
  ])("%s", async (_, size) => {
    for (const pipeline of [LAYOUTS["one cell"], LAYOUTS.coordinates, LAYOUTS.pyramid]) {
      const small = [picture(40, size), flatPicture(size, 0)];
      expectWithin(
        "small",
        await ran(pipelineModel(pipeline, size), "scores", small),
        plain(pipeline, small),
        tolerance,
      );
    }
  });

  it("cells without frames, a size that is free", async () => {
    const sift = { ...TOOLKIT_SIFT, sizes: [4] };
    const pipeline = drawnPipeline(7, { components: 5, width: 6, spatial: "pyramid", sift });
    const free = pipelineModel(pipeline);
    for (const size of [
      { width: 14, height: 13 },
      { width: 20, height: 16 },
      { width: 13, height: 41 },
    ]) {
      const small = [picture(41, size), picture(42, size)];
      expectWithin("free", await ran(free, "scores", small), plain(pipeline, small), tolerance);
    }
  });

  it("one descriptor, one Gaussian", async () => {
    const sift = { ...TOOLKIT_SIFT, sizes: [4] };
    const pipeline = drawnPipeline(6, { components: 1, width: 5, sift });
    const size = { width: 13, height: 13 };
    const one = [picture(50, size)];
    const wanted = plain(pipeline, one);
    expectWithin("one", await ran(pipelineModel(pipeline, size), "scores", one), wanted, tolerance);
  });

  it("in WASM as well", async () => {
    for (const pipeline of [LAYOUTS["one cell"], LAYOUTS.pyramid]) {
      const scores = await ran(pipelineModel(pipeline), "scores", images, "wasm");
      expectWithin("wasm", scores, plain(pipeline, images), tolerance);
    }
  });

  it("refuses a size that no descriptor fits", () => {
    expect(() => pipelineModel(LAYOUTS["one cell"], { width: 12, height: 40 })).toThrow(/too small/);
  });
});

describe("the emitted pipeline is a classifier like any other", () => {
  const preprocessing = {
    resize: { width: SIZE.width, height: SIZE.height },
    resample: "bilinear",
    channelOrder: "RGB",
    scale: 1 / 255,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    layout: "nchw",
  } as const;
  const size = [SIZE.height, SIZE.width] as const;
  const load = (pipeline: FisherPipeline) =>
    loadModel(writeModelBytes(pipelineModel(pipeline)), { labels: pipeline.labels, preprocessing });

  it("scores are found, occlusion runs", async () => {
    const pipeline = LAYOUTS.pyramid;
    await using model = await load(pipeline);
    const [image] = images as [ImageU8];
    const map = await explain(model, image, {
      method: "occlusion",
      target: 1,
      size,
      params: { patch: 24, stride: 24 },
    });
    expect(map.dims.slice(-2)).toEqual([SIZE.height, SIZE.width]);
    expect(map.values.some((v) => v !== 0)).toBe(true);
  });

  it("unless it quantises, it has a gradient", async () => {
    const pipeline = LAYOUTS["not quantised"];
    await using model = await load(pipeline);
    const [image] = images as [ImageU8];
    const map = await explain(model, image, { method: "gradient", target: 0, size });
    expect(map.dims.slice(-2)).toEqual([SIZE.height, SIZE.width]);
    expect(map.values.every(Number.isFinite)).toBe(true);
    expect(map.values.some((v) => v !== 0)).toBe(true);
  });
});
