/** @file What Resize emits: whole-number nearest up-sampling goes back through a pool, everything else through small matrices. */
import { expect, it } from "vitest";
import { tensor } from "../../src/graph/tensor.ts";
import { builderOn } from "../../src/ops/infer.ts";
import { OPS, type Ops } from "../../src/ops/table.ts";

function emitted(scales: readonly number[], mode: string): readonly string[] {
  const g = builderOn({ name: "r", inputs: [], outputs: [], constants: new Map(), nodes: [], facts: new Map() }, OPS);
  const x = g.input("x", "float32", ["N", 2, 3, 4]);
  const inputs = [x, null, g.constant(tensor("float32", [4], scales))];
  const y = g.op("Resize", inputs, { mode });
  const dy = g.input("dy", "float32", y.dims ?? []);
  const { vjp } = (OPS as Ops).Resize as Ops[string];
  if (typeof vjp !== "function") throw new Error("Resize has no vjp");
  const [dx] = vjp({ g, dy, dys: [dy], x: inputs, y, ys: [y], attrs: { mode }, wants: [true, false, false] });
  return g
    .build(dx ? [dx] : [])
    .nodes.slice(1)
    .map((n) => n.op);
}

it("gathers copies with a pool", () => expect(emitted([1, 1, 2, 3], "nearest")).toEqual(["AveragePool", "Mul"]));
it("contracts one axis at a time", () => expect(emitted([1, 1, 2, 1.5], "linear")).toEqual(["MatMul", "MatMul"]));
it("contracts only what is resized", () => expect(emitted([1, 1, 1, 0.5], "nearest")).toEqual(["MatMul"]));
it("emits nothing for an identity", () => expect(emitted([1, 1, 1, 1], "linear")).toEqual([]));
