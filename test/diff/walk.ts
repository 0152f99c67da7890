/** @file The reverse walk on a small model in the float64 interpreter, and the same derivative by central differences. */
import { close, extend, type Ops, reverse } from "../../src/diff/emit.ts";
import type { Graph, Model } from "../../src/graph/types.ts";
import type { NumTensor } from "../../src/ops/num-tensor.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { dotOf, sizeOf, wave } from "../nets.ts";

export type Feeds = ReadonlyMap<string, NumTensor>;

/** Inputs of a model from a fixed sequence, free dims being 2. */
export const feedsOf = ({ graph }: Model, seed = 5): Feeds =>
  new Map(
    graph.inputs.map(({ name, dtype, dims }, i) => {
      const sizes = (dims ?? []).map((d) => (typeof d === "number" ? d : 2));
      return [name, num(dtype, sizes, wave(sizeOf(sizes), seed + i))];
    }),
  );

/** A cotangent of each named value, from a fixed sequence. */
export function cotangentsOf(model: Model, feeds: Feeds, names: readonly string[]): Feeds {
  const values = interpret(model.graph, feeds, OPS, names);
  return new Map([...values].map(([name, { dims }], i) => [name, num("float32", dims, wave(sizeOf(dims), 40 + i))]));
}

export interface Walked {
  /** The emitted graph: inputs `dy:<name>`, outputs `d:<name>`. */
  readonly graph: Graph;
  readonly gradients: ReadonlyMap<string, NumTensor | null>;
  readonly notes: readonly string[];
}

export interface WalkOptions {
  readonly feeds: Feeds;
  readonly from: Feeds;
  readonly to: readonly string[];
  readonly ops?: Ops;
}

/** Cotangents at `to` of the weighted sum of the values of `from`. */
export function walk(model: Model, { feeds, from, to, ops = OPS }: WalkOptions): Walked {
  const g = extend(model, ops);
  const seeds = new Map(
    [...from.keys()].map((name) => [name, g.input(`dy:${name}`, "float32", g.value(name).dims ?? [])]),
  );
  const { cotangents, notes } = reverse({ g, nodes: model.graph.nodes, ops, from: seeds, to });
  const found = to.flatMap((name) => {
    const value = cotangents.get(name);
    return value ? [[name, g.alias(value, `d:${name}`)] as const] : [];
  });
  const { graph } = close(
    model,
    g,
    found.map(([, v]) => v),
  );
  const given = new Map([...feeds, ...[...from].map(([name, v]) => [`dy:${name}`, v] as const)]);
  const values = interpret(graph, given, ops);
  return { graph, notes, gradients: new Map(to.map((name) => [name, values.get(`d:${name}`) ?? null])) };
}

/** The derivative of Σ ⟨dy, value⟩ when the named input, weight or layer moves along `v`; fourth order in the step. */
export function slope(model: Model, { feeds, from }: WalkOptions, name: string, v: NumTensor): number {
  const step = 1e-3;
  const base = interpret(model.graph, feeds, OPS, [name]).get(name) as NumTensor;
  // what makes the value is cut off, so that it can be fed
  const graph = { ...model.graph, nodes: model.graph.nodes.filter((n) => !n.outputs.includes(name)) };
  const at = (t: number): number => {
    const moved = num(
      "float32",
      base.dims,
      base.data.map((x, i) => x + t * (v.data[i] as number)),
    );
    const values = interpret(graph, new Map([...feeds, [name, moved]]), OPS, [...from.keys()]);
    return [...from].reduce((sum, [y, d]) => sum + dotOf((values.get(y) as NumTensor).data, d.data), 0);
  };
  return (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
}

export interface Slopes {
  readonly walked: number;
  readonly measured: number;
  /** Their difference, relative to the size of the sum that `walked` is. */
  readonly error: number;
}

/** Both along one random direction, for each of `to`. */
export function slopes(model: Model, options: WalkOptions): ReadonlyMap<string, Slopes> {
  const { gradients } = walk(model, options);
  return new Map(
    options.to.map((name, i) => {
      const { dims } = interpret(model.graph, options.feeds, OPS, [name]).get(name) as NumTensor;
      const v = num("float32", dims, wave(sizeOf(dims), 70 + i));
      const gradient = gradients.get(name)?.data ?? new Float64Array(v.data.length);
      const walked = dotOf(gradient, v.data);
      const measured = slope(model, options, name, v);
      const scale = Math.max(
        Math.abs(measured),
        gradient.reduce((s, d, j) => s + Math.abs(d * (v.data[j] as number)), 0),
        1e-9,
      );
      return [name, { walked, measured, error: Math.abs(walked - measured) / scale }];
    }),
  );
}
