/** @file One layer under a rule, in float64; and the same layer as explicit matrices, read off by feeding unit vectors. */
import { close, extend } from "../../src/diff/emit.ts";
import type { Value } from "../../src/graph/builder.ts";
import type { Model } from "../../src/graph/types.ts";
import type { NumTensor } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import type { Composite } from "../../src/rules/composites.ts";
import type { Ledger } from "../../src/rules/ledger.ts";
import { relevance } from "../../src/rules/relevance.ts";
import type { WalkSettings } from "../../src/rules/rule-site.ts";
import { float64, type Net, net, sizeOf, wave } from "../nets.ts";

/** A layer `y = W x + b` built by `build` from an input of `dims` (batch of 1) and weights of `weight`, bias of `bias`. */
export interface LayerCase {
  readonly name: string;
  readonly dims: readonly number[];
  readonly weight: readonly number[];
  readonly bias: readonly number[] | null;
  readonly build: (n: Net, w: Value, b: Value | null) => Value;
}

export function modelOf(layer: LayerCase, weights: ArrayLike<number>, bias: ArrayLike<number> | null): Model {
  return net({ dims: layer.dims }, (n) => ({
    y: layer.build(n, n.w(layer.weight, weights), layer.bias && bias ? n.w(layer.bias, bias) : null),
  }));
}

/** The layer between Relus, and the sum of what it gives: signs are known on both sides. */
export function betweenRelus(layer: LayerCase, weights: ArrayLike<number>, bias: ArrayLike<number> | null): Model {
  return net({ dims: layer.dims }, (n) => {
    const x = n.g.op("Relu", [n.x]);
    const made = layer.build(
      { ...n, x },
      n.w(layer.weight, weights),
      layer.bias && bias ? n.w(layer.bias, bias) : null,
    );
    const flat = n.g.op("Flatten", [n.g.op("Relu", [made])], { axis: 1 });
    return { y: n.g.op("ReduceSum", [flat, n.g.ints([1])], { keepdims: 1 }) };
  });
}

const forward = (model: Model, x: ArrayLike<number>, dims: readonly number[]): Float64Array =>
  (interpret(model.graph, new Map([["x", float64(dims, x)]]), OPS, ["y"]).get("y") as NumTensor).data as Float64Array;

export interface Matrices {
  /** Rows are outputs. */
  readonly w: readonly (readonly number[])[];
  readonly b: readonly number[];
  /** 1 where an input reaches an output at all. */
  readonly reach: readonly (readonly number[])[];
}

export function matricesOf(layer: LayerCase, weights: ArrayLike<number>, bias: ArrayLike<number> | null): Matrices {
  const zeros = new Float64Array(sizeOf(layer.dims));
  const columnsOf = (model: Model, offset: ArrayLike<number>): number[][] => {
    const columns = Array.from(zeros, (_, i) => {
      const unit = zeros.slice();
      unit[i] = 1;
      return Array.from(forward(model, unit, layer.dims), (v, o) => v - (offset[o] as number));
    });
    return Array.from(offset, (_, o) => columns.map((c) => c[o] as number));
  };
  const model = modelOf(layer, weights, bias);
  const b = Array.from(forward(model, zeros, layer.dims));
  const ones = modelOf(layer, new Float64Array(sizeOf(layer.weight)).fill(1), null);
  return { w: columnsOf(model, b), b, reach: columnsOf(ones, new Float64Array(b.length)) };
}

export const SETTINGS: WalkSettings = {
  stabilizer: 1e-6,
  residual: "norm",
  low: [-3],
  high: [3],
  channelAxis: 1,
};

export interface Ran {
  readonly relevance: Float64Array;
  readonly ledger: Ledger;
}

/** Relevance of a model's input for relevance `start` of its output `y`, with books kept. */
export function relevanceOf(
  model: Model,
  {
    composite,
    x,
    start,
    settings = SETTINGS,
  }: {
    readonly composite: Composite;
    readonly x: NumTensor;
    readonly start: NumTensor;
    readonly settings?: WalkSettings;
  },
): Ran {
  const g = extend(model, OPS);
  const seed = g.input("seed", "float32", start.dims);
  const walked = relevance({
    g,
    where: { graph: model.graph, ops: OPS, from: "x", to: "y" },
    composite,
    settings,
    start: new Map([["y", seed]]),
    to: ["x"],
    ledger: true,
  });
  const map = walked.relevance.get("x");
  if (!map || !walked.books) throw new Error("no relevance arrived");
  const outputs = [g.alias(map, "r"), g.alias(walked.books.emit(seed), "books")];
  const { graph } = close(model, g, outputs);
  const values = interpret(
    graph,
    new Map([
      ["x", x],
      ["seed", start],
    ]),
    OPS,
    ["r", "books"],
  );
  return {
    relevance: (values.get("r") as NumTensor).data as Float64Array,
    ledger: walked.books.read(Float32Array.from((values.get("books") as NumTensor).data)),
  };
}

export const draw = (dims: readonly number[], seed: number): NumTensor => float64(dims, wave(sizeOf(dims), seed));
