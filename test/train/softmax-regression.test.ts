/** @file Linear heads: gradients against differences, minima against Newton's method written out here and against the reference. */
import { describe, expect, it } from "vitest";
import { normals, uniforms } from "../../src/random.ts";
import {
  blocksOf,
  blocksOfFeed,
  fitHead,
  HEAD_LOSSES,
  type HeadLossId,
  headObjective,
  headScores,
  oneHot,
} from "../../src/train/softmax-regression.ts";
import { absent, hasShared, readSharedJson, readSharedNpy } from "../shared.ts";

const [N, D, C] = [61, 5, 3];
const made = (classes = C) => {
  const [normal, uniform] = [normals(11), uniforms(12)];
  const features = Float32Array.from({ length: N * D }, () => normal());
  const labels = Int32Array.from({ length: N }, () => Math.floor(uniform() * classes));
  for (let i = 0; i < N; i++) features[i * D] = (features[i * D] as number) + (labels[i] as number);
  return { features, labels, targets: oneHot(labels, classes) };
};

describe("a linear head", () => {
  it.each(Object.keys(HEAD_LOSSES) as HeadLossId[])("has the gradient that differences show: %s", async (loss) => {
    for (const [bias, classes] of [
      [true, 3],
      [false, 6],
    ] as const) {
      const { features, targets } = made(classes);
      const columns = D + Number(bias);
      const normal = normals(13);
      const weights = Float64Array.from({ length: classes * columns }, () => 0.5 * normal());
      const f = headObjective(blocksOf(features, targets, N), { classes, columns, bias }, { loss, lambda: 0.02 });
      const { gradient } = await f(weights);
      for (let j = 0; j < weights.length; j++) {
        const side = async (h: number): Promise<number> =>
          (await f(weights.map((w, k) => (k === j ? w + h : w)))).value;
        const slope = ((await side(1e-5)) - (await side(-1e-5))) / 2e-5;
        expect(gradient[j]).toBeCloseTo(slope, 7);
      }
    }
  });
  it("has the minimum that Newton's method finds for two classes", async () => {
    // With a = (w1 - w0) the softmax of two classes is logistic regression, w0 = -w1, and the norm is |a|^2 / 2.
    const { features, labels, targets } = made(2);
    const lambda = 0.01;
    const row = (i: number): readonly number[] => [...features.subarray(i * D, (i + 1) * D), 1];
    const a = newton(N, D + 1, row, labels, lambda);
    const { weights, minimum } = await fitHead(
      blocksOf(features, targets, N),
      { features: D, classes: 2 },
      {
        lambda,
        tolerance: 1e-12,
      },
    );
    expect(minimum.reason).toBe("converged");
    for (let k = 0; k <= D; k++) {
      expect(weights[D + 1 + k]).toBeCloseTo((a[k] as number) / 2, 10);
      expect(weights[k]).toBeCloseTo(-(a[k] as number) / 2, 10);
    }
  });
  it("gives the same from blocks in memory and from a feed", async () => {
    const { features, targets } = made();
    const options = { lambda: 0.003, tolerance: 1e-10 } as const;
    const whole = await fitHead(blocksOf(features, targets, N), { features: D, classes: C }, options);
    async function* inOrder() {
      for (let from = 0; from < N; from += 20) {
        const to = Math.min(from + 20, N);
        const [images, own] = [features.subarray(from * D, to * D), targets.subarray(from * C, to * C)];
        yield { images, targets: own, count: to - from };
      }
    }
    const feed = { count: N, classes: C, dims: [D], epoch: inOrder, inOrder };
    const parts = await fitHead(blocksOfFeed(feed), { features: D, classes: C }, options);
    for (const [j, w] of whole.weights.entries()) expect(parts.weights[j]).toBeCloseTo(w, 9);
  });
  it("starts where it is told to", async () => {
    const { features, targets } = made();
    const sizes = { features: D, classes: C };
    const { weights } = await fitHead(blocksOf(features, targets, N), sizes, { lambda: 0.01, tolerance: 1e-10 });
    const again = await fitHead(blocksOf(features, targets, N), sizes, {
      lambda: 0.01,
      tolerance: 1e-9,
      start: weights,
    });
    expect(again.minimum.iteration).toBe(0);
  });
  it("refuses sizes, labels and settings that cannot be", async () => {
    const { features, targets } = made();
    const sizes = { features: D, classes: C };
    const tried = (more: object, blocks = blocksOf(features, targets, N)) =>
      fitHead(blocks, sizes, { lambda: 0.01, ...more });
    await expect(tried({ lambda: -1 })).rejects.toMatchObject({ code: "E_PARAM" });
    await expect(tried({ start: new Float64Array(4) })).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
    await expect(tried({}, blocksOf(features.subarray(1), targets, N))).rejects.toMatchObject({
      code: "E_INPUT_SHAPE",
    });
    await expect(tried({}, () => [])).rejects.toMatchObject({ code: "E_DATA_EMPTY" });
    expect(() => oneHot([0, 3], 3)).toThrow(expect.objectContaining({ code: "E_TARGET_RANGE" }));
  });
});

