/** @file kappa(l): against the reference set, closed forms of three dimensions, draws, and at its ends. */
import { describe, expect, it } from "vitest";
import { erf } from "../../src/ops/_erf.ts";
import {
  type ConcentrationOptions,
  closedForm,
  concentrationFrom,
  concentrationOf,
  settledConcentration,
} from "../../src/patterns/concentration.ts";
import { drawnMean } from "../../src/patterns/noisy-draws.ts";
import { farFrom, noisyMean } from "../../src/patterns/noisy-mean.ts";
import { meanResultant } from "../../src/patterns/von-mises-fisher.ts";
import { absent, hasShared } from "../shared.ts";
import { left, MANIFEST, patternCase } from "./golden.ts";

const relative = (found: number, wanted: number): number => Math.abs(found - wanted) / Math.abs(wanted);
const kappa0Of = (value: number | string): number => (value === "inf" ? Number.POSITIVE_INFINITY : Number(value));

describe.skipIf(!hasShared(MANIFEST))(`kappa(l) of the reference set${absent(MANIFEST)}`, () => {
  it("equals kappa_table, from the table and beyond it", () => {
    const golden = patternCase("kappa_table");
    const strengths = [...golden.array("l")];
    const axes = golden
      .param<number[]>("d")
      .flatMap((d) => golden.param<(number | string)[]>("kappa0").map((k) => ({ d, kappa0: kappa0Of(k) })));
    const each = (of: (d: number, kappa0: number) => (l: number) => number): number[] =>
      axes.flatMap(({ d, kappa0 }) => strengths.map(of(d, kappa0)));
    golden.expectOutput(
      "rho",
      each((d, kappa0) => (l) => meanResultant(d, kappa0) * noisyMean(d, l).length),
    );
    golden.expectOutput(
      "kappa",
      each((dimension, kappa0) => concentrationOf({ dimension, kappa0 }).at),
    );
    golden.expectOutput(
      "dkappa_dl",
      each((dimension, kappa0) => concentrationOf({ dimension, kappa0 }).slope),
    );
    expect(left("kappa_table")).toEqual([]);
  });

  it("equals kappa_monte_carlo on its stored draws", () => {
    const golden = patternCase("kappa_monte_carlo");
    const [noise, stored, d] = [golden.array("eps"), golden.array("clean_dirs"), golden.param<number>("d")];
    const axis = noise.map((_, i) => (i % d === 0 ? 1 : 0));
    const found = [axis, stored].flatMap((clean) =>
      golden.param<number[]>("l").map((l) => drawnMean({ dimension: d, clean, noise }, l)),
    );
    golden.expectOutput(
      "fbar",
      found.flatMap(({ mean }) => [...mean]),
    );
    golden.expectOutput(
      "kappa",
      found.map(({ length, lack }) => concentrationFrom(d, length, lack / (1 + length), 0).kappa),
    );
    expect(left("kappa_monte_carlo")).toEqual([]);
  });
});

