/** @file Learning rates: the ends of every course, its middle, the warm-up, settings that cannot be. */
import { describe, expect, it } from "vitest";
import { checkSchedule, rateAt, type Schedule } from "../../src/train/schedule.ts";

const rates = (schedule: Schedule, steps: readonly number[], totalSteps = 100, stepsAnEpoch = 10): readonly number[] =>
  steps.map((step) => rateAt(schedule, { step, totalSteps, stepsAnEpoch }));
const near = (got: readonly number[], expected: readonly number[]): void => {
  expect(got).toHaveLength(expected.length);
  for (const [i, e] of expected.entries()) expect(got[i]).toBeCloseTo(e, 12);
};

describe("the learning rate", () => {
  it("stays", () => near(rates({ kind: "constant", rate: 0.3 }, [0, 50, 99]), [0.3, 0.3, 0.3]));
  it("falls along half a cosine to its floor", () => {
    near(rates({ kind: "cosine", rate: 1 }, [0, 25, 50, 75, 100]), [
      1,
      (1 + Math.SQRT1_2) / 2,
      0.5,
      (1 - Math.SQRT1_2) / 2,
      0,
    ]);
    near(rates({ kind: "cosine", rate: 1, floor: 0.2 }, [0, 50, 100, 130]), [1, 0.6, 0.2, 0.2]);
  });
  it("steps down at milestones, and every few epochs", () => {
    near(rates({ kind: "step", rate: 1, milestones: [3, 6] }, [0, 29, 30, 59, 60, 99]), [1, 1, 0.1, 0.1, 0.01, 0.01]);
    near(rates({ kind: "step", rate: 1, every: 4, factor: 0.5 }, [39, 40, 79, 80]), [1, 0.5, 0.5, 0.25]);
  });
  it("rises linearly at first, then begins its course", () => {
    near(rates({ kind: "constant", rate: 1, warmupEpochs: 0.4 }, [0, 1, 2, 3, 4, 5]), [0.2, 0.4, 0.6, 0.8, 1, 1]);
    near(rates({ kind: "cosine", rate: 1, warmupEpochs: 1 }, [9, 10, 55, 100]), [10 / 11, 1, 0.5, 0]);
    near(rates({ kind: "step", rate: 1, every: 2, warmupEpochs: 1 }, [0, 19, 20]), [1 / 11, 1, 0.1]);
  });
  it("is that of the step alone, so a resumed training goes on with it", () => {
    const schedule: Schedule = { kind: "cosine", rate: 0.1, warmupEpochs: 2, floor: 1e-4 };
    const all = rates(
      schedule,
      Array.from({ length: 100 }, (_, i) => i),
    );
    expect(rates(schedule, [63])[0]).toBe(all[63]);
    expect(Math.max(...all)).toBeLessThanOrEqual(0.1);
    expect(Math.min(...all.slice(20))).toBeGreaterThanOrEqual(1e-4);
  });
  it.each([
    [{ kind: "constant", rate: 0 }, "rate is 0"],
    [{ kind: "constant", rate: Number.NaN }, "rate is NaN"],
    [{ kind: "constant", rate: 1, warmupEpochs: -1 }, "warmupEpochs is -1"],
    [{ kind: "cosine", rate: 1, floor: 2 }, "floor is 2"],
    [{ kind: "step", rate: 1 }, "either milestones or every"],
    [{ kind: "step", rate: 1, every: 2, milestones: [1] }, "either milestones or every"],
    [{ kind: "step", rate: 1, every: 0 }, "every is 0"],
    [{ kind: "step", rate: 1, milestones: [1.5] }, "a milestone is 1.5"],
    [{ kind: "step", rate: 1, every: 1, factor: 2 }, "factor is 2"],
    [{ kind: "linear", rate: 1 }, "unknown, expected one of constant, cosine, step"],
  ])("refuses %o", (schedule, what) => {
    expect(() => checkSchedule(schedule as Schedule)).toThrow(
      expect.objectContaining({ code: "E_PARAM", message: expect.stringContaining(what) }),
    );
  });
  it("takes what it can follow", () => {
    for (const schedule of [
      { kind: "constant", rate: 1 },
      { kind: "cosine", rate: 1, floor: 1 },
      { kind: "step", rate: 1, milestones: [1, 2] },
    ] as const)
      expect(() => checkSchedule(schedule)).not.toThrow();
  });
});
