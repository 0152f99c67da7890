/** @file Relevance of dimensions, descriptors and pixels, plain: the reference set, slow definitions, and the sums that must hold. */
import { describe, expect, it } from "vitest";
import { atomsOf, cellPlan } from "../../src/fisher/cells.ts";
import { averaged, type Descriptors, fisherSums, normalised, type VectorKind } from "../../src/fisher/fisher-vector.ts";
import { frameCount, frameGrids, framesOf } from "../../src/fisher/frames.ts";
import { CELLS, cellWidth, vectorWidth } from "../../src/fisher/pipeline.ts";
import { pixelRelevance } from "../../src/fisher/pixel-relevance.ts";
import {
  descriptorRelevance,
  dimensionRelevance,
  dualRelevance,
  RELEVANCE_VARIANTS,
} from "../../src/fisher/relevance.ts";
import { TOOLKIT_SIFT } from "../../src/fisher/sift-settings.ts";
import { absent, hasShared } from "../shared.ts";
import {
  dot,
  drawn,
  drawnMixture,
  mixtureOf,
  psiByDefinition,
  relevanceByDefinition,
  rowsOf,
  sum,
} from "./fixtures.ts";
import { expectWithin, goldenCase, MANIFEST } from "./golden.ts";

const encoded = (descriptors: Descriptors, kind: VectorKind) => {
  const fisher = fisherSums(descriptors, kind);
  return { fisher, phi: normalised(averaged(fisher), cellPlan(kind.spatial).cells) };
};

/** The settings of the arrays' names. */
const VARIANTS = {
  plain: { variant: "plain" },
  eps100: { variant: "epsilon" },
  eps1: { variant: "epsilon", epsilon: 1 },
  absolute: { variant: "absolute" },
} as const;

describe.skipIf(!hasShared(MANIFEST))(`relevance against reference code${absent(MANIFEST)}`, () => {
  it.each([
    ["relevance_primal", 0.37],
    ["relevance_dual", -0.11],
    ["relevance_far_component", undefined],
  ])("%s", (id, stated) => {
    const c = goldenCase(id);
    const [height, width] = c.shape("image_u8") as [number, number];
    const rows = c.array("X");
    const mixture = {
      components: c.shape("pi")[0] as number,
      width: c.shape("X")[1] as number,
      weights: c.array("pi"),
      means: c.array("mu"),
      deviations: c.array("sigma"),
    };
    const kind = { mixture, zeroth: true, spatial: "none" } as const;
    const { fisher, phi } = encoded({ rows }, kind);
    c.expectOutput("s", fisher.sums);
    const bias = stated ?? c.param<number>("b");
    const w = c.array("w");
    const r3 = dimensionRelevance(w, bias, phi);
    c.expectOutput("R3", r3);
    c.expectValue("f", sum(r3));
    expect(dot(w, phi) + bias).toBeCloseTo(sum(r3), 12);
    if (id === "relevance_dual") {
      const dual = dualRelevance(c.array("alpha"), c.array("Phi_support"), bias, phi);
      c.expectOutput("R3", dual.relevance);
      expect(sum(dual.shares) + bias).toBeCloseTo(sum(r3), 12);
    }
    const size = { width, height };
    const grids = frameGrids(size, TOOLKIT_SIFT);
    expect(Float64Array.from(framesOf(grids))).toEqual(c.array("frames"));
    const totals = c.value<Record<string, number>>("conservation");
    for (const [name, options] of Object.entries(VARIANTS)) {
      const { values, xi, vanishing, expected } = descriptorRelevance({ rows }, kind, fisher, r3, options);
      c.expectOutput(`R2_${name}`, values);
      c.expectValue("xi", xi);
      c.expectValue("size_Z", vanishing);
      expectWithin(name, [sum(values)], [totals[name] as number], { atol: 1e-6, rtol: 1e-9 });
      expectWithin(`${name}, closed form`, [expected], [sum(values)], { atol: 1e-10, rtol: 1e-7 });
      for (const area of ["4s", "5s-1"] as const) {
        const map = pixelRelevance(values, grids, size, area);
        if (c.outputs.includes(`R1_${name}_${area}`)) c.expectOutput(`R1_${name}_${area}`, map);
        expect(sum(map)).toBeCloseTo(sum(values), 9);
      }
    }
  });
});

