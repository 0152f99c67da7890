/** @file Bytes -> model -> bytes: nothing of what a model means is lost, for seeds, real files and random graphs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dim } from "../../src/graph/dim.ts";
import { printGraph, printModel } from "../../src/graph/print.ts";
import { readModel, readModelBytes } from "../../src/graph/read.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { type Attrs, float, type Model, type Node, type Port } from "../../src/graph/types.ts";
import { problems } from "../../src/graph/verify.ts";
import { writeModel, writeModelBytes } from "../../src/graph/write.ts";
import { decodeModel, encodeModel } from "../../src/proto/codec.ts";
import { SEEDS } from "../fuzz/seeds.ts";
import { modelOf } from "../nets.ts";
import { absent, hasShared, shared } from "../shared.ts";

/** A symbol that is no word cannot be written: such a dim comes back as one that is unknown. */
const plain = (p: Port): Port => ({
  ...p,
  dims: p.dims?.map((d): Dim => (typeof d === "string" && !/^\w+$/.test(d) ? "?" : d)),
});

/** What a file says of a model; facts that are only declared (`value_info`) and the producer's name are not kept. */
const meaning = ({ graph, producer: _, ...rest }: Model): unknown => ({
  ...rest,
  name: graph.name,
  inputs: graph.inputs.map(plain),
  outputs: graph.outputs.map(plain),
  nodes: graph.nodes,
  constants: [...graph.constants].map(([name, { dtype, dims, data }]) => [name, dtype, dims, bitsOf(data)]),
});

/** Bits, not numbers: NaN payloads and -0 must survive. Long tensors as a buffer, which is compared quickly. */
const bitsOf = (data: ArrayLike<unknown>): unknown =>
  ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64") : data;

function expectRoundTrip(first: Model): void {
  const bytes = writeModelBytes(first);
  const again = readModelBytes(bytes);
  expect(meaning(again)).toEqual(meaning(first));
  expect(Buffer.compare(writeModelBytes(again), bytes), "written again: the same bytes").toBe(0);
}

/** Sidecars are read as `loadModel` does. */
function readFile(path: string): Model {
  const beside = (name: string): Uint8Array | undefined => {
    const file = join(dirname(path), name);
    return existsSync(file) ? new Uint8Array(readFileSync(file)) : undefined;
  };
  return readModelBytes(new Uint8Array(readFileSync(path)), beside);
}

describe("seeds", () => {
  it.each(Object.entries(SEEDS))("%s", (_, bytes) => {
    expectRoundTrip(readModelBytes(bytes));
    expect(Buffer.compare(encodeModel(decodeModel(bytes)), bytes), "decoded and encoded: the same bytes").toBe(0);
    expect(problems(readModelBytes(bytes).graph)).toEqual([]);
  });
});

/** Those of a folder's entries that hold a model, by name. */
const files = (folder: string, file = ""): readonly string[] =>
  hasShared(folder) ? readdirSync(shared(folder)).filter((name) => existsSync(shared(join(folder, name, file)))) : [];
const golden = files("golden/models");
const networks = files("models", "model.onnx");

describe.skipIf(golden.length === 0)(`golden models${absent("golden/models")}`, () => {
  it.each(golden)("%s", (name) => expectRoundTrip(readFile(shared(`golden/models/${name}`))));
});
describe.skipIf(networks.length === 0)(`real networks${absent("models")}`, () => {
  it.each(networks)("%s", (name) => expectRoundTrip(readFile(shared(`models/${name}/model.onnx`))));
});

const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_./:,;|-]{0,6}$/);
const attrs: fc.Arbitrary<Attrs> = fc.dictionary(
  fc.stringMatching(/^[a-z_]{1,6}$/).filter((k) => k !== "__proto__"),
  fc.oneof(
    fc.integer(),
    fc.string({ unit: "grapheme" }),
    fc.array(fc.integer(), { minLength: 1, maxLength: 4 }),
    fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
    fc.float({ noNaN: true }).map(float),
    fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 4 }).map((floats) => ({ floats })),
    fc
      .array(fc.integer({ min: -9, max: 9 }), { maxLength: 4 })
      .map((v) => ({ tensor: tensor("int64", [v.length], v) })),
  ),
  { maxKeys: 4 },
);
const dims = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom("N", "T", "batch_1")), { maxLength: 4 });

