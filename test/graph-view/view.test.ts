/** @file The graph of a model as something to draw: what is in it, how it is grouped, where a ledger's figures land. */
import { describe, expect, it } from "vitest";
import { demoModelBytes } from "../../src/data/demo-net.ts";
import { explain } from "../../src/explain.ts";
import { relevanceOf } from "../../src/graph-view/relevance.ts";
import { type GraphView, graphView } from "../../src/graph-view/view.ts";
import { loadModel } from "../../src/load.ts";
import { candidateLayers, defaultLayer } from "../../src/methods/layers.ts";
import { images } from "../nets.ts";
import { absent, hasShared, shared } from "../shared.ts";
import { bottleneckNet, loaded, RESNET50 } from "./networks.ts";

const top = (view: GraphView): readonly string[] => view.groups.filter((g) => g.parent === null).map((g) => g.label);
const within = (view: GraphView, label: string): readonly string[] => {
  const id = view.groups.find((g) => g.label === label)?.id;
  return view.groups.filter((g) => g.parent === id).map((g) => g.label);
};
/** Ids of the groups around a node or group. */
const around = (view: GraphView, id: string | null): readonly string[] => {
  const parent = view.nodes.find((n) => n.id === id)?.group ?? view.groups.find((g) => g.id === id)?.parent ?? null;
  return parent === null ? [] : [parent, ...around(view, parent)];
};

/** What must hold of every view. */
function expectSound(view: GraphView): void {
  const ids = [...view.nodes, ...view.groups].map((x) => x.id);
  expect(new Set(ids).size).toBe(ids.length);
  const at = new Map(view.nodes.map((n, i) => [n.id, i]));
  for (const e of view.edges) expect(at.get(e.from)).toBeLessThan(at.get(e.to) as number);
  for (const g of view.groups) {
    const members = view.nodes.flatMap((n, i) => (around(view, n.id).includes(g.id) ? [i] : []));
    expect(members).toHaveLength(g.size);
    expect((members.at(-1) as number) - (members[0] as number)).toBe(g.size - 1);
  }
  expect(JSON.parse(JSON.stringify(view))).toEqual(view);
}

describe("graphView", () => {
  it("draws the demo network: nodes, edges, layers, scores", async () => {
    const model = await loadModel(demoModelBytes());
    const classifier = model.classifier();
    const view = graphView(model);
    expectSound(view);
    expect(view.nodes).toHaveLength(classifier.model.graph.nodes.length + 1);
    expect(view.nodes[0]).toMatchObject({ op: "Input", kind: "input", shape: "3 x 96 x 96", layers: [] });
    expect(view.nodes.flatMap((n) => n.layers)).toEqual(candidateLayers(classifier).map((l) => l.name));
    expect(view.defaultLayer).toBe(defaultLayer(classifier).name);
    expect(view.nodes.filter((n) => n.isDefault)).toHaveLength(1);
    expect(view.nodes.filter((n) => n.isScores).map((n) => n.outputs)).toEqual([[classifier.scores]]);
    const conv = view.nodes.find((n) => n.op === "Conv");
    expect(conv?.kind).toBe("linear");
    expect(conv?.attributes).toBe("kernel_shape 3 3; pads 1 1 1 1; weights 8 x 3 x 3 x 3, 8");
  });

  it("is the same for the same model", async () => {
    const bytes = demoModelBytes();
    expect(graphView(await loadModel(bytes))).toEqual(graphView(await loadModel(bytes)));
  });

  it("groups ResNet-50 by its structure: stages of one resolution, in them the sixteen blocks", async () => {
    const view = graphView(await loaded(bottleneckNet(RESNET50)));
    expectSound(view);
    expect(view.nodes.filter((n) => n.op === "Conv")).toHaveLength(53);
    const stages = ["16 x 16", "8 x 8", "4 x 4", "2 x 2"].map((s) => `stage ${s}`);
    expect(top(view)).toEqual([...stages, "head"]);
    expect(stages.map((s) => within(view, s).length)).toEqual(RESNET50);
    const blocks = view.groups.filter((g) => g.label.startsWith("block "));
    expect(blocks.map((g) => g.label)).toEqual(blocks.map((_, i) => `block ${i + 1}`));
    expect(blocks[1]?.summary).toBe("3 Conv, 3 Relu, Add");
    expect(blocks.map((g) => g.size)).toEqual(RESNET50.flatMap((n) => [8, ...Array<number>(n - 1).fill(7)]));
  });

  it("keeps hostile text as text, bounded", async () => {
    const name = `<img src=x onerror=alert(1)>${"y".repeat(5000)}`;
    const model = bottleneckNet([1]);
    const [first, ...rest] = model.graph.nodes;
    const renamed = { ...first!, name, attrs: { ...first!.attrs, auto_pad: "NOTSET" } };
    const view = graphView(await loaded({ ...model, graph: { ...model.graph, nodes: [renamed, ...rest] } }));
    expect(view.nodes[1]?.name).toBe(name);
    expect(view.nodes.every((n) => n.attributes.length <= 240)).toBe(true);
  });
});

