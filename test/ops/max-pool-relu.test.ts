/** @file MaxPool after ReLU: the mask of the ReLU is applied to pooled values, zeros never win, and nothing of it shows in the result. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { close, reverse } from "../../src/diff/emit.ts";
import type { GraphBuilder, Value } from "../../src/graph/builder.ts";
import type { Model } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { builder, modelOf } from "../nets.ts";
import { firstMaximum, type Pool, repeating, wholes } from "./first-maximum.ts";

interface Shape {
  readonly size: readonly [number, number];
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly ceil?: boolean;
  readonly out: readonly [number, number];
}
const SHAPES: readonly Shape[] = [
  { size: [6, 8], kernel: 2, stride: 2, pad: 0, out: [3, 4] },
  { size: [7, 9], kernel: 2, stride: 2, pad: 0, out: [3, 4] },
  { size: [7, 9], kernel: 3, stride: 2, pad: 0, out: [3, 4] },
  { size: [8, 6], kernel: 3, stride: 2, pad: 0, out: [3, 2] },
  { size: [8, 6], kernel: 3, stride: 2, pad: 0, ceil: true, out: [4, 3] },
  { size: [8, 8], kernel: 3, stride: 2, pad: 1, out: [4, 4] },
  { size: [7, 5], kernel: 3, stride: 2, pad: 1, out: [4, 3] },
  { size: [9, 9], kernel: 3, stride: 3, pad: 1, out: [3, 3] },
  { size: [6, 5], kernel: 3, stride: 1, pad: 1, out: [6, 5] },
  { size: [6, 5], kernel: 3, stride: 1, pad: 0, out: [4, 3] },
];
const PLANES = 16;

/** `to` is what the cotangent is taken of: the input, or the value that is pooled. */
function poolModel(
  s: Shape,
  rectified: (g: GraphBuilder, x: Value) => Value,
  to: "input" | "pooled",
): { readonly model: Model; readonly nodes: readonly string[] } {
  const g = builder();
  const x = g.input("x", "float32", ["N", PLANES, ...s.size]);
  const r = rectified(g, x);
  const attrs = {
    kernel_shape: [s.kernel, s.kernel],
    strides: [s.stride, s.stride],
    pads: [s.pad, s.pad, s.pad, s.pad],
    ceil_mode: Number(s.ceil ?? false),
  };
  const y = g.op("MaxPool", [r], attrs);
  const forward = g.build([y]);
  const dy = g.input("dy", "float32", ["N", PLANES, ...s.out]);
  const name = to === "input" ? "x" : r.name;
  const { cotangents } = reverse({ g, nodes: forward.nodes, ops: OPS, from: new Map([[y.name, dy]]), to: [name] });
  const dx = g.alias(cotangents.get(name) as Value, "dx");
  const model = close(modelOf(forward), g, [dx]);
  return { model, nodes: model.graph.nodes.map((n) => n.op) };
}

async function both(
  model: Model,
  dims: readonly number[],
  x: readonly number[],
  dy: readonly number[],
  out: readonly number[],
): Promise<readonly [number[], number[]]> {
  const feeds = new Map([
    ["x", num("float32", dims, x)],
    ["dy", num("float32", out, dy)],
  ]);
  const reference = interpret(model.graph, feeds, OPS).get("dx");
  const session = await ort.InferenceSession.create(writeModelBytes(model), {
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
  });
  const result = await session.run({
    x: new ort.Tensor("float32", Float32Array.from(x), dims),
    dy: new ort.Tensor("float32", Float32Array.from(dy), out),
  });
  await session.release();
  return [Array.from(reference?.data ?? []), Array.from(result.dx?.data as Float32Array)];
}

const relu = (g: GraphBuilder, x: Value): Value => g.op("Relu", [x]);
const relu6 = (g: GraphBuilder, x: Value): Value => g.op("Clip", [x, g.scalar(0), g.scalar(3)]);
const joined = (g: GraphBuilder, x: Value): Value => g.op("Concat", [g.op("Relu", [x])], { axis: 1 });
const VALUES = [-2, 3, 1, 0, 3, -1, 2, -3, 0];

describe("MaxPool after ReLU", () => {
  for (const s of SHAPES) {
    const name = `${s.size.join("x")}, ${s.kernel}x${s.kernel} / ${s.stride}, pad ${s.pad}${s.ceil ? ", ceil" : ""}`;
    const count = 2 * PLANES * s.size[0] * s.size[1];
    const x = repeating(count, VALUES);
    x.fill(-1, 0, s.size[0] * s.size[1]);
    const dy = wholes(2 * PLANES * s.out[0] * s.out[1]);
    const p: Pool = {
      dims: [2 * PLANES, ...s.size],
      kernel: [s.kernel, s.kernel],
      strides: [s.stride, s.stride],
      begin: [s.pad, s.pad],
      out: s.out,
    };
    const dims = [2, PLANES, ...s.size];
    const out = [2, PLANES, ...s.out];
    for (const [which, rectified, high] of [
      ["Relu", relu, Number.POSITIVE_INFINITY],
      ["Clip", relu6, 3],
      ["Concat", joined, Number.POSITIVE_INFINITY],
    ] as const) {
      const r = x.map((v) => Math.min(Math.max(v, 0), high));
      it(`${name}: through ${which} to the input`, async () => {
        const wanted = firstMaximum(r, dy, p).map((d, i) => ((x[i] as number) > 0 && (x[i] as number) < high ? d : 0));
        for (const got of await both(poolModel(s, rectified, "input").model, dims, x, dy, out))
          expect(got.map((v) => v + 0)).toEqual(wanted.map((v) => v + 0));
      });
      it(`${name}: to the output of ${which}, zeros included`, async () => {
        const wanted = firstMaximum(r, dy, p);
        for (const got of await both(poolModel(s, rectified, "pooled").model, dims, x, dy, out))
          expect(got.map((v) => v + 0)).toEqual(wanted.map((v) => v + 0));
      });
    }
  }
  it("masks pooled values only: no product of the size of the input is left", () => {
    const s = SHAPES[2] as Shape;
    const { model } = poolModel(s, relu, "input");
    const products = model.graph.nodes
      .filter((n) => n.op === "Mul")
      .map((n) => model.graph.facts.get(n.outputs[0] ?? "")?.dims?.[2]);
    expect(products).not.toContain(s.size[0]);
  });
});
