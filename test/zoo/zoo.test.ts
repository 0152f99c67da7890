/** @file The zoo's own facts: what the networks are made of, that they run, and that they take batches. */
import { describe, expect, it } from "vitest";
import type { Model, Port } from "../../src/graph/types.ts";
import { explain, loadModel, predict } from "../../src/index.ts";
import { type NumTensor, num } from "../../src/ops/num-tensor.ts";
import { images, relativeError, sizeOf, wave } from "../nets.ts";
import { inFloat64 } from "./sessions.ts";
import { ZOO, type ZooNet } from "./zoo.ts";

const nets = Object.entries(ZOO);
const modelOf = async (bytes: Uint8Array): Promise<Model> => (await loadModel(bytes)).source.model;

function inputOf({ graph }: Model, scale = 1): NumTensor {
  const dims = [1, ...((graph.inputs[0] as Port).dims as readonly number[]).slice(1)];
  return num(
    "float32",
    dims,
    wave(sizeOf(dims), 3).map((v) => scale * v),
  );
}
const logits = (model: Model, scale?: number): Float64Array =>
  (inFloat64(model, { input: inputOf(model, scale) }, ["logits"]).logits as NumTensor).data;

const SMOOTH = ["Sigmoid", "HardSigmoid", "HardSwish", "Erf", "Tanh", "Softmax", "Clip"];

describe("the zoo", () => {
  it("has the families of torchvision", () => {
    expect(nets.length).toBeGreaterThanOrEqual(25);
  });
  it.each(nets)("%s: its facts are true", async (_, net: ZooNet) => {
    const { graph } = await modelOf(net.bytes());
    const ops = new Set(graph.nodes.map((n) => n.op));
    expect(SMOOTH.some((op) => ops.has(op))).toBe(!net.relu);
    expect(ops.has("Softmax")).toBe(net.attention);
    expect(graph.nodes.some((n) => n.op === "Conv" && n.inputs.length > 2)).toBe(net.bias);
  });
  it.each(nets.filter(([, net]) => net.relu))("%s: without biases it is homogeneous", async (_, net: ZooNet) => {
    const model = await modelOf(net.bytes({ bias: false }));
    const [one, two] = [logits(model), logits(model, 2)];
    expect(one.some((v) => v !== 0)).toBe(true);
    expect(
      relativeError(
        two,
        one.map((v) => 2 * v),
      ),
    ).toBeLessThan(1e-12);
  });
  it.each(nets)("%s: equal bytes twice; two images at once are each by itself", async (_, net: ZooNet) => {
    const bytes = net.bytes();
    expect(Buffer.compare(net.bytes(), bytes)).toBe(0);
    await using model = await loadModel(bytes);
    const dims = (model.classifier().input.dims as readonly number[]).slice(1);
    const both = images([2, ...dims], 3);
    const scores = await predict(model, both, { threads: 1 });
    expect(relativeError(scores[0] ?? [], logits(model.source.model))).toBeLessThan(1e-5);
    const maps = await explain(model, both, { method: "gradient", target: 1, threads: 1 });
    const second = { dims: [1, ...dims], data: both.data.slice(sizeOf(dims)) };
    const alone = await explain(model, second, { method: "gradient", target: 1, threads: 1 });
    expect(relativeError(maps.values.slice(sizeOf(dims)), alone.values)).toBeLessThan(1e-4);
  });
});
