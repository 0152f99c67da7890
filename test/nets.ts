/** @file Small networks built by hand, and numbers to feed them. */
import { GraphBuilder, type Value } from "../src/graph/builder.ts";
import type { Dim } from "../src/graph/dim.ts";
import { tensor } from "../src/graph/tensor.ts";
import type { Graph, Model } from "../src/graph/types.ts";
import { writeModelBytes } from "../src/graph/write.ts";
import { inferWith } from "../src/ops/infer.ts";
import { type NumTensor, num } from "../src/ops/num-tensor.ts";
import { OPS } from "../src/ops/table.ts";

export const EMPTY: Graph = { name: "net", inputs: [], outputs: [], constants: new Map(), nodes: [], facts: new Map() };

export const builder = (base: Graph = EMPTY): GraphBuilder => new GraphBuilder(base, inferWith(OPS));

export const modelOf = (graph: Graph, rest: Partial<Model> = {}): Model => ({
  graph,
  opset: 21,
  irVersion: 10,
  domains: new Map(),
  metadata: new Map(),
  producer: "",
  functions: [],
  ...rest,
});

export const sizeOf = (dims: readonly number[]): number => dims.reduce((p, d) => p * d, 1);

/** Numbers in [-1,1) from a fixed sequence. */
export function wave(count: number, seed = 1): Float32Array {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** A weight under a name of its own, from {@link wave} or from given values. */
export type Weigh = (dims: readonly number[], values?: ArrayLike<number>) => Value;

export interface NetInput {
  readonly name?: string;
  readonly dims: readonly Dim[];
}
export interface Net {
  readonly g: GraphBuilder;
  readonly x: Value;
  readonly w: Weigh;
}

/** A model with one input (`x` unless named) whose outputs carry the names given. */
export function net(input: readonly Dim[] | NetInput, build: (net: Net) => Readonly<Record<string, Value>>): Model {
  const { name = "x", dims } = "dims" in input ? input : { dims: input };
  const g = builder();
  let count = 0;
  const w: Weigh = (shape, values) =>
    g.constant(tensor("float32", shape, values ?? wave(sizeOf(shape), ++count + 10)), "w");
  const x = g.input(name, "float32", dims);
  const outputs = Object.entries(build({ g, x, w })).map(([as, value]) => g.alias(value, as));
  return modelOf(g.build(outputs));
}

/** {@link net}, serialised. */
export const netBytes = (input: readonly Dim[] | NetInput, build: Parameters<typeof net>[1]): Uint8Array =>
  writeModelBytes(net(input, build));

/** Rows of [C,H,W] (or whatever the dims say), from {@link wave}. */
export const images = (
  dims: readonly number[],
  seed = 3,
): { readonly dims: readonly number[]; readonly data: Float32Array } => ({
  dims,
  data: wave(sizeOf(dims), seed),
});

export const float64 = (dims: readonly number[], values: ArrayLike<number>): NumTensor => num("float32", dims, values);

export const dotOf = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** Largest difference, relative to the largest value of `want`. */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let [top, diff] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    top = Math.max(top, Math.abs(want[i] as number));
    diff = Math.max(diff, Math.abs((got[i] as number) - (want[i] as number)));
  }
  return got.length === want.length ? diff / Math.max(top, 1e-12) : Number.POSITIVE_INFINITY;
}
