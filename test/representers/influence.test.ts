/** @file Influence functions against the reference set, their solvers against each other, and what they refuse. */
import { describe, expect, it } from "vitest";
import { normals, uniforms } from "../../src/random.ts";
import { conjugateGradient } from "../../src/representers/conjugate-gradient.ts";
import { factorise, hessian, solveWith } from "../../src/representers/hessian.ts";
import { openInfluence, upWeighting, withRegulariser } from "../../src/representers/influence.ts";
import { openLayerMath } from "../../src/representers/influence-math.ts";
import { type Layer, type LayerLoss, pointsOf, type Study, targetsOf } from "../../src/representers/influence-study.ts";
import { fitLayer } from "../../src/representers/logistic.ts";
import { selfInfluence } from "../../src/representers/self-influence.ts";
import { absent, hasShared } from "../shared.ts";
import { goldenCase, HAS_MANIFEST } from "./influence-golden.ts";

const [N, D] = [90, 4];
/** Clouds around the corners of a simplex. */
function made(loss: LayerLoss, { outputs, bias = true }: { readonly outputs: number; readonly bias?: boolean }) {
  const [normal, uniform] = [normals(3), uniforms(4)];
  const classes = loss === "logistic" ? 2 : outputs;
  const labels = Int32Array.from({ length: N }, () => Math.floor(uniform() * classes));
  const rows = Float32Array.from({ length: N * D }, (_, at) => {
    const [i, k] = [Math.floor(at / D), at % D];
    return normal() + 1.5 * Number(k === labels[i]);
  });
  const layer: Layer = { loss, outputs, bias, theta: new Float64Array(outputs * (D + Number(bias))) };
  const study: Study = { points: pointsOf(rows, D), targets: targetsOf(labels, layer), layer, weightDecay: 0.02 };
  return { study, rows, labels };
}
async function fitted(study: Study): Promise<Study> {
  const math = openLayerMath({ ...study.layer, width: study.points.width });
  const { theta } = await fitLayer(math, study);
  await math.dispose();
  return { ...study, layer: { ...study.layer, theta } };
}
const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((m, v, i) => Math.max(m, Math.abs(v - (b[i] as number))), 0);

const KINDS = [
  ["softmax", 3, true],
  ["softmax", 2, false],
  ["logistic", 1, true],
  ["logistic", 1, false],
] as const;

describe("a layer's arithmetic", () => {
  it.each(KINDS)(
    "has the gradient and Hessian that differences show: %s, %i outputs, bias %s",
    async (loss, outputs, bias) => {
      const { study } = made(loss, { outputs, bias });
      const math = openLayerMath({ ...study.layer, width: D });
      const normal = normals(5);
      const theta = study.layer.theta.map(() => 0.4 * normal());
      const { points, targets } = study;
      const at = (t: Float64Array) => math.evaluate(points, { theta: t, targets });
      const here = await at(theta);
      const h = await hessian(math, { points, probabilities: here.probabilities }, { ridge: 0 });
      for (let j = 0; j < theta.length; j++) {
        const side = (e: number) => at(theta.map((w, k) => (k === j ? w + e : w)));
        const [up, down] = [await side(1e-5), await side(-1e-5)];
        expect(here.gradient[j]).toBeCloseTo((up.loss - down.loss) / 2e-5, 5);
        const column = up.gradient.map((v, k) => (v - (down.gradient[k] as number)) / 2e-5 / N);
        expect(largest(column, h.subarray(j * math.size, (j + 1) * math.size))).toBeLessThan(1e-8);
      }
      const vectors = Float64Array.from({ length: 2 * math.size }, () => normal());
      const products = await math.product(points, here.probabilities, vectors);
      for (let v = 0; v < 2; v++) {
        const exact = Float64Array.from({ length: math.size }, (_, r) => {
          let sum = 0;
          for (let c = 0; c < math.size; c++)
            sum += (h[r * math.size + c] as number) * (vectors[v * math.size + c] as number);
          return sum;
        });
        const own = products.subarray(v * math.size, (v + 1) * math.size).map((p) => p / N);
        expect(largest(own, exact)).toBeLessThan(1e-13);
      }
      await math.dispose();
    },
  );
  it("keeps losses finite where a logit is far out", async () => {
    const layer: Layer = { loss: "logistic", outputs: 1, bias: false, theta: Float64Array.of(1000) };
    const math = openLayerMath({ ...layer, width: 1 });
    const points = pointsOf(Float64Array.of(1, -1), 1);
    const { losses, residuals } = await math.evaluate(points, { theta: layer.theta, targets: Float64Array.of(0, 0) });
    expect([...losses]).toEqual([1000, 0]);
    expect([...residuals]).toEqual([1, 0]);
    await math.dispose();
  });
});

