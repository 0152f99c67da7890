/** @file Which coalitions Kernel SHAP scores: small and large ones one by one while the budget lasts, the rest at random in pairs. */
import type { Coalition } from "./coalitions.ts";

/** Coalitions, neither empty nor whole, with weights that stand for the Shapley kernel. */
export interface WeightedCoalitions {
  readonly present: readonly Coalition[];
  readonly weights: readonly number[];
}

/** Coalitions of k and of size - k segments together. */
interface Level {
  readonly k: number;
  /** How many there are; may be infinite. */
  readonly count: number;
  /** Their share of the kernel (size - 1) / (C(size,k) k (size - k)), summed over all of them. */
  readonly mass: number;
}

function levelsOf(size: number): readonly Level[] {
  return Array.from({ length: Math.floor(size / 2) }, (_, i) => {
    const k = i + 1;
    const sides = 2 * k === size ? 1 : 2;
    return { k, count: sides * choose(size, k), mass: (sides * (size - 1)) / (k * (size - k)) };
  });
}

function choose(n: number, k: number): number {
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return Math.round(product);
}

const complement = (seen: Coalition): Coalition => seen.map((v) => 1 - v);
const ofMembers = (size: number, members: readonly number[]): Coalition => {
  const seen = new Uint8Array(size);
  for (const m of members) seen[m] = 1;
  return seen;
};

/** Every k-subset, in lexicographic order. */
function* subsets(size: number, k: number): Generator<readonly number[]> {
  const members = Array.from({ length: k }, (_, i) => i);
  for (;;) {
    yield [...members];
    let at = k - 1;
    while (at >= 0 && members[at] === size - k + at) at--;
    if (at < 0) return;
    members[at]! += 1;
    for (let i = at + 1; i < k; i++) members[i] = (members[i - 1] as number) + 1;
  }
}

function* everyCoalition(size: number, k: number): Generator<Coalition> {
  for (const members of subsets(size, k)) {
    const seen = ofMembers(size, members);
    yield seen;
    if (2 * k !== size) yield complement(seen);
  }
}

/** A k-subset, each equally likely (partial Fisher-Yates). */
function randomCoalition(size: number, k: number, draw: () => number): Coalition {
  const order = Array.from({ length: size }, (_, i) => i);
  for (let i = 0; i < k; i++) {
    const j = i + Math.floor(draw() * (size - i));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return ofMembers(size, order.slice(0, k));
}

/** A sampler of levels by mass. */
function pick(levels: readonly Level[], draw: () => number): Level {
  let left = draw() * levels.reduce((s, l) => s + l.mass, 0);
  for (const level of levels) {
    left -= level.mass;
    if (left < 0) return level;
  }
  return levels.at(-1) as Level;
}

/** Room for rounding where a level's share of the budget just suffices. */
const SUFFICES = 1 - 1e-9;

/**
 * At most `budget` coalitions. A level is taken whole when its share of what is left of the budget suffices, from the
 * smallest and largest coalitions inwards; what is left samples the other levels, each coalition with its complement.
 */
export function shapleyCoalitions(size: number, budget: number, draw: () => number): WeightedCoalitions {
  const present: Coalition[] = [];
  const weights: number[] = [];
  let levels = levelsOf(size);
  let room = budget;
  for (let level = levels[0]; level !== undefined; level = levels[0]) {
    const mass = levels.reduce((s, l) => s + l.mass, 0);
    if ((room * level.mass) / mass < level.count * SUFFICES) break;
    for (const seen of everyCoalition(size, level.k)) {
      present.push(seen);
      weights.push(level.mass / level.count);
    }
    room -= level.count;
    levels = levels.slice(1);
  }
  const pairs = Math.floor(room / 2);
  const mass = levels.reduce((s, l) => s + l.mass, 0);
  for (let i = 0; i < pairs && mass > 0; i++) {
    const seen = randomCoalition(size, pick(levels, draw).k, draw);
    present.push(seen, complement(seen));
    weights.push(mass / (2 * pairs), mass / (2 * pairs));
  }
  return { present, weights };
}
