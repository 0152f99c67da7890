/** @file A few of a network's categories, as if it knew no others: P restricted and renormalised, labels renumbered. */
import { OnnxplainError } from "../errors.ts";

export interface ChosenProbabilities {
  /** `[n, classes.length]`, rows sum to 1. */
  readonly probabilities: Float64Array;
  readonly categories: number;
  /** Rows to which all chosen categories are impossible: uniform. */
  readonly empty: number;
}

/**
 * P(y | x, y in chosen), in the order of `classes`.
 * @param probabilities `[n, categories]`, numbers >= 0.
 * Throws `E_PARAM` for classes that are none, out of range or named twice, `E_INPUT_SHAPE`, `E_NUMERIC` for numbers that are no probabilities.
 */
export function chosen(
  probabilities: ArrayLike<number>,
  categories: number,
  classes: readonly number[],
): ChosenProbabilities {
  refuseBad(probabilities, categories, classes);
  const [count, kept] = [probabilities.length / categories, classes.length];
  const out = new Float64Array(count * kept);
  let empty = 0;
  for (let i = 0; i < count; i++) {
    const row = out.subarray(i * kept, (i + 1) * kept);
    let sum = 0;
    classes.forEach((c, k) => {
      const p = probabilities[i * categories + c] as number;
      if (!(p >= 0 && Number.isFinite(p)))
        throw new OnnxplainError(
          "E_NUMERIC",
          `Expected probabilities of at least 0, got ${p} for class ${c} of row ${i}. Give softmax outputs.`,
        );
      row[k] = p;
      sum += p;
    });
    if (sum > 0) for (let k = 0; k < kept; k++) row[k]! /= sum;
    else {
      row.fill(1 / kept);
      empty++;
    }
  }
  return { probabilities: out, categories: kept, empty };
}

/** Places of labels among `classes`; -1 for those that are not chosen. */
export const chosenLabels = (labels: ArrayLike<number>, classes: readonly number[]): Int32Array =>
  Int32Array.from(labels, (label) => classes.indexOf(label));

function refuseBad(probabilities: ArrayLike<number>, categories: number, classes: readonly number[]): void {
  if (!Number.isInteger(probabilities.length / categories))
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected probabilities to be rows of ${categories} numbers, got ${probabilities.length} numbers.`,
    );
  const bad = classes.find((c) => !(Number.isInteger(c) && c >= 0 && c < categories));
  if (bad !== undefined || classes.length === 0 || new Set(classes).size !== classes.length)
    throw new OnnxplainError(
      "E_PARAM",
      `Expected the chosen classes to be different integers from 0 to ${categories - 1}, at least one, got ${
        classes.length === 0 ? "none" : classes.join(", ")
      }.`,
    );
}
