/** @file The loss of regional features: reference values, slopes by differences, searches by walking over all, degenerate batches. */
import { describe, expect, it } from "vitest";
import { ANSWERS, type AnswerMode } from "../../src/patterns/answers.ts";
import { type Concentration, concentrationOf } from "../../src/patterns/concentration.ts";
import { nearestUnits } from "../../src/patterns/nearest-units.ts";
import { cosineProbabilities, type PairTarget, productProbabilities } from "../../src/patterns/pair-probabilities.ts";
import { alignment, divergence, noFlow, type RegionalBatch, regionalLoss } from "../../src/patterns/regional-loss.ts";
import { regionsOf, throughLength } from "../../src/patterns/regions.ts";
import { projected, pulledBack } from "../../src/patterns/wide-products.ts";
import { normals } from "../../src/random.ts";
import { absent, hasShared } from "../shared.ts";
import { left, MANIFEST, patternCase } from "./golden.ts";
import { positionsFirst } from "./some-maps.ts";

const CASES = [
  "regional_product_max",
  "regional_product_same",
  "regional_product_mean",
  "regional_cosine_max",
] as const;

describe.skipIf(!hasShared(MANIFEST))(`regional losses of the reference set${absent(MANIFEST)}`, () => {
  it.each(CASES)("%s", (name) => {
    const the = patternCase(name);
    const shape = the.shape("f");
    const [count = 0, channels = 0, positions = 0] = shape;
    const eta = the.param<number>("eta");
    const mode = the.param<AnswerMode>("q_mode");
    const concentration = concentrationOf({ dimension: the.param<number>("d") });
    const vectors = (of: string) => ({ width: the.shape(of)[1] as number, values: the.array(of) });
    const targets: Readonly<Record<PairTarget, () => Float64Array>> = {
      product: () => productProbabilities(vectors("P")),
      cosine: () => cosineProbabilities(vectors("sample_features"), the.param<number>("kappa_p")),
    };
    const target = targets[the.param<PairTarget>("target")]();
    the.expectOutput("P_x2_given_x1", target);
    const batch: RegionalBatch = {
      rows: positionsFirst(the.array("f"), shape),
      positions,
      weights: the.array("w"),
      samples: the.array("g"),
      target,
    };
    const matrix = the.array("Lambda");
    const { kl, align, total, gradient } = regionalLoss(batch, matrix, { concentration, mode, eta });
    the.expectValue("KL", kl);
    the.expectValue("L_align", align);
    the.expectValue("total", total);
    the.expectOutput("grad_total", gradient);

    const rows = { features: batch.rows, width: channels };
    const h = projected(rows, matrix, concentration.dimension);
    the.expectOutput("h", h);
    const regions = regionsOf(h, { positions, dimension: concentration.dimension });
    the.expectOutput("Q_x2_given_x1", divergence(regions, batch, { concentration, mode }).logQ.map(Math.exp));
    const flow = noFlow(regions);
    alignment(regions, batch, flow);
    the.expectOutput("grad_align", pulledBack(rows, throughLength(regions, flow.regions), concentration.dimension));
    expect(left(name)).toEqual([]);
    expect(count).toBe(regions.pictures);
  });
});

/** kappa = l^2 / (1 + l): rising, 0 at 0, with a slope in closed form. */
const simple = (dimension: number): Concentration => ({
  dimension,
  at: (l) => (l * l) / (1 + l),
  slope: (l) => (2 * l + l * l) / (1 + l) ** 2,
});

interface Sizes {
  readonly pictures: number;
  readonly positions: number;
  readonly channels: number;
  readonly dimension: number;
}

function someBatch({ pictures, positions, channels, dimension }: Sizes, seed = 1) {
  const random = normals(seed);
  const draw = (n: number): Float64Array => Float64Array.from({ length: n }, () => random());
  const weights = draw(pictures * positions).map(Math.abs);
  for (let a = 0; a < pictures; a++) {
    const own = weights.subarray(a * positions, (a + 1) * positions);
    const sum = own.reduce((s, w) => s + w, 0);
    for (let r = 0; r < positions; r++) own[r]! /= sum;
  }
  const classes = draw(pictures * 4).map(Math.abs);
  const batch: RegionalBatch = {
    rows: draw(pictures * positions * channels),
    positions,
    weights,
    samples: draw(pictures * dimension),
    target: productProbabilities({ width: 4, values: classes }),
  };
  return { batch, matrix: draw(dimension * channels), concentration: simple(dimension) };
}

