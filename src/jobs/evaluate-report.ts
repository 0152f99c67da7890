/** @file What closes a run: the summary, and the report. */
import type { Evaluation } from "../evaluate/evaluate.ts";
import type { ResultRow } from "../metrics/result-row.ts";
import { type Summary, summarize } from "../metrics/summary.ts";
import { type Json, sortedJson } from "../report/manifest.ts";
import type { RunFolder } from "./run-folder.ts";

export interface ReportContext {
  readonly rows: Iterable<ResultRow>;
}

/** Writes `summary.json` and `report.html`. */
export async function writeReport(run: RunFolder, evaluation: Evaluation, context: ReportContext): Promise<Summary> {
  const metricOf = (name: string) => evaluation.metrics.find((m) => m.name === name)?.metric;
  const summary = summarize(context.rows, (name) => metricOf(name)?.variants ?? []);
  await run.write("summary.json", sortedJson(summary as unknown as Json));
  return summary;
}
