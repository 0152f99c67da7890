/** @file Masks by steep steps: exact at their bounds and one float away, in float64 and in ONNX Runtime, blocked layout or not. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import type { GraphBuilder, Value } from "../../src/graph/builder.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { whereBetween, wherePositive } from "../../src/ops/masks.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { builder, modelOf } from "../nets.ts";

const floats = new Float32Array(1);
const bits = new Int32Array(floats.buffer);
/** The float32 next to `v`, `steps` away. */
function next(v: number, steps: number): number {
  floats[0] = v;
  bits[0] = (bits[0] as number) + (v < 0 ? -steps : steps);
  return floats[0] as number;
}

const CHANNELS = 16;
/** Every value in every channel. */
const planes = (values: readonly number[]): readonly number[] => Array.from({ length: CHANNELS }, () => values).flat();

async function masked(
  values: readonly number[],
  rule: (g: GraphBuilder, dy: Value, y: Value) => Value,
  dims: readonly number[],
): Promise<readonly (readonly number[])[]> {
  const g = builder();
  const y = g.input("y", "float32", ["N", ...dims.slice(1)]);
  const dy = g.input("dy", "float32", ["N", ...dims.slice(1)]);
  // what comes out of a pool lies in blocks: the kernels under test are those of real networks
  const blocked = (v: Value): Value => (dims.length === 4 ? g.op("MaxPool", [v], { kernel_shape: [1, 1] }) : v);
  const model = modelOf(g.build([g.alias(rule(g, blocked(dy), blocked(y)), "dx")]));
  const ones = values.map((_, i) => 1 + (i % 7));
  const feeds = new Map([
    ["y", num("float32", dims, values)],
    ["dy", num("float32", dims, ones)],
  ]);
  const reference = interpret(model.graph, feeds, OPS).get("dx");
  const session = await ort.InferenceSession.create(writeModelBytes(model), {
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  });
  const tensor = (data: readonly number[]): ort.Tensor => new ort.Tensor("float32", Float32Array.from(data), dims);
  const run = await session.run({ y: tensor(values), dy: tensor(ones) });
  await session.release();
  return [Array.from(reference?.data ?? []), Array.from(run.dx?.data as Float32Array)];
}

const TINY = 2 ** -126;
const positives = [0, -0, TINY, 1e-30, 1e-7, 0.1, 1, 6, 1e10, 3e38, -TINY, -1e-7, -1, -3e38, next(1, 1), next(1, -1)];

describe("wherePositive", () => {
  for (const dims of [
    [1, CHANNELS, 4, 4],
    [1, CHANNELS * 16],
  ]) {
    it(`keeps what is above 0: [${dims}]`, async () => {
      const values = planes(positives);
      for (const got of await masked(values, wherePositive, dims))
        expect(got.map((v) => v + 0)).toEqual(values.map((v, i) => (v > 0 ? 1 + (i % 7) : 0)));
    });
  }
});

describe("whereBetween", () => {
  const cases: readonly (readonly [number, number])[] = [
    [0, 6],
    [0, 1],
    [0, 0.5],
    [0, 3],
    [0, 5.3],
    [0, 20],
    [-1, 1],
    [-3, 3],
    [-0.1, 0.7],
    [2, 6],
    [0, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, 2],
  ];
  for (const [low, high] of cases.map(([a, b]) => [Math.fround(a), Math.fround(b)] as const)) {
    for (const dims of [
      [1, CHANNELS, 4, 4],
      [1, CHANNELS * 16],
    ]) {
      it(`keeps what lies between ${low} and ${high}: [${dims}]`, async () => {
        const [from, to] = [Number.isFinite(low) ? low : -1e6, Number.isFinite(high) ? high : 1e6];
        const middle = Math.fround((from + to) / 2);
        const near = [
          0,
          from,
          next(from || TINY, 1),
          next(from || TINY, 2),
          middle,
          next(middle, 1),
          to,
          next(to, -1),
          next(to, -2),
          next(to, -3),
          Math.fround(to / 2),
          next(to / 2, -1),
          Math.fround(to * 0.75),
          1e-7,
          1e-20,
          TINY,
        ];
        const values = planes(near.map((v) => Math.min(Math.max(v, low), high)));
        const wanted = values.map((v, i) => (v > low && v < high ? 1 + (i % 7) : 0));
        for (const got of await masked(values, (g, dy, y) => whereBetween(g, dy, y, [low, high]), dims))
          expect(got.map((v) => v + 0)).toEqual(wanted);
      });
    }
  }
  it("is one product where the cotangent is masked from below already", () => {
    const g = builder();
    const y = g.input("y", "float32", [1, CHANNELS, 4, 4]);
    const dy = wherePositive(g, g.input("dy", "float32", [1, CHANNELS, 4, 4]), y);
    const out = whereBetween(g, dy, y, [0, 6]);
    expect(g.build([out]).nodes.filter((n) => n.op === "Mul")).toHaveLength(2);
  });
});
