/** @file Rewrites of emitted graphs: the values stay, the ops that cost go. */
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { reverse } from "../../../src/diff/emit.ts";
import { optimize, REWRITES } from "../../../src/diff/optimize/optimize.ts";
import type { Value } from "../../../src/graph/builder.ts";
import type { Graph } from "../../../src/graph/types.ts";
import { verify } from "../../../src/graph/verify.ts";
import { writeModelBytes } from "../../../src/graph/write.ts";
import { builderOn } from "../../../src/ops/infer.ts";
import { num } from "../../../src/ops/num-tensor.ts";
import { OPS } from "../../../src/ops/table.ts";
import { interpret } from "../../../src/reference/interpret.ts";
import { modelOf, type Net, net, sizeOf, wave } from "../../nets.ts";
import { expectClose } from "../../ops/close.ts";

const CLASSES = 100;
const SIZE = 15;

const conv = (
  { g, w }: Net,
  x: Value,
  out: number,
  o: { readonly k?: number; readonly stride?: number; readonly group?: number } = {},
): Value => {
  const { k = 1, stride = 1, group = 1 } = o;
  const p = (k - 1) / 2;
  return g.op("Conv", [x, w([out, (x.dims?.[1] as number) / group, k, k]), w([out])], {
    kernel_shape: [k, k],
    pads: [p, p, p, p],
    strides: [stride, stride],
    group,
  });
};
const relu = ({ g }: Net, x: Value): Value => g.op("Relu", [x]);
const pool = ({ g }: Net, x: Value): Value => g.op("MaxPool", [x], { kernel_shape: [3, 3], strides: [2, 2] });
const linear = ({ g, w }: Net, x: Value): Value =>
  g.op("Gemm", [g.op("Flatten", [g.op("GlobalAveragePool", [x])]), w([CLASSES, x.dims?.[1] as number]), w([CLASSES])], {
    transB: 1,
  });

