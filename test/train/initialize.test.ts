import { describe, expect, it } from "vitest";
import { constantly, denseUniform, heNormal } from "../../src/train/initialize.ts";

const moments = (
  values: ArrayLike<number>,
): { readonly mean: number; readonly square: number; readonly most: number } => {
  const all = Array.from(values);
  return {
    mean: all.reduce((s, v) => s + v, 0) / all.length,
    square: all.reduce((s, v) => s + v * v, 0) / all.length,
    most: all.reduce((m, v) => Math.max(m, Math.abs(v)), 0),
  };
};

describe("initial weights", () => {
  it.each([
    ["relu", 2 / (32 * 9)],
    ["linear", 1 / (32 * 9)],
  ] as const)("heNormal(%s) has mean 0 and variance gain / fan-in", (gain, variance) => {
    const { dims, data } = heNormal(gain)([64, 32, 3, 3], "conv.weight", 7);
    expect(dims).toEqual([64, 32, 3, 3]);
    const { mean, square } = moments(data as Float32Array);
    // four standard errors of mean and variance over 18,432 numbers
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / 18_432));
    expect(Math.abs(square / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 18_432));
  });

  it("counts the fan-in of a grouped convolution by its weights", () => {
    const { square } = moments(heNormal()([1024, 1, 3, 3], "depthwise.weight", 7).data as Float32Array);
    expect(Math.abs(square / (2 / 9) - 1)).toBeLessThan(4 * Math.sqrt(2 / 9216));
  });

  it("denseUniform stays within 1/√fan-in and has variance 1 / (3 fan-in)", () => {
    const { mean, square, most } = moments(denseUniform([100, 64], "head.weight", 7).data as Float32Array);
    expect(most).toBeLessThanOrEqual(1 / 8);
    expect(most).toBeGreaterThan(0.124);
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(1 / 192 / 6400));
    // kurtosis of a uniform variable: Var(x²) = 4/5 E[x²]²
    expect(Math.abs(square * 192 - 1)).toBeLessThan(4 * Math.sqrt(0.8 / 6400));
  });

  it("constantly fills any dims, a scalar included", () => {
    expect(constantly(1)([3], "a", 0)).toEqual({ dtype: "float32", dims: [3], data: new Float32Array([1, 1, 1]) });
    expect(constantly(6)([], "b", 0)).toEqual({ dtype: "float32", dims: [], data: new Float32Array([6]) });
  });

  it.each([heNormal(), denseUniform])("is decided by seed and name alone (%#)", (initialize) => {
    const first = initialize([4, 5], "a.weight", 3).data;
    expect(initialize([4, 5], "a.weight", 3).data).toEqual(first);
    expect(initialize([4, 5], "a.weight", 4).data).not.toEqual(first);
    expect(initialize([4, 5], "b.weight", 3).data).not.toEqual(first);
  });

  it("gives layers of neighbouring names, and neighbouring seeds, unrelated numbers", () => {
    const draw = (name: string, seed: number): readonly number[] =>
      Array.from(heNormal()([64, 64], name, seed).data as Float32Array);
    const correlation = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((s, v, i) => s + v * b[i]!, 0) / (a.length * (2 / 64));
    const base = draw("block1.conv1.weight", 0);
    for (const other of [
      draw("block1.conv2.weight", 0),
      draw("block2.conv1.weight", 0),
      draw("block1.conv1.weight", 1),
      draw("block1.conv1.weight", -1),
    ])
      expect(Math.abs(correlation(base, other))).toBeLessThan(4 / Math.sqrt(base.length));
  });
});
