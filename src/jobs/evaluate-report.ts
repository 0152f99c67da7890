/** @file What closes a run: the summary, and the report. */
import type { DataSet } from "../data/dataset.ts";
import type { Evaluation } from "../evaluate/evaluate.ts";
import type { WorkCounts } from "../evaluate/options.ts";
import type { Explainer } from "../explainer.ts";
import { overlay } from "../image/overlay.ts";
import { encodePng } from "../image/png.ts";
import { resize } from "../image/resize.ts";
import type { ImageU8 } from "../image/types.ts";
import type { CurveRow, ResultRow } from "../metrics/result-row.ts";
import { seriesOf } from "../metrics/series.ts";
import { type Summary, summarize } from "../metrics/summary.ts";
import { sortedJson } from "../report/manifest.ts";
import { type Extremes, extremesOf } from "../report/run/extremes.ts";
import type { RunFacts, RunPicture } from "../report/run/input.ts";
import { runReport } from "../report/run/report.ts";
import type { EvaluationRunOptions, RunFailureRecord } from "./evaluate.ts";
import type { RunFolder, Settings } from "./run-folder.ts";
import { PAGE_FILE, packPage } from "./run-page-file.ts";
import type { EvaluationExtras } from "./run-page-inputs-run.ts";

export interface ReportContext {
  readonly model: Explainer;
  readonly data: DataSet;
  readonly options: EvaluationRunOptions;
  readonly settings: Settings;
  /** Walked more than once. */
  readonly rows: Iterable<ResultRow>;
  readonly images: number;
  readonly failures: readonly RunFailureRecord[];
  readonly notes: readonly string[];
  readonly work: WorkCounts;
}

/** Writes `summary.json`, `page.safetensors` and `report.html`. */
export async function writeReport(run: RunFolder, evaluation: Evaluation, context: ReportContext): Promise<Summary> {
  const metricOf = (name: string) => evaluation.metrics.find((m) => m.name === name)?.metric;
  const series = seriesOf(context.rows);
  const summary = summarize(series, (name) => metricOf(name)?.variants ?? [], {
    seed: context.options.seed ?? 0,
  });
  await run.write("summary.json", sortedJson(summary));
  const extremes = extremesOf(context.rows, summary);
  const curves = { [Symbol.iterator]: () => curvesOf(run) };
  const extras: EvaluationExtras = {
    facts: factsOf(evaluation, context),
    pictures: await picturesOf(evaluation, extremes, context),
    presets: context.options.presets ?? [],
    seed: context.options.seed ?? 0,
    metrics: evaluation.metrics.map(({ name, metric }) => ({ name, metric: metric.id })),
  };
  await run.write(PAGE_FILE, packPage("evaluate", extras));
  const report = await runReport({
    ...{ summary, curves, metricOf, series, extremes },
    failures: context.failures,
    facts: extras.facts,
    pictures: extras.pictures,
    presets: extras.presets,
  });
  await run.write("report.html", report);
  return summary;
}

function* curvesOf(run: RunFolder): Generator<CurveRow> {
  for (const w of run.windows()) yield* w.curves;
}

/** Settings in reading order; what has no value, and a cost where nothing was asked, is left out. */
function factsOf(
  evaluation: Evaluation,
  { model, data, options, settings, images, notes, work }: ReportContext,
): RunFacts {
  const words = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  const { methods, metrics, model_sha256, target, seed, window, batch, threads, version, runtime } = settings;
  const names = (list: unknown): string => (list as readonly { readonly name: string }[]).map((m) => m.name).join(", ");
  const cost = Object.entries(work.metrics).flatMap(([name, m]) =>
    m.asking === 0 ? [] : [`${name}: ${(m.scores / m.asking).toFixed(2)}`],
  );
  const listed: readonly (readonly [string, unknown])[] = [
    ["methods", names(methods)],
    ["metrics", names(metrics)],
    ["target", target],
    ["seed", seed],
    ["window", window],
    ["batch", batch],
    ["threads", threads],
    ["model sha256", model_sha256],
    ["data", options.dataId ?? data.name],
    ["forward images", `${work.scores.asked} asked for, ${work.scores.saved} saved by sharing, ${work.scores.run} run`],
    ["forward images a map", cost.join(", ")],
    ["versions", `onnxplain ${words(version)}, ${words(runtime)}`],
  ];
  return {
    model: model.source.name,
    data: data.name,
    images,
    command: options.command,
    settings: listed.flatMap(([name, value]) =>
      value === null || value === "" ? [] : [[name, words(value)] as const],
    ),
    notes: [...notes, ...evaluation.failures.map(({ method, error }) => `${method} is missing: ${error.message}`)],
  };
}

/** Longer side of a thumbnail, in pixels. */
const THUMBNAIL = 160;
/** Methods that are shown, at most. */
const SHOWN = 12;

/** The best and the worst images, explained again. */
async function picturesOf(
  evaluation: Evaluation,
  extremes: Extremes | undefined,
  { model }: ReportContext,
): Promise<readonly RunPicture[]> {
  const ids = new Set([...(extremes?.best ?? []), ...(extremes?.worst ?? [])].map((e) => e.image));
  const pictures: RunPicture[] = [];
  for await (const looked of evaluation.look(ids)) {
    const { id, picture, prediction, probability, maps } = looked;
    const small = thumbnailOf(picture);
    const caption = `${model.labels?.[prediction] ?? `class ${prediction}`} (${probability.toFixed(2)})`;
    const drawn = [...maps].slice(0, SHOWN).flatMap(([method, { map }]) => {
      if (!map.every(Number.isFinite)) return [];
      const signed = map.some((v) => v < 0);
      const options = { signed, clip: 2, colorbar: false, minSide: 1 };
      return [{ method, image: overlay(small, map, picture.width, picture.height, options) }];
    });
    const shown: RunPicture["maps"][number][] = [];
    for (const { method, image } of drawn) shown.push({ method, png: await encodePng(image) });
    pictures.push({ image: id, png: await encodePng(small), caption, maps: shown });
  }
  return pictures;
}

function thumbnailOf(picture: ImageU8): ImageU8 {
  const scale = THUMBNAIL / Math.max(picture.width, picture.height);
  if (scale >= 1) return picture;
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ];
  return resize(picture, { width, height, resample: "bilinear" });
}
