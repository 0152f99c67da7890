/** @file The gradient map of a class score, shared out among training points: S_i = alpha_ij J_f(x)^T f_i (Yeh et al. 2018, section 3). */
import { close, type Ops, reverse } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import { cutAt, type LinearEnd } from "../methods/linear-end.ts";
import { noPath, SALIENCY_MAP, staticRow } from "../methods/one-pass.ts";
import { normals } from "../random.ts";
import type { HostTensor, Session } from "../runtime/session.ts";
import type { FeatureSource } from "./features.ts";

/** Input of the graph: what flows back from the features, `[N, d]`. */
export const FEATURE_COTANGENT = "feature_cotangent";

/** From pictures and cotangents of their features to maps of the size of the pictures. */
export interface SensitivityGraph {
  /** The network's input and {@link FEATURE_COTANGENT} in, `saliency_map` out, one row a cotangent. */
  readonly model: Model;
  readonly input: string;
  /** Dims of one row of the input, and of a map. */
  readonly dims: readonly number[];
  /** d. */
  readonly width: number;
  readonly freeBatch: boolean;
}

/**
 * One reverse pass from the features of a cut (`bodyOf(classifier).cut`) to the input. Throws `E_NO_DERIVATIVE`, `E_UNSUPPORTED_OP`,
 * `E_LAYER_UNSUITABLE`.
 */
export function sensitivityGraph(
  { model, input, ops, freeBatch }: Pick<Classifier, "model" | "input" | "freeBatch"> & { readonly ops: Ops },
  cut: Pick<LinearEnd, "features" | "pooled">,
): SensitivityGraph {
  const { g, rows } = cutAt(model, cut, ops);
  const width = rows.dims?.[1];
  if (rows.dims?.length !== 2 || typeof width !== "number")
    throw new OnnxplainError(
      "E_LAYER_UNSUITABLE",
      `\`${cut.features}\` has no fixed size; expected [N, d] or [N, d, …]. Cut the network at another layer.`,
    );
  const { nodes } = model.graph;
  const made = g.producer(rows);
  const cotangent = g.input(FEATURE_COTANGENT, "float32", [rows.dims[0] ?? "N", width]);
  const { cotangents } = reverse({
    g,
    nodes: made === undefined || nodes.includes(made) ? nodes : [...nodes, made],
    ops,
    from: new Map([[rows.name, cotangent]]),
    to: [input.name],
  });
  const map = cotangents.get(input.name);
  if (!map) throw noPath(input.name, cut.features);
  return {
    model: close(model, g, [g.alias(map, SALIENCY_MAP)]),
    input: input.name,
    dims: staticRow(map),
    width,
    freeBatch,
  };
}

/** A training point: alpha of the class in question, and its features `[d]`. */
export interface WeightedFeatures {
  readonly alpha: number;
  readonly features: ArrayLike<number>;
}

export interface SensitivityRequest {
  /** One picture as the network takes it. */
  readonly x: Float32Array;
  /** Points whose maps are wanted. */
  readonly points: readonly WeightedFeatures[];
  /** Weights of the class, `[d]`; a bias behind them is not read, since it has no derivative. */
  readonly theta: ArrayLike<number>;
  /** Sum of alpha_ij f_i over all training points, `[d]`: {@link weightedSum}. */
  readonly sum?: ArrayLike<number> | undefined;
  /** What is added to the picture, one array a copy; maps are means over copies. Default: one copy without noise. */
  readonly noise?: readonly Float32Array[] | undefined;
}

