/** @file Meaningful perturbation: the smallest smooth region whose blurring destroys the class (Fong and Vedaldi 2017). */
import { close, extend, reverse } from "../diff/emit.ts";
import type { Dim } from "../graph/dim.ts";
import type { Model } from "../graph/types.ts";
import { integer, nonNegative, type Params, positive } from "../params.ts";
import { uniforms } from "../random.ts";
import { adam } from "./adam.ts";
import { overChannels } from "./blend.ts";
import { blurred } from "./blur.ts";
import type { Classifier } from "./classifier.ts";
import { dot } from "./integrated-gradients.ts";
import type { Folded, Method, PlanContext, Row, RowResult, Sample, StepsPlan } from "./method.ts";
import { COTANGENT, noPath } from "./one-pass.ts";
import { perturbed } from "./perturbed.ts";
import { cellWeights, type MaskAxis, maskAxis, transposed } from "./smooth-mask.ts";

const PICTURE = "x/picture";
const BLURRED = "x/blurred";
const CELLS = "x/cells";
const ROWS = "x/rows";
const COLUMNS = "x/columns";
const SLOPE = "x/slope";
const PROBABILITIES = "x/probabilities";
const MASK = "x/mask";

/** Lengths in pixels that the paper gives for images of this side go in proportion to the shorter side. */
const PAPER_SIDE = 224;
const scaled = (given: unknown, length: number, { height, width }: Classifier): number =>
  typeof given === "number" ? given : (length * Math.min(height, width)) / PAPER_SIDE;

interface Setting {
  readonly rows: MaskAxis;
  readonly columns: MaskAxis;
  /** The mask lies up to this many pixels off, less one. */
  readonly jitter: number;
  readonly blur: number;
}

function settingOf(classifier: Classifier, params: Params): Setting {
  const factor = Math.max(1, Math.round(scaled(params.upsample_factor, 8, classifier)));
  const sigma = scaled(params.mask_sigma, 5, classifier);
  return {
    rows: maskAxis(classifier.height, factor, sigma),
    columns: maskAxis(classifier.width, factor, sigma),
    jitter: Math.max(1, Math.round(scaled(params.jitter, 4, classifier))),
    blur: scaled(params.blur_sigma, 10, classifier),
  };
}

/** M = rows · cells · columns; the probabilities of M x + (1 - M) blur(x), and the slope of the class's at the cells. */
function emit(
  classifier: Classifier,
  { rows, columns }: Setting,
): { readonly model: Model; readonly notes: readonly string[] } {
  const behind = perturbed(classifier, ({ g, batch }) => {
    const dims = [batch, ...(classifier.input.dims as readonly Dim[]).slice(1)];
    const picture = g.input(PICTURE, "float32", dims);
    const blur = g.input(BLURRED, "float32", dims);
    const cells = g.input(CELLS, "float32", [batch, rows.cells, columns.cells]);
    const down = g.input(ROWS, "float32", [batch, rows.size, rows.cells]);
    const across = g.input(COLUMNS, "float32", [batch, columns.cells, columns.size]);
    const mask = g.alias(g.op("MatMul", [g.op("MatMul", [down, cells]), across]), MASK);
    const keep = overChannels(g, mask, classifier);
    return g.op("Add", [blur, g.op("Mul", [keep, g.op("Sub", [picture, blur])])]);
  });
  const g = extend(behind.model, behind.ops);
  const scores = g.value(behind.scores);
  const values = behind.scoreKind === "logits" ? g.op("Softmax", [scores], { axis: 1 }) : scores;
  const cotangent = g.input(COTANGENT, "float32", [classifier.input.dims?.[0] ?? "N", classifier.classes]);
  const { cotangents, notes } = reverse({
    g,
    nodes: g.build([]).nodes,
    ops: behind.ops,
    from: new Map([[values.name, cotangent]]),
    to: [CELLS],
  });
  const slope = cotangents.get(CELLS);
  if (!slope) throw noPath(classifier.input.name, classifier.scores);
  const outputs = [g.alias(slope, SLOPE), g.alias(values, PROBABILITIES), g.value(MASK)];
  return { model: close(behind.model, g, outputs), notes };
}

/** Adds the slope of l1 Σ(1 - m) + tv Σ(|∂_y m|^β + |∂_x m|^β). */
export function regularised(
  slope: ArrayLike<number>,
  cells: Float64Array,
  [height, width]: readonly [number, number],
  { l1_coeff: l1, tv_coeff: tv, tv_beta: beta }: Params,
): Float64Array {
  const out = Float64Array.from(slope, (s) => s - (l1 as number));
  const between = (a: number, b: number): void => {
    const d = (cells[b] as number) - (cells[a] as number);
    const pull = (tv as number) * (beta as number) * Math.abs(d) ** ((beta as number) - 1) * Math.sign(d);
    out[b]! += pull;
    out[a]! -= pull;
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (x + 1 < width) between(i, i + 1);
      if (y + 1 < height) between(i, i + width);
    }
  return out;
}

/** 0 within `radius` cells of the middle, 1 elsewhere. */
const disc = ([height, width]: readonly [number, number], radius: number): Float64Array =>
  Float64Array.from({ length: height * width }, (_, i) =>
    Math.hypot(Math.floor(i / width) - (height - 1) / 2, (i % width) - (width - 1) / 2) < radius ? 0 : 1,
  );

/** The share of the fall from the whole image to the blurred one that the first mask must reach. */
const SUPPRESSED = 0.99;

