import { describe, expect, it } from "vitest";
import type { Model } from "../../src/graph/types.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { loadModel } from "../../src/load.ts";
import type { Classifier } from "../../src/methods/classifier.ts";
import { linearEnd } from "../../src/methods/linear-end.ts";
import { prepare } from "../../src/methods/prepare.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { normals } from "../../src/random.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { findArchitecture } from "../../src/train/architectures/table.ts";
import { bodyOf, FEATURES, headNetwork, newHead, withHead } from "../../src/train/head.ts";
import { absent, hasShared, shared } from "../shared.ts";

const SIDE = 16;
const classifierOf = (model: Model): Classifier => prepare(model, { ops: OPS, scoreKind: "logits", keep: [] });
const small = (id: string): Model =>
  findArchitecture(id).build({ classes: 4, channels: 3, height: SIDE, width: SIDE, seed: 3, widthFactor: 0.5 }).model;
const pictures = (dims: readonly number[]): Float32Array => {
  const next = normals(1);
  return Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, next);
};

async function runOn(model: Model, input: string, dims: readonly number[], data: Float32Array, output: string) {
  const session = await openSession(writeModelBytes(model), { threads: 1 });
  const results = await session.run({ [input]: { dtype: "float32", dims, data } }, [output]);
  await session.dispose();
  return results[output]?.data as Float32Array;
}

/** W f + b, by hand. */
function scored(features: Float32Array, { weight, bias }: { weight: Float32Array; bias: Float32Array }): Float64Array {
  const width = weight.length / bias.length;
  const rows = features.length / width;
  return Float64Array.from({ length: rows * bias.length }, (_, i) => {
    const [n, c] = [Math.floor(i / bias.length), i % bias.length];
    let sum = bias[c] as number;
    for (let d = 0; d < width; d++) sum += (weight[c * width + d] as number) * (features[n * width + d] as number);
    return sum;
  });
}
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let most = 0;
  let scale = 0;
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs((a[i] as number) - (b[i] as number)));
    scale = Math.max(scale, Math.abs(b[i] as number));
  }
  return most / scale;
};

describe("the last linear layer", () => {
  it.each(["lenet", "vgg-small", "resnet-small", "mobilenet-small", "caffenet-small"])(
    "%s: scores are W f + b of the features it gives",
    async (id) => {
      const classifier = classifierOf(small(id));
      const body = bodyOf(classifier);
      if (!body.end) throw new Error("no linear end");
      const dims = [2, 3, classifier.height, classifier.width];
      const x = pictures(dims);
      const features = await runOn(body.model, classifier.input.name, dims, x, FEATURES);
      const scores = await runOn(
        classifier.model,
        classifier.input.name,
        dims,
        x,
        classifier.model.graph.outputs[0]?.name ?? "",
      );
      expect(features.length).toBe(2 * body.width);
      expect(worst(scored(features, body.end), scores)).toBeLessThan(1e-5);
    },
  );
  it("a new head starts from the features, and leaves everything below as it was", async () => {
    const classifier = classifierOf(small("resnet-small"));
    const body = bodyOf(classifier);
    const head = newHead(body.width, 7, 5);
    const whole = withHead(classifier, body, head);
    const dims = [2, 3, SIDE, SIDE];
    const x = pictures(dims);
    const features = await runOn(body.model, classifier.input.name, dims, x, FEATURES);
    const scores = await runOn(whole.model, whole.input, dims, x, whole.scores);
    expect(whole.classes).toBe(7);
    expect(worst(scores, scored(features, head))).toBeLessThan(1e-5);
    const alone = headNetwork(head, OPS);
    const feeds = new Map([[alone.input, num("float32", [2, body.width], features)]]);
    const apart = interpret(alone.model.graph, feeds, OPS).get(alone.scores)?.data ?? [];
    expect(worst(apart, scored(features, head))).toBeLessThan(1e-12);
    for (const [name, t] of whole.model.graph.constants)
      if (!name.startsWith("head.") && classifier.model.graph.constants.has(name))
        expect(classifier.model.graph.constants.get(name)).toEqual(t);
  });
  it("a layer by name gives its mean over positions; one that is not there is refused", async () => {
    const classifier = classifierOf(small("vgg-small"));
    const layer = classifier.model.graph.nodes.find((n) => n.op === "Relu")?.outputs[0] ?? "";
    const body = bodyOf(classifier, layer);
    expect(body.end).toBeUndefined();
    expect(body.cut).toEqual({ features: layer, pooled: true });
    expect(body.width).toBe(classifier.model.graph.facts.get(layer)?.dims?.[1]);
    expect(() => bodyOf(classifier, "nowhere")).toThrow(/nowhere/);
  });
});

const MODELS = "models";
describe.skipIf(!hasShared(MODELS))(`real networks${absent(MODELS)}`, () => {
  it.each([
    ["cifar10-resnet20", 64],
    ["cifar10-resnet56", 64],
    ["cifar10-lenet", 84],
    ["mcunet-in3-176", 160],
    ["mobilenetv2-1.0-224", 1280],
    ["shufflenetv2-1.0", 1024],
  ] as const)("%s ends in a linear layer on %i features", async (name, width) => {
    const model = await loadModel(shared(`${MODELS}/${name}/model.onnx`));
    const classifier = model.classifier();
    const end = linearEnd(classifier.model, classifier.scores);
    expect(end?.width).toBe(width);
    expect(end?.bias.length).toBe(classifier.classes);
    await model.dispose();
  });
  it("SqueezeNet has a rectifier after its last layer: no linear end, features of the layer before", async () => {
    const model = await loadModel(shared(`${MODELS}/squeezenet1.1/model.onnx`));
    const classifier = model.classifier();
    expect(linearEnd(classifier.model, classifier.scores)).toBeUndefined();
    expect(bodyOf(classifier).width).toBe(512);
    await model.dispose();
  });
});
