import { describe, expect, it } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import { readModel } from "../../src/graph/read.ts";
import { problems } from "../../src/graph/verify.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { prepare } from "../../src/methods/prepare.ts";
import { type NumTensor, num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { CANONICAL_OPSET } from "../../src/passes/lift-opset.ts";
import { canonicalize } from "../../src/passes/pipeline.ts";
import { decodeModel } from "../../src/proto/codec.ts";
import { normals } from "../../src/random.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import type { Architecture, ArchitectureOptions } from "../../src/train/architecture.ts";
import { ARCHITECTURES, findArchitecture } from "../../src/train/architectures/table.ts";
import type { Network } from "../../src/train/network.ts";
import { sizeOf } from "../nets.ts";

const CIFAR: ArchitectureOptions = { classes: 10, channels: 3, height: 32, width: 32, seed: 1 };
const ALL = Object.values<Architecture>(ARCHITECTURES);
/** Pictures of mean 0 and variance 1, as preprocessing makes them. */
const pictures = (dims: readonly number[]): Float32Array => {
  const next = normals(11);
  return Float32Array.from({ length: sizeOf(dims) }, next);
};
const dimsOf = (network: Network, name: string): unknown => network.model.graph.facts.get(name)?.dims;
const weights = (network: Network): number =>
  [...network.model.graph.constants.values()].reduce((s, t) => s + t.data.length, 0);
const refusal = (build: () => unknown): { readonly code: string; readonly message: string } => {
  try {
    build();
  } catch (cause) {
    if (cause instanceof OnnxplainError) return { code: cause.code, message: cause.message };
    throw cause;
  }
  return { code: "none", message: "" };
};

async function scoresOf(network: Network, dims: readonly number[], data: Float32Array): Promise<Float32Array> {
  const session = await openSession(writeModelBytes(network.model), { device: "cpu", threads: 1 });
  const results = await session.run({ [network.input]: { dtype: "float32", dims, data } });
  await session.dispose();
  return results[network.scores]?.data as Float32Array;
}

describe("the table", () => {
  it("lists each architecture under its own name", () => {
    for (const [id, architecture] of Object.entries(ARCHITECTURES)) {
      expect(architecture.id).toBe(id);
      expect(findArchitecture(id)).toBe(architecture);
      expect(architecture.source).toMatch(/\d{4}/);
    }
  });
  it("names what there is when asked for something else", () => {
    const { code, message } = refusal(() => findArchitecture("toString"));
    expect(code).toBe("E_PARAM");
    for (const id of Object.keys(ARCHITECTURES)) expect(message).toContain(id);
  });
});

describe.each(ALL)("$id", (architecture) => {
  const network = architecture.build(CIFAR);
  const { graph } = network.model;

  it("is a sound canonical classifier with a free batch", () => {
    expect(problems(graph)).toEqual([]);
    expect(network).toMatchObject({ input: "input", scores: "logits", classes: 10 });
    expect(network.model.opset).toBe(CANONICAL_OPSET);
    expect(dimsOf(network, "input")).toEqual(["N", 3, 32, 32]);
    expect(dimsOf(network, "logits")).toEqual(["N", 10]);
    const { model, notes } = canonicalize(network.model, { disable: ["fold-batchnorm"] });
    expect(notes).toEqual([]);
    expect(model.graph.nodes.map((n) => [n.op, n.outputs])).toEqual(graph.nodes.map((n) => [n.op, n.outputs]));
    const classifier = prepare(network.model, { ops: OPS, scoreKind: "logits", keep: [] });
    expect(classifier).toMatchObject({ scores: "logits", classes: 10, channels: 3, height: 32, width: 32 });
    expect(classifier.freeBatch).toBe(true);
    expect(classifier.notes).toEqual([]);
  });

  it("has every weight in use, under the name of its layer", () => {
    const read = new Map(graph.nodes.flatMap((n) => n.inputs.map((input) => [input, n] as const)));
    for (const [name, { dims }] of graph.constants) {
      const node = read.get(name);
      expect(node, name).toBeDefined();
      // bounds of a Clip are scalars and no weights
      if (dims.length > 0) expect(name).toMatch(/^[\w.]+\.(weight|bias|running_mean|running_var)$/);
    }
  });

  it("normalises in evaluation form, after convolutions without bias", () => {
    const made = new Map(graph.nodes.map((n) => [n.outputs[0], n]));
    const norms = graph.nodes.filter((n) => n.op === "BatchNormalization");
    expect(norms.length > 0).toBe(["vgg-small", "resnet-small", "mobilenet-small"].includes(architecture.id));
    for (const norm of norms) {
      expect([norm.inputs.length, norm.outputs.length]).toEqual([5, 1]);
      expect(made.get(norm.inputs[0])).toMatchObject({ op: "Conv", inputs: { length: 2 } });
    }
  });

  it("is read back from its bytes as it was", () => {
    const again = readModel(decodeModel(writeModelBytes(network.model)));
    expect(again.graph.nodes).toEqual(graph.nodes);
    expect([...again.graph.constants]).toEqual([...graph.constants]);
  });

  it.each([
    [32, 32],
    [96, 72],
  ])("gives the reference's scores in float32 at %ix%i", async (height, width) => {
    const sized = architecture.build({ ...CIFAR, height, width });
    const dims = [2, 3, height, width];
    const data = pictures(dims);
    const results = interpret(sized.model.graph, new Map([["input", num("float32", dims, data)]]), OPS);
    const expected = results.get("logits") as NumTensor;
    const scores = await scoresOf(sized, dims, data);
    const scale = expected.data.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    expect(expected.dims).toEqual([2, 10]);
    const off = scores.map((v, i) => Math.abs(v - (expected.data[i] as number)));
    expect(Math.max(...off)).toBeLessThan(1e-5 * Math.max(1, scale));
  });

  it.each([32, 96])("begins with scores of order 1 (%i pixels)", async (side) => {
    const dims = [16, 3, side, side];
    const squares = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const sized = architecture.build({ ...CIFAR, height: side, width: side, seed });
        const scores = await scoresOf(sized, dims, pictures(dims));
        return scores.reduce((s, v) => s + v * v, 0) / scores.length;
      }),
    );
    for (const square of squares) {
      expect(square).toBeGreaterThan(0.1 ** 2);
      expect(square).toBeLessThan(3 ** 2);
    }
  });

  it("halves pictures of 64 pixels at once: they cost what those of 32 do", () => {
    const large = architecture.build({ ...CIFAR, height: 64, width: 64 });
    expect(weights(large)).toBe(weights(network));
    const sizes = (n: Network): unknown => n.model.graph.nodes.map((node) => dimsOf(n, node.outputs[0] as string));
    expect(sizes(large)).toEqual(sizes(network));
  });

  it("takes the smallest pictures that it claims, and those of ImageNet", () => {
    const side = architecture.smallest;
    for (const [height, width] of [
      [side, side],
      [side, 4 * side],
      [224, 224],
    ] as const)
      expect(dimsOf(architecture.build({ ...CIFAR, height, width }), "logits")).toEqual(["N", 10]);
  });

  it("takes any number of channels and classes", () => {
    const grey = architecture.build({ ...CIFAR, channels: 1, classes: 3, height: 28, width: 28 });
    expect(dimsOf(grey, "input")).toEqual(["N", 1, 28, 28]);
    expect(dimsOf(grey, "logits")).toEqual(["N", 3]);
  });

  it("is decided by its options alone, bit for bit", () => {
    expect(writeModelBytes(architecture.build(CIFAR).model)).toEqual(writeModelBytes(network.model));
    const other = architecture.build({ ...CIFAR, seed: 2 }).model.graph.constants;
    for (const [name, t] of graph.constants)
      if (t.dims.length >= 2) expect(other.get(name)?.data, name).not.toEqual(t.data);
  });

  it("gives a layer the same weights, whatever comes behind it", () => {
    const other = architecture.build({ ...CIFAR, classes: 7 }).model.graph.constants;
    const [last] = graph.nodes.at(-1)?.inputs.slice(1) ?? [];
    const bias = graph.nodes.at(-1)?.inputs[2];
    for (const [name, t] of graph.constants) if (name !== last && name !== bias) expect(other.get(name)).toEqual(t);
  });

  it("grows and shrinks with the width factor, all layers but the last", () => {
    const sizeAt = (widthFactor: number): number => weights(architecture.build({ ...CIFAR, widthFactor }));
    expect(sizeAt(1)).toBe(weights(network));
    expect(sizeAt(0.5)).toBeLessThan(0.45 * sizeAt(1));
    expect(sizeAt(2)).toBeGreaterThan(3 * sizeAt(1));
    const narrow = architecture.build({ ...CIFAR, widthFactor: 0.01 });
    expect(dimsOf(narrow, "logits")).toEqual(["N", 10]);
  });

  it.each([
    ["classes", { classes: 0 }],
    ["classes", { classes: 2.5 }],
    ["channels", { channels: -1 }],
    ["height", { height: Number.NaN }],
    ["width", { width: Number.POSITIVE_INFINITY }],
    ["seed", { seed: 0.5 }],
    ["widthFactor", { widthFactor: 0 }],
    ["widthFactor", { widthFactor: Number.NaN }],
    ["widthFactor", { widthFactor: 17 }],
    ["elements", { height: 2 ** 20, width: 2 ** 20 }],
    ["weight", { classes: 2 ** 40 }],
    [`at least ${architecture.smallest} pixels`, { height: architecture.smallest - 1 }],
  ])("refuses %s: %j", (named, wrong) => {
    const { code, message } = refusal(() => architecture.build({ ...CIFAR, ...wrong }));
    expect(code).toBe("E_PARAM");
    expect(message).toContain(architecture.id);
    expect(message).toContain(named);
  });
});