/** Minimiser of (1/n) sum log(1 + exp(-y a.x)) + lambda |a|^2 / 2, y = 1 for label 1, else -1. */
function newton(
  n: number,
  d: number,
  row: (i: number) => readonly number[],
  labels: Int32Array,
  lambda: number,
): readonly number[] {
  let a = new Array<number>(d).fill(0);
  for (let round = 0; round < 30; round++) {
    const gradient = a.map((v) => lambda * v);
    const hessian = a.map((_, i) => a.map((_, j) => (i === j ? lambda : 0)));
    for (let i = 0; i < n; i++) {
      const x = row(i);
      const p = 1 / (1 + Math.exp(-x.reduce((s, v, k) => s + v * (a[k] as number), 0)));
      for (let k = 0; k < d; k++) {
        gradient[k] = (gradient[k] as number) + ((p - (labels[i] as number)) * (x[k] as number)) / n;
        for (let l = 0; l < d; l++) {
          const line = hessian[k] as number[];
          line[l] = (line[l] as number) + (p * (1 - p) * (x[k] as number) * (x[l] as number)) / n;
        }
      }
    }
    const step = solved(hessian, gradient);
    a = a.map((v, k) => v - (step[k] as number));
  }
  return a;
}

/** Gauss and Jordan, with pivots. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const m = matrix.map((r, i) => [...r, right[i] as number]);
  for (let c = 0; c < m.length; c++) {
    const pivot = m.reduce(
      (b, r, i) => (i >= c && Math.abs(r[c] as number) > Math.abs(m[b]?.[c] as number) ? i : b),
      c,
    );
    [m[c], m[pivot]] = [m[pivot] as number[], m[c] as number[]];
    for (const [i, r] of m.entries()) {
      if (i === c) continue;
      const times = (r[c] as number) / (m[c]?.[c] as number);
      for (let k = c; k <= m.length; k++) r[k] = (r[k] as number) - times * (m[c]?.[k] as number);
    }
  }
  return m.map((r, i) => (r[m.length] as number) / (r[i] as number));
}

interface Tolerance {
  readonly atol: number;
  readonly rtol: number;
}
interface Case {
  readonly id: string;
  readonly params: { readonly lambda: number };
  readonly outputs: readonly { readonly name: string; readonly tolerance: Tolerance }[];
  readonly values: Readonly<Record<string, { readonly value: number; readonly tolerance: Tolerance }>>;
}
const FOLDER = "golden2/ch3";

describe.skipIf(!hasShared(FOLDER))(`linear heads against the reference${absent(FOLDER)}`, () => {
  const { cases } = hasShared(FOLDER)
    ? readSharedJson<{ readonly cases: readonly Case[] }>("golden2/MANIFEST.json")
    : { cases: [] };
  const caseOf = (id: string): Case => cases.find((c) => c.id === `ch3/${id}`) as Case;
  const floats = (file: string): Float64Array =>
    Float64Array.from(readSharedNpy(`${FOLDER}/${file}`).data as Float64Array);
  const f32 = (file: string): Float32Array => Float32Array.from(floats(file));
  const toleranceOf = (of: Case, name: string): Tolerance =>
    (of.outputs.find((o) => o.name === name) as Case["outputs"][number]).tolerance;
  const near = (got: ArrayLike<number>, expected: ArrayLike<number>, { atol, rtol }: Tolerance): void => {
    expect(got).toHaveLength(expected.length);
    let worst = 0;
    for (let i = 0; i < got.length; i++)
      worst = Math.max(
        worst,
        Math.abs((got[i] as number) - (expected[i] as number)) / (atol + rtol * Math.abs(expected[i] as number)),
      );
    expect(worst).toBeLessThanOrEqual(1);
  };
  const sizes = { features: 32, classes: 5 };

  it.each([
    ["fit_labels_nobias", false],
    ["fit_labels_bias", true],
  ] as const)("%s", async (id, bias) => {
    const golden = caseOf(id);
    const targets = oneHot(readSharedNpy(`${FOLDER}/fit_labels_nobias/labels.npy`).data as Int32Array, 5);
    const blocks = blocksOf(f32("fit_labels_nobias/F.npy"), targets, 400);
    const head = await fitHead(blocks, sizes, { lambda: golden.params.lambda, bias, tolerance: 1e-12 });
    expect(head.minimum.reason).toBe("converged");
    near(head.weights, floats(`${id}/Theta1.npy`), toleranceOf(golden, "Theta1"));
    const logits = headScores(head, f32("fit_labels_nobias/F_test.npy"), 10);
    near(logits, floats(`${id}/logits_test.npy`), toleranceOf(golden, "logits_test"));
    const { value, tolerance } = golden.values.objective as Case["values"][string];
    near([head.minimum.value], [value], tolerance);
  });
  it.each([
    ["teacher_softmax_0.003", "softmax"],
    ["teacher_softmax_0.0001", "softmax"],
    ["teacher_sigmoid_0.003", "sigmoid"],
  ] as const)("%s: soft targets", async (id, loss) => {
    const golden = caseOf(id);
    const features = f32("fit_labels_nobias/F.npy");
    const given = floats("teacher_softmax_0.003/Theta_given.npy");
    const logits = headScores({ classes: 5, columns: 32, bias: false, weights: given }, features, 400);
    const start = given;
    // The derivative of either loss is its activation less the target.
    const targets = new Float64Array(logits.length);
    for (let i = 0; i < 400; i++) {
      const row = logits.slice(i * 5, i * 5 + 5);
      HEAD_LOSSES[loss].row(row, () => 0);
      targets.set(row, i * 5);
    }
    const blocks = blocksOf(features, targets, 400);
    const head = await fitHead(blocks, sizes, {
      loss,
      lambda: golden.params.lambda,
      bias: false,
      start,
      tolerance: 1e-13,
      maxIterations: 2000,
    });
    near(head.weights, floats(`${id}/Theta1.npy`), toleranceOf(golden, "Theta1"));
  });
  it("net_labels: 2000 samples of 128 features", async () => {
    const golden = caseOf("net_labels");
    const labels = readSharedNpy("golden2/shared/train_labels.npy").data as Int32Array;
    const blocks = blocksOf(f32("net_features/F_train.npy"), oneHot(labels, 10), 2000);
    const head = await fitHead(
      blocks,
      { features: 128, classes: 10 },
      { lambda: golden.params.lambda, tolerance: 1e-10 },
    );
    expect(head.minimum.reason).toBe("converged");
    near(head.weights, floats("net_labels/Theta1.npy"), toleranceOf(golden, "Theta1"));
    near(
      headScores(head, f32("net_features/F_test.npy"), 200),
      floats("net_labels/logits_test.npy"),
      toleranceOf(golden, "logits_test"),
    );
  });
  it("hinge_multilabel: the squared hinge and its derivative", () => {
    const [f, y] = [floats("../ch2/hinge_multilabel/f.npy"), floats("../ch2/hinge_multilabel/y.npy")];
    const golden = cases.find((c) => c.id === "ch2/hinge_multilabel") as Case;
    let sum = 0;
    const slopes = f.slice();
    for (let n = 0; n < 7; n++)
      sum += HEAD_LOSSES["squared-hinge"].row(slopes.subarray(n * 20, n * 20 + 20), (c) => y[n * 20 + c] as number);
    const { value, tolerance } = golden.values.L2 as Case["values"][string];
    near([sum / 7], [value], tolerance);
    near(
      slopes.map((s) => s / 7),
      floats("../ch2/hinge_multilabel/grad_L2.npy"),
      toleranceOf(golden, "grad_L2"),
    );
  });
});
