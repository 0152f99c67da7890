/** @file What a fit of sample features reads, and what it refuses. */
import { OnnxplainError } from "../errors.ts";
import { type Features, rowCount } from "./wide-products.ts";

/** Features and what the network makes of them. */
export interface Samples {
  /** F `[n, D]`, C order. */
  readonly features: Features;
  /** D. */
  readonly width: number;
  /** P `[n, C]`: rows sum to 1; of some of the categories: see `chosen`. */
  readonly probabilities: Float64Array;
  /** C. */
  readonly categories: number;
}

/** How far the sum of a row of P may be from 1: float32 softmax over 1,000 classes stays well below. */
const OFF = 1e-4;

/**
 * n, and P with rows that sum to 1 to the last digit.
 * Throws `E_DATA_EMPTY`, `E_INPUT_SHAPE`, `E_NUMERIC` for numbers that are not finite, `E_PARAM` for rows that are no probabilities.
 */
export function checkedSamples(samples: Samples): { readonly count: number; readonly probabilities: Float64Array } {
  const { features, width, probabilities, categories } = samples;
  const count = rowCount(samples);
  if (count < 1 || width < 1 || categories < 1)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `Expected samples, features and categories, got ${count} samples of ${width} features and ${categories} categories.`,
    );
  if (probabilities.length !== count * categories)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected probabilities of ${count} samples x ${categories} categories, got ${probabilities.length} numbers.`,
    );
  refuseNotFinite(features, width, "features");
  refuseNotFinite(probabilities, categories, "probabilities");
  const whole = probabilities.slice();
  for (let i = 0; i < count; i++) {
    const row = whole.subarray(i * categories, (i + 1) * categories);
    const sum = row.reduce((s, p) => s + p, 0);
    if (Math.abs(sum - 1) > OFF || row.some((p) => p < 0))
      throw new OnnxplainError(
        "E_PARAM",
        `Expected every row of probabilities to be at least 0 and to sum to 1, got the sum ${sum} in row ${i}. Give softmax outputs; \`chosen\` renormalises some of the categories.`,
      );
    for (let y = 0; y < categories; y++) row[y]! /= sum;
  }
  return { count, probabilities: whole };
}

function refuseNotFinite(numbers: Features, width: number, what: string): void {
  for (let at = 0; at < numbers.length; at++)
    if (!Number.isFinite(numbers[at]))
      throw new OnnxplainError(
        "E_NUMERIC",
        `Expected finite ${what}, got ${numbers[at]} in row ${Math.floor(at / width)}. Leave such samples out.`,
      );
}

/** What is special about samples that can be fitted all the same. */
export function sampleNotes({ features, width, categories }: Samples, dimension: number): readonly string[] {
  const count = features.length / width;
  return [
    ...(features.every((f) => f === 0)
      ? ["All features are 0: no sample has a direction, and none can be learned."]
      : []),
    ...(count > 1 && features.every((f, at) => f === features[at % width])
      ? [`All ${count} samples have the same features.`]
      : []),
    ...(width < dimension
      ? [`The features have ${width} numbers, fewer than the ${dimension} of the space: points fill ${width} of them.`]
      : []),
    ...(categories === 1 ? ["There is one category: every posterior is 1."] : []),
    ...(categories > 2 ** dimension
      ? [
          `${categories} categories are more than 2^${dimension}: directions in ${dimension} dimensions crowd, and categories with near directions share their posteriors.`,
        ]
      : []),
  ];
}
