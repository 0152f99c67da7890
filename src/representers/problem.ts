/** @file The function that a fit minimises, (1/n) Σ L + λ |Θ|², with its gradient and Hessian: every call reads the features once. */
import { openSession } from "#ort";
import { OnnxplainError } from "../errors.ts";
import { writeModelBytes } from "../graph/write.ts";
import type { HostTensor, SessionOptions } from "../runtime/session.ts";
import type { ActivationName } from "./activations.ts";
import type { FeatureBlock, FeatureSource } from "./features.ts";
import { columnsOf, curvatureGraph, type LayerShape, lossGraph } from "./graphs.ts";

export interface ProblemInput {
  readonly features: FeatureSource;
  /** t `[n, classes]`. */
  readonly targets: Float64Array;
  readonly classes: number;
  readonly bias: boolean;
  readonly lambda: number;
  readonly activation: ActivationName;
}

export interface Problem {
  readonly shape: LayerShape;
  readonly count: number;
  readonly lambda: number;
  /** Numbers in Θ. */
  readonly size: number;
  /** Passes over the features so far. */
  readonly passes: () => number;
  /** σ(Φ) `[n, classes]` is left in `sigma` where that is given. The arrays are new at each call. */
  readonly evaluate: (theta: Float64Array, sigma?: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;
  /** H V `[classes, columns]` at the point whose σ(Φ) is given, 2λ included. */
  readonly curvature: (sigma: Float64Array, direction: Float64Array) => Promise<Float64Array>;
  readonly dispose: () => Promise<void>;
}

export const matrix = (data: Float64Array, columns: number): HostTensor => ({
  dtype: "float64",
  dims: [columns === 0 ? 0 : data.length / columns, columns],
  data,
});
export const featureRows = ({ rows, count }: FeatureBlock, width: number): HostTensor => ({
  dtype: "float32",
  dims: [count, width],
  data: rows,
});

/** Throws `E_RUNTIME`; its functions throw `E_ABORTED` on the signal. */
export async function openProblem(
  { features, targets, classes, bias, lambda, activation }: ProblemInput,
  { signal, ...session }: SessionOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<Problem> {
  const { count, width } = features;
  const shape = { classes, width, bias };
  const size = classes * columnsOf(shape);
  const [loss, curved] = await Promise.all(
    [lossGraph(shape, activation), curvatureGraph(shape, activation)].map((model) =>
      openSession(writeModelBytes(model), session),
    ),
  );
  if (!loss || !curved) throw new Error("internal: two sessions were opened");
  let passes = 0;
  const each = async (use: (block: FeatureBlock, part: (all: Float64Array) => HostTensor) => Promise<void>) => {
    passes++;
    for await (const block of features.blocks()) {
      if (signal?.aborted) throw new OnnxplainError("E_ABORTED", "The fit was stopped by its signal.");
      const [from, to] = [block.first * classes, (block.first + block.count) * classes];
      await use(block, (all) => matrix(all.subarray(from, to), classes));
    }
  };
  const regularised = (sum: Float64Array, theta: Float64Array): Float64Array =>
    sum.map((v, i) => v / count + 2 * lambda * (theta[i] as number));
  return {
    shape,
    count,
    lambda,
    size,
    passes: () => passes,
    evaluate: async (theta, sigma) => {
      const sum = new Float64Array(size);
      let value = 0;
      const outputs = ["loss", "gradient", ...(sigma ? ["sigma"] : [])];
      await each(async (block, part) => {
        const feeds = {
          rows: featureRows(block, width),
          targets: part(targets),
          theta: matrix(theta, columnsOf(shape)),
        };
        const got = await loss.run(feeds, outputs);
        value += Number(got.loss?.data[0]);
        addTo(sum, got.gradient);
        if (sigma) sigma.set((got.sigma as HostTensor).data as Float64Array, block.first * classes);
      });
      const squares = theta.reduce((s, v) => s + v * v, 0);
      return { value: value / count + lambda * squares, gradient: regularised(sum, theta) };
    },
    curvature: async (sigma, direction) => {
      const sum = new Float64Array(size);
      await each(async (block, part) => {
        const feeds = {
          rows: featureRows(block, width),
          sigma: part(sigma),
          direction: matrix(direction, columnsOf(shape)),
        };
        addTo(sum, (await curved.run(feeds, ["product"])).product);
      });
      return regularised(sum, direction);
    },
    dispose: async () => void (await Promise.all([loss.dispose(), curved.dispose()])),
  };
}

function addTo(sum: Float64Array, part: HostTensor | undefined): void {
  const data = part?.data as Float64Array;
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (data[i] as number);
}
