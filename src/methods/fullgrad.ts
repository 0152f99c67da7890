/** @file FullGrad: the input's share and every bias's share of the score, as one map (Srinivas and Fleuret 2019). */
import { reverse } from "../diff/emit.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { biasTerms } from "./bias-terms.ts";
import type { EmitContext, Emitted, Finish, Method } from "./method.ts";
import { noPath, onePass } from "./one-pass.ts";

const RESIDUAL = "completeness_residual";

/** psi [N,1,h,w]: each channel of |t| from 0 to 1, summed over channels. */
function psi(g: GraphBuilder, t: Value): Value {
  const size = g.op("Abs", [t]);
  const plane = g.ints([2, 3]);
  const least = g.op("ReduceMin", [size, plane], { keepdims: 1 });
  const range = g.op("Sub", [g.op("ReduceMax", [size, plane], { keepdims: 1 }), least]);
  const scaled = g.op("Div", [g.op("Sub", [size, least]), g.op("Add", [range, g.scalar(1e-7)])]);
  return g.op("ReduceSum", [scaled, g.ints([1])], { keepdims: 1 });
}

/** Bilinear to the input's size, half-pixel centres, edges clamped. */
const enlarged = (g: GraphBuilder, v: Value, [height, width]: readonly [number, number]): Value => {
  const [, , h, w] = v.dims as readonly Dim[];
  return h === height && w === width
    ? v
    : g.op("Resize", [v, null, null, g.ints([height, width])], { mode: "linear", axes: [2, 3] });
};

const sum = (g: GraphBuilder, values: readonly Value[]): Value =>
  values.length === 1 ? (values[0] as Value) : g.op("Sum", values);

/** One number a row. */
function total(g: GraphBuilder, v: Value): Value {
  const axes = (v.dims ?? []).map((_, i) => i).slice(1);
  return g.op("ReduceSum", [v, g.ints(axes)], { keepdims: 0 });
}

/** Planes of one size are added before they are enlarged: both are linear. */
function joined(g: GraphBuilder, planes: readonly Value[], size: readonly [number, number]): Value {
  const sizeOf = (v: Value): string => (v.dims ?? []).slice(2).join();
  const sizes = [...new Set(planes.map(sizeOf))];
  const map = sum(
    g,
    sizes.map((s) => {
      const alike = planes.filter((p) => sizeOf(p) === s);
      return enlarged(g, sum(g, alike), size);
    }),
  );
  return g.op("Squeeze", [map, g.ints([1])]);
}

const emit = (context: EmitContext): Emitted => {
  const { g, classifier, cotangent } = context;
  const { input, scores, model, ops, layout, height, width } = classifier;
  const { nodes } = model.graph;
  const terms = biasTerms(g, nodes, input.name);
  const to = [input.name, ...new Set(terms.map((t) => t.output))];
  const { cotangents, notes } = reverse({ g, nodes, ops, from: new Map([[scores, cotangent]]), to, needsVjp: true });
  const slope = cotangents.get(input.name);
  if (!slope) throw noPath(input.name, scores);
  const share = g.op("Mul", [g.value(input.name), slope]);
  const shares = terms.flatMap(({ output, bias, perChannel }) => {
    const dy = cotangents.get(output);
    return dy ? [{ perChannel, value: g.op("Mul", [dy, bias(g)]) }] : [];
  });
  const maps = shares.filter(({ perChannel, value }) => perChannel && !value.dims?.slice(2).every((d) => d === 1));
  const pixels = layout === "nchw" ? share : g.op("Transpose", [share], { perm: [0, 3, 1, 2] });
  const score = total(g, g.op("Mul", [g.value(scores), cotangent]));
  const explained = sum(
    g,
    [share, ...shares.map((s) => s.value)].map((v) => total(g, v)),
  );
  return {
    map: joined(
      g,
      [pixels, ...maps.map((s) => s.value)].map((t) => psi(g, t)),
      [height, width],
    ),
    notes,
    extra: { [RESIDUAL]: g.op("Sub", [score, explained]) },
    finish,
  };
};

const finish: Finish = (_, extra) => ({ checks: { [RESIDUAL]: extra[RESIDUAL]?.[0] as number } });

/**
 * The map [N,H,W] is not negative. The check `completeness_residual` is `f(x) - x·df/dx - sum(b·df/db)` over all biases, those
 * of Gemm included: 0 up to rounding for networks of linear layers, ReLU, BatchNormalization and pools.
 */
export const fullgrad: Method = {
  id: "fullgrad",
  aliases: ["full-gradient"],
  title: "FullGrad: gradients of the input and of every bias",
  source:
    "Srinivas, Fleuret 2019 (arXiv 1905.00780), eq. 8; per-channel psi and the choice of biases (Conv, BatchNormalization) as in pytorch-grad-cam FullGrad",
  params: {},
  space: "pixel",
  signed: () => false,
  cost: "1 forward + 1 backward",
  gradients: true,
  separateBatchNorm: true,
  emit,
  plan: onePass(emit),
};
