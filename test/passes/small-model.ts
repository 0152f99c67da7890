/** @file Hand-made models for the tests of passes, and running any model in ONNX Runtime before and after. */
import * as ort from "onnxruntime-node";
import { expect } from "vitest";
import type { Dim } from "../../src/graph/dim.ts";
import { factOf, tensor } from "../../src/graph/tensor.ts";
import type { Attrs, DType, Fact, Graph, Model, Node, Port, Tensor } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";

/** `[op, "inputs in order", "outputs in order", attributes?]`; `_` is an omitted input, `com.microsoft.X` another domain. */
export type NodeSpec = readonly [op: string, inputs: string, outputs: string, attrs?: Attrs];

export interface ModelSpec {
  readonly opset?: number;
  readonly inputs: Readonly<Record<string, readonly Dim[] | readonly [DType, readonly Dim[]]>>;
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly nodes: readonly NodeSpec[];
  readonly outputs: readonly string[] | Readonly<Record<string, DType>>;
  readonly declared?: Readonly<Record<string, readonly Dim[]>>;
  readonly irVersion?: number;
}

const names = (text: string): string[] =>
  text
    .split(" ")
    .filter(Boolean)
    .map((n) => (n === "_" ? "" : n));

function nodeOf([op, inputs, outputs, attrs = {}]: NodeSpec, index: number): Node {
  const dot = op.lastIndexOf(".");
  return {
    op: op.slice(dot + 1),
    domain: dot < 0 ? "" : op.slice(0, dot),
    name: `${op}_${index}`,
    inputs: names(inputs),
    outputs: names(outputs),
    attrs,
  };
}

function portOf(name: string, spec: ModelSpec["inputs"][string]): Port {
  const [first, second] = spec;
  return Array.isArray(second)
    ? { name, dtype: first as DType, dims: second as readonly Dim[] }
    : { name, dtype: "float32", dims: spec as readonly Dim[] };
}

export function makeModel(spec: ModelSpec): Model {
  const inputs = Object.entries(spec.inputs).map(([name, s]) => portOf(name, s));
  const constants = new Map(Object.entries(spec.constants ?? {}));
  const facts = new Map<string, Fact>([
    ...Object.entries(spec.declared ?? {}).map(([n, dims]): [string, Fact] => [n, { dtype: "float32", dims }]),
    ...inputs.map(({ name, dtype, dims }): [string, Fact] => [name, { dtype, dims }]),
    ...[...constants].map(([n, t]): [string, Fact] => [n, factOf(t)]),
  ]);
  const outputs = Array.isArray(spec.outputs)
    ? (spec.outputs as string[]).map((n): [string, DType] => [n, "float32"])
    : Object.entries(spec.outputs as Record<string, DType>);
  const ports = outputs.map(([name, dtype]): Port => ({ name, dtype, dims: spec.declared?.[name] }));
  const graph: Graph = { name: "small", inputs, outputs: ports, constants, nodes: spec.nodes.map(nodeOf), facts };
  const domains = new Map(graph.nodes.filter((n) => n.domain !== "").map((n) => [n.domain, 1]));
  return {
    graph,
    opset: spec.opset ?? 21,
    irVersion: spec.irVersion ?? 10,
    domains,
    metadata: new Map(),
    producer: "",
    functions: [],
  };
}

