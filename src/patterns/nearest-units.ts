/** @file For every unit vector of one picture the nearest of every other picture: groups that lie too far off are passed over. */
import type { Regions } from "./regions.ts";

export interface Nearest {
  /** The largest cosine, `[B, HW, B]`; 0 of a zero vector, of a position that does not ask, and of a picture with itself. */
  readonly values: Float64Array;
  /** Its position in x2, the first of equal ones; -1 where nothing was asked. */
  readonly places: Int32Array;
}

/** Unit vectors of one picture in groups of neighbours. Zero vectors stand beside. */
interface Grouped {
  /** Where each group begins among the members, and where the last one ends, `[groups + 1]`. */
  readonly starts: Int32Array;
  /** Unit centres c `[groups, stride]`; cosine and sine of rho, the largest angle between a member and its centre. */
  readonly centres: Float64Array;
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
  /** `[members, stride]` */
  readonly units: Float64Array;
  readonly places: Int32Array;
  /** Position of the first zero vector, or -1. */
  readonly zero: number;
}

/** Members of a group at most. */
const GROUP = 16;
/** Rounding of cosines that are compared: no group is lost for it. */
const SLACK = 1e-12;
/** Coordinates are read three at a time: vectors of fewer are filled up with 0. */
const LEAST = 3;

/**
 * A group holds a nearer vector than the best so far, at the angle beta, only if o . c >= cos(rho + beta); the others are passed over.
 * Exact: values and places are those of a walk over all.
 *
 * @param asks `[B, HW]`: positions of 0 do not ask. Default: all do.
 */
export function nearestUnits(regions: Regions, asks?: ArrayLike<number>): Nearest {
  const { pictures, positions, strengths } = regions;
  const stride = Math.max(LEAST, regions.dimension);
  const filled = filledUp(regions, stride);
  const grouped = Array.from({ length: pictures }, (_, b) => groupedUnits(regions, filled, b, stride));
  const values = new Float64Array(pictures * positions * pictures);
  const places = new Int32Array(values.length).fill(-1);
  const heights = new Float64Array(grouped.reduce((most, g) => Math.max(most, g.cosines.length), 0));
  const asking = strengths.map((l, i) => (l > 0 && (asks === undefined || asks[i] !== 0) ? 1 : 0));
  for (let a = 0; a < pictures; a++)
    for (let b = 0; b < pictures; b++)
      if (a !== b)
        ask(grouped[b] as Grouped, { filled, asking, heights, stride }, a * positions, positions, {
          values,
          places,
          first: a * positions * pictures + b,
          step: pictures,
        });
  return { values, places };
}

interface Asking {
  readonly filled: Float64Array;
  readonly asking: Float64Array;
  /** Working memory. */
  readonly heights: Float64Array;
  readonly stride: number;
}
interface Answered extends Nearest {
  readonly first: number;
  readonly step: number;
}

function ask(
  { starts, centres, cosines, sines, units, places: order, zero }: Grouped,
  { filled, asking, heights, stride }: Asking,
  from: number,
  positions: number,
  { values, places, first, step }: Answered,
): void {
  const groups = cosines.length;
  for (let i = from, at = first; i < from + positions; i++, at += step) {
    if (asking[i] === 0) continue;
    const o = i * stride;
    const x = filled[o]!;
    const y = filled[o + 1]!;
    const z = filled[o + 2]!;
    let best = zero < 0 ? Number.NEGATIVE_INFINITY : 0;
    let place = zero;
    let nearest = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let q = 0, c = 0; q < groups; q++, c += stride) {
      let height = x * centres[c]! + y * centres[c + 1]! + z * centres[c + 2]!;
      for (let k = LEAST; k < stride; k++) height += filled[o + k]! * centres[c + k]!;
      heights[q] = height;
      if (height > highest) {
        highest = height;
        nearest = q;
      }
    }
    let sine = 0;
    // the group of the nearest centre first, then the others in order
    for (let turn = groups > 0 ? -1 : 0; turn < groups; turn++) {
      const q = turn < 0 ? nearest : turn;
      const near = cosines[q]!;
      if (turn >= 0 && (q === nearest || (best > -near && heights[q]! < near * best - sines[q]! * sine - SLACK)))
        continue;
      for (let j = starts[q]!, u = j * stride; j < starts[q + 1]!; j++, u += stride) {
        let cosine = x * units[u]! + y * units[u + 1]! + z * units[u + 2]!;
        for (let k = LEAST; k < stride; k++) cosine += filled[o + k]! * units[u + k]!;
        if (cosine >= best && (cosine > best || order[j]! < place)) {
          best = cosine;
          place = order[j]!;
        }
      }
      sine = Math.sqrt(Math.max(0, 1 - best * best));
    }
    values[at] = best;
    places[at] = place;
  }
}

