/** @file Images between themselves and their absence by degrees: a pyramid of perturbed versions, and the one at each pixel's level. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { tensor } from "../graph/tensor.ts";
import { blurred } from "./blur.ts";
import type { Classifier } from "./classifier.ts";

/** `blur`: a Gaussian, 0 beyond the edges; `fade`: towards 0. */
export type Perturbation = "blur" | "fade";

/** Level l of L: deviation `maxBlur` (1 - l/(L-1)) in pixels, or x l/(L-1); the last level is the image itself. */
export interface Pyramid {
  readonly kind: Perturbation;
  readonly levels: number;
  readonly maxBlur: number;
}

type Frame = Pick<Classifier, "channels" | "height" | "width" | "layout">;

/** [levels, input]: the lowest level, then what each level adds to the one below. */
export function pyramidSteps(x: Float32Array, frame: Frame, { kind, levels, maxBlur }: Pyramid): Float32Array {
  const out = new Float32Array(levels * x.length);
  let below = new Float32Array(x.length);
  for (let l = 0; l < levels; l++) {
    const share = l / (levels - 1);
    const level = kind === "fade" ? x.map((v) => v * share) : blurred(x, frame, (1 - share) * maxBlur, "zero");
    const base = below;
    out.set(
      level.map((v, i) => v - (base[i] as number)),
      l * x.length,
    );
    below = level as Float32Array<ArrayBuffer>;
  }
  return out;
}

/**
 * Linear between levels: with t = (L-1) m, level 0 + Σ_l c_l step_l, c_l = t - l + 1 held in [0, 1]. The slope at a level is
 * that of the interval above it; at m = 1 it is 0.
 *
 * @param steps [N,L,C,H,W] or [N,L,H,W,C], from {@link pyramidSteps}
 * @param mask [N,H,W] within [0, 1]
 */
export function emitAtLevel(g: GraphBuilder, steps: Value, mask: Value, layout: Classifier["layout"]): Value {
  const levels = (steps.dims as readonly Dim[])[1] as number;
  const nchw = layout === "nchw";
  const above = tensor(
    "float32",
    [1, levels - 1, 1, 1, 1],
    Float32Array.from({ length: levels - 1 }, (_, l) => l),
  );
  const t = g.op("Unsqueeze", [g.op("Mul", [mask, g.scalar(levels - 1)]), g.ints(nchw ? [1, 2] : [1, 4])]);
  const from = g.constant(above, "level");
  const beyond = (bound: Value): Value => g.op("Cast", [g.op("GreaterOrEqual", [t, bound])], { to: 1 });
  const full = beyond(g.op("Add", [from, g.scalar(1)]));
  const within = g.op("Sub", [beyond(from), full]);
  const c = g.op("Add", [g.op("Mul", [within, g.op("Sub", [t, from])]), full]);
  const part = (start: number, end: number): Value =>
    g.op("Slice", [steps, g.ints([start]), g.ints([end]), g.ints([1]), g.ints([1])]);
  const added = g.op("ReduceSum", [g.op("Mul", [c, part(1, levels)]), g.ints([1])], { keepdims: 0 });
  return g.op("Add", [g.op("Squeeze", [part(0, 1), g.ints([1])]), added]);
}
