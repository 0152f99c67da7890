/** @file Maps of training points: their definition, their sum, the same noise for all, reference values. */
import { afterAll, describe, expect, it } from "vitest";
import { DEMO_SIZE, demoModel } from "../../src/data/demo-net.ts";
import { drawScene } from "../../src/data/scenes.ts";
import { writeModelBytes } from "../../src/graph/write.ts";
import { type Explainer, explain, loadModel } from "../../src/index.ts";
import { linearEnd } from "../../src/methods/linear-end.ts";
import { uniforms } from "../../src/random.ts";
import { inMemory } from "../../src/representers/features.ts";
import {
  channelNorm,
  gaussianNoise,
  mapDifference,
  sensitivityGraph,
  sensitivityMaps,
  type WeightedFeatures,
  weightedSum,
} from "../../src/representers/sensitivity.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import type { Session } from "../../src/runtime/session.ts";
import { bodyOf, FEATURES } from "../../src/train/head.ts";
import { inputOf } from "../golden/cifar.ts";
import { absent, hasShared, readSharedJson, readSharedNpy, shared } from "../shared.ts";

const open: Session[] = [];
afterAll(() => Promise.all(open.map((s) => s.dispose())));
const opened = async (bytes: Uint8Array): Promise<Session> => {
  const session = await openSession(bytes, { threads: 1 });
  open.push(session);
  return session;
};

/** The graph of the maps, and features of pictures. */
async function prepared(model: Explainer) {
  const classifier = model.classifier();
  const body = bodyOf(classifier);
  const graph = sensitivityGraph(classifier, body.cut);
  const [maps, features] = [await opened(writeModelBytes(graph.model)), await opened(writeModelBytes(body.model))];
  const featuresOf = async (x: Float32Array): Promise<Float32Array> => {
    const size = graph.dims.reduce((p, d) => p * d, 1);
    const feeds = { [graph.input]: { dtype: "float32", dims: [x.length / size, ...graph.dims], data: x } } as const;
    return (await features.run(feeds))[FEATURES]?.data as Float32Array;
  };
  return { classifier, body, graph, maps, featuresOf };
}

const slice = (a: ArrayLike<number>, row: number, width: number): Float64Array =>
  Float64Array.from({ length: width }, (_, i) => a[row * width + i] as number);

/** The largest of |a - b| - (atol + rtol |b|): not above 0 where all agree. */
const excess = (a: ArrayLike<number>, b: ArrayLike<number>, atol = 1e-6, rtol = 1e-4): number => {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < b.length; i++)
    most = Math.max(most, Math.abs((a[i] as number) - (b[i] as number)) - atol - rtol * Math.abs(b[i] as number));
  return a.length === b.length ? most : Number.POSITIVE_INFINITY;
};

/** Sum of maps in float64. */
const addUp = (maps: readonly Float32Array[]): Float64Array =>
  Float64Array.from(maps[0] as Float32Array, (_, i) => maps.reduce((s, map) => s + (map[i] as number), 0));

