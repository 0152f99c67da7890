/** @file The builder: what it shares, what it must not, how it names. */
import { describe, expect, it } from "vitest";
import { factOf, tensor } from "../../src/graph/tensor.ts";
import { float, type Graph } from "../../src/graph/types.ts";
import { problems } from "../../src/graph/verify.ts";
import { OnnxplainError } from "../../src/index.ts";
import { builder } from "../nets.ts";

/** A graph with a node per spec; every value float32 [2]. */
function base(
  ...nodes: readonly (readonly [
    op: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attrs?: Graph["nodes"][number]["attrs"],
  ])[]
): Graph {
  const fact = { dtype: "float32", dims: [2] } as const;
  const names = ["x", "y", ...nodes.flatMap(([, i, o]) => [...i, ...o])].filter((n) => n !== "");
  return {
    name: "base",
    inputs: [
      { name: "x", ...fact },
      { name: "y", ...fact },
    ],
    outputs: [],
    constants: new Map(),
    nodes: nodes.map(([op, inputs, outputs, attrs = {}], i) => ({
      op,
      domain: "",
      name: `n${i}`,
      inputs,
      outputs,
      attrs,
    })),
    facts: new Map(names.map((n) => [n, fact])),
  };
}

const code = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return error instanceof OnnxplainError ? error.code : String(error);
  }
  return "nothing thrown";
};

describe("sharing", () => {
  it("equal nodes are made once, in any order of attributes", () => {
    const g = builder(base());
    const [x, y] = [g.value("x"), g.value("y")];
    expect(g.op("Add", [x, y])).toEqual(g.op("Add", [x, y]));
    expect(g.op("LRN", [x], { size: 3, alpha: float(1) }).name).toBe(
      g.op("LRN", [x], { alpha: float(1), size: 3 }).name,
    );
    expect(g.build([]).nodes).toHaveLength(2);
  });
  it("other inputs, attributes or numbers of outputs make another node", () => {
    const g = builder(base());
    const [x, y] = [g.value("x"), g.value("y")];
    g.op("Sub", [x, y]);
    g.op("Sub", [y, x]);
    g.op("Elu", [x], { alpha: float(1) });
    g.op("Elu", [x], { alpha: float(2) });
    g.op("Elu", [x], { alpha: 1 });
    g.ops("Split", [x], { outputs: 1 });
    g.ops("Split", [x], { outputs: 2 });
    expect(g.build([]).nodes).toHaveLength(7);
  });
  it("attributes that JSON cannot tell apart are told apart", () => {
    const g = builder(base());
    const x = g.value("x");
    const names = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0, -0].map(
      (v) => g.op("Elu", [x], { alpha: float(v) }).name,
    );
    expect(new Set(names).size).toBe(5);
  });
  it("a comma in a name is no separator", () => {
    const g = builder(base(["Relu", ["x"], ["a,b"]], ["Relu", ["x"], ["a"]], ["Relu", ["x"], ["b"]]));
    expect(g.op("Sum", [g.value("a,b")]).name).not.toBe(g.op("Sum", [g.value("a"), g.value("b")]).name);
  });
  it("a node of the base graph is shared too", () => {
    expect(builder(base(["Relu", ["x"], ["r"]])).op("Relu", [builder(base()).value("x")]).name).toBe("r");
  });
  it("a node of the base graph with a left-out output is not", () => {
    const g = builder(base(["Split", ["x"], ["first", ""]]));
    const [first, second] = g.ops("Split", [g.value("x")], { outputs: 2 });
    expect([first?.name, second?.name]).not.toContain("");
    expect(problems(g.build([]))).toEqual([]);
  });
  it("random ops, dropout, and ops of other domains are never shared", () => {
    const graph = base();
    const g = builder({
      ...graph,
      nodes: [{ op: "Relu", domain: "com.microsoft", name: "n", inputs: ["x"], outputs: ["r"], attrs: {} }],
      facts: new Map([...graph.facts, ["r", { dtype: "float32", dims: [2] }]]),
    });
    const x = g.value("x");
    expect(g.op("Relu", [x]).name).not.toBe("r");
    for (const op of ["Dropout", "RandomNormalLike", "RandomUniformLike", "Bernoulli"])
      expect(g.op(op, [x]).name, op).not.toBe(g.op(op, [x]).name);
  });
  it("omitted inputs at the end are left out, in the middle kept", () => {
    const g = builder(base());
    const [x, y] = [g.value("x"), g.value("y")];
    expect(g.op("Clip", [x, null, null]).name).toBe(g.op("Clip", [x]).name);
    expect(g.producer(g.op("Clip", [x, null, y]))?.inputs).toEqual(["x", "", "y"]);
  });
  it("small constants are shared by type, dims and values; long ones are not", () => {
    const g = builder(base());
    expect(g.scalar(2).name).toBe(g.scalar(2).name);
    expect(g.ints([1, 2]).name).toBe(g.ints([1, 2]).name);
    expect(
      new Set(
        [
          g.scalar(2),
          g.scalar(2, "int64"),
          g.constant(tensor("float32", [1], [2])),
          g.scalar(3),
          g.scalar(0),
          g.scalar(-0),
        ].map((v) => v.name),
      ).size,
    ).toBe(6);
    const long = tensor("float32", [17], new Float32Array(17));
    expect(g.constant(long).name).not.toBe(g.constant(long).name);
  });
});