describe("relevanceOf", () => {
  it("puts a ledger's figures at their nodes, and adds up what groups lose", async () => {
    const model = await loaded(bottleneckNet([1, 1]));
    const view = graphView(model);
    const options = { method: "lrp", params: { composite: "epsilon", ledger: true }, target: 3 } as const;
    const { ledgers } = await explain(model, images([1, 3, 64, 64]), options);
    const ledger = ledgers[0]!;
    const found = relevanceOf(view, ledger);
    for (const entry of ledger) {
      const node = view.nodes.find((n) => n.name === entry.node)!;
      const { received, passed, bias, stabilizer, dead } = entry;
      expect(found[node.id]).toEqual({ received, passed, bias, stabilizer, dead });
    }
    const block = view.groups.find((g) => g.summary.includes("Add"))!;
    const members = view.nodes.filter((n) => around(view, n.id).includes(block.id));
    const last = ledger.find((e) => e.node === members.at(-1)?.name)!;
    const lost = members.reduce((sum, m) => sum + (found[m.id]?.stabilizer ?? 0), 0);
    expect(found[block.id]).toMatchObject({ received: last.received, passed: null });
    expect(found[block.id]?.stabilizer).toBeCloseTo(lost, 12);
    expect(found.i0).toBeUndefined();
  });
});

const MODELS = "models/squeezenet1.1/model.onnx";
describe.skipIf(!hasShared(MODELS))(`graphs of real networks${absent(MODELS)}`, () => {
  const view = async (name: string): Promise<GraphView> =>
    graphView(await loadModel(shared(`models/${name}/model.onnx`)));

  it("SqueezeNet: the fire modules, by the names of values", async () => {
    const seen = await view("squeezenet1.1");
    expectSound(seen);
    expect(top(seen)).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((n) => `fire${n}`));
    expect(new Set(seen.groups.map((g) => g.summary))).toEqual(new Set(["3 Conv, 3 Relu, Concat"]));
  });

  it("MobileNetV2: names that count nodes say nothing; ten residual blocks in stages of falling resolution", async () => {
    const seen = await view("mobilenetv2-1.0-224");
    expectSound(seen);
    expect(top(seen)).toEqual([112, 56, 28, 14, 7].map((s) => `stage ${s} x ${s}`).concat("head"));
    expect(seen.groups.filter((g) => g.parent !== null && g.summary.includes("Add"))).toHaveLength(10);
  });

  it("ResNet-20 for CIFAR: layers and their blocks, by the names of nodes", async () => {
    const seen = await view("cifar10-resnet20");
    expectSound(seen);
    expect(top(seen)).toEqual(["layer1", "layer2", "layer3"]);
    expect(within(seen, "layer2")).toEqual(["layer2.0", "layer2.1", "layer2.2"]);
  });

  it("ShuffleNetV2, MCUNet, quantised MobileNetV2: sound as well", async () => {
    for (const name of ["shufflenetv2-1.0", "mcunet-in3-176", "mobilenetv2-1.0-224-qdq-perchannel"])
      expectSound(await view(name));
  });
});
