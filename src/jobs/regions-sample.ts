/** @file Which boundaries an explained picture may choose from: the fit's, a draw of its own from them, or some sought for it alone. */
import type { DataItem } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { joined } from "../regions/boundary.ts";
import type { RegionFit } from "../regions/fit.ts";
import { picturesInMemory } from "../regions/pictures.ts";
import { openProjector, sidesOf } from "../regions/projections.ts";
import type { StreamOptions } from "../regions/stream.ts";
import { openBoundarySearch, type SearchResult } from "../regions/toward-other-class.ts";
import { noBoundaries } from "./regions-fit.ts";
import { picturesOfItems, type RegionNetwork } from "./regions-network.ts";
import type { OpenRegions } from "./regions-open.ts";

/** A fit that some pictures share, and what each of them may choose from it. */
export interface Sample {
  readonly fit: RegionFit;
  /** Undefined: everything. */
  readonly candidates: readonly (readonly number[] | undefined)[];
  readonly notes: readonly string[];
}

export interface SampleOf {
  readonly open: OpenRegions;
  readonly network: RegionNetwork;
  /** The references as the fit has them, in its order. */
  readonly items: readonly DataItem[];
}

/** Rows of pictures as the network takes them. Throws as `openBoundarySearch`. */
export async function sampleFor(
  of: SampleOf,
  pictures: readonly Float32Array[],
  options: StreamOptions = {},
): Promise<Sample> {
  const { sampling, per_input, boundaries, kept, seed } = of.open.report;
  if (sampling === "toward-other-class") return sought(of, pictures, options);
  const { fit } = of.open;
  if (!per_input) return { fit, candidates: pictures.map(() => undefined), notes: [] };
  const draw = (x: Float32Array): readonly number[] =>
    Array.from(shuffled(kept, uniforms(scattered(seed ^ hashOf(x))), Math.min(boundaries, kept)));
  return { fit, candidates: pictures.map(draw), notes: [] };
}

/** FNV-1a of the bytes: the same picture draws the same boundaries wherever it lies. */
function hashOf(x: Float32Array): number {
  let hash = 0x811c9dc5;
  for (const byte of new Uint8Array(x.buffer, x.byteOffset, x.byteLength)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}

/** Boundaries of all pictures as one set, so that the references are streamed once. */
async function sought(
  { open, network, items }: SampleOf,
  pictures: readonly Float32Array[],
  { onProgress, ...options }: StreamOptions,
): Promise<Sample> {
  const { classifier, layer } = network;
  const { report, fit } = open;
  const references = picturesOfItems(network, items, { signal: options.signal });
  const projector = await openProjector(classifier, layer, { ...options, onProgress });
  const quiet = await openProjector(classifier, layer, options);
  const search = await openBoundarySearch(classifier, layer, options);
  try {
    const found: SearchResult[] = [];
    const sampled: number[] = [];
    for (const x of pictures) {
      const { projections, psi } = await quiet.read(picturesInMemory(x, x.length), noBoundaries(report.width));
      const label = projections.classes[0] as number;
      const drawn = othersDrawn(fit.projections.classes, label, report);
      if (drawn.length === 0) {
        found.push({ ...noBoundaries(report.width), steps: new Int32Array(0), met: [] });
        continue;
      }
      const rows = await (references.at as NonNullable<typeof references.at>)(drawn);
      const others = await quiet.features(picturesInMemory(rows, references.width));
      found.push(await search.search({ psi, label, others: others.psi }));
      sampled.push(...drawn);
    }
    const boundaries = joined(found);
    const { scores: _, ...projections } = await projector.project(references, boundaries);
    refuseChanged(projections.classes, fit.projections.classes, open.folder);
    let first = 0;
    const candidates = found.map(({ count }) => Array.from({ length: count }, () => first++));
    const sides = sidesOf(projections);
    const missed = found.reduce((n, { met }) => n + met.filter((m) => !m).length, 0);
    return {
      fit: { sampled: Int32Array.from(sampled), boundaries, projections, sides, notes: fit.notes },
      candidates,
      notes:
        missed === 0
          ? []
          : [
              `${missed} of ${boundaries.count} searches toward another class did not end close to a boundary of the picture's class (a third class may lie between); their boundaries were taken where the search stood.`,
            ],
    };
  } finally {
    await Promise.all([projector.dispose(), quiet.dispose(), search.dispose()]);
  }
}

function othersDrawn(
  classes: Int32Array,
  label: number,
  { boundaries, seed }: OpenRegions["report"],
): readonly number[] {
  const others = Array.from(classes.keys()).filter((i) => classes[i] !== label);
  const drawn = shuffled(others.length, uniforms(scattered(seed)), Math.min(boundaries, others.length));
  return Array.from(drawn, (at) => others[at] as number);
}

/** The references are read again here: they must still be what the fit saw. */
export function refuseChanged(now: Int32Array, fitted: Int32Array, folder: string): void {
  if (now.length === fitted.length && now.every((c, i) => c === fitted[i])) return;
  throw new OnnxplainError(
    "E_FILE",
    `The reference pictures are no longer those of the fit in \`${folder}\`: the network decides otherwise for some. Restore them, or fit anew.`,
    { file: folder },
  );
}