describe("solvers", () => {
  it("agree: exact, conjugate gradient, and LiSSA at the damping it amounts to", async () => {
    const { study, rows, labels } = made("softmax", { outputs: 3 });
    const ready = await fitted(study);
    const asked = {
      points: pointsOf(rows.subarray(0, 3 * D), D),
      targets: targetsOf(labels.subarray(0, 3), ready.layer),
    };
    const damping = 0.05;
    const exact = await openInfluence(ready, { method: "exact", damping });
    const cg = await openInfluence(ready, { method: "conjugate-gradient", damping });
    // batches as large as the set, drawn with replacement, only approach the mean; scale 2 makes the damping 0.025 x 2
    const series = await openInfluence(ready, {
      method: "lissa",
      damping: damping / 2,
      lissa: { scale: 2, depth: 400, batch: 2000, seed: 1 },
    });
    const [a, b, c] = [await exact.of(asked), await cg.of(asked), await series.of(asked)];
    expect(b.converged).toBe(true);
    expect(b.residual).toBeLessThanOrEqual(1e-8);
    expect(largest(a.values, b.values)).toBeLessThan(1e-9);
    expect(c.damping).toBeCloseTo(damping, 12);
    const scale = Math.max(...a.values.map(Math.abs));
    expect(largest(a.values, c.values) / scale).toBeLessThan(0.05);
    const [own, iterated] = [await selfInfluence(exact), await selfInfluence(cg)];
    expect(largest(own.true, iterated.true)).toBeLessThan(1e-6);
    for (const s of [exact, cg, series]) await s.dispose();
  });
  it("solve what a factor was made of", () => {
    const normal = normals(8);
    const size = 17;
    const a = Array.from({ length: size }, () => Float64Array.from({ length: size }, () => normal()));
    const h = new Float64Array(size * size);
    for (let r = 0; r < size; r++)
      for (let c = 0; c <= r; c++) {
        const v = a[r]!.reduce((s, x, k) => s + x * (a[c]![k] as number), 0) + (r === c ? 1 : 0);
        h[r * size + c] = v;
        h[c * size + r] = v;
      }
    const x = Float64Array.from({ length: 2 * size }, () => normal());
    const b = x.map((_, at) => {
      const [k, r] = [Math.floor(at / size), at % size];
      let sum = 0;
      for (let c = 0; c < size; c++) sum += (h[r * size + c] as number) * (x[k * size + c] as number);
      return sum;
    });
    expect(largest(solveWith(factorise(h, size), b), x)).toBeLessThan(1e-10);
  });
  it("stop where the matrix is not positive", async () => {
    await expect(conjugateGradient(async (v) => v.map((x) => -x), Float64Array.of(1, 2), 2)).rejects.toMatchObject({
      code: "E_NUMERIC",
    });
    expect(() => factorise(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/not positive definite/);
  });
  it("diverge with words where LiSSA's scale is too small", async () => {
    const { study, rows, labels } = made("softmax", { outputs: 3 });
    const big = pointsOf(
      rows.map((v) => 30 * v),
      D,
    );
    const series = await openInfluence(
      { ...study, points: big },
      { method: "lissa", lissa: { scale: 1, depth: 500, batch: 20 } },
    );
    const asked = { points: pointsOf(rows.subarray(0, D), D), targets: targetsOf(labels.subarray(0, 1), study.layer) };
    await expect(series.of(asked)).rejects.toThrow(/Raise the scale/);
    await series.dispose();
  });
  it("give 0 for a side that is 0, and refuse an exact Hessian above the limit with its size", async () => {
    const { study } = made("softmax", { outputs: 3 });
    const { solutions, iterations } = await conjugateGradient(async (v) => v, new Float64Array(4), 4);
    expect([...solutions, iterations]).toEqual([0, 0, 0, 0, 0]);
    await expect(openInfluence(study, { method: "exact", largest: 10 })).rejects.toThrow(
      /15 x 15 entries \(3 outputs x 5 columns\)/,
    );
  });
});

describe("a study", () => {
  it("is refused where its parts do not fit", async () => {
    const { study } = made("softmax", { outputs: 3 });
    await expect(openInfluence({ ...study, targets: study.targets.subarray(1) })).rejects.toThrow(
      /targets of \[90, 3\]/,
    );
    await expect(openInfluence({ ...study, weightDecay: -1 })).rejects.toThrow(/weight decay is -1/);
    await expect(openInfluence(study, { damping: Number.NaN })).rejects.toThrow(/damping is NaN/);
    await expect(openInfluence({ ...study, points: pointsOf(new Float32Array(0), D) })).rejects.toMatchObject({
      code: "E_DATA_EMPTY",
    });
    expect(() => targetsOf([0, 3], { loss: "softmax", outputs: 3 })).toThrow(/Label 3 of point 1/);
    expect(() => targetsOf([2], { loss: "logistic", outputs: 1 })).toThrow(/0 to 1/);
  });
  it("without decay or damping, and with a feature that no point has, cannot be inverted and says so", async () => {
    const { study, rows } = made("logistic", { outputs: 1 });
    const dead = pointsOf(
      rows.map((v, at) => (at % D === 2 ? 0 : v)),
      D,
    );
    const flat: Study = { ...study, points: dead, weightDecay: 0 };
    await expect(openInfluence(flat, { method: "exact", damping: 0 })).rejects.toMatchObject({ code: "E_NUMERIC" });
    const damped = await openInfluence(flat, { method: "exact", damping: 0.01 });
    expect((await selfInfluence(damped)).true.every(Number.isFinite)).toBe(true);
    await damped.dispose();
  });
  it("of one class, with a dead feature and a duplicate: every value is finite", async () => {
    const rows = Float32Array.of(0, 1, 0, 1, 0, 2, 0, -1);
    const layer: Layer = { loss: "softmax", outputs: 2, bias: true, theta: new Float64Array(6) };
    const study = await fitted({
      points: pointsOf(rows, 2),
      targets: targetsOf([0, 0, 0, 0], layer),
      layer,
      weightDecay: 0.01,
    });
    const influence = await openInfluence(study);
    const { values } = await influence.of({ points: study.points, targets: study.targets });
    expect(values.every(Number.isFinite)).toBe(true);
    for (let t = 0; t < 4; t++) expect(values[t]).toBeCloseTo(values[4 + t] as number, 15);
    const { code } = await selfInfluence(influence);
    expect(code.every((v) => v > 0)).toBe(true);
    await influence.dispose();
  });
});

describe.skipIf(!hasShared(HAS_MANIFEST))(`reference cases of influence${absent(HAS_MANIFEST)}`, () => {
  it("ch3/influence_softmax", async () => {
    const golden = goldenCase("ch3/influence_softmax");
    const layer: Layer = { loss: "softmax", outputs: 5, bias: false, theta: golden.array("Theta1") };
    const points = pointsOf(golden.float32("F"), 32);
    const study: Study = { points, targets: targetsOf(golden.array("labels"), layer), layer, weightDecay: 0.01 };
    const asked = {
      points: pointsOf(golden.float32("F_test"), 32),
      targets: targetsOf(golden.array("labels_test"), layer),
    };
    const influence = await openInfluence(study, { method: "exact", damping: 0.01 });
    golden.expectOutput("hvp", await influence.product(golden.array("hvp_vector")));
    const found = await influence.of(asked);
    expect(found.damping).toBe(0.01);
    golden.expectOutput("s_test", found.sTest);
    golden.expectOutput("value", withRegulariser(found));
    golden.expectOutput("value_noreg", found.values);
    const up = upWeighting(found, 400);
    golden.expectOutput(
      "I_up_loss_test0",
      Float64Array.from({ length: 400 }, (_, i) => up[i * 10] as number),
    );
    golden.expectOutput("self_influence", (await selfInfluence(influence)).true);
    golden.expectAllCompared();
    await influence.dispose();
    const cg = await openInfluence(study, {
      method: "conjugate-gradient",
      damping: 0.01,
      conjugateGradient: { tolerance: 1e-12 },
    });
    golden.expectOutput("s_test", (await cg.of(asked)).sTest);
    await cg.dispose();
  });
});
