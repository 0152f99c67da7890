/** @file One graph, run once in float32 by ONNX Runtime and once in float64 by the interpreter. */
import type { Model } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { type NumTensor, num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import type { HostTensor } from "../../src/runtime/session.ts";

export type Tensors = Readonly<Record<string, NumTensor>>;

/** The named outputs, as ONNX Runtime computes them. All feeds are float32. */
export async function inFloat32(model: Model, feeds: Tensors, outputs: readonly string[]): Promise<Tensors> {
  const session = await openSession(writeModelBytes(model), { threads: 1 });
  try {
    const given = Object.entries(feeds).map(([name, { dims, data }]): [string, HostTensor] => [
      name,
      { dtype: "float32", dims, data: Float32Array.from(data) },
    ]);
    const results = await session.run(Object.fromEntries(given), outputs);
    return Object.fromEntries(
      Object.entries(results).map(([name, t]) => [name, num(t.dtype, t.dims, t.data as Float32Array)]),
    );
  } finally {
    await session.dispose();
  }
}

export const inFloat64 = ({ graph }: Model, feeds: Tensors, outputs: readonly string[]): Tensors =>
  Object.fromEntries(interpret(graph, new Map(Object.entries(feeds)), OPS, outputs));
