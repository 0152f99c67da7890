/** @file Reading graphs that are odd or broken: order, cycles, doubles, gaps, old habits of exporters. */
import { create } from "@bufbuild/protobuf";
import {
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  TensorProtoSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { describe, expect, it } from "vitest";
import { readModel } from "../../src/graph/read.ts";
import { consumers, neededFor, producers, sortNodes } from "../../src/graph/topology.ts";
import type { Model } from "../../src/graph/types.ts";
import { problems, verify } from "../../src/graph/verify.ts";
import { loadModel, OnnxplainError } from "../../src/index.ts";
import { decodeModel, encodeModel } from "../../src/proto/codec.ts";

type Spec = readonly [op: string, inputs: readonly string[], outputs: readonly string[], name?: string];
interface Parts {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
  readonly weights?: readonly string[];
  readonly nodes: readonly Spec[];
}

const port = (
  name: string,
  dim: { readonly param?: string; readonly value?: bigint } = { value: 2n },
): ReturnType<typeof create<typeof ValueInfoProtoSchema>> => {
  const value =
    dim.param === undefined
      ? ({ case: "dimValue", value: dim.value ?? 0n } as const)
      : ({ case: "dimParam", value: dim.param } as const);
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, {
      value: { case: "tensorType", value: { elemType: 1, shape: { dim: [{ value }] } } },
    }),
  });
};
const weight = (name: string, value = 1): ReturnType<typeof create<typeof TensorProtoSchema>> =>
  create(TensorProtoSchema, { name, dataType: 1, dims: [1n], floatData: [value] });

function file({ inputs = ["x"], outputs = ["y"], weights = [], nodes }: Parts): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: "", version: 17n })],
    graph: create(GraphProtoSchema, {
      input: inputs.map((n) => port(n)),
      output: outputs.map((n) => port(n)),
      initializer: weights.map((n) => weight(n)),
      node: nodes.map(([opType, input, output, name = ""]) =>
        create(NodeProtoSchema, { opType, input: [...input], output: [...output], name }),
      ),
    }),
  });
}
const read = (parts: Parts): Model => readModel(file(parts));

/** The message a reading is refused with; the code must be `E_MODEL_INVALID`. */
function refusal(parts: Parts): string {
  try {
    read(parts);
  } catch (error) {
    expect(error).toBeInstanceOf(OnnxplainError);
    expect((error as OnnxplainError).code).toBe("E_MODEL_INVALID");
    return (error as OnnxplainError).message;
  }
  return "nothing thrown";
}

describe("inputs and initializers", () => {
  it("an initializer listed as an input is a constant, not an input", () => {
    const { graph } = read({ inputs: ["x", "w"], weights: ["w"], nodes: [["Add", ["x", "w"], ["y"]]] });
    expect(graph.inputs.map((p) => p.name)).toEqual(["x"]);
    expect([...graph.constants.keys()]).toEqual(["w"]);
    expect(problems(graph)).toEqual([]);
  });
  it("free text as a symbol becomes one word", () => {
    const model = file({ nodes: [["Relu", ["x"], ["y"]]] });
    const named = (param: string): unknown => {
      (model.graph as NonNullable<ModelProto["graph"]>).input = [port("x", { param })];
      return readModel(model).graph.inputs[0]?.dims?.[0];
    };
    expect(named("batch")).toBe("batch");
    expect(named("batch size")).toBe("?batch_size");
    expect(named("2*n + 1")).toBe("?2_n_1");
    expect(named("3")).toBe("?3");
    expect(named("")).toBe("?x.0");
  });
  it("a negative size means that it is free", () => {
    const model = file({ nodes: [["Relu", ["x"], ["y"]]] });
    (model.graph as NonNullable<ModelProto["graph"]>).input = [port("x", { value: -1n })];
    expect(readModel(model).graph.inputs[0]?.dims).toEqual(["?x.0"]);
  });
});

describe("order", () => {
  it("nodes in any order come out so that everything is made before it is read", () => {
    const { graph } = read({
      nodes: [
        ["C", ["b", "a"], ["y"]],
        ["B", ["a"], ["b"]],
        ["A", ["x"], ["a"]],
      ],
    });
    expect(graph.nodes.map((n) => n.op)).toEqual(["A", "B", "C"]);
    expect(problems(graph)).toEqual([]);
  });
  it("nodes that are in order stay where they are", () => {
    const { graph } = read({
      nodes: [
        ["A", ["x"], ["a"]],
        ["B", ["x"], ["b"]],
        ["C", ["a", "b"], ["y"]],
      ],
    });
    expect(graph.nodes.map((n) => n.op)).toEqual(["A", "B", "C"]);
  });
  it("a long unsorted chain is no matter of depth", () => {
    const nodes = Array.from(
      { length: 20_000 },
      (_, i): Spec => ["Relu", [i === 0 ? "x" : `v${i}`], [i === 19_999 ? "y" : `v${i + 1}`]],
    ).reverse();
    const { graph } = read({ nodes });
    expect(graph.nodes[0]?.inputs).toEqual(["x"]);
  });
});

