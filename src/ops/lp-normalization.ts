/** @file LpNormalization and MeanVarianceNormalization: normalisations without weights. */
import { OnnxplainError } from "../errors.ts";
import { mapLanes, total } from "./_lanes.ts";
import { standardizedCotangent } from "./_standardize.ts";
import { defineOp, int, ints, type Op, required } from "./define.ts";
import { formula } from "./formula.ts";
import { eachIndex, type NumTensor, normalizeAxis, num, offsetOf, stridesOf } from "./num-tensor.ts";

function norm(lane: Float64Array, p: number): number {
  return p === 1 ? total(lane.map(Math.abs)) : Math.sqrt(total(lane.map((v) => v * v)));
}

/** x / ‖x‖ along an axis, p = 1 or 2. A lane of zeros stays zero and passes no gradient; sign(0) = 0. */
export const LpNormalization: Op = defineOp({
  kind: "normalize",
  attrs: { axis: int(-1), p: int(2) },
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: required(x, 0).dims }),
  eval: ({ x, attrs }) =>
    mapLanes(required(x, 0), attrs.axis, (lane) => {
      const size = norm(lane, attrs.p);
      return size === 0 ? lane : lane.map((v) => v / size);
    }),
  // d‖x‖ is y for p = 2 and sign x for p = 1: dx = (dy - d‖x‖ Σ dy y) / ‖x‖
  vjp: ({ g, dy, x, y, attrs: { axis, p } }) => {
    const data = required(x, 0);
    const m = formula(g, y.dtype);
    const size = g.op(p === 1 ? "ReduceL1" : "ReduceL2", [data, g.ints([axis])], { keepdims: 1 });
    const positive = m.greater(size, 0);
    const inverse = m.where(positive, m.div(1, m.where(positive, size, 1)), 0);
    const along = m.mul(p === 1 ? m.sign(data) : y, m.sum(m.mul(dy, y), [axis]));
    return [m.mul(m.sub(dy, along), inverse)];
  },
});

/** ONNX's guard of the deviation. */
const EPSILON = 1e-9;

/** (x - mean) / (deviation + 1e-9) over `axes`, by default batch and space. */
export const MeanVarianceNormalization: Op = defineOp({
  kind: "normalize",
  attrs: { axes: ints() },
  shape: ({ x }) => ({ dtype: required(x, 0).dtype, dims: required(x, 0).dims }),
  eval: ({ x, attrs }) => standardizeOver(required(x, 0), attrs.axes ?? [0, 2, 3]),
  vjp: ({ g, dy, x, y, attrs }) => {
    const data = required(x, 0);
    const m = formula(g, y.dtype);
    const rank = data.dims?.length;
    if (rank === undefined) throw new OnnxplainError("E_SHAPE", `The rank of \`${data.name}\` is unknown.`);
    const axes = (attrs.axes ?? [0, 2, 3]).map((a) => normalizeAxis(a, rank));
    const centred = m.sub(data, m.mean(data, axes));
    const inverse = m.div(1, m.add(m.sqrt(m.mean(m.mul(centred, centred), axes)), EPSILON));
    return [standardizedCotangent(m, dy, { unit: y, inverse, axes })];
  },
});

function standardizeOver(t: NumTensor, over: readonly number[]): NumTensor {
  const axes = over.map((a) => normalizeAxis(a, t.dims.length));
  const kept = t.dims.map((d, i) => (axes.includes(i) ? 1 : d));
  const strides = stridesOf(kept).map((s, i) => (axes.includes(i) ? 0 : s));
  const cell = new Int32Array(t.data.length);
  eachIndex(t.dims, (index, at) => {
    cell[at] = offsetOf(index, strides);
  });
  const cells = kept.reduce((p, d) => p * d, 1);
  const share = cells / t.data.length;
  const means = new Float64Array(cells);
  const variances = new Float64Array(cells);
  t.data.forEach((v, i) => {
    means[cell[i] as number]! += v * share;
  });
  const centred = t.data.map((v, i) => v - (means[cell[i] as number] as number));
  centred.forEach((v, i) => {
    variances[cell[i] as number]! += v * v * share;
  });
  return num(
    t.dtype,
    t.dims,
    centred.map((v, i) => v / (Math.sqrt(variances[cell[i] as number] as number) + EPSILON)),
  );
}
