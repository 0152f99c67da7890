/** @file Orders of suspicion and the protocol with known flips: against the reference set, and on clouds where the answer is known. */
import { describe, expect, it } from "vitest";
import { normals, uniforms } from "../../src/random.ts";
import { CRITERION_IDS, type CriterionId, descendingPlaces, orderings } from "../../src/representers/debug.ts";
import { openInfluence } from "../../src/representers/influence.ts";
import { openLayerMath } from "../../src/representers/influence-math.ts";
import { pointsOf, targetsOf } from "../../src/representers/influence-study.ts";
import { fitLayer } from "../../src/representers/logistic.ts";
import { simulate, simulateSplit } from "../../src/representers/simulate.ts";
import { absent, hasShared } from "../shared.ts";
import { goldenCase, HAS_MANIFEST } from "./influence-golden.ts";

/** Two clouds, wide apart in the first feature. */
function clouds(count: number, seed: number, classes = 2) {
  const [normal, uniform] = [normals(seed), uniforms(seed + 1)];
  const labels = Int32Array.from({ length: count }, () => Math.floor(uniform() * classes));
  const rows = Float32Array.from({ length: count * 3 }, (_, at) => {
    const own = labels[Math.floor(at / 3)] as number;
    return normal() + 3 * Number(at % 3 === own);
  });
  return { rows, width: 3, labels };
}

describe.skipIf(!hasShared(HAS_MANIFEST))(`reference case of debugging${absent(HAS_MANIFEST)}`, () => {
  it("ch3/dataset_debugging", { timeout: 300_000 }, async () => {
    const golden = goldenCase("ch3/dataset_debugging");
    const [pool, test] = [golden.float32("pool_features"), golden.float32("test_features")];
    const asClass = (y: Float64Array): Int32Array => Int32Array.from(y, (v) => Number(v > 0));
    const [labels, testLabels] = [asClass(golden.array("pool_labels")), asClass(golden.array("test_labels"))];
    const [perm, flip, random] = [golden.array("perm"), golden.array("flip"), golden.array("random_order")];
    const names: Readonly<Record<string, CriterionId>> = {
      ours: "alpha",
      influence: "self-influence",
      influence_true: "self-influence-true",
      random: "random",
      loss: "loss",
    };
    const wanted = golden.value<readonly string[]>("metric_names");
    const criteria = wanted.map((name) => names[name] as CriterionId);
    const found = {
      theta: [] as number[],
      metrics: [] as number[],
      orders: [] as number[],
      accuracy: [] as number[],
      fixed: [] as number[],
    };
    for (let r = 0; r < 5; r++) {
      const places = perm.subarray(r * 800, (r + 1) * 800);
      const rows = new Float32Array(800 * 192);
      for (const [at, i] of places.entries()) rows.set(pool.subarray(i * 192, (i + 1) * 192), at * 192);
      const own = Int32Array.from(places, (i) => labels[i] as number);
      const corrupted = Int32Array.from(own);
      for (const i of flip.subarray(r * 320, (r + 1) * 320)) corrupted[i] = 1 - (own[i] as number);
      const split = await simulateSplit(
        { points: pointsOf(rows, 192), labels: own, corrupted },
        { points: pointsOf(test, 192), labels: testLabels },
        {
          loss: "logistic",
          classes: 2,
          bias: true,
          weightDecay: 0.01,
          shares: [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4],
          criteria,
          random: Int32Array.from(random.subarray(r * 800, (r + 1) * 800)),
        },
      );
      found.theta.push(...split.theta);
      for (const { criterion, values, order, accuracy, fixed } of split.orders) {
        if (criterion !== "random") found.metrics.push(...values);
        found.orders.push(...order);
        found.accuracy.push(...accuracy);
        found.fixed.push(...fixed);
      }
    }
    golden.expectOutput("theta_corrupted", found.theta);
    golden.expectOutput("metrics", found.metrics);
    golden.expectOutput("orders", found.orders);
    golden.expectOutput("accuracy", found.accuracy);
    golden.expectOutput("fixed", found.fixed);
    golden.expectAllCompared();
    // at every share: more flips than chance finds, and no fewer than self-influence
    for (let s = 1; s < 9; s++) {
      const mean = (k: number): number =>
        [0, 1, 2, 3, 4].reduce((sum, r) => sum + (found.fixed[(r * 5 + k) * 9 + s] as number), 0) / 5;
      const of = (name: string): number => mean(wanted.indexOf(name));
      expect(of("ours")).toBeGreaterThan(1.3 * of("random"));
      expect(of("ours")).toBeGreaterThanOrEqual(Math.max(of("influence"), of("influence_true")));
    }
    for (const [name, all] of [
      ["mean_accuracy", found.accuracy],
      ["mean_fixed", found.fixed],
    ] as const) {
      const means = golden.value<Readonly<Record<string, readonly number[]>>>(name);
      for (const [k, metric] of wanted.entries())
        for (let s = 0; s < 9; s++) {
          const mean = [0, 1, 2, 3, 4].reduce((sum, r) => sum + (all[(r * 5 + k) * 9 + s] as number), 0) / 5;
          golden.expectValue(name, mean, means[metric]?.[s] as number);
        }
    }
  });
});

