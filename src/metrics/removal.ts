/** @file Taking pixels out of a network's input: what stands in their place, and asking for scores in even portions. */
import { oneOf, type ParamSpecs, type Params } from "../params.ts";
import { scattered, uniforms } from "../random.ts";
import { type Answer, type MetricImage, type Query, type Request, type Scored, scores } from "./metric.ts";

type Shape = Pick<MetricImage, "width" | "height" | "channels" | "layout">;

const FILLS: Readonly<Record<string, (x: Float32Array, seed: number) => (i: number) => number>> = {
  black: (x) => constant(x.reduce((m, v) => Math.min(m, v), Number.POSITIVE_INFINITY)),
  white: (x) => constant(x.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY)),
  mean: (x) => constant(x.reduce((s, v) => s + v, 0) / x.length),
  zero: () => constant(0),
  uniform: (x, seed) => {
    const [low, high] = [FILLS.black!(x, seed)(0), FILLS.white!(x, seed)(0)];
    const random = uniforms(scattered(seed));
    return () => low + (high - low) * random();
  },
};
const constant = (value: number) => (): number => value;

/** Quantus' name and default. */
export const BASELINE_PARAM: ParamSpecs = {
  perturb_baseline: oneOf(
    "black",
    Object.keys(FILLS),
    "what stands for a removed pixel, of the network's input: its smallest value (black), largest (white), mean, zero, or uniform noise between smallest and largest",
  ),
};
/** Which score is compared. */
export const scoreParam = (fallback: "logit" | "probability"): ParamSpecs => ({
  output: oneOf(fallback, ["logit", "probability"], "the score of the explained class that is compared"),
});

/** A whole input of what removed pixels become. */
export function fillOf(image: MetricImage, kind: string, seed: number = image.seed): Float32Array {
  const fill = FILLS[kind]!(image.x, seed);
  return Float32Array.from(image.x, (_, i) => fill(i));
}

/** Where channel `c` of pixel `p` lies in a row of the network's input. */
export const elementOf = ({ width, height, channels, layout }: Shape, p: number, c: number): number =>
  layout === "nchw" ? c * width * height + p : p * channels + c;

/** `into` with the given pixels as in `from`, all channels; a new row. */
export function replaced(shape: Shape, into: Float32Array, from: Float32Array, pixels: Iterable<number>): Float32Array {
  const out = Float32Array.from(into);
  for (const p of pixels)
    for (let c = 0; c < shape.channels; c++) {
      const at = elementOf(shape, p, c);
      out[at] = from[at]!;
    }
  return out;
}

/** Rows that are in memory at once for one metric. */
export const PORTION = 32;

/** The score of the explained class for `count` inputs that are made when their turn comes. */
export function* targetScores(
  { target }: MetricImage,
  params: Params,
  count: number,
  make: (i: number) => Query,
): Generator<Request, Float64Array, Answer> {
  const read = (s: Scored): number => (params.output === "probability" ? s.probabilities : s.logits)[target]!;
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
