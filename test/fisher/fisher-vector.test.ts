/** @file Fisher vectors, plain: the reference set, the definition written out, cells, and what is defined for degenerate pictures. */
import { describe, expect, it } from "vitest";
import { atomsOf, cellPlan } from "../../src/fisher/cells.ts";
import { fisherSums, normalised, rawFisherVector } from "../../src/fisher/fisher-vector.ts";
import { frameGrids, framesOf } from "../../src/fisher/frames.ts";
import type { Mixture } from "../../src/fisher/mixture.ts";
import { CELLS, cellWidth, vectorWidth } from "../../src/fisher/pipeline.ts";
import { activePosteriors, NEGLIGIBLE, posteriors } from "../../src/fisher/posteriors.ts";
import { TOOLKIT_SIFT } from "../../src/fisher/sift-settings.ts";
import { absent, hasShared } from "../shared.ts";
import { dot, drawn, drawnMixture, mixtureOf, psiByDefinition, rowsOf, sum } from "./fixtures.ts";
import { expectWithin, goldenCase, MANIFEST } from "./golden.ts";

const close = { atol: 1e-12, rtol: 1e-10 };

describe.skipIf(!hasShared(MANIFEST))(`Fisher vectors against reference code${absent(MANIFEST)}`, () => {
  const reference = () => {
    const c = goldenCase("fisher_vectors");
    const [components, width] = c.shape("mu") as [number, number];
    const mixture: Mixture = {
      components,
      width,
      weights: c.array("pi"),
      means: c.array("mu"),
      deviations: c.array("sigma"),
    };
    return { c, width, mixture };
  };

  it("posteriors and single descriptors", () => {
    const { c, width, mixture } = reference();
    const rows = c.array("X0");
    c.expectOutput("gamma0_first200", posteriors(rows.subarray(0, 200 * width), mixture));
    const each = rowsOf(rows.subarray(0, 50 * width), width).flatMap((l) => [...rawFisherVector(l, mixture)]);
    c.expectOutput("m0_first50", each);
  });

  it.each([0, 1, 2])("picture %i", (i) => {
    const { c, mixture } = reference();
    const rows = c.array(`X${i}`);
    const { sums } = fisherSums({ rows }, { mixture, zeroth: true, spatial: "none" });
    const raw = rawFisherVector(rows, mixture);
    c.expectOutput(`sum${i}`, sums);
    c.expectOutput(`raw${i}`, raw);
    c.expectOutput(`phi${i}`, normalised(raw));
  });

  it("without the block of weights", () => {
    const { c, mixture } = reference();
    const raw = rawFisherVector(c.array("X0"), mixture, { zeroth: false });
    c.expectOutput("raw_without_weights0", raw);
    c.expectOutput("phi_without_weights0", normalised(raw));
  });

  it("the Hellinger kernel is the linear kernel of Phi", () => {
    const { c, mixture } = reference();
    const raws = [0, 1, 2].map((i) => rawFisherVector(c.array(`X${i}`), mixture));
    const phis = raws.map((raw) => normalised(raw));
    c.expectOutput(
      "hellinger_kernel",
      phis.flatMap((a) => phis.map((b) => dot(a, b))),
    );
    const lengths = raws.map((raw) => sum(raw.map(Math.abs)));
    const hellinger = raws.flatMap((x, i) =>
      raws.map((y, j) =>
        sum(
          x.map((v, d) => {
            const w = y[d] as number;
            const product = (Math.abs(v) / (lengths[i] as number)) * (Math.abs(w) / (lengths[j] as number));
            return Math.sign(v * w) * Math.sqrt(product);
          }),
        ),
      ),
    );
    c.expectOutput("hellinger_kernel", hellinger);
  });
});

