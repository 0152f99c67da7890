/** @file Forms of known ops that have no derivative here: each is refused with a code and a way out, never answered with zeros. */
import { describe, expect, it } from "vitest";
import type { GraphBuilder, Value } from "../../src/graph/builder.ts";
import { tensor } from "../../src/graph/tensor.ts";
import type { Attrs, Graph } from "../../src/graph/types.ts";
import { builderOn } from "../../src/ops/infer.ts";
import { num } from "../../src/ops/num-tensor.ts";
import { OPS, type Ops } from "../../src/ops/table.ts";

const EMPTY: Graph = { name: "one", inputs: [], outputs: [], constants: new Map(), nodes: [], facts: new Map() };

interface Refused {
  readonly op: string;
  readonly dims: readonly (number | string)[];
  readonly rest?: (g: GraphBuilder) => readonly (Value | null)[];
  readonly attrs?: Attrs;
  readonly outputs?: number;
  readonly code: string;
  readonly says: RegExp;
}

const channels = (g: GraphBuilder): readonly Value[] =>
  Array.from({ length: 4 }, () => g.constant(tensor("float32", [2], [1, 2])));
const scales =
  (...values: number[]) =>
  (g: GraphBuilder): readonly (Value | null)[] => [null, g.constant(tensor("float32", [values.length], values))];

const REFUSED: Readonly<Record<string, Refused>> = {
  "LayerNormalization whose mean is used": {
    op: "LayerNormalization",
    dims: [3, 2],
    rest: (g) => channels(g).slice(0, 1),
    outputs: 3,
    code: "E_NO_DERIVATIVE",
    says: /mean or deviation/,
  },
  "LayerNormalization of a free size": {
    op: "LayerNormalization",
    dims: [1, "T"],
    rest: (g) => channels(g).slice(0, 1),
    code: "E_SHAPE",
    says: /--size/,
  },
  "InstanceNormalization of a free size": {
    op: "InstanceNormalization",
    dims: [1, 2, "H", "W"],
    rest: (g) => channels(g).slice(0, 2),
    code: "E_SHAPE",
    says: /--size/,
  },
  "Resize of a free size": {
    op: "Resize",
    dims: [1, 2, "H", "W"],
    rest: scales(1, 1, 2, 2),
    code: "E_SHAPE",
    says: /H to 2\*H/,
  },
  "Resize that shrinks with antialias": {
    op: "Resize",
    dims: [1, 2, 8, 8],
    rest: scales(1, 1, 0.5, 0.5),
    attrs: { mode: "linear", antialias: 1 },
    code: "E_UNSUPPORTED_OP",
    says: /antialias=False/,
  },
  "Resize of a region": {
    op: "Resize",
    dims: [1, 2, 8, 8],
    rest: scales(1, 1, 2, 2),
    attrs: { coordinate_transformation_mode: "tf_crop_and_resize" },
    code: "E_UNSUPPORTED_OP",
    says: /Crop before resizing/,
  },
  "Einsum of a diagonal": {
    op: "Einsum",
    dims: [3, 3],
    attrs: { equation: "ii->i" },
    code: "E_NO_DERIVATIVE",
    says: /diagonal/,
  },
  "QuantizeLinear in blocks": {
    op: "QuantizeLinear",
    dims: [4, 2],
    rest: (g) => [g.constant(tensor("float32", [2, 2], [1, 1, 1, 1]))],
    attrs: { axis: 0, block_size: 2 },
    code: "E_UNSUPPORTED_OP",
    says: /per axis/,
  },
};

describe("refusals", () => {
  for (const [name, { op, dims, rest, attrs = {}, outputs = 1, code, says }] of Object.entries(REFUSED)) {
    it(name, () => {
      const g = builderOn(EMPTY, OPS);
      const x = [g.input("x", "float32", dims), ...(rest?.(g) ?? [])];
      const ys = g.ops(op, x, { attrs, outputs });
      const y = ys[0] as Value;
      const dy = g.input("dy", "float32", y.dims ?? []);
      const { vjp } = (OPS as Ops)[op] as Ops[string];
      if (typeof vjp !== "function") throw new Error(`${op} has no vjp`);
      const back = (): unknown =>
        vjp({ g, dy, dys: ys.map(() => dy), x, y, ys, attrs, wants: x.map((_, i) => i === 0) });
      expect(back).toThrowError(expect.objectContaining({ code, message: expect.stringMatching(says) }));
    });
  }

  it("an equation that does not fit its inputs", () => {
    const g = builderOn(EMPTY, OPS);
    const x = g.input("x", "float32", [2, 3]);
    expect(() => g.op("Einsum", [x], { equation: "ijk->i" })).toThrowError(
      expect.objectContaining({ code: "E_MODEL_INVALID" }),
    );
  });

  it("but a diagonal still evaluates", () => {
    const x = num("float32", [2, 2], [1, 2, 3, 4]);
    const [y] = OPS.Einsum.eval({ x: [x], attrs: { equation: "ii->i" }, outputs: 1 });
    expect(Array.from(y?.data ?? [])).toEqual([1, 4]);
  });
});
