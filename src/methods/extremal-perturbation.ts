/** @file Extremal perturbation: the mask of a given area that keeps (or destroys) the class best (Fong, Patrick and Vedaldi 2019). */
import { close, extend, reverse } from "../diff/emit.ts";
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import type { Model } from "../graph/types.ts";
import { boolean, integer, nonNegative, numbers, oneOf, type Params, positive } from "../params.ts";
import { blurred } from "./blur.ts";
import type { Classifier } from "./classifier.ts";
import { dot } from "./integrated-gradients.ts";
import { emitAtLevel, type Perturbation, type Pyramid, pyramidSteps } from "./mask-pyramid.ts";
import type { Folded, Method, PlanContext, Row, RowResult, Sample, StepsPlan } from "./method.ts";
import { COTANGENT, noPath } from "./one-pass.ts";
import { perturbed } from "./perturbed.ts";
import { emitSmoothMask, type SmoothMask, smoothMask } from "./smooth-max.ts";

const LEVELS = "x/levels";
const CELLS = "x/cells";
const DELETES = "x/deletes";
const FLIPS = "x/flips";
const OUTSIDE = "x/outside";
const WEIGHT = "x/weight";
const LOSS = "x/area_loss";
const SLOPE = "x/slope";
const SCORES = "x/scores";
const MASK = "x/mask";
const AREA = "x/area";

const LEARNING_RATE = 0.01;
const MOMENTUM = 0.9;
/** Weight of the area constraint: at the first step, and by how much it grows each step (it doubles in 198). */
const CONSTRAINT = { first: 300, growth: 1.0035 } as const;

/** Lengths in pixels that TorchRay gives for images of this side go in proportion to the shorter side. */
const REFERENCE_SIDE = 224;

interface Setting {
  readonly form: SmoothMask;
  readonly pyramid: Pyramid;
  readonly jitter: boolean;
}

function settingOf({ height, width }: Classifier, params: Params): Setting {
  const scaled = (given: unknown, length: number): number =>
    typeof given === "number" ? given : (length * Math.min(height, width)) / REFERENCE_SIDE;
  const step = Math.max(1, Math.round(scaled(params.step, 7)));
  return {
    form: smoothMask([height, width], step, scaled(params.sigma, 21)),
    pyramid: {
      kind: params.perturbation as Perturbation,
      levels: params.num_levels as number,
      maxBlur: scaled(params.max_blur, 20),
    },
    jitter: params.jitter === true,
  };
}

/** The image mirrored left to right in the rows where `flips` is 1. */
function flipped(g: GraphBuilder, images: Value, flips: Value, layout: Classifier["layout"]): Value {
  const axis = layout === "nchw" ? 3 : 2;
  const width = (images.dims as readonly Dim[])[axis] as number;
  const mirrored = g.op("Slice", [images, g.ints([-1]), g.ints([-width - 1]), g.ints([axis]), g.ints([-1])]);
  return g.op("Add", [images, g.op("Mul", [flips, g.op("Sub", [mirrored, images])])]);
}

const pixelsOf = ({ rows, columns }: SmoothMask): number => rows.pixels * columns.pixels;

/** Values this close to the cut count as equal to it: rounding must not decide which side of a plateau counts. */
const TIE = 1e-5;

/**
 * mean_u (M_u - r_u)²: r is 0 for the smallest values of the mask, `outside` [N,1] of them, and 1 for the others: [N,1]. Equal
 * values at the cut have equal r, the share of them that lies above it.
 */
function areaLoss(g: GraphBuilder, full: Value, outside: Value, form: SmoothMask): Value {
  const count = pixelsOf(form);
  const flat = g.op("Reshape", [full, g.ints([0, count])]);
  const [sorted] = g.ops("TopK", [flat, g.ints([count])], { attrs: { axis: 1, largest: 0, sorted: 1 }, outputs: 2 });
  const cut = g.op("GatherElements", [sorted as Value, g.op("Cast", [outside], { to: 7 })], { axis: 1 });
  const where = (op: string, bound: number): Value =>
    g.op("Cast", [g.op(op, [flat, g.op("Add", [cut, g.scalar(bound)])])], { to: 1 });
  const size = (set: Value): Value => g.op("ReduceSum", [set, g.ints([1])], { keepdims: 1 });
  const above = where("Greater", TIE);
  const tied = g.op("Sub", [where("GreaterOrEqual", -TIE), above]);
  const left = g.op("Sub", [g.op("Sub", [g.scalar(count), outside]), size(above)]);
  const wanted = g.op("Add", [above, g.op("Mul", [tied, g.op("Div", [left, size(tied)])])]);
  const miss = g.op("Sub", [flat, wanted]);
  return g.op("ReduceMean", [g.op("Mul", [miss, miss]), g.ints([1])], { keepdims: 1 });
}