/** Weights and bytes as an ONNX file for 10 classes of 32x32 colour pictures, as the titles and the guide state them. */
const SIZES = [
  ["lenet", 83_126, 333_679],
  ["vgg-small", 289_642, 1_162_431],
  ["resnet-small", 78_714, 320_437],
  ["mobilenet-small", 77_898, 320_519],
  ["caffenet-small", 301_770, 1_209_214],
] as const;

it.each(SIZES)("%s holds %i numbers in %i bytes", (id, numbers, bytes) => {
  const network = findArchitecture(id).build(CIFAR);
  expect(weights(network)).toBe(numbers);
  expect(writeModelBytes(network.model).length).toBe(bytes);
});

it("resnet-small fits into 400 kB", () => {
  expect(writeModelBytes(findArchitecture("resnet-small").build(CIFAR).model).length).toBeLessThan(400_000);
});

it("lenet has the paper's sizes for 28x28 pictures", () => {
  const network = findArchitecture("lenet").build({ ...CIFAR, channels: 1, height: 28, width: 28 });
  const sizes = ["conv1", "pool1", "conv2", "pool2", "fc1", "fc2"].map((name) => dimsOf(network, name));
  expect(sizes).toEqual([
    ["N", 6, 28, 28],
    ["N", 6, 14, 14],
    ["N", 16, 10, 10],
    ["N", 16, 5, 5],
    ["N", 120],
    ["N", 84],
  ]);
  expect(weights(network)).toBe(61_706);
});
