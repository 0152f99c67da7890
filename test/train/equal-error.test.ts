/** @file The equal error threshold: worked out by hand, against the reference, on ties and on classes without a side. */
import { describe, expect, it } from "vitest";
import { normals, uniforms } from "../../src/random.ts";
import { equalError, equalErrors } from "../../src/train/equal-error.ts";
import { absent, hasShared, readSharedJson, readSharedNpy } from "../shared.ts";

const of = (scores: readonly number[], targets: readonly number[]) =>
  equalError(Float64Array.from(scores), Int32Array.from(targets));

describe("the equal error threshold", () => {
  it("parts what can be parted in the middle, without error", () => {
    expect(of([0, 1, 3, 4], [0, 0, 1, 1])).toMatchObject({ threshold: 2, rate: 0, reason: null });
  });
  it("interpolates where no threshold gives equal rates", () => {
    // One positive at 2, negatives at 0, 1, 3, 4: FPR - FNR is 1/2 at 1.5 and 1/2 - 1 at 2.5.
    expect(of([0, 1, 2, 3, 4], [0, 0, 1, 0, 0])).toMatchObject({ threshold: 2, rate: 0.5 });
  });
  it("never parts equal scores", () => {
    expect(of([5, 5, 5, 5], [1, 0, 0, 1])).toMatchObject({ threshold: 5, rate: 0.5 });
    const shuffledTies = [of([1, 2, 2, 3], [0, 0, 1, 1]), of([3, 2, 2, 1], [1, 1, 0, 0])];
    expect(shuffledTies[0]?.threshold).toBe(shuffledTies[1]?.threshold);
  });
  it("is 1 for a ranking upside down", () => {
    expect(of([4, 3, 1, 0], [0, 0, 1, 1])).toMatchObject({ threshold: 2, rate: 1 });
  });
  it("says why a class without positives or negatives has none", () => {
    expect(of([1, 2], [0, 0])).toMatchObject({ threshold: null, rate: null, reason: "no positive among 2 samples" });
    expect(of([1, 2], [1, 1]).reason).toBe("no negative among 2 samples");
    expect(of([], []).reason).toBe("no positive among 0 samples");
  });
  it("leaves neighbouring doubles on their sides", () => {
    const { threshold } = of([1, 1 + Number.EPSILON], [0, 1]);
    expect([1 > (threshold as number), 1 + Number.EPSILON > (threshold as number)]).toEqual([false, true]);
  });
  it("moves with the scores: scaled and shifted by what floats hold exactly", () => {
    const [normal, uniform] = [normals(3), uniforms(4)];
    const targets = Array.from({ length: 101 }, () => Number(uniform() < 0.3));
    const scores = targets.map((t) => Math.round(1024 * (t + normal())) / 1024);
    const [plain, moved] = [
      of(scores, targets),
      of(
        scores.map((s) => 4 * s),
        targets,
      ),
    ];
    expect(moved.rate).toBe(plain.rate);
    expect(moved.threshold).toBeCloseTo(4 * (plain.threshold as number), 12);
  });
  it("goes class by class, and refuses scores that are no numbers", () => {
    const all = equalErrors(Float32Array.of(0, 1, 2, 0), Float32Array.of(0, 1, 1, 0), 2);
    expect(all.map((e) => e.threshold)).toEqual([1, 0.5]);
    expect(() => of([Number.NaN], [1])).toThrow(expect.objectContaining({ code: "E_NUMERIC" }));
  });
});

const FOLDER = "golden2/ch2/eer_threshold";
interface Case {
  readonly theta: number;
  readonly exact: boolean;
  readonly fpr_lo: number;
}
interface Manifest {
  readonly cases: readonly {
    readonly id: string;
    readonly values: { readonly cases: { readonly value: readonly Case[] } };
  }[];
}

describe.skipIf(!hasShared(FOLDER))(`the equal error threshold against the reference${absent(FOLDER)}`, () => {
  const { cases } = hasShared(FOLDER) ? readSharedJson<Manifest>("golden2/MANIFEST.json") : { cases: [] };
  const golden = cases.find((c) => c.id === "ch2/eer_threshold")?.values.cases.value ?? [];
  it("has seven cases", () => expect(golden).toHaveLength(7));
  it.each(golden.map((g, i) => [i, g] as const))("case %i", (i, { theta, exact, fpr_lo }) => {
    const scores = Float64Array.from(readSharedNpy(`${FOLDER}/s${i}.npy`).data as Float64Array);
    const got = equalError(scores, readSharedNpy(`${FOLDER}/y${i}.npy`).data as Int32Array);
    expect(Math.abs((got.threshold as number) - theta)).toBeLessThanOrEqual(1e-12 + 1e-9 * Math.abs(theta));
    if (exact) expect(got.rate).toBeCloseTo(fpr_lo, 12);
  });
});
