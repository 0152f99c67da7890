/** @file `evaluate` as a job: a folder of results, checkpoints after every window, taken up where it stopped. */
import { runtimeVersion } from "#ort";
import { openRun } from "#run-folder";
import type { DataSet } from "../data/dataset.ts";
import { OnnxplainError } from "../errors.ts";
import { type Evaluation, prepareEvaluation } from "../evaluate/evaluate.ts";
import type { EvaluatedWindow, EvaluateOptions, ImageFailure, WorkCounts } from "../evaluate/options.ts";
import { addWork, NO_WORK } from "../evaluate/work.ts";
import type { Explainer } from "../explainer.ts";
import type { ResultRow } from "../metrics/result-row.ts";
import type { Summary } from "../metrics/summary.ts";
import { sortedJson } from "../report/manifest.ts";
import { VERSION } from "../version.ts";
import { writeReport } from "./evaluate-report.ts";
import { countsFile, curvesFile, resultsFile } from "./evaluate-tables.ts";
import type { RunFolder, Settings } from "./run-folder.ts";

export interface RunProgress {
  readonly images: number;
  /** Images of the data, where that is known. */
  readonly total: number | undefined;
  readonly failures: number;
  /** Images done before this process began. */
  readonly resumed: number;
  readonly forwards: number;
}

