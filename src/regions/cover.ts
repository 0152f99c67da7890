/** @file The greedy cover: few boundaries that leave out nearly every reference of another class and few of the picture's own. */
import { OnnxplainError } from "../errors.ts";
import { inBoth, setOf, sizeOf, takeOut } from "./bits.ts";
import { isPositive, type Sides } from "./projections.ts";

/** References: their sides, and the class that the network decides for. */
export interface References {
  readonly sides: Sides;
  readonly classes: ArrayLike<number>;
}

/** A picture: its values at every boundary, and its class. */
export interface Placed {
  readonly values: ArrayLike<number>;
  readonly label: number;
}

export interface CoverOptions {
  /** Boundaries that may be chosen; default all. A draw from many makes a sample for one picture alone. */
  readonly candidates?: readonly number[] | undefined;
  /** References of another class that may stay; default tau, the fewest that all candidates together leave. */
  readonly delta?: number | undefined;
  /** Drop chosen boundaries that the others make superfluous, in ascending order. Default false. */
  readonly prune?: boolean | undefined;
}

/** References that a boundary takes away from those still covered. */
export interface Removed {
  /** Of the picture's class. */
  readonly same: number;
  /** Of another class. */
  readonly other: number;
}

/** The polytope P(x). */
export interface Cover {
  /** Chosen boundaries in the order of choice. Empty: the references allowed are few enough as it is, and everything is covered. */
  readonly order: readonly number[];
  /** What each of them removed when it came. */
  readonly removed: readonly Removed[];
  readonly tau: number;
  readonly delta: number;
  /** At most `delta` references of another class are covered; false only where a smaller `delta` than tau was asked for. */
  readonly met: boolean;
  /** Covered references, as bits. */
  readonly covered: Uint32Array;
  /** Covered references of the picture's class and of others; their sum is the representativeness. */
  readonly same: number;
  readonly other: number;
}

interface Alive {
  readonly same: Uint32Array;
  readonly other: Uint32Array;
}

/**
 * Algorithm 1: the boundary that removes the fewest references of the picture's class for each one of another class it removes, until at
 * most `delta` of those are left. Order of choice: ratio, then more removed of other classes, then the lower index; ratios are compared
 * as fractions.
 *
 * Source: Lam et al. 2021, algorithm 1 and eq. 4, with the numerator of SPEC 4.2. Throws `E_PARAM` for a delta below 0 or a candidate that
 * is no boundary.
 */
export function cover({ sides, classes }: References, x: Placed, options: CoverOptions = {}): Cover {
  const { candidates = Array.from({ length: sides.boundaries }, (_, h) => h), prune = false } = options;
  refuseBad(options, sides.boundaries);
  const beyond = beyondOf(sides, x, candidates);
  const start: Alive = {
    same: setOf(sides.count, (i) => classes[i] === x.label),
    other: setOf(sides.count, (i) => classes[i] !== x.label),
  };
  const tau = sizeOf(left(start, beyond, candidates.keys()).other);
  const delta = options.delta ?? tau;
  const chosen = greedy(start, beyond, delta);
  const kept = prune ? pruned(start, beyond, chosen, candidates) : chosen;
  const { removed, alive } = replayed(start, beyond, kept);
  const [same, other] = [sizeOf(alive.same), sizeOf(alive.other)];
  return {
    order: kept.map((k) => candidates[k] as number),
    removed,
    tau,
    delta,
    met: other <= delta,
    covered: alive.same.map((w, i) => w | (alive.other[i] as number)),
    same,
    other,
  };
}

function refuseBad({ delta = 0, candidates = [] }: CoverOptions, boundaries: number): void {
  if (!(delta >= 0)) throw new OnnxplainError("E_PARAM", `Expected \`delta\` to be a number from 0 up, got ${delta}.`);
  const bad = candidates.find((h) => !(Number.isInteger(h) && h >= 0 && h < boundaries));
  if (bad !== undefined)
    throw new OnnxplainError("E_PARAM", `There is no boundary ${bad}; the fit has ${boundaries}, numbered from 0.`);
}

/** For each candidate the references on the other side than the picture; bits behind the last reference mean nothing. */
interface Beyond {
  readonly words: number;
  readonly count: number;
  readonly bits: Uint32Array;
}

function beyondOf({ words, bits }: Sides, { values }: Placed, candidates: readonly number[]): Beyond {
  const out = new Uint32Array(candidates.length * words);
  candidates.forEach((h, k) => {
    const flip = isPositive(values[h] as number) ? 0xffff_ffff : 0;
    for (let w = 0; w < words; w++) out[k * words + w] = bits[h * words + w]! ^ flip;
  });
  return { words, count: candidates.length, bits: out };
}

const copied = ({ same, other }: Alive): Alive => ({ same: same.slice(), other: other.slice() });

function left(start: Alive, { words, bits }: Beyond, chosen: Iterable<number>): Alive {
  const alive = copied(start);
  for (const k of chosen) {
    takeOut(alive.same, bits, k * words);
    takeOut(alive.other, bits, k * words);
  }
  return alive;
}

/** a / b before c / d, then the larger denominator. */
const precedes = (a: Removed, b: Removed): boolean => {
  const [left, right] = [a.same * b.other, b.same * a.other];
  return left < right || (left === right && a.other > b.other);
};

function greedy(start: Alive, { words, bits, count }: Beyond, delta: number): readonly number[] {
  const alive = copied(start);
  const chosen: number[] = [];
  let open = Array.from({ length: count }, (_, k) => k);
  for (let others = sizeOf(alive.other); others > delta; ) {
    let best: (Removed & { readonly k: number }) | undefined;
    const useful: number[] = [];
    for (const k of open) {
      const other = inBoth(alive.other, bits, k * words);
      if (other === 0) continue;
      useful.push(k);
      const found = { k, other, same: inBoth(alive.same, bits, k * words) };
      if (best === undefined || precedes(found, best)) best = found;
    }
    if (best === undefined) break;
    const { k, other } = best;
    takeOut(alive.same, bits, k * words);
    takeOut(alive.other, bits, k * words);
    chosen.push(k);
    others -= other;
    open = useful.filter((u) => u !== k);
  }
  return chosen;
}

function replayed(
  start: Alive,
  { words, bits }: Beyond,
  chosen: readonly number[],
): { readonly removed: readonly Removed[]; readonly alive: Alive } {
  const alive = copied(start);
  const removed = chosen.map((k): Removed => {
    const gone = { same: inBoth(alive.same, bits, k * words), other: inBoth(alive.other, bits, k * words) };
    takeOut(alive.same, bits, k * words);
    takeOut(alive.other, bits, k * words);
    return gone;
  });
  return { removed, alive };
}

function pruned(
  start: Alive,
  beyond: Beyond,
  chosen: readonly number[],
  candidates: readonly number[],
): readonly number[] {
  const counts = (of: readonly number[]): string => {
    const { same, other } = left(start, beyond, of);
    return `${sizeOf(same)},${sizeOf(other)}`;
  };
  const all = counts(chosen);
  const place = (k: number): number => candidates[k] as number;
  let kept = chosen;
  for (const k of chosen.toSorted((a, b) => place(a) - place(b))) {
    const fewer = kept.filter((other) => other !== k);
    if (counts(fewer) === all) kept = fewer;
  }
  return kept;
}

/** Is a picture with these values on the same side as `x` at every boundary of `order`? No boundaries cover everything. */
export const covers = (order: readonly number[], x: ArrayLike<number>, values: ArrayLike<number>): boolean =>
  order.every((h) => isPositive(x[h] as number) === isPositive(values[h] as number));
