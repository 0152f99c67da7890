/** @file How far a projection tells what the network tells: Q's winner against the network's and the truth, strength, confidence. */
import { OnnxplainError } from "../errors.ts";
import type { Concentration } from "./concentration.ts";
import type { Directions } from "./directions.ts";
import { posteriorsOf } from "./posteriors.ts";

export interface AgreementInputs {
  /** g `[n, d]`. */
  readonly points: Float64Array;
  /** P `[n, C]`. */
  readonly probabilities: ArrayLike<number>;
  readonly directions: Directions;
  readonly concentration: Concentration;
  /** Place of the truth among the categories, `[n]`; negative = unknown or not among them. */
  readonly labels?: ArrayLike<number> | undefined;
}

export interface Agreement {
  readonly count: number;
  /** Share with argmax_y Q(y|g) = argmax_y P(y|x), 0 to 1; the first of equal ones wins. Undefined for no samples. */
  readonly agreement: number | undefined;
  /** Share of samples of known label with argmax_y Q(y|g) = label; undefined where there are none. */
  readonly accuracy: number | undefined;
  /** The same of the network's P. */
  readonly networkAccuracy: number | undefined;
  /** Samples of known label. */
  readonly labelled: number;
  /** Mean |g|. */
  readonly strength: number | undefined;
  /** Mean max_y Q(y|g), 1/C to 1. */
  readonly confidence: number | undefined;
  /** argmax_y Q(y|g), `[n]`. */
  readonly winners: Int32Array;
}

/** Throws `E_INPUT_SHAPE` where sizes differ. */
export function agreementOf({ points, probabilities, directions, concentration, labels }: AgreementInputs): Agreement {
  const { categories, dimension } = directions;
  const count = points.length / dimension;
  if (probabilities.length !== count * categories || (labels !== undefined && labels.length !== count))
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected probabilities of ${count} samples x ${categories} categories and as many labels as samples, got ${probabilities.length} probabilities and ${labels?.length ?? "no"} labels.`,
    );
  const posteriors = posteriorsOf(points, directions, concentration);
  const winners = new Int32Array(count);
  let [same, right, networkRight, labelled, strength, confidence] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const own = winner(posteriors, i * categories, categories);
    const network = winner(probabilities, i * categories, categories);
    const label = labels?.[i] ?? -1;
    winners[i] = own;
    if (own === network) same++;
    if (label >= 0) {
      labelled++;
      if (own === label) right++;
      if (network === label) networkRight++;
    }
    strength += Math.hypot(...points.subarray(i * dimension, (i + 1) * dimension));
    confidence += posteriors[i * categories + own] as number;
  }
  return {
    count,
    agreement: share(same, count),
    accuracy: share(right, labelled),
    networkAccuracy: share(networkRight, labelled),
    labelled,
    strength: share(strength, count),
    confidence: share(confidence, count),
    winners,
  };
}

const share = (part: number, of: number): number | undefined => (of === 0 ? undefined : part / of);

function winner(rows: ArrayLike<number>, from: number, categories: number): number {
  let best = 0;
  for (let y = 1; y < categories; y++) if ((rows[from + y] as number) > (rows[from + best] as number)) best = y;
  return best;
}
