import { describe, expect, it } from "vitest";
import { reverse } from "../../src/diff/emit.ts";
import type { Graph } from "../../src/graph/types.ts";
import { builderOn } from "../../src/ops/infer.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { readParams } from "../../src/params.ts";
import { normals } from "../../src/random.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { findLoss, LOSSES } from "../../src/train/losses.ts";
import { absent, hasShared, readSharedJson, readSharedNpy } from "../shared.ts";

interface Asked {
  readonly id: string;
  readonly scores: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
  readonly classes: number;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Loss and its gradient by the scores, in float64. */
function lossOf({ id, scores, targets, classes, params = {} }: Asked): { loss: number; gradient: Float64Array } {
  const empty: Graph = { name: "l", inputs: [], outputs: [], constants: new Map(), nodes: [], facts: new Map() };
  const g = builderOn(empty, OPS);
  const dims = [scores.length / classes, classes];
  const [f, y] = [g.input("f", "float32", dims), g.input("y", "float32", dims)];
  const row = findLoss(id);
  const loss = row.emit({
    g,
    scores: f,
    targets: y,
    classes,
    params: readParams(id, row.params, params),
    layer: () => f,
  });
  const { cotangents } = reverse({
    g,
    nodes: g.build([loss]).nodes,
    ops: OPS,
    from: new Map([[loss.name, g.scalar(1)]]),
    to: ["f"],
  });
  const gradient = cotangents.get("f");
  if (!gradient) throw new Error("no gradient");
  const feeds = new Map([
    ["f", num("float32", dims, Float64Array.from(scores))],
    ["y", num("float32", dims, Float64Array.from(targets))],
  ]);
  const found = interpret(g.build([loss, gradient]), feeds, OPS);
  return {
    loss: found.get(loss.name)?.data[0] ?? Number.NaN,
    gradient: found.get(gradient.name)?.data ?? new Float64Array(),
  };
}

const draw = normals(3);
const N = 6;
const CLASSES = 4;
const SCORES = Float64Array.from({ length: N * CLASSES }, () => 2 * draw());
const LABELS = [0, 3, 1, 1, 2, 0];
const ONE_HOT = Float64Array.from({ length: N * CLASSES }, (_, i) =>
  LABELS[Math.floor(i / CLASSES)] === i % CLASSES ? 1 : 0,
);
const MANY = Float64Array.from({ length: N * CLASSES }, (_, i) => ((i * 7) % 3 === 0 ? 1 : 0));
const rows = <T>(each: (row: number) => T): readonly T[] => Array.from({ length: N }, (_, i) => each(i));
const at = (row: number, c: number): number => SCORES[row * CLASSES + c] as number;
const logProbability = (row: number, c: number): number => {
  const sum = Array.from({ length: CLASSES }, (_, k) => Math.exp(at(row, k))).reduce((a, b) => a + b);
  return at(row, c) - Math.log(sum);
};
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const classesOf = (each: (c: number) => number): number => sum(Array.from({ length: CLASSES }, (_, c) => each(c)));

describe("losses against their closed forms", () => {
  it("cross-entropy, with smoothing, with weights", () => {
    const plain = sum(rows((i) => -logProbability(i, LABELS[i] as number))) / N;
    const asked = { id: "cross-entropy", scores: SCORES, targets: ONE_HOT, classes: CLASSES };
    expect(lossOf(asked).loss).toBeCloseTo(plain, 12);
    const s = 0.2;
    const smooth = sum(
      rows((i) => -classesOf((c) => ((LABELS[i] === c ? 1 - s : 0) + s / CLASSES) * logProbability(i, c))),
    );
    expect(lossOf({ ...asked, params: { label_smoothing: s } }).loss).toBeCloseTo(smooth / N, 6);
    const w = [1, 2, 0.5, 4];
    const weighted = sum(rows((i) => -(w[LABELS[i] as number] as number) * logProbability(i, LABELS[i] as number)));
    const total = sum(rows((i) => w[LABELS[i] as number] as number));
    expect(lossOf({ ...asked, params: { class_weights: w } }).loss).toBeCloseTo(weighted / total, 10);
  });
  it("binary cross-entropy, also far from zero", () => {
    const closed = (f: number, t: number): number => Math.log1p(Math.exp(-Math.abs(f))) + Math.max(f, 0) - t * f;
    const expected = sum(rows((i) => classesOf((c) => closed(at(i, c), MANY[i * CLASSES + c] as number)))) / N;
    expect(lossOf({ id: "binary-cross-entropy", scores: SCORES, targets: MANY, classes: CLASSES }).loss).toBeCloseTo(
      expected,
      12,
    );
    const far = lossOf({ id: "binary-cross-entropy", scores: [800, -800], targets: [0, 1], classes: 2 });
    expect(far.loss).toBeCloseTo(1600, 9);
    expect([...far.gradient]).toEqual([1, -1]);
  });
  it("identification and verification of pairs: both softmaxes, near where they agree, apart where not", () => {
    const asked = { id: "identification-verification", scores: SCORES, targets: ONE_HOT, classes: CLASSES };
    const half = N / 2;
    const identification = (2 * sum(rows((i) => -logProbability(i, LABELS[i] as number)))) / N;
    const pair = (i: number): number => {
      const d2 = classesOf((c) => (at(i, c) - at(i + half, c)) ** 2);
      return LABELS[i] === LABELS[i + half] ? d2 : Math.max(0, 5 - Math.sqrt(d2)) ** 2;
    };
    const verification = sum([0, 1, 2].map(pair)) / half / 2;
    expect(lossOf({ ...asked, params: { margin: 5 } }).loss).toBeCloseTo(identification + verification, 9);
  });
  it.each(Object.keys(LOSSES))("the gradient of %s is its slope", (id) => {
    const targets = LOSSES[id]?.targets === "class" ? ONE_HOT : MANY;
    const { gradient } = lossOf({ id, scores: SCORES, targets, classes: CLASSES });
    const along = Float64Array.from(SCORES, () => draw());
    const moved = (t: number): number =>
      lossOf({ id, scores: SCORES.map((v, i) => v + t * (along[i] as number)), targets, classes: CLASSES }).loss;
    const slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
    const inner = gradient.reduce((a, v, i) => a + v * (along[i] as number), 0);
    expect(inner).toBeCloseTo(slope, 7);
  });
  it("refuses another number of class weights, and names what there is", () => {
    expect(() =>
      lossOf({ id: "hinge", scores: SCORES, targets: MANY, classes: CLASSES, params: { class_weights: [1, 2] } }),
    ).toThrow(/4 numbers/);
    expect(() => findLoss("focal")).toThrow(/cross-entropy/);
  });
});

const CASE = "golden2/ch2/hinge_multilabel";
describe.skipIf(!hasShared(CASE))(`golden hinge losses${absent(CASE)}`, () => {
  interface Manifest {
    readonly cases: readonly {
      readonly id: string;
      readonly values: Readonly<
        Record<string, { readonly value: number; readonly tolerance: { atol: number; rtol: number } }>
      >;
      readonly outputs: readonly { readonly name: string; readonly tolerance: { atol: number; rtol: number } }[];
    }[];
  }
  it.each([
    ["hinge", "L1"],
    ["squared-hinge", "L2"],
  ] as const)("%s", (id, kind) => {
    const golden = readSharedJson<Manifest>("golden2/MANIFEST.json").cases.find((c) => c.id === "ch2/hinge_multilabel");
    const [f, y, expected] = ["f", "y", `grad_${kind}`].map((name) => readSharedNpy(`${CASE}/${name}.npy`));
    const targets = Float64Array.from(y?.data as ArrayLike<number>, (v) => (Number(v) > 0 ? 1 : 0));
    const { loss, gradient } = lossOf({ id, scores: f?.data as Float64Array, targets, classes: 20 });
    const value = golden?.values[kind];
    if (!value) throw new Error("no golden value");
    expect(Math.abs(loss - value.value)).toBeLessThanOrEqual(value.tolerance.atol + value.tolerance.rtol * value.value);
    const tolerance = golden.outputs.find((o) => o.name === `grad_${kind}`)?.tolerance ?? { atol: 0, rtol: 0 };
    expected?.data.forEach((v: unknown, i: number) => {
      const difference = Math.abs((gradient[i] as number) - Number(v));
      expect(difference, `element ${i}`).toBeLessThanOrEqual(tolerance.atol + tolerance.rtol * Math.abs(Number(v)));
    });
  });
});
