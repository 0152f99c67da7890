/** @file One picture through a trained pipeline, and what a class's score owes to its dimensions, descriptors and pixels. */
import type { Area } from "../fisher/areas.ts";
import { type Encoded, encodePicture } from "../fisher/describe.ts";
import { EXPLANATION, explanationModel } from "../fisher/explain-graph.ts";
import { type FrameGrid, framesOf } from "../fisher/frames.ts";
import { planesOf } from "../fisher/framing.ts";
import { project } from "../fisher/pca.ts";
import type { Encoding } from "../fisher/pipeline.ts";
import { pixelRelevance } from "../fisher/pixel-relevance.ts";
import { placeOf } from "../fisher/places.ts";
import { posteriorOf } from "../fisher/posteriors.ts";
import { READING, readingModel } from "../fisher/reading-graph.ts";
import { descriptorRelevance, dimensionRelevance, type RelevanceVariant } from "../fisher/relevance.ts";
import { expectedSum } from "../fisher/relevance-sums.ts";
import { fittingGrids, sessionsBySize } from "../fisher/sessions.ts";
import { greyOf } from "../fisher/sift.ts";
import { DESCRIPTOR_WIDTH } from "../fisher/sift-settings.ts";
import type { ImageU8 } from "../image/types.ts";
import type { HostTensor, SessionOptions } from "../runtime/session.ts";

export interface RelevanceSettings {
  readonly variant: RelevanceVariant;
  /** Of the sums s_d; used by the variant `epsilon` alone. */
  readonly epsilon: number;
  readonly area: Area;
}

/** The Gaussian that answers most for a descriptor, and its posterior. */
export interface Answer {
  readonly gaussian: number;
  readonly posterior: number;
}

/** A framed picture and its Fisher vector. */
export interface ReadPicture {
  readonly image: ImageU8;
  readonly grids: readonly FrameGrid[];
  /** Descriptors of the picture, and those without contrast. */
  readonly count: number;
  readonly flat: number;
  /** `[V]`. */
  readonly phi: Float64Array;
  readonly answerOf: (descriptor: number) => Answer;
  /** Of a class with these w and b. */
  readonly relevance: (weights: Float64Array, bias: number) => Promise<PictureRelevance>;
}

/** What f = w . Phi + b of one class owes to whom. */
export interface PictureRelevance {
  /** R3 `[V]`. */
  readonly dimensions: Float64Array;
  /** R2 `[n]`, in the order of frames. */
  readonly descriptors: Float64Array;
  /** R1 `[height * width]` of the framed picture. */
  readonly pixels: Float64Array;
  /** What R2 must sum to: f, or with epsilon what its leak leaves. */
  readonly expected: number;
  /** In which descriptors were given their shares. */
  readonly precision: "float32" | "float64";
}

/** One picture at a time; dispose what you opened. */
export interface RelevanceReader {
  readonly read: (image: ImageU8) => Promise<ReadPicture>;
  readonly dispose: () => Promise<void>;
}

/** R2 and R1 of an encoded picture from its R3. */
const sharesIn =
  ({ described, fisher }: Encoded, encoding: Encoding, { area, ...sharing }: RelevanceSettings) =>
  (dimensions: Float64Array): PictureRelevance => {
    const { values, expected } = descriptorRelevance(described, encoding, fisher, dimensions, sharing);
    const pixels = pixelRelevance(values, described.grids, described.size, area);
    return { dimensions, descriptors: values, pixels, expected, precision: "float64" };
  };

/** Everything in float64. */
export function plainReader(encoding: Encoding, settings: RelevanceSettings): RelevanceReader {
  const { mixture } = encoding;
  const posteriors = posteriorOf(mixture);
  const zero = project(new Float64Array(DESCRIPTOR_WIDTH), encoding.projection);
  return {
    read: async (image) => {
      const encoded = encodePicture(greyOf(image), image, encoding);
      const { described, fisher, phi } = encoded;
      const shared = sharesIn(encoded, encoding, settings);
      const gamma = new Float64Array(mixture.components);
      return {
        image,
        grids: described.grids,
        count: fisher.active.count,
        flat: equalRows(described.rows, mixture.width, zero),
        phi,
        answerOf: (i) => {
          posteriors(described.rows, i * mixture.width, gamma);
          return largest(gamma);
        },
        relevance: async (weights, bias) => shared(dimensionRelevance(weights, bias, phi)),
      };
    },
    dispose: async () => undefined,
  };
}

