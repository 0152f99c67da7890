/** @file What is drawn of a page: the part of its values that a picture needs, as sets of points. */
import type { PatternContours, PatternFrame, PatternLayer, PatternsPage } from "./input.ts";

export type SceneLayer = Pick<PatternLayer, "name" | "grids">;
export interface SceneFrame
  extends Pick<PatternFrame, "name" | "means" | "points" | "predicted" | "posterior" | "confidence"> {
  readonly layers: readonly SceneLayer[];
  readonly contours: PatternContours | null;
}
export interface Scene extends Pick<PatternsPage, "dimension" | "tau" | "grid" | "ids" | "labels" | "shown"> {
  readonly categories: readonly Pick<PatternsPage["categories"][number], "name">[];
  readonly frames: readonly SceneFrame[];
}

/** Vectors of one frame: sample features of all pictures, or regional features of the shown ones at one layer. */
export interface PointSet {
  /** `[m, d]`. */
  readonly points: Float32Array;
  /** Place of each point's picture `[m]`. */
  readonly picture: Int32Array;
  /** The picture's label; -1 = unknown. */
  readonly label: Int32Array;
  /** What the network says of the picture. */
  readonly network: Int32Array;
  /** What the mixture says of the point. */
  readonly mixture: Int32Array;
  /** How sure the mixture is, 1 / C … 1. */
  readonly confidence: Float32Array;
  /** Is it the mixture that is right or wrong (regions), or the network (samples)? */
  readonly judged: "network" | "mixture";
}

/** Of the samples, or of the layer at place `layer`; undefined where the frame has no such layer. */
export function pointSet(scene: Scene, frame: SceneFrame, layer: number | null): PointSet | undefined {
  const { labels, shown, grid } = scene;
  if (layer === null)
    return {
      points: frame.points,
      picture: Int32Array.from(labels, (_, i) => i),
      label: labels,
      network: frame.predicted,
      mixture: frame.posterior,
      confidence: frame.confidence,
      judged: "network",
    };
  const grids = frame.layers[layer]?.grids;
  if (grids === undefined) return undefined;
  const positions = grid[0] * grid[1];
  const picture = Int32Array.from(
    { length: shown.length * positions },
    (_, i) => shown[Math.floor(i / positions)] as number,
  );
  return {
    points: grids.arrows,
    picture,
    label: picture.map((p) => labels[p] as number),
    network: picture.map((p) => frame.predicted[p] as number),
    mixture: grids.winners,
    confidence: grids.largest,
    judged: "mixture",
  };
}

/** Length within which all but the longest hundredth of the vectors of all frames lie; at least a small number. */
export function reachOf(vectors: readonly Float32Array[], dimension: number): number {
  const longest = vectors.map((v) => {
    const lengths = new Float32Array(v.length / dimension);
    for (let i = 0; i < lengths.length; i++)
      lengths[i] = Math.hypot(...v.subarray(i * dimension, (i + 1) * dimension)) || 0;
    lengths.sort();
    return lengths[Math.floor(0.99 * (lengths.length - 1))] ?? 0;
  });
  return Math.max(1e-6, ...longest);
}

/** The same for samples and layers of every frame of a page. */
export const sceneReach = ({ frames, dimension }: Scene, layer: number | null): number =>
  reachOf(
    frames.map((f) => (layer === null ? f.points : (f.layers[layer]?.grids.arrows ?? new Float32Array()))),
    dimension,
  );

/** Vectors of length 1 in the same directions; 0 stays 0. */
export function orientations(points: Float32Array, dimension: number): Float32Array {
  const out = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += dimension) {
    const length = Math.hypot(...points.subarray(at, at + dimension));
    for (let j = 0; j < dimension; j++) out[at + j] = length > 0 ? (points[at + j] as number) / length : 0;
  }
  return out;
}