interface Walk {
  readonly params: Params;
  readonly setting: Setting;
  readonly draw: () => number;
  /** A row with the mask lying off by so many pixels. */
  readonly row: (cells: Float64Array, y: number, x: number) => Row;
  readonly scoreOf: (result: RowResult) => number;
}
type Steps<T> = Generator<Row, T, RowResult>;

/** The smallest centred disc that suppresses the score; the whole image where none does. */
function* firstMask(
  { row, scoreOf }: Walk,
  grid: readonly [number, number],
  [from, to]: readonly [number, number],
): Steps<Float64Array> {
  const reach = Math.hypot(...grid) / 2;
  for (let radius = 1; radius < reach; radius++) {
    const cells = disc(grid, radius);
    const score = scoreOf(yield row(cells, 0, 0));
    if (from - score >= SUPPRESSED * (from - to)) return cells;
  }
  return disc(grid, Number.POSITIVE_INFINITY);
}

function* steps(walk: Walk): Steps<Folded> {
  const { params, setting, draw, row, scoreOf } = walk;
  const grid = [setting.rows.cells, setting.columns.cells] as const;
  const size = grid[0] * grid[1];
  const original = scoreOf(yield row(disc(grid, 0), 0, 0));
  const whole = scoreOf(yield row(disc(grid, Number.POSITIVE_INFINITY), 0, 0));
  const cells = yield* firstMask(walk, grid, [original, whole]);
  const move = adam(size, params.learning_rate as number);
  const off = (): number => Math.floor(draw() * setting.jitter);
  for (let step = 0; step < (params.max_iter as number); step++) {
    const result = yield row(cells, off(), off());
    move(regularised(result[SLOPE] as Float32Array, cells, grid, params)).forEach((d, i) => {
      cells[i] = Math.min(1, Math.max(0, (cells[i] as number) + d));
    });
  }
  const last = yield row(cells, 0, 0);
  const values = Float32Array.from(last[MASK] as Float32Array, (m) => Math.max(0, 1 - m));
  const area = values.reduce((s, v) => s + v, 0) / values.length;
  return {
    values,
    dims: [setting.rows.size, setting.columns.size],
    checks: { score: scoreOf(last), score_original: original, score_blurred: whole, area },
  };
}

function plan({ classifier, params, seed }: PlanContext): StepsPlan {
  const setting = settingOf(classifier, params);
  const { model, notes } = emit(classifier, setting);
  const { rows, columns, jitter } = setting;
  const downs = Array.from({ length: jitter }, (_, shift) => cellWeights(rows, shift));
  const acrosses = Array.from({ length: jitter }, (_, shift) =>
    transposed(cellWeights(columns, shift), columns.size, columns.cells),
  );
  return {
    model,
    outputs: [SLOPE, PROBABILITIES, MASK],
    count: (params.max_iter as number) + 3,
    notes: [
      ...notes,
      "The mask lowers the softmax probability of the class, as in the paper, whatever score is reported.",
    ],
    steps: ({ x, cotangent }: Sample) => {
      const blur = blurred(x, classifier, setting.blur);
      return steps({
        params,
        setting,
        draw: uniforms(seed),
        row: (cells, top, left) => ({
          [PICTURE]: x,
          [BLURRED]: blur,
          [CELLS]: Float32Array.from(cells),
          [ROWS]: downs[top] as Float32Array,
          [COLUMNS]: acrosses[left] as Float32Array,
          [COTANGENT]: cotangent,
        }),
        scoreOf: (result) => dot(result[PROBABILITIES] as Float32Array, cotangent),
      });
    },
  };
}

const pixels = "in pixels; none = in proportion to the shorter side,";

/**
 * min_m l1 Σ(1 - m) + tv Σ‖∇m‖_β^β + E_τ p(M x + (1 - M) blur(x)), M the mask m enlarged, τ its jitter. The map is 1 - M: 1 where
 * the image must be blurred. As in the paper (section 4.3): Adam, the first mask, the defaults. Beyond it: the mask is held in
 * [0, 1] after every step, the enlarging weights are scaled to sum 1, and the mask is jittered where the paper shifts the image.
 */
export const meaningfulPerturbation: Method = {
  id: "meaningful-perturbation",
  aliases: ["mp", "meaningful-perturbations", "fong-vedaldi"],
  title: "Meaningful perturbation: the smallest blur that destroys the class",
  source: "Fong, Vedaldi 2017 (arXiv 1704.03296), eq. 4-5 and section 4.3",
  params: {
    max_iter: integer(300, 1, "steps of Adam"),
    learning_rate: positive(0.1, "step length of Adam"),
    l1_coeff: nonNegative(1e-4, "weight of the blurred area, summed over mask cells"),
    tv_coeff: nonNegative(1e-2, "weight of the mask's total variation, summed over mask cells"),
    tv_beta: positive(3, "exponent of the total variation"),
    upsample_factor: positive(null, `side of a mask cell ${pixels} 8 at 224`),
    mask_sigma: positive(null, `standard deviation of the Gaussian that enlarges the mask, ${pixels} 5 at 224`),
    blur_sigma: positive(null, `standard deviation of the blur that stands for absence, ${pixels} 10 at 224`),
    jitter: positive(null, `the mask lies 0 to jitter - 1 off at each step, ${pixels} 4 at 224; 1 = no jitter`),
  },
  space: "pixel",
  signed: () => false,
  cost: "max_iter x (forward + backward), and some for the first mask",
  gradients: true,
  emit: { none: "it optimises a mask, each step from the result of the one before" },
  plan,
};