export interface SensitivityOptions {
  /** Rows of one run; default 16, 1 where the network's batch is fixed. */
  readonly batch?: number | undefined;
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Maps in the order of the request, each with the dims of the input, raw and signed. */
export interface SensitivityMaps {
  readonly dims: readonly number[];
  readonly points: readonly Float32Array[];
  /** Gradient of the fitted score, theta . f. */
  readonly total: Float32Array;
  /** Sum of the maps of all training points, taken before the pass (the map is linear in the features); where asked for. */
  readonly sum: Float32Array | undefined;
  /** {@link sum} against {@link total}; undefined where the sum was not asked for. */
  readonly residual: MapDifference | undefined;
}

export interface MapDifference {
  /** max |a - b|. */
  readonly absolute: number;
  /** The same over max |b|; 0 where both are 0. */
  readonly relative: number;
}

/**
 * The maps of points for one picture and class. All of them see the same noise, so that they still add up. `session` runs
 * {@link SensitivityGraph.model}. Throws `E_INPUT_SHAPE`, `E_PARAM`, `E_ABORTED`.
 */
export async function sensitivityMaps(
  session: Pick<Session, "run">,
  graph: SensitivityGraph,
  { x, points, theta, sum, noise }: SensitivityRequest,
  { batch = 16, onProgress, signal }: SensitivityOptions = {},
): Promise<SensitivityMaps> {
  const { dims, width } = graph;
  const size = dims.reduce((p, d) => p * d, 1);
  if (!(Number.isInteger(batch) && batch >= 1))
    throw new OnnxplainError("E_PARAM", `Expected \`batch\` to be an integer from 1 up, got ${batch}.`);
  if (x.length !== size)
    throw new OnnxplainError("E_INPUT_SHAPE", `Expected a picture of [${dims.join()}] values, got ${x.length}.`);
  const copies = noise === undefined ? [x] : noise.map((n) => shifted(x, n));
  if (copies.length === 0)
    throw new OnnxplainError("E_PARAM", "Expected at least one array of noise; leave `noise` out for the gradient.");
  const cotangents = [
    ...points.map(({ alpha, features }) => scaledRow(features, alpha, width)),
    scaledRow(theta, 1, width),
    ...(sum === undefined ? [] : [scaledRow(sum, 1, width)]),
  ];
  const sums = cotangents.map(() => new Float64Array(size));
  const rows = copies.length * cotangents.length;
  const most = graph.freeBatch ? batch : 1;
  for (let first = 0; first < rows; first += most) {
    if (signal?.aborted)
      throw new OnnxplainError("E_ABORTED", "The maps were stopped before their end.", { cause: signal.reason });
    const count = Math.min(most, rows - first);
    const pictures = new Float32Array(count * size);
    const seeds = new Float32Array(count * width);
    for (let k = 0; k < count; k++) {
      const row = first + k;
      pictures.set(copies[Math.floor(row / cotangents.length)] as Float32Array, k * size);
      seeds.set(cotangents[row % cotangents.length] as Float32Array, k * width);
    }
    const { [SALIENCY_MAP]: out } = await session.run(
      {
        [graph.input]: float32([count, ...dims], pictures),
        [FEATURE_COTANGENT]: float32([count, width], seeds),
      },
      [SALIENCY_MAP],
    );
    const values = (out as HostTensor).data as Float32Array;
    for (let k = 0; k < count; k++) {
      const target = sums[(first + k) % cotangents.length] as Float64Array;
      for (let i = 0; i < size; i++) target[i]! += values[k * size + i]!;
    }
    onProgress?.(first + count, rows);
  }
  const maps = sums.map((s) => Float32Array.from(s, (v) => v / copies.length));
  const total = maps[points.length] as Float32Array;
  const whole = sum === undefined ? undefined : maps[points.length + 1];
  return {
    dims,
    points: maps.slice(0, points.length),
    total,
    sum: whole,
    residual: whole && mapDifference(whole, total),
  };
}

const float32 = (dims: readonly number[], data: Float32Array): HostTensor => ({ dtype: "float32", dims, data });

function shifted(x: Float32Array, noise: Float32Array): Float32Array {
  if (noise.length !== x.length)
    throw new OnnxplainError("E_INPUT_SHAPE", `Expected noise of ${x.length} values, got ${noise.length}.`);
  return x.map((v, i) => v + (noise[i] as number));
}

/** The first `width` numbers times `factor`; one more, the constant for the bias, is left out. */
function scaledRow(values: ArrayLike<number>, factor: number, width: number): Float32Array {
  if (values.length !== width && values.length !== width + 1)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected ${width} features (or ${width + 1} with the bias), got ${values.length}. Were they made by the same network, cut at the same layer?`,
    );
  return Float32Array.from({ length: width }, (_, i) => factor * (values[i] as number));
}

/** Sum of alpha_i f_i over all points, in float64: `[d]`. `alpha` holds one number a point. */
export async function weightedSum(source: FeatureSource, alpha: ArrayLike<number>): Promise<Float64Array> {
  const { count: points, width } = source;
  if (alpha.length !== points)
    throw new OnnxplainError("E_INPUT_SHAPE", `Expected one alpha for each of ${points} points, got ${alpha.length}.`);
  const sum = new Float64Array(width);
  for await (const { first, count, rows } of source.blocks()) {
    for (let i = 0; i < count; i++) {
      const a = alpha[first + i] as number;
      if (a === 0) continue;
      for (let k = 0; k < width; k++) sum[k]! += a * rows[i * width + k]!;
    }
  }
  return sum;
}

export function mapDifference(a: ArrayLike<number>, b: ArrayLike<number>): MapDifference {
  let [absolute, largest] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    absolute = Math.max(absolute, Math.abs((a[i] as number) - (b[i] as number)));
    largest = Math.max(largest, Math.abs(b[i] as number));
  }
  return { absolute, relative: absolute === 0 ? 0 : absolute / largest };
}

/** Arrays of Gaussian noise, drawn as the method `smoothgrad` draws its own from the same seed. `sigma` in network input units. */
export function gaussianNoise(
  size: number,
  { samples, sigma, seed }: { readonly samples: number; readonly sigma: number; readonly seed: number },
): readonly Float32Array[] {
  const draw = normals(seed);
  return Array.from({ length: samples }, () => Float32Array.from({ length: size }, () => sigma * draw()));
}

/** Magnitude over channels for display: `[C, H, W]` (or `[H, W, C]`) to `[H, W]`. */
export function channelNorm(
  map: Float32Array,
  { channels, layout }: Pick<Classifier, "channels" | "layout">,
): Float32Array {
  const size = map.length / channels;
  const [pixel, channel] = layout === "nchw" ? [1, size] : [channels, 1];
  return Float32Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += (map[i * pixel + c * channel] as number) ** 2;
    return Math.sqrt(sum);
  });
}