/** Numbers from a fixed sequence, spread around 0. */
export function noise(count: number, seed = 1): Float32Array {
  let state = (seed * 2654435761) >>> 0 || 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
export const noiseTensor = (dims: readonly number[], seed = 1): Tensor =>
  tensor(
    "float32",
    dims,
    noise(
      dims.reduce((p, d) => p * d, 1),
      seed,
    ),
  );
export const floats = (dims: readonly number[], values: readonly number[]): Tensor => tensor("float32", dims, values);
export const int64 = (...values: readonly number[]): Tensor => tensor("int64", [values.length], values);

export interface Result {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/** Random feeds for the inputs of a model; free dims become `free`. */
export function feedsFor(model: Model, free = 2): Map<string, Result> {
  return new Map(
    model.graph.inputs.map((port, i) => {
      const dims = (port.dims ?? []).map((d) => (typeof d === "number" ? d : free));
      return [
        port.name,
        {
          dims,
          data: Float64Array.from(
            noise(
              dims.reduce((p, d) => p * d, 1),
              i + 7,
            ),
          ),
        },
      ];
    }),
  );
}

const half = (values: Float64Array): Uint16Array => {
  const f16 = (globalThis as { Float16Array?: new (v: ArrayLike<number>) => { buffer: ArrayBuffer } }).Float16Array;
  return f16 ? new Uint16Array(new f16(values).buffer) : Uint16Array.from(values, toHalf);
};
/** Truncating encoder, good enough for feeds that are decoded again with the same bits. */
function toHalf(v: number): number {
  if (v === 0) return 0;
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(v))));
  const mantissa = Math.floor((Math.abs(v) / 2 ** exponent) * 1024);
  const bits = mantissa < 1024 ? mantissa : ((exponent + 15) << 10) | (mantissa - 1024);
  return (v < 0 ? 0x8000 : 0) | bits;
}

function ortTensor(dtype: DType, { dims, data }: Result): ort.Tensor {
  const shape = [...dims];
  if (dtype === "float16") return new ort.Tensor("float16", half(data), shape);
  if (dtype === "float64") return new ort.Tensor("float64", data, shape);
  if (dtype === "int64")
    return new ort.Tensor(
      "int64",
      BigInt64Array.from(data, (v) => BigInt(Math.trunc(v))),
      shape,
    );
  return new ort.Tensor("float32", Float32Array.from(data), shape);
}

/** Run bytes in ONNX Runtime. */
export async function runBytes(
  bytes: Uint8Array,
  model: Model,
  feeds: ReadonlyMap<string, Result>,
): Promise<Map<string, Result>> {
  const session = await ort.InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  try {
    const given = model.graph.inputs.map((p): [string, ort.Tensor] => [
      p.name,
      ortTensor(p.dtype, feeds.get(p.name) as Result),
    ]);
    const out = await session.run(Object.fromEntries(given));
    return new Map(Object.entries(out).map(([n, t]) => [n, { dims: t.dims, data: numbersOf(t) }]));
  } finally {
    await session.release();
  }
}
export const runModel = (model: Model, feeds: ReadonlyMap<string, Result>): Promise<Map<string, Result>> =>
  runBytes(writeModelBytes(model), model, feeds);

function numbersOf(t: ort.Tensor): Float64Array {
  const data = t.data as ArrayLike<number | bigint>;
  if (t.type !== "float16" || !(data instanceof Uint16Array)) return Float64Array.from(data, Number);
  return Float64Array.from(data, (bits) => {
    const magnitude =
      (bits >> 10) & 0x1f ? (1 + (bits & 1023) / 1024) * 2 ** (((bits >> 10) & 0x1f) - 15) : (bits & 1023) * 2 ** -24;
    return bits & 0x8000 ? -magnitude : magnitude;
  });
}

/** Largest difference, relative to the largest value. */
export function distance(a: Result, b: Result): number {
  expect(b.dims).toEqual(a.dims);
  const scale = a.data.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-6);
  return a.data.reduce((m, v, i) => Math.max(m, Math.abs(v - (b.data[i] as number)) / scale), 0);
}

/** Both models give the same outputs on random input. */
export async function expectSame(before: Model, after: Model, tolerance = 1e-5, free = 2): Promise<void> {
  const feeds = feedsFor(before, free);
  const [old, now] = [await runModel(before, feeds), await runModel(after, feeds)];
  for (const port of before.graph.outputs) {
    expect(distance(old.get(port.name) as Result, now.get(port.name) as Result), port.name).toBeLessThan(tolerance);
  }
}

/** Ops of a graph, in order. */
export const opsOf = (model: Model): string[] => model.graph.nodes.map((n) => n.op);
