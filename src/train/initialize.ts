/** @file Initial weights: a stream of random numbers for every weight, which its name and the seed alone decide. */
import { elementCount } from "../graph/dim.ts";
import type { Tensor } from "../graph/types.ts";
import { normals, scattered, uniforms } from "../random.ts";

/** A weight before anything is learnt; `name` and `seed` decide its numbers, whatever other weights there are. */
export type Initialize = (dims: readonly number[], name: string, seed: number) => Tensor;

/** What a zero-mean weight must bring so that a layer keeps the mean square of what goes in: 2 before a ReLU, which halves it. */
export type Gain = "relu" | "linear";
const MEAN_SQUARE: Readonly<Record<Gain, number>> = { relu: 2, linear: 1 };

/**
 * Normal numbers of variance gain / fan-in, so that the forward pass keeps its scale (He, Zhang, Ren, Sun 2015, "Delving Deep into
 * Rectifiers", equation 10). Fan-in = elements of one output's weights: `[M, C/group, kh, kw]` or `[M, K]`.
 */
export const heNormal =
  (gain: Gain = "relu"): Initialize =>
  (dims, name, seed) => {
    const deviation = Math.sqrt(MEAN_SQUARE[gain] / fanIn(dims));
    const next = normals(seedOf(seed, name));
    return filled(dims, () => deviation * next());
  };

/** Uniform in ±1/√fan-in: PyTorch's default for dense layers, of variance 1 / (3 fan-in), so that first scores are small. */
export const denseUniform: Initialize = (dims, name, seed) => {
  const bound = 1 / Math.sqrt(fanIn(dims));
  const next = uniforms(seedOf(seed, name));
  return filled(dims, () => bound * (2 * next() - 1));
};

export const constantly =
  (value: number): Initialize =>
  (dims) =>
    filled(dims, () => value);

const fanIn = (dims: readonly number[]): number => elementCount(dims.slice(1));

function filled(dims: readonly number[], next: () => number): Tensor {
  const data = new Float32Array(elementCount(dims));
  for (let i = 0; i < data.length; i++) data[i] = next();
  return { dtype: "float32", dims, data };
}

/** A seed for this name: its characters, one after the other, mixed into the given one. */
function seedOf(seed: number, name: string): number {
  let own = scattered(seed);
  for (let i = 0; i < name.length; i++) own = scattered(own + name.charCodeAt(i));
  return own;
}
