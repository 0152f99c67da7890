/** @file Finds what a class is recognised by beside its objects: groups of pictures whose relevance lies in the same, suspicious place. */
import { OnnxplainError } from "../../errors.ts";
import { type ArtefactCluster, type Clustered, clusterOf, joinedGroups } from "./group.ts";
import { neighbourGraph } from "./neighbour-graph.ts";
import { cellPlacesOf, type MapPlaces, placesOf, type RelevanceMap } from "./relevance-map.ts";
import { rowClusters } from "./row-clusters.ts";
import { smallMap } from "./small-map.ts";
import { greatestEigenpairs } from "./spectrum.ts";
import { FEWEST, meanCosine, positiveShare } from "./suspicion.ts";

export interface ArtefactOptions {
  /** Width of the border strip as a share of the picture's shorter side, above 0, at most 0.5. Default 0.1. */
  readonly strip?: number | undefined;
  /** Cells along each side that maps are brought to. Default 20. */
  readonly grid?: number | undefined;
  /** Neighbours of a map in the graph. Default: the natural logarithm of the number of maps, rounded up, 3 at least. */
  readonly neighbours?: number | undefined;
  /** Default: where the eigenvalues of the graph's Laplacian have their widest gap. */
  readonly clusters?: number | undefined;
  /** Clusters at most, where the gap decides. Default 10. */
  readonly most?: number | undefined;
  readonly seed?: number | undefined;
}

export interface ArtefactSearch {
  readonly grid: number;
  /** In the order of the maps. */
  readonly places: readonly MapPlaces[];
  /** The most suspicious first. */
  readonly clusters: readonly ArtefactCluster[];
  /** For each map the place of its cluster in `clusters`; -1 for a map of zeros. */
  readonly assignment: Int32Array;
  /** Smallest eigenvalues of the normalised Laplacian, rising from 0: one more than clusters may be. */
  readonly eigenvalues: Float64Array;
  /** Mean cosine of the positive relevance of two maps of all: what the clusters' constancy is to be compared with. */
  readonly constancy: number;
  readonly notes: readonly string[];
}

/** [R]: clusters of the second cut. */
const FINER = 6;

const DEFAULTS = { strip: 0.1, grid: 20, most: 10, seed: 0 };

/**
 * Relevance maps of pictures of one class, by any method and of any size, clustered by where their relevance lies (SpRAy). Maps are
 * brought to a common grid and divided by their sum of magnitudes; the graph of nearest neighbours is cut where its spectrum says.
 * Suspicious clusters whose misplaced relevance is the same are joined. Where nothing is suspicious, and `clusters` is not given, the graph is
 * cut once more, finer: objects that lie anywhere hide a faint shortcut of several places from the widest gap. A map of zeros belongs
 * to no cluster. An artefact inside the objects' boxes and away from the border is a cluster, yet not suspicious.
 *
 * n^2 grid^2 products for the neighbours, the eigenvectors by subspace iteration on the sparse graph: nothing grows with n^3.
 *
 * Source: Lapuschkin et al. 2019, "Unmasking Clever Hans predictors and assessing what machines really learn" (Nature Communications
 * 10:1096), SpRAy; von Luxburg 2007, "A tutorial on spectral clustering" (eigengap, logarithmic neighbours); Ng, Jordan and Weiss 2001
 * (rows of length 1). [R]: grid, number of neighbours, and the score of suspicion, which is ours.
 *
 * @throws OnnxplainError `E_DATA_EMPTY` for no maps, `E_INPUT_SHAPE`, `E_NUMERIC` for values that are not finite, `E_PARAM`.
 */
export function searchArtefacts(maps: readonly RelevanceMap[], options: ArtefactOptions = {}): ArtefactSearch {
  const { strip, grid, most, seed } = settled(options);
  if (maps.length === 0)
    throw new OnnxplainError("E_DATA_EMPTY", "There are no maps to search. Expected those of pictures of one class.");
  const places = maps.map((map) => placesOf(map, strip));
  const clustered = maps.flatMap((map, place): readonly Clustered[] => {
    const row = normalised(smallMap(map, grid));
    if (row === undefined) return [];
    const cells = cellPlacesOf(map, strip, grid);
    return [{ place, row, positive: positiveShare(row), cells, shares: places[place] as MapPlaces }];
  });
  const spectrum = spectrumOf(
    clustered.map((c) => c.row),
    { ...options, most, seed },
  );
  const judged = (count: number): Judged => judge(clustered, groupsOf(spectrum, count, seed), grid);
  const own = judged(options.clusters ?? widestGap(spectrum.eigenvalues, most));
  const finer = options.clusters === undefined && !own.odd && clustered.length >= FINER * FEWEST ? judged(FINER) : own;
  const { clusters, cut } = finer.odd ? finer : own;
  const assignment = new Int32Array(maps.length).fill(-1);
  clusters.forEach(({ members }, cluster) => {
    for (const i of members) assignment[i] = cluster;
  });
  const zeros = maps.length - clustered.length;
  const boxed = places.filter((p) => p.outside).length;
  return {
    grid,
    places,
    clusters,
    assignment,
    eigenvalues: spectrum.eigenvalues,
    constancy: meanCosine(clustered.map((c) => c.positive)),
    notes: [
      ...(clusters === own.clusters
        ? []
        : [
            `the spectrum's own cut (${own.clusters.length}) showed nothing suspicious, one into ${FINER} clusters does`,
          ]),
      ...(clusters.length < cut
        ? [`${cut} clusters; those with the same misplaced relevance joined, ${clusters.length} left`]
        : []),
      ...(zeros > 0 ? [`${zeros} of ${maps.length} maps are zero in every cell and belong to no cluster`] : []),
      ...(boxed === 0
        ? ["no boxes are known: a cluster is suspicious at the border alone"]
        : boxed < maps.length
          ? [`${maps.length - boxed} of ${maps.length} pictures have no boxes, or boxes that leave nothing outside`]
          : []),
    ],
  };
}

