/** @file A group of maps as a finding: where its relevance lies, and how suspicious that is; groups of one artefact joined. */
import { type Beyond, beyondOthers } from "./beyond.ts";
import type { MapPlaces } from "./relevance-map.ts";
import { meanOf } from "./row-clusters.ts";
import { centroidOf, densestBox, type RelativeBox } from "./spot.ts";
import {
  FEWEST,
  meanCosine,
  misplacedPart,
  type Placed,
  SUSPICIOUS,
  type Suspicion,
  suspicionOf,
} from "./suspicion.ts";

export interface ArtefactCluster extends Suspicion {
  /** Places in the list of maps, rising. */
  readonly members: readonly number[];
  /** Of the maps that are clustered. */
  readonly share: number;
  /** `[grid, grid]`: mean of the members' maps, each divided by its sum of magnitudes. */
  readonly mean: Float64Array;
  /** Mean share of the members' positive relevance in the border strip; outside every box, where boxes are known. */
  readonly border: number | undefined;
  readonly outside: number | undefined;
  /** Of the mean positive relevance, in shares of the picture. */
  readonly centroid: { readonly x: number; readonly y: number };
  /** The rectangle that holds most positive relevance beyond its area. */
  readonly box: RelativeBox | undefined;
  /** What the members have beyond the other clusters; undefined where there is none. */
  readonly beyond: Beyond | undefined;
  /** A score of 0.5 or more, of the whole maps or of what is beyond the others, from 3 members on. */
  readonly suspicious: boolean;
}

/** A map that is clustered. */
export interface Clustered extends Placed {
  /** In the list of maps. */
  readonly place: number;
  /** `[grid, grid]`, sum of magnitudes 1. */
  readonly row: Float64Array;
  readonly shares: MapPlaces;
}

/** One member at least; `all` are the maps of the class. */
export function clusterOf(members: readonly Clustered[], all: readonly Clustered[], grid: number): ArtefactCluster {
  const suspicion = suspicionOf(members);
  const own = new Set(members);
  const beyond = beyondOthers(
    members,
    all.filter((one) => !own.has(one)),
    grid,
  );
  const positive = meanOf(members.map((m) => m.positive));
  return {
    ...suspicion,
    members: members.map((m) => m.place).sort((a, b) => a - b),
    share: members.length / all.length,
    mean: meanOf(members.map((m) => m.row)),
    border: meanKnown(members.map((m) => m.shares.border.positive)),
    outside: meanKnown(members.map((m) => m.shares.outside?.positive)),
    centroid: centroidOf(positive, grid),
    box: densestBox(positive, grid),
    beyond,
    suspicious: Math.max(suspicion.score, beyond?.score ?? 0) >= SUSPICIOUS && members.length >= FEWEST,
  };
}

/** [R]: cosine of the misplaced relevance of two groups from which on it is the same. */
const SAME = 0.9;

/**
 * The spectrum may part pictures with one artefact by where their objects are: a group whose misplaced relevance is that of a
 * suspicious one becomes part of it.
 */
export function joinedGroups(groups: readonly (readonly Clustered[])[]): readonly (readonly Clustered[])[] {
  const scored = groups.map((group) => ({ group, score: suspicionOf(group).score, part: misplacedPart(group) }));
  scored.sort((a, b) => b.score - a.score);
  const out: { group: readonly Clustered[]; readonly score: number; readonly part: Float64Array }[] = [];
  for (const one of scored) {
    const same = out.find((other) => other.score >= SUSPICIOUS && meanCosine([other.part, one.part]) >= SAME);
    if (same) same.group = [...same.group, ...one.group];
    else out.push(one);
  }
  return out.map(({ group }) => group);
}

function meanKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((v) => v !== undefined);
  return known.length === 0 ? undefined : known.reduce((s, v) => s + v, 0) / known.length;
}
