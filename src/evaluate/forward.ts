/** @file Scores of network inputs, batch by batch. */
import { drive } from "../drive.ts";
import type { RunOptions } from "../explain/options.ts";
import { forward } from "../explain/scores.ts";
import { rowsAtOnce, scoreSession } from "../explain/sessions.ts";
import type { Explainer } from "../explainer.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { Scored } from "../metrics/metric.ts";

export interface Scorer {
  /** Rows of one run. */
  readonly batch: number;
  /** Logits and probabilities of every row, in order; NaN stays NaN. */
  readonly score: (rows: readonly Float32Array[]) => Promise<readonly Scored[]>;
}

/** `classifier` must give logits. */
export function scorer(model: Explainer, classifier: Classifier, options: RunOptions): Scorer {
  const batch = rowsAtOnce(classifier.model, classifier, options);
  const plan = forward(classifier);
  return {
    batch,
    score: async (rows) => {
      const session = await scoreSession(model, classifier, options);
      const samples = rows.map((x) => ({ x, cotangent: NONE }));
      const scores = await drive(plan, samples, { session, batch, signal: options.signal });
      return scores.map((logits) => ({ logits, probabilities: softmax(logits) }));
    },
  };
}

const NONE = new Float32Array();

/** In double, rounded once. */
export function softmax(logits: Float32Array): Float32Array {
  let top = Number.NEGATIVE_INFINITY;
  for (const v of logits) if (v > top) top = v;
  const powers = Float64Array.from(logits, (v) => Math.exp(v - top));
  let sum = 0;
  for (const p of powers) sum += p;
  return Float32Array.from(powers, (p) => p / sum);
}
