import { describe, expect, it } from "vitest";
import { writeModelBytes } from "../../src/graph/write.ts";
import { type NumTensor, num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { normals } from "../../src/random.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import type { HostTensor } from "../../src/runtime/session.ts";
import { ARCHITECTURES, findArchitecture } from "../../src/train/architectures/table.ts";
import { baked } from "../../src/train/bake.ts";
import { findLoss } from "../../src/train/losses.ts";
import type { Network } from "../../src/train/network.ts";
import { findOptimizer } from "../../src/train/optimizers.ts";
import { parametersOf, thetaOf } from "../../src/train/parameters.ts";
import { runningOf } from "../../src/train/running-statistics.ts";
import { gradientGraph, STEP, type StepOptions, trainingStep } from "../../src/train/step.ts";

const COUNT = 3;
const CLASSES = 5;
const sideOf = (id: string): number => Math.max(16, findArchitecture(id).smallest);
const build = (id: string): Network =>
  findArchitecture(id).build({ classes: CLASSES, channels: 3, height: sideOf(id), width: sideOf(id), seed: 4 });

function batchOf(side: number): { readonly images: NumTensor; readonly targets: NumTensor } {
  const next = normals(9);
  const dims = [COUNT, 3, side, side];
  const images = num(
    "float32",
    dims,
    Float64Array.from({ length: COUNT * 3 * side * side }, () => Math.fround(next())),
  );
  const targets = num("float32", [COUNT, CLASSES], [1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
  return { images, targets };
}
const host = ({ dims, data }: NumTensor): HostTensor => ({ dtype: "float32", dims, data: Float32Array.from(data) });
const vector = (data: ArrayLike<number>): NumTensor => num("float32", [data.length], Float64Array.from(data));
const number = (value: number): NumTensor => num("float32", [], [value]);

describe("gradients of the parameters", () => {
  const ids = Object.keys(ARCHITECTURES);
  it.each(ids)(
    "%s: float32 in the runtime equals the float64 reference to 1e-4, parameter by parameter",
    async (id) => {
      const network = build(id);
      const { model, parameters } = gradientGraph(
        network,
        { loss: findLoss("cross-entropy"), batchNorm: "train" },
        OPS,
      );
      const { images, targets } = batchOf(sideOf(id));
      // scales of 1 and shifts of 0 cancel in the BatchNormalization that follows; another place does not
      const next = normals(2);
      const theta = vector(thetaOf(network.model, parameters).map((v) => v + 0.1 * next()));
      const feeds = { [STEP.images]: images, [STEP.targets]: targets, [STEP.theta]: theta };
      const reference = interpret(model.graph, new Map(Object.entries(feeds)), OPS);
      const session = await openSession(writeModelBytes(model), { threads: 1 });
      const found = await session.run(Object.fromEntries(Object.entries(feeds).map(([k, t]) => [k, host(t)])));
      await session.dispose();
      const [mine, exact] = [
        found["step/gradient"]?.data as Float32Array,
        reference.get("step/gradient")?.data as Float64Array,
      ];
      const largest = exact.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
      let worst = 0;
      for (const { name, offset, size } of parameters.slots) {
        const own = exact.subarray(offset, offset + size);
        const most = own.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
        // what a shift before a BatchNormalization does is exactly nothing: there is no largest to compare with
        const scale = most > 1e-9 * largest ? most : largest;
        const off = own.reduce((m, v, i) => Math.max(m, Math.abs(v - (mine[offset + i] as number))), 0);
        worst = Math.max(worst, off / scale);
        expect(off / scale, name).toBeLessThanOrEqual(1e-4);
      }
      console.log(
        `${id}: ${parameters.size} parameters, gradient off by at most ${worst.toExponential(1)} of a parameter's largest`,
      );
    },
  );
  it.each(ids)("%s: they are slopes of the loss", (id) => {
    const network = build(id);
    const { model, parameters } = gradientGraph(network, { loss: findLoss("cross-entropy"), batchNorm: "train" }, OPS);
    const { images, targets } = batchOf(sideOf(id));
    const theta = Float64Array.from(thetaOf(network.model, parameters));
    const next = normals(5);
    const drawn = Float64Array.from(theta, () => next());
    const length = Math.sqrt(drawn.reduce((s, v) => s + v * v, 0));
    const along = drawn.map((v) => v / length);
    const lossAt = (t: number, wanted: string): Float64Array =>
      interpret(
        model.graph,
        new Map([
          [STEP.images, images],
          [STEP.targets, targets],
          [STEP.theta, vector(theta.map((v, i) => v + t * (along[i] as number)))],
        ]),
        OPS,
        [wanted],
      ).get(wanted)?.data as Float64Array;
    const h = 1e-7;
    const slope = ((lossAt(h, STEP.loss)[0] as number) - (lossAt(-h, STEP.loss)[0] as number)) / (2 * h);
    const inner = lossAt(0, "step/gradient").reduce((s, v, i) => s + v * (along[i] as number), 0);
    expect(Math.abs(inner - slope)).toBeLessThanOrEqual(1e-4 * Math.abs(slope) + 1e-7);
  });
});

/** A run of the step in float64. */
function stepOnce(
  network: Network,
  options: Omit<StepOptions, "loss">,
  given: { readonly theta: ArrayLike<number>; readonly state: readonly ArrayLike<number>[]; readonly count: number },
): {
  readonly theta: Float64Array;
  readonly state: readonly Float64Array[];
  readonly running: Float64Array | undefined;
  readonly norm: number;
} {
  const step = trainingStep(network, { loss: findLoss("cross-entropy"), ...options }, OPS);
  const { images, targets } = batchOf(sideOf("lenet"));
  const feeds = new Map<string, NumTensor>([
    [STEP.images, images],
    [STEP.targets, targets],
    [STEP.theta, vector(given.theta)],
    [STEP.running, vector(runningOf(network.model, step.statistics))],
    [STEP.rate, number(0.25)],
    [STEP.count, number(given.count)],
    ...given.state.map((s, i) => [STEP.state(i), vector(s)] as const),
  ]);
  const found = interpret(step.model.graph, feeds, OPS);
  const data = (name: string): Float64Array | undefined => found.get(STEP.next(name))?.data;
  return {
    theta: data(STEP.theta) as Float64Array,
    state: given.state.map((_, i) => data(STEP.state(i)) as Float64Array),
    running: data(STEP.running),
    norm: found.get(STEP.norm)?.data[0] ?? Number.NaN,
  };
}

function gradientAt(network: Network, theta: ArrayLike<number>): Float64Array {
  const { model } = gradientGraph(network, { loss: findLoss("cross-entropy"), batchNorm: "train" }, OPS);
  const { images, targets } = batchOf(sideOf("lenet"));
  const feeds = new Map([
    [STEP.images, images],
    [STEP.targets, targets],
    [STEP.theta, vector(theta)],
  ]);
  return interpret(model.graph, feeds, OPS).get("step/gradient")?.data as Float64Array;
}

const close = (a: ArrayLike<number>, b: ArrayLike<number>, tolerance = 1e-6): void => {
  let worst = 0;
  for (let i = 0; i < a.length; i++) worst = Math.max(worst, Math.abs((a[i] as number) - (b[i] as number)));
  expect(a.length).toBe(b.length);
  expect(worst).toBeLessThanOrEqual(tolerance);
};

interface Held {
  readonly theta: Float64Array;
  readonly state: readonly Float64Array[];
}
/** Constants as the graph holds them. */
const [MOMENTUM, BETA1, BETA2, DECAY, EPSILON] = [0.9, 0.9, 0.999, 0.1, 1e-8].map(Math.fround) as [
  number,
  number,
  number,
  number,
  number,
];

describe("optimisers against their formulas, three steps", () => {
  const network = build("lenet");
  const layout = parametersOf(network);
  const decays = new Float64Array(layout.size);
  for (const s of layout.slots) if (s.decays) decays.fill(DECAY, s.offset, s.offset + s.size);
  it.each([true, false])("sgd with momentum, nesterov %s", (nesterov) => {
    let theta = Float64Array.from(thetaOf(network.model, layout));
    let velocity = new Float64Array(layout.size);
    let mine: Held = { theta, state: [velocity] };
    for (let t = 1; t <= 3; t++) {
      const gradient = gradientAt(network, theta);
      const slope = gradient.map((v, i) => v + (decays[i] as number) * (theta[i] as number));
      velocity = velocity.map((v, i) => MOMENTUM * v + (slope[i] as number));
      const way = nesterov ? slope.map((v, i) => v + MOMENTUM * (velocity[i] as number)) : velocity;
      theta = theta.map((v, i) => v - 0.25 * (way[i] as number));
      const options = { optimizer: findOptimizer("sgd"), optimizerParams: { nesterov }, weightDecay: 0.1 };
      mine = stepOnce(network, options, { ...mine, count: t });
      close(mine.theta, theta);
    }
  });
  it("adamw, decay apart from the gradient", () => {
    let theta = Float64Array.from(thetaOf(network.model, layout));
    let [m, v] = [new Float64Array(layout.size), new Float64Array(layout.size)];
    let mine: Held = { theta, state: [m, v] };
    for (let t = 1; t <= 3; t++) {
      const gradient = gradientAt(network, theta);
      m = m.map((old, i) => BETA1 * old + Math.fround(1 - 0.9) * (gradient[i] as number));
      v = v.map((old, i) => BETA2 * old + Math.fround(1 - 0.999) * (gradient[i] as number) ** 2);
      theta = theta.map((old, i) => {
        const way = (m[i] as number) / (1 - BETA1 ** t) / (Math.sqrt((v[i] as number) / (1 - BETA2 ** t)) + EPSILON);
        return old * (1 - 0.25 * (decays[i] as number)) - 0.25 * way;
      });
      mine = stepOnce(network, { optimizer: findOptimizer("adamw"), weightDecay: 0.1 }, { ...mine, count: t });
      close(mine.theta, theta);
    }
  });
  it("clips the gradient to a length, and tells the length before", () => {
    const theta = thetaOf(network.model, layout);
    const gradient = gradientAt(network, theta);
    const length = Math.sqrt(gradient.reduce((s, g) => s + g * g, 0));
    const given = { theta, state: [new Float64Array(layout.size)], count: 1 };
    const plain = { optimizer: findOptimizer("sgd"), optimizerParams: { momentum: 0, nesterov: false } };
    const { theta: next, norm } = stepOnce(network, { ...plain, clip: length / 10 }, given);
    expect(norm).toBeCloseTo(length, 6);
    const moved = Math.sqrt(next.reduce((s, v, i) => s + (v - (theta[i] as number)) ** 2, 0));
    expect(moved / 0.25).toBeCloseTo(length / 10, 5);
  });
});

describe("what is trained", () => {
  const network = build("resnet-small");
  const step = (options: Partial<StepOptions>) =>
    trainingStep(network, { loss: findLoss("cross-entropy"), optimizer: findOptimizer("sgd"), ...options }, OPS);
  it("running statistics move towards the batch, by the unbiased variance", () => {
    const { statistics, parameters } = step({});
    const { images, targets } = batchOf(sideOf("resnet-small"));
    const running = runningOf(network.model, statistics);
    const feeds = new Map<string, NumTensor>([
      [STEP.images, images],
      [STEP.targets, targets],
      [STEP.theta, vector(thetaOf(network.model, parameters))],
      [STEP.running, vector(running)],
      [STEP.rate, number(0)],
      [STEP.count, number(1)],
      [STEP.state(0), vector(new Float64Array(parameters.size))],
    ]);
    const graph = step({ momentum: 0.25 }).model.graph;
    const next = interpret(graph, feeds, OPS).get(STEP.next(STEP.running))?.data as Float64Array;
    const [first] = statistics.statistics;
    if (!first) throw new Error("no statistics");
    const { data, channels, offset } = first;
    const x = interpret(network.model.graph, new Map([[network.input, images]]), OPS, [data]).get(data) as NumTensor;
    const [, , h = 0, w = 0] = x.dims;
    const values = Array.from({ length: COUNT }, (_, n) =>
      Array.from(x.data.slice(n * channels * h * w, n * channels * h * w + h * w)),
    ).flat();
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
    expect(next[offset]).toBeCloseTo(0.75 * (running[offset] as number) + 0.25 * mean, 6);
    expect(next[offset + channels]).toBeCloseTo(0.75 * (running[offset + channels] as number) + 0.25 * variance, 6);
  });
  it("frozen statistics and frozen layers stay as they are", () => {
    const frozen = step({ batchNorm: "frozen", freeze: ["stem*", "block1*"] });
    expect(frozen.statistics.size).toBe(0);
    expect(frozen.parameters.slots.some((s) => /^(stem|block1)/.test(s.name))).toBe(false);
    expect(frozen.parameters.slots.some((s) => s.name.startsWith("block2"))).toBe(true);
    expect(frozen.model.graph.nodes.some((n) => n.attrs.training_mode === 1)).toBe(false);
  });
  it("a name that is not there, and nothing left to train, are refused", () => {
    expect(() => step({ freeze: ["stage9*"] })).toThrow(/stage9\*.*stem/s);
    expect(() => step({ freeze: ["*"] })).toThrow(/nothing to train/);
  });
  it("baking puts parameters and statistics back where they came from", () => {
    const { parameters, statistics } = step({});
    const theta = thetaOf(network.model, parameters).map((v) => v + 1);
    const running = runningOf(network.model, statistics).map((v) => v + 2);
    const model = baked(network, { theta, running }, { parameters, statistics, metadata: { "onnxplain.step": "7" } });
    expect(thetaOf(model, parameters)).toEqual(theta);
    expect(runningOf(model, statistics)).toEqual(running);
    expect(model.metadata.get("onnxplain.step")).toBe("7");
    expect(model.graph.nodes).toEqual(network.model.graph.nodes);
  });
});
