/** @file Maps of training points for one picture and class: which part of the sensitivity each brought in, and that they add up. */
import { openSession } from "#ort";
import { writeModelBytes } from "../graph/write.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { PageFacts, SensitivityPage } from "../report/representers/input.ts";
import { sensitivityPage } from "../report/representers/sensitivity.ts";
import type { Cut } from "../representers/cut.ts";
import type { RankedPoint } from "../representers/query.ts";
import {
  channelNorm,
  gaussianNoise,
  type MapDifference,
  type SensitivityOptions,
  sensitivityGraph,
  sensitivityMaps,
  weightedSum,
} from "../representers/sensitivity.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { rowsAt } from "./representers-labelled.ts";
import type { OpenRepresenters } from "./representers-open.ts";
import type { Likenesses, Looks } from "./representers-pages.ts";

/** The parts of an opened fit that maps need. */
export type MappedFit = Pick<OpenRepresenters, "fitted"> & {
  readonly train: Pick<OpenRepresenters["train"], "features" | "ids" | "labels">;
};

export interface RepresenterMapsRequest {
  /** The picture as the network takes it. */
  readonly x: Float32Array;
  readonly target: number;
  /** Training points whose maps are wanted, as a query ranks them. */
  readonly points: readonly RankedPoint[];
}

export interface RepresenterMapsOptions extends SensitivityOptions, Pick<SessionOptions, "device" | "threads"> {
  /** Noisy copies to average (SmoothGrad); default 0, the plain gradient. */
  readonly samples?: number | undefined;
  /** Deviation of the noise as a part of the picture's own range; default 0.15. */
  readonly noiseLevel?: number | undefined;
  readonly seed?: number | undefined;
}

export interface RepresenterMaps {
  readonly target: number;
  /** Dims of a map, those of the network's input. */
  readonly dims: readonly number[];
  /** Gradient of the fitted score, raw and signed. */
  readonly total: Float32Array;
  /** In the order of the request, raw and signed. */
  readonly points: readonly (RankedPoint & { readonly map: Float32Array })[];
  /** The maps of all training points together against {@link total}. */
  readonly residual: MapDifference;
  readonly samples: number;
}

/** Throws as `sensitivityGraph` and `sensitivityMaps`; `E_FILE` for features that cannot be read. */
export async function representerMaps(
  { fitted, train }: MappedFit,
  network: { readonly classifier: Classifier; readonly cut: Pick<Cut, "at"> },
  { x, target, points }: RepresenterMapsRequest,
  { samples = 0, noiseLevel = 0.15, seed = 0, device, threads, ...options }: RepresenterMapsOptions = {},
): Promise<RepresenterMaps> {
  const { classes, columns, width, theta, alpha, count } = fitted;
  const column = Float64Array.from({ length: count }, (_, i) => alpha[i * classes + target] as number);
  const places = [...new Set(points.map((p) => p.index))].sort((a, b) => a - b);
  const rows = await rowsAt(train.features, places);
  const featuresOf = (index: number): Float32Array => {
    const at = places.indexOf(index) * width;
    return rows.subarray(at, at + width);
  };
  const [low, high] = x.reduce<readonly [number, number]>(
    ([l, h], v) => [Math.min(l, v), Math.max(h, v)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const graph = sensitivityGraph(network.classifier, network.cut.at);
  const session = await openSession(writeModelBytes(graph.model), { device, threads });
  try {
    const maps = await sensitivityMaps(
      session,
      graph,
      {
        x,
        points: points.map(({ index }) => ({ alpha: column[index] as number, features: featuresOf(index) })),
        theta: theta.subarray(target * columns, target * columns + width),
        sum: await weightedSum(train.features, column),
        noise: samples === 0 ? undefined : gaussianNoise(x.length, { samples, sigma: noiseLevel * (high - low), seed }),
      },
      options,
    );
    return {
      target,
      dims: maps.dims,
      total: maps.total,
      points: points.map((p, i) => ({ ...p, map: maps.points[i] as Float32Array })),
      residual: maps.residual as MapDifference,
      samples,
    };
  } finally {
    await session.dispose();
  }
}

/** The page of {@link RepresenterMaps}: magnitudes over channels, beside what the points look like. */
export function representersMapsPage(
  { fitted, train }: MappedFit,
  { channels, height, width, layout }: Pick<Classifier, "channels" | "height" | "width" | "layout">,
  { target, total, points, residual, samples }: RepresenterMaps,
  {
    facts,
    labels,
    test,
    looks,
  }: {
    readonly facts: PageFacts;
    readonly labels: readonly string[];
    readonly test: { readonly id: string; readonly label: number };
    readonly looks?: Looks | undefined;
  },
): Promise<string> {
  const shown = (id: string, label: number, likenesses: Likenesses | undefined): SensitivityPage["point"] => ({
    id,
    label: label < 0 ? null : label,
    likeness: likenesses?.get(id),
  });
  const magnitude = (map: Float32Array): Float32Array => channelNorm(map, { channels, layout });
  return sensitivityPage({
    facts,
    labels,
    point: shown(test.id, test.label, looks?.tests),
    index: target,
    trainingPoints: fitted.count,
    height,
    width,
    total: magnitude(total),
    points: points.map(({ index, map, ...p }) => ({
      ...p,
      point: shown(train.ids[index] as string, train.labels[index] as number, looks?.train),
      map: magnitude(map),
    })),
    residual,
    samples,
  });
}