describe("maps of training points on the demo network", async () => {
  const model = await loadModel(writeModelBytes(demoModel()));
  const { graph, maps, body, featuresOf, classifier } = await prepared(model);
  const draw = uniforms(5);
  const size = 3 * DEMO_SIZE * DEMO_SIZE;
  const picture = (seed: number): Float32Array => {
    const { data } = drawScene(seed).image;
    const plane = DEMO_SIZE * DEMO_SIZE;
    return Float32Array.from(
      { length: size },
      (_, i) => (data[(i % plane) * 3 + Math.floor(i / plane)] as number) / 255,
    );
  };
  const x = picture(100);
  const [n, d] = [24, body.width];
  const training = new Float32Array(n * d);
  for (let i = 0; i < n; i++) training.set(await featuresOf(picture(i)), i * d);
  const alpha = Float64Array.from({ length: n }, () => draw() - 0.5);
  const points: readonly WeightedFeatures[] = Array.from({ length: n }, (_, i) => ({
    alpha: alpha[i] as number,
    features: training.subarray(i * d, (i + 1) * d),
  }));
  const theta = await weightedSum(inMemory(training, d), alpha);

  it("add up, point by point, to the gradient of the fitted score", async () => {
    const {
      points: each,
      total,
      sum,
      residual,
      dims,
    } = await sensitivityMaps(maps, graph, { x, points, theta, sum: theta });
    expect(dims).toEqual([3, DEMO_SIZE, DEMO_SIZE]);
    expect(each).toHaveLength(n);
    expect(total.some((v) => v !== 0)).toBe(true);
    expect(mapDifference(addUp(each), total).relative).toBeLessThan(1e-5);
    expect(sum).toEqual(total);
    expect(residual).toEqual({ absolute: 0, relative: 0 });
  });
  it("add up under noise as well, since all see the same", async () => {
    const noise = gaussianNoise(size, { samples: 3, sigma: 0.1, seed: 4 });
    const { points: each, total } = await sensitivityMaps(maps, graph, { x, points, theta, noise }, { batch: 7 });
    expect(mapDifference(addUp(each), total).relative).toBeLessThan(1e-5);
    const plain = await sensitivityMaps(maps, graph, { x, points: [], theta });
    expect(mapDifference(plain.total, total).relative).toBeGreaterThan(0.01);
  });
  it("are alpha times the derivative of f_i . f(x), by central differences", async () => {
    const f = await featuresOf(x);
    const dot = (g: Float32Array, h: ArrayLike<number>): number => g.reduce((s, v, k) => s + v * (h[k] as number), 0);
    const likest = (a: WeightedFeatures, b: WeightedFeatures) => dot(f, b.features) - dot(f, a.features);
    const point = points.toSorted(likest)[0] as WeightedFeatures;
    const { points: found } = await sensitivityMaps(maps, graph, { x, points: [point], theta });
    const map = found[0] as Float32Array;
    const length = Math.hypot(...map);
    const step = 2e-3;
    const at = async (t: number): Promise<number> =>
      point.alpha * dot(await featuresOf(x.map((v, i) => v + (t * (map[i] as number)) / length)), point.features);
    const slope = ((await at(step)) - (await at(-step))) / (2 * step);
    expect(Math.abs(slope / length - 1)).toBeLessThan(0.01);
  });
  it("with the network's own weights, are its gradient and its SmoothGrad from the same seed", async () => {
    const target = drawScene(100).objects[0]?.classIndex as number;
    const own = slice(body.end?.weight as Float32Array, target, d);
    const { total } = await sensitivityMaps(maps, graph, { x, points: [], theta: own });
    const tensor = { dtype: "float32", dims: [1, ...graph.dims], data: x } as const;
    const gradient = await explain(model, tensor, { method: "gradient", target });
    expect(mapDifference(total, gradient.values).relative).toBeLessThan(1e-5);
    const params = { nt_samples: 4, stdevs: 0.05 };
    const smooth = await explain(model, tensor, { method: "smoothgrad", target, params, seed: 11 });
    const noise = gaussianNoise(size, { samples: 4, sigma: 0.05, seed: 11 });
    const ours = await sensitivityMaps(maps, graph, { x, points: [], theta: own, noise });
    expect(mapDifference(ours.total, smooth.values).relative).toBeLessThan(1e-5);
    expect(linearEnd(classifier.model, classifier.scores)?.features).toBe(body.cut.features);
  });
  it("do not depend on the batch, show progress, and stop when told", async () => {
    const request = { x, points: points.slice(0, 5), theta };
    const seen: number[] = [];
    const one = await sensitivityMaps(maps, graph, request, { batch: 1, onProgress: (done) => seen.push(done) });
    const many = await sensitivityMaps(maps, graph, request, { batch: 6 });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    for (const [i, map] of one.points.entries())
      expect(mapDifference(map, many.points[i] as Float32Array).relative).toBeLessThan(1e-6);
    await expect(sensitivityMaps(maps, graph, request, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "E_ABORTED",
    });
  });
  it.each([
    ["a picture of another size", { x: x.subarray(1) }, "E_INPUT_SHAPE"],
    ["features of another network", { points: [{ alpha: 1, features: new Float32Array(d + 2) }] }, "E_INPUT_SHAPE"],
    ["noise of another size", { noise: [new Float32Array(2)] }, "E_INPUT_SHAPE"],
    ["no copy at all", { noise: [] }, "E_PARAM"],
  ] as const)("refuse %s", async (_, change, code) => {
    await expect(sensitivityMaps(maps, graph, { x, points: [], theta, ...change })).rejects.toMatchObject({ code });
  });
  it("take the bias of a fit and leave it out", async () => {
    const [plain, biased] = await Promise.all(
      [theta, [...theta, 123]].map((t) => sensitivityMaps(maps, graph, { x, points: [], theta: t })),
    );
    expect(biased?.total).toEqual(plain?.total);
  });
  it("sum features by alpha, and refuse a wrong number of them", async () => {
    const rows = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect([...(await weightedSum(inMemory(rows, 2), [1, -1, 0.5]))]).toEqual([0.5, 1]);
    await expect(weightedSum(inMemory(rows, 2), [1])).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
  });
});

it("the norm over channels reads either layout", () => {
  expect([...channelNorm(Float32Array.of(3, 0, 4, 2), { channels: 2, layout: "nchw" })]).toEqual([5, 2]);
  expect([...channelNorm(Float32Array.of(3, 4, 0, 2), { channels: 2, layout: "nhwc" })]).toEqual([5, 2]);
});

interface Golden {
  readonly cases: readonly {
    readonly id: string;
    readonly params: Readonly<Record<string, number & readonly number[]>>;
    readonly values: {
      readonly norms: {
        readonly value: { readonly total: number; readonly S: readonly number[]; readonly total_smooth: number };
      };
    };
  }[];
}
const here = hasShared("golden2") && hasShared("golden/models");