function settled(options: ArtefactOptions): Readonly<typeof DEFAULTS> {
  const { strip = DEFAULTS.strip, grid = DEFAULTS.grid, most = DEFAULTS.most, seed = DEFAULTS.seed } = options;
  if (!(strip > 0 && strip <= 0.5))
    throw new OnnxplainError("E_PARAM", `Expected \`strip\` to be above 0 and at most 0.5, got ${strip}.`);
  for (const [name, value, least] of [
    ["grid", grid, 2],
    ["most", most, 1],
    ["neighbours", options.neighbours ?? 1, 1],
    ["clusters", options.clusters ?? 1, 1],
  ] as const)
    if (!Number.isSafeInteger(value) || value < least)
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be an integer from ${least} up, got ${value}.`);
  return { strip, grid, most, seed };
}

/** Divided by the sum of magnitudes; undefined for zeros. */
function normalised(map: Float64Array): Float64Array | undefined {
  const sum = map.reduce((s, v) => s + Math.abs(v), 0);
  return sum > 0 ? map.map((v) => v / sum) : undefined;
}

interface Judged {
  /** The most suspicious first. */
  readonly clusters: readonly ArtefactCluster[];
  /** Groups before some were joined. */
  readonly cut: number;
  /** One is suspicious. */
  readonly odd: boolean;
}

function judge(clustered: readonly Clustered[], groups: readonly (readonly number[])[], grid: number): Judged {
  const clusters = joinedGroups(groups.map((group) => group.map((i) => clustered[i] as Clustered)))
    .map((group) => clusterOf(group, clustered, grid))
    .sort((a, b) => Number(b.suspicious) - Number(a.suspicious) || worst(b) - worst(a));
  return { clusters, cut: groups.length, odd: clusters.some((c) => c.suspicious) };
}

const worst = ({ score, beyond }: ArtefactCluster): number => Math.max(score, beyond?.score ?? 0);

interface Spectrum {
  readonly count: number;
  readonly eigenvalues: Float64Array;
  readonly vectors: readonly Float64Array[];
}

function spectrumOf(
  rows: readonly Float64Array[],
  { neighbours, clusters, most, seed }: ArtefactOptions & { readonly most: number; readonly seed: number },
): Spectrum {
  const count = rows.length;
  if (count < 2) return { count, eigenvalues: new Float64Array(count), vectors: [] };
  const k = Math.min(count - 1, neighbours ?? Math.max(3, Math.ceil(Math.log(count))));
  const wanted = Math.max(most, clusters ?? FINER) + 1;
  const { values, vectors } = greatestEigenpairs(neighbourGraph(rows, k), wanted, seed);
  return { count, eigenvalues: values.map((v) => Math.max(0, 1 - v)), vectors };
}

/** Places in the rows, by cluster. One row is one group; no row, none. */
function groupsOf({ count: n, vectors }: Spectrum, clusters: number, seed: number): readonly (readonly number[])[] {
  if (n < 2) return n === 0 ? [] : [[0]];
  const count = Math.min(n, clusters);
  const embedded = Array.from({ length: n }, (_, i) =>
    unit(Float64Array.from(vectors.slice(0, count), (vector) => vector[i] as number)),
  );
  const { assignment } = rowClusters(embedded, count, seed);
  return Array.from({ length: Math.max(...assignment) + 1 }, (_, cluster) =>
    Array.from({ length: n }, (__, i) => i).filter((i) => assignment[i] === cluster),
  );
}

/** After how many eigenvalues the next is farthest off, the fewest at ties; `most` at most. */
function widestGap(eigenvalues: Float64Array, most: number): number {
  let [count, widest] = [1, Number.NEGATIVE_INFINITY];
  for (let c = 1; c < eigenvalues.length && c <= most; c++) {
    const gap = (eigenvalues[c] as number) - (eigenvalues[c - 1] as number);
    if (gap > widest + 1e-9) [count, widest] = [c, gap];
  }
  return count;
}

function unit(row: Float64Array): Float64Array {
  const length = Math.sqrt(row.reduce((s, v) => s + v * v, 0));
  return length > 0 ? row.map((v) => v / length) : row;
}
