/** @file Perturbing an image segment by segment: which segments there are, and the batch that shows some of them. */
import { OnnxplainError } from "../errors.ts";
import type { Value } from "../graph/builder.ts";
import { baseline, integer, nonNegative, type ParamSpec, type ParamSpecs, positive } from "../params.ts";
import { mostSuperpixels, type Planes, type Superpixels, slic } from "../segments/superpixels.ts";
import { baselineValue, blend, overChannels } from "./blend.ts";
import type { Folded, Row, Sample } from "./method.ts";
import { once } from "./once.ts";
import type { Frame, PerturbationContext, Perturbed } from "./perturbation.ts";
import type { Perturbing } from "./perturbed.ts";

/** Shared input [1, H*W]: the segment of each pixel. */
const LABELS = "x/labels";
/** Row input [N,S]: 1 for segments that are seen, 0 for those that are covered. */
const PRESENT = "x/present";

/** What is seen of an image: one 0 or 1 for each segment. */
export type Coalition = Uint8Array;

export interface Coalitions {
  /** How many segments, where that does not depend on the image. */
  readonly known: number | undefined;
  readonly perturb: (p: Perturbing) => Perturbed;
  /** Computed once for each image. */
  readonly segments: (x: Float32Array) => Superpixels;
  readonly row: (seen: Coalition) => Row;
  readonly shared: (sample: Sample) => Row;
  /** [H,W]: each pixel bears the value of its segment, or its share of it. */
  readonly spread: (sample: Sample, values: ArrayLike<number>, shared?: boolean) => Pick<Folded, "values" | "dims">;
}

export function coalitions({ frame, params }: Pick<PerturbationContext, "frame" | "params">): Coalitions {
  const { height, width } = frame;
  const given = params.segments === null ? undefined : labelMap(params.segments as Float32Array, frame);
  const segments = once(
    (x: Float32Array) => given ?? slic(planesOf(frame, x), params as Readonly<Record<string, number>>),
  );
  const most = given?.count ?? mostSuperpixels(height, width, params.n_segments as number);
  return {
    known: given?.count,
    perturb: (perturbing) => {
      const { g, batch } = perturbing;
      const present = g.input(PRESENT, "float32", [batch, most]);
      const keep = overChannels(g, pixelwise(perturbing, present, height * width), frame);
      return { batch: blend(perturbing, keep, baselineValue(g, frame, params.baselines)) };
    },
    segments,
    row: (seen) => {
      const row = new Float32Array(most);
      row.set(seen);
      return { [PRESENT]: row };
    },
    shared: ({ x }) => ({ [LABELS]: Float32Array.from(segments(x).labels) }),
    spread: ({ x }, values, shared = false) => {
      const { labels, count } = segments(x);
      const sizes = new Float64Array(count);
      for (const label of labels) sizes[label]! += 1;
      return {
        values: Float32Array.from(labels, (k) => (values[k] as number) / (shared ? (sizes[k] as number) : 1)),
        dims: [height, width],
      };
    },
  };
}

/** [N,S] over segments -> [N, H*W] over pixels. */
function pixelwise({ g }: Perturbing, present: Value, pixels: number): Value {
  const labels = g.op("Cast", [g.op("Squeeze", [g.input(LABELS, "float32", [1, pixels]), g.ints([0])])], { to: 7 });
  return g.op("Gather", [present, labels], { axis: 1 });
}

/** The channels of an input as planes. */
function planesOf({ layout, channels, height, width }: Frame, x: Float32Array): Planes {
  const pixels = height * width;
  const planes = Array.from({ length: channels }, (_, c) =>
    layout === "nchw"
      ? x.subarray(c * pixels, (c + 1) * pixels)
      : Float32Array.from({ length: pixels }, (_, i) => x[i * channels + c] as number),
  );
  return { planes, height, width };
}

/** Labels as 0..count-1, in the order of their numbers. */
function labelMap(given: Float32Array, { height, width }: Frame): Superpixels {
  if (given.length !== height * width)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`segments\` to hold a label for each of ${height} x ${width} pixels, got ${given.length} numbers.`,
    );
  const known = [...new Set(given)].sort((a, b) => a - b);
  const index = new Map(known.map((label, i) => [label, i]));
  return { labels: Int32Array.from(given, (label) => index.get(label) as number), count: known.length };
}

const isLabel = (v: unknown): v is number => typeof v === "number" && Number.isInteger(v) && v >= 0 && v < 2 ** 24;

const segmentsSpec: ParamSpec = {
  default: null,
  about:
    "a label for each pixel, row by row [H*W]: pixels of one label are shown and covered together; none = SLIC superpixels of the network input, scaled to 0..1",
  expected: "H*W labels, integers from 0 up",
  read: (raw) => {
    const list = typeof raw === "string" ? raw.split(",").map(Number) : raw;
    const labels: readonly unknown[] | undefined = Array.isArray(list)
      ? list
      : ArrayBuffer.isView(list) && !(list instanceof DataView)
        ? Array.from(list as unknown as ArrayLike<unknown>)
        : undefined;
    return labels?.every(isLabel) && labels.length > 0 ? Float32Array.from(labels) : undefined;
  },
};

/** Parameters of every method that works on segments. */
export const SEGMENT_PARAMS = {
  n_segments: integer(100, 1, "about how many superpixels"),
  compactness: positive(10, "how much position weighs against colour in the superpixels: larger = squarer"),
  sigma: nonNegative(0, "standard deviation in pixels of the smoothing before the superpixels are found"),
  segments: segmentsSpec,
  baselines: baseline("what covers a segment, in network input units"),
} as const satisfies ParamSpecs;
