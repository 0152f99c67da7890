/** @file The algebra of dimensions: products and quotients of monomials, and what no dimension can be. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GraphBuilder } from "../../src/graph/builder.ts";
import {
  type Dim,
  dimMentions,
  dimProduct,
  dimQuotient,
  elementProduct,
  formatDims,
  isStatic,
  unknownDim,
} from "../../src/graph/dim.ts";
import { inferWith } from "../../src/ops/infer.ts";
import { OPS } from "../../src/ops/table.ts";
import { EMPTY } from "../nets.ts";

describe("products", () => {
  it.each<[readonly Dim[], Dim]>([
    [[], 1],
    [[3, 4], 12],
    [["N", 3], "3*N"],
    [["N", "N"], "N*N"],
    [["T", "N"], "N*T"],
    [["2*N", "3*T"], "6*N*T"],
    [["N", 0], 0],
    [[0, -1], 0],
    [[-1, 5], -5],
    [["?x.0", 2], "2*?x.0"],
    [[1, "N"], "N"],
  ])("%j is %j", (dims, want) => expect(dimProduct(dims)).toBe(want));
  it("a negative sign survives, and two cancel", () => {
    expect(dimProduct([-1, dimProduct([-1, "N"])])).toBe("N");
    expect(dimMentions(dimProduct([-3, "N"]), "N")).toBe(true);
  });
});

describe("quotients", () => {
  it.each<[Dim, Dim, Dim | undefined]>([
    [12, 4, 3],
    [12, 5, undefined],
    [12, 0, undefined],
    ["6*N", 3, "2*N"],
    ["6*N", "N", 6],
    ["N*N", "N", "N"],
    ["N", "T", undefined],
    ["N", 2, undefined],
    ["6*N*T", "2*T", "3*N"],
    [0, 7, 0],
    ["N", "2*N", undefined],
    ["N", -1, undefined],
    [-6, 3, -2],
  ])("%j / %j is %j", (a, b, want) => expect(dimQuotient(a, b)).toBe(want));
});

const dim: fc.Arbitrary<Dim> = fc
  .record({
    k: fc.integer({ min: 1, max: 50 }),
    symbols: fc.array(fc.constantFrom("N", "T", "?v.1", "seq_len"), { maxLength: 3 }),
  })
  .map(({ k, symbols }) => dimProduct([k, ...symbols]));

describe("laws", () => {
  const check = (property: fc.IProperty<[Dim, Dim, Dim]>): void => fc.assert(property, { seed: 1, numRuns: 500 });
  it("the product is commutative and associative", () =>
    check(
      fc.property(dim, dim, dim, (a, b, c) => {
        expect(dimProduct([a, b])).toBe(dimProduct([b, a]));
        expect(dimProduct([dimProduct([a, b]), c])).toBe(dimProduct([a, dimProduct([b, c])]));
        expect(dimProduct([a, b, c])).toBe(dimProduct([a, dimProduct([b, c])]));
      }),
    ));
  it("a quotient undoes a product, and a product a quotient", () =>
    check(
      fc.property(dim, dim, dim, (a, b, _) => {
        expect(dimQuotient(dimProduct([a, b]), b)).toBe(a);
        const q = dimQuotient(a, b);
        if (q !== undefined) expect(dimProduct([q, b])).toBe(a);
      }),
    ));
  it("at any sizes the numbers agree", () =>
    check(
      fc.property(dim, dim, dim, (a, b, _) => {
        const at = (d: Dim): number =>
          String(d)
            .split("*")
            .reduce(
              (p, s) => p * (({ N: 2, T: 3, "?v.1": 5, seq_len: 7 } as Record<string, number>)[s] ?? Number(s)),
              1,
            );
        expect(at(dimProduct([a, b]))).toBe(at(a) * at(b));
      }),
    ));
});

describe("elements of shape tensors", () => {
  it("a negative multiple of a symbol is no dimension", () => {
    expect(elementProduct([-1, "N"])).toBeUndefined();
    expect(elementProduct(["2*N", -3])).toBeUndefined();
    expect(elementProduct([-1, 3])).toBe(-3);
    expect(elementProduct([-1, -2, "N"])).toBe("2*N");
    expect(elementProduct([0, -1, "N"])).toBe(0);
  });

  /** The content that shape inference follows through one op on `Shape(x)`, x being [N,3]. */
  function content(op: string, other: number): readonly Dim[] | undefined {
    const g = new GraphBuilder(EMPTY, inferWith(OPS));
    return g.op(op, [g.op("Shape", [g.input("x", "float32", ["N", 3])]), g.ints([other])]).content;
  }
  it("shape inference gives up on it, and follows the rest", () => {
    expect(content("Mul", -1)).toBeUndefined();
    expect(content("Mul", 2)).toEqual(["2*N", 6]);
    expect(content("Div", -1)).toBeUndefined();
    expect(content("Sub", 0)).toEqual(["N", 3]);
  });
  it("ReduceProd over a shape with -1 in it", () => {
    const g = new GraphBuilder(EMPTY, inferWith(OPS));
    const shape = g.op("Shape", [g.input("x", "float32", ["N", 3])]);
    const joined = g.op("Concat", [shape, g.ints([-1])], { axis: 0 });
    expect(g.op("ReduceProd", [joined], { keepdims: 0 }).content).toBeUndefined();
    expect(g.op("ReduceProd", [shape], { keepdims: 0 }).content).toEqual(["3*N"]);
  });
  it("a Reshape with two open axes is refused", () => {
    const g = new GraphBuilder(EMPTY, inferWith(OPS));
    const x = g.input("x", "float32", ["N", 3, 8]);
    expect(() => g.op("Reshape", [x, g.ints([-1, -1])])).toThrow(/more than one axis/);
    expect(() => g.op("Reshape", [x, g.ints([-2, 24])])).toThrow(/cannot be reshaped/);
    expect(g.op("Reshape", [x, g.ints([0, -1])]).dims).toEqual(["N", 24]);
  });
});

describe("names", () => {
  it("unknown dims are equal only to themselves, and multiply", () => {
    expect(unknownDim("a", 0)).not.toBe(unknownDim("a", 1));
    expect(dimQuotient(dimProduct([unknownDim("a*b", 0), 4]), unknownDim("a*b", 0))).toBe(4);
  });
  it("are printed", () => {
    expect(formatDims(["N", 3])).toBe("[N,3]");
    expect(formatDims([])).toBe("[]");
    expect(formatDims(undefined)).toBe("[?]");
    expect([isStatic([1, 2]), isStatic(["N"]), isStatic(undefined)]).toEqual([true, false, false]);
  });
});