describe("Fisher vectors", () => {
  it("the worked example of two Gaussians on a line", () => {
    const mixture = mixtureOf([0.25, 0.75], [[0], [2]], [[1], [0.5]]);
    const rows = Float64Array.of(0, 1, 3);
    const six = { atol: 5.1e-7, rtol: 0 };
    expectWithin("gamma", posteriors(rows, mixture), [0.997991, 0.002009, 0.427573, 0.572427, 0.013496, 0.986504], six);
    const raw = rawFisherVector(rows, mixture);
    expectWithin("raw", raw, [0.459374, -0.26522, 0.312041, 0.315664, -0.41956, 1.281062], six);
    expectWithin("Phi", normalised(raw), [0.387905, -0.294744, 0.319704, 0.321555, -0.370714, 0.64778], six);
  });

  it.each([true, false])("mean of Psi as it is defined (weights: %s)", (zeroth) => {
    const mixture = drawnMixture(3, 5, 4);
    const rows = drawn(7, 4 * 60, 2);
    const table = rowsOf(rows, 4).map((l) => psiByDefinition(l, mixture, zeroth));
    const wanted = (table[0] as number[]).map((_, d) => sum(table.map((m) => m[d] as number)) / table.length);
    expectWithin("raw", rawFisherVector(rows, mixture, { zeroth }), wanted, { atol: 1e-10, rtol: 1e-9 });
  });

  it("posteriors sum to 1, far from every mean as well; the negligible ones are left out", () => {
    const mixture = drawnMixture(11, 6, 3);
    const rows = Float64Array.of(...drawn(5, 30, 3), 1e4, -1e4, 1e4);
    for (const gamma of rowsOf(posteriors(rows, mixture), 6)) expect(sum(gamma)).toBeCloseTo(1, 12);
    const all = posteriors(rows, mixture);
    const active = activePosteriors(rows, mixture);
    const dense = new Float64Array(all.length);
    for (let i = 0; i < active.count; i++)
      for (let a = active.starts[i] as number; a < (active.starts[i + 1] as number); a++)
        dense[6 * i + (active.components[a] as number)] = active.values[a] as number;
    expect(dense).toEqual(all.map((v) => (v >= NEGLIGIBLE ? v : 0)));
    expect(dense).not.toEqual(all);
  });

  it("no descriptors, one descriptor, an all-zero vector, more Gaussians than descriptors", () => {
    const mixture = drawnMixture(2, 9, 3);
    const none = rawFisherVector(new Float64Array(0), mixture);
    expect(none).toEqual(new Float64Array(63));
    expect(normalised(none)).toEqual(new Float64Array(63));
    const one = normalised(rawFisherVector(drawn(1, 3), mixture));
    expect(dot(one, one)).toBeCloseTo(1, 12);
    // one Gaussian, descriptors one deviation to either side: nothing would move
    const single = mixtureOf([1], [[0]], [[1]]);
    expect(rawFisherVector(Float64Array.of(-1, 1), single)).toEqual(Float64Array.of(0, 0, 0));
  });
});

describe("cells", () => {
  const size = { width: 61, height: 74 };
  const grids = frameGrids(size, TOOLKIT_SIFT);
  const frames = framesOf(grids);
  const count = frames.length / 3;
  const plan = cellPlan("pyramid");
  const atoms = atomsOf(grids, size, plan);

  it("every frame lies in the cells that hold its centre", () => {
    expect(plan.atoms).toBe(8);
    for (let i = 0; i < count; i++) {
      const [x, y] = [(frames[3 * i] as number) + 0.5, (frames[3 * i + 1] as number) + 0.5];
      const inside = CELLS.pyramid.flatMap(([x0, y0, x1, y1], cell) =>
        // sixths of whole sides, so that thirds are exact
        6 * x >= Math.round(6 * x0) * size.width &&
        6 * x < Math.round(6 * x1) * size.width &&
        6 * y >= Math.round(6 * y0) * size.height &&
        6 * y < Math.round(6 * y1) * size.height
          ? [cell]
          : [],
      );
      expect(plan.cellsOf[atoms[i] as number]).toEqual(inside);
    }
  });

  it("a pyramid is the Fisher vector of each cell's descriptors, each of unit length", () => {
    const mixture = drawnMixture(4, 3, 2);
    const rows = drawn(9, 2 * count, 2);
    const kind = { mixture, zeroth: true, spatial: "pyramid" } as const;
    const raw = rawFisherVector(rows, mixture, { spatial: "pyramid", atoms });
    expect(raw.length).toBe(vectorWidth(kind));
    const own = cellWidth(kind);
    const phi = normalised(raw, plan.cells);
    for (let cell = 0; cell < plan.cells; cell++) {
      const members = rowsOf(rows, 2).filter((_, i) => plan.cellsOf[atoms[i] as number]?.includes(cell));
      expect(members.length).toBeGreaterThan(0);
      const alone = rawFisherVector(Float64Array.from(members.flatMap((m) => [...m])), mixture);
      expectWithin(`cell ${cell}`, raw.subarray(cell * own, (cell + 1) * own), alone, close);
      const unit = phi.subarray(cell * own, (cell + 1) * own);
      expect(dot(unit, unit)).toBeCloseTo(1, 12);
    }
  });
});
