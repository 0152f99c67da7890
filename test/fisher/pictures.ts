/** @file Drawn pictures and small pipelines for tests of the emitted graphs. */

import { planesOf } from "../../src/fisher/framing.ts";
import type { Mixture } from "../../src/fisher/mixture.ts";
import { project } from "../../src/fisher/pca.ts";
import { type Encoding, type FisherPipeline, type SpatialLayout, vectorWidth } from "../../src/fisher/pipeline.ts";
import { denseSift, greyOf } from "../../src/fisher/sift.ts";
import { type SiftSettings, TOOLKIT_SIFT } from "../../src/fisher/sift-settings.ts";
import type { ImageU8, Size } from "../../src/image/types.ts";
import { scattered, uniforms } from "../../src/random.ts";
import type { HostTensor } from "../../src/runtime/session.ts";
import { drawn } from "./fixtures.ts";

/** Rectangles and a slope, R, G, B. */
export function picture(seed: number, { width, height }: Size): ImageU8 {
  const uniform = uniforms(scattered(seed));
  const data = new Uint8Array(3 * width * height);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) data[3 * i + c] = 60 + (80 * (i % width)) / width + 12 * uniform();
  for (let n = 0; n < 14; n++) {
    const [x0, y0] = [Math.floor(width * uniform()), Math.floor(height * uniform())];
    const [x1, y1] = [x0 + 4 + (width / 3) * uniform(), y0 + 4 + (height / 3) * uniform()];
    const colour = [uniform(), uniform(), uniform()].map((v) => Math.floor(256 * v));
    for (let y = y0; y < Math.min(height, y1); y++)
      for (let x = x0; x < Math.min(width, x1); x++)
        for (let c = 0; c < 3; c++) data[3 * (y * width + x) + c] = colour[c] as number;
  }
  return { width, height, channels: 3, data };
}

export const flatPicture = ({ width, height }: Size, level: number): ImageU8 => ({
  width,
  height,
  channels: 3,
  data: new Uint8Array(3 * width * height).fill(level),
});

export const tensorOf = (images: readonly ImageU8[]): HostTensor => {
  const [{ width, height }] = images as readonly [ImageU8];
  const data = new Float32Array(images.length * 3 * width * height);
  for (const [i, image] of images.entries()) data.set(planesOf(image), i * 3 * width * height);
  return { dtype: "float32", dims: [images.length, 3, height, width], data };
};

export interface PipelineOptions {
  readonly components: number;
  readonly width: number;
  readonly spatial?: SpatialLayout;
  readonly zeroth?: boolean;
  readonly sift?: SiftSettings;
  readonly classes?: number;
}

/** Random orthonormal axes (Gram and Schmidt). */
function axesOf(seed: number, from: number, width: number): Float64Array {
  const raw = drawn(seed, from * width);
  const column = (j: number): Float64Array =>
    Float64Array.from({ length: from }, (_, i) => raw[i * width + j] as number);
  const done: Float64Array[] = [];
  for (let j = 0; j < width; j++) {
    const v = column(j);
    for (const u of done) {
      const along = v.reduce((s, x, i) => s + x * (u[i] as number), 0);
      for (const [i, x] of u.entries()) v[i]! -= along * x;
    }
    const length = Math.hypot(...v);
    done.push(v.map((x) => x / length));
  }
  return Float64Array.from({ length: from * width }, (_, at) => done[at % width]?.[Math.floor(at / width)] as number);
}

/** A pipeline whose Gaussians sit on descriptors of drawn pictures, with the spread of all. */
export function drawnPipeline(seed: number, options: PipelineOptions): FisherPipeline {
  const { components, width, spatial = "none", zeroth = true, sift = TOOLKIT_SIFT, classes = 3 } = options;
  const size = { width: 90, height: 80 };
  const { descriptors } = denseSift(greyOf(picture(seed, size)), size, sift);
  const from = 128;
  const count = descriptors.length / from;
  const mean = new Float64Array(from);
  for (const [at, v] of descriptors.entries()) mean[at % from]! += v / count;
  const projection = { from, width, mean, axes: axesOf(seed, from, width), variances: new Float64Array(width).fill(1) };
  const rows = project(descriptors, projection);
  const own = spatial === "xy" ? width + 2 : width;
  const uniform = uniforms(scattered(seed + 5));
  const spread = Float64Array.from({ length: width }, (_, r) =>
    Math.sqrt(
      Array.from({ length: count }, (_, i) => (rows[i * width + r] as number) ** 2).reduce((a, b) => a + b) / count,
    ),
  );
  const means = new Float64Array(components * own);
  const deviations = new Float64Array(components * own);
  for (let k = 0; k < components; k++) {
    const at = Math.floor(uniform() * count);
    for (let r = 0; r < own; r++) {
      means[k * own + r] = r < width ? (rows[at * width + r] as number) : uniform() - 0.5;
      deviations[k * own + r] = r < width ? (0.3 + 0.6 * uniform()) * (spread[r] as number) : 0.2 + 0.2 * uniform();
    }
  }
  const raw = Array.from({ length: components }, () => 0.5 + uniform());
  const total = raw.reduce((a, b) => a + b);
  const mixture: Mixture = {
    components,
    width: own,
    weights: Float64Array.from(raw, (w) => w / total),
    means,
    deviations,
  };
  const encoding: Encoding = { sift, projection, mixture, spatial, zeroth };
  const V = vectorWidth(encoding);
  return {
    encoding,
    classifiers: {
      classes,
      weights: drawn(seed + 9, classes * V, 3 / Math.sqrt(V)),
      biases: drawn(seed + 10, classes),
    },
    labels: Array.from({ length: classes }, (_, c) => `class ${c}`),
  };
}
