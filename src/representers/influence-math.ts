/** @file Sums over the points of a study, block by block through ONNX Runtime. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { writeModelBytes } from "../graph/write.ts";
import { OPS } from "../ops/table.ts";
import type { HostTensor, Session } from "../runtime/session.ts";
import { type LayerGraphId, type LayerShape, layerGraph } from "./influence-graphs.ts";
import type { PointBlock, Points } from "./influence-study.ts";

export interface MathOptions {
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a pass at `theta` gives. */
export interface Pass {
  /** Weighted sum of the losses. */
  readonly loss: number;
  /** `[n]`. */
  readonly losses: Float64Array;
  /** `[n, outputs]`. */
  readonly probabilities: Float64Array;
  /** dL_i/dlogit `[n, outputs]`. */
  readonly residuals: Float64Array;
  /** Of the weighted sum, `[outputs, columns]`. */
  readonly gradient: Float64Array;
}

/** Holds sessions: dispose it. Sums carry no 1/n and no decay. */
export interface LayerMath {
  readonly shape: LayerShape;
  readonly columns: number;
  /** outputs x columns. */
  readonly size: number;
  /** `weights` `[n]`, default 1. */
  readonly evaluate: (
    points: Points,
    at: {
      readonly theta: Float64Array;
      readonly targets: Float64Array;
      readonly weights?: Float64Array | undefined;
    },
  ) => Promise<Pass>;
  /** `sum_i [A_i (V f_i)] f_i^T` for each V of `[k, size]`; A_i from probabilities `[n, outputs]`. */
  readonly product: (points: Points, probabilities: Float64Array, vectors: Float64Array) => Promise<Float64Array>;
  /** `sum_i weights_im f_i f_i^T`, `[columns, m, columns]`, of `weights` `[n, m]`. */
  readonly moments: (points: Points, weights: Float64Array) => Promise<Float64Array>;
  /** `<V_k, residual_i f_i^T>`, `[n, k]`. */
  readonly along: (points: Points, residuals: Float64Array, vectors: Float64Array) => Promise<Float64Array>;
  /** `|factor g_i|^2`, `[n]`, of gradients `g_i = residual_i f_i^T`; `factor` `[size, size]`. */
  readonly quadratic: (points: Points, residuals: Float64Array, factor: Float64Array) => Promise<Float64Array>;
  readonly dispose: () => Promise<void>;
}

/** Numbers that a block and what is made of it may hold: where each is used but a few times, as many as a cache holds. */
const IN_CACHE = 5e5;
const IN_MEMORY = 4e6;
const rowsFor = (numbersARow: number, most = IN_CACHE): number =>
  Math.max(16, Math.min(4096, Math.floor(most / numbersARow)));

const doubles = (dims: readonly number[], data: Float64Array): HostTensor => ({ dtype: "float64", dims, data });

export function openLayerMath(shape: LayerShape, { threads, signal }: MathOptions = {}): LayerMath {
  const columns = shape.width + Number(shape.bias);
  const { outputs, width } = shape;
  const size = outputs * columns;
  const sessions = new Map<string, Promise<Session>>();
  const sessionFor = (id: LayerGraphId, precision: "float32" | "float64"): Promise<Session> => {
    const key = `${id} ${precision}`;
    const open =
      sessions.get(key) ?? openSession(writeModelBytes(layerGraph(id, { ...shape, precision }, OPS)), { threads });
    sessions.set(key, open);
    return open;
  };
  const run = async (id: LayerGraphId, { rows, count }: PointBlock, feeds: Readonly<Record<string, HostTensor>>) => {
    if (signal?.aborted) throw new OnnxplainError("E_ABORTED", "Stopped by its signal.", { cause: signal.reason });
    const precision = rows instanceof Float64Array ? "float64" : "float32";
    const session = await sessionFor(id, precision);
    const made = await session.run({ rows: { dtype: precision, dims: [count, width], data: rows }, ...feeds });
    return (name: string): Float64Array => made[name]?.data as Float64Array;
  };
  const rowsOf = ({ first, count }: PointBlock, values: Float64Array, each: number): Float64Array =>
    values.subarray(first * each, (first + count) * each);
  const perPoint = async (
    id: "along" | "quadratic",
    points: Points,
    {
      each,
      numbers,
      feeds,
    }: {
      readonly each: number;
      readonly numbers: number;
      readonly feeds: (block: PointBlock) => Readonly<Record<string, HostTensor>>;
    },
  ): Promise<Float64Array> => {
    const values = new Float64Array(points.count * each);
    for await (const block of points.blocks(rowsFor(numbers)))
      values.set((await run(id, block, feeds(block)))(id), block.first * each);
    return values;
  };

  return {
    shape,
    columns,
    size,
    evaluate: async (points, { theta, targets, weights }) => {
      const [losses, probabilities, residuals] = [
        new Float64Array(points.count),
        new Float64Array(points.count * outputs),
        new Float64Array(points.count * outputs),
      ];
      const gradient = new Float64Array(size);
      let loss = 0;
      for await (const block of points.blocks(rowsFor(columns))) {
        const own = weights === undefined ? new Float64Array(block.count).fill(1) : rowsOf(block, weights, 1);
        const get = await run("evaluate", block, {
          theta: doubles([outputs, columns], theta),
          targets: doubles([block.count, outputs], rowsOf(block, targets, outputs)),
          weights: doubles([block.count], own),
        });
        losses.set(get("losses"), block.first);
        probabilities.set(get("probabilities"), block.first * outputs);
        residuals.set(get("residuals"), block.first * outputs);
        addTo(gradient, get("gradient"));
        for (let i = 0; i < block.count; i++) loss += (own[i] as number) * (losses[block.first + i] as number);
      }
      return { loss, losses, probabilities, residuals, gradient };
    },
    product: async (points, probabilities, vectors) => {
      const total = new Float64Array(vectors.length);
      const k = vectors.length / columns;
      for await (const block of points.blocks(rowsFor(columns + k))) {
        const get = await run("product", block, {
          probabilities: doubles([block.count, outputs], rowsOf(block, probabilities, outputs)),
          vectors: doubles([k, columns], vectors),
        });
        addTo(total, get("product"));
      }
      return total;
    },
    moments: async (points, weights) => {
      const m = weights.length / points.count;
      const total = new Float64Array(columns * m * columns);
      for await (const block of points.blocks(rowsFor(columns * (m + 1), IN_MEMORY))) {
        const get = await run("moments", block, { weights: doubles([block.count, m], rowsOf(block, weights, m)) });
        addTo(total, get("moments"));
      }
      return total;
    },
    along: (points, residuals, vectors) =>
      perPoint("along", points, {
        each: vectors.length / size,
        numbers: columns + vectors.length / columns,
        feeds: (block) => ({
          residuals: doubles([block.count, outputs], rowsOf(block, residuals, outputs)),
          vectors: doubles([vectors.length / columns, columns], vectors),
        }),
      }),
    quadratic: (points, residuals, factor) =>
      perPoint("quadratic", points, {
        each: 1,
        numbers: 2 * size,
        feeds: (block) => ({
          residuals: doubles([block.count, outputs], rowsOf(block, residuals, outputs)),
          factor: doubles([size, size], factor),
        }),
      }),
    dispose: async () => {
      const all = [...sessions.values()];
      sessions.clear();
      for (const session of all) await (await session).dispose();
    },
  };
}

function addTo(total: Float64Array, part: Float64Array): void {
  for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (part[i] as number);
}
