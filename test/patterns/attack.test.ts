/** @file Attacked inputs: within the box and the pixel range, against the class meant, by the sign of the gradient that float64 differences give. */
import { describe, expect, test } from "vitest";
import { openSession } from "#ort";
import { writeModelBytes } from "../../src/graph/write.ts";
import { openAttacker } from "../../src/jobs/patterns-attack.ts";
import type { AttackAsked } from "../../src/jobs/patterns-options.ts";
import type { Classifier } from "../../src/methods/classifier.ts";
import { prepare } from "../../src/methods/prepare.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { ATTACK, attackModel } from "../../src/patterns/attack.ts";
import { interpret } from "../../src/reference/interpret.ts";
import type { HostTensor } from "../../src/runtime/session.ts";
import { net, wave } from "../nets.ts";

const [SIDE, COUNT, CLASSES] = [6, 5, 3];
const RANGE = { low: [-1, -2, 0], high: [1, 2, 0.5] };

function classifierOf(layout: "nchw" | "nhwc"): Classifier {
  const dims = layout === "nchw" ? ["N", 3, SIDE, SIDE] : ["N", SIDE, SIDE, 3];
  const model = net(dims, ({ g, x, w }) => {
    const planes = layout === "nchw" ? x : g.op("Transpose", [x], { perm: [0, 3, 1, 2] });
    const mixed = g.op("Relu", [g.op("Conv", [planes, w([4, 3, 3, 3]), w([4])], { pads: [1, 1, 1, 1] })]);
    const flat = g.op("Flatten", [g.op("GlobalAveragePool", [mixed])], { axis: 1 });
    return { scores: g.op("MatMul", [flat, w([4, CLASSES])]) };
  });
  return { ...prepare(model, { ops: OPS, layout, scoreKind: "logits", keep: [] }), range: RANGE };
}

/** Pictures within the range, as the layout has them. */
function pictures(layout: "nchw" | "nhwc"): HostTensor {
  const size = 3 * SIDE * SIDE;
  const data = wave(COUNT * size, 4).map((v, at) => {
    const c = layout === "nchw" ? Math.floor((at % size) / (SIDE * SIDE)) : at % 3;
    const [low, high] = [RANGE.low[c] as number, RANGE.high[c] as number];
    return low + ((v + 1) / 2) * (high - low);
  });
  const dims = layout === "nchw" ? [COUNT, 3, SIDE, SIDE] : [COUNT, SIDE, SIDE, 3];
  return { dtype: "float32", dims, data };
}

const FGSM: AttackAsked = { name: "fgsm", epsilon: 0.05, step: 0.05, steps: 1, target: "predicted", fit: "refit" };
const PGD: AttackAsked = { ...FGSM, name: "pgd", step: 0.02, steps: 8 };

/** -log softmax(scores)[target] of each picture, in float64. */
function crossEntropy(classifier: Classifier, x: HostTensor, target: readonly number[]): readonly number[] {
  const results = interpret(
    classifier.model.graph,
    new Map([[classifier.input.name, num("float32", x.dims, x.data as Float32Array)]]),
    OPS,
    [classifier.scores],
  );
  const scores = results.get(classifier.scores)?.data as ArrayLike<number>;
  return target.map((t, i) => {
    const row = Array.from({ length: CLASSES }, (_, c) => scores[i * CLASSES + c] as number);
    const top = Math.max(...row);
    return top + Math.log(row.reduce((s, z) => s + Math.exp(z - top), 0)) - (row[t] as number);
  });
}

const LABELS = [0, 1, 2, 0, 1];

describe.each(["nchw", "nhwc"] as const)("a network of %s", (layout) => {
  const classifier = classifierOf(layout);
  const x = pictures(layout);
  const spanAt = (at: number): number => {
    const c = layout === "nchw" ? Math.floor((at % (3 * SIDE * SIDE)) / (SIDE * SIDE)) : at % 3;
    return (RANGE.high[c] as number) - (RANGE.low[c] as number);
  };

  async function moved(attack: AttackAsked, labels: readonly number[] = LABELS): Promise<Float32Array> {
    const attacker = await openAttacker(classifier, attack, { threads: 1, seed: 1 });
    const out = await attacker.moved(x, labels, [0, 1, 2, 3, 4]);
    await attacker.dispose();
    return out.data as Float32Array;
  }

  test.each([
    ["fgsm", FGSM],
    ["pgd", PGD],
  ] as const)("%s stays in the box and raises the label's cross-entropy of each picture", async (_, attack) => {
    const out = await moved({ ...attack, target: "label" });
    const data = x.data as Float32Array;
    out.forEach((v, at) => {
      expect(Math.abs(v - (data[at] as number))).toBeLessThanOrEqual(attack.epsilon * spanAt(at) * (1 + 1e-6) + 1e-6);
    });
    const before = crossEntropy(classifier, x, LABELS);
    const after = crossEntropy(classifier, { ...x, data: out }, LABELS);
    after.forEach((loss, i) => {
      expect(loss).toBeGreaterThan(before[i] as number);
    });
  });

  test("a step goes where the loss rises by central differences", async () => {
    const out = await moved({ ...FGSM, target: "label", epsilon: 1, step: 1e-3 });
    const data = x.data as Float32Array;
    let checked = 0;
    for (let at = 0; at < data.length; at += 7) {
      const [up, down] = [1e-3, -1e-3].map((step) => {
        const other = Float32Array.from(data);
        other[at] = (data[at] as number) + step;
        return crossEntropy(classifier, { ...x, data: other }, LABELS).reduce((a, b) => a + b, 0);
      }) as [number, number];
      const slope = (up - down) / 2e-3;
      const step = (out[at] as number) - (data[at] as number);
      if (Math.abs(slope) < 1e-4 || Math.abs(step) < 5e-4 * spanAt(at)) continue;
      checked++;
      expect(Math.sign(step)).toBe(Math.sign(slope));
    }
    expect(checked).toBeGreaterThan(40);
  });

  test("of its own class where no label is known", async () => {
    const none = LABELS.map(() => -1);
    expect(await moved({ ...FGSM, target: "label" }, none)).toEqual(await moved(FGSM));
  });
});

test("the start of pgd is a function of the seed and the picture's place, not of its batch", async () => {
  const classifier = classifierOf("nchw");
  const x = pictures("nchw");
  const attacker = await openAttacker(classifier, PGD, { threads: 1, seed: 1 });
  const all = (await attacker.moved(x, LABELS, [0, 1, 2, 3, 4])).data as Float32Array;
  const size = 3 * SIDE * SIDE;
  const third = { ...x, dims: [1, 3, SIDE, SIDE], data: (x.data as Float32Array).slice(2 * size, 3 * size) };
  const own = (await attacker.moved(third, [2], [2])).data as Float32Array;
  await attacker.dispose();
  let off = 0;
  own.forEach((v, at) => {
    off = Math.max(off, Math.abs(v - (all[2 * size + at] as number)));
  });
  expect(off).toBeLessThan(1e-6);
});

test("scores come with it; without a pixel range there is no attack", async () => {
  const classifier = classifierOf("nchw");
  const session = await openSession(writeModelBytes(attackModel(classifier)), { threads: 1 });
  expect(session.outputs).toContain(ATTACK.scores);
  await session.dispose();
  const { range: _, ...unknown } = classifier;
  expect(() => attackModel(unknown)).toThrow(/pixel range/);
});
