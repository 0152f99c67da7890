/** @file Completeness: right, random and inverted attributions; what each variant compares with. */
import { describe, expect, it } from "vitest";
import { completeness } from "../../src/metrics/completeness.ts";
import { wave } from "../nets.ts";
import { runMetric, scoredBy } from "./run.ts";
import { attribution, inRange, network, numberOf, picture, RIGHT, reasonOf, toyImage } from "./toy.ts";

const measure = (values: Float32Array | undefined) =>
  runMetric(completeness, toyImage(RIGHT, { attribution: values }), network());

describe("completeness", () => {
  it("input times gradient of a linear network is complete; random and inverted attributions are not", async () => {
    const right = await measure(attribution);
    for (const id of ["zero", "black", "none"]) expect(numberOf(right, id)).toBeLessThan(1e-6);
    expect(Math.abs(numberOf(right, "zero-difference"))).toBeLessThan(1e-4);
    expect(numberOf(await measure(wave(attribution.length, 3)), "zero")).toBeGreaterThan(0.1);
    expect(numberOf(await measure(attribution.map((v) => -v)), "zero")).toBeCloseTo(2, 5);
    inRange(completeness, right);
  });
  it("baselines differ where there is a bias and a normalisation", async () => {
    const biased = { score: scoredBy((x) => [3 + x.reduce((s, v) => s + v, 0), 0, 0]) };
    const toInput = (pixels: Float32Array): Float32Array => pixels.map((v) => (v - 0.5) / 0.25);
    const x = toInput(picture);
    const image = toyImage(RIGHT, { attribution: x, toInput, x, pixels: picture.slice() });
    const result = await runMetric(completeness, image, biased);
    expect(result.scored).toBe(3);
    expect(numberOf(result, "zero-difference")).toBeCloseTo(0, 3);
    expect(numberOf(result, "none-difference")).toBeCloseTo(-3, 3);
    expect(numberOf(result, "black-difference")).toBeCloseTo(-2 * picture.length, 1);
  });
  it("no attribution, NaN, no gain: reasons", async () => {
    expect(reasonOf(await measure(undefined), "zero")).toBe("the method gives no value for each input element");
    expect(reasonOf(await measure(attribution.map((v, i) => (i ? v : Number.NaN))), "zero")).toBe(
      "the map holds NaN or infinity",
    );
    const still = { score: scoredBy(() => [1, 1, 1]) };
    const result = await runMetric(completeness, toyImage(RIGHT, { attribution }), still);
    expect(reasonOf(result, "zero")).toBe("the score gained nothing over the baseline");
    expect(typeof result.values.none).toBe("number");
  });
});
