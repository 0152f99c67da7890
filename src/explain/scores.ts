/** @file The forward pass: scores of all classes, and their order. */
import { drive } from "../drive.ts";
import { OnnxplainError } from "../errors.ts";
import type { Explainer } from "../explainer.ts";
import type { Classifier } from "../methods/classifier.ts";
import type { RowsPlan } from "../methods/method.ts";
import type { RunOptions } from "./options.ts";
import { rowsAtOnce, scoreSession } from "./sessions.ts";

export interface Scoring {
  /** [classes] a row. */
  readonly scores: readonly Float32Array[];
  readonly sessionMs: number;
  readonly runMs: number;
}

/** Scores of every row. Throws `E_NUMERIC` when one is NaN. */
export async function scoreRows(
  model: Explainer,
  classifier: Classifier,
  rows: readonly Float32Array[],
  options: RunOptions,
): Promise<Scoring> {
  const release = model.hold();
  try {
    const opened = performance.now();
    const session = await scoreSession(model, classifier, options);
    const began = performance.now();
    const batch = rowsAtOnce(classifier.model, classifier, options);
    const samples = rows.map((x) => ({ x, cotangent: new Float32Array() }));
    const scores = await drive(forward(classifier), samples, { session, batch, signal: options.signal });
    for (const row of scores) refuseNaN(row, "The network's score");
    return { scores, sessionMs: began - opened, runMs: performance.now() - began };
  } finally {
    release();
  }
}

/** One row an image: its scores. */
export const forward = (classifier: Classifier): RowsPlan<Float32Array> => ({
  model: { ...classifier.model, graph: { ...classifier.model.graph, inputs: [classifier.input] } },
  outputs: [classifier.scores],
  count: 1,
  notes: [],
  rows: ({ x }) => [{ [classifier.input.name]: x }],
  fold: () => {
    let values = new Float32Array();
    return {
      add: (r) => {
        values = r[classifier.scores] as Float32Array<ArrayBuffer>;
      },
      done: () => values,
    };
  },
});

/** Throws `E_NUMERIC`. */
export function refuseNaN(values: Float32Array, what: string): void {
  if (values.some((v) => Number.isNaN(v))) {
    throw new OnnxplainError(
      "E_NUMERIC",
      `${what} is not a number (NaN). Weights or input hold NaN or infinite values; check the export and the preprocessing.`,
    );
  }
}

/** Index of the first maximum. */
export const argMax = (values: ArrayLike<number>): number => {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
};

/** Indices of the largest values, largest first; of equal ones the first comes first. */
export const largest = (values: ArrayLike<number>, count: number): readonly number[] =>
  Array.from(values, (_, i) => i)
    .sort((a, b) => (values[b] as number) - (values[a] as number) || a - b)
    .slice(0, count);
