/** @file Leaving points out for real: against the reference set, and against what influence predicts. */
import { describe, expect, it } from "vitest";
import { pearson, spearman } from "../../src/metrics/correlations.ts";
import { type Influence, openInfluence, withRegulariser } from "../../src/representers/influence.ts";
import { openLayerMath } from "../../src/representers/influence-math.ts";
import { type Layer, pointsOf, type Study, targetsOf } from "../../src/representers/influence-study.ts";
import { leaveOneOut } from "../../src/representers/leave-one-out.ts";
import { fitLayer } from "../../src/representers/logistic.ts";
import { selfInfluence } from "../../src/representers/self-influence.ts";
import { absent, hasShared } from "../shared.ts";
import { type GoldenCase, goldenCase, HAS_MANIFEST } from "./influence-golden.ts";

/** Regression of the true change on the prediction, through 0. */
const slope = (predicted: Float64Array, truth: Float64Array): number => {
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((s, v, i) => s + v * (b[i] as number), 0);
  return dot(predicted, truth) / dot(predicted, predicted);
};
type Agreement = Readonly<Record<"pearson" | "spearman" | "slope", number>>;
function expectAgreement(golden: GoldenCase, wanted: Agreement, predicted: Float64Array, truth: Float64Array): void {
  golden.expectValue("agreement", pearson(predicted, truth), wanted.pearson);
  golden.expectValue("agreement", spearman(predicted, truth), wanted.spearman);
  golden.expectValue("agreement", slope(predicted, truth), wanted.slope);
}

async function fitted(study: Study): Promise<Study> {
  const math = openLayerMath({ ...study.layer, width: study.points.width });
  const { theta } = await fitLayer(math, study);
  await math.dispose();
  return { ...study, layer: { ...study.layer, theta } };
}
const signs = (y: Float64Array): number[] => Array.from(y, (v) => Number(v > 0));

describe.skipIf(!hasShared(HAS_MANIFEST))(`reference cases of leaving one out${absent(HAS_MANIFEST)}`, () => {
  it("ch3/influence_binary_loo", async () => {
    const golden = goldenCase("ch3/influence_binary_loo");
    const layer: Layer = { loss: "logistic", outputs: 1, bias: false, theta: new Float64Array(5) };
    const points = pointsOf(golden.array("X"), 5);
    const study = await fitted({
      points,
      targets: targetsOf(signs(golden.array("y")), layer),
      layer,
      weightDecay: 0.01,
    });
    golden.expectOutput("theta", study.layer.theta);
    const asked = {
      points: pointsOf(golden.array("X_test"), 5),
      targets: targetsOf(signs(golden.array("y_test")), layer),
    };
    const influence = await openInfluence(study, { method: "exact", damping: 0 });
    const own = await selfInfluence(influence);
    golden.expectOutput("score_code", own.code);
    golden.expectOutput("score_true", own.true);
    const found: Influence = await influence.of(asked);
    golden.expectOutput("influence", withRegulariser(found));
    golden.expectOutput("influence_noreg", found.values);
    const mean = await leaveOneOut(study, asked, { form: "mean" });
    const sum = await leaveOneOut(study, asked, { form: "sum" });
    expect(Math.max(mean.maxGradient, sum.maxGradient)).toBeLessThan(1e-12);
    golden.expectOutput("loo_mean", mean.changes);
    golden.expectOutput("loo_sum", sum.changes);
    golden.expectAllCompared();
    const wanted = golden.value<Readonly<Record<"influence_vs_loo_mean" | "noreg_vs_loo_sum", Agreement>>>("agreement");
    expectAgreement(golden, wanted.influence_vs_loo_mean, withRegulariser(found), mean.changes);
    expectAgreement(golden, wanted.noreg_vs_loo_sum, found.values, sum.changes);
    await influence.dispose();
  });
  it("ch3/influence_softmax_loo", async () => {
    const golden = goldenCase("ch3/influence_softmax_loo");
    const layer: Layer = { loss: "softmax", outputs: 3, bias: false, theta: new Float64Array(12) };
    const points = pointsOf(golden.array("X"), 4);
    const targets = targetsOf(golden.array("labels"), layer);
    const study = await fitted({ points, targets, layer, weightDecay: 0.02 });
    golden.expectOutput("Theta1", study.layer.theta);
    const asked = {
      points: pointsOf(golden.array("X_test"), 4),
      targets: targetsOf(golden.array("labels_test"), layer),
    };
    const influence = await openInfluence(study, { method: "exact", damping: 0 });
    const found = withRegulariser(await influence.of(asked));
    golden.expectOutput("influence", found);
    const { changes } = await leaveOneOut(study, asked);
    golden.expectOutput("loo", changes);
    golden.expectAllCompared();
    expectAgreement(golden, golden.value<Agreement>("agreement"), found, changes);
    await influence.dispose();
  });
});

describe("leaving one out", () => {
  const layer: Layer = { loss: "logistic", outputs: 1, bias: true, theta: new Float64Array(2) };
  const points = pointsOf(Float32Array.of(-2, -1, 0.5, 1, 2, 3), 1);
  const study: Study = { points, targets: targetsOf([0, 0, 1, 0, 1, 1], layer), layer, weightDecay: 0.05 };
  const asked = { points: pointsOf(Float32Array.of(0.7), 1), targets: Float64Array.of(1) };
  it("is the fit of the others, made from nothing", async () => {
    const rest = pointsOf(Float32Array.of(-2, -1, 1, 2, 3), 1);
    const math = openLayerMath({ ...layer, width: 1 });
    const [all, without] = [
      await fitLayer(math, study),
      await fitLayer(math, { ...study, points: rest, targets: targetsOf([0, 0, 0, 1, 1], layer) }),
    ];
    const loss = async (theta: Float64Array) =>
      (await math.evaluate(asked.points, { theta, targets: asked.targets })).loss;
    const wanted = (await loss(without.theta)) - (await loss(all.theta));
    const { changes, places } = await leaveOneOut(study, asked, { places: [2] });
    expect([...places]).toEqual([2]);
    expect(changes[0]).toBeCloseTo(wanted, 11);
    await math.dispose();
  });
  it("refuses a place that is none, and a set of one", async () => {
    await expect(leaveOneOut(study, asked, { places: [6] })).rejects.toThrow(/no training point 6/);
    const one: Study = { ...study, points: pointsOf(Float32Array.of(1), 1), targets: Float64Array.of(1) };
    await expect(leaveOneOut(one, asked)).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
  });
});
