/** @file Expectation and maximisation of a mixture of directions, the vectors' strengths given. */
import { OnnxplainError } from "../errors.ts";
import type { Concentration } from "./concentration.ts";
import type { Directions } from "./directions.ts";
import { eachSeen } from "./posteriors.ts";

export { logLikelihood } from "./posteriors.ts";

/** A sum of directions that is shorter than this share of its parts has none. */
const ROUNDING = 1e-12;

/**
 * One E step and one M step over `points [n, d]`: mu_y = normalise(sum_x kappa(l) p(y|g) o), pi_y = mean p(y|g). The likelihood never falls.
 * A category that nobody follows (or whose followers cancel out) keeps its direction; its weight may reach 0 and stays there.
 *
 * Source: supplement of Li, Wang and Zhang 2021, eq. 3. Throws `E_DATA_EMPTY`, `E_INPUT_SHAPE`, `E_NUMERIC`.
 */
export function maximised(points: Float64Array, directions: Directions, concentration: Concentration): Directions {
  const { categories, dimension: d } = directions;
  if (points.length === 0)
    throw new OnnxplainError("E_DATA_EMPTY", "Expected points to fit directions to, got none. Give at least one.");
  const sums = new Float64Array(categories * d);
  const masses = new Float64Array(categories);
  const weights = new Float64Array(categories);
  const count = points.length / d;
  eachSeen(points, directions, concentration, ({ orientation, kappa, posterior }) => {
    for (let y = 0; y < categories; y++) {
      const part = posterior[y] as number;
      weights[y]! += part / count;
      masses[y]! += part * kappa;
      for (let j = 0; j < d; j++) sums[y * d + j]! += part * kappa * (orientation[j] as number);
    }
  });
  const means = directions.means.slice();
  for (let y = 0; y < categories; y++) {
    const sum = sums.subarray(y * d, (y + 1) * d);
    const length = Math.hypot(...sum);
    if (length > ROUNDING * (masses[y] as number))
      means.set(
        sum.map((s) => s / length),
        y * d,
      );
  }
  return { categories, dimension: d, weights, means };
}
