/** @file Taking pixels out of a network's input, and asking for scores in even portions. */
import type { ParamSpec, Params } from "../params.ts";
import { copyPixels } from "./input-layout.ts";
import { type Answer, type MetricImage, type Query, type Request, scores } from "./metric.ts";
import { readScore, scoreSpec } from "./score.ts";

/** Parameter: which score of the explained class is compared; a logit, where relevance explains that. */
export const logitSpec: ParamSpec = { ...scoreSpec, default: "logit" };

/** `into` with the given pixels as in `from`, all channels; a new row. */
export function replaced(
  image: MetricImage,
  into: Float32Array,
  from: Float32Array,
  pixels: ArrayLike<number>,
): Float32Array {
  const out = into.slice();
  copyPixels(out, from, { pixels, frame: image });
  return out;
}

/** Smallest and largest value of a row. */
export const extremes = (x: Float32Array): readonly [low: number, high: number] => [
  x.reduce((m, v) => Math.min(m, v), Number.POSITIVE_INFINITY),
  x.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY),
];

/** Rows that are in memory at once for one metric. */
export const PORTION = 32;

/** The score of the explained class for `count` inputs that are made when their turn comes. */
export function* targetScores(
  { target }: MetricImage,
  params: Params,
  count: number,
  make: (i: number) => Query,
): Generator<Request, Float64Array, Answer> {
  const read = readScore(params, target);
  const out = new Float64Array(count);
  for (let from = 0; from < count; from += PORTION) {
    const portion = Array.from({ length: Math.min(PORTION, count - from) }, (_, k) => make(from + k));
    (yield* scores(portion)).forEach((s, k) => {
      out[from + k] = read(s);
    });
  }
  return out;
}

/** Keys of questions that depend on the metric and its parameters but not on the map: every method's map shares them. */
export const keysOf = (metric: string, params: Params): ((question: string | number) => string) => {
  const stem = `${metric} ${JSON.stringify(params)}`;
  return (question) => `${stem} ${question}`;
};
