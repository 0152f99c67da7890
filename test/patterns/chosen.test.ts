import { describe, expect, it } from "vitest";
import { chosen, chosenLabels } from "../../src/patterns/chosen.ts";

describe("chosen categories", () => {
  it("are renormalised, in the order named", () => {
    const got = chosen([0.1, 0.2, 0.3, 0.4, 0, 0.5, 0.5, 0], 4, [3, 1]);
    expect(got.categories).toBe(2);
    expect(got.empty).toBe(0);
    [2 / 3, 1 / 3, 0, 1].forEach((p, at) => {
      expect(got.probabilities[at]).toBeCloseTo(p, 15);
    });
  });

  it("keep ten of a thousand that the network hardly believes in", () => {
    const row = new Float32Array(1000).fill(1e-30);
    row[7] = 1;
    row[20] = 3e-30;
    const { probabilities } = chosen(row, 1000, [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(probabilities[9]).toBeCloseTo(3 / 12, 6);
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 15);
  });

  it("are uniform where all are impossible, and say for how many samples", () => {
    const got = chosen([1, 0, 0, 0.5, 0.5, 0], 3, [1, 2]);
    expect(Array.from(got.probabilities)).toEqual([0.5, 0.5, 1, 0]);
    expect(got.empty).toBe(1);
  });

  it("renumber labels", () => {
    expect(Array.from(chosenLabels([5, 2, 9, 5], [9, 5]))).toEqual([1, -1, 0, 1]);
  });

  it.each([[[]], [[0, 0]], [[3]], [[-1]], [[0.5]]])("refuse %j of three", (classes) => {
    expect(() => chosen([0.2, 0.3, 0.5], 3, classes)).toThrow(expect.objectContaining({ code: "E_PARAM" }));
  });

  it("refuse what is no probability", () => {
    for (const bad of [Number.NaN, -0.1, Number.POSITIVE_INFINITY])
      expect(() => chosen([0.2, bad, 0.5], 3, [1])).toThrow(expect.objectContaining({ code: "E_NUMERIC" }));
    expect(() => chosen([0.2, 0.3], 3, [1])).toThrow(expect.objectContaining({ code: "E_INPUT_SHAPE" }));
  });
});
