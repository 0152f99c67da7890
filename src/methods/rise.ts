/** @file RISE: the mean of random smooth masks, each weighed by the score of the image seen through it. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { tensor } from "../graph/tensor.ts";
import { baseline, integer, type ParamSpec, positive } from "../params.ts";
import { uniforms } from "../random.ts";
import { baselineValue, blend, overChannels } from "./blend.ts";
import type { Method } from "./method.ts";
import {
  type Frame,
  type Perturbation,
  type PerturbationContext,
  perturbationPlan,
  type ScoreFold,
} from "./perturbation.ts";
import type { Perturbing } from "./perturbed.ts";

/** Row inputs: which cells of the s x s grid are kept [N,s,s], and where the window of each axis begins [N,2]. */
const GRID = "x/grid";
const SHIFT = "x/shift";
/** Sum over rows of score * mask [1, H*W]. */
const SUM = "x/sum";

/** Size of a cell along an axis: s cells cover it. */
const cellOf = (size: number, s: number): number => Math.ceil(size / s);

/**
 * [N,size,s]: weights of the bilinear enlargement of s cells to (s+1)·cell pixels (centres aligned, edges held), of which
 * `size` are read from `shift` on.
 */
function interpolation(
  g: GraphBuilder,
  shift: Value,
  { size, s }: { readonly size: number; readonly s: number },
): Value {
  const ramp = (count: number, dims: readonly number[]): Value =>
    g.constant(
      tensor(
        "float32",
        dims,
        Array.from({ length: count }, (_, i) => i),
      ),
    );
  const scale = s / ((s + 1) * cellOf(size, s));
  const pixel = g.op("Add", [ramp(size, [1, size, 1]), shift]);
  const at = g.op("Sub", [g.op("Mul", [g.op("Add", [pixel, g.scalar(0.5)]), g.scalar(scale)]), g.scalar(0.5)]);
  const held = g.op("Clip", [at, g.scalar(0), g.scalar(s - 1)]);
  const distance = g.op("Abs", [g.op("Sub", [held, ramp(s, [1, 1, s])])]);
  return g.op("Relu", [g.op("Sub", [g.scalar(1), distance])]);
}

/** [N,H,W] in [0,1]: the enlargement is separable, so it is a product of three small matrices. */
function masks({ g, batch }: Perturbing, { height, width }: Frame, s: number): Value {
  const grid = g.input(GRID, "float32", [batch, s, s]);
  const [down, across] = g.ops("Split", [g.input(SHIFT, "float32", [batch, 2, 1])], {
    attrs: { axis: 1, num_outputs: 2 },
    outputs: 2,
  }) as [Value, Value];
  const rows = interpolation(g, down, { size: height, s });
  const columns = interpolation(g, across, { size: width, s });
  return g.op("MatMul", [g.op("MatMul", [rows, grid]), g.op("Transpose", [columns], { perm: [0, 2, 1] })]);
}

function describe({ frame, params, seed }: PerturbationContext): Perturbation {
  const [count, s, p] = [params.n_masks as number, params.feature_res as number, params.p_keep as number];
  const { height, width } = frame;
  return {
    count,
    notes: [],
    perturb: (perturbing) => {
      const { g } = perturbing;
      const mask = masks(perturbing, frame, s);
      return {
        batch: blend(perturbing, overChannels(g, mask, frame), baselineValue(g, frame, params.baselines)),
        mask: g.op("Reshape", [mask, g.ints([0, height * width])]),
      };
    },
    sums: ({ g, score, mask }) => ({ [SUM]: g.op("MatMul", [g.op("Unsqueeze", [score, g.ints([0])]), mask]) }),
    ask: () => ({ rows: rowsOf({ frame, count, s, p, seed }), fold: foldSums(frame, count * p) }),
  };
}

interface Drawing {
  readonly frame: Frame;
  readonly count: number;
  readonly s: number;
  readonly p: number;
  readonly seed: number;
}

function* rowsOf({ frame: { height, width }, count, s, p, seed }: Drawing): Generator<Record<string, Float32Array>> {
  const draw = uniforms(seed);
  const cells = [cellOf(height, s), cellOf(width, s)];
  for (let i = 0; i < count; i++)
    yield {
      [GRID]: Float32Array.from({ length: s * s }, () => (draw() < p ? 1 : 0)),
      [SHIFT]: Float32Array.from(cells, (cell) => Math.floor(draw() * cell)),
    };
}

function foldSums({ height, width }: Frame, divisor: number): ScoreFold {
  const total = new Float64Array(height * width);
  return {
    add: () => undefined,
    addRun: (sums) =>
      (sums[SUM] as Float32Array).forEach((v, i) => {
        total[i]! += v;
      }),
    done: () => ({ values: Float32Array.from(total, (v) => v / divisor), dims: [height, width], checks: {} }),
  };
}

/** A probability strictly between 0 and 1. */
const share = (fallback: number, about: string): ParamSpec => {
  const spec = positive(fallback, about);
  return {
    ...spec,
    expected: "a number between 0 and 1, neither of them",
    read: (raw) => {
      const v = spec.read(raw);
      return typeof v === "number" && v < 1 ? v : undefined;
    },
  };
};

export const rise: Method = {
  id: "rise",
  aliases: [],
  title: "RISE: randomized input sampling",
  source:
    "Petsiuk, Das, Saenko 2018 (arXiv 1806.07421), eq. 6 and section 3.2; the paper's score is the probability (output: probability), whichever score is asked for is used",
  params: {
    n_masks: integer(1000, 1, "random masks"),
    feature_res: integer(8, 1, "cells of the mask's grid along each side, before it is enlarged and shifted at random"),
    p_keep: share(0.5, "probability that a cell is kept"),
    baselines: baseline("what is seen where the mask is 0, in network input units"),
  },
  space: "pixel",
  signed: () => false,
  cost: "n_masks forwards",
  gradients: false,
  emit: { none: "it needs one pass for each mask" },
  plan: perturbationPlan(describe),
  perturbation: describe,
};
