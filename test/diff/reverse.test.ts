/** @file The reverse walk on small graphs, in float64: any outputs, any layer, weights, shared values, what stops it. */
import { describe, expect, it } from "vitest";
import { close, extend, reverse } from "../../src/diff/emit.ts";
import type { Value } from "../../src/graph/builder.ts";
import type { Model } from "../../src/graph/types.ts";
import { problems } from "../../src/graph/verify.ts";
import { OnnxplainError } from "../../src/index.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { builder, modelOf, net } from "../nets.ts";
import { cotangentsOf, feedsOf, slopes, walk } from "./walk.ts";

const TIGHT = 1e-7;

/** All gradients of `to` agree with central differences; returns them. */
function check(model: Model, from: readonly string[], to: readonly string[]): ReturnType<typeof walk> {
  const feeds = feedsOf(model);
  const options = { feeds, from: cotangentsOf(model, feeds, from), to };
  for (const [name, { error, walked, measured }] of slopes(model, options))
    expect(error, `${name}: walked ${walked}, measured ${measured}`).toBeLessThan(TIGHT);
  return walk(model, options);
}

/** Two heads on a shared trunk, everything named. */
const twoHeads = net(["N", 2, 5, 5], ({ g, x, w }) => {
  const a = g.alias(g.op("Tanh", [g.op("Conv", [x, w([3, 2, 3, 3]), w([3])], { pads: [1, 1, 1, 1] })]), "trunk");
  const flat = g.op("Flatten", [g.op("GlobalAveragePool", [a])], { axis: 1 });
  return {
    left: g.op("Gemm", [flat, w([4, 3]), w([4])], { transB: 1 }),
    right: g.op("Softmax", [g.op("MatMul", [flat, w([3, 2])])], { axis: 1 }),
  };
});
const weightsOf = (model: Model): readonly string[] =>
  [...model.graph.constants].filter(([, t]) => t.dtype === "float32").map(([name]) => name);

describe("where it begins and ends", () => {
  it("several outputs at once, to the input, a layer and every weight", () => {
    const to = ["x", "trunk", ...weightsOf(twoHeads)];
    expect(to).toHaveLength(7);
    const { gradients, graph } = check(twoHeads, ["left", "right"], to);
    for (const name of to) expect(gradients.get(name), name).not.toBeNull();
    expect(problems(graph)).toEqual([]);
  });
  it("one output: the other's head is not walked, its weight gets nothing", () => {
    const { gradients, graph } = check(twoHeads, ["left"], ["x", "trunk"]);
    expect(gradients.get("x")).not.toBeNull();
    expect(graph.nodes.map((n) => n.op)).not.toContain("Softmax");
    const right = weightsOf(twoHeads).find((n) =>
      twoHeads.graph.nodes.some((node) => node.op === "MatMul" && node.inputs[1] === n),
    ) as string;
    expect(
      walk(twoHeads, {
        feeds: feedsOf(twoHeads),
        from: cotangentsOf(twoHeads, feedsOf(twoHeads), ["left"]),
        to: [right],
      }).gradients.get(right),
    ).toBeNull();
  });
  it("a layer as the beginning", () => {
    check(twoHeads, ["trunk"], ["x"]);
  });
  it("a layer as the beginning and another as the end, with outputs after both", () => {
    check(twoHeads, ["trunk", "left"], ["x", "trunk"]);
  });
  it("the beginning itself as the end gives its own cotangent", () => {
    const feeds = feedsOf(twoHeads);
    const from = cotangentsOf(twoHeads, feeds, ["left"]);
    expect(walk(twoHeads, { feeds, from, to: ["left"] }).gradients.get("left")?.data).toEqual(from.get("left")?.data);
  });
  it("what does not lead there is null: a later layer, an unused input, a dead weight", () => {
    const model = net(["N", 3], ({ g, x, w }) => {
      g.input("unused", "float32", ["N", 3]);
      const hidden = g.alias(g.op("MatMul", [x, w([3, 3])]), "hidden");
      g.op("MatMul", [x, w([3, 3])]);
      return { y: g.op("Tanh", [hidden]), late: g.op("Exp", [hidden]) };
    });
    const feeds = feedsOf(model);
    const { gradients } = walk(model, {
      feeds,
      from: cotangentsOf(model, feeds, ["y"]),
      to: ["late", "unused", "x", weightsOf(model)[1] as string],
    });
    expect([...gradients].map(([n, v]) => [n, v === null])).toEqual([
      ["late", true],
      ["unused", true],
      ["x", false],
      [weightsOf(model)[1], true],
    ]);
  });
});

