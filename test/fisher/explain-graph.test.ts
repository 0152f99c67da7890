/** @file The emitted explanation against the plain one: scores, dimensions, descriptors, pixels, and the sums that must hold. */
import { describe, expect, it } from "vitest";
import { encodePicture } from "../../src/fisher/describe.ts";
import { EXPLANATION, type ExplanationOptions, explanationModel } from "../../src/fisher/explain-graph.ts";
import { type FisherPipeline, vectorWidth } from "../../src/fisher/pipeline.ts";
import { pixelRelevance } from "../../src/fisher/pixel-relevance.ts";
import { descriptorRelevance, dimensionRelevance } from "../../src/fisher/relevance.ts";
import { greyOf } from "../../src/fisher/sift.ts";
import { TOOLKIT_SIFT } from "../../src/fisher/sift-settings.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import type { ImageU8 } from "../../src/image/types.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { sum } from "./fixtures.ts";
import { drawnPipeline, flatPicture, picture, tensorOf } from "./pictures.ts";

const SIZE = { width: 62, height: 57 };
const images = [picture(61, SIZE), picture(62, SIZE)];

/** w and b of class 1. */
function classOf({ encoding, classifiers }: FisherPipeline) {
  const width = vectorWidth(encoding);
  return { weights: classifiers.weights.slice(width, 2 * width), bias: classifiers.biases[1] as number };
}

async function emitted(pipeline: FisherPipeline, options: ExplanationOptions, pictures: readonly ImageU8[]) {
  const { weights, bias } = classOf(pipeline);
  const [size] = pictures as readonly [ImageU8];
  const session = await openSession(writeModelBytes(explanationModel(pipeline.encoding, options, size)), {
    threads: 1,
  });
  try {
    const results = await session.run({
      [EXPLANATION.image]: tensorOf(pictures),
      [EXPLANATION.weights]: { dtype: "float32", dims: [1, weights.length], data: Float32Array.from(weights) },
      [EXPLANATION.bias]: { dtype: "float32", dims: [1], data: Float32Array.of(bias) },
    });
    return (output: string, at: number): Float32Array => {
      const { dims, data } = results[output] as (typeof results)[string];
      const own = data.length / (dims[0] as number);
      return (data as Float32Array).subarray(at * own, (at + 1) * own);
    };
  } finally {
    await session.dispose();
  }
}

function plain(pipeline: FisherPipeline, { variant, epsilon, area }: ExplanationOptions, image: ImageU8) {
  const { weights, bias } = classOf(pipeline);
  const { described, fisher, phi } = encodePicture(greyOf(image), image, pipeline.encoding);
  const dimensions = dimensionRelevance(weights, bias, phi);
  const shared = descriptorRelevance(described, pipeline.encoding, fisher, dimensions, { variant, epsilon });
  return {
    ...shared,
    dimensions,
    score: sum(dimensions),
    pixels: pixelRelevance(shared.values, described.grids, image, area),
  };
}

/** Largest difference, as a share of the largest wanted value. */
function expectNear(label: string, got: ArrayLike<number>, wanted: ArrayLike<number>, within: number): void {
  expect(got.length, label).toBe(wanted.length);
  const scale = Math.max(...Array.from(wanted, Math.abs));
  const worst = Math.max(...Array.from(wanted, (v, i) => Math.abs(v - (got[i] as number))));
  expect(worst / scale, `${label}: ${worst} of ${scale}`).toBeLessThan(within);
}

/** Not quantised: where float32 and float64 truncate one entry differently, the one descriptor's share moves by 1e-3. */
const sift = { ...TOOLKIT_SIFT, quantised: false };
const LAYOUTS = {
  "one cell": drawnPipeline(1, { components: 16, width: 12, sift }),
  "without weights": drawnPipeline(2, { components: 8, width: 12, zeroth: false, sift }),
  coordinates: drawnPipeline(3, { components: 8, width: 10, spatial: "xy", sift }),
  pyramid: drawnPipeline(4, { components: 6, width: 8, spatial: "pyramid", sift }),
} as const;
/** The smaller the sums that are divided by, the more of float32 shows in single shares; their sum is not touched by it. */
const OPTIONS: readonly (ExplanationOptions & { readonly within: number })[] = [
  { variant: "epsilon", within: 5e-5 },
  { variant: "epsilon", epsilon: 1, area: "5s-1", within: 5e-4 },
  { variant: "plain", within: 1e-2 },
];

describe.each(Object.entries(LAYOUTS))("emitted explanation: %s", (_, pipeline) => {
  it.each(OPTIONS)("$variant $epsilon $area", async ({ within, ...options }) => {
    const found = await emitted(pipeline, options, images);
    images.forEach((image, i) => {
      const wanted = plain(pipeline, options, image);
      expect(found("scores", i)[0]).toBeCloseTo(wanted.score, 5);
      expectNear("R3", found("dimensions", i), wanted.dimensions, 2e-5);
      expectNear("R2", found("descriptors", i), wanted.values, within);
      expectNear("R1", found("pixels", i), wanted.pixels, within);
      const scale = sum(wanted.values.map(Math.abs));
      expect(Math.abs(sum(found("descriptors", i)) - wanted.expected) / scale).toBeLessThan(1e-5);
      expect(Math.abs(sum(found("pixels", i)) - sum(found("descriptors", i))) / scale).toBeLessThan(1e-6);
    });
  });
});

describe("emitted explanation", () => {
  it("a flat picture and one whose descriptors are whole numbers: sums hold", async () => {
    const pipeline = drawnPipeline(8, { components: 12, width: 10 });
    for (const variant of ["epsilon", "plain"] as const) {
      const pictures = [flatPicture(SIZE, 120), picture(63, SIZE)];
      const found = await emitted(pipeline, { variant }, pictures);
      pictures.forEach((image, i) => {
        const wanted = plain(pipeline, { variant }, image);
        expect(found("scores", i)[0]).toBeCloseTo(wanted.score, 4);
        const scale = sum(wanted.values.map(Math.abs));
        expect(Math.abs(sum(found("descriptors", i)) - wanted.expected) / scale).toBeLessThan(1e-4);
        expect(Math.abs(sum(found("pixels", i)) - sum(found("descriptors", i))) / scale).toBeLessThan(1e-5);
      });
    }
  });

  it("cells without frames have shares all the same", async () => {
    const pipeline = drawnPipeline(9, { components: 4, width: 6, spatial: "pyramid", sift });
    const small = [picture(64, { width: 33, height: 41 })] as const;
    const found = await emitted(pipeline, { variant: "epsilon" }, small);
    const wanted = plain(pipeline, { variant: "epsilon" }, small[0]);
    expectNear("R2", found("descriptors", 0), wanted.values, 1e-3);
    expect(wanted.vanishing).toBeGreaterThan(0);
  });

  it("refuses what it cannot serve", () => {
    const { encoding } = LAYOUTS["one cell"];
    expect(() => explanationModel(encoding, { variant: "absolute" }, SIZE)).toThrow(/descriptorRelevance/);
    expect(() => explanationModel(encoding, { variant: "epsilon", epsilon: -1 }, SIZE)).toThrow(/positive/);
    expect(() => explanationModel(encoding, { variant: "epsilon" }, { width: 12, height: 12 })).toThrow(/too small/);
  });
});