function filledUp({ units, dimension }: Regions, stride: number): Float64Array {
  if (stride === dimension) return units;
  const count = units.length / dimension;
  const out = new Float64Array(count * stride);
  for (let i = 0; i < count; i++) out.set(units.subarray(i * dimension, (i + 1) * dimension), i * stride);
  return out;
}

function groupedUnits(
  { positions, strengths }: Regions,
  filled: Float64Array,
  picture: number,
  stride: number,
): Grouped {
  const first = picture * positions;
  const own = Array.from({ length: positions }, (_, r) => r);
  const kept = own.filter((r) => (strengths[first + r] as number) > 0);
  const value = (r: number, k: number): number => filled[(first + r) * stride + k] as number;
  const groups = halved(kept, value, stride);
  const order = Int32Array.from(groups.flat());
  const units = new Float64Array(order.length * stride);
  order.forEach((r, j) => {
    units.set(filled.subarray((first + r) * stride, (first + r + 1) * stride), j * stride);
  });
  const starts = new Int32Array(groups.length + 1);
  const centres = new Float64Array(groups.length * stride);
  const [cosines, sines] = [new Float64Array(groups.length), new Float64Array(groups.length)];
  groups.forEach((members, q) => {
    starts[q + 1] = (starts[q] as number) + members.length;
    const centre = new Float64Array(stride);
    for (const r of members) for (let k = 0; k < stride; k++) centre[k]! += value(r, k);
    const length = Math.hypot(...centre);
    // members that balance each other have no centre: any direction within rho = pi will do
    for (let k = 0; k < stride; k++) centre[k] = length > 0 ? (centre[k] as number) / length : 0;
    let least = length > 0 ? 1 : -1;
    for (const r of members) {
      let cosine = 0;
      for (let k = 0; k < stride; k++) cosine += (centre[k] as number) * value(r, k);
      least = Math.min(least, cosine);
    }
    centres.set(centre, q * stride);
    cosines[q] = Math.max(-1, least - SLACK);
    sines[q] = Math.sqrt(1 - (cosines[q] as number) ** 2);
  });
  return {
    starts,
    centres,
    cosines,
    sines,
    units,
    places: order,
    zero: own.find((r) => strengths[first + r] === 0) ?? -1,
  };
}

/** Groups of at most {@link GROUP}, cut in halves along the coordinate of the widest spread. */
function halved(
  members: readonly number[],
  value: (r: number, k: number) => number,
  stride: number,
): readonly (readonly number[])[] {
  if (members.length === 0) return [];
  if (members.length <= GROUP) return [members];
  let [widest, axis] = [-1, 0];
  for (let k = 0; k < stride; k++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const r of members) {
      low = Math.min(low, value(r, k));
      high = Math.max(high, value(r, k));
    }
    if (high - low > widest) [widest, axis] = [high - low, k];
  }
  const sorted = members.toSorted((r, s) => value(r, axis) - value(s, axis));
  const half = sorted.length >> 1;
  return [...halved(sorted.slice(0, half), value, stride), ...halved(sorted.slice(half), value, stride)];
}
