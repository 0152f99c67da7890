/** @file k-means of a few thousand short rows in memory: best of several seeded starts. */
import { scattered, streams } from "../../random.ts";

export interface RowClusters {
  /** The cluster of each row, numbered in the order in which they first occur. */
  readonly assignment: Int32Array;
  /** Sum of squared distances to the means. */
  readonly inertia: number;
}

const STARTS = 10;
const ROUNDS = 100;

type Rows = readonly Float64Array[];

const squared = (a: Float64Array, b: Float64Array): number => {
  let s = 0;
  for (let i = 0; i < a.length; i++) s += (a[i]! - b[i]!) ** 2;
  return s;
};

/** Where the rows have fewer different values than `clusters`, some are empty and not numbered. Source: Lloyd 1982; Arthur and Vassilvitskii 2007. */
export function rowClusters(rows: Rows, clusters: number, seed = 0): RowClusters {
  const next = streams(scattered(seed));
  let best: RowClusters | undefined;
  for (let start = 0; start < STARTS; start++) {
    const found = lloyd(rows, plusPlus(rows, clusters, next()));
    if (best === undefined || found.inertia < best.inertia) best = found;
  }
  const { assignment, inertia } = best as RowClusters;
  const numbers = new Map([...new Set(assignment)].map((cluster, i) => [cluster, i]));
  return { assignment: assignment.map((cluster) => numbers.get(cluster) as number), inertia };
}

/** Each further centre is a row, drawn by its squared distance to the nearest centre there is. */
function plusPlus(rows: Rows, clusters: number, draw: () => number): Rows {
  const centres = [rows[Math.floor(draw() * rows.length)] as Float64Array];
  const nearest = new Float64Array(rows.length).fill(Number.POSITIVE_INFINITY);
  while (centres.length < clusters) {
    const newest = centres[centres.length - 1] as Float64Array;
    rows.forEach((row, i) => {
      nearest[i] = Math.min(nearest[i]!, squared(row, newest));
    });
    let left = draw() * nearest.reduce((s, d) => s + d, 0);
    const at = nearest.findIndex((d) => {
      left -= d;
      return d > 0 && left <= 0;
    });
    centres.push(rows[Math.max(at, 0)] as Float64Array);
  }
  return centres;
}

/** An empty cluster keeps its centre. */
function lloyd(rows: Rows, start: Rows): RowClusters {
  const assignment = new Int32Array(rows.length).fill(-1);
  let centres = start;
  for (let round = 0; ; round++) {
    let [moved, inertia] = [false, 0];
    rows.forEach((row, i) => {
      const distances = centres.map((centre) => squared(row, centre));
      const least = Math.min(...distances);
      const cluster = distances.indexOf(least);
      moved ||= cluster !== assignment[i];
      assignment[i] = cluster;
      inertia += least;
    });
    if (!moved || round === ROUNDS) return { assignment, inertia };
    centres = centres.map((centre, cluster) => {
      const own = rows.filter((_, i) => assignment[i] === cluster);
      return own.length === 0 ? centre : meanOf(own);
    });
  }
}

/** Mean of one row at least. */
export function meanOf(rows: Rows): Float64Array {
  const out = new Float64Array((rows[0] as Float64Array).length);
  for (const row of rows) for (let i = 0; i < out.length; i++) out[i]! += row[i]! / rows.length;
  return out;
}
