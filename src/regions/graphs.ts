/** @file What is emitted onto a classifier here: its features psi and decision, boundaries of pictures, sides of hyperplanes. */
import { close, extend, reverse } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { elementCount, isStatic } from "../graph/dim.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import type { Model } from "../graph/types.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Layer } from "../methods/layers.ts";
import { noPath } from "../methods/one-pass.ts";
import { formula } from "../ops/formula.ts";

/** Outputs, one row a picture. */
export const OUT = {
  /** psi, flattened: `[N, width]`. */
  features: "x/features",
  /** `[N, classes]`. */
  scores: "x/scores",
  /** The classes of the largest and the second largest score, int64 `[N, 2]`; of equal scores the first. */
  pair: "x/pair",
  /** Largest less second largest score, `[N, 1]`. */
  gap: "x/gap",
  /** A derivative by psi, `[N, width]`. */
  normal: "x/normal",
  /** b = gap - <W, psi>, float64 `[N, 1]`. */
  offset: "x/offset",
  /** <W_h, psi> + b_h of every hyperplane, float64 `[N, Q]`. */
  values: "x/values",
} as const;

/** Inputs of {@link sidesGraph}: float64 `[Q, width]` and `[Q]`. */
export const HYPERPLANES = { normals: "x/normals", offsets: "x/offsets" } as const;

/** Dims of psi without the batch axis. Throws `E_LAYER_UNSUITABLE` where they are not fixed. */
export function featureDims({ name, dims }: Layer): readonly number[] {
  const own = dims.slice(1);
  if (isStatic(own)) return own;
  throw new OnnxplainError(
    "E_LAYER_UNSUITABLE",
    `Layer \`${name}\` has the free dimensions [${dims.join()}]; hyperplanes need features of a fixed size. Fix the model's input size (\`--size\`).`,
  );
}

/** Numbers in psi of one picture. */
export const featureWidth = (layer: Layer): number => elementCount(featureDims(layer));

interface Decision {
  readonly first: Value;
  readonly second: Value;
  /** Which score is the largest, which the second largest: float32 `[N, classes]`, 1 at one class. */
  readonly firstMask: Value;
  readonly secondMask: Value;
}

/** The two leading classes of every row; ties go to the class of the lower index. */
function decision(g: GraphBuilder, scores: Value, classes: number): Decision {
  const m = formula(g, "float32");
  const range = g.op("Range", [g.scalar(0, "int64"), g.scalar(classes, "int64"), g.scalar(1, "int64")]);
  const largest = (of: Value): Value => g.op("ArgMax", [of], { axis: 1, keepdims: 1 });
  const first = largest(scores);
  const isFirst = g.op("Equal", [first, range]);
  const second = largest(m.where(isFirst, Number.NEGATIVE_INFINITY, scores));
  return { first, second, firstMask: m.mask(isFirst), secondMask: m.mask(g.op("Equal", [second, range])) };
}

type Emit = (g: GraphBuilder, psi: Value) => Readonly<Record<string, Value>>;

function graphOn({ model, ops }: Classifier, layer: Layer, emit: Emit): Model {
  const width = featureWidth(layer);
  const g = extend(model, ops);
  const psi = g.op("Reshape", [g.value(layer.name), g.ints([-1, width])]);
  const outputs = Object.entries(emit(g, psi));
  return close(
    model,
    g,
    outputs.map(([name, value]) => g.alias(value, name)),
  );
}

function derivativeBy(g: GraphBuilder, classifier: Classifier, layer: Layer, cotangent: Value): Value {
  const { cotangents } = reverse({
    g,
    nodes: classifier.model.graph.nodes,
    ops: classifier.ops,
    from: new Map([[classifier.scores, cotangent]]),
    to: [layer.name],
  });
  const found = cotangents.get(layer.name);
  if (!found) throw noPath(layer.name, classifier.scores);
  return g.op("Reshape", [found, g.ints([-1, featureWidth(layer)])]);
}

const widened = (g: GraphBuilder, value: Value): Value => g.op("Cast", [value], { to: dtypeCode("float64") });

/**
 * The boundary of a picture: W = d(gap)/dpsi, b = gap - <W, psi>; beside them psi, pair and gap.
 *
 * Source: Lam et al. 2021, eq. 2. Throws `E_METHOD_UNSUITABLE` for a single class, `E_NO_DERIVATIVE`, `E_UNSUPPORTED_OP`,
 * `E_LAYER_UNSUITABLE`.
 */
export function boundaryGraph(classifier: Classifier, layer: Layer): Model {
  if (classifier.classes < 2)
    throw new OnnxplainError(
      "E_METHOD_UNSUITABLE",
      "The model has one class score, so no boundary lies between two classes. Give a classifier with two scores or more.",
    );
  return graphOn(classifier, layer, (g, psi) => {
    const m = formula(g, "float32");
    const scores = g.value(classifier.scores);
    const { first, second, firstMask, secondMask } = decision(g, scores, classifier.classes);
    const seed = m.sub(firstMask, secondMask);
    const gap = m.sum(m.mul(scores, seed), [1]);
    const normal = derivativeBy(g, classifier, layer, seed);
    const exact = formula(g, "float64");
    const product = exact.sum(exact.mul(widened(g, normal), widened(g, psi)), [1]);
    return {
      [OUT.features]: psi,
      [OUT.pair]: g.op("Concat", [first, second], { axis: 1 }),
      [OUT.gap]: gap,
      [OUT.normal]: normal,
      [OUT.offset]: exact.sub(widened(g, gap), product),
    };
  });
}

/** psi, scores, and d(largest score)/dpsi: what Grad-CAM and Grad-CAM++ weigh channels with. Throws as {@link boundaryGraph}. */
export const classGradientGraph = (classifier: Classifier, layer: Layer): Model =>
  graphOn(classifier, layer, (g, psi) => {
    const scores = g.value(classifier.scores);
    const range = g.op("Range", [g.scalar(0, "int64"), g.scalar(classifier.classes, "int64"), g.scalar(1, "int64")]);
    const first = g.op("Equal", [g.op("ArgMax", [scores], { axis: 1, keepdims: 1 }), range]);
    const normal = derivativeBy(g, classifier, layer, formula(g, "float32").mask(first));
    return { [OUT.features]: psi, [OUT.scores]: scores, [OUT.normal]: normal };
  });

/** The network with hyperplanes behind psi: {@link HYPERPLANES} in beside the picture; features, scores and values out. */
export const sidesGraph = (classifier: Classifier, layer: Layer): Model =>
  graphOn(classifier, layer, (g, psi) => {
    const normals = g.input(HYPERPLANES.normals, "float64", ["Q", featureWidth(layer)]);
    const offsets = g.input(HYPERPLANES.offsets, "float64", ["Q"]);
    return {
      [OUT.features]: psi,
      [OUT.scores]: g.value(classifier.scores),
      [OUT.values]: g.op("Gemm", [widened(g, psi), normals, offsets], { transB: 1 }),
    };
  });
