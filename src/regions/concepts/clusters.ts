/** @file Clusters of patches that may be concepts: large enough, in enough pictures, without their outliers. */

export interface PopularOptions {
  /** A cluster of this many patches or fewer is no concept. Default 5; ACE's code has 20 for 40 pictures. */
  readonly fewest?: number | undefined;
  /** Patches of a concept at most, those nearest to the centre. Default 40. */
  readonly most?: number | undefined;
}

export const POPULAR = { fewest: 5, most: 40 } as const satisfies PopularOptions;

/** Patches of one cluster. */
export interface Cluster {
  /** Which centre. */
  readonly centre: number;
  /** Patches before outliers were left out. */
  readonly size: number;
  /** Distinct pictures among them. */
  readonly pictures: number;
  /** Patches that are kept, the nearest first, the lower place at ties. */
  readonly members: readonly number[];
}

/**
 * Does it appear in enough pictures? `pictures` distinct ones among `size` patches, `all` there are: in more than half as many pictures as it has
 * patches; or in more than a quarter as many and more than a quarter of all; or in more than a tenth as many and more than half of all.
 */
export const isCommon = ({ size, pictures }: Pick<Cluster, "size" | "pictures">, all: number): boolean =>
  pictures > 0.5 * size ||
  (pictures > 0.25 * size && pictures > 0.25 * all) ||
  (pictures > 0.1 * size && pictures > 0.5 * all);

export interface Assigned {
  /** Centre of each patch. */
  readonly assignment: ArrayLike<number>;
  /** Distance of each patch to it. */
  readonly distances: ArrayLike<number>;
  /** Picture of each patch. */
  readonly pictureOf: ArrayLike<number>;
  readonly centres: number;
  /** Pictures there are. */
  readonly all: number;
}

/**
 * Clusters that pass, in the order of centres.
 *
 * Source: the code of ACE (Ghorbani et al. 2019), `discover_concepts`.
 */
export function popularClusters(
  { assignment, distances, pictureOf, centres, all }: Assigned,
  { fewest = POPULAR.fewest, most = POPULAR.most }: PopularOptions = {},
): readonly Cluster[] {
  const places: number[][] = Array.from({ length: centres }, () => []);
  for (let i = 0; i < assignment.length; i++) places[assignment[i] as number]?.push(i);
  return places
    .map((own, centre) => ({
      centre,
      size: own.length,
      pictures: new Set(own.map((i) => pictureOf[i] as number)).size,
      members: own.sort((a, b) => (distances[a] as number) - (distances[b] as number) || a - b).slice(0, most),
    }))
    .filter((c) => c.size > fewest && isCommon(c, all));
}