describe("what cannot be", () => {
  it("a cycle", () => {
    expect(
      refusal({
        nodes: [
          ["A", ["x", "b"], ["a"], "first"],
          ["B", ["a"], ["b"]],
          ["C", ["b"], ["y"]],
        ],
      }),
    ).toContain("cycle");
  });
  it("a node that reads its own output", () => {
    expect(refusal({ nodes: [["A", ["y"], ["y"]]] })).toContain("cycle");
  });
  it("a name that is defined twice", () => {
    expect(
      refusal({
        nodes: [
          ["A", ["x"], ["y"]],
          ["B", ["x"], ["y"], "second"],
        ],
      }),
    ).toMatch(/`y` is defined twice.*second/);
    expect(refusal({ weights: ["y"], nodes: [["A", ["x"], ["y"]]] })).toContain("defined twice");
    expect(refusal({ nodes: [["A", ["x"], ["x"]]] })).toContain("defined twice");
  });
  it("a name that nobody defines, with who reads it", () => {
    expect(refusal({ nodes: [["Add", ["x", "ghost"], ["y"], "reader"]] })).toMatch(/reader.*Add.*ghost/);
  });
  it("no outputs", () => {
    expect(refusal({ outputs: [], nodes: [["Relu", ["x"], ["y"]]] })).toContain("no outputs");
  });
  it("an output that nothing makes is found before anything is computed", async () => {
    const explainer = await loadModel(encodeModel(file({ outputs: ["ghost"], nodes: [["Relu", ["x"], ["y"]]] })));
    expect(() => explainer.classifier()).toThrow(OnnxplainError);
  });
  it("two inputs of one name", () => {
    expect(problems(read({ inputs: ["x", "x"], nodes: [["Relu", ["x"], ["y"]]] }).graph)).toHaveLength(1);
  });
});

describe("gaps", () => {
  it("an empty name is an input or output that is left out", () => {
    const { graph } = read({
      nodes: [
        ["Clip", ["x", "", "hi"], ["y", ""]],
        ["Relu", ["x"], ["hi"]],
      ],
    });
    expect(graph.nodes.map((n) => n.op)).toEqual(["Relu", "Clip"]);
    expect(problems(graph)).toEqual([]);
    expect([...producers(graph).keys()]).toEqual(["hi", "y"]);
  });
  it("several left-out outputs do not clash", () => {
    expect(
      problems(
        read({
          nodes: [
            ["A", ["x"], ["a", ""]],
            ["B", ["a"], ["y", ""]],
          ],
        }).graph,
      ),
    ).toEqual([]);
  });
  it("a node without a name gets one", () => {
    expect(read({ nodes: [["Relu", ["x"], ["y"]]] }).graph.nodes[0]?.name).toBe("Relu_0");
  });
});

describe("bytes that are no model", () => {
  const code = (bytes: Uint8Array): string => {
    try {
      decodeModel(bytes);
    } catch (error) {
      return (error as OnnxplainError).code;
    }
    return "nothing thrown";
  };
  it("are refused with E_MODEL_READ", () => {
    for (const text of ["", "version https://git-lfs.github.com/spec/v1\n", "<html></html>"])
      expect(code(new TextEncoder().encode(text)), text).toBe("E_MODEL_READ");
    expect(code(encodeModel(create(ModelProtoSchema, { irVersion: 8n })))).toBe("E_MODEL_READ");
  });
});

describe("walking", () => {
  const { graph } = read({
    outputs: ["y", "z"],
    weights: ["w", "dead"],
    nodes: [
      ["A", ["x", "w"], ["a"]],
      ["B", ["a", "a"], ["y"]],
      ["C", ["a"], ["z"]],
      ["D", ["dead"], ["d"]],
    ],
  });
  it("each reader of a value is listed once", () => {
    expect(
      consumers(graph)
        .get("a")
        ?.map((n) => n.op),
    ).toEqual(["B", "C"]);
  });
  it("what a value needs, and no more", () => {
    const { nodes, values } = neededFor(graph, ["y"]);
    expect(nodes.map((n) => n.op)).toEqual(["A", "B"]);
    expect([...values].sort()).toEqual(["a", "w", "x", "y"]);
  });
  it("sorting keeps what is sorted", () => {
    expect(sortNodes(graph.nodes, ["x", "w", "dead"])).toBe(graph.nodes);
  });
  it("verify blames the step", () => {
    expect(() => verify({ ...graph, nodes: graph.nodes.slice(1) }, "surgery")).toThrow(
      /^internal: after surgery .*reads a/,
    );
  });
});
