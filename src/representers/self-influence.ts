/** @file How much each training point holds up its own loss: the influence functions' list of labels worth a look. */
import type { InfluenceStudy } from "./influence.ts";

/**
 * `true`: `g_i^T H^-1 g_i`. `code`: the same over s_i, the probability that the point's own label lacks (half the residual's L1 norm), as
 * published code computes it for logistic regression: `s_i x_i^T H^-1 x_i` where the true one has `s_i^2`.
 */
export type SelfInfluenceForm = "code" | "true";

export interface SelfInfluence {
  /** `[n]` each; no 1/n. `code` is 0 where s_i is. */
  readonly code: Float64Array;
  readonly true: Float64Array;
  /** s_i `[n]`. */
  readonly missing: Float64Array;
  readonly damping: number;
}

/** Points whose systems are solved together where the inverse is not at hand. */
const TOGETHER = 64;

/**
 * Both forms for all training points. With an exact inverse one pass; with the other methods one solve a point, {@link TOGETHER} at a time.
 * Throws as the solver does.
 */
export async function selfInfluence(influence: InfluenceStudy): Promise<SelfInfluence> {
  const { factor, math, study, residuals, damping } = influence;
  const { points } = study;
  if (factor !== undefined)
    return formsOf(await math.quadratic(points, residuals, factor.inverse), { residuals, damping, ...math.shape });
  const values = new Float64Array(points.count);
  const { outputs, width, bias } = math.shape;
  let raised = damping;
  for await (const { first, count, rows } of points.blocks(TOGETHER)) {
    const sides = new Float64Array(count * math.size);
    for (let i = 0; i < count; i++)
      for (let c = 0; c < outputs; c++) {
        const r = residuals[(first + i) * outputs + c] as number;
        const at = i * math.size + c * math.columns;
        for (let k = 0; k < width; k++) sides[at + k] = r * (rows[i * width + k] as number);
        if (bias) sides[at + width] = r;
      }
    const solved = await influence.inverse(sides);
    raised = solved.damping;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let j = i * math.size; j < (i + 1) * math.size; j++)
        sum += (sides[j] as number) * (solved.solutions[j] as number);
      values[first + i] = sum;
    }
  }
  return formsOf(values, { residuals, damping: raised, ...math.shape });
}

function formsOf(
  whole: Float64Array,
  {
    residuals,
    damping,
    outputs,
    loss,
  }: {
    readonly residuals: Float64Array;
    readonly damping: number;
    readonly outputs: number;
    readonly loss: "softmax" | "logistic";
  },
): SelfInfluence {
  const missing = whole.map((_, i) => {
    let sum = 0;
    for (let c = 0; c < outputs; c++) sum += Math.abs(residuals[i * outputs + c] as number);
    return loss === "softmax" ? sum / 2 : sum;
  });
  const code = whole.map((v, i) => (missing[i] === 0 ? 0 : v / (missing[i] as number)));
  return { code, true: whole, missing, damping };
}
