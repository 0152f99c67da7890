/** @file LayerNormalization and RMSNormalization: statistics over the last axes, one scale an element of them. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { type Dim, elementCount } from "../graph/dim.ts";
import type { Fact } from "../graph/types.ts";
import { standardized, standardizedCotangent, standardizeRows } from "./_standardize.ts";
import { mapBroadcast } from "./broadcast.ts";
import { defineOp, int, type Op, real, required, type Vjp } from "./define.ts";
import { formula } from "./formula.ts";
import { type NumTensor, normalizeAxis, num } from "./num-tensor.ts";

const normAttrs = { axis: int(-1), epsilon: real(1e-5), stash_type: int(1) } as const;
type NormAttrs = { readonly axis: number; readonly epsilon: number };

const rankOf = (v: { readonly dims: readonly Dim[] | undefined }): number => (v.dims as readonly Dim[]).length;
/** From `axis` to the last. */
const lastAxes = (axis: number, rank: number): readonly number[] =>
  Array.from({ length: rank - axis }, (_, i) => axis + i);

/** Dims of the statistics: 1 along every normalised axis. */
function statisticFact({ dtype, dims }: Fact, axis: number): Fact {
  return { dtype, dims: dims?.map((d, i) => (i < normalizeAxis(axis, dims.length) ? d : 1)) };
}

const layerNormVjp: Vjp<NormAttrs> = ({ g, dy, dys, x, attrs, wants }) => {
  if (dys.slice(1).some((d) => d !== null)) {
    throw new OnnxplainError(
      "E_NO_DERIVATIVE",
      "The model computes with the mean or deviation that a LayerNormalization reports beside its result; only the result has a derivative here. Export the layer decomposed.",
    );
  }
  const data = required(x, 0);
  const scale = required(x, 1);
  const m = formula(g, data.dtype);
  const axis = normalizeAxis(attrs.axis, rankOf(data));
  const unitOf = (): ReturnType<typeof standardized> => standardized(g, data, { axis, epsilon: attrs.epsilon });
  const axes = lastAxes(axis, rankOf(data));
  return [
    wants[0] ? standardizedCotangent(m, m.mul(dy, scale), { ...unitOf(), axes }) : null,
    wants[1] ? m.mul(dy, unitOf().unit) : null,
    wants[2] ? dy : null,
  ];
};

/** y = x̂ · scale + B; further outputs are the mean and 1/√(var + ε). */
export const LayerNormalization: Op = defineOp({
  kind: "normalize",
  attrs: normAttrs,
  shape: ({ x, attrs, outputs }) => {
    const { dtype, dims } = required(x, 0);
    const statistic = statisticFact({ dtype, dims }, attrs.axis);
    return [{ dtype, dims }, statistic, statistic].slice(0, outputs);
  },
  eval: ({ x, attrs, outputs }) => {
    const data = required(x, 0);
    const axis = normalizeAxis(attrs.axis, data.dims.length);
    const { values, means, inverses } = standardizeRows(data.data, elementCount(data.dims.slice(axis)), attrs.epsilon);
    const dims = data.dims.map((d, i) => (i < axis ? d : 1));
    const y = affine(num(data.dtype, data.dims, values), required(x, 1), x[2]);
    return [y, num(data.dtype, dims, means), num(data.dtype, dims, inverses)].slice(0, outputs);
  },
  vjp: layerNormVjp,
});

const affine = (unit: NumTensor, scale: NumTensor, bias: NumTensor | undefined): NumTensor =>
  bias
    ? mapBroadcast(unit.dtype, [unit, scale, bias], (v, s, b) => v * s + b)
    : mapBroadcast(unit.dtype, [unit, scale], (v, s) => v * s);

/** 1 / √(mean x² + ε). */
function inverseRms(g: GraphBuilder, x: Value, axes: readonly number[], epsilon: number): Value {
  const m = formula(g, x.dtype);
  return m.div(1, m.sqrt(m.add(m.mean(m.mul(x, x), axes), epsilon)));
}

/** y = x / √(mean x² + ε) · scale. */
export const RMSNormalization: Op = defineOp({
  kind: "normalize",
  attrs: normAttrs,
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: required(x, 0).dims }),
  eval: ({ x, attrs }) => {
    const data = required(x, 0);
    const size = elementCount(data.dims.slice(normalizeAxis(attrs.axis, data.dims.length)));
    const unit = new Float64Array(data.data.length);
    for (let i = 0; i < unit.length; i += size) {
      const row = data.data.subarray(i, i + size);
      const inverse = 1 / Math.sqrt(row.reduce((s, v) => s + v * v, 0) / size + attrs.epsilon);
      unit.set(
        row.map((v) => v * inverse),
        i,
      );
    }
    return affine(num(data.dtype, data.dims, unit), required(x, 1), undefined);
  },
  // with d = dy · scale: (d - x̂ mean(d x̂)) / √(mean x² + ε)
  vjp: ({ g, dy, x, attrs, wants }) => {
    const data = required(x, 0);
    const m = formula(g, data.dtype);
    const axes = lastAxes(normalizeAxis(attrs.axis, rankOf(data)), rankOf(data));
    const inverse = inverseRms(g, data, axes, attrs.epsilon);
    const unit = m.mul(data, inverse);
    const d = m.mul(dy, required(x, 1));
    const dx = (): Value => m.mul(m.sub(d, m.mul(unit, m.mean(m.mul(d, unit), axes))), inverse);
    return [wants[0] ? dx() : null, wants[1] ? m.mul(dy, unit) : null];
  },
});
