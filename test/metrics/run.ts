/** @file Driving one metric by plain functions: what it measured, and what it asked for. */
import type { Answer, MapQuery, Measured, Metric, MetricImage, Query, Scored } from "../../src/metrics/metric.ts";
import { readParams } from "../../src/params.ts";

export interface Network {
  /** Scores of inputs, one row each. */
  readonly score: (rows: readonly Float32Array[]) => readonly Scored[] | Promise<readonly Scored[]>;
  readonly map?: (query: MapQuery) => Float32Array | null;
  /** Answers by {@link Query.key}, shared by the metrics and maps of one image. */
  readonly known?: Map<string, Scored>;
}

export interface Ran extends Measured {
  /** Images that went through the network. */
  readonly scored: number;
  /** Queries, those included that were known. */
  readonly asked: number;
  /** Queries of each request. */
  readonly requests: readonly number[];
}

/** Metric parameters as a user gives them. */
export async function runMetric(
  metric: Metric,
  image: MetricImage,
  network: Network,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Ran> {
  const known = network.known ?? new Map<string, Scored>();
  const requests: number[] = [];
  let scored = 0;
  const answerScores = async (queries: readonly Query[]): Promise<readonly Scored[]> => {
    const keys = queries.map((q, i) => q.key ?? `\0${i}`);
    const fresh = queries.filter((_, i) => !known.has(keys[i] as string) && keys.indexOf(keys[i] as string) === i);
    const rows = fresh.length > 0 ? await network.score(fresh.map((q) => q.x)) : [];
    scored += fresh.length;
    const answers = new Map(fresh.map((q, i) => [keys[queries.indexOf(q)] as string, rows[i] as Scored]));
    for (const q of fresh) if (q.key !== undefined) known.set(q.key, answers.get(q.key) as Scored);
    return keys.map((k) => (answers.get(k) ?? known.get(k)) as Scored);
  };
  const run = metric.run(image, readParams(metric.id, metric.params, params));
  let step = run.next();
  while (!step.done) {
    requests.push(step.value.queries.length);
    const answer: Answer =
      step.value.ask === "scores"
        ? await answerScores(step.value.queries)
        : step.value.queries.map((q) => network.map?.(q) ?? null);
    step = run.next(answer);
  }
  return { ...step.value, scored, requests, asked: requests.reduce((a, b) => a + b, 0) };
}

/** Softmax in double, rounded at the end. */
export function softmax(logits: Float32Array): Float32Array {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const e = Float64Array.from(logits, (v) => Math.exp(v - top));
  const sum = e.reduce((a, b) => a + b, 0);
  return Float32Array.from(e, (v) => v / sum);
}

export const scoredBy =
  (logits: (row: Float32Array) => ArrayLike<number>) =>
  (rows: readonly Float32Array[]): readonly Scored[] =>
    rows.map((row) => {
      const z = Float32Array.from(logits(row));
      return { logits: z, probabilities: softmax(z) };
    });

/** An image of one map; without `toInput` the network takes the pixels as they are (nchw). */
export function imageOf(
  given: Pick<MetricImage, "width" | "height" | "channels" | "pixels" | "map"> & Partial<MetricImage>,
): MetricImage {
  const toInput = given.toInput ?? ((pixels: Float32Array) => Float32Array.from(pixels));
  return {
    id: "image",
    layout: "nchw",
    x: toInput(given.pixels),
    target: 0,
    label: undefined,
    attribution: undefined,
    maps: [given.map],
    mask: undefined,
    boxes: undefined,
    layers: 0,
    classes: 2,
    seed: 1,
    ...given,
    toInput,
  };
}

/** The same network, and a copy of every input that it was asked for. */
export function spied(network: Network): { readonly spy: Network; readonly rows: readonly Float32Array[] } {
  const rows: Float32Array[] = [];
  const score: Network["score"] = (asked) => {
    rows.push(...asked.map((row) => row.slice()));
    return network.score(asked);
  };
  return { spy: { ...network, score }, rows };
}
