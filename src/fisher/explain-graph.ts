/** @file One model that encodes a picture and explains a class's score of it, down to the pixel. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { tensor } from "../graph/tensor.ts";
import type { Model } from "../graph/types.ts";
import type { Size } from "../image/types.ts";
import { formula } from "../ops/formula.ts";
import { modelOf } from "../ops/model-of.ts";
import { type Area, spans } from "./areas.ts";
import { cellPlan } from "./cells.ts";
import { type EmittedScale, emitEncoding, hasFrames } from "./encode-graph.ts";
import { fixed } from "./grid-graph.ts";
import { uncentred } from "./moments-graph.ts";
import { cellWidth, type Encoding, vectorWidth } from "./pipeline.ts";
import { DEFAULT_EPSILON, type RelevanceOptions } from "./relevance.ts";
import { type Coefficients, emitCoefficients, emitForm, type Form } from "./relevance-graph.ts";
import { fittingGrids } from "./sessions.ts";

/** Names of inputs and outputs. */
export const EXPLANATION = {
  /** `[N, 3, H, W]`, R, G, B in 0 … 1. */
  image: "image",
  /** w of the class, `[1, V]`, and b, `[1]`. */
  weights: "weights",
  bias: "bias",
  /** f(x), `[N, 1]`. */
  scores: "scores",
  /** R3 `[N, V]`. */
  dimensions: "dimensions",
  /** R2 `[N, |L|]`, in the order of frames. */
  descriptors: "descriptors",
  /** R1 `[N, H, W]`. */
  pixels: "pixels",
} as const;

export interface ExplanationOptions extends RelevanceOptions {
  readonly area?: Area | undefined;
}

/**
 * The pipeline up to a class's score, and its relevance, for pictures of one size: about one more product of descriptors with the mixture
 * than the encoding itself. Numbers as `descriptorRelevance` and `pixelRelevance` within float32, but that a dimension whose sum is
 * exactly 0 counts as moved by none; the plain variant divides by sums, small ones among them, and is only as exact as they are in float32.
 *
 * The variant `absolute` is no form of l and has no such graph: `descriptorRelevance` computes it.
 * Source: Bach et al. 2016, eq. 5 to 12 of the supplement. Throws `E_METHOD_UNSUITABLE`, `E_PARAM`, `E_INPUT_SHAPE`.
 */
export function explanationModel(encoding: Encoding, options: ExplanationOptions, size: Size): Model {
  const { variant, epsilon = DEFAULT_EPSILON, area = "4s" } = options;
  if (variant === "absolute")
    throw new OnnxplainError(
      "E_METHOD_UNSUITABLE",
      "The variant `absolute` needs |m_d(l)| of every descriptor and dimension, which does not factor into matrix products. Use `descriptorRelevance`, or the variant `epsilon` or `plain`.",
    );
  if (!(epsilon > 0)) throw new OnnxplainError("E_PARAM", `epsilon is ${epsilon}; expected a positive number.`);
  fittingGrids(size, encoding.sift);
  const width = vectorWidth(encoding);
  return modelOf("fisher-explanation", (g) => {
    const m = formula(g, "float64");
    const image = g.input(EXPLANATION.image, "float32", ["N", 3, size.height, size.width]);
    const weights = g.input(EXPLANATION.weights, "float32", [1, width]);
    const bias = g.input(EXPLANATION.bias, "float32", [1]);
    const { phi, sums, scales, count } = emitEncoding(g, image, encoding);
    const scores = g.op("Gemm", [phi, weights, bias], { transB: 1 });
    const relevance = m.add(
      m.mul(widened(g, phi), widened(g, weights)),
      g.op("Div", [widened(g, bias), g.scalar(width, "float64")]),
    );
    const shares = emitShares(g, {
      encoding,
      scales,
      sums,
      relevance,
      count,
      epsilon: variant === "plain" ? 0 : epsilon,
    });
    const flat = shares.map(({ values, frames }) => g.op("Reshape", [values, g.ints([-1, frames])]));
    return {
      [EXPLANATION.scores]: scores,
      [EXPLANATION.dimensions]: narrowed(g, relevance),
      [EXPLANATION.descriptors]: flat.length === 1 ? (flat[0] as Value) : g.op("Concat", flat, { axis: 1 }),
      [EXPLANATION.pixels]: shares
        .map((share) => emitSpread(g, share, size, area))
        .reduce((a, b) => g.op("Add", [a, b])),
    };
  });
}

