/** @file A picture's reduced descriptors in float64, as mixture and Fisher vector take them. */
import type { Size } from "../image/types.ts";
import { atomsOf, cellPlan } from "./cells.ts";
import { averaged, type Descriptors, type FisherSums, fisherSums, normalised } from "./fisher-vector.ts";
import { type FrameGrid, framesOf } from "./frames.ts";
import { project } from "./pca.ts";
import type { Encoding, FisherPipeline, LinearClassifiers } from "./pipeline.ts";
import { placeOf } from "./places.ts";
import { denseSift } from "./sift.ts";

export interface Described extends Descriptors {
  readonly grids: readonly FrameGrid[];
  readonly size: Size;
}

/** SIFT, projection, and where the layout asks for it coordinates or atoms. `grey` in 0 … 1, row by row (`greyOf`). */
export function describePicture(grey: Float64Array, size: Size, encoding: Encoding): Described {
  const { descriptors, grids } = denseSift(grey, size, encoding.sift);
  const projected = project(descriptors, encoding.projection);
  const { spatial, projection } = encoding;
  const plan = cellPlan(spatial);
  return {
    rows: spatial === "xy" ? withPlaces(projected, projection.width, framesOf(grids), size) : projected,
    atoms: plan.atoms > 1 ? atomsOf(grids, size, plan) : undefined,
    grids,
    size,
  };
}

function withPlaces(rows: Float64Array, width: number, frames: Float32Array, size: Size): Float64Array {
  const wide = new Float64Array((rows.length / width) * (width + 2));
  for (let i = 0; i < rows.length / width; i++) {
    wide.set(rows.subarray(i * width, (i + 1) * width), i * (width + 2));
    wide.set(placeOf(frames, i, size), i * (width + 2) + width);
  }
  return wide;
}

/** A picture and what the pipeline makes of it. */
export interface Encoded {
  readonly described: Described;
  readonly fisher: FisherSums;
  /** `[V]`. */
  readonly raw: Float64Array;
  readonly phi: Float64Array;
}

export function encodePicture(grey: Float64Array, size: Size, encoding: Encoding): Encoded {
  const described = describePicture(grey, size, encoding);
  const fisher = fisherSums(described, encoding);
  const raw = averaged(fisher);
  return { described, fisher, raw, phi: normalised(raw, cellPlan(encoding.spatial).cells) };
}

/** w_c . Phi + b_c of every class. */
export const scoresOf = (phi: Float64Array, { classes, weights, biases }: LinearClassifiers): Float64Array =>
  Float64Array.from({ length: classes }, (_, c) => {
    let score = biases[c]!;
    for (let d = 0; d < phi.length; d++) score += weights[c * phi.length + d]! * phi[d]!;
    return score;
  });

/** Scores of one picture by the plain pipeline. */
export const plainScores = (grey: Float64Array, size: Size, { encoding, classifiers }: FisherPipeline): Float64Array =>
  scoresOf(encodePicture(grey, size, encoding).phi, classifiers);