/** A sound graph: every node reads what was made before it. Ops and types mean nothing here. */
const models: fc.Arbitrary<Model> = fc
  .record({
    names: fc.uniqueArray(word, { minLength: 8, maxLength: 20 }),
    inputs: fc.integer({ min: 1, max: 2 }),
    weights: fc.array(fc.array(fc.float(), { minLength: 0, maxLength: 5 }), { maxLength: 2 }),
    nodes: fc.array(
      fc.record({
        op: word,
        attrs,
        picks: fc.array(fc.nat(), { maxLength: 3 }),
        outputs: fc.integer({ min: 1, max: 2 }),
        gap: fc.boolean(),
      }),
      { minLength: 1, maxLength: 5 },
    ),
    shapes: fc.array(dims, { minLength: 2, maxLength: 2 }),
    keys: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3 }),
  })
  .map(({ names, inputs, weights, nodes, shapes, keys }): Model => {
    const pool = [...names];
    const take = (): string => pool.pop() ?? `spare${pool.length}${Math.abs(names.length)}_${counter++}`;
    let counter = 0;
    const ports = Array.from(
      { length: inputs },
      (_, i): Port => ({ name: take(), dtype: "float32", dims: shapes[i % 2] }),
    );
    const constants = new Map(weights.map((v) => [take(), tensor("float32", [v.length], v)] as const));
    const known = [...ports.map((p) => p.name), ...constants.keys()];
    const made = nodes.map((n, i): Node => {
      const read = n.picks.map((k) => known[k % known.length] as string);
      const outputs = Array.from({ length: n.outputs }, take);
      known.push(...outputs);
      return {
        op: n.op,
        domain: "",
        name: `n${i}`,
        inputs: n.gap && read.length > 1 ? ["", ...read.slice(1)] : read,
        outputs,
        attrs: n.attrs,
      };
    });
    const output: Port = { name: known.at(-1) as string, dtype: "float32", dims: shapes[1] };
    return modelOf(
      { name: "random", inputs: ports, outputs: [output], constants, nodes: made, facts: new Map() },
      { metadata: new Map(Object.entries(keys)) },
    );
  });

describe("random graphs", () => {
  it("survive writing and reading", () => {
    fc.assert(
      fc.property(models, (model) => expectRoundTrip(model)),
      { seed: 1, numRuns: 300 },
    );
  });
  it("are sound, and stay so", () => {
    fc.assert(
      fc.property(models, (model) => {
        expect(problems(model.graph)).toEqual([]);
        expect(problems(readModel(writeModel(model)).graph)).toEqual([]);
      }),
      { seed: 2, numRuns: 200 },
    );
  });
  it("come out in order however their nodes are shuffled", () => {
    fc.assert(
      fc.property(models, fc.integer(), (model, seed) => {
        const proto = writeModel(model);
        const nodes = proto.graph?.node ?? [];
        nodes.sort(
          (a, b) => (((a.name.charCodeAt(1) ^ seed) * 7919) % 13) - (((b.name.charCodeAt(1) ^ seed) * 7919) % 13),
        );
        expect(problems(readModel(proto).graph)).toEqual([]);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
  it("print the same text twice, whatever the order of attributes", () => {
    fc.assert(
      fc.property(models, (model) => {
        const { graph } = model;
        const turned = graph.nodes.map((n) => ({ ...n, attrs: Object.fromEntries(Object.entries(n.attrs).reverse()) }));
        expect(printGraph({ ...graph, nodes: turned })).toBe(printGraph(graph));
        expect(printModel(readModel(writeModel(model)))).toBe(
          printModel({ ...model, graph: { ...graph, facts: readModel(writeModel(model)).graph.facts } }),
        );
      }),
      { seed: 4, numRuns: 200 },
    );
  });
  it("verify finds a planted fault", () => {
    const faults: readonly ((m: Model) => Model)[] = [
      (m) => with_(m, { nodes: [...m.graph.nodes, m.graph.nodes[0] as Node] }),
      (m) =>
        with_(m, {
          nodes: m.graph.nodes.map((n, i) => (i === 0 ? { ...n, inputs: [...n.inputs, "nobody makes this"] } : n)),
        }),
      (m) => with_(m, { outputs: [...m.graph.outputs, { name: "nobody makes this", dtype: "float32", dims: [] }] }),
      (m) => with_(m, { inputs: [...m.graph.inputs, m.graph.inputs[0] as Port] }),
      (m) =>
        with_(m, {
          constants: new Map([...m.graph.constants, [m.graph.inputs[0]?.name ?? "", tensor("float32", [], [1])]]),
        }),
      (m) =>
        with_(m, { nodes: m.graph.nodes.map((n, i) => (i === 0 ? { ...n, inputs: [n.outputs[0] as string] } : n)) }),
    ];
    fc.assert(
      fc.property(models, fc.nat(faults.length - 1), (model, which) => {
        expect(problems((faults[which] as (m: Model) => Model)(model).graph)).not.toEqual([]);
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

const with_ = (model: Model, change: Partial<Model["graph"]>): Model => ({
  ...model,
  graph: { ...model.graph, ...change },
});
