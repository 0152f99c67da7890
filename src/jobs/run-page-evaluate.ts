/** @file The folder of `evaluate` as its page: every number anew from the tables, thumbnails where they were kept. */
import type { CurveRow, ResultRow } from "../metrics/result-row.ts";
import { seriesOf } from "../metrics/series.ts";
import { summarize } from "../metrics/summary.ts";
import { METRICS } from "../metrics/table.ts";
import { extremesOf } from "../report/run/extremes.ts";
import type { MetricFacts, RunFailure } from "../report/run/input.ts";
import { runView } from "../report/run/report.ts";
import { openReader, type RunReader, rowsIn } from "./run-page-folder.ts";
import { type EvaluationExtras, evaluationExtras } from "./run-page-inputs-run.ts";
import { count, list, maybe, nullable, optional, real, record, type Shape, text } from "./run-page-shape.ts";
import { has, type Opened, type RunKind, saidFacts } from "./run-page-view.ts";

const resultRow: Shape<ResultRow> = record<ResultRow>({
  image: text,
  label: nullable(real),
  prediction: real,
  target: real,
  method: text,
  metric: text,
  variant: text,
  value: maybe,
  reason: nullable(text),
});
const curveRow: Shape<CurveRow> = record<CurveRow>({
  image: text,
  method: text,
  metric: text,
  curve: text,
  values: list(real),
});
const failures: Shape<readonly RunFailure[]> = list(
  record<RunFailure>({ image: nullable(text), method: nullable(text), code: text, message: text }),
);

interface Manifest {
  readonly settings: {
    readonly model: string;
    readonly data: string;
    readonly seed?: number | undefined;
    readonly metrics: EvaluationExtras["metrics"];
  };
  readonly command?: string | null | undefined;
  readonly images: { readonly met: number };
  readonly notes?: readonly string[] | undefined;
}
const manifest: Shape<Manifest> = record<Manifest>({
  settings: record<Manifest["settings"]>({
    model: text,
    data: text,
    seed: optional(count),
    metrics: list(record<EvaluationExtras["metrics"][number]>({ name: text, metric: text })),
  }),
  command: optional(nullable(text)),
  images: record<Manifest["images"]>({ met: count }),
  notes: optional(list(text)),
});

async function olderExtras(run: RunReader): Promise<EvaluationExtras> {
  const { settings, command, images, notes } = await run.json("manifest.json", manifest);
  const { model, data, metrics, seed = 0 } = settings;
  const facts = {
    model,
    data,
    images: images.met,
    command: command ?? undefined,
    settings: [["seed", String(seed)]] as const,
    notes,
  };
  return { facts, pictures: [], presets: [], seed, metrics };
}

const OLD =
  "Pictures of the best and the worst images, and some settings, were not kept by the onnxplain that wrote this folder.";

const resultsOf = async (run: RunReader): Promise<readonly ResultRow[]> =>
  rowsIn(await run.table("results.parquet"), resultRow, run.place("results.parquet"));

/** Every measurement in the folder of `evaluate`. Throws `E_FILE`. */
export const readResults = async (location: string): Promise<readonly ResultRow[]> =>
  resultsOf(await openReader(location));

async function open(run: RunReader): Promise<Opened> {
  const kept = await run.page("evaluate", evaluationExtras);
  const { facts, pictures, presets, seed, metrics } = kept ?? (await olderExtras(run));
  const rows = await resultsOf(run);
  const curves = run.names.has("curves.parquet")
    ? rowsIn(await run.table("curves.parquet"), curveRow, run.place("curves.parquet"))
    : [];
  const failed = run.names.has("failures.json") ? await run.json("failures.json", failures) : [];
  const ids = new Map(metrics.map((m) => [m.name, m.metric]));
  const metricOf = (name: string): MetricFacts | undefined => {
    const id = ids.get(name) ?? "";
    return Object.hasOwn(METRICS, id) ? METRICS[id as keyof typeof METRICS] : undefined;
  };
  const series = seriesOf(rows);
  const summary = summarize(series, (name) => metricOf(name)?.variants ?? [], { seed });
  const extremes = extremesOf(rows, summary);
  return {
    page: runView({
      ...{ summary, series, extremes, curves, facts, metricOf, pictures },
      failures: failed,
      presets,
    }),
    facts: saidFacts({ facts }),
    missing: kept ? [] : [OLD],
  };
}

export const evaluateKind: RunKind = {
  title: "Maps, measured",
  recognises: has("results.parquet", "failures.json"),
  open,
};