describe("weights", () => {
  it.each([
    ["plain", {}, [4, 2, 3, 3]],
    ["strided and padded", { strides: [2, 2], pads: [1, 0, 1, 2] }, [4, 2, 3, 3]],
    ["dilated", { dilations: [2, 1], pads: [2, 1, 2, 1] }, [4, 2, 3, 3]],
    ["grouped", { group: 2 }, [4, 1, 3, 3]],
    ["strided, grouped, dilated", { group: 2, strides: [2, 1], dilations: [1, 2], pads: [1, 2, 1, 2] }, [4, 1, 2, 3]],
    ["1x1", {}, [4, 2, 1, 1]],
  ] as const)("Conv, %s", (_, attrs, dims) => {
    const model = net(["N", 2, 7, 6], ({ g, x, w }) => ({ y: g.op("Conv", [x, w(dims), w([4])], attrs) }));
    check(model, ["y"], ["x", ...weightsOf(model)]);
  });
  it.each([
    ["as it is", { transA: 0, transB: 0 }, [3, 5]],
    ["B turned", { transB: 1 }, [5, 3]],
    ["A turned", { transA: 1 }, [2, 5]],
    ["both turned", { transA: 1, transB: 1 }, [5, 2]],
  ] as const)("Gemm, %s", (_, attrs, dims) => {
    const model = net([2, 3], ({ g, x, w }) => ({ y: g.op("Gemm", [x, w(dims), w([5])], attrs) }));
    check(model, ["y"], ["x", ...weightsOf(model)]);
  });
  it("Gemm with a scalar bias, and alpha and beta", () => {
    const model = net([2, 3], ({ g, x, w }) => ({
      y: g.op("Gemm", [x, w([3, 4]), w([1])], { alpha: { float: 0.5 }, beta: { float: -2 } }),
    }));
    check(model, ["y"], ["x", ...weightsOf(model)]);
  });
  it("MatMul with a batch of weights", () => {
    const model = net(["N", 3, 4], ({ g, x, w }) => ({ y: g.op("MatMul", [x, w([1, 4, 2])]) }));
    check(model, ["y"], ["x", ...weightsOf(model)]);
  });
  it("scale and bias of normalisations", () => {
    const model = net(["N", 3, 4, 4], ({ g, x, w }) => {
      const positive = (v: Value): Value => g.op("Add", [g.op("Abs", [v]), g.scalar(0.5)]);
      const bn = g.op("BatchNormalization", [x, w([3]), w([3]), w([3]), positive(w([3]))]);
      return { y: g.op("LayerNormalization", [bn, w([4]), w([4])], { axis: -1 }) };
    });
    check(model, ["y"], ["x"]);
  });
  it("a weight used twice is summed over both uses", () => {
    const model = net(["N", 3, 3], ({ g, x, w }) => {
      const shared = w([3, 3]);
      return { y: g.op("MatMul", [g.op("Tanh", [g.op("MatMul", [x, shared])]), shared]) };
    });
    check(model, ["y"], ["x", ...weightsOf(model)]);
  });
});

