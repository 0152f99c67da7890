/** @file Boundaries of pictures: what eq. 2 says of them, sides by the graph and by hand, networks that are odd. */
import { describe, expect, it } from "vitest";
import { has } from "../../src/regions/bits.ts";
import { boundariesOf, joined, normalOf, sampledReferences } from "../../src/regions/boundary.ts";
import { sidesGraph } from "../../src/regions/graphs.ts";
import { bentOps, locality } from "../../src/regions/piecewise-linear.ts";
import { openProjector, sidesOf } from "../../src/regions/projections.ts";
import { openBoundarySearch } from "../../src/regions/toward-other-class.ts";
import { dotOf, relativeError } from "../nets.ts";
import { type Cut, PIXELS, type Shape, smallNet, somePictures } from "./nets.ts";

const THREADS = { threads: 1 } as const;

async function read({ classifier, layer }: Cut, count = 12) {
  const pictures = somePictures(count);
  const boundaries = await boundariesOf(classifier, layer, pictures, { ...THREADS, batch: 5 });
  const projector = await openProjector(classifier, layer, { ...THREADS, batch: 5 });
  const { projections, psi, scores } = await projector.read(pictures, boundaries);
  await projector.dispose();
  return { boundaries, projections, psi, scores, classes: classifier.classes };
}
const row = (a: Float32Array, i: number, width: number): Float32Array => a.subarray(i * width, (i + 1) * width);

describe("the boundary of a picture", () => {
  it("has the gap of the two leading scores as value at the picture itself", async () => {
    const { boundaries, projections, scores, classes } = await read(smallNet());
    for (let i = 0; i < boundaries.count; i++) {
      const order = Array.from(row(scores, i, classes), (s, c) => ({ s, c })).sort((a, b) => b.s - a.s || a.c - b.c);
      const gap = (order[0]?.s as number) - (order[1]?.s as number);
      expect([...boundaries.pairs.subarray(2 * i, 2 * i + 2)]).toEqual([order[0]?.c, order[1]?.c]);
      expect(boundaries.gaps[i]).toBeCloseTo(gap, 5);
      expect(projections.values[i * boundaries.count + i]).toBeCloseTo(boundaries.gaps[i] as number, 10);
      expect(boundaries.gaps[i]).toBeGreaterThanOrEqual(0);
    }
  });
  it("is the slope of the gap: a small step in the features moves it by <W, step>", async () => {
    const cut = smallNet();
    const { boundaries, psi } = await read(cut, 4);
    const search = await openBoundarySearch(cut.classifier, cut.layer, THREADS);
    for (let i = 0; i < 4; i++) {
      const here = row(psi, i, boundaries.width);
      const step = here.map((v, k) => (v > 0 ? 1e-3 * Math.cos(k) : 0));
      const moved = here.map((v, k) => v + (step[k] as number) * 10);
      // one step of the search stands at 0.9 here + 0.1 moved = here + step
      const found = await search.search({ psi: here, label: boundaries.pairs[2 * i] as number, others: moved }, 1);
      const slope = dotOf(normalOf(boundaries, i), step);
      expect((found.gaps[0] as number) - (boundaries.gaps[i] as number)).toBeCloseTo(slope, 5);
    }
    await search.dispose();
  });
  it("does not change when all scores grow by a constant", async () => {
    const [a, b] = [await read(smallNet()), await read(smallNet({ shift: 5 }))];
    expect([...b.boundaries.pairs]).toEqual([...a.boundaries.pairs]);
    expect(relativeError(b.boundaries.normals, a.boundaries.normals)).toBe(0);
    expect(sidesOf(b.projections)).toEqual(sidesOf(a.projections));
  });
  it("separates the same two classes everywhere in a network of two", async () => {
    const { boundaries } = await read(smallNet({ classes: 2 }));
    for (let i = 0; i < boundaries.count; i++)
      expect([...boundaries.pairs.subarray(2 * i, 2 * i + 2)].sort()).toEqual([0, 1]);
  });
  it("takes the first two classes where all scores are equal, and lies at 0: the negative side", async () => {
    const { boundaries, projections } = await read(smallNet({ head: new Float32Array(135) }), 3);
    expect([...boundaries.pairs]).toEqual([0, 1, 0, 1, 0, 1]);
    expect([...boundaries.gaps, ...projections.values]).toEqual(new Array(12).fill(0));
    expect([...projections.classes]).toEqual([0, 0, 0]);
    expect([...sidesOf(projections).bits]).toEqual([0, 0, 0]);
  });
  it("is the same from a network of a fixed batch of 1", async () => {
    const [free, fixed] = [await read(smallNet()), await read(smallNet({ batch: 1 }))];
    expect(relativeError(fixed.boundaries.normals, free.boundaries.normals)).toBeLessThan(1e-6);
    expect(relativeError(fixed.projections.values, free.projections.values)).toBeLessThan(1e-6);
  });
  it("joins other boundaries of the same layer", async () => {
    const { boundaries } = await read(smallNet(), 3);
    const both = joined([boundaries, boundaries]);
    expect(both.count).toBe(6);
    expect([...normalOf(both, 4)]).toEqual([...normalOf(boundaries, 1)]);
    expect([...both.pairs]).toEqual([...boundaries.pairs, ...boundaries.pairs]);
    expect(() => joined([])).toThrow(expect.objectContaining({ code: "E_INPUT_SHAPE" }));
  });
  it("is refused where it means nothing", async () => {
    const one = smallNet({ classes: 1 });
    await expect(boundariesOf(one.classifier, one.layer, somePictures(1))).rejects.toMatchObject({
      code: "E_METHOD_UNSUITABLE",
    });
    const { classifier, layer } = smallNet();
    await expect(
      boundariesOf(classifier, layer, { ...somePictures(1), width: PIXELS + 1 }, THREADS),
    ).rejects.toMatchObject({ code: "E_INPUT_SHAPE" });
    const nan = somePictures(2);
    const broken = {
      ...nan,
      blocks: async function* (size: number) {
        for await (const b of nan.blocks(size)) yield { ...b, rows: b.rows.map(() => Number.NaN) };
      },
    };
    await expect(boundariesOf(classifier, layer, broken, THREADS)).rejects.toMatchObject({ code: "E_NUMERIC" });
    const signal = AbortSignal.abort();
    await expect(boundariesOf(classifier, layer, somePictures(2), { ...THREADS, signal })).rejects.toMatchObject({
      code: "E_ABORTED",
    });
  });
});

