/** @file Participants by how much they used explanations, and how their scores changed (Figure 7 of the paper). */
import { bootstrapMeans, type Interval } from "../metrics/bootstrap.ts";
import { mean, standardError } from "../metrics/quantiles.ts";

/** Participants with `above` < actions <= `to`; the first bin is that of no action at all, the last may be open (`to` null). */
export interface Bin {
  readonly above: number;
  readonly to: number | null;
  readonly count: number;
  /** Of the differences of scores; null for an empty bin. */
  readonly mean: number | null;
  /** Sample standard deviation; null below two. */
  readonly std: number | null;
  /** Bootstrap interval of the mean; null below two. */
  readonly interval: Interval | null;
}

/** The paper draws five bins above 0. */
const FEWEST = 5;
const MOST = 20;

/** Above what the bin of no actions lies. */
export const NO_ACTIONS = -1;

/** Which bin a number of actions falls into: 0 for none, then (0, w], (w, 2w], …, at most `count` - 1. */
export const binOf = (actions: number, width: number, count: number): number =>
  actions <= 0 ? 0 : Math.min(Math.ceil(actions / width), count - 1);

export function binsOf(
  { actions, differences }: { readonly actions: readonly number[]; readonly differences: readonly number[] },
  options: {
    readonly binWidth: number;
    readonly seed: number;
    readonly resamples: number;
    readonly level: number;
  },
): readonly Bin[] {
  const { binWidth: width } = options;
  const needed = Math.ceil(actions.reduce((most, n) => Math.max(most, n), 0) / width);
  const count = 1 + Math.min(Math.max(needed, FEWEST), MOST);
  const samples = Array.from({ length: count }, (_, bin) =>
    Float64Array.from(differences.filter((_, i) => binOf(actions[i] as number, width, count) === bin)),
  );
  const intervals = bootstrapMeans(samples, options);
  return samples.map((own, bin) => {
    const error = standardError(own);
    return {
      above: bin === 0 ? NO_ACTIONS : (bin - 1) * width,
      to: bin === count - 1 && needed > MOST ? null : bin * width,
      count: own.length,
      mean: own.length === 0 ? null : mean(own),
      std: error === undefined ? null : error * Math.sqrt(own.length),
      interval: intervals[bin] ?? null,
    };
  });
}

/** `none`, `1 – 30`, `over 570`: whole actions, as people count them. */
export const binName = ({ above, to }: Pick<Bin, "above" | "to">): string =>
  to === null ? `over ${above}` : to === 0 ? "none" : above + 1 === to ? String(to) : `${above + 1} – ${to}`;