describe("names", () => {
  it("new names avoid those of the base graph", () => {
    const g = builder(base(["Neg", ["x"], ["x/Relu_0"]], ["Abs", ["x"], ["x/c_1"]]));
    const made = [g.op("Relu", [g.value("x")]).name, g.scalar(4).name, g.op("Exp", [g.value("x")], {}, "x/hint").name];
    expect(made).not.toContain("x/Relu_0");
    expect(made).not.toContain("x/c_1");
    expect(made[2]).toMatch(/^x\/hint_/);
    expect(problems(g.build([]))).toEqual([]);
  });
  it("an input takes exactly its name, or is refused", () => {
    const g = builder(base());
    expect(g.input("cotangent", "float32", ["N", 3])).toEqual({ name: "cotangent", dtype: "float32", dims: ["N", 3] });
    expect(code(() => g.input("x", "float32", []))).toBe("E_MODEL_INVALID");
  });
  it("an alias adds an Identity, or nothing where the name is right already", () => {
    const g = builder(base());
    const x = g.value("x");
    expect(g.alias(x, "x")).toEqual(x);
    expect(g.alias(x, "public").name).toBe("public");
    expect(g.build([g.value("public")]).nodes.map((n) => [n.op, n.inputs, n.outputs])).toEqual([
      ["Identity", ["x"], ["public"]],
    ]);
    expect(code(() => g.alias(x, "y"))).toBe("E_MODEL_INVALID");
  });
  it("no two nodes have one name, where a pass let a node of ours write another value", () => {
    const before = builder(base()).op("Relu", [builder(base()).value("x")]).name;
    const graph = base(["Exp", ["x"], ["r"]]);
    const renamed = { ...graph, nodes: graph.nodes.map((n) => ({ ...n, name: `x/${before}` })) };
    const g = builder(renamed);
    g.op("Relu", [g.value("x")]);
    const names = g.build([]).nodes.map((n) => n.name);
    expect(new Set(names).size).toBe(names.length);
  });
  it("an unknown name is a fault of ours", () => {
    expect(() => builder(base()).value("ghost")).toThrow(/^internal:/);
  });
});

it("the base graph stays as it was", () => {
  const graph = base(["Relu", ["x"], ["r"]]);
  const copy = structuredClone({ nodes: graph.nodes, inputs: graph.inputs, facts: graph.facts });
  const g = builder(graph);
  g.input("more", "float32", [1]);
  g.op("Exp", [g.value("r")]);
  g.scalar(1);
  expect({ nodes: graph.nodes, inputs: graph.inputs, facts: graph.facts }).toEqual(copy);
});

it("a value carries what is known of it", () => {
  const g = builder();
  expect(g.ints([2, 3])).toMatchObject({ dtype: "int64", dims: [2], content: [2, 3] });
  expect(factOf(tensor("int64", [65], new Array<number>(65).fill(0))).content).toBeUndefined();
  expect(factOf(tensor("float32", [1], [1])).content).toBeUndefined();
});