/** A SqueezeNet in small: fire modules, pools of joined channels, a head of pooled class maps. */
function fire(n: Net, x: Value): Value {
  const s = relu(n, conv(n, x, 16));
  return n.g.op("Concat", [relu(n, conv(n, s, 32)), relu(n, conv(n, s, 32, { k: 3 }))], { axis: 1 });
}
const squeeze = (n: Net): Value => {
  const h = fire(n, pool(n, fire(n, pool(n, relu(n, conv(n, n.x, 16, { k: 3 }))))));
  return n.g.op("Flatten", [n.g.op("GlobalAveragePool", [relu(n, conv(n, h, CLASSES))])]);
};
/** Inverted residuals with ReLU6 and a strided depthwise convolution. */
const mobile = (n: Net): Value => {
  const clip = (x: Value): Value => n.g.op("Clip", [x, n.g.scalar(0), n.g.scalar(0.5)]);
  const stem = clip(conv(n, n.x, 16, { k: 3, stride: 2 }));
  const wide = clip(conv(n, stem, 32));
  const narrow = conv(n, clip(conv(n, wide, 32, { k: 3, stride: 2, group: 32 })), 16);
  const again = conv(n, clip(conv(n, narrow, 32)), 16);
  return linear(n, n.g.op("Add", [narrow, again]));
};
/** Basic blocks, one of which halves the resolution. */
const residual = (n: Net): Value => {
  const stem = n.g.op("MaxPool", [relu(n, conv(n, n.x, 16, { k: 3, stride: 2 }))], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  const a = relu(n, n.g.op("Add", [stem, conv(n, relu(n, conv(n, stem, 16, { k: 3 })), 16, { k: 3 })]));
  const b = relu(
    n,
    n.g.op("Add", [conv(n, a, 32, { stride: 2 }), conv(n, relu(n, conv(n, a, 32, { k: 3, stride: 2 })), 32, { k: 3 })]),
  );
  return linear(n, b);
};
/** A head that multiplies by a plain matrix. */
const matrix = (n: Net): Value =>
  n.g.op("MatMul", [n.g.op("Flatten", [relu(n, conv(n, n.x, 4, { k: 3 }))]), n.w([4 * SIZE * SIZE, CLASSES])]);
/** Branches that are summed after they were joined. */
const inception = (n: Net): Value => {
  const a = n.g.op("Concat", [relu(n, conv(n, n.x, 16)), relu(n, conv(n, n.x, 32))], { axis: 1 });
  return linear(n, n.g.op("Sum", [relu(n, conv(n, a, 16)), relu(n, conv(n, a, 16, { k: 3 })), conv(n, a, 16)]));
};

const NETS = { squeeze, mobile, residual, matrix, inception } as const;

function gradientGraphs(build: (n: Net) => Value, to: string = "x"): { readonly plain: Graph; readonly fast: Graph } {
  const forward = net(["N", 3, SIZE, SIZE], (n) => ({ scores: build(n) }));
  const made = (rewrites: readonly (typeof REWRITES)[keyof typeof REWRITES][]): Graph => {
    const g = builderOn(forward.graph, OPS);
    const dy = g.input("dy", "float32", ["N", CLASSES]);
    const { cotangents } = reverse({
      g,
      nodes: forward.graph.nodes,
      ops: OPS,
      from: new Map([["scores", dy]]),
      to: [to],
    });
    return optimize(g, [g.alias(cotangents.get(to) as Value, "dx"), g.value("scores")], rewrites);
  };
  return { plain: made([]), fast: made(Object.values(REWRITES)) };
}

const rowsOf = (...rows: readonly Readonly<Record<number, number>>[]): number[] =>
  rows.flatMap((r) => Array.from({ length: CLASSES }, (_, i) => r[i] ?? 0));
const COTANGENTS: Readonly<Record<string, readonly number[]>> = {
  "one class": rowsOf({ 7: 1 }),
  "the first class": rowsOf({ 0: 1 }),
  "a contrast": rowsOf({ 3: 1, 99: -1 }),
  "a class for each row": rowsOf({ 3: 1 }, { 41: 0.5 }, { 0: -2 }),
  nothing: rowsOf({}),
  "all classes": Array.from(wave(2 * CLASSES, 3)),
};

describe("optimize", () => {
  for (const [name, build] of Object.entries(NETS)) {
    const { plain, fast } = gradientGraphs(build);
    it(`${name}: the graph is whole`, () => verify(fast, "optimize"));
    for (const [which, values] of Object.entries(COTANGENTS)) {
      it(`${name}, ${which}: same values, also in ONNX Runtime`, async () => {
        const batch = values.length / CLASSES;
        const dims = [batch, 3, SIZE, SIZE];
        const x = wave(sizeOf(dims), 9);
        const feeds = new Map([
          ["x", num("float32", dims, x)],
          ["dy", num("float32", [batch, CLASSES], values)],
        ]);
        const wanted = interpret(plain, feeds, OPS);
        const got = interpret(fast, feeds, OPS);
        for (const [output, value] of wanted) expectClose(got.get(output) as typeof value, value, 1e-9, output);
        const session = await ort.InferenceSession.create(writeModelBytes(modelOf(fast)), {
          logSeverityLevel: 4,
          intraOpNumThreads: 1,
        });
        const run = await session.run({
          x: new ort.Tensor("float32", x, dims),
          dy: new ort.Tensor("float32", Float32Array.from(values), [batch, CLASSES]),
        });
        await session.release();
        for (const [output, value] of wanted) {
          const t = run[output] as ort.Tensor;
          expectClose(num("float32", t.dims, t.data as Float32Array), value, 2e-4, `${output} by ONNX Runtime`);
        }
      });
    }
  }
});

const opsIn = (graph: Graph): readonly string[] => graph.nodes.map((n) => n.op);

describe("what goes", () => {
  it("splits of convolutions: sliced weights instead", () => {
    for (const build of [squeeze, inception]) {
      const { plain, fast } = gradientGraphs(build);
      const convolved = (graph: Graph): number => {
        const made = new Map(graph.nodes.flatMap((n) => n.outputs.map((o) => [o, n.op] as const)));
        return graph.nodes.filter((n) => n.op === "Split" && made.get(n.inputs[0] ?? "") !== "Reshape").length;
      };
      expect(convolved(plain)).toBeGreaterThan(0);
      expect(convolved(fast)).toBe(0);
    }
  });
  it("crops of wide values", () => {
    const { plain, fast } = gradientGraphs(squeeze);
    const crops = (graph: Graph): number =>
      graph.nodes.filter((n) => n.op === "Slice" && graph.facts.get(n.outputs[0] ?? "")?.dims?.[0] === "N").length;
    expect(crops(plain)).toBeGreaterThan(0);
    expect(crops(fast)).toBe(0);
  });
  it("products over all classes", () => {
    for (const build of [squeeze, mobile, matrix]) {
      const { fast } = gradientGraphs(build);
      expect(opsIn(fast)).toContain("NonZero");
      const maker = new Map(fast.nodes.flatMap((n) => n.outputs.map((o) => [o, n] as const)));
      const readers = fast.nodes.filter((n) => n.inputs.includes("dy")).map((n) => n.op);
      expect(readers.toSorted()).toEqual(["Abs", "Gather"]);
      expect(maker.get("dx")).toBeDefined();
    }
  });
  it("a second mask where the first is enough", () => {
    const { plain, fast } = gradientGraphs(squeeze);
    const steps = (graph: Graph): number => opsIn(graph).filter((op) => op === "HardSigmoid").length;
    expect(steps(fast)).toBeLessThan(steps(plain));
  });
  it("nothing from a gradient of a middle layer that the layer needs", () => {
    const { plain, fast } = gradientGraphs(residual);
    expect(fast.outputs).toEqual(plain.outputs);
    expect(fast.inputs.map((p) => p.name)).toEqual(["x", "dy"]);
  });
});