describe("relevance of descriptors", () => {
  const size = { width: 52, height: 58 };
  const grids = frameGrids(size, { ...TOOLKIT_SIFT, step: 5 });
  const count = frameCount(grids);
  const width = 3;
  const mixture = drawnMixture(21, 4, width);
  const rows = drawn(22, width * count, 2);
  const atoms = atomsOf(grids, size, cellPlan("pyramid"));
  const KINDS: readonly [string, VectorKind, Descriptors][] = [
    ["one cell", { mixture, zeroth: true, spatial: "none" }, { rows }],
    ["without weights", { mixture, zeroth: false, spatial: "none" }, { rows }],
    ["pyramid", { mixture, zeroth: true, spatial: "pyramid" }, { rows, atoms }],
  ];

  it.each(KINDS)("%s: as the table of all descriptors by all dimensions says", (_, kind, descriptors) => {
    const { cellsOf, cells } = cellPlan(kind.spatial);
    const table = rowsOf(rows, width).map((l, i) => {
      const psi = psiByDefinition(l, mixture, kind.zeroth);
      const inside = cellsOf[descriptors.atoms?.[i] ?? 0] as readonly number[];
      return CELLS[kind.spatial].flatMap((_, cell) => (inside.includes(cell) ? psi : psi.map(() => 0)));
    });
    const { fisher, phi } = encoded(descriptors, kind);
    const [w, b] = [drawn(23, vectorWidth(kind)), 0.7];
    const r3 = dimensionRelevance(w, b, phi);
    expect(sum(r3)).toBeCloseTo(dot(w, phi) + b, 10);
    expect(dot(phi, phi)).toBeCloseTo(cells, 10);
    for (const variant of RELEVANCE_VARIANTS)
      for (const epsilon of [100, 0.5]) {
        const found = descriptorRelevance(descriptors, kind, fisher, r3, { variant, epsilon });
        const wanted = relevanceByDefinition(table, r3, variant, epsilon);
        // the table keeps posteriors below 1e-12, over sums of about 0.01
        expectWithin(`${variant} ${epsilon}`, found.values, wanted.values, { atol: 1e-8, rtol: 1e-7 });
        expect(found.vanishing).toBe(wanted.vanishing);
        expectWithin("sum", [sum(found.values)], [found.expected], { atol: 1e-9, rtol: 1e-9 });
        if (variant !== "epsilon") expect(found.expected).toBeCloseTo(sum(r3), 9);
      }
  });

  it("epsilon acts on sums: as epsilon / |L| on averages", () => {
    const [, kind, descriptors] = KINDS[0] as (typeof KINDS)[number];
    const { fisher, phi } = encoded(descriptors, kind);
    const r3 = dimensionRelevance(drawn(5, phi.length), 0.2, phi);
    const { values } = descriptorRelevance(descriptors, kind, fisher, r3, { variant: "epsilon", epsilon: 30 });
    const means = averaged(fisher);
    const byMeans = rowsOf(rows, width).map((l) =>
      sum(
        psiByDefinition(l, mixture).map((m, d) => {
          const mean = means[d] as number;
          return ((r3[d] as number) * m) / count / (mean + (30 / count) * (mean < 0 ? -1 : 1));
        }),
      ),
    );
    expectWithin("means", values, byMeans, { atol: 1e-9, rtol: 1e-8 });
  });

  it("absolute: every share has the sign of its dimension's relevance", () => {
    const [, kind, descriptors] = KINDS[0] as (typeof KINDS)[number];
    const { fisher } = encoded(descriptors, kind);
    for (const d of [0, 7, 20]) {
      for (const sign of [1, -1]) {
        const only = new Float64Array(cellWidth(kind));
        only[d] = sign;
        const { values } = descriptorRelevance(descriptors, kind, fisher, only, { variant: "absolute" });
        expect(values.every((v) => sign * v >= 0)).toBe(true);
        expect(sum(values)).toBeCloseTo(sign, 10);
      }
    }
  });

  it("a component that answers for nothing, a layout's empty cells: their relevance is everybody's", () => {
    const far = mixtureOf([0.5, 0.5], [[0], [1e6]], [[1], [1]]);
    const kind = { mixture: far, zeroth: true, spatial: "none" } as const;
    const { fisher, phi } = encoded({ rows: drawn(3, 40) }, kind);
    const r3 = dimensionRelevance(drawn(4, 6), 0.6, phi);
    const found = descriptorRelevance({ rows: drawn(3, 40) }, kind, fisher, r3, { variant: "absolute" });
    expect(found.vanishing).toBe(2);
    expect(found.xi).toBeCloseTo((2 * 0.1) / 40, 12);
    expect(sum(found.values)).toBeCloseTo(sum(r3), 10);
  });

  it("an all-zero Fisher vector: Phi = 0, and all relevance is shared evenly", () => {
    const single = mixtureOf([1], [[0]], [[1]]);
    const kind = { mixture: single, zeroth: true, spatial: "none" } as const;
    const descriptors = { rows: Float64Array.of(-1, 1) };
    const { fisher, phi } = encoded(descriptors, kind);
    const r3 = dimensionRelevance(drawn(6, 3), 0.9, phi);
    const plain = descriptorRelevance(descriptors, kind, fisher, r3, { variant: "plain" });
    expect([...plain.values]).toEqual([0.45, 0.45].map((v) => expect.closeTo(v, 12)));
    expect(plain.vanishing).toBe(3);
    // with a table of parts: mu moves both ways, sigma and pi not at all
    const epsilon = descriptorRelevance(descriptors, kind, fisher, r3, { variant: "epsilon" });
    expect(epsilon.vanishing).toBe(2);
    expect(sum(epsilon.values)).toBeCloseTo(epsilon.expected, 12);
  });

  it("no descriptors: nothing to share", () => {
    const kind = { mixture, zeroth: true, spatial: "none" } as const;
    const { fisher, phi } = encoded({ rows: new Float64Array(0) }, kind);
    const r3 = dimensionRelevance(drawn(6, phi.length), 0.9, phi);
    expect(sum(r3)).toBeCloseTo(0.9, 12);
    const found = descriptorRelevance({ rows: new Float64Array(0) }, kind, fisher, r3, { variant: "epsilon" });
    expect(found).toMatchObject({ xi: 0, expected: 0 });
    expect(found.values.length).toBe(0);
  });

  it("refuses what does not belong together", () => {
    const kind = { mixture, zeroth: true, spatial: "none" } as const;
    const { fisher, phi } = encoded({ rows }, kind);
    expect(() => dimensionRelevance(drawn(1, 5), 0, phi)).toThrow(/expected 28/);
    expect(() => dualRelevance(drawn(1, 2), drawn(1, 5), 0, phi)).toThrow(/expected 56/);
    expect(() => descriptorRelevance({ rows }, kind, fisher, drawn(1, 5), { variant: "plain" })).toThrow(/expected 28/);
    expect(() => descriptorRelevance({ rows }, kind, fisher, phi, { variant: "epsilon", epsilon: 0 })).toThrow(
      /positive/,
    );
    expect(() => pixelRelevance(new Float64Array(3), grids, size)).toThrow(/expected one for each/);
  });
});

describe("relevance of pixels", () => {
  const size = { width: 47, height: 39 };
  const grids = frameGrids(size, { ...TOOLKIT_SIFT, step: 4 });
  const values = drawn(8, frameCount(grids));

  it.each(["4s", "5s-1"] as const)("%s: each descriptor evenly over its clipped square", (area) => {
    const wanted = new Float64Array(size.width * size.height);
    const frames = framesOf(grids);
    values.forEach((value, i) => {
      const [cx, cy, s] = frames.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
      const [back, ahead] = area === "4s" ? [2 * s, 2 * s - 1] : [2.5 * s - 1, 2.5 * s - 1];
      const inside: number[] = [];
      for (let y = 0; y < size.height; y++)
        for (let x = 0; x < size.width; x++)
          if (x >= cx - back && x <= cx + ahead && y >= cy - back && y <= cy + ahead) inside.push(y * size.width + x);
      for (const p of inside) wanted[p] = (wanted[p] as number) + value / inside.length;
    });
    const found = pixelRelevance(values, grids, size, area);
    expectWithin(area, found, wanted, { atol: 1e-12, rtol: 1e-9 });
    expect(sum(found)).toBeCloseTo(sum(values), 9);
  });
});
