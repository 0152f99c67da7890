import { describe, expect, it } from "vitest";
import { batches } from "../../src/patterns/batches.ts";
import { findOptimizer } from "../../src/patterns/optimizers.ts";

describe("optimisers of a projection", () => {
  it("descends by rate x gradient", () => {
    const theta = Float64Array.of(1, -2);
    findOptimizer("descent").advance(theta, Float64Array.of(0.5, 4), [], 0.1, 1);
    expect(Array.from(theta)).toEqual([0.95, -2.4]);
  });

  it("makes Adam's three steps, worked out by hand", () => {
    const theta = Float64Array.of(1);
    const state = [new Float64Array(1), new Float64Array(1)];
    // gradients 2, -1, 0.5; m = .2, .08, .122; v = .004, .004996, .005241004
    const wanted = [
      1 - 0.1 * (0.2 / 0.1 / (Math.sqrt(0.004 / 0.001) + 1e-8)),
      -0.1 * (0.08 / 0.19 / (Math.sqrt(0.004996 / (1 - 0.999 ** 2)) + 1e-8)),
      -0.1 * (0.122 / 0.271 / (Math.sqrt(0.005241004 / (1 - 0.999 ** 3)) + 1e-8)),
    ];
    let sum = 0;
    [2, -1, 0.5].forEach((slope, at) => {
      findOptimizer("adam").advance(theta, Float64Array.of(slope), state, 0.1, at + 1);
      sum += wanted[at] as number;
      expect(theta[0]).toBeCloseTo(sum, 12);
    });
  });

  it("refuses others, those of objects' prototypes too", () => {
    for (const name of ["sgd", "constructor"])
      expect(() => findOptimizer(name)).toThrow(expect.objectContaining({ code: "E_PARAM" }));
  });
});

describe("batches", () => {
  it("hold every row once an epoch, in another order each, whatever step is asked for first", () => {
    const of = batches(10, 4, 3);
    const epochs = [0, 1].map((e) => [0, 1, 2].flatMap((s) => Array.from(of(3 * e + s) as Int32Array)));
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(Array.from(batches(10, 4, 3)(4) as Int32Array)).toEqual(epochs[1]?.slice(4, 8));
    expect(batches(10, 4, 4)(0)).not.toEqual(of(0));
  });

  it("are all rows where none are asked for, or more than there are", () => {
    expect(batches(10, undefined, 0)(7)).toBeUndefined();
    expect(batches(10, 10, 0)(7)).toBeUndefined();
  });
});
