/** @file Chains of shape arithmetic that exporters write, followed with a free batch size. */
import { describe, expect, it } from "vitest";
import type { GraphBuilder, Value } from "../../src/graph/builder.ts";
import type { Dim } from "../../src/graph/dim.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { builderOn } from "../../src/ops/infer.ts";
import { OPS } from "../../src/ops/table.ts";

const EMPTY = { name: "g", inputs: [], outputs: [], constants: new Map(), nodes: [], facts: new Map() };
const END = 2 ** 63;

function withInput(dims: readonly Dim[]): { readonly g: GraphBuilder; readonly x: Value } {
  const g = builderOn(EMPTY, OPS);
  return { g, x: g.input("x", "float32", dims) };
}

describe("shape arithmetic", () => {
  it("view(size(0), -1): Shape, Gather, Unsqueeze, Concat, Reshape", () => {
    const { g, x } = withInput(["N", 3, 4]);
    const batch = g.op("Gather", [g.op("Shape", [x]), g.scalar(0, "int64")], { axis: 0 });
    const target = g.op("Concat", [g.op("Unsqueeze", [batch, g.ints([0])]), g.ints([-1])], { axis: 0 });
    expect(target.content).toEqual(["N", -1]);
    expect(g.op("Reshape", [x, target]).dims).toEqual(["N", 12]);
  });

  it("expand(size(0), -1, -1): ConstantOfShape, Mul, Equal, Where, Expand", () => {
    const { g, x } = withInput(["N", 3, 4]);
    const batch = g.op("Slice", [g.op("Shape", [x]), g.ints([0]), g.ints([1])]);
    const wanted = g.op("Concat", [batch, g.ints([-1, -1])], { axis: 0 });
    const ones = g.op("ConstantOfShape", [g.ints([3])], { value: { tensor: tensor("int64", [1], [1]) } });
    const holes = g.op("Equal", [wanted, g.op("Mul", [ones, g.ints([-1])])]);
    expect(holes.content).toEqual([0, 1, 1]);
    const shape = g.op("Where", [holes, ones, wanted]);
    expect(shape.content).toEqual(["N", 1, 1]);
    const token = g.constant(tensor("float32", [1, 1, 4], [1, 2, 3, 4]));
    expect(g.op("Expand", [token, shape]).dims).toEqual(["N", 1, 4]);
  });

  it("flatten(0, 1): ReduceProd of a part of a Shape", () => {
    const { g, x } = withInput(["N", 3, 4]);
    const leading = g.op("ReduceProd", [g.op("Shape", [x], { start: 0, end: 2 }), g.ints([0])], { keepdims: 1 });
    const target = g.op("Concat", [leading, g.op("Shape", [x], { start: -1 })], { axis: 0 });
    expect(g.op("Reshape", [x, target]).dims).toEqual(["3*N", 4]);
  });

  it("windows: the batch leaves and comes back", () => {
    const { g, x } = withInput(["N", 4, 4, 2]);
    const split = g.op("Transpose", [g.op("Reshape", [x, g.ints([-1, 2, 2, 2, 2, 2])])], { perm: [0, 1, 3, 2, 4, 5] });
    const windows = g.op("Reshape", [split, g.ints([-1, 4, 2])]);
    expect(windows.dims).toEqual(["4*N", 4, 2]);
    expect(g.op("Reshape", [windows, g.ints([-1, 2, 2, 2, 2, 2])]).dims).toEqual(["N", 2, 2, 2, 2, 2]);
  });

  it("counts the batch: Size, Range, Squeeze, Cast", () => {
    const { g, x } = withInput(["N", 3]);
    const batch = g.op("Cast", [g.op("Squeeze", [g.op("Shape", [x], { end: 1 }), g.ints([0])])], { to: 7 });
    expect(batch.content).toEqual(["N"]);
    expect(g.op("Range", [g.scalar(0, "int64"), batch, g.scalar(1, "int64")]).dims).toEqual(["N"]);
    expect(g.op("Size", [x]).content).toEqual(["3*N"]);
  });

  it("says of a free axis only what is sure", () => {
    const { g, x } = withInput(["N", 3]);
    const sliced = g.op("Slice", [x, g.ints([1]), g.ints([END]), g.ints([0])]);
    expect(sliced.dims?.[0]).toMatch(/^\?/);
    expect(g.op("Slice", [x, g.ints([0]), g.op("Shape", [x], { end: 1 }), g.ints([0])]).dims).toEqual(["N", 3]);
    expect(g.op("Concat", [x, x], { axis: 0 }).dims?.[0]).toMatch(/^\?/);
    expect(g.op("Pad", [x, g.ints([0, 1, 0, 1])]).dims).toEqual(["N", 5]);
    expect(g.op("Reshape", [x, g.ints([-1, 2])]).dims?.[0]).toMatch(/^\?/);
  });

  it("refuses shapes that cannot be", () => {
    const { g, x } = withInput([2, 3]);
    const shape = expect.objectContaining({ code: "E_SHAPE" });
    expect(() => g.op("Reshape", [x, g.ints([4, 2])])).toThrowError(shape);
    expect(() => g.op("Reshape", [x, g.ints([-1, 4])])).toThrowError(shape);
    expect(() => g.op("Concat", [x, g.op("Transpose", [x])], { axis: 0 })).toThrowError(shape);
    expect(() => g.op("Add", [x, g.op("Transpose", [x])])).toThrowError(shape);
  });
});
