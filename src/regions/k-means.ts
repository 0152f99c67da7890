/** @file k-means by Lloyd's rounds, exact: features are read block by block and never held. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { emptyGraph, newModel } from "../graph/new-model.ts";
import type { Model } from "../graph/types.ts";
import { verify } from "../graph/verify.ts";
import { writeModelBytes } from "../graph/write.ts";
import { formula } from "../ops/formula.ts";
import { builderOn } from "../ops/infer.ts";
import { OPS } from "../ops/table.ts";
import { scattered, uniforms } from "../random.ts";
import type { HostTensor, Session, SessionOptions } from "../runtime/session.ts";
import { type Pictures, pickedPictures } from "./pictures.ts";

export interface KMeansOptions extends SessionOptions {
  readonly clusters: number;
  /** Places of the points that centres begin at; default k-means++ from the seed. */
  readonly start?: ArrayLike<number> | undefined;
  readonly seed?: number | undefined;
  /** Rounds at most; it ends earlier when no point changes its cluster. Default 100. */
  readonly iterations?: number | undefined;
  /** Points read at once. Default 256. */
  readonly block?: number | undefined;
  /** After each assignment, before the centres move. */
  readonly onRound?: ((round: number, assignment: Int32Array, inertia: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface KMeans {
  readonly clusters: number;
  /** `[clusters, width]`. */
  readonly centres: Float64Array;
  /** The nearest of them for each point, the lowest number at ties, `[n]`. */
  readonly assignment: Int32Array;
  /** Sum of squared distances to it. */
  readonly inertia: number;
  /** For each centre the point nearest to it, `[clusters]`: {@link nearestPlace}. */
  readonly representatives: Int32Array;
  /** Rounds in which centres moved. */
  readonly rounds: number;
  /** Did it end because no point changed its cluster? */
  readonly converged: boolean;
}

const ROUNDS = 100;
const BLOCK = 256;
const [ROWS, CENTRES, DISTANCES] = ["rows", "centres", "distances"];

/** `rows` float32 `[B, width]`, `centres` float64 `[K, width]` -> `distances` float64 `[B, K]`: |f|^2 - 2 <f, c> + |c|^2. */
function distanceGraph(width: number): Model {
  const g = builderOn(emptyGraph("k-means"), OPS);
  const m = formula(g, "float64");
  const rows = g.op("Cast", [g.input(ROWS, "float32", ["B", width])], { to: dtypeCode("float64") });
  const centres = g.input(CENTRES, "float64", ["K", width]);
  const own = m.sum(m.mul(rows, rows), [1]);
  const theirs = g.op("ReduceSum", [m.mul(centres, centres), g.ints([1])], { keepdims: 0 });
  const product = g.op("Gemm", [rows, centres], { transB: 1 });
  const graph = g.build([g.alias(m.add(m.sub(own, m.mul(2, product)), theirs), DISTANCES)]);
  verify(graph, "k-means");
  return newModel(graph);
}

/** Squared distances of points to centres, a block at a time; never below 0. */
interface Measure {
  readonly each: (
    points: Pictures,
    centres: Float64Array,
    use: (distances: Float64Array, block: { first: number; count: number; rows: Float32Array }) => void,
  ) => Promise<void>;
}

const measureOn = (session: Session, { block, signal }: Pick<KMeansOptions, "block" | "signal">): Measure => ({
  each: async (points, centres, use) => {
    const { width } = points;
    const c: HostTensor = { dtype: "float64", dims: [centres.length / width, width], data: centres };
    for await (const part of points.blocks(block ?? BLOCK)) {
      if (signal?.aborted)
        throw new OnnxplainError("E_ABORTED", "k-means was stopped by its signal.", { cause: signal.reason });
      const rows: HostTensor = { dtype: "float32", dims: [part.count, width], data: part.rows };
      const got = await session.run({ [ROWS]: rows, [CENTRES]: c }, [DISTANCES]);
      const found = got[DISTANCES]?.data as Float64Array;
      use(
        found.map((d) => Math.max(0, d)),
        part,
      );
    }
  },
});

/**
 * Euclidean k-means of points `[n, width]`. An empty cluster keeps its centre. Each round reads the points once, k-means++ once for each
 * centre. Throws `E_PARAM` for more clusters than points or a start of another size, `E_NUMERIC`, `E_ABORTED`.
 *
 * Source: Lloyd 1982; Arthur and Vassilvitskii 2007 for the start.
 */
export async function kMeans(points: Pictures, options: KMeansOptions): Promise<KMeans> {
  const { clusters, start, seed = 0, iterations = ROUNDS, block: _, onRound, signal: __, ...own } = options;
  refuseBad(points, options);
  const session = await openSession(writeModelBytes(distanceGraph(points.width)), own);
  try {
    const measure = measureOn(session, options);
    const given = start === undefined ? await plusPlus(points, { clusters, seed, measure }) : undefined;
    let centres = given ?? (await pointsAt(points, start as ArrayLike<number>));
    let before: Int32Array | undefined;
    for (let round = 0; ; round++) {
      const found = await assigned(points, centres, measure);
      const converged = before?.every((k, i) => k === found.assignment[i]) ?? false;
      if (converged || round === iterations) {
        const { assignment, inertia, distances } = found;
        const representatives = Int32Array.from({ length: clusters }, (__, k) =>
          nearestPlace(Float64Array.from({ length: points.count }, (___, i) => distances[i * clusters + k] as number)),
        );
        return { clusters, centres, assignment, inertia, representatives, rounds: round, converged };
      }
      onRound?.(round, found.assignment, found.inertia);
      centres = found.means;
      before = found.assignment;
    }
  } finally {
    await session.dispose();
  }
}

function refuseBad(points: Pictures, { clusters, start }: KMeansOptions): void {
  if (!(Number.isInteger(clusters) && clusters >= 1 && clusters <= points.count))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`clusters\` to be an integer from 1 to the ${points.count} points there are, got ${clusters}.`,
    );
  const bad = start === undefined ? undefined : Array.from(start).find((i) => !(i >= 0 && i < points.count));
  if (start !== undefined && (start.length !== clusters || bad !== undefined))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`start\` to name ${clusters} places from 0 to ${points.count - 1}, got ${bad ?? `${start.length} of them`}.`,
    );
}

