/** @file Maps of a fit on the photographs of CIFAR through a real network: they add up, plain and smoothed, and make a page. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeModelBytes } from "../../src/graph/write.ts";
import { encodePng } from "../../src/image/png.ts";
import { explain, loadModel } from "../../src/index.ts";
import { representerMaps, representersMapsPage } from "../../src/jobs/representers-maps.ts";
import type { Likeness } from "../../src/report/representers/input.ts";
import { cutNetwork, thetaOf } from "../../src/representers/cut.ts";
import { inMemory } from "../../src/representers/features.ts";
import { fitRepresenters } from "../../src/representers/fit.ts";
import { query } from "../../src/representers/query.ts";
import { mapDifference } from "../../src/representers/sensitivity.ts";
import { openSession } from "../../src/runtime/ort-node.ts";
import { FEATURES } from "../../src/train/head.ts";
import { absent, hasShared, readSharedJson, shared } from "../shared.ts";

const here = hasShared("models/cifar10-resnet20") && hasShared("images/cifar10/train_5000.bin");
const COUNT = 300;
const PLANE = 32 * 32;

interface Meta {
  readonly preprocessing: { readonly mean: readonly number[]; readonly std: readonly number[] };
}

describe.skipIf(!here)(`maps of training points${absent("images/cifar10/train_5000.bin")}`, () => {
  it("of 300 photographs add up to the gradient of the fitted score", { timeout: 120_000 }, async () => {
    const { mean, std } = readSharedJson<Meta>("models/cifar10-resnet20/META.json").preprocessing;
    const bytes = readFileSync(shared("images/cifar10/train_5000.bin"));
    const record = 1 + 3 * PLANE;
    const labels = Int32Array.from({ length: COUNT }, (_, i) => bytes[i * record] as number);
    const pixel = (i: number, k: number): number => bytes[i * record + 1 + k] as number;
    const fed = Float32Array.from({ length: (COUNT + 1) * 3 * PLANE }, (_, k) => {
      const [i, at] = [Math.floor(k / (3 * PLANE)), k % (3 * PLANE)];
      const c = Math.floor(at / PLANE);
      return (pixel(i, at) / 255 - (mean[c] as number)) / (std[c] as number);
    });
    const model = await loadModel(shared("models/cifar10-resnet20"));
    const classifier = model.classifier();
    const cut = cutNetwork({ ...classifier, input: classifier.input.name });
    const body = await openSession(writeModelBytes(cut.model), { threads: 1 });
    const out = await body.run({ [cut.input]: { dtype: "float32", dims: [COUNT + 1, 3, 32, 32], data: fed } });
    await body.dispose();
    const all = out[FEATURES]?.data as Float32Array;
    const features = inMemory(all.subarray(0, COUNT * cut.width), cut.width);
    const fitted = await fitRepresenters({ features, labels }, { classes: 10, lambda: 0.01, objective: "labels" });
    const [answer] = await query(fitted, features, all.slice(COUNT * cut.width), { top: 3 });
    const found = answer?.classes.find((c) => c.target === answer.predicted) as NonNullable<
      typeof answer
    >["classes"][number];
    const train = { features, labels, ids: Array.from(labels, (_, i) => `train/${i}.png`) };
    const open = { fitted, train };
    const x = fed.slice(COUNT * 3 * PLANE);
    const request = { x, target: found.target, points: [...found.positive, ...found.negative] };
    const network = { classifier, cut };
    for (const samples of [0, 4]) {
      const maps = await representerMaps(open, network, request, { samples, seed: 3 });
      console.log(`residual with ${samples} noisy copies: ${maps.residual.relative.toExponential(2)}`);
      expect(maps.residual.relative).toBeLessThan(1e-5);
      expect(maps.points.map((p) => p.index)).toEqual(request.points.map((p) => p.index));
      expect(maps.points.every((p) => p.map.some((v) => v !== 0))).toBe(true);
    }
    const every = Array.from({ length: COUNT }, (_, index) => ({ index, value: 0, alpha: 0, similarity: 0 }));
    const whole = await representerMaps(open, network, { ...request, points: every });
    const sum = Float64Array.from(x, (_, i) => whole.points.reduce((s, p) => s + (p.map[i] as number), 0));
    expect(mapDifference(sum, whole.total).relative).toBeLessThan(1e-4);

    const own = { ...open, fitted: { ...fitted, theta: thetaOf(cut.end as NonNullable<typeof cut.end>, fitted.bias) } };
    const given = await representerMaps(own, network, { ...request, points: [] });
    const tensor = { dtype: "float32", dims: [1, 3, 32, 32], data: x } as const;
    const gradient = await explain(model, tensor, { method: "gradient", target: found.target });
    expect(mapDifference(given.total, gradient.values).relative).toBeLessThan(1e-5);

    const picture = async (i: number): Promise<Likeness> => {
      const data = Uint8Array.from({ length: 3 * PLANE }, (_, k) => pixel(i, (k % 3) * PLANE + Math.floor(k / 3)));
      return { kind: "picture", png: await encodePng({ width: 32, height: 32, channels: 3, data }) };
    };
    const tests = new Map([["test/0.png", await picture(COUNT)]]);
    const likenesses = new Map<string, Likeness>();
    for (const { index } of request.points) likenesses.set(train.ids[index] as string, await picture(index));
    const page = await representersMapsPage(
      open,
      classifier,
      await representerMaps(open, network, request, { samples: 4 }),
      {
        facts: { model: "cifar10-resnet20", data: "CIFAR-10 subset", settings: [] },
        labels: model.labels ?? [],
        test: { id: "test/0.png", label: -1 },
        looks: { train: likenesses, tests },
      },
    );
    expect(page).toContain("The maps of all 300 training points add up to it");
    expect(page.split("<img ").length - 1).toBe(7);
  });
});
