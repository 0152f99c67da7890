/** @file Ground truth of influence: the layer fitted again without a training point. */
import { OnnxplainError } from "../errors.ts";
import type { Asked } from "./influence.ts";
import { type MathOptions, openLayerMath } from "./influence-math.ts";
import { checkStudy, type Study } from "./influence-study.ts";
import { fitLayer } from "./logistic.ts";

/** `mean`: `1/(n-1)` before the sum of the others, which influence with the regulariser predicts; `sum`: still `1/n`, without it. */
export type LeaveOneOutForm = "mean" | "sum";

export interface LeaveOneOutOptions extends MathOptions {
  /** Default `mean`. */
  readonly form?: LeaveOneOutForm | undefined;
  /** Places of the training points that are left out in turn; default all. */
  readonly places?: ArrayLike<number> | undefined;
  /** max |gradient| of each fit; default 1e-12. */
  readonly tolerance?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface LeaveOneOut {
  readonly form: LeaveOneOutForm;
  readonly places: Int32Array;
  /** `[places, m]`: loss(z_t; without i) - loss(z_t). */
  readonly changes: Float64Array;
  /** Largest max |gradient| over all fits. */
  readonly maxGradient: number;
}

/**
 * Fits the layer to the minimum, then once more without each place in turn, starting there with the whole fit's Hessian.
 * Throws `E_PARAM` for a place that is none, and as `fitLayer` does.
 */
export async function leaveOneOut(
  study: Study,
  asked: Asked,
  { form = "mean", places: wanted, tolerance = 1e-12, onProgress, ...options }: LeaveOneOutOptions = {},
): Promise<LeaveOneOut> {
  checkStudy(study);
  const { points, layer } = study;
  const n = points.count;
  const places = Int32Array.from(wanted ?? { length: n }, (v, i) => (wanted ? (v as number) : i));
  for (const i of places)
    if (i < 0 || i >= n)
      throw new OnnxplainError("E_PARAM", `There is no training point ${i}; places go from 0 to ${n - 1}.`);
  if (n < 2) throw new OnnxplainError("E_DATA_EMPTY", "Without its only point there is nothing to fit to.");
  const math = openLayerMath({ ...layer, width: points.width }, options);
  try {
    const lossesAt = async (theta: Float64Array): Promise<Float64Array> =>
      (await math.evaluate(asked.points, { theta, targets: asked.targets })).losses;
    const whole = await fitLayer(math, study, { tolerance });
    const before = await lossesAt(whole.theta);
    const start = { ...study, layer: { ...layer, theta: whole.theta } };
    const m = asked.points.count;
    const changes = new Float64Array(places.length * m);
    let maxGradient = whole.maxGradient;
    const weights = new Float64Array(n).fill(1);
    for (const [at, i] of places.entries()) {
      weights[i] = 0;
      const divisor = form === "mean" ? n - 1 : n;
      const fit = await fitLayer(math, start, { weights, divisor, tolerance, factor: whole.factor });
      weights[i] = 1;
      maxGradient = Math.max(maxGradient, fit.maxGradient);
      const after = await lossesAt(fit.theta);
      for (let t = 0; t < m; t++) changes[at * m + t] = (after[t] as number) - (before[t] as number);
      onProgress?.(at + 1, places.length);
    }
    return { form, places, changes, maxGradient };
  } finally {
    await math.dispose();
  }
}