/** One row: cells to perturbed image to scores, and back to the cells from the scores and from the area. */
function emit(
  classifier: Classifier,
  { form, pyramid, jitter }: Setting,
): { readonly model: Model; readonly notes: readonly string[] } {
  const { layout } = classifier;
  const behind = perturbed(classifier, ({ g, batch }) => {
    const own = (classifier.input.dims as readonly Dim[]).slice(1);
    const input = (name: string, ...dims: readonly Dim[]): Value => g.input(name, "float32", [batch, ...dims]);
    const levels = input(LEVELS, pyramid.levels, ...own);
    const { full, mask } = emitSmoothMask(g, input(CELLS, form.rows.cells, form.columns.cells), form);
    g.alias(mask, MASK);
    g.alias(g.op("ReduceMean", [full, g.ints([1, 2])], { keepdims: 0 }), AREA);
    g.alias(areaLoss(g, full, input(OUTSIDE, 1), form), LOSS);
    const deletes = input(DELETES, 1, 1);
    const turned = g.op("Sub", [g.scalar(1), g.op("Mul", [deletes, g.scalar(2)])]);
    const keep = g.op("Add", [deletes, g.op("Mul", [turned, mask])]);
    const seen = emitAtLevel(g, levels, keep, layout);
    return jitter ? flipped(g, seen, input(FLIPS, 1, 1, 1), layout) : seen;
  });
  const g = extend(behind.model, behind.ops);
  const batch = classifier.input.dims?.[0] ?? "N";
  const cotangent = g.input(COTANGENT, "float32", [batch, classifier.classes]);
  const weight = g.input(WEIGHT, "float32", [batch, 1]);
  const { cotangents, notes } = reverse({
    g,
    nodes: behind.model.graph.nodes,
    ops: behind.ops,
    from: new Map([
      [behind.scores, cotangent],
      [LOSS, weight],
    ]),
    to: [CELLS],
  });
  const slope = cotangents.get(CELLS);
  if (!slope) throw noPath(classifier.input.name, classifier.scores);
  const outputs = [g.alias(slope, SLOPE), g.alias(g.value(behind.scores), SCORES), g.value(MASK), g.value(AREA)];
  return { model: close(behind.model, g, outputs), notes };
}

/** Which images a step looks at: the sign of the class's score in what is made small, and whether the mask deletes. */
interface Look {
  readonly sign: 1 | -1;
  readonly deletes: 0 | 1;
}
const PRESERVE: Look = { sign: -1, deletes: 0 };
const DELETE: Look = { sign: 1, deletes: 1 };
const VARIANTS: Readonly<Record<string, readonly Look[]>> = {
  preserve: [PRESERVE],
  delete: [DELETE],
  dual: [PRESERVE, DELETE],
};

interface Found {
  readonly mask: Float32Array;
  /** What the constraint holds: the mean of the mask, its margin included. */
  readonly area: number;
  /** The class's score on what each look showed at the last step. */
  readonly score: number;
}

interface Search {
  readonly sample: Sample;
  readonly levels: Float32Array;
  readonly form: SmoothMask;
  readonly looks: readonly Look[];
  readonly maxIter: number;
  readonly jitter: boolean;
}

const number = (v: number): Float32Array => Float32Array.of(v);

/** Gradient descent with momentum; the mask returned is the one that the last step looked through. */
function* search(
  { sample, levels, form, looks, maxIter, jitter }: Search,
  area: number,
): Generator<Row, Found, RowResult> {
  const cells = new Float64Array(form.rows.cells * form.columns.cells).fill(1);
  const velocity = new Float64Array(cells.length);
  const outside = number(Math.floor(pixelsOf(form) * (1 - area)));
  let found: Found = { mask: new Float32Array(), area: 0, score: 0 };
  let constraint: number = CONSTRAINT.first;
  for (let t = 0; t < maxIter; t++) {
    const slope = new Float64Array(cells.length);
    for (const [i, { sign, deletes }] of looks.entries()) {
      const result = yield {
        [LEVELS]: levels,
        [CELLS]: Float32Array.from(cells),
        [OUTSIDE]: outside,
        [DELETES]: number(deletes),
        ...(jitter ? { [FLIPS]: number(t % 2 === 0 ? 1 : 0) } : {}),
        [COTANGENT]: sample.cotangent.map((c) => sign * c),
        [WEIGHT]: number(i === 0 ? constraint : 0),
      };
      (result[SLOPE] as Float32Array).forEach((d, k) => {
        slope[k]! += d;
      });
      if (i === 0)
        found = {
          mask: result[MASK] as Float32Array,
          area: (result[AREA] as Float32Array)[0] as number,
          score: dot(result[SCORES] as Float32Array, sample.cotangent),
        };
    }
    for (const [k, d] of slope.entries()) {
      velocity[k] = t === 0 ? d : MOMENTUM * (velocity[k] as number) + (1 - MOMENTUM) * d;
      cells[k] = Math.min(1, Math.max(0, (cells[k] as number) - LEARNING_RATE * (velocity[k] as number)));
    }
    constraint *= CONSTRAINT.growth;
  }
  return found;
}