describe("values that are used more than once", () => {
  it("twice by one node", () => {
    const model = net([4], ({ g, x }) => ({ y: g.op("Mul", [x, x]) }));
    const feeds = new Map([["x", num("float32", [4], [1, 2, -3, 0])]]);
    const one = new Map([["y", num("float32", [4], [1, 1, 1, 1])]]);
    expect(Array.from(walk(model, { feeds, from: one, to: ["x"] }).gradients.get("x")?.data ?? [])).toEqual([
      2, 4, -6, 0,
    ]);
    check(model, ["y"], ["x"]);
  });
  it("by two, three and five nodes", () => {
    const model = net(["N", 4], ({ g, x, w }) => {
      const h = g.alias(g.op("Tanh", [x]), "h");
      const parts = ["Exp", "Sigmoid", "Sin", "Cos", "Neg"].map((op) => g.op("Mul", [g.op(op, [h]), w([4])]));
      return { y: g.op("Sum", parts), z: g.op("Sub", [parts[0] as Value, parts[2] as Value]) };
    });
    check(model, ["y", "z"], ["x", "h"]);
  });
  it("a diamond of residuals", () => {
    const model = net(["N", 4], ({ g, x, w }) => {
      let h = x;
      for (let i = 0; i < 6; i++) h = g.op("Add", [h, g.op("Tanh", [g.op("MatMul", [h, w([4, 4])])])]);
      return { y: h };
    });
    const { graph } = check(model, ["y"], ["x", ...weightsOf(model)]);
    expect(graph.nodes.length, "the walk is linear in the graph, not in its paths").toBeLessThan(150);
  });
  it("outputs of a Split, of which some are not used", () => {
    const model = net(["N", 6], ({ g, x }) => {
      const [a, , c] = g.ops("Split", [x, g.ints([1, 2, 3])], { attrs: { axis: 1 }, outputs: 3 }) as [
        Value,
        Value,
        Value,
      ];
      return { y: g.op("Mul", [a, c]) };
    });
    check(model, ["y"], ["x"]);
  });
});

describe("broadcasting", () => {
  it.each([
    ["a row", [4]],
    ["a column", [3, 1]],
    ["a scalar", []],
    ["ones", [1, 1, 1]],
    ["of higher rank", [2, 2, 3, 4]],
    ["a middle axis", [2, 1, 4]],
  ] as const)("against %s: the cotangent is summed back", (_, dims) => {
    for (const op of ["Add", "Sub", "Mul"]) {
      const model = net([2, 3, 4], ({ g, x, w }) => ({ y: g.op(op, [g.op("Tanh", [x]), w(dims)]) }));
      check(model, ["y"], ["x", ...weightsOf(model)]);
    }
  });
  it("a free batch against a fixed one", () => {
    const model = net(["N", 3, 4], ({ g, x, w }) => ({ y: g.op("Mul", [x, w([1, 3, 1])]) }));
    check(model, ["y"], ["x", ...weightsOf(model)]);
  });
  it("Expand, and reductions that keep or drop axes", () => {
    const model = net([2, 1, 4], ({ g, x }) => {
      const wide = g.op("Expand", [x, g.ints([2, 3, 4])]);
      const mean = g.op("ReduceMean", [g.op("Tanh", [wide]), g.ints([2])], { keepdims: 0 });
      return { y: g.op("Mul", [mean, g.op("ReduceSum", [x, g.ints([2])], { keepdims: 0 })]) };
    });
    check(model, ["y"], ["x"]);
  });
  it("a value that is broadcast against itself in another shape", () => {
    const model = net([3, 1], ({ g, x }) => ({ y: g.op("Mul", [x, g.op("Transpose", [x], { perm: [1, 0] })]) }));
    check(model, ["y"], ["x"]);
  });
});

