/** @file Accuracy: counts by hand, ties, classes that nobody named. */
import { describe, expect, it } from "vitest";
import {
  addTo,
  balancedAccuracy,
  classAccuracies,
  emptyTally,
  labelsOf,
  topAccuracy,
} from "../../src/train/accuracy.ts";

const SCORES = Float32Array.of(3, 2, 1, /**/ 1, 3, 2, /**/ 1, 2, 3, /**/ 3, 2, 1);
const LABELS = [0, 2, 2, 2];

describe("accuracy", () => {
  it("counts ranks and confusions, whatever the batches", () => {
    const whole = emptyTally(3);
    addTo(whole, SCORES, LABELS);
    expect([...whole.confusion]).toEqual([1, 0, 0, 0, 0, 0, 1, 1, 1]);
    expect([1, 2, 3].map((k) => topAccuracy(whole, k))).toEqual([0.5, 0.75, 1]);
    const parts = emptyTally(3);
    for (const i of [0, 1, 2, 3]) addTo(parts, SCORES.subarray(3 * i, 3 * i + 3), [LABELS[i] as number]);
    expect(parts).toEqual(whole);
  });
  it("gives recall and precision where there is something to divide by", () => {
    const tally = emptyTally(3);
    addTo(tally, SCORES, LABELS);
    expect(classAccuracies(tally)).toEqual([
      { samples: 1, recall: 1, precision: 0.5 },
      { samples: 0, recall: null, precision: 0 },
      { samples: 3, recall: 1 / 3, precision: 1 },
    ]);
    expect(balancedAccuracy(tally)).toBeCloseTo((1 + 1 / 3) / 2, 15);
    expect([topAccuracy(emptyTally(2)), balancedAccuracy(emptyTally(2))]).toEqual([null, null]);
  });
  it("lets the lower class stand first among equals", () => {
    const tally = emptyTally(2);
    addTo(tally, Float32Array.of(1, 1, 1, 1), [0, 1]);
    expect(topAccuracy(tally)).toBe(0.5);
    expect([...tally.confusion]).toEqual([1, 0, 1, 0]);
  });
  it("reads labels from one-hot targets", () => {
    expect([...labelsOf(Float32Array.of(0, 1, 0, 1, 0, 0), 3)]).toEqual([1, 0]);
  });
  it.each([
    ["E_INPUT_SHAPE", new Float32Array(5), [0, 1]],
    ["E_TARGET_RANGE", new Float32Array(4), [0, 2]],
    ["E_NUMERIC", Float32Array.of(0, 1, Number.NaN, 1), [0, 1]],
  ] as const)("refuses with %s and adds nothing", (code, scores, labels) => {
    const tally = emptyTally(2);
    expect(() => addTo(tally, scores, labels)).toThrow(expect.objectContaining({ code }));
    expect(tally).toEqual(emptyTally(2));
  });
});
