/** @file All metrics, one line each, and the search by name. */
import { OnnxplainError } from "../errors.ts";
import type { Metric } from "./metric.ts";

export const METRICS = {} as const satisfies Readonly<Record<string, Metric>>;

const key = (id: string): string => id.toLowerCase().replaceAll(/[-_\s]/g, "");

/** The metric with this id or alias; case, `-`, `_` and spaces do not matter. Throws `E_METRIC_UNKNOWN`, listing all. */
export function findMetric(id: string): Metric {
  const wanted = key(id);
  const found = Object.values<Metric>(METRICS).find((m) => [m.id, ...m.aliases].some((name) => key(name) === wanted));
  if (found) return found;
  throw new OnnxplainError(
    "E_METRIC_UNKNOWN",
    `There is no metric \`${id}\`. Metrics: ${Object.keys(METRICS).join(", ")}.`,
  );
}
