/** @file What the report of a run is made from. */
import type { Metric } from "../../metrics/metric.ts";
import type { CurveRow } from "../../metrics/result-row.ts";
import type { RunSeries } from "../../metrics/series.ts";
import type { Summary } from "../../metrics/summary.ts";
import type { Extremes } from "./extremes.ts";

/** What is said of a metric beside its numbers. */
export type MetricFacts = Pick<Metric, "id" | "title" | "source" | "variants" | "cost">;

/** What was asked for and what came of it, in words. */
export interface RunFacts {
  readonly model: string;
  readonly data: string;
  /** Images met in the data; fewer than that have results where some failed. */
  readonly images: number;
  /** The command line that repeats the run. */
  readonly command?: string | undefined;
  /** Every setting, in reading order. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly notes?: readonly string[] | undefined;
}

/** Something that gave no result at all: a picture that cannot be read, a method that does not apply. */
export interface RunFailure {
  /** `image` of the rows; null where it concerns all. */
  readonly image: string | null;
  /** Null = the whole image is missing. */
  readonly method: string | null;
  readonly code: string;
  readonly message: string;
}

/** A picture as the network saw it, and maps of it, as PNG files of thumbnail size. */
export interface RunPicture {
  readonly image: string;
  readonly png: Uint8Array;
  /** What the network says: `collie (0.93)`. */
  readonly caption?: string | undefined;
  readonly maps: readonly { readonly method: string; readonly png: Uint8Array }[];
}

export interface RunReport {
  readonly summary: Summary;
  readonly series: RunSeries;
  readonly extremes: Extremes | undefined;
  readonly curves: Iterable<CurveRow>;
  readonly facts: RunFacts;
  readonly metricOf: (metric: string) => MetricFacts | undefined;
  readonly failures: readonly RunFailure[];
  readonly pictures: readonly RunPicture[];
  /** Ids of {@link PRESET_TABLES} whose tables are shown first. */
  readonly presets: readonly string[];
}

/** Title of a metric as it was asked for: `Simple confidence gain, rho=0.05`. */
export function metricTitle(metric: string, metricOf: RunReport["metricOf"]): string {
  const facts = metricOf(metric);
  if (facts === undefined) return metric;
  if (metric === facts.id) return facts.title;
  return `${facts.title}${metric.startsWith(`${facts.id} `) ? `, ${metric.slice(facts.id.length + 1)}` : ` (${metric})`}`;
}