describe("kappa(l) in closed form", () => {
  it("equals the error function's formula in three dimensions", () => {
    const { at } = concentrationOf({ dimension: 3 });
    for (let l = 1; l < 60; l += 0.37) {
      const gap = 1 - (erf(l / Math.SQRT2) * (1 - 1 / (l * l)) + (Math.sqrt(2 / Math.PI) * Math.exp((-l * l) / 2)) / l);
      const wanted = ((1 - gap) * (2 + gap * (2 - gap))) / (gap * (2 - gap));
      // 1 - rho by a difference loses l^2 times rounding
      expect(relative(at(l), wanted), `l ${l}`).toBeLessThan(1e-12 + 1e-15 * l * l);
    }
  });

  it("is interpolated to 1e-11 of kappa and 2e-9 of the slope", () => {
    let [worst, steepest] = [0, 0];
    for (const options of [
      { dimension: 2 },
      { dimension: 3 },
      { dimension: 3, kappa0: 5 },
      { dimension: 10, kappa0: 200 },
    ]) {
      const { at, slope } = concentrationOf(options);
      const exact = closedForm(options.dimension, options.kappa0 ?? Number.POSITIVE_INFINITY);
      for (let i = 0; i < 20_000; i++) {
        const s = (i + 0.5) * 0.00253;
        const wanted = exact(s);
        worst = Math.max(worst, relative(at(s), wanted.kappa));
        steepest = Math.max(steepest, Math.abs(slope(s) - wanted.slope) / Math.max(1, wanted.slope));
      }
    }
    expect(worst).toBeLessThan(1e-11);
    expect(steepest).toBeLessThan(2e-9);
  });

  it("has the slope of its own curve", () => {
    for (const dimension of [2, 3, 10])
      for (const kappa0 of [Number.POSITIVE_INFINITY, 8]) {
        const { at, slope } = concentrationOf({ dimension, kappa0, sigma: 1.7 });
        for (const l of [0.013, 0.4, 1.9, 6.6, 31, 84.5, 91, 400]) {
          const step = 1e-5 * l;
          const difference = (at(l + step) - at(l - step)) / (2 * step);
          // against the rounding of at() in the difference as well
          expect(Math.abs(slope(l) - difference), `d ${dimension}, l ${l}`).toBeLessThan(
            1e-8 * Math.max(1, slope(l)) + (1e-15 * at(l)) / step,
          );
        }
      }
  });

  it.each([2, 3, 10, 1024])(
    "passes from series to expansion to asymptote without a step, and rises, d = %i",
    (dimension) => {
      const exact = closedForm(dimension, Number.POSITIVE_INFINITY);
      const { at, slope } = concentrationOf({ dimension });
      const end = Math.max(50, Math.ceil(farFrom(dimension)));
      for (const [curve, grade, where] of [
        [(s: number) => exact(s).kappa, (s: number) => exact(s).slope, farFrom(dimension)],
        [at, slope, 50],
        [at, slope, end],
      ] as const) {
        const step = where * 1e-12;
        expect(relative(curve(where + step) - 2 * step * grade(where), curve(where - step))).toBeLessThan(1e-10);
        expect(relative(grade(where + step), grade(where - step))).toBeLessThan(1e-8);
      }
      const falls: number[] = [];
      let last = -1;
      for (let i = 0; i < 60_000; i++) {
        const l = i * 0.0017;
        const kappa = at(l);
        if (!(kappa > last && slope(l) > 0)) falls.push(l);
        last = kappa;
      }
      expect(falls).toEqual([]);
    },
  );

  it("approaches q + (d - 2)/2 - (d^2 - 10 d + 31)/(8 q), q = (l / sigma)^2, at the order q^-2", () => {
    for (const dimension of [2, 3, 10])
      for (const l of [60, 120, 240]) {
        const q = l * l;
        const wanted = q + (dimension - 2) / 2 - (dimension ** 2 - 10 * dimension + 31) / (8 * q);
        expect(Math.abs(concentrationOf({ dimension }).at(l) - wanted)).toBeLessThan(20 / q ** 2 + 4e-15 * q);
      }
  });

  it("begins at 0 with slope d A_d(kappa0) c_d and ends at infinity, or at the estimate of kappa0", () => {
    const { at, slope } = concentrationOf({ dimension: 3 });
    expect([at(0), at(Infinity), slope(Infinity)]).toEqual([0, Infinity, Infinity]);
    expect(slope(0)).toBeCloseTo(3 * Math.sqrt(2 / Math.PI) * (2 / 3), 12);
    expect(concentrationOf({ dimension: 2 }).slope(0)).toBeCloseTo(2 * Math.sqrt(Math.PI / 8), 12);
    expect(relative(at(1e-30), 3 * 0.531923040535 * 1e-30)).toBeLessThan(1e-10);
    expect(relative(at(1e100), 1e200)).toBeLessThan(1e-14);
    expect(relative(slope(1e100), 2e100)).toBeLessThan(1e-14);
    const bounded = concentrationOf({ dimension: 3, kappa0: 5 });
    const a = 1 / Math.tanh(5) - 1 / 5;
    expect(relative(bounded.at(1e12), (a * (3 - a * a)) / (1 - a * a))).toBeLessThan(1e-14);
    expect(bounded.at(Infinity)).toBe(bounded.at(1e200));
    expect(bounded.slope(Infinity)).toBe(0);
    expect(at(Number.NaN)).toBeNaN();
  });

  it("depends on l / sigma alone", () => {
    const [unit, wide] = [concentrationOf({ dimension: 2 }), concentrationOf({ dimension: 2, sigma: 4 })];
    for (const l of [0.3, 2, 11, 70]) {
      expect(wide.at(4 * l)).toBe(unit.at(l));
      expect(wide.slope(4 * l)).toBe(unit.slope(l) / 4);
    }
  });
});

