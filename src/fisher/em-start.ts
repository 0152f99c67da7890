/** @file Where EM begins. */
import { scattered, shuffled, uniforms } from "../random.ts";
import { openRound, type RoundOptions } from "./em-step.ts";
import { type Limits, maximised } from "./em-update.ts";
import type { Mixture } from "./mixture.ts";
import { type RowSource, read } from "./rows.ts";
import type { Spread } from "./spread.ts";

export interface StartInput extends Omit<RoundOptions, "assignment"> {
  readonly source: RowSource;
  readonly spread: Spread;
  readonly limits: Limits;
  readonly seed: number;
}

/** Means uniform in the range of each dimension, variances 0.1 of the range squared, equal weights. Source: the encoding toolkit. */
async function random({ spread: { least, most }, limits: { floor }, components, seed }: StartInput): Promise<Mixture> {
  const width = least.length;
  const draw = uniforms(scattered(seed));
  const range = (d: number): number => (most[d] as number) - (least[d] as number);
  return mixtureOf(components, width, {
    mean: (d) => (least[d] as number) + draw() * range(d),
    variance: (d) => Math.max(0.1 * range(d) ** 2, floor[d] as number),
  });
}

/** k-means: rounds at most, and the share of the squared distances that a round must take away for another. */
const [ROUNDS, ENOUGH] = [10, 1e-3];

/**
 * Shares, means and variances of the clusters of k-means, from k-means++ centres. Nearest is likeliest among components of equal weight
 * and deviation 1, so a round of k-means is a round of EM with every row given to one component.
 */
async function kMeans({ source, spread, limits, seed, ...input }: StartInput): Promise<Mixture> {
  const { components } = input;
  const { width } = source;
  const equal = mixtureOf(components, width, { mean: () => 0, variance: () => 1 });
  // what an empty cluster is: as wide as the whole sample
  const wide = mixtureOf(components, width, {
    mean: () => 0,
    variance: (d) => Math.max(spread.variance[d] as number, limits.floor[d] as number),
  });
  const base = source.count * (Math.log(1 / components) - 0.5 * width * Math.log(2 * Math.PI));
  const round = await openRound(source, { ...input, assignment: "hard" });
  try {
    let means = await plusPlus(source, { ...input, seed });
    let before = Number.POSITIVE_INFINITY;
    for (let t = 1; ; t++) {
      const sums = await round.of({ ...equal, means });
      const found = maximised(sums, { ...wide, means }, limits);
      const squares = 2 * (base - sums.gain);
      if (t >= ROUNDS || (t > 1 && before - squares <= ENOUGH * before)) return found;
      means = found.means;
      before = squares;
    }
  } finally {
    await round.dispose();
  }
}

/** Starts by name. */
export const STARTS = { random, "k-means": kMeans } as const satisfies Readonly<
  Record<string, (input: StartInput) => Promise<Mixture>>
>;
export type StartName = keyof typeof STARTS;
export const MIXTURE_STARTS: readonly StartName[] = ["k-means", "random"];

function mixtureOf(
  components: number,
  width: number,
  { mean, variance }: { readonly mean: (d: number) => number; readonly variance: (d: number) => number },
): Mixture {
  const each = (of: (d: number) => number): Float64Array =>
    Float64Array.from({ length: components * width }, (_, at) => of(at % width));
  return {
    components,
    width,
    weights: new Float64Array(components).fill(1 / components),
    means: each(mean),
    deviations: each((d) => Math.sqrt(variance(d))),
  };
}

/** Rows that centres are chosen from, a component. */
const SAMPLE = 64;

/** Each next centre is a row drawn with its squared distance to the nearest centre as weight. Source: Arthur and Vassilvitskii 2007. */
async function plusPlus(
  source: RowSource,
  { components, seed, ...reading }: Pick<StartInput, "components" | "seed" | "block" | "signal">,
): Promise<Float64Array> {
  const { width } = source;
  const draw = uniforms(scattered(seed));
  const rows = await sampled(source, { ...reading, size: Math.min(source.count, SAMPLE * components), draw });
  const nearest = new Float64Array(rows.length / width).fill(1);
  const centres = new Float64Array(components * width);
  for (let k = 0; k < components; k++) {
    const place = drawn(nearest, draw());
    const centre = rows.subarray(place * width, (place + 1) * width);
    centres.set(centre, k * width);
    for (let i = 0; i < nearest.length; i++) {
      let squares = 0;
      for (let d = 0; d < width; d++) squares += ((rows[i * width + d] as number) - (centre[d] as number)) ** 2;
      nearest[i] = k === 0 ? squares : Math.min(nearest[i] as number, squares);
    }
  }
  return centres;
}

/** Some of the rows, in their order. */
async function sampled(
  source: RowSource,
  {
    size,
    draw,
    ...reading
  }: Pick<StartInput, "block" | "signal"> & { readonly size: number; readonly draw: () => number },
): Promise<Float64Array> {
  const { count, width } = source;
  const places = shuffled(count, draw, size).slice().sort();
  const out = new Float64Array(size * width);
  let taken = 0;
  for await (const part of read(source, reading))
    for (; taken < size && (places[taken] as number) < part.first + part.count; taken++) {
      const at = ((places[taken] as number) - part.first) * width;
      out.set(part.rows.subarray(at, at + width), taken * width);
    }
  return out;
}

/** The place that a share 0 … 1 of all weight reaches; where no weight is left (rows that repeat), by count. */
function drawn(weights: Float64Array, share: number): number {
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (!(total > 0)) return Math.floor(share * weights.length);
  let sum = 0;
  const found = weights.findIndex((w) => {
    sum += w;
    return sum > share * total;
  });
  return found < 0 ? weights.findLastIndex((w) => w > 0) : found;
}
