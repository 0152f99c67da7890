/** @file What a run says in the end: for every method, metric and variant its location, its uncertainty, its rank, and whether it beats baselines. */
import { BASELINES, type Baseline, baselineOf, opponent } from "./baselines.ts";
import { type BootstrapOptions, bootstrapMeans, type Interval } from "./bootstrap.ts";
import type { Variant } from "./metric.ts";
import { mean, quantile, sorted, standardError, trimmedMean } from "./quantiles.ts";
import { paired, type RunSeries, type Series, seriesKey } from "./series.ts";

export type Direction = Variant["better"];
/** `unknown` = fewer than {@link FEWEST} images that both have a value for. */
export type Verdict = "beats" | "level" | "loses" | "unknown";

/** A method against a baseline on the images that both have a value for. */
export interface Versus {
  readonly pairs: number;
  readonly wins: number;
  readonly ties: number;
  /** Wins and half the ties, of the pairs. */
  readonly rate: number | null;
  /** Mean difference in the metric's unit, above 0 where it speaks for the method; its bootstrap interval. */
  readonly advantage: number | null;
  readonly interval: Interval | null;
  /** Whether the interval lies above 0, holds 0, or lies below. */
  readonly verdict: Verdict;
}

/** One method under one variant of one metric; numbers are null where no image gave a value. */
export interface SummaryCell {
  readonly metric: string;
  readonly variant: string;
  readonly method: string;
  /** Undefined for a method of its own right. */
  readonly baseline: Baseline | null;
  readonly better: Direction;
  /** Images with a value; images without, by reason. */
  readonly n: number;
  readonly excluded: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly mean: number | null;
  /** Standard error of the mean. */
  readonly error: number | null;
  /** Bootstrap interval of the mean. */
  readonly interval: Interval | null;
  readonly median: number | null;
  /** Mean without the lowest and the highest tenth. */
  readonly trimmed: number | null;
  readonly quartiles: Interval | null;
  readonly extremes: Interval | null;
  /** By the mean among methods of their own right, 1 = best, equal means share a rank. */
  readonly rank: number | null;
  readonly against: Readonly<Partial<Record<Baseline, Versus>>>;
}

/** Plain JSON. Cells are ordered by metric, variant, method, each in order of first appearance. */
export interface Summary {
  readonly schema_version: 1;
  readonly bootstrap: BootstrapOptions;
  /** Share cut from each end by the trimmed mean. */
  readonly trim: number;
  readonly images: number;
  readonly methods: readonly string[];
  readonly cells: readonly SummaryCell[];
}

const TRIM = 0.1;
/** Below so many pairs a bootstrap interval is too narrow to decide anything. */
export const FEWEST = 8;

/** The series of one run; `variantsOf` gives the variants of a metric by the name it has in the rows. The same series give the same bytes. */
export function summarize(
  { byKey, images }: RunSeries,
  variantsOf: (metric: string) => readonly Variant[],
  { seed = 0, resamples = 2000, level = 0.95 }: Partial<BootstrapOptions> = {},
): Summary {
  const series = [...byKey.values()];
  const methods = [...new Set(series.map((s) => s.method))];
  const drafts = inOrder(series).map((own) => {
    const better: Direction = variantsOf(own.metric).find((v) => v.id === own.variant)?.better ?? "neither";
    return { own, better, duels: better === "neither" ? [] : duelsOf(own, better, byKey) };
  });
  const options = { seed, resamples, level };
  const intervals = bootstrapMeans(
    drafts.flatMap(({ own, duels }) => [own.values, ...duels.map((d) => d.advantages)]),
    options,
  );
  let next = 0;
  const cells = drafts.map(({ own, better, duels }) => {
    const interval = intervals[next++];
    const against = Object.fromEntries(duels.map((d) => [d.baseline, versus(d.advantages, intervals[next++])]));
    return cellOf(own, better, interval, against);
  });
  return {
    schema_version: 1,
    bootstrap: options,
    trim: TRIM,
    images,
    methods,
    cells: ranked(cells),
  };
}

function inOrder(series: readonly Series[]): readonly Series[] {
  const place = <T>(values: readonly T[]): ReadonlyMap<T, number> =>
    new Map([...new Set(values)].map((v, i) => [v, i]));
  const metrics = place(series.map((s) => s.metric));
  const variants = place(series.map((s) => s.variant));
  const methods = place(series.map((s) => s.method));
  const at = (s: Series): readonly number[] => [
    metrics.get(s.metric) as number,
    variants.get(s.variant) as number,
    methods.get(s.method) as number,
  ];
  return [...series].sort((a, b) => {
    const [x, y] = [at(a), at(b)];
    const i = x.findIndex((v, k) => v !== y[k]);
    return i < 0 ? 0 : (x[i] as number) - (y[i] as number);
  });
}

interface Duel {
  readonly baseline: Baseline;
  readonly advantages: Float64Array;
}

function duelsOf(own: Series, better: Direction, all: ReadonlyMap<string, Series>): readonly Duel[] {
  if (baselineOf(own.method) !== undefined) return [];
  const sign = better === "higher" ? 1 : -1;
  return BASELINES.flatMap((baseline) => {
    const other = all.get(seriesKey({ ...own, method: opponent(own.method, baseline) }));
    if (other === undefined) return [];
    return [{ baseline, advantages: paired(own, other, (a, b) => sign * (a - b)) }];
  });
}

function versus(advantages: Float64Array, interval: Interval | undefined): Versus {
  const pairs = advantages.length;
  const wins = advantages.filter((a) => a > 0).length;
  const ties = advantages.filter((a) => a === 0).length;
  return {
    pairs,
    wins,
    ties,
    rate: pairs === 0 ? null : (wins + ties / 2) / pairs,
    advantage: pairs === 0 ? null : mean(advantages),
    interval: interval ?? null,
    verdict:
      interval === undefined || pairs < FEWEST
        ? "unknown"
        : interval[0] > 0
          ? "beats"
          : interval[1] < 0
            ? "loses"
            : "level",
  };
}

function cellOf(
  { metric, variant, method, values, reasons }: Series,
  better: Direction,
  interval: Interval | undefined,
  against: SummaryCell["against"],
): SummaryCell {
  const ascending = sorted(values);
  const n = ascending.length;
  const some = <T>(value: () => T): T | null => (n === 0 ? null : value());
  return {
    metric,
    variant,
    method,
    baseline: baselineOf(method) ?? null,
    better,
    n,
    excluded: [...reasons.values()].reduce((sum, count) => sum + count, 0),
    reasons: Object.fromEntries([...reasons].sort(([a], [b]) => (a < b ? -1 : 1))),
    mean: some(() => mean(ascending)),
    error: standardError(ascending) ?? null,
    interval: interval ?? null,
    median: some(() => quantile(ascending, 0.5)),
    trimmed: some(() => trimmedMean(ascending, TRIM)),
    quartiles: some(() => [quantile(ascending, 0.25), quantile(ascending, 0.75)] as const),
    extremes: some(() => [ascending[0] as number, ascending[n - 1] as number] as const),
    rank: null,
    against,
  };
}

function ranked(cells: readonly SummaryCell[]): readonly SummaryCell[] {
  return cells.map((cell) => {
    if (cell.baseline !== null || cell.better === "neither" || cell.mean === null) return cell;
    const own = cell.mean;
    const ahead = cells.filter(
      (c) =>
        c.metric === cell.metric &&
        c.variant === cell.variant &&
        c.baseline === null &&
        c.mean !== null &&
        (cell.better === "higher" ? c.mean > own : c.mean < own),
    );
    return { ...cell, rank: ahead.length + 1 };
  });
}
