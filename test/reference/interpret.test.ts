/** @file The interpreter: order, omitted inputs, wanted values, and what it refuses. */
import { describe, expect, it } from "vitest";
import type { Graph, Node } from "../../src/graph/types.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";

const node = (op: string, inputs: readonly string[], output: string): Node => ({
  op,
  domain: "",
  name: output,
  inputs,
  outputs: [output],
  attrs: {},
});
const graphOf = (nodes: readonly Node[], output: string): Graph => ({
  name: "g",
  inputs: [{ name: "x", dtype: "float32", dims: [3] }],
  outputs: [{ name: output, dtype: "float32", dims: [3] }],
  constants: new Map([["c", { dtype: "float32", dims: [3], data: Float32Array.of(-1, 2, -3) }]]),
  nodes,
  facts: new Map(),
});
const x = new Map([["x", num("float32", [3], [1, -2, 0.1])]]);
const chain = graphOf(
  [node("Greater", ["x", "c"], "b"), node("Where", ["b", "x", "c"], "w"), node("Relu", ["w"], "y")],
  "y",
);

describe("interpret", () => {
  it("returns the outputs, in float64", () => {
    const values = interpret(chain, x, OPS);
    expect([...values.keys()]).toEqual(["y"]);
    expect([...(values.get("y")?.data ?? [])]).toEqual([1, 2, 0.1]);
  });
  it("returns inner values, inputs and constants on request", () => {
    const values = interpret(chain, x, OPS, ["w", "x", "c", "w"]);
    expect([...(values.get("w")?.data ?? [])]).toEqual([1, 2, 0.1]);
    expect([...(values.get("c")?.data ?? [])]).toEqual([-1, 2, -3]);
  });
  it("passes omitted inputs on as undefined", () => {
    const clipped = interpret(graphOf([node("Squeeze", ["x", ""], "y")], "y"), x, OPS);
    expect(clipped.get("y")?.dims).toEqual([3]);
  });
  it("refuses a node without a row", () => {
    expect(() => interpret(graphOf([node("Frobnicate", ["x"], "y")], "y"), x, OPS)).toThrowError(
      expect.objectContaining({ code: "E_UNSUPPORTED_OP", message: expect.stringContaining("Frobnicate") }),
    );
    const foreign = graphOf([{ ...node("Relu", ["x"], "y"), domain: "com.acme" }], "y");
    expect(() => interpret(foreign, x, OPS)).toThrowError(
      expect.objectContaining({ code: "E_UNSUPPORTED_OP", message: expect.stringContaining("com.acme.Relu") }),
    );
  });
  it("names an input that was not fed", () => {
    expect(() => interpret(chain, new Map(), OPS)).toThrowError(
      expect.objectContaining({ code: "E_INPUT_SHAPE", message: expect.stringContaining("`x`") }),
    );
  });
});