/** `[count]` slopes of `f` at `x` along the axes, by central differences. */
function slopes(f: (x: Float64Array) => number, x: Float64Array, step = 1e-6): Float64Array {
  return x.map((_, i) => {
    const moved = (by: number): number => f(x.map((v, j) => (j === i ? v + by : v)));
    return (moved(step) - moved(-step)) / (2 * step);
  });
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce<number>((most, v, i) => Math.max(most, Math.abs(v - (b[i] as number))), 0);

describe("the gradient", () => {
  const MODES = Object.keys(ANSWERS) as AnswerMode[];
  it.each(MODES.flatMap((mode) => [2, 3, 5].map((dimension) => [mode, dimension] as const)))(
    "is that of differences: %s, d = %d",
    (mode, dimension) => {
      const { batch, matrix, concentration } = someBatch({ pictures: 5, positions: 7, channels: 6, dimension });
      const options = { concentration, mode, eta: 0.3 };
      const { gradient } = regionalLoss(batch, matrix, options);
      expect(
        farthest(
          gradient,
          slopes((m) => regionalLoss(batch, m, options).total, matrix),
        ),
      ).toBeLessThan(1e-8);
    },
  );
  it.each(MODES)("by the weights is that of differences: %s", (mode) => {
    const { batch, matrix, concentration } = someBatch({ pictures: 4, positions: 5, channels: 6, dimension: 3 });
    const options = { concentration, mode, eta: 0.3, learnWeights: true };
    const { weightGradient } = regionalLoss(batch, matrix, options);
    const found = slopes(
      (weights) => regionalLoss({ ...batch, weights }, matrix, options).total,
      batch.weights as Float64Array,
    );
    expect(farthest(weightGradient as Float64Array, found)).toBeLessThan(1e-8);
  });
  it("is the same whether positions of weight 0 are compared or not", () => {
    const { batch, matrix, concentration } = someBatch({ pictures: 4, positions: 6, channels: 5, dimension: 3 });
    const weights = Float64Array.from(batch.weights, (w, i) => (i % 3 === 0 ? 0 : w));
    const both = [true, false].map((learnWeights) =>
      regionalLoss({ ...batch, weights }, matrix, { concentration, learnWeights }),
    );
    expect(both[0]?.total).toBe(both[1]?.total);
    expect(both[0]?.gradient).toEqual(both[1]?.gradient);
    expect(both[1]).not.toHaveProperty("weightGradient");
  });
});

/** For every vector of every picture the nearest of every other one, by a walk over all. */
function nearestByWalk(units: Float64Array, { pictures, positions, dimension }: Omit<Sizes, "channels">) {
  const values = new Float64Array(pictures * positions * pictures);
  const places = new Int32Array(values.length).fill(-1);
  const at = (i: number): Float64Array => units.subarray(i * dimension, (i + 1) * dimension);
  for (let i = 0; i < pictures * positions; i++) {
    if (at(i).every((v) => v === 0)) continue;
    for (let b = 0; b < pictures; b++) {
      if (b === Math.floor(i / positions)) continue;
      let best = Number.NEGATIVE_INFINITY;
      for (let r = 0; r < positions; r++) {
        const other = at(b * positions + r);
        const cosine = at(i).reduce((s, v, k) => s + v * (other[k] as number), 0);
        if (cosine > best) {
          best = cosine;
          places[i * pictures + b] = r;
        }
      }
      values[i * pictures + b] = best;
    }
  }
  return { values, places };
}

describe("the nearest unit vector", () => {
  const SETS: readonly (readonly [string, Omit<Sizes, "channels">, (v: number, at: number) => number])[] = [
    ["all around", { pictures: 4, positions: 60, dimension: 3 }, (v) => v],
    ["in the plane", { pictures: 4, positions: 60, dimension: 2 }, (v) => v],
    ["in five dimensions", { pictures: 3, positions: 60, dimension: 5 }, (v) => v],
    [
      "in far caps, one a picture",
      { pictures: 5, positions: 50, dimension: 3 },
      (v, at) => v + (at % 3 === Math.floor(at / 150) % 3 ? 9 : 0),
    ],
    [
      "some zero, some alike",
      { pictures: 4, positions: 70, dimension: 3 },
      (v, at) => (Math.floor(at / 3) % 5 === 2 ? 0 : Math.round(v)),
    ],
    ["all of one picture zero", { pictures: 3, positions: 40, dimension: 3 }, (v, at) => (at < 120 ? 0 : v)],
    [
      "opposite pairs",
      { pictures: 3, positions: 40, dimension: 3 },
      (_, at) => (at % 3 === 0 ? (at % 2 === 0 ? 1 : -1) : 0),
    ],
    ["one position", { pictures: 6, positions: 1, dimension: 3 }, (v) => v],
  ];
  it.each(SETS)("%s", (_, sizes, change) => {
    const random = normals(5);
    const { pictures, positions, dimension } = sizes;
    const h = Float64Array.from({ length: pictures * positions * dimension }, (__, at) => change(random(), at));
    const regions = regionsOf(h, sizes);
    const wanted = nearestByWalk(regions.units, sizes);
    const found = nearestUnits(regions);
    expect(found.places).toEqual(wanted.places);
    expect(farthest(found.values, wanted.values)).toBeLessThan(1e-15);
  });
});

describe("degenerate batches", () => {
  const sizes = { pictures: 4, positions: 5, channels: 6, dimension: 3 };
  it("of one picture: no pairs, so only L_align is left", () => {
    const { batch, matrix, concentration } = someBatch({ ...sizes, pictures: 1 });
    const { kl, align, total, gradient } = regionalLoss(batch, matrix, { concentration, eta: 0.5 });
    expect(kl).toBe(0);
    expect(total).toBe(0.5 * align);
    expect(
      farthest(
        gradient,
        slopes((m) => regionalLoss(batch, m, { concentration, eta: 0.5 }).total, matrix),
      ),
    ).toBeLessThan(1e-8);
  });
  it("of one picture repeated: P and Q are uniform, the divergence is 0 and stays there", () => {
    const { batch, matrix, concentration } = someBatch({ ...sizes, pictures: 1 });
    const four = (v: ArrayLike<number>): Float64Array => Float64Array.from([0, 1, 2, 3].flatMap(() => Array.from(v)));
    const target = productProbabilities({ width: 2, values: four([0.25, 0.75]) });
    expect(Array.from(target.subarray(0, 4))).toEqual([0, 1 / 3, 1 / 3, 1 / 3]);
    const same = {
      ...batch,
      rows: four(batch.rows),
      weights: four(batch.weights),
      samples: four(batch.samples),
      target,
    };
    const { kl, gradient } = regionalLoss(same, matrix, { concentration, eta: 0 });
    expect(Math.abs(kl)).toBeLessThan(1e-15);
    expect(farthest(gradient, new Float64Array(gradient.length))).toBeLessThan(1e-15);
  });
  it("of zero features: cosine and kappa 0, Q uniform, no gradient", () => {
    const { batch, matrix, concentration } = someBatch(sizes);
    const rows = new Float64Array(batch.rows.length);
    const { kl, align, gradient } = regionalLoss({ ...batch, rows }, matrix, { concentration });
    const entropy = Array.from(batch.target).reduce((s, p) => (p > 0 ? s + p * Math.log(p * 3) : s), 0) / 4;
    expect(kl).toBeCloseTo(entropy, 12);
    expect(align).toBeCloseTo(0, 15);
    expect(gradient.every((v) => v === 0)).toBe(true);
  });
  it("of pictures that share no class: P is uniform", () => {
    expect(Array.from(productProbabilities({ width: 3, values: [1, 0, 0, 0, 1, 0, 0, 0, 1] }))).toEqual([
      0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0,
    ]);
  });
  it("with a zero sample feature: its cosines are 0", () => {
    const random = cosineProbabilities({ width: 2, values: [0, 0, 1, 0, 1, 0] }, 2);
    expect(Array.from(random.subarray(0, 3))).toEqual([0, 0.5, 0.5]);
    expect(random[3]).toBeCloseTo(Math.exp(-2) / (1 + Math.exp(-2)), 14);
  });
  it("L_align is -1 where every weighted h is parallel to g", () => {
    const { batch, concentration } = someBatch({ ...sizes, channels: 3 });
    const samples = Float64Array.from({ length: 12 }, (_, i) => [1, -2, 2][i % 3] as number);
    const rows = Float64Array.from(batch.rows, (_, i) => (samples[i % 3] as number) * (1 + Math.floor(i / 3)));
    const identity = Float64Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(regionalLoss({ ...batch, rows, samples }, identity, { concentration }).align).toBeCloseTo(-1, 14);
  });
  it("of sizes that do not fit are refused", () => {
    const { batch, matrix, concentration } = someBatch(sizes);
    expect(() => regionalLoss({ ...batch, samples: new Float64Array(3) }, matrix, { concentration })).toThrow(
      /as many weights, samples and pairs/,
    );
  });
});
