/** @file Two runs of the same images side by side: another model, another version, other settings. */
import { type BootstrapOptions, bootstrapMeans, type Interval } from "./bootstrap.ts";
import { mean, standardError } from "./quantiles.ts";
import type { ResultRow } from "./result-row.ts";
import { exclusionOf, seriesKey } from "./series.ts";
import { type SignedRank, signedRank } from "./signed-rank.ts";
import { type TTest, tTest } from "./student.ts";

/** One method under one variant of one metric, on the images that both runs have a value for. Differences are second less first. */
export interface PairedCell {
  readonly metric: string;
  readonly variant: string;
  readonly method: string;
  readonly pairs: number;
  /** Pairs in which the two runs explained different classes. */
  readonly retargeted: number;
  /** Rows without a partner, by reason. */
  readonly unpaired: Readonly<Record<string, number>>;
  /** Means over the pairs. */
  readonly first: number | null;
  readonly second: number | null;
  readonly difference: number | null;
  readonly error: number | null;
  readonly interval: Interval | null;
  readonly t: TTest | null;
  readonly wilcoxon: SignedRank | null;
  /** Holm's adjustment of Wilcoxon's p over all cells of the comparison. */
  readonly adjusted: number | null;
}

/** Plain JSON; cells in order of first appearance. */
export interface PairedComparison {
  readonly schema_version: 1;
  readonly bootstrap: BootstrapOptions;
  readonly cells: readonly PairedCell[];
}

interface Draft {
  readonly row: ResultRow;
  readonly first: number[];
  readonly second: number[];
  readonly unpaired: Map<string, number>;
  retargeted: number;
}

/** Rows of two runs, paired by image, method, metric and variant. */
export function pairedComparison(
  a: Iterable<ResultRow>,
  b: Iterable<ResultRow>,
  { seed = 0, resamples = 2000, level = 0.95 }: Partial<BootstrapOptions> = {},
): PairedComparison {
  const rowKey = (row: ResultRow): string => `${seriesKey(row)} ${row.image}`;
  const drafts = new Map<string, Draft>();
  const draftOf = (row: ResultRow): Draft => {
    const key = seriesKey(row);
    const draft = drafts.get(key) ?? { row, first: [], second: [], unpaired: new Map(), retargeted: 0 };
    drafts.set(key, draft);
    return draft;
  };
  const seconds = new Map([...b].map((row) => [rowKey(row), row]));
  for (const row of a) {
    const draft = draftOf(row);
    const partner = seconds.get(rowKey(row));
    seconds.delete(rowKey(row));
    const why = unpairedReason(row, partner);
    if (why !== undefined || partner === undefined) count(draft.unpaired, why ?? "");
    else {
      draft.first.push(row.value as number);
      draft.second.push(partner.value as number);
      if (row.target !== partner.target) draft.retargeted++;
    }
  }
  for (const row of seconds.values()) count(draftOf(row).unpaired, "only in the second run");
  const options = { seed, resamples, level };
  const all = [...drafts.values()];
  const differences = all.map(({ first, second }) => Float64Array.from(first, (v, i) => (second[i] as number) - v));
  const intervals = bootstrapMeans(differences, options);
  const cells = all.map((draft, i) => cellOf(draft, differences[i] as Float64Array, intervals[i]));
  const adjusted = holm(cells.map((c) => c.wilcoxon?.p));
  return {
    schema_version: 1,
    bootstrap: options,
    cells: cells.map((c, i) => ({ ...c, adjusted: adjusted[i] ?? null })),
  };
}

const count = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

function unpairedReason(row: ResultRow, partner: ResultRow | undefined): string | undefined {
  if (partner === undefined) return "only in the first run";
  const [first, second] = [exclusionOf(row), exclusionOf(partner)];
  if (first !== undefined && second !== undefined) return "no value in either run";
  if (first !== undefined) return `no value in the first run: ${first}`;
  return second === undefined ? undefined : `no value in the second run: ${second}`;
}

function cellOf(
  { row, first, second, unpaired, retargeted }: Draft,
  differences: Float64Array,
  interval: Interval | undefined,
): PairedCell {
  const some = differences.length > 0;
  return {
    metric: row.metric,
    variant: row.variant,
    method: row.method,
    pairs: differences.length,
    retargeted,
    unpaired: Object.fromEntries([...unpaired].sort(([x], [y]) => (x < y ? -1 : 1))),
    first: some ? mean(first) : null,
    second: some ? mean(second) : null,
    difference: some ? mean(differences) : null,
    error: standardError(differences) ?? null,
    interval: interval ?? null,
    t: tTest(differences) ?? null,
    wilcoxon: signedRank(differences) ?? null,
    adjusted: null,
  };
}

/** Adjusted so that the chance of one false finding among all stays below p. Source: Holm 1979. */
export function holm(ps: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const order = ps
    .map((p, i) => ({ p, i }))
    .filter((e): e is { p: number; i: number } => e.p !== undefined)
    .sort((x, y) => x.p - y.p);
  const out: (number | undefined)[] = ps.map(() => undefined);
  let least = 0;
  for (const [k, { p, i }] of order.entries()) {
    least = Math.min(1, Math.max(least, (order.length - k) * p));
    out[i] = least;
  }
  return out;
}