describe.skipIf(!here)(`reference maps of training points${absent("golden2")}`, () => {
  it("ch3/sensitivity: seven arrays and their norms", async () => {
    const read = (name: string) => readSharedNpy(`golden2/ch3/${name}.npy`).data as Float32Array;
    const found = readSharedJson<Golden>("golden2/MANIFEST.json").cases.find((c) => c.id === "ch3/sensitivity");
    const { params, values } = found as Golden["cases"][number];
    const { test_position: position, cls, train_positions: chosen } = params;
    const model = await loadModel(shared("golden/models/c_caffenet.onnx"));
    const { graph, maps, body, classifier } = await prepared(model);
    const [F, alpha, theta] = ["net_features/F_train", "net_teacher_softmax/alpha", "net_teacher_softmax/Theta1"].map(
      read,
    );
    const d = body.width;
    const column = Float64Array.from({ length: 2000 }, (_, i) => alpha?.[i * 10 + (cls as number)] as number);
    const x = inputOf(readSharedNpy("golden2/shared/test_u8.npy").data as Uint8Array, position as number);
    const points = (chosen as unknown as readonly number[]).map((i) => ({
      alpha: column[i] as number,
      features: slice(F as Float32Array, i, d),
    }));
    const own = slice(theta as Float32Array, cls as number, d + 1);
    const request = { x, points, theta: own, sum: await weightedSum(inMemory(F as Float32Array, d), column) };
    const plain = await sensitivityMaps(maps, graph, request);
    const stored = read("sensitivity/noise");
    const noise = Array.from({ length: 6 }, (_, r) => stored.subarray(r * x.length, (r + 1) * x.length));
    const smooth = await sensitivityMaps(maps, graph, { ...request, noise });
    const joined = (all: readonly Float32Array[]): Float32Array => Float32Array.from(all.flatMap((m) => [...m]));
    expect(excess(joined(plain.points), read("sensitivity/S"))).toBeLessThanOrEqual(0);
    expect(excess(plain.total, read("sensitivity/total"))).toBeLessThanOrEqual(0);
    expect(excess(joined(smooth.points), read("sensitivity/S_smooth"))).toBeLessThanOrEqual(0);
    expect(excess(smooth.total, read("sensitivity/total_smooth"))).toBeLessThanOrEqual(0);
    expect(
      excess(joined(plain.points.map((m) => channelNorm(m, classifier))), read("sensitivity/display_S")),
    ).toBeLessThanOrEqual(0);
    const given = slice(read("net_teacher_softmax/Theta_given"), cls as number, d + 1);
    const { total } = await sensitivityMaps(maps, graph, { x, points: [], theta: given });
    expect(excess(total, read("sensitivity/total_given_model"))).toBeLessThanOrEqual(0);
    const norms = [plain.total, ...plain.points, smooth.total].map((m) => Math.hypot(...m));
    const { total: t, S, total_smooth: s } = values.norms.value;
    expect(excess(norms, [t, ...S, s])).toBeLessThanOrEqual(0);
    expect(plain.residual?.relative).toBeLessThan(2e-6);
    expect(smooth.residual?.relative).toBeLessThan(2e-6);
  }, 120_000);
});

describe.skipIf(!hasShared("models/cifar10-resnet20"))(`cifar10-resnet20${absent("models/cifar10-resnet20")}`, () => {
  it("maps of 200 pictures add up to the gradient, plain and under noise", { timeout: 120_000 }, async () => {
    const model = await loadModel(shared("models/cifar10-resnet20"));
    const { graph, maps, body, featuresOf } = await prepared(model);
    const [n, d, size] = [200, body.width, 3 * 32 * 32];
    const draw = uniforms(9);
    const pictures = Float32Array.from({ length: n * size }, () => 4 * draw() - 2);
    const rows = await featuresOf(pictures);
    const alpha = Float64Array.from({ length: n }, () => draw() - 0.5);
    const theta = await weightedSum(inMemory(rows, d), alpha);
    const x = Float32Array.from({ length: size }, () => 4 * draw() - 2);
    const points = Array.from(alpha, (a, i) => ({ alpha: a, features: rows.subarray(i * d, (i + 1) * d) }));
    for (const noise of [undefined, gaussianNoise(size, { samples: 2, sigma: 0.3, seed: 1 })]) {
      const { points: each, total } = await sensitivityMaps(maps, graph, { x, points, theta, noise }, { batch: 50 });
      const { relative } = mapDifference(addUp(each), total);
      console.log(
        `sum of ${n} maps against the gradient map${noise ? ", SmoothGrad" : ""}: ${relative.toExponential(2)} of its largest value`,
      );
      expect(relative).toBeLessThan(5e-5);
    }
  });
});