describe("kappa(l) by draws", () => {
  it.each([
    [2, Number.POSITIVE_INFINITY],
    [3, Number.POSITIVE_INFINITY],
    [3, 5],
    [10, 20],
  ])("is within one per cent of the closed form at N = 2e5, d = %i, kappa0 = %f", (dimension, kappa0) => {
    const drawn = concentrationOf({ dimension, kappa0, mode: "monte-carlo", draws: 200_000 });
    const closed = concentrationOf({ dimension, kappa0 });
    for (const l of [0.25, 1, 3, 10, 60])
      expect(relative(drawn.at(l), closed.at(l)), `l ${l}: ${drawn.at(l)} for ${closed.at(l)}`).toBeLessThan(0.01);
    expect(drawn.at(0)).toBe(0);
  });

  it("rises, has the slope of its own curve, and is the same for the same seed", () => {
    const options = { dimension: 3, kappa0: 30, mode: "monte-carlo", draws: 1000 } as const;
    const { at, slope } = concentrationOf(options);
    const again = concentrationOf(options);
    let last = 0;
    for (let l = 0.01; l < 12; l *= 1.05) {
      expect(at(l)).toBeGreaterThan(last);
      last = at(l);
      const step = 1e-6 * l;
      expect(relative((at(l + step) - at(l - step)) / (2 * step), slope(l)), `l ${l}`).toBeLessThan(1e-3);
      expect(again.at(l)).toBe(at(l));
    }
    expect(concentrationOf({ ...options, seed: 1 }).at(2)).not.toBe(at(2));
  });
});

describe("choices", () => {
  it("are named with their defaults", () => {
    expect(settledConcentration({ dimension: 3, sigma: undefined })).toEqual({
      dimension: 3,
      sigma: 1,
      kappa0: Number.POSITIVE_INFINITY,
      mode: "closed-form",
      draws: 10_000,
      seed: 0,
    });
  });
  it.each<readonly [string, ConcentrationOptions]>([
    ["dimension", { dimension: 1 }],
    ["dimension", { dimension: 2.5 }],
    ["sigma", { dimension: 3, sigma: 0 }],
    ["sigma", { dimension: 3, sigma: Number.POSITIVE_INFINITY }],
    ["kappa0", { dimension: 3, kappa0: 0 }],
    ["kappa0", { dimension: 3, kappa0: Number.NaN }],
    ["mode", { dimension: 3, mode: "closed_form" as "closed-form" }],
    ["draws", { dimension: 3, draws: 1 }],
    ["seed", { dimension: 3, seed: 0.5 }],
  ])("refuses a bad %s", (name, options) => {
    expect(() => concentrationOf(options)).toThrowError(
      expect.objectContaining({ code: "E_PARAM", message: expect.stringContaining(`\`${name}\``) }),
    );
  });
});