interface Assigned {
  readonly assignment: Int32Array;
  readonly inertia: number;
  /** `[n, clusters]`. */
  readonly distances: Float64Array;
  readonly means: Float64Array;
}

async function assigned(points: Pictures, centres: Float64Array, measure: Measure): Promise<Assigned> {
  const { count: n, width } = points;
  const clusters = centres.length / width;
  const assignment = new Int32Array(n);
  const distances = new Float64Array(n * clusters);
  const sums = new Float64Array(centres.length);
  const sizes = new Int32Array(clusters);
  let inertia = 0;
  await measure.each(points, centres, (found, { first, count, rows }) => {
    distances.set(found, first * clusters);
    for (let i = 0; i < count; i++) {
      const own = found.subarray(i * clusters, (i + 1) * clusters);
      const k = firstLeast(own);
      assignment[first + i] = k;
      inertia += own[k] as number;
      sizes[k]! += 1;
      for (let w = 0; w < width; w++) sums[k * width + w]! += rows[i * width + w]!;
    }
  });
  if (!Number.isFinite(inertia))
    throw new OnnxplainError("E_NUMERIC", "Points have values that are not finite, so they have no distances.");
  const means = sums.map((s, at) => {
    const size = sizes[Math.floor(at / width)] as number;
    return size === 0 ? (centres[at] as number) : s / size;
  });
  return { assignment, inertia, distances, means };
}

function firstLeast(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! < values[best]!) best = k;
  return best;
}

/** The points at these places, `[places, width]`. */
async function pointsAt(points: Pictures, places: ArrayLike<number>): Promise<Float64Array> {
  const out = new Float64Array(places.length * points.width);
  const picked = await pickedPictures(points, places);
  for await (const { first, rows } of picked.blocks(Math.max(1, picked.count))) out.set(rows, first * points.width);
  return out;
}

/** Each next centre is a point drawn with its squared distance to the nearest centre as weight. */
async function plusPlus(
  points: Pictures,
  { clusters, seed, measure }: { readonly clusters: number; readonly seed: number; readonly measure: Measure },
): Promise<Float64Array> {
  const draw = uniforms(scattered(seed));
  const { count: n, width } = points;
  const nearest = new Float64Array(n).fill(1);
  const centres = new Float64Array(clusters * width);
  for (let k = 0; k < clusters; k++) {
    const place = drawn(nearest, draw());
    const centre = await pointsAt(points, [place]);
    centres.set(centre, k * width);
    await measure.each(points, centre, (found, { first, count }) => {
      for (let i = 0; i < count; i++)
        nearest[first + i] = k === 0 ? found[i]! : Math.min(nearest[first + i]!, found[i]!);
    });
    nearest[place] = 0;
  }
  return centres;
}

/** The place that a share 0..1 of all weight reaches; where no weight is left, by count. */
function drawn(weights: Float64Array, share: number): number {
  const total = weights.reduce((s, w) => s + w, 0);
  if (!(total > 0)) return Math.floor(share * weights.length);
  let [sum, last] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    sum += weights[i]!;
    last = i;
    if (sum > share * total) return i;
  }
  return last;
}

/** Squared distances closer than this are one distance: both members of a cluster of two are equally far from their mean. */
const [RELATIVE, ABSOLUTE] = [1e-5, 1e-9];

/** The lowest place whose squared distance is least but for rounding (SPEC 4.5). */
export function nearestPlace(squared: Float64Array): number {
  const least = squared.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return squared.findIndex((d) => d <= (1 + RELATIVE) * least + ABSOLUTE);
}

/** The nearest centre of each further point, the lowest number at ties, `[n]`. Throws `E_INPUT_SHAPE`, `E_NUMERIC`. */
export async function nearestCentres(
  points: Pictures,
  centres: Float64Array,
  { block, signal, ...own }: Pick<KMeansOptions, "block" | "signal"> & SessionOptions = {},
): Promise<Int32Array> {
  if (points.width === 0 || centres.length % points.width !== 0)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Points of ${points.width} numbers do not fit centres of ${centres.length} in all. Take both from one layer.`,
    );
  const session = await openSession(writeModelBytes(distanceGraph(points.width)), own);
  try {
    return (await assigned(points, centres, measureOn(session, { block, signal }))).assignment;
  } finally {
    await session.dispose();
  }
}