function areasOf(params: Params): readonly number[] {
  const areas = params.areas as readonly number[];
  const wrong = areas.find((a) => a <= 0 || a >= 1);
  if (wrong === undefined) return areas;
  throw new OnnxplainError("E_PARAM", `Expected \`areas\` to be shares of the image between 0 and 1, got ${wrong}.`);
}

function plan({ classifier, params }: PlanContext): StepsPlan {
  const areas = areasOf(params);
  const setting = settingOf(classifier, params);
  const { height, width } = classifier;
  const looks = VARIANTS[params.variant as string] as readonly Look[];
  const maxIter = params.max_iter as number;
  const deviation = (params.smooth as number) * Math.min(height, width);
  return {
    ...emit(classifier, setting),
    outputs: [SLOPE, SCORES, MASK, AREA],
    count: areas.length * looks.length * maxIter,
    steps: function* (sample: Sample): Generator<Row, Folded, RowResult> {
      const { form, jitter, pyramid } = setting;
      const levels = pyramidSteps(sample.x, classifier, pyramid);
      const sum = new Float32Array(height * width);
      const checks: Record<string, number> = {};
      for (const area of areas) {
        const { mask, area: filled, score } = yield* search({ sample, levels, form, looks, maxIter, jitter }, area);
        mask.forEach((m, i) => {
          sum[i]! += m;
        });
        checks[`area_${area}`] = filled;
        checks[`score_${area}`] = score;
      }
      const plane = { channels: 1, height, width, layout: "nchw" } as const;
      return { values: blurred(sum, plane, deviation, "zero"), dims: [height, width], checks };
    },
  };
}

const pixels = "in pixels; none = in proportion to the shorter side,";

/**
 * max_m S(x through M) - λ mean (M - r_a)², M the smooth maximum of the cells m, r_a 1 on the share a of its largest values and 0
 * elsewhere; λ = 300 · 1.0035^t; gradient descent with momentum 0.9, step 0.01, m held in [0, 1]. The map [H,W], within [0, number
 * of areas], is the sum of the masks of the last steps, smoothed. Checks: `area_A`, the mean of the mask for area A before
 * smoothing; `score_A`, of the class behind the preserving (for `delete`: the deleting) mask.
 *
 * As in TorchRay, the area is measured on a mask with a margin of about sigma around the image, so that the share of the image
 * itself is larger. Deviations from TorchRay: lengths in pixels go with the image's size unless given; the margin is made wider
 * where it would not cover the image; values within 1e-5 of the cut of r_a share it evenly, where a sort breaks ties by chance; areas
 * are searched one after another; `smooth` is 0.09, as in TorchRay's benchmarks, not 0.
 */
export const extremalPerturbation: Method = {
  id: "extremal-perturbation",
  aliases: ["extremal", "extremal-perturbations", "ep"],
  title: "Extremal perturbation: the mask of a given area that keeps the class best",
  source: "Fong, Patrick, Vedaldi 2019 (arXiv 1910.08485), eq. 3-7; constants as in TorchRay extremal_perturbation",
  params: {
    areas: numbers(
      [0.1],
      "shares of the image that masks fill, each between 0 and 1; one search each, masks are summed",
    ),
    variant: oneOf(
      "preserve",
      Object.keys(VARIANTS),
      "keep what raises the score, delete what lowers it, or both at once",
    ),
    max_iter: integer(800, 1, "steps of gradient descent for each area"),
    perturbation: oneOf("blur", ["blur", "fade"], "what stands for absence: a Gaussian blur, or fading to 0"),
    num_levels: integer(8, 2, "levels of the perturbation, from full to none"),
    max_blur: positive(null, `standard deviation of the strongest blur ${pixels} 20 at 224`),
    step: positive(null, `distance of mask cells ${pixels} 7 at 224`),
    sigma: positive(null, `width of the mask's smooth maximum ${pixels} 21 at 224`),
    smooth: nonNegative(
      0.09,
      "standard deviation of the final Gaussian as a share of the shorter side (zeros beyond the edges); 0 = none",
    ),
    jitter: boolean(true, "mirror the perturbed image left to right at every other step"),
  },
  space: "pixel",
  signed: () => false,
  cost: "max_iter x (forward + backward) for each area, twice for `dual`",
  gradients: true,
  emit: { none: "it optimises a mask, each step from the result of the one before" },
  plan,
};
