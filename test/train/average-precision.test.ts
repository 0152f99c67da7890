/** @file Average precision: values worked out by hand, the reference cases, ties, and what has none. */
import { describe, expect, it } from "vitest";
import { averagePrecision, meanAveragePrecision } from "../../src/train/average-precision.ts";
import { absent, hasShared, readSharedJson, readSharedNpy } from "../shared.ts";

const of = (scores: readonly number[], targets: readonly number[]) =>
  averagePrecision(Float64Array.from(scores), Int32Array.from(targets));

describe("average precision", () => {
  it("is 1 for a perfect ranking, and the share of positives at the end of the worst", () => {
    expect(of([4, 3, 2, 1], [1, 1, 0, 0])).toMatchObject({ elevenPoint: 1, allPoint: 1, positives: 2 });
    const worst = of([4, 3, 2, 1], [0, 0, 1, 1]);
    expect(worst.allPoint).toBeCloseTo(0.5, 15);
    expect(worst.elevenPoint).toBeCloseTo(0.5, 15);
  });
  it("follows its definition where both forms differ", () => {
    // Found at places 1 and 3 of 4: precision 1 up to recall 1/2, 2/3 up to 1.
    const ap = of([9, 8, 7, 6], [1, 0, 1, 0]);
    expect(ap.elevenPoint).toBeCloseTo((6 * 1 + 5 * (2 / 3)) / 11, 14);
    expect(ap.allPoint).toBeCloseTo((1 + 2 / 3) / 2, 14);
  });
  it("takes precision from the right: a later rise lifts what stands before it", () => {
    // Places 2 and 3: precisions 1/2 and 2/3.
    expect(of([9, 8, 7], [0, 1, 1]).allPoint).toBeCloseTo(2 / 3, 14);
  });
  it("ranks equal scores in the order of the data", () => {
    expect(of([1, 1], [1, 0]).allPoint).toBe(1);
    expect(of([1, 1], [0, 1]).allPoint).toBe(0.5);
  });
  it("says why a class without a positive has none, and leaves it out of the mean", () => {
    expect(of([1, 2], [0, 0])).toMatchObject({
      elevenPoint: null,
      allPoint: null,
      reason: "no positive among 2 samples",
    });
    expect(of([], []).reason).toBe("no positive among 0 samples");
    const all = meanAveragePrecision(Float32Array.of(3, 1, 2, 2, 1, 3), Float32Array.of(1, 0, 0, 0, 1, 0), 2);
    expect(all.classes.map((c) => c.positives)).toEqual([2, 0]);
    expect(all.allPoint).toBeCloseTo((1 + 2 / 3) / 2, 14);
    expect(all.undefinedClasses).toBe(1);
    expect(meanAveragePrecision(Float32Array.of(1), Float32Array.of(0), 1).allPoint).toBeNull();
  });
  it("refuses scores that cannot be ranked and sizes that do not fit", () => {
    expect(() => of([1, Number.NaN], [1, 0])).toThrow(expect.objectContaining({ code: "E_NUMERIC" }));
    expect(() => of([1], [1, 0])).toThrow(expect.objectContaining({ code: "E_INPUT_SHAPE" }));
    expect(() => meanAveragePrecision(new Float32Array(5), new Float32Array(5), 2)).toThrow(
      expect.objectContaining({ code: "E_INPUT_SHAPE" }),
    );
  });
});

const FOLDER = "golden2/ch2/average_precision";
interface Case {
  readonly positives: number;
  readonly ap11: number | "undefined";
  readonly ap_area: number | "undefined";
}
interface Manifest {
  readonly cases: readonly {
    readonly id: string;
    readonly values: { readonly cases: { readonly value: readonly Case[] } };
  }[];
}

describe.skipIf(!hasShared(FOLDER))(`average precision against the reference${absent(FOLDER)}`, () => {
  const { cases } = hasShared(FOLDER) ? readSharedJson<Manifest>("golden2/MANIFEST.json") : { cases: [] };
  const golden = cases.find((c) => c.id === "ch2/average_precision")?.values.cases.value ?? [];
  it("has eight cases", () => expect(golden).toHaveLength(8));
  it.each(golden.map((g, i) => [i, g] as const))("case %i", (i, { positives, ap11, ap_area }) => {
    const scores = Float64Array.from(readSharedNpy(`${FOLDER}/s${i}.npy`).data as Float64Array);
    const targets = readSharedNpy(`${FOLDER}/y${i}.npy`).data as Int32Array;
    const got = averagePrecision(scores, targets);
    expect(got.positives).toBe(positives);
    for (const [ours, theirs] of [
      [got.elevenPoint, ap11],
      [got.allPoint, ap_area],
    ] as const)
      if (theirs === "undefined") expect(ours).toBeNull();
      else expect(Math.abs((ours as number) - theirs)).toBeLessThanOrEqual(1e-12 + 1e-9 * Math.abs(theirs));
  });
});
