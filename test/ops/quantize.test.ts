/** @file A quantised tensor between QuantizeLinear and DequantizeLinear: slope 1 where it does not saturate, 0 where it does. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { reverse } from "../../src/diff/reverse.ts";
import type { GraphBuilder, Value } from "../../src/graph/builder.ts";
import { tensor } from "../../src/graph/tensor.ts";
import type { Graph } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { builderOn } from "../../src/ops/infer.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { modelOf } from "./case-graph.ts";

const EMPTY: Graph = { name: "pair", inputs: [], outputs: [], constants: new Map(), nodes: [], facts: new Map() };

interface Format {
  readonly scale: Value;
  readonly zero: Value;
  readonly axis: number;
}

/** d(3 · DQ(Q(x))) / dx as a graph with the one input `x` of dims [2,2,3]. */
function gradientGraph(format: (g: GraphBuilder) => Format): Graph {
  const forward = builderOn(EMPTY, OPS);
  const x = forward.input("x", "float32", [2, 2, 3]);
  const { scale, zero, axis } = format(forward);
  const q = forward.op("QuantizeLinear", [x, scale, zero], { axis });
  const y = forward.op("DequantizeLinear", [q, scale, zero], { axis });
  const graph = forward.build([y]);
  const g = builderOn(graph, OPS);
  const dy = g.op("Expand", [g.scalar(3), g.ints([2, 2, 3])]);
  const { cotangents, notes } = reverse({ g, nodes: graph.nodes, ops: OPS, from: new Map([[y.name, dy]]), to: ["x"] });
  expect(notes.join()).toContain("straight through");
  return g.build([g.alias(cotangents.get("x") as Value, "dx")]);
}

async function check(graph: Graph, x: readonly number[], want: readonly number[]): Promise<void> {
  const reference = interpret(graph, new Map([["x", num("float32", [2, 2, 3], x)]]), OPS).get("dx");
  expect(Array.from(reference?.data ?? [])).toEqual(want);
  const session = await ort.InferenceSession.create(writeModelBytes(modelOf(graph)), { logSeverityLevel: 4 });
  const { dx } = await session.run({ x: new ort.Tensor("float32", Float32Array.from(x), [2, 2, 3]) });
  expect(Array.from(dx?.data as Float32Array)).toEqual(want);
  await session.release();
}

describe("the slope of quantise and dequantise", () => {
  it("is 1 inside the range of one scale, 0 outside", async () => {
    const graph = gradientGraph((g) => ({
      scale: g.scalar(0.5),
      zero: g.constant(tensor("uint8", [], [128])),
      axis: 1,
    }));
    // representable: (0 - 128) / 2 = -64 … (255 - 128) / 2 = 63.5, and a quarter around them
    await check(
      graph,
      [-1e4, -64.3, -64.2, -64, -1, 0, 1, 63.5, 63.7, 63.8, 64, 1e4],
      [0, 0, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0],
    );
  });

  it("takes the range of each channel", async () => {
    const graph = gradientGraph((g) => ({
      scale: g.constant(tensor("float32", [2], [1, 0.25])),
      zero: g.constant(tensor("int8", [2], [0, 0])),
      axis: 1,
    }));
    await check(
      graph,
      [-100, 0, 100, -100, 0, 100, 127, 128, -129, 31.75, 32, -32],
      [3, 3, 3, 0, 3, 0, 3, 0, 0, 3, 0, 3],
    );
  });
});
