/** @file Fitting a cotangent to its value: sums over broadcast axes, expansion of size-1 axes, refusals. */
import { describe, expect, it } from "vitest";
import type { Dim } from "../../src/graph/dim.ts";
import { fitTo, reshapeLike } from "../../src/ops/broadcast.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS } from "../../src/ops/table.ts";
import { interpret } from "../../src/reference/interpret.ts";
import { builder, sizeOf } from "../nets.ts";

type Dims = readonly Dim[];

/** `fitTo` on counted numbers: what it emits, and what that gives with free dims as `free`. */
function fitted(
  got: Dims,
  want: Dims,
  free = 2,
): { readonly dims: readonly number[]; readonly data: readonly number[]; readonly ops: readonly string[] } {
  const g = builder();
  const c = g.input("c", "float32", got);
  const like = g.input("like", "float32", want);
  const out = g.alias(fitTo(g, c, like), "out");
  const graph = g.build([out]);
  const fix = (dims: Dims): number[] => dims.map((d) => (typeof d === "number" ? d : free));
  const numbers = (dims: readonly number[]): Float64Array =>
    Float64Array.from({ length: sizeOf(dims) }, (_, i) => i + 1);
  const feeds = new Map([
    ["c", num("float32", fix(got), numbers(fix(got)))],
    ["like", num("float32", fix(want), new Float64Array(sizeOf(fix(want))))],
  ]);
  const y = interpret(graph, feeds, OPS).get("out");
  return { dims: y?.dims ?? [], data: Array.from(y?.data ?? []), ops: graph.nodes.slice(0, -1).map((n) => n.op) };
}

describe("fitTo", () => {
  it("leaves what fits alone", () => {
    expect(fitted(["N", 3], ["N", 3])).toMatchObject({ dims: [2, 3], ops: [] });
  });
  it.each<[Dims, Dims, readonly number[]]>([
    [[2, 3], [3], [5, 7, 9]],
    [
      [2, 3],
      [2, 1],
      [6, 15],
    ],
    [[2, 3], [1, 1], [21]],
    [[2, 3], [], [21]],
    [
      [2, 1, 3],
      [1, 3],
      [5, 7, 9],
    ],
    [["N", 3], [3], [5, 7, 9]],
    [
      ["N", 3],
      [1, 3],
      [5, 7, 9],
    ],
  ])("sums %j to %j", (got, want, values) => {
    const out = fitted(got, want);
    expect(out.data).toEqual(values);
    expect(out.dims).toEqual(want);
  });
  it.each<[Dims, Dims, readonly number[]]>([
    [
      [1, 3],
      [2, 3],
      [1, 2, 3, 1, 2, 3],
    ],
    [
      [2, 1],
      [2, 3],
      [1, 1, 1, 2, 2, 2],
    ],
    [[3], [2, 3], [1, 2, 3, 1, 2, 3]],
    [[], [2, 2], [1, 1, 1, 1]],
    [
      [1, 3],
      ["N", 3],
      [1, 2, 3, 1, 2, 3],
    ],
    [
      ["N", 1],
      ["N", 2],
      [1, 1, 2, 2],
    ],
  ])("expands %j to %j", (got, want, values) => {
    const out = fitted(got, want);
    expect(out.data).toEqual(values);
    expect(out.dims).toEqual(want.map((d) => (typeof d === "number" ? d : 2)));
  });
  it("sums one axis and expands another", () => {
    expect(fitted([2, 1], [1, 3])).toMatchObject({ dims: [1, 3], data: [3, 3, 3] });
    expect(fitted([4, 2, 1], [1, 3]).data).toEqual([36, 36, 36]);
  });
  it("expands by a constant where the free dims agree already", () => {
    expect(fitted(["N", 1], ["N", 3]).ops).toEqual(["Expand"]);
    expect(fitted([1, 1], ["N", 3]).ops).toEqual(["Shape", "Expand"]);
  });
  it("refuses values of unknown rank", () => {
    const g = builder();
    const c = g.input("c", "float32", [2]);
    expect(() => fitTo(g, c, { ...c, dims: undefined })).toThrow(/unknown/);
  });
});

describe("reshapeLike", () => {
  /** The emitted target's attributes, and the dims at run time. */
  function reshaped(
    from: Dims,
    to: Dims,
    sizes: readonly [readonly number[], readonly number[]],
  ): { readonly dims: readonly number[]; readonly ops: readonly string[] } {
    const g = builder();
    const out = g.alias(reshapeLike(g, g.input("v", "float32", from), g.input("like", "float32", to)), "out");
    const graph = g.build([out]);
    const feeds = new Map(
      sizes.map((dims, i) => [i === 0 ? "v" : "like", num("float32", dims, new Float64Array(sizeOf(dims)))]),
    );
    return {
      dims: interpret(graph, feeds, OPS).get("out")?.dims ?? [],
      ops: graph.nodes.slice(0, -1).map((n) => n.op),
    };
  }
  it("by a constant where at most one dim is free", () => {
    expect(
      reshaped(
        ["N", 6],
        ["N", 2, 3],
        [
          [4, 6],
          [4, 2, 3],
        ],
      ),
    ).toEqual({ dims: [4, 2, 3], ops: ["Reshape"] });
    expect(reshaped(["6*N"], ["N", 2, 3], [[24], [4, 2, 3]])).toEqual({ dims: [4, 2, 3], ops: ["Reshape"] });
    expect(reshaped([24], [4, 2, 3], [[24], [4, 2, 3]])).toEqual({ dims: [4, 2, 3], ops: ["Reshape"] });
  });
  it("by the shape itself otherwise, where a 0 is an empty axis and copies nothing", () => {
    expect(reshaped(["N*T"], ["N", "T"], [[8], [4, 2]])).toEqual({ dims: [4, 2], ops: ["Shape", "Reshape"] });
    expect(reshaped(["N*T"], ["N", "T"], [[0], [0, 5]]).dims).toEqual([0, 5]);
    expect(
      reshaped(
        ["T", "N"],
        ["N", "T"],
        [
          [7, 0],
          [0, 7],
        ],
      ).dims,
    ).toEqual([0, 7]);
    expect(
      reshaped(
        [7, 0],
        [0, 7],
        [
          [7, 0],
          [0, 7],
        ],
      ).dims,
    ).toEqual([0, 7]);
  });
});
