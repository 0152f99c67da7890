/** @file What makes a group of maps look like an artefact of the data: little room, the wrong place, always the same one. */
import type { CellPlaces } from "./relevance-map.ts";
import { meanOf } from "./row-clusters.ts";

export interface Suspicion {
  /** 1 less the share of the picture that an even map of the same concentration would fill (its participation ratio); 0: even. */
  readonly concentration: number;
  /**
   * How much of what is concentrated (the squares of the mean positive relevance) lies at the border, or outside the boxes where those
   * are known, from 0, as much as of an even map or less, to 1, all; the greater of both.
   */
  readonly misplacement: number;
  /** Mean cosine of the positive relevance of two members, 0…1; 0 for one member. */
  readonly constancy: number;
  /** Cube root of the product of the three, 0…1. */
  readonly score: number;
}

/** A member of a group: its positive relevance on the grid, of sum 1 or all zeros, and which cells are where. */
export interface Placed {
  readonly positive: Float64Array;
  readonly cells: CellPlaces;
}

/** [R]: where suspicion begins. */
export const SUSPICIOUS = 0.5;
/** Fewer members than this show no constancy. */
export const FEWEST = 3;

/** Positive relevance, sum 1; zeros where there is none. */
export function positiveShare(map: Float64Array): Float64Array {
  const positive = map.map((v) => Math.max(0, v));
  const sum = positive.reduce((s, v) => s + v, 0);
  return sum > 0 ? positive.map((v) => v / sum) : positive;
}

/** One member at least. */
export function suspicionOf(members: readonly Placed[]): Suspicion {
  const mean = meanOf(members.map((m) => m.positive));
  const concentration = concentrationOf(mean);
  const misplacement = Math.max(0, ...wrongPlaces(members).map((where) => excessOf(mean, where)));
  const constancy = meanCosine(members.map((m) => m.positive));
  return { concentration, misplacement, constancy, score: Math.cbrt(concentration * misplacement * constancy) };
}

/** For each cell the share of members that have it at the border; and of those with boxes, outside them. */
function wrongPlaces(members: readonly Placed[]): readonly Float64Array[] {
  const outside = members.flatMap(({ cells }) => (cells.outside ? [Float64Array.from(cells.outside)] : []));
  const border = members.map(({ cells }) => Float64Array.from(cells.border));
  return [meanOf(border), ...(outside.length > 0 ? [meanOf(outside)] : [])];
}

function excessOf(mean: Float64Array, where: Float64Array): number {
  let [all, there] = [0, 0];
  mean.forEach((v, i) => {
    all += v * v;
    there += v * v * (where[i] as number);
  });
  const even = where.reduce((s, w) => s + w, 0) / where.length;
  return all > 0 && even < 1 ? Math.max(0, (there / all - even) / (1 - even)) : 0;
}

/** The mean positive relevance, each cell weighed by how misplaced it is: two groups where these point the same way have one artefact. */
export function misplacedPart(members: readonly Placed[]): Float64Array {
  const places = wrongPlaces(members);
  return meanOf(members.map((m) => m.positive)).map((v, i) => v * Math.max(...places.map((w) => w[i] as number)));
}

/** 1 - (sum p)^2 / (n sum p^2); 0 for zeros. */
function concentrationOf(map: Float64Array): number {
  const [sum, squares] = map.reduce(([s, q], v) => [s + v, q + v * v], [0, 0]);
  return squares > 0 ? 1 - sum ** 2 / (map.length * squares) : 0;
}

/** Of two different maps, over all pairs: (|sum of unit vectors|^2 - their number) / (n (n - 1)). A map of zeros is at cosine 0 to any. */
export function meanCosine(maps: readonly Float64Array[]): number {
  if (maps.length < 2) return 0;
  const units = maps.map((map) => {
    const length = Math.sqrt(map.reduce((s, v) => s + v * v, 0));
    return length > 0 ? map.map((v) => v / length) : map;
  });
  const own = units.filter((unit) => unit.some((v) => v !== 0)).length;
  const total = meanOf(units).reduce((s, v) => s + (v * maps.length) ** 2, 0);
  return Math.max(0, (total - own) / (maps.length * (maps.length - 1)));
}
