/** @file The class's score when only what a map calls important is left: what average drop, increase and gain compare. */
import { oneOf, type ParamSpecs, type Params } from "../params.ts";
import { baseImage } from "./base-image.ts";
import { fingerprint } from "./fingerprint.ts";
import { strides } from "./input-layout.ts";
import { type Answer, type MetricImage, type Query, type Request, type Scored, scores } from "./metric.ts";
import { REASON } from "./refusal.ts";
import { topMask } from "./top-mask.ts";
import { whole } from "./walk.ts";

/** What is left of an image, by variant: the traps of one name for several numbers. */
export const KEPT = {
  top20: "the 20 % most important pixels, the rest black (Lam et al. 2021)",
  top50: "the 50 % most important pixels, the rest black (Score-CAM)",
  weighted: "pixels multiplied by the map before normalisation, so that 0 is black (Grad-CAM++)",
  "weighted-input":
    "the normalised input multiplied by the map, so that 0 is the mean colour (pytorch-grad-cam, torch-cam)",
} as const;
export type Kept = keyof typeof KEPT;
const NAMES = Object.keys(KEPT) as Kept[];

export const confidenceParams: ParamSpecs = {
  scale: oneOf(
    "cam",
    ["cam", "minmax", "none"],
    "the map as weights: `cam` (negative values to 0, then min-max to 0 … 1), `minmax`, or `none` (as it is)",
  ),
};

export interface Confidences {
  /** Probability of the target for the image. */
  readonly before: number;
  /** For what is left of it, or why there is nothing to ask. */
  readonly after: Readonly<Record<Kept, number | { readonly excluded: string }>>;
}

/** Five forward images, all shared between the metrics that ask for them. */
export function* confidences(image: MetricImage, params: Params): Generator<Request, Confidences, Answer> {
  const weights = weightsOf(image.map, params.scale as string);
  const print = fingerprint(image.map);
  const left: Readonly<Record<Kept, Float32Array | undefined>> = {
    top20: keep(image, 0.2),
    top50: keep(image, 0.5),
    weighted: weights && image.toInput(times(image.pixels, weights)),
    "weighted-input": weights && timesInput(image, weights),
  };
  const names = NAMES.filter((name) => left[name] !== undefined);
  const queries = names.map((name): Query => {
    const how = name.startsWith("weighted") ? `${name}:${params.scale}` : name;
    return { x: left[name] as Float32Array, key: `kept:${how}:${print}` };
  });
  const [original, ...answers] = yield* scores([whole(image), ...queries]);
  const probability = (s: Scored): number => s.probabilities[image.target] as number;
  const after = Object.fromEntries(
    NAMES.map((name) => {
      const at = names.indexOf(name);
      return [name, at < 0 ? { excluded: REASON.notPositive } : probability(answers[at] as Scored)];
    }),
  );
  return { before: probability(original as Scored), after: after as Confidences["after"] };
}

function keep(image: MetricImage, share: number): Float32Array {
  const { mask } = topMask(image.map, share);
  const x = baseImage(image, "black").slice();
  const [step, plane] = strides(image);
  for (let p = 0; p < mask.length; p++)
    if (mask[p]) for (let c = 0, at = p * step; c < image.channels; c++, at += plane) x[at] = image.x[at] as number;
  return x;
}

/** Undefined when nothing is positive and so nothing would be left. */
function weightsOf(map: Float32Array, scale: string): Float32Array | undefined {
  if (scale === "none") return map;
  const m = scale === "cam" ? map.map((v) => Math.max(0, v)) : map;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of m) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return high > low ? m.map((v) => (v - low) / (high - low)) : undefined;
}

const times = (planes: Float32Array, weights: Float32Array): Float32Array =>
  planes.map((v, i) => v * (weights[i % weights.length] as number));

function timesInput(image: MetricImage, weights: Float32Array): Float32Array {
  const [step, plane] = strides(image);
  const out = new Float32Array(image.x.length);
  for (let c = 0; c < image.channels; c++)
    for (let p = 0; p < weights.length; p++) {
      const at = p * step + c * plane;
      out[at] = (image.x[at] as number) * (weights[p] as number);
    }
  return out;
}