const widened = (g: GraphBuilder, v: Value): Value => g.op("Cast", [v], { to: dtypeCode("float64") });
const narrowed = (g: GraphBuilder, v: Value): Value => g.op("Cast", [v], { to: dtypeCode("float32") });

interface Shared {
  readonly encoding: Encoding;
  readonly scales: readonly EmittedScale[];
  readonly sums: Value;
  /** R3. */
  readonly relevance: Value;
  readonly count: Value;
  /** 0: none. */
  readonly epsilon: number;
}

/** R2 of one bin size. */
interface ScaleShares {
  readonly scale: EmittedScale;
  readonly frames: number;
  /** `[N, rows, columns]`. */
  readonly values: Value;
}

/** R2 = kappa + gamma . (zero + sum_r (one l_r + two l_r^2)): a row of `[gamma C]` times the basis, summed. */
function emitShares(g: GraphBuilder, shared: Shared): readonly ScaleShares[] {
  const { encoding, scales, sums, relevance, count } = shared;
  const m = formula(g, "float64");
  const mixture = uncentred(encoding);
  const plan = cellPlan(encoding.spatial);
  const own = cellWidth(encoding);
  const cellsOf = (table: Value): readonly Value[] =>
    plan.cells === 1
      ? [table]
      : g.ops("Split", [table, g.ints(new Array<number>(plan.cells).fill(own))], {
          attrs: { axis: 1 },
          outputs: plan.cells,
        });
  const relevances = cellsOf(relevance);
  const cells = cellsOf(sums).map((s, cell) => {
    const parts = scales.flatMap((scale) => scale.parts.filter((_, atom) => plan.cellsOf[atom]?.includes(cell)));
    return emitCoefficients(g, shared, {
      sums: s,
      relevance: relevances[cell] as Value,
      parts: parts.filter(hasFrames),
    });
  });
  const inZ = cells.map((cell) => cell.inZ).reduce((a, b) => m.add(a, b));
  const xi = m.div(inZ, widened(g, count));
  const forms = plan.cellsOf.map((members) =>
    emitForm(
      g,
      mixture,
      members.map((cell) => cells[cell] as Coefficients),
    ),
  );
  return scales.map((scale) => {
    const [rows, columns] = [knownSide(scale.grid.rows), knownSide(scale.grid.columns)];
    const across = plan.xCuts.length + 1;
    const pieces = scale.parts.map((part, atom) => {
      if (!hasFrames(part)) return undefined;
      const { table, constant } = forms[atom] as Form;
      const products = g.op("Mul", [g.op("MatMul", [part.gamma, table]), part.basis]);
      const summed = g.op("ReduceSum", [products, g.ints([2])], { keepdims: 0 });
      const value = g.op("Add", [summed, narrowed(g, m.add(xi, constant))]);
      return g.op("Reshape", [value, g.ints([-1, knownSide(part.rows), knownSide(part.columns)])]);
    });
    const bands = Array.from({ length: plan.yCuts.length + 1 }, (_, y) =>
      joined(g, pieces.slice(y * across, (y + 1) * across), 2),
    );
    return { scale, frames: rows * columns, values: joined(g, bands, 1) as Value };
  });
}

function joined(g: GraphBuilder, pieces: readonly (Value | undefined)[], axis: number): Value | undefined {
  const there = pieces.filter((piece) => piece !== undefined);
  return there.length > 1 ? g.op("Concat", there, { axis }) : there[0];
}

function knownSide(value: Value): number {
  const side = fixed(value);
  if (side === undefined) throw new Error(`internal: ${value.name} is not known`);
  return side;
}

/** R1 of one bin size: areas are products of spans, so spreading is a matrix on either side. `[N, H, W]`. */
function emitSpread(g: GraphBuilder, { scale: { grid }, values }: ScaleShares, size: Size, area: Area): Value {
  const rows = spans(grid, knownSide(grid.rows), size.height, area);
  const columns = spans(grid, knownSide(grid.columns), size.width, area);
  const down = new Float32Array(size.height * rows.length);
  rows.forEach(([from, to], r) => {
    for (let y = from; y < to; y++) down[y * rows.length + r] = 1 / (to - from);
  });
  const across = new Float32Array(columns.length * size.width);
  columns.forEach(([from, to], c) => {
    across.fill(1 / (to - from), c * size.width + from, c * size.width + to);
  });
  const left = g.constant(tensor("float32", [size.height, rows.length], down), "down");
  const right = g.constant(tensor("float32", [columns.length, size.width], across), "across");
  return g.op("MatMul", [g.op("MatMul", [left, values]), right]);
}
