import { describe, expect, it } from "vitest";
import { agreementOf } from "../../src/patterns/agreement.ts";
import { concentrationOf } from "../../src/patterns/concentration.ts";
import { posteriorsOf } from "../../src/patterns/posteriors.ts";

const directions = {
  categories: 2,
  dimension: 2,
  weights: Float64Array.of(0.5, 0.5),
  means: Float64Array.of(1, 0, 0, 1),
};
const concentration = concentrationOf({ dimension: 2 });

describe("agreement with the network", () => {
  it("is the share of equal winners; accuracies are of those with a label", () => {
    // winners 0, 1, 0, 0 (a tie at g = 0 goes to the first)
    const points = Float64Array.of(3, 0, 0, 4, 2, 1, 0, 0);
    const got = agreementOf({
      points,
      probabilities: [0.9, 0.1, 0.2, 0.8, 0.3, 0.7, 0.4, 0.6],
      directions,
      concentration,
      labels: [0, 0, 1, -1],
    });
    expect(Array.from(got.winners)).toEqual([0, 1, 0, 0]);
    expect(got.agreement).toBe(0.5);
    expect(got.labelled).toBe(3);
    expect(got.accuracy).toBeCloseTo(1 / 3, 15);
    expect(got.networkAccuracy).toBeCloseTo(2 / 3, 15);
    expect(got.strength).toBeCloseTo((3 + 4 + Math.sqrt(5)) / 4, 15);
    const q = posteriorsOf(points, directions, concentration);
    expect(got.confidence).toBeCloseTo((q[0]! + q[3]! + q[4]! + 0.5) / 4, 15);
  });

  it("is undefined where nothing is counted, never 0", () => {
    const none = agreementOf({ points: new Float64Array(0), probabilities: [], directions, concentration });
    expect(none).toMatchObject({ count: 0, agreement: undefined, accuracy: undefined, strength: undefined });
    const unlabelled = agreementOf({ points: Float64Array.of(1, 0), probabilities: [1, 0], directions, concentration });
    expect(unlabelled).toMatchObject({ agreement: 1, accuracy: undefined, networkAccuracy: undefined, labelled: 0 });
  });

  it("refuses other sizes", () => {
    const points = Float64Array.of(1, 0);
    for (const other of [{ probabilities: [1] }, { probabilities: [1, 0], labels: [0, 1] }])
      expect(() => agreementOf({ points, directions, concentration, ...other })).toThrow(
        expect.objectContaining({ code: "E_INPUT_SHAPE" }),
      );
  });
});
