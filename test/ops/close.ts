/** @file When two tensors count as equal. */
import { expect } from "vitest";
import type { NumTensor } from "../../src/ops/num-tensor.ts";

/** Element by element: within `tol` of the larger of its own size and the mean size; NaN equals NaN, infinities exactly. */
export function expectClose(got: NumTensor, want: NumTensor, tol: number, what: string): void {
  expect(got.dims, `${what}: dims`).toEqual(want.dims);
  const finite = Array.from(want.data).filter(Number.isFinite);
  const scale = finite.reduce((sum, v) => sum + Math.abs(v), 0) / Math.max(1, finite.length);
  want.data.forEach((w, i) => {
    const g = got.data[i] as number;
    if (Object.is(g, w) || g === w) return;
    if (!(Math.abs(g - w) <= tol * Math.max(Math.abs(w), scale))) {
      expect.fail(
        `${what}: element ${i} is ${g}, expected ${w} (tolerance ${tol}); got [${got.data.slice(0, 24)}], expected [${want.data.slice(0, 24)}]`,
      );
    }
  });
}
