/** @file The regions of a whole-model map as files, and whether one of them covers a picture. */
import { type Boundaries, normalOf } from "../regions/boundary.ts";
import { covering, type Interpretation } from "../regions/evaluate.ts";
import { picturesInMemory } from "../regions/pictures.ts";
import { openProjector, valuesOf } from "../regions/projections.ts";
import type { StreamOptions } from "../regions/stream.ts";
import type { RegionNetwork } from "./regions-network.ts";
import { arraysOf, boundariesIn, bytesOf } from "./regions-open.ts";

/** A polytope that stands by itself. */
export interface StoredRegion extends Interpretation {
  /** The reference it was made of. */
  readonly input: string;
}

export interface StoredRegions {
  /** Only those that some region uses; orders and values go by their numbers here. */
  readonly boundaries: Boundaries;
  readonly regions: readonly StoredRegion[];
}

/** A stored region that covers a picture. */
export interface StoredCover {
  /** Number of the region. */
  readonly index: number;
  readonly input: string;
  readonly label: number;
  readonly same: number;
  readonly other: number;
}

/** Leaves out boundaries that no region uses. */
export function compacted({ boundaries, regions }: StoredRegions): StoredRegions {
  const used = [...new Set(regions.flatMap((r) => r.order))].sort((a, b) => a - b);
  const place = new Map(used.map((h, at) => [h, at]));
  const { width, offsets, pairs, gaps } = boundaries;
  const normals = new Float32Array(used.length * width);
  used.forEach((h, at) => void normals.set(normalOf(boundaries, h), at * width));
  return {
    boundaries: {
      count: used.length,
      width,
      normals,
      offsets: Float64Array.from(used, (h) => offsets[h] as number),
      pairs: Int32Array.from(used.flatMap((h) => [pairs[2 * h] as number, pairs[2 * h + 1] as number])),
      gaps: Float64Array.from(used, (h) => gaps[h] as number),
    },
    regions: regions.map((r) => ({
      ...r,
      order: r.order.map((h) => place.get(h) as number),
      values: Float64Array.from(used, (h) => r.values[h] as number),
    })),
  };
}

/** `map.json`, as far as a picture is placed by it. */
interface StoredDocument {
  readonly width: number;
  readonly boundaries: number;
  readonly regions: readonly (Omit<StoredRegion, "values" | "input"> & { readonly input: { readonly id: string } })[];
}

/** The regions of a folder of `regions map`. Throws `E_FILE`. */
export async function readStored(folder: string): Promise<StoredRegions> {
  const document = JSON.parse(new TextDecoder().decode(await bytesOf(folder, "map.json"))) as StoredDocument;
  const arrays = await arraysOf(folder, "regions.safetensors");
  const { boundaries: count, width, regions } = document;
  const values = arrays.float64("values", regions.length * count);
  return {
    boundaries: boundariesIn(arrays, count, width),
    regions: regions.map(({ input, label, order, same, other }, v) => ({
      input: input.id,
      label,
      order,
      same,
      other,
      values: values.subarray(v * count, (v + 1) * count),
    })),
  };
}

export interface StoredJudge {
  /** That of most references first, the lower number at ties. One pass. */
  readonly covering: (x: Float32Array) => Promise<readonly StoredCover[]>;
  readonly dispose: () => Promise<void>;
}

export async function openStored(
  { classifier, layer }: RegionNetwork,
  { boundaries, regions }: StoredRegions,
  options: StreamOptions = {},
): Promise<StoredJudge> {
  const projector = await openProjector(classifier, layer, options);
  return {
    covering: async (x) => {
      const values = valuesOf(await projector.project(picturesInMemory(x, x.length), boundaries), 0);
      return covering(regions, values)
        .map((index) => {
          const { input, label, same, other } = regions[index] as StoredRegion;
          return { index, input, label, same, other };
        })
        .sort((a, b) => b.same + b.other - a.same - a.other || a.index - b.index);
    },
    dispose: projector.dispose,
  };
}