describe("sides", () => {
  it("are bits of values that a product by hand gives", async () => {
    const { boundaries, projections, psi } = await read(smallNet(), 40);
    const sides = sidesOf(projections);
    for (let i = 0; i < 40; i++)
      for (let h = 0; h < 40; h++) {
        const value = dotOf(normalOf(boundaries, h), row(psi, i, boundaries.width)) + (boundaries.offsets[h] as number);
        expect(projections.values[i * 40 + h]).toBeCloseTo(value, 10);
        expect(has(sides.bits.subarray(h * sides.words, (h + 1) * sides.words), i)).toBe(value > 0);
      }
  });
  it("need no derivative, and leave the model as it was", () => {
    const { classifier, layer } = smallNet();
    const before = classifier.model.graph.nodes.length;
    expect(sidesGraph(classifier, layer).graph.nodes.map((n) => n.op)).toContain("Gemm");
    expect(classifier.model.graph.nodes.length).toBe(before);
  });
});

describe("the sample of references", () => {
  it("is drawn without replacement, by seed, and all of them where more are wanted", () => {
    const some = sampledReferences(100, 50, 1);
    expect(new Set(some).size).toBe(50);
    expect([...sampledReferences(100, 50, 1)]).toEqual([...some]);
    expect([...sampledReferences(100, 50, 2)]).not.toEqual([...some]);
    expect([...sampledReferences(7, 50, 1)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});

describe("a network that is not piecewise linear", () => {
  const silu: Shape = { bend: ({ g }, v) => g.op("Mul", [v, g.op("Sigmoid", [v])]) };
  const attention: Shape = {
    bend: ({ g }, v) => {
      const tokens = g.op("Reshape", [v, g.ints([0, 5, 36])]);
      const weights = g.op("Softmax", [g.op("MatMul", [tokens, g.op("Transpose", [tokens], { perm: [0, 2, 1] })])]);
      return g.op("Reshape", [g.op("MatMul", [weights, tokens]), g.ints([0, 5, 6, 6])]);
    },
  };
  it.each([
    ["a SiLU", silu, ["Sigmoid", "Mul"]],
    ["attention", attention, ["MatMul", "Softmax"]],
  ] as const)("works, with a note that boundaries are local: %s", async (_, shape, ops) => {
    const cut = smallNet(shape);
    expect(bentOps(cut.classifier, cut.layer)).toEqual(ops);
    expect(locality(cut.classifier, cut.layer)[0]).toContain("local");
    const { boundaries, projections } = await read(cut, 5);
    for (let i = 0; i < 5; i++) expect(projections.values[i * 6]).toBeCloseTo(boundaries.gaps[i] as number, 6);
  });
  it("has no note where it is", () => {
    const { classifier, layer } = smallNet();
    expect(locality(classifier, layer)).toEqual([]);
  });
});

describe("the search toward another class", () => {
  it("ends close to a boundary of the picture's class, between the two, and stops at its cap", async () => {
    const cut = smallNet({ classes: 2 });
    const { boundaries, psi, projections } = await read(cut, 12);
    const width = boundaries.width;
    const label = projections.classes[0] as number;
    const other = projections.classes.findIndex((c) => c !== label);
    expect(other).toBeGreaterThan(0);
    const search = await openBoundarySearch(cut.classifier, cut.layer, THREADS);
    const from = { psi: row(psi, 0, width), label, others: row(psi, other, width) };
    const found = await search.search(from);
    expect(found.met).toEqual([true]);
    expect(found.pairs[0]).toBe(label);
    expect(found.gaps[0]).toBeLessThan(Math.sqrt(1e-5));
    const value = (at: Float32Array): number => dotOf(normalOf(found, 0), at) + (found.offsets[0] as number);
    expect(value(from.psi)).toBeGreaterThan(value(from.others));
    const short = await search.search(from, 1);
    expect([...short.steps]).toEqual([1]);
    expect(short.met).toEqual([false]);
    await search.dispose();
  });
  it("is refused where values go around the layer", async () => {
    const { classifier, layer } = smallNet({
      bend: ({ g, w, x }, v) => g.op("Add", [v, g.op("Conv", [x, w([5, 2, 1, 1])])]),
    });
    await expect(openBoundarySearch(classifier, layer, THREADS)).rejects.toMatchObject({ code: "E_LAYER_UNSUITABLE" });
  });
});
