/** @file How near the fitted last layer comes to what the network says: σ of both, all points and classes pooled. */
import { pearson } from "../metrics/correlations.ts";

export interface FitAgreement {
  readonly points: number;
  /** Null where one of both does not vary. */
  readonly pearson: number | null;
  /** Mean of |σ fitted - σ given|. */
  readonly meanDifference: number;
  /** Share of points for which both rank the same class first. */
  readonly samePrediction: number;
}

/** Both `[n, classes]`. */
export function agreementOf(fitted: Float64Array, given: Float64Array, classes: number): FitAgreement {
  const points = fitted.length / classes;
  let [difference, same] = [0, 0];
  for (let i = 0; i < fitted.length; i++) difference += Math.abs((fitted[i] as number) - (given[i] as number));
  for (let i = 0; i < points; i++) if (first(fitted, i, classes) === first(given, i, classes)) same++;
  const r = pearson(fitted, given);
  return {
    points,
    pearson: Number.isFinite(r) ? r : null,
    meanDifference: difference / fitted.length,
    samePrediction: same / points,
  };
}

function first(rows: Float64Array, i: number, classes: number): number {
  let best = 0;
  for (let j = 1; j < classes; j++)
    if ((rows[i * classes + j] as number) > (rows[i * classes + best] as number)) best = j;
  return best;
}
