import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { leadingAxes } from "../../src/patterns/leading-axes.ts";
import { normals } from "../../src/random.ts";

const random = normals(11);
const rowsOf = (count: number, scales: readonly number[], offset = 0): Float64Array =>
  Float64Array.from(
    { length: count * scales.length },
    (_, at) => offset + random() * (scales[at % scales.length] as number),
  );

/** Dense eigenpairs of the covariance, by falling value. */
function dense(rows: Float64Array, width: number): { values: number[]; vectors: number[][] } {
  const m = Matrix.from1DArray(rows.length / width, width, rows);
  const centred = m.clone().subRowVector(m.mean("column"));
  const covariance = centred.transpose().mmul(centred).div(m.rows);
  const found = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = found.realEigenvalues
    .map((_, i) => i)
    .sort((a, b) => found.realEigenvalues[b]! - found.realEigenvalues[a]!);
  return {
    values: order.map((i) => found.realEigenvalues[i] as number),
    vectors: order.map((i) => found.eigenvectorMatrix.getColumn(i)),
  };
}

describe("leading axes", () => {
  it.each([
    ["a spread spectrum", 80, [9, 7, 4, 3, 2, 1, 0.5, 0.2]],
    ["near variances", 60, Array.from({ length: 40 }, (_, j) => 1 + 0.02 * j)],
    ["fewer rows than numbers", 6, Array.from({ length: 30 }, () => 1)],
  ])("are those of the dense covariance: %s", (_, count, scales) => {
    const rows = rowsOf(count, scales, 50);
    const width = scales.length;
    const got = leadingAxes({ features: rows, width }, 3);
    const wanted = dense(rows, width);
    expect(got.count).toBe(3);
    for (let k = 0; k < 3; k++) {
      expect(Math.abs(got.variances[k]! / wanted.values[k]! - 1)).toBeLessThan(1e-9);
      const axis = got.axes.subarray(k * width, (k + 1) * width);
      const cosine = axis.reduce((s, v, j) => s + v * (wanted.vectors[k]![j] as number), 0);
      expect(Math.abs(Math.abs(cosine) - 1)).toBeLessThan(1e-9);
      expect(axis.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best), 0)).toBeGreaterThan(0);
    }
  });

  it("finds both axes of a variance that repeats, and no more than there are", () => {
    // four points of a square in the plane of the first two of five numbers
    const rows = Float64Array.of(1, 1, 0, 0, 3, 1, -1, 0, 0, 3, -1, 1, 0, 0, 3, -1, -1, 0, 0, 3);
    const { count, axes, variances } = leadingAxes({ features: rows, width: 5 }, 3);
    expect(count).toBe(2);
    expect(variances[0]).toBeCloseTo(1, 12);
    expect(variances[1]).toBeCloseTo(1, 12);
    const [a, b] = [axes.subarray(0, 5), axes.subarray(5, 10)];
    expect(a.reduce((s, v, j) => s + v * (b[j] as number), 0)).toBeCloseTo(0, 12);
    for (const axis of [a, b]) expect(Math.hypot(axis[0]!, axis[1]!)).toBeCloseTo(1, 12);
  });

  it("finds none among rows that are all the same, whatever they are", () => {
    const row = Float32Array.from({ length: 9 }, () => random() * 1e3);
    const features = new Float32Array(7 * 9);
    for (let i = 0; i < 7; i++) features.set(row, i * 9);
    expect(leadingAxes({ features, width: 9 }, 3).count).toBe(0);
    expect(leadingAxes({ features: new Float32Array(12), width: 4 }, 3).count).toBe(0);
  });

  it("finds one along a line, and at most as many as rows have numbers", () => {
    const line = Float64Array.from({ length: 20 }, (_, at) => Math.floor(at / 4) * ((at % 4) + 1));
    const { count, axes } = leadingAxes({ features: line, width: 4 }, 3);
    expect(count).toBe(1);
    for (let j = 0; j < 4; j++) expect(axes[j]).toBeCloseTo((j + 1) / Math.sqrt(30), 12);
    expect(leadingAxes({ features: rowsOf(10, [1, 2]), width: 2 }, 3).count).toBe(2);
  });
});
