/** @file One picture through a trained pipeline, and what a class's score owes to its dimensions, descriptors and pixels. */
import type { Area } from "../fisher/areas.ts";
import { type Encoded, encodePicture } from "../fisher/describe.ts";
import type { FrameGrid } from "../fisher/frames.ts";
import type { Encoding } from "../fisher/pipeline.ts";
import { pixelRelevance } from "../fisher/pixel-relevance.ts";
import { posteriorOf } from "../fisher/posteriors.ts";
import { descriptorRelevance, dimensionRelevance, type RelevanceVariant } from "../fisher/relevance.ts";
import { greyOf } from "../fisher/sift.ts";
import type { ImageU8 } from "../image/types.ts";

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
  /** Descriptors of the picture. */
  readonly count: number;
  /** `[V]`. */
  readonly phi: Float64Array;
  readonly answerOf: (descriptor: number) => Answer;
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
}

/** One picture at a time; dispose what you opened. */
export interface RelevanceReader<P extends ReadPicture = ReadPicture> {
  readonly read: (image: ImageU8) => Promise<P>;
  readonly relevance: (picture: P, weights: Float64Array, bias: number) => Promise<PictureRelevance>;
  readonly dispose: () => Promise<void>;
}

interface PlainPicture extends ReadPicture {
  readonly encoded: Encoded;
}

/** Everything in float64. */
export function plainReader(encoding: Encoding, { area, ...sharing }: RelevanceSettings): RelevanceReader<PlainPicture> {
  const { mixture } = encoding;
  const posteriors = posteriorOf(mixture);
  return {
    read: async (image) => {
      const encoded = encodePicture(greyOf(image), image, encoding);
      const { described, fisher, phi } = encoded;
      const gamma = new Float64Array(mixture.components);
      return {
        image,
        grids: described.grids,
        count: fisher.active.count,
        phi,
        encoded,
        answerOf: (i) => {
          posteriors(described.rows, i * mixture.width, gamma);
          return largest(gamma);
        },
      };
    },
    relevance: async ({ encoded: { described, fisher }, image, phi }, weights, bias) => {
      const dimensions = dimensionRelevance(weights, bias, phi);
      const { values, expected } = descriptorRelevance(described, encoding, fisher, dimensions, sharing);
      return {
        dimensions,
        descriptors: values,
        pixels: pixelRelevance(values, described.grids, image, area),
        expected,
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
