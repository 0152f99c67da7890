/** @file Rules of nodes without weights, on nets so small that the shares can be written down. */
import { describe, expect, it } from "vitest";
import type { Value } from "../../src/graph/builder.ts";
import type { Model } from "../../src/graph/types.ts";
import { type Composite, findComposite } from "../../src/rules/composites.ts";
import type { ResidualPolicy } from "../../src/rules/rule-site.ts";
import { parseRule } from "../../src/rules/table.ts";
import { float64, type Net, net, relativeError, sizeOf, wave } from "../nets.ts";
import { relevanceOf, SETTINGS } from "./layer.ts";

const ATTN = findComposite("attnlrp");
const run = (
  build: (n: Net) => Value,
  {
    dims,
    x,
    start,
    composite = ATTN,
    residual = "norm",
  }: {
    readonly dims: readonly number[];
    readonly x: ArrayLike<number>;
    readonly start: ArrayLike<number>;
    readonly composite?: Composite;
    readonly residual?: ResidualPolicy;
  },
): Float64Array => {
  const model: Model = net({ dims }, (n) => ({ y: build(n) }));
  const y = model.graph.outputs[0]?.dims as readonly number[];
  return relevanceOf(model, {
    composite,
    x: float64(dims, x),
    start: float64(y, start),
    settings: { ...SETTINGS, stabilizer: 0, residual },
  }).relevance;
};
const close = (got: ArrayLike<number>, want: ArrayLike<number>): void =>
  expect(relativeError(got, want)).toBeLessThan(1e-9);

describe("a sum of branches", () => {
  // y = x + 2x (through a layer): the branch brings two thirds
  const build = ({ g, x, w }: Net): Value => g.op("Add", [x, g.op("MatMul", [x, w([2, 2], [2, 0, 0, 2])])]);
  const given = { dims: [1, 2], x: [3, -1], start: [6, 9] };
  it("shares by signed contribution", () => close(run(build, given), [6, 9]));
  it.each(["contribution", "ignore_skip"] as const)("conserves under %s", (residual) =>
    close(run(build, { ...given, residual }), [6, 9]),
  );
  it("opposite branches: signed shares explode, absolute ones do not, the branch takes all", () => {
    // y = x1 - 0.5 x2 with x1 = x2 = x: shares 1/(1-.5) = 2 and -1; absolute 2/3 and 1/3
    const halved = ({ g, x, w }: Net): Value => {
      const parts = g.ops("Split", [x], { outputs: 2, attrs: { axis: 1, num_outputs: 2 } });
      const layer = g.op("MatMul", [parts[1] as Value, w([1, 1], [-0.5])]);
      return g.op("Add", [parts[0] as Value, layer]);
    };
    const one = { dims: [1, 2], x: [4, 4], start: [1] };
    close(run(halved, one), [2, -1]);
    close(run(halved, { ...one, residual: "contribution" }), [2 / 3, 1 / 3]);
    close(run(halved, { ...one, residual: "ignore_skip" }), [0, 1]);
  });
  it("a subtraction shares by what each side brings", () => {
    const build = ({ g, x }: Net): Value => {
      const parts = g.ops("Split", [x], { outputs: 2, attrs: { axis: 1, num_outputs: 2 } });
      return g.op("Sub", [parts[0] as Value, parts[1] as Value]);
    };
    close(run(build, { dims: [1, 2], x: [5, 2], start: [6] }), [10, -4]);
  });
});

it("a constant that is added takes nothing, a factor changes nothing", () => {
  const build = ({ g, x, w }: Net): Value => g.op("Add", [g.op("Mul", [x, w([2], [3, -4])]), w([2], [7, 7])]);
  close(run(build, { dims: [1, 2], x: [1, 2], start: [5, 6] }), [5, 6]);
});

it("a mean shares by what each position brings", () => {
  const build = ({ g, x }: Net): Value => g.op("GlobalAveragePool", [x]);
  close(run(build, { dims: [1, 1, 2, 2], x: [1, 2, 3, 2], start: [16] }), [2, 4, 6, 4]);
});

it("a maximum gives all to its first winner", () => {
  const build = ({ g, x }: Net): Value => g.op("MaxPool", [x], { kernel_shape: [2, 2], strides: [2, 2] });
  close(run(build, { dims: [1, 1, 2, 2], x: [1, 3, 3, 0], start: [16] }), [0, 16, 0, 0]);
});