describe("several free dims", () => {
  it("a Reshape back to a shape known only at run time, an axis of it being empty or not", () => {
    const model = net(["N", "T", 3], ({ g, x }) => {
      const flat = g.op("Reshape", [x, g.ints([-1])]);
      return { y: g.op("Tanh", [flat]) };
    });
    for (const sizes of [
      [2, 4, 3],
      [2, 0, 3],
      [0, 2, 3],
    ]) {
      const count = sizes.reduce((p, d) => p * d, 1);
      const feeds = new Map([["x", num("float32", sizes, new Float64Array(count))]]);
      const from = new Map([["y", num("float32", [count], new Float64Array(count).fill(1))]]);
      const dx = walk(model, { feeds, from, to: ["x"] }).gradients.get("x");
      expect(dx?.dims, String(sizes)).toEqual(sizes);
      expect(dx?.data.every((v) => v === 1)).toBe(true);
    }
  });
});

describe("what stops the walk", () => {
  it("ops of kind constant carry nothing: shapes, comparisons, indices", () => {
    const model = net(["N", 4], ({ g, x }) => {
      const mask = g.op("Cast", [g.op("Greater", [x, g.scalar(0)])], { to: 1 });
      return { masked: g.op("Mul", [x, mask]), mask: g.op("Mul", [mask, g.scalar(3)]) };
    });
    const feeds = feedsOf(model);
    const from = cotangentsOf(model, feeds, ["masked", "mask"]);
    const x = feeds.get("x")?.data ?? [];
    const { gradients } = walk(model, { feeds, from, to: ["x"] });
    expect(Array.from(gradients.get("x")?.data ?? [], (d) => d + 0)).toEqual(
      Array.from(from.get("masked")?.data ?? [], (d, i) => ((x[i] as number) > 0 ? d : 0)),
    );
    expect(
      walk(model, { feeds, from: new Map([["mask", from.get("mask") as never]]), to: ["x"] }).gradients.get("x"),
    ).toBeNull();
  });
  it("an op without a derivative that lies elsewhere does not matter", () => {
    const model = net(["N", 4], ({ g, x }) => ({ y: g.op("Tanh", [x]), index: g.op("Hardmax", [x], { axis: 1 }) }));
    check(model, ["y"], ["x"]);
  });

  /** A chain through the named ops (domain.op for others), and the error that the walk gives. */
  function refusal(...chain: readonly string[]): OnnxplainError {
    const g = builder();
    let value = g.input("x", "float32", ["N", 4]);
    const graph = g.build([]);
    const nodes = chain.map((title, i) => {
      const dot = title.lastIndexOf(".");
      const node = {
        op: title.slice(dot + 1),
        domain: dot < 0 ? "" : title.slice(0, dot),
        name: `node${i}`,
        inputs: [value.name],
        outputs: [`v${i}`],
        attrs: {},
      };
      value = { ...value, name: `v${i}` };
      return node;
    });
    const facts = new Map([["x", value], ...nodes.map((n) => [n.outputs[0] as string, value] as const)]);
    const model = modelOf({ ...graph, nodes, facts });
    const back = extend(model, OPS);
    try {
      reverse({
        g: back,
        nodes,
        ops: OPS,
        from: new Map([[value.name, back.input("dy", "float32", ["N", 4])]]),
        to: ["x"],
      });
    } catch (error) {
      expect(error).toBeInstanceOf(OnnxplainError);
      return error as OnnxplainError;
    }
    throw new Error("nothing was thrown");
  }
  it("every unknown op in the way is listed at once", () => {
    const error = refusal("Relu", "Mystery", "com.microsoft.FusedConv", "Tanh", "Enigma");
    expect(error.code).toBe("E_UNSUPPORTED_OP");
    expect(error.message).toMatch(/3 nodes/);
    for (const name of ['Mystery "node1"', 'com.microsoft.FusedConv "node2"', 'Enigma "node4"'])
      expect(error.message).toContain(name);
    expect(error.message).toContain("occlusion");
    expect(error.place).toMatchObject({ node: "node1", op: "Mystery" });
  });
  it("an op known to have no derivative gives its reason", () => {
    const withReason = Object.entries(OPS).find(([, row]) => typeof row.vjp === "object" && row.kind !== "constant");
    expect(withReason, "some op carries data and has no derivative").toBeDefined();
    const [op, row] = withReason as NonNullable<typeof withReason>;
    const error = refusal("Relu", op);
    expect(error.code).toBe("E_NO_DERIVATIVE");
    expect(error.message).toContain((row.vjp as { readonly none: string }).none);
    expect(refusal(op, "Mystery").code, "an unknown op weighs more").toBe("E_UNSUPPORTED_OP");
  });
  it("a hundred of them are counted, a dozen named", () => {
    const error = refusal(...Array.from({ length: 100 }, () => "Mystery"));
    expect(error.message).toContain("100 nodes");
    expect(error.message.match(/Mystery "node/g)).toHaveLength(12);
  });
  it("an op that a prototype chain knows is unknown all the same", () => {
    for (const op of ["constructor", "toString", "__proto__"]) expect(refusal(op).code).toBe("E_UNSUPPORTED_OP");
  });
});

describe("several cotangents in one graph", () => {
  it("share the forward pass, and each other's masks", () => {
    const model = net(["N", 2, 6, 6], ({ g, x, w }) => {
      const a = g.op("Relu", [g.op("Conv", [x, w([3, 2, 3, 3])])]);
      const b = g.op("Relu", [g.op("Conv", [a, w([3, 3, 3, 3])])]);
      return { y: g.op("Flatten", [b], { axis: 1 }) };
    });
    const count = (times: number): number => {
      const g = extend(model, OPS);
      const found = Array.from({ length: times }, (_, i) => {
        const dy = g.input(`dy${i}`, "float32", ["N", 12]);
        return reverse({ g, nodes: model.graph.nodes, ops: OPS, from: new Map([["y", dy]]), to: ["x"] }).cotangents.get(
          "x",
        ) as Value;
      });
      return close(model, g, found).graph.nodes.length;
    };
    const [one, two, three] = [count(1), count(2), count(3)];
    expect(three - two, "each further cotangent adds its own walk only").toBe(two - one);
    expect(two - one, "which is smaller than forward and walk together").toBeLessThanOrEqual(one - 4);
  });
  it("are linear: the sum's walk is the sum of the walks", () => {
    const feeds = feedsOf(twoHeads);
    const both = cotangentsOf(twoHeads, feeds, ["left", "right"]);
    const only = (name: string): Float64Array =>
      walk(twoHeads, { feeds, from: new Map([[name, both.get(name) as never]]), to: ["x"] }).gradients.get("x")
        ?.data as Float64Array;
    const sum = only("left").map((v, i) => v + (only("right")[i] as number));
    const whole = walk(twoHeads, { feeds, from: both, to: ["x"] }).gradients.get("x")?.data as Float64Array;
    for (const [i, v] of whole.entries()) expect(v).toBeCloseTo(sum[i] as number, 12);
  });
});

it("straight-through rounding is noted", () => {
  const model = net(["N", 4], ({ g, x }) => {
    const zero = g.constant({ dtype: "uint8", dims: [], data: Uint8Array.of(128) });
    return { y: g.op("DequantizeLinear", [g.op("QuantizeLinear", [x, g.scalar(0.05), zero]), g.scalar(0.05), zero]) };
  });
  const feeds = feedsOf(model);
  const { notes, gradients } = walk(model, { feeds, from: cotangentsOf(model, feeds, ["y"]), to: ["x"] });
  expect(notes.join()).toContain("straight through");
  expect(gradients.get("x")).not.toBeNull();
});

it("the model that is walked stays as it was", () => {
  const before = structuredClone({ nodes: twoHeads.graph.nodes, inputs: twoHeads.graph.inputs });
  check(twoHeads, ["left"], ["x"]);
  expect({ nodes: twoHeads.graph.nodes, inputs: twoHeads.graph.inputs }).toEqual(before);
});
