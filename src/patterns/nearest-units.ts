/** @file For every unit vector of one picture the nearest of every other picture: groups that lie too far off are passed over. */
import type { Regions } from "./projected.ts";

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
  /** Centres c `[groups, stride]`, and the largest distance rho of a member from its centre. */
  readonly centres: Float64Array;
  readonly radii: Float64Array;
  /** `[members, stride]` */
  readonly units: Float64Array;
  readonly places: Int32Array;
  /** Position of the first zero vector, or -1. */
  readonly zero: number;
}

/** Members of a group at most. */
const GROUP = 12;
/** Rounding of a bound. */
const SLACK = 1e-12;
/** Coordinates are read three at a time: vectors of fewer are filled up with 0. */
const LEAST = 3;

/**
 * o . p <= o . c + rho for every member p of a group, so a group whose bound is below the best so far holds no nearer one. Exact: values
 * and places are those of a walk over all.
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
  const bounds = new Float64Array(grouped.reduce((most, g) => Math.max(most, g.radii.length), 0));
  const asking = strengths.map((l, i) => (l > 0 && (asks === undefined || asks[i] !== 0) ? 1 : 0));
  for (let a = 0; a < pictures; a++)
    for (let b = 0; b < pictures; b++)
      if (a !== b)
        ask(grouped[b] as Grouped, { filled, asking, bounds, stride }, a * positions, positions, {
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
  readonly bounds: Float64Array;
  readonly stride: number;
}
interface Answered extends Nearest {
  readonly first: number;
  readonly step: number;
}

/** The hot loop: about 5 ns a group and 2 ns a member that is looked at. */
function ask(
  { starts, centres, radii, units, places: order, zero }: Grouped,
  { filled, asking, bounds, stride }: Asking,
  from: number,
  positions: number,
  { values, places, first, step }: Answered,
): void {
  const groups = radii.length;
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
      let bound = x * centres[c]! + y * centres[c + 1]! + z * centres[c + 2]! + radii[q]!;
      for (let k = LEAST; k < stride; k++) bound += filled[o + k]! * centres[c + k]!;
      bounds[q] = bound;
      if (bound > highest) {
        highest = bound;
        nearest = q;
      }
    }
    // the group of the highest bound first, then the others in order
    for (let turn = groups > 0 ? -1 : 0; turn < groups; turn++) {
      const q = turn < 0 ? nearest : turn;
      if (bounds[q]! < best) continue;
      for (let j = starts[q]!, u = j * stride; j < starts[q + 1]!; j++, u += stride) {
        let cosine = x * units[u]! + y * units[u + 1]! + z * units[u + 2]!;
        for (let k = LEAST; k < stride; k++) cosine += filled[o + k]! * units[u + k]!;
        if (cosine >= best && (cosine > best || order[j]! < place)) {
          best = cosine;
          place = order[j]!;
        }
      }
      if (turn < 0) bounds[q] = Number.NEGATIVE_INFINITY;
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
  const radii = new Float64Array(groups.length);
  groups.forEach((members, q) => {
    starts[q + 1] = (starts[q] as number) + members.length;
    const centre = Array.from({ length: stride }, (_, k) => members.reduce((s, r) => s + value(r, k), 0) / members.length);
    centres.set(centre, q * stride);
    radii[q] = Math.max(...members.map((r) => Math.hypot(...centre.map((c, k) => c - value(r, k))))) + SLACK;
  });
  return { starts, centres, radii, units, places: order, zero: own.find((r) => strengths[first + r] === 0) ?? -1 };
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