describe("orders of suspicion", () => {
  it("put the one wrong label at the top, whichever evidence is asked, for both losses", async () => {
    const { rows, width, labels } = clouds(60, 5);
    labels[17] = 1 - (labels[17] as number);
    for (const [loss, outputs] of [
      ["logistic", 1],
      ["softmax", 2],
    ] as const) {
      const layer = { loss, outputs, bias: true, theta: new Float64Array(outputs * 4) };
      const study = { points: pointsOf(rows, width), targets: targetsOf(labels, layer), layer, weightDecay: 0.05 };
      const math = openLayerMath({ ...layer, width });
      const { theta } = await fitLayer(math, study);
      await math.dispose();
      const influence = await openInfluence({ ...study, layer: { ...layer, theta } }, { damping: 0 });
      const found = await orderings(influence);
      expect(found.map((o) => o.criterion)).toEqual(CRITERION_IDS);
      // with s in place of s^2 a far-out point that fits may come before one that does not
      const last = { alpha: 0, loss: 0, "self-influence-true": 0, "self-influence": 5, random: 59 };
      for (const { criterion, order } of found)
        expect(order.indexOf(17), criterion).toBeLessThanOrEqual(last[criterion]);
      const of = (id: CriterionId) => found.find((o) => o.criterion === id)?.order;
      expect(of("alpha")).toEqual(of("loss"));
      await influence.dispose();
    }
  });
  it("break ties by place, and put what is not a number last", () => {
    expect([...descendingPlaces([1, Number.NaN, 2, 1, 2])]).toEqual([2, 4, 0, 3, 1]);
  });
  it("by alpha are refused without a weight decay", async () => {
    const { rows, width, labels } = clouds(20, 9);
    const layer = { loss: "logistic", outputs: 1, bias: true, theta: new Float64Array(4) } as const;
    const influence = await openInfluence({
      points: pointsOf(rows, width),
      targets: targetsOf(labels, layer),
      layer,
      weightDecay: 0,
    });
    await expect(orderings(influence, { criteria: ["alpha"] })).rejects.toMatchObject({ code: "E_PARAM" });
    await influence.dispose();
  });
});

describe("the protocol", () => {
  it("finds flips in clouds far better than chance, mends accuracy, and is the same for the same seed", async () => {
    const [pool, test] = [clouds(150, 21), clouds(100, 31)];
    const options = { flip: 0.3, splits: 2, shares: [0, 0.3], seed: 4, weightDecay: 0.02 };
    const found = await simulate(pool, test, 2, options);
    expect(found).toMatchObject({ loss: "logistic", count: 120, testPoints: 100 });
    const at = (id: CriterionId) => found.curves.find((c) => c.criterion === id);
    expect(at("alpha")?.fixed.mean[0]).toBe(0);
    expect(at("alpha")?.fixed.mean[1]).toBeGreaterThan(0.8);
    expect(at("random")?.fixed.mean[1]).toBeLessThan(0.5);
    expect(at("alpha")?.fixed.mean).toEqual(at("loss")?.fixed.mean);
    const { mean = [] } = at("alpha")?.accuracy ?? {};
    expect(mean[1]).toBeGreaterThanOrEqual(mean[0] as number);
    expect(found.clean.mean).toBeGreaterThan(0.9);
    expect(await simulate(pool, test, 2, options)).toEqual(found);
  });
  it("flips to any other class where there are three", async () => {
    const found = await simulate(clouds(90, 41, 3), clouds(60, 51, 3), 3, {
      splits: 1,
      flip: 0.2,
      shares: [0.2, 1],
      criteria: ["alpha", "self-influence-true"],
    });
    expect(found.loss).toBe("softmax");
    for (const { fixed, accuracy } of found.curves) {
      expect(fixed.mean[1]).toBe(1);
      expect(accuracy.mean[1]).toBe(found.clean.mean);
      expect(fixed.deviation).toEqual([0, 0]);
    }
  });
  it("refuses settings out of range and sets that are empty", async () => {
    const pool = clouds(20, 3);
    const empty = { rows: new Float32Array(0), width: 3, labels: [] };
    await expect(simulate(pool, empty, 2)).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
    for (const options of [{ flip: 1.5 }, { splits: 0 }, { count: 21 }, { shares: [2] }])
      await expect(simulate(pool, pool, 2, options)).rejects.toMatchObject({ code: "E_PARAM" });
    await expect(simulate(pool, pool, 1)).rejects.toMatchObject({ code: "E_PARAM" });
  });
});
