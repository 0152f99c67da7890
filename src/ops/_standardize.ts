/** @file Standardising: (x - mean) / √(var + ε), its float64 reference, and the cotangent that all such layers share. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { isStatic } from "../graph/dim.ts";
import { float } from "../graph/types.ts";
import type { Formula } from "./formula.ts";

export interface Standardized {
  readonly values: Float64Array;
  readonly means: Float64Array;
  readonly inverses: Float64Array;
}

/** Rows of `size` consecutive numbers; `inverses` are 1 / √(var + ε). */
export function standardizeRows(data: Float64Array, size: number, epsilon: number): Standardized {
  const rows = size === 0 ? 0 : data.length / size;
  const [values, means, inverses] = [new Float64Array(data.length), new Float64Array(rows), new Float64Array(rows)];
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * size, (r + 1) * size);
    const mean = row.reduce((s, v) => s + v, 0) / size;
    const inverse = 1 / Math.sqrt(row.reduce((s, v) => s + (v - mean) ** 2, 0) / size + epsilon);
    row.forEach((v, i) => {
      values[r * size + i] = (v - mean) * inverse;
    });
    means[r] = mean;
    inverses[r] = inverse;
  }
  return { values, means, inverses };
}

/** x̂ and 1/√(var + ε) over the axes from `axis` on, both from one fused node: LayerNormalization with a scale of ones. */
export function standardized(
  g: GraphBuilder,
  x: Value,
  options: { readonly axis: number; readonly epsilon: number },
): { readonly unit: Value; readonly inverse: Value } {
  const { axis, epsilon } = options;
  const tail = x.dims?.slice(axis);
  if (!isStatic(tail)) {
    throw new OnnxplainError(
      "E_SHAPE",
      `The gradient of a normalisation needs the size of \`${x.name}\` along the axes it averages over, which is free. Fix the model's input size (\`--size\`).`,
    );
  }
  const ones = g.op("Expand", [g.scalar(1, x.dtype), g.ints(tail)]);
  const [unit, , inverse] = g.ops("LayerNormalization", [x, ones], {
    attrs: { axis, epsilon: float(epsilon) },
    outputs: 3,
  }) as [Value, Value, Value];
  return { unit, inverse };
}

/** With d the cotangent of x̂: (d - mean d - x̂ mean(d x̂)) / √(var + ε). */
export function standardizedCotangent(
  m: Formula,
  d: Value,
  { unit, inverse, axes }: { readonly unit: Value; readonly inverse: Value; readonly axes: readonly number[] },
): Value {
  const along = m.mul(unit, m.mean(m.mul(d, unit), axes));
  return m.mul(m.sub(m.sub(d, m.mean(d, axes)), along), inverse);
}
