/** @file Concepts of a class on another picture: which of its segments belong to them, and which part of it they keep. */
import { sourceOf } from "../boundary.ts";
import { openStream, type StreamOptions } from "../stream.ts";
import { type AceAsked, type Concept, distance, readingOf } from "./find.ts";
import { type PatchOptions, patchesOf, patchRows, type SeenPicture } from "./patches.ts";
import { activationGraph, type Rows, rowsThrough } from "./readout.ts";
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

/** What is needed of a concept here. */
export type KnownConcept = Pick<Concept, "centre" | "radius"> & { readonly tcav: Pick<Concept["tcav"], "mean"> };

/** Segments of a picture, and what the layer says of each: the same whatever concepts they are placed by. */
export interface SegmentReading {
  readonly segments: readonly Segment[];
  /** Mean activations, one row a segment. */
  readonly activations: Rows;
}

/** Reads one picture after the other; holds a native session. */
export interface SegmentReader {
  readonly read: (picture: SeenPicture) => Promise<SegmentReading>;
  readonly dispose: () => Promise<void>;
}

/** `options` as the concepts were found with. */
export async function openSegmentReader(
  asked: Pick<AceAsked, "classifier" | "layer" | "spec">,
  options: PatchOptions & StreamOptions = {},
): Promise<SegmentReader> {
  const { classifier, layer } = asked;
  const { batch, device, threads, signal } = options;
  const source = sourceOf(classifier, activationGraph(classifier, layer, "mean"));
  const stream = await openStream(source, { batch, device, threads, signal });
  const reading = readingOf(asked, options.grey);
  return {
    read: async (picture) => {
      const patches = patchesOf([picture], options);
      const activations = await rowsThrough(stream, patchRows([picture], patches, reading));
      return { segments: patches.map((p) => p.segment), activations };
    },
    dispose: () => stream.dispose(),
  };
}

/**
 * Segments by importance, the larger first; of equal ones the nearer first, then in the order of segments. A segment goes to the concept whose
 * centre is nearest and is left out where it lies farther than any patch that concept kept.
 */
export const placedSegments = (
  { segments, activations }: SegmentReading,
  concepts: readonly KnownConcept[],
): readonly PlacedSegment[] =>
  segments
    .flatMap((segment, i) => {
      const placed = nearestConcept(activations[i] as Float32Array, concepts);
      return placed === undefined ? [] : [{ segment, ...placed }];
    })
    .sort((a, b) => b.importance - a.importance || a.distance - b.distance);

/** Places segments of one picture after the other; holds a native session. */
export interface SegmentPlacer {
  /** {@link placedSegments} of the picture. */
  readonly place: (picture: SeenPicture) => Promise<readonly PlacedSegment[]>;
  readonly dispose: () => Promise<void>;
}

/** `options` as the concepts were found with. Source: Lam et al. 2021 for the use of ACE on pictures it was not made from. */
export async function openSegmentPlacer(
  asked: Pick<AceAsked, "classifier" | "layer" | "spec">,
  concepts: readonly KnownConcept[],
  options: PatchOptions & StreamOptions = {},
): Promise<SegmentPlacer> {
  const reader = await openSegmentReader(asked, options);
  return {
    place: async (picture) => (concepts.length === 0 ? [] : placedSegments(await reader.read(picture), concepts)),
    dispose: reader.dispose,
  };
}

/** {@link SegmentPlacer.place} for one picture alone. */
export async function placeSegments(
  asked: Pick<AceAsked, "classifier" | "layer" | "spec">,
  picture: SeenPicture,
  concepts: readonly KnownConcept[],
  options: PatchOptions & StreamOptions = {},
): Promise<readonly PlacedSegment[]> {
  const placer = await openSegmentPlacer(asked, concepts, options);
  try {
    return await placer.place(picture);
  } finally {
    await placer.dispose();
  }
}

/** The concept whose centre is nearest; undefined for an outlier. */
export function nearestConcept(
  activation: ArrayLike<number>,
  concepts: readonly KnownConcept[],
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
