/** @file What relevance makes of Fisher sums, as nodes: coefficients of dimensions, and the quadratic form of a descriptor that they are, one a Gaussian. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { tensor } from "../graph/tensor.ts";
import { formula } from "../ops/formula.ts";
import { type EmittedPart, perGaussian } from "./encode-graph.ts";
import { inverseRoots } from "./fisher-vector.ts";
import type { Mixture } from "./mixture.ts";
import type { Encoding } from "./pipeline.ts";
import { NEGLIGIBLE } from "./posteriors.ts";

/** c_d of one cell, block by block. */
export interface Coefficients {
  /** `[N, K, 1]`; undefined without the block. */
  readonly pi: Value | undefined;
  /** `[N, K, D]`. */
  readonly mu: Value;
  readonly sigma: Value;
}

export interface Cell {
  readonly sums: Value;
  readonly relevance: Value;
  readonly parts: readonly EmittedPart[];
}

/** c_d = R3_d / (s_d + epsilon sgn s_d) outside Z, and the sum of R3 over Z, `[N, 1]`; an epsilon of 0 is none. */
export function emitCoefficients(
  g: GraphBuilder,
  { encoding, epsilon }: { readonly encoding: Encoding; readonly epsilon: number },
  { sums, relevance, parts }: Cell,
): Coefficients & { readonly inZ: Value } {
  const m = formula(g, "float64");
  const { mixture, zeroth } = encoding;
  const { components, width } = mixture;
  const lengths = [...(zeroth ? [1] : []), width, width];
  const blocks = (table: Value): readonly Value[] =>
    g
      .ops("Split", [table, g.ints(lengths.map((l) => l * components))], {
        attrs: { axis: 1 },
        outputs: lengths.length,
      })
      .map((block, i) => g.op("Reshape", [block, g.ints([-1, components, lengths[i] as number])]));
  const shares = blocks(relevance);
  const absent = emitAbsent(g, parts);
  const found = blocks(sums).map((block, i) => {
    const share = shares[i] as Value;
    const sum = lengths[i] === 1 || absent === undefined ? block : m.where(absent, 0, block);
    const vanishes = g.op("Equal", [sum, g.scalar(0, "float64")]);
    const stable = epsilon === 0 ? sum : m.add(sum, m.mul(m.sign(sum), epsilon));
    return {
      coefficient: m.where(vanishes, 0, m.div(share, m.where(vanishes, 1, stable))),
      inZ: m.sum(
        g.op("Reshape", [m.where(vanishes, share, 0), g.ints([-1, components * (lengths[i] as number)])]),
        [1],
      ),
    };
  });
  const [sigma, mu, pi] = found.map((f) => f.coefficient).reverse() as [Value, Value, Value?];
  return { pi, mu, sigma, inZ: found.map((f) => f.inZ).reduce((a, b) => m.add(a, b)) };
}

/** Gaussians that answer for no descriptor of these parts: `[N, K, 1]`; undefined where there are no parts, and every sum is 0. */
function emitAbsent(g: GraphBuilder, parts: readonly EmittedPart[]): Value | undefined {
  if (parts.length === 0) return undefined;
  const largest = parts
    .map((part) => g.op("ReduceMax", [part.gamma, g.ints([1])], { keepdims: 1 }))
    .reduce((a, b) => g.op("Max", [a, b]));
  const m = formula(g, "float32");
  return m.less(g.op("Transpose", [largest], { perm: [0, 2, 1] }), NEGLIGIBLE);
}

export interface Form {
  /** What gamma is multiplied with: `[N, K, 2 (D + 1)]`, float32. */
  readonly table: Value;
  /** - sum_k c_pi(k) sqrt(pi_k), `[N, 1]`, float64. */
  readonly constant: Value;
}

/**
 * The coefficients of the cells that hold an atom as one quadratic form of l a Gaussian. With p = pi_k^(-1/2):
 * two = p c_sigma / (sqrt2 sigma^2), one = p c_mu / sigma - 2 mu two, zero = p c_pi - sum_r p c_mu mu / sigma + sum_r two (mu^2 - sigma^2).
 */
export function emitForm(g: GraphBuilder, mixture: Mixture, cells: readonly Coefficients[]): Form {
  const m = formula(g, "float64");
  const { components, width, weights, means, deviations } = mixture;
  const roots = inverseRoots(mixture);
  const constant = (values: ArrayLike<number>, hint: string): Value => perGaussian(g, mixture, values, hint);
  const root = (p: number): number => roots[Math.floor(p / width)]!;
  const total = (values: readonly Value[]): Value => values.reduce((a, b) => m.add(a, b));
  const mu = m.mul(
    total(cells.map((c) => c.mu)),
    constant(
      deviations.map((s, p) => root(p) / s),
      "one",
    ),
  );
  const two = m.mul(
    total(cells.map((c) => c.sigma)),
    constant(
      deviations.map((s, p) => (root(p) * Math.SQRT1_2) / (s * s)),
      "two",
    ),
  );
  const one = m.sub(
    mu,
    m.mul(
      two,
      constant(
        means.map((v) => 2 * v),
        "twice_mu",
      ),
    ),
  );
  const spread = constant(
    means.map((v, p) => v * v - deviations[p]! ** 2),
    "spread",
  );
  const inner = m.sum(m.sub(m.mul(two, spread), m.mul(mu, constant(means, "mu"))), [2]);
  const pis = cells.flatMap((c) => (c.pi ? [c.pi] : []));
  const pi = pis.length > 0 ? total(pis) : undefined;
  const zero = pi ? m.add(inner, m.mul(pi, constant(roots, "pi_scale"))) : inner;
  const table = g.op("Concat", [one, zero, two, m.mul(zero, 0)], { axis: 2 });
  const even = pi
    ? m.neg(
        m.sum(g.op("Reshape", [m.mul(pi, constant(weights.map(Math.sqrt), "pi_root")), g.ints([-1, components])]), [1]),
      )
    : g.constant(tensor("float64", [1, 1], [0]));
  return { table: g.op("Cast", [table], { to: dtypeCode("float32") }), constant: even };
}