describe("attention", () => {
  it("x·σ(x) is an activation: relevance passes once", () => {
    const silu = ({ g, x }: Net): Value => g.op("Mul", [x, g.op("Sigmoid", [x])]);
    close(run(silu, { dims: [1, 2], x: [1, -2], start: [5, 6], composite: findComposite("epsilon") }), [5, 6]);
  });
  it("a gate computed from the image takes half", () => {
    const gated = ({ g, x, w }: Net): Value => g.op("Mul", [x, g.op("Sigmoid", [g.op("MatMul", [x, w([1, 1], [2])])])]);
    close(run(gated, { dims: [1, 1], x: [3], start: [8] }), [8]);
  });
  it("Softmax: x ⊙ (R - y ΣR)", () => {
    const x = [1, 2, 0.5];
    const e = x.map(Math.exp);
    const y = e.map((v) => v / e.reduce((a, b) => a + b, 0));
    const r = [1, -2, 4];
    close(
      run(({ g, x: v }) => g.op("Softmax", [v], { axis: 1 }), { dims: [1, 3], x, start: r }),
      x.map((v, i) => v * ((r[i] as number) - (y[i] as number) * 3)),
    );
  });
  it("a product of two matrices: half to each, by contribution", () => {
    // y = a·b for a = x[0], b = x[1]: [2,2] times [2,1]
    const build = ({ g, x }: Net): Value => {
      const [a, b] = g.ops("Split", [x, g.ints([4, 2])], { outputs: 2, attrs: { axis: 1 } }) as [Value, Value];
      const product = g.op("MatMul", [
        g.op("Reshape", [a, g.ints([1, 2, 2])]),
        g.op("Reshape", [b, g.ints([1, 2, 1])]),
      ]);
      return g.op("Flatten", [product], { axis: 1 });
    };
    const [a, b, r] = [
      [1, 2, 3, 4],
      [5, -6],
      [10, 20],
    ];
    const y = [1 * 5 + 2 * -6, 3 * 5 + 4 * -6];
    const s = r.map((v, i) => v / (2 * (y[i] as number)));
    const left = [0, 1].flatMap((i) => b.map((v, k) => (a[2 * i + k] as number) * v * (s[i] as number)));
    const right = b.map((v, k) => v * ((a[k] as number) * (s[0] as number) + (a[2 + k] as number) * (s[1] as number)));
    close(run(build, { dims: [1, 6], x: [...a, ...b], start: r }), [...left, ...right]);
  });
  it("the derivative comes back from every part of a Split", () => {
    const build = ({ g, x, w }: Net): Value => {
      const [a, b] = g.ops("Split", [x, g.ints([1, 2])], { outputs: 2, attrs: { axis: 1 } }) as [Value, Value];
      return g.op("Concat", [g.op("Mul", [b, w([1], [2])]), g.op("Mul", [a, w([1], [5])])], { axis: 1 });
    };
    const composite = findComposite("guided-backprop");
    close(run(build, { dims: [1, 3], x: [1, -2, 3], start: [1, 10, 100], composite }), [500, 2, 20]);
  });
  it("normalisations pass relevance by", () => {
    const build = ({ g, x, w }: Net): Value => g.op("LayerNormalization", [x, w([4], [1, 2, 3, 4])], { axis: -1 });
    close(run(build, { dims: [1, 4], x: wave(sizeOf([4])), start: [1, 2, 3, 4] }), [1, 2, 3, 4]);
  });
});

describe("what has no rule is refused, all at once", () => {
  const attention = ({ g, x, w }: Net): Value => {
    const q = g.op("MatMul", [x, w([4, 4])]);
    return g.op("MatMul", [
      g.op("Softmax", [g.op("MatMul", [q, g.op("Transpose", [x], { perm: [0, 2, 1] })])], { axis: -1 }),
      x,
    ]);
  };
  const given = { dims: [1, 3, 4], x: wave(12), start: wave(12) };
  it("names the nodes and the composite that has rules", () => {
    expect(() => run(attention, { ...given, composite: findComposite("epsilon-plus") })).toThrow(
      /`epsilon-plus` has no rule for 3 nodes: MatMul "[^"]+", Softmax "[^"]+", MatMul "[^"]+".*composite=attnlrp/,
    );
    expect(run(attention, given).every(Number.isFinite)).toBe(true);
  });
  it("a pattern that fits no node is an error", () => {
    const composite: Composite = { ...ATTN, rows: [[{ glob: "conv*" }, parseRule("flat")], ...ATTN.rows] };
    expect(() => run(attention, { ...given, composite })).toThrow(/pattern `conv\*` fits no node.*there are MatMul/s);
  });
  it.each([
    ["gama", /There is no composite `gama`.*epsilon-plus.*gamma:0.25/s],
    ["alpha-beta:1,1", /alpha - beta = 1/],
  ])("`%s` is refused", (text, message) =>
    expect(() => run(attention, { ...given, composite: findComposite(text) })).toThrow(message),
  );
});
