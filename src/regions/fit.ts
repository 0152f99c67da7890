/** @file References once: boundaries of a few of them, and on which side of each all of them lie. */
import { OnnxplainError } from "../errors.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Layer } from "../methods/layers.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { type Boundaries, boundariesOf, sampledReferences } from "./boundary.ts";
import { type Pictures, pickedPictures } from "./pictures.ts";
import { locality } from "./piecewise-linear.ts";
import { openProjector, type Projections, type Projector, type Sides, sidesOf } from "./projections.ts";
import type { StreamOptions } from "./stream.ts";
import { openBoundarySearch } from "./toward-other-class.ts";

/** What interpretations are read from; n times the number of boundaries, and never the features. */
export interface RegionFit {
  /** Places of the references whose boundaries, or whose directions, were taken. */
  readonly sampled: Int32Array;
  readonly boundaries: Boundaries;
  readonly projections: Projections;
  readonly sides: Sides;
  readonly notes: readonly string[];
}

export interface FitOptions extends StreamOptions {
  /** |Q|; all references where it is more. Default 50. */
  readonly boundaries?: number | undefined;
  readonly seed?: number | undefined;
}

const BOUNDARIES = 50;

function wantedOf({ boundaries = BOUNDARIES }: FitOptions): number {
  if (Number.isInteger(boundaries) && boundaries >= 1) return boundaries;
  throw new OnnxplainError("E_PARAM", `Expected \`boundaries\` to be an integer from 1 up, got ${boundaries}.`);
}

/**
 * Boundaries of references drawn without replacement, shared by all pictures: one pass for each reference, and one forward and back for
 * each boundary. Throws `E_DATA_EMPTY`, `E_PARAM`, and as {@link boundariesOf} and {@link Projector.project} do.
 */
export async function fitRegions(
  classifier: Classifier,
  layer: Layer,
  references: Pictures,
  options: FitOptions = {},
): Promise<RegionFit> {
  const wanted = wantedOf(options);
  if (references.count === 0)
    throw new OnnxplainError("E_DATA_EMPTY", "There are no reference pictures, so nothing to take boundaries of.");
  const { boundaries: _, seed = 0, ...stream } = options;
  const sampled = sampledReferences(references.count, wanted, seed);
  const { onProgress: __, ...quiet } = stream;
  const boundaries = await boundariesOf(classifier, layer, await pickedPictures(references, sampled), quiet);
  const projector = await openProjector(classifier, layer, stream);
  try {
    return {
      ...(await fitted(projector, references, boundaries)),
      sampled,
      notes: locality(classifier, layer),
    };
  } finally {
    await projector.dispose();
  }
}

async function fitted(
  projector: Projector,
  references: Pictures,
  boundaries: Boundaries,
): Promise<Pick<RegionFit, "boundaries" | "projections" | "sides">> {
  const { scores: _, ...projections } = await projector.project(references, boundaries);
  return { boundaries, projections, sides: sidesOf(projections) };
}

/** The picture whose own boundaries are wanted. */
export interface Toward {
  readonly psi: Float32Array;
  readonly label: number;
  /** The network's class of every reference. */
  readonly classes: ArrayLike<number>;
}

/**
 * Boundaries of one picture against references of other classes, found by search (`toward-other-class`): they hold for this picture
 * alone, and the references are streamed again. No boundaries where all references are of the picture's class. Throws as
 * {@link fitRegions} and {@link openBoundarySearch}.
 */
export async function fitToward(
  {
    classifier,
    layer,
    references,
  }: { readonly classifier: Classifier; readonly layer: Layer; readonly references: Pictures },
  { psi, label, classes }: Toward,
  options: FitOptions = {},
): Promise<RegionFit> {
  const wanted = wantedOf(options);
  const { boundaries: _, seed = 0, ...stream } = options;
  const { onProgress: __, ...quiet } = stream;
  const others = Int32Array.from(
    Array.from({ length: references.count }, (___, i) => i).filter((i) => classes[i] !== label),
  );
  const drawn = shuffled(others.length, uniforms(scattered(seed)), Math.min(wanted, others.length));
  const sampled = Int32Array.from(drawn, (at) => others[at] as number);
  const projector = await openProjector(classifier, layer, stream);
  const search = await openBoundarySearch(classifier, layer, quiet);
  try {
    const directions = await projector.features(await pickedPictures(references, sampled));
    const found = await search.search({ psi, label, others: directions.psi });
    const missed = found.met.filter((m) => !m).length;
    return {
      ...(await fitted(projector, references, found)),
      sampled,
      notes: [...locality(classifier, layer), ...stalled(missed, sampled.length)],
    };
  } finally {
    await Promise.all([projector.dispose(), search.dispose()]);
  }
}

const stalled = (missed: number, of: number): readonly string[] =>
  missed === 0
    ? []
    : [
        `${missed} of ${of} searches toward another class did not end close to a boundary of the picture's class (a third class may lie between); their boundaries were taken where the search stood.`,
      ];