export interface EvaluationRunOptions extends Omit<EvaluateOptions, "skip"> {
  readonly folder: string;
  /** Go on with what is in the folder. Default false. */
  readonly resume?: boolean | undefined;
  /** What is recorded of the data beside its name: where it lies. */
  readonly dataId?: string | undefined;
  /** The command line that repeats the run, and ids of preset tables, for the report. */
  readonly command?: string | undefined;
  readonly presets?: readonly string[] | undefined;
  /** Write tables as CSV as well. */
  readonly csv?: boolean | undefined;
  readonly onStart?: ((evaluation: Evaluation) => void) | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

export interface EvaluationRun {
  readonly folder: string;
  readonly images: number;
  readonly failures: readonly RunFailureRecord[];
  readonly work: WorkCounts;
  readonly summary: Summary;
  readonly notes: readonly string[];
}

/** A failure of one image, or (image null) of a method on all of them. */
export type RunFailureRecord = Omit<ImageFailure, "image"> & { readonly image: string | null };

/**
 * Run an evaluation into a folder: `results.parquet`, `curves.parquet`, `counts.parquet`, `failures.json`, `manifest.json`,
 * `timings.json`, `summary.json`, `page.safetensors` (facts and thumbnails of the report), `report.html`. Stopped at any moment, it can be resumed and loses at most the window it was at.
 * @throws OnnxplainError as `prepareEvaluation`; `E_FILE` for a folder that is taken; `E_PARAM` for a run resumed with other
 * settings or other data; `E_ABORTED`.
 */
export async function runEvaluation(
  model: Explainer,
  data: DataSet,
  options: EvaluationRunOptions,
): Promise<EvaluationRun> {
  const began = performance.now();
  const asked = prepareEvaluation(model, data, options);
  const settings = await settingsOf(model, data, { options, evaluation: asked });
  const run = await openRun(options.folder, settings, options.resume ?? false);
  if (run.done)
    throw new OnnxplainError("E_FILE", `The run in \`${run.folder}\` is complete; there is nothing to resume.`, {
      file: run.folder,
    });
  options.onStart?.(asked);
  const watched: DataSet = { ...data, items: () => checked(data, run) };
  const evaluation = prepareEvaluation(model, watched, { ...options, skip: run.parts });
  await measureAll(run, evaluation, { data, options });
  return finish(run, evaluation, { model, settings, data, options, wallMs: performance.now() - began });
}

async function measureAll(
  run: RunFolder,
  evaluation: Evaluation,
  { data, options }: { readonly data: DataSet; readonly options: EvaluationRunOptions },
): Promise<void> {
  const total = data.count === undefined ? undefined : Math.min(data.count, options.limit ?? data.count);
  let [images, failures, work] = [0, evaluation.failures.length, NO_WORK];
  const add = (w: EvaluatedWindow): void => {
    images += w.images.length;
    failures += w.failures.length;
    work = addWork(work, w.work);
  };
  for (const w of run.windows()) add(w);
  const resumed = images;
  const tell = (): void =>
    options.onProgress?.({ images, total, failures, resumed, forwards: work.predictions + work.scores.run });
  tell();
  for await (const w of evaluation.windows()) {
    await run.add(w);
    add(w);
    tell();
  }
}

/** The items, the first of which must be those of the parts. Throws `E_PARAM`. */
async function* checked(data: DataSet, run: RunFolder): ReturnType<DataSet["items"]> & AsyncGenerator {
  const before = idsOf(run.parts === 0 ? [] : run.windows());
  for await (const item of data.items()) {
    const expected = before.next();
    if (!expected.done && expected.value !== item.id)
      throw new OnnxplainError(
        "E_PARAM",
        `The data has changed since the run was begun: expected image \`${expected.value}\`, got \`${item.id}\`. Restore the data, or begin anew.`,
      );
    yield item;
  }
}
function* idsOf(windows: Iterable<EvaluatedWindow>): Generator<string> {
  for (const w of windows) yield* w.images;
}

interface Finishing {
  readonly model: Explainer;
  readonly settings: Settings;
  readonly data: DataSet;
  readonly options: EvaluationRunOptions;
  readonly wallMs: number;
}

async function finish(run: RunFolder, evaluation: Evaluation, context: Finishing): Promise<EvaluationRun> {
  const { options, settings, data, wallMs } = context;
  const failures: RunFailureRecord[] = evaluation.failures.map(({ method, error }) => ({
    image: null,
    method,
    code: error.code,
    message: error.message,
  }));
  let [images, work] = [0, NO_WORK];
  const stages: Record<string, number> = {};
  for (const w of run.windows()) {
    images += w.images.length;
    work = addWork(work, w.work);
    failures.push(...w.failures);
    for (const [stage, ms] of Object.entries(w.timings)) stages[stage] = (stages[stage] ?? 0) + ms;
  }
  const rows = { [Symbol.iterator]: () => rowsOf(run.windows()) };
  for (const [name, bytes] of [
    ...resultsFile(rows, options.csv),
    ...curvesFile(run.windows(), options.csv),
    ...countsFile(run.windows(), options.csv),
  ])
    await run.write(name, bytes);
  const notes = [...data.notes, ...evaluation.notes];
  await run.write("failures.json", sortedJson(failures.map((f) => ({ ...f }))));
  const summary = await writeReport(run, evaluation, { ...context, rows, images, failures, notes, work });
  await run.write(
    "manifest.json",
    sortedJson({
      schema_version: 1,
      settings: settings as Record<string, never>,
      command: options.command ?? null,
      images: { met: images, measured: work.images, failed: work.failed },
      forward_images: {
        predictions: work.predictions,
        scores: { ...work.scores },
        maps: { ...work.maps },
        metrics: Object.fromEntries(
          Object.entries(work.metrics).map(([name, m]) => [
            name,
            {
              ...m,
              scores_per_map: m.asking === 0 ? 0 : m.scores / m.asking,
              maps_per_map: m.asking === 0 ? 0 : m.maps / m.asking,
            },
          ]),
        ),
      },
      maps: evaluation.sources.map((s) => s.name),
      failures: failures.length,
      notes,
      versions: { onnxplain: VERSION, runtime: await runtimeVersion() },
    }),
  );
  await run.write(
    "timings.json",
    sortedJson({ schema_version: 1, stages_ms: stages, last_process_ms: wallMs, images }),
  );
  await run.close();
  return { folder: run.folder, images, failures, work, summary, notes };
}

function* rowsOf(windows: Iterable<EvaluatedWindow>): Generator<ResultRow> {
  for (const w of windows) yield* w.rows;
}

/** Everything that decides a number of the results. */
async function settingsOf(
  model: Explainer,
  data: DataSet,
  { options, evaluation }: { readonly options: EvaluationRunOptions; readonly evaluation: Evaluation },
): Promise<Settings> {
  return {
    model: model.source.name,
    model_sha256: await model.digest(),
    data: data.name,
    data_id: options.dataId ?? null,
    data_count: data.count ?? null,
    data_classes: data.classes ?? null,
    methods: evaluation.methods.map((m) => ({ ...m, layer: m.layer ?? null, output: m.output ?? null })),
    params: options.params ?? {},
    metrics: evaluation.metrics.map(({ name, metric, params }) => ({ name, metric: metric.id, params })),
    agreements: options.agreements ?? [],
    baselines: options.baselines ?? true,
    target: options.target ?? "predicted",
    limit: options.limit ?? null,
    seed: options.seed ?? 0,
    window: evaluation.window,
    batch: options.batch ?? null,
    max_memory: options.maxMemory ?? null,
    device: options.device ?? null,
    threads: options.threads ?? null,
    output: options.output ?? "logits",
    layer: options.layer ?? null,
    preprocessing: evaluation.preprocessing,
    version: VERSION,
    runtime: await runtimeVersion(),
  };
}