/** The first of equals. */
function largest(gamma: Float64Array): Answer {
  let gaussian = 0;
  for (let k = 1; k < gamma.length; k++) if (gamma[k]! > gamma[gaussian]!) gaussian = k;
  return { gaussian, posterior: gamma[gaussian]! };
}

/** Rows that begin with these numbers. */
function equalRows(rows: ArrayLike<number>, width: number, begin: Float64Array): number {
  let count = 0;
  for (let at = 0; at < rows.length; at += width) if (begin.every((v, d) => rows[at + d] === v)) count++;
  return count;
}

/** Beyond so many descriptors a session is cheaper to open again than to hold beside another. */
const HELD = 20_000;

/** Of f: where the sum of float32 shares misses by more, they are made anew in float64. Small sums s_d cost digits, above all in `plain`. */
const MISSED = 1e-5;

/** Descriptors, vectors and shares in the runtime; no variant `absolute`. */
export function graphReader(
  encoding: Encoding,
  settings: RelevanceSettings,
  options: SessionOptions = {},
): RelevanceReader {
  const { mixture, projection, spatial } = encoding;
  const reading = sessionsBySize((size) => readingModel(encoding, size), options, 1);
  const explaining = sessionsBySize((size) => explanationModel(encoding, settings, size), options, 1);
  const posteriors = posteriorOf(mixture);
  return {
    read: async (image) => {
      const { width, height } = image;
      const input: HostTensor = { dtype: "float32", dims: [1, 3, height, width], data: planesOf(image) };
      const session = await reading.of(image);
      const got = await session.run({ image: input });
      const descriptors = got[READING.descriptors]?.data as Float32Array;
      const grids = fittingGrids(image, encoding.sift);
      const frames = spatial === "xy" ? framesOf(grids) : undefined;
      const gamma = new Float64Array(mixture.components);
      const phi = Float64Array.from(got[READING.phi]?.data as Float32Array);
      const sums = got[READING.sums]?.data as Float64Array;
      const answers = got[READING.answers]?.data as Float32Array;
      const count = descriptors.length / DESCRIPTOR_WIDTH;
      if (count > HELD) await reading.dispose();
      let exact: ReturnType<typeof sharesIn> | undefined;
      return {
        image,
        grids,
        count,
        flat: equalRows(descriptors, DESCRIPTOR_WIDTH, new Float64Array(DESCRIPTOR_WIDTH)),
        phi,
        answerOf: (i) => {
          const row = project(descriptors.subarray(i * DESCRIPTOR_WIDTH, (i + 1) * DESCRIPTOR_WIDTH), projection);
          posteriors(frames ? Float64Array.from([...row, ...placeOf(frames, i, image)]) : row, 0, gamma);
          return largest(gamma);
        },
        relevance: async (weights, bias) => {
          const session = await explaining.of(image);
          const got = await session.run({
            [EXPLANATION.image]: input,
            [EXPLANATION.weights]: { dtype: "float32", dims: [1, weights.length], data: Float32Array.from(weights) },
            [EXPLANATION.bias]: { dtype: "float32", dims: [1], data: Float32Array.of(bias) },
          });
          const of = (name: string): Float64Array => Float64Array.from(got[name]?.data as Float32Array);
          // in float64, so that it sums to f
          const dimensions = dimensionRelevance(weights, bias, phi);
          const descriptors = of(EXPLANATION.descriptors);
          const expected = expectedSum(dimensions, { sums, answers }, encoding, settings);
          if (Math.abs(total(descriptors) - expected) <= MISSED * Math.abs(total(dimensions)))
            return { dimensions, descriptors, pixels: of(EXPLANATION.pixels), expected, precision: "float32" };
          exact ??= sharesIn(encodePicture(greyOf(image), image, encoding), encoding, settings);
          return exact(dimensions);
        },
      };
    },
    dispose: async () => void (await Promise.all([reading.dispose(), explaining.dispose()])),
  };
}

/** The runtime where the variant is a form of descriptors, else plain float64. */
export const openRelevance = (
  encoding: Encoding,
  settings: RelevanceSettings,
  options: SessionOptions = {},
): RelevanceReader =>
  settings.variant === "absolute" ? plainReader(encoding, settings) : graphReader(encoding, settings, options);

const total = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
