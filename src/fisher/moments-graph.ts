/** @file Reduced descriptors, posteriors and moments as nodes: every product over descriptors is one of [l, 1, l^2, 1] with a constant or with gamma. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { tensor } from "../graph/tensor.ts";
import type { Mixture } from "./mixture.ts";
import type { Encoding } from "./pipeline.ts";
import type { Projection } from "./projection.ts";

/** Columns of a basis: l_1 … l_D, 1, l_1^2 … l_D^2, 1. */
export const basisWidth = ({ width }: Pick<Mixture, "width">): number => 2 * (width + 1);

/**
 * The mixture as the graph sees it. Descriptors are not centred there, x . axes alone, and means move by mean . axes instead: a flat
 * place, x = 0, is 0 exactly, and a Gaussian that sits on flat places sees no rounding, which the square root would make large.
 */
export function uncentred({
  mixture,
  projection: { from, width, mean, axes },
}: Pick<Encoding, "mixture" | "projection">): Mixture {
  const shift = new Float64Array(mixture.width);
  for (let i = 0; i < from; i++) for (let j = 0; j < width; j++) shift[j]! += mean[i]! * axes[i * width + j]!;
  return { ...mixture, means: mixture.means.map((mu, p) => mu + shift[p % mixture.width]!) };
}

/** `[N, L, 128]` to rows x . axes, and behind them a column of ones where it is asked for. */
export function emitReduced(
  g: GraphBuilder,
  descriptors: Value,
  { from, width, axes }: Projection,
  ones: boolean,
): Value {
  const columns = width + (ones ? 1 : 0);
  const matrix = new Float64Array(from * columns);
  for (let i = 0; i < from; i++) matrix.set(axes.subarray(i * width, (i + 1) * width), i * columns);
  const product = g.op("MatMul", [descriptors, g.constant(tensor("float32", [from, columns], matrix), "axes")]);
  if (!ones) return product;
  const last = new Float32Array(columns);
  last[width] = 1;
  return g.op("Add", [product, g.constant(tensor("float32", [columns], last), "ones")]);
}

/** `[l, 1]` to `[l, 1, l^2, 1]`. */
export const emitBasis = (g: GraphBuilder, rows: Value): Value =>
  g.op("Concat", [rows, g.op("Mul", [rows, rows])], { axis: 2 });

/** gamma `[N, L, K]`: the softmax of log pi_k - sum_r log sigma_kr - (l - mu_k)^2 / 2 sigma_k^2, which is linear in the basis. */
export function emitPosteriors(g: GraphBuilder, basis: Value, mixture: Mixture): Value {
  const { components, width, weights, means, deviations } = mixture;
  const rows = basisWidth(mixture);
  const matrix = new Float64Array(rows * components);
  for (let k = 0; k < components; k++) {
    let constant = Math.log(weights[k]!);
    for (let r = 0, p = k * width; r < width; r++, p++) {
      const precision = 1 / deviations[p]! ** 2;
      matrix[r * components + k] = means[p]! * precision;
      matrix[(width + 1 + r) * components + k] = -precision / 2;
      constant -= Math.log(deviations[p]!) + (means[p]! ** 2 * precision) / 2;
    }
    matrix[width * components + k] = constant;
  }
  const logits = g.op("MatMul", [basis, g.constant(tensor("float32", [rows, components], matrix), "densities")]);
  return g.op("Softmax", [logits], { axis: -1 });
}

/** gamma^T [l, 1, l^2, 1]: `[N, K, 2 (D + 1)]`. */
export const emitMomentTable = (g: GraphBuilder, gamma: Value, basis: Value): Value =>
  g.op("MatMul", [g.op("Transpose", [gamma], { perm: [0, 2, 1] }), basis]);

/** Float64. */
export interface Moments {
  /** sum of gamma_k, `[N, K, 1]`. */
  readonly zeroth: Value;
  /** sum of gamma_k l, `[N, K, D]`. */
  readonly first: Value;
  /** sum of gamma_k l^2, `[N, K, D]`. */
  readonly second: Value;
}

/** Columns of a moment table, widened: what is made of them are small differences. */
export function splitMoments(g: GraphBuilder, table: Value, width: number): Moments {
  const wide = g.op("Cast", [table], { to: dtypeCode("float64") });
  const [first, zeroth, second] = g.ops("Split", [wide, g.ints([width, 1, width, 1])], {
    attrs: { axis: 2 },
    outputs: 4,
  }) as readonly [Value, Value, Value, Value];
  return { zeroth, first, second };
}
