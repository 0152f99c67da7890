/** @file Concepts of a class on another picture: which of its segments belong to them, and which part of it they keep. */
import type { StreamOptions } from "../stream.ts";
import { type AceAsked, type Concept, distance, readingOf } from "./find.ts";
import { type PatchOptions, patchesOf, patchRows, type SeenPicture } from "./patches.ts";
import { activationGraph, rowsOf } from "./readout.ts";
import { isIn, type Segment } from "./segments.ts";

/** A segment that belongs to a concept. */
export interface PlacedSegment {
  readonly segment: Segment;
  /** Place of the concept. */
  readonly concept: number;
  /** Euclidean distance of its mean activation to the concept's centre. */
  readonly distance: number;
  /** TCAV score of the concept. */
  readonly importance: number;
}

type Known = Pick<Concept, "centre" | "radius"> & { readonly tcav: Pick<Concept["tcav"], "mean"> };

/**
 * Segments of the picture by importance, the larger first; of equal ones the nearer first, then in the order of segments. A segment goes to the
 * concept whose centre is nearest and is left out where it lies farther than any patch that concept kept.
 */
export async function placeSegments(
  asked: Pick<AceAsked, "classifier" | "layer" | "spec">,
  picture: SeenPicture,
  concepts: readonly Known[],
  options: PatchOptions & StreamOptions = {},
): Promise<readonly PlacedSegment[]> {
  if (concepts.length === 0) return [];
  const { classifier, layer } = asked;
  const patches = patchesOf([picture], options);
  const { batch, device, threads, signal } = options;
  const rows = await rowsOf(
    classifier,
    activationGraph(classifier, layer, "mean"),
    patchRows([picture], patches, readingOf(asked, options.grey)),
    { batch, device, threads, signal },
  );
  return patches
    .flatMap(({ segment }, i) => {
      const placed = nearestConcept(rows[i] as Float32Array, concepts);
      return placed === undefined ? [] : [{ segment, ...placed }];
    })
    .sort((a, b) => b.importance - a.importance || a.distance - b.distance);
}

/** The concept whose centre is nearest; undefined for an outlier. */
export function nearestConcept(
  activation: ArrayLike<number>,
  concepts: readonly Known[],
): Omit<PlacedSegment, "segment"> | undefined {
  const distances = concepts.map((c) => distance(activation, c.centre));
  const concept = distances.indexOf(Math.min(...distances));
  const [found, far] = [concepts[concept], distances[concept] as number];
  if (found === undefined || far > found.radius) return undefined;
  return { concept, distance: far, importance: found.tcav.mean };
}

/**
 * 1 for the pixels of the segments, taken in order until they are more than this share of the picture; all of them where they never are.
 * `size`: pixels of the picture.
 */
export function segmentsKept(
  placed: readonly Pick<PlacedSegment, "segment">[],
  { share, size }: { readonly share: number; readonly size: number },
): Uint8Array {
  const kept = new Uint8Array(size);
  let count = 0;
  for (const { segment } of placed) {
    if (count > share * size) break;
    for (let i = 0; i < size; i++)
      if (kept[i] === 0 && isIn(segment, i)) {
        kept[i] = 1;
        count++;
      }
  }
  return kept;
}
