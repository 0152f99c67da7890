/** @file A fit of sample features between two rounds, as a plain value: numbers and lists of numbers, the same after JSON. */
import { OnnxplainError } from "../errors.ts";
import type { Directions } from "./directions.ts";

/** One point of the curves. Round 0 is the start. */
export interface SampleRound {
  /** Mean KL(P || Q) in nats, at the round's end. */
  readonly kl: number;
  /** The same after the gradient steps, before EM. */
  readonly klBeforeEm: number;
  /** Mean over samples of log sum_y pi_y p_vMF(o | mu_y, kappa(l)), in nats; without log p(l). */
  readonly logLikelihood: number;
}

/** M and {pi, mu}, as lists. */
export interface SampleParameters {
  readonly matrix: readonly number[];
  readonly weights: readonly number[];
  readonly means: readonly number[];
}

export interface SampleState extends SampleParameters {
  /** Gradient steps made. */
  readonly steps: number;
  /** Vectors of the optimiser. */
  readonly memory: readonly (readonly number[])[];
  readonly curve: readonly SampleRound[];
  readonly notes: readonly string[];
  readonly best: SampleParameters & { readonly round: number };
}

/** The same in the arrays that a fit works on; arrays of `best` are never written to. */
export interface Working {
  readonly matrix: Float64Array;
  readonly memory: readonly Float64Array[];
  readonly curve: SampleRound[];
  readonly notes: readonly string[];
  directions: Directions;
  steps: number;
  best: { readonly round: number; readonly matrix: Float64Array; readonly directions: Directions };
}

const listed = (matrix: Float64Array, { weights, means }: Directions): SampleParameters => ({
  matrix: Array.from(matrix),
  weights: Array.from(weights),
  means: Array.from(means),
});

export const stateOf = ({ matrix, directions, memory, curve, notes, steps, best }: Working): SampleState => ({
  ...listed(matrix, directions),
  steps,
  memory: memory.map((m) => Array.from(m)),
  curve: [...curve],
  notes,
  best: { round: best.round, ...listed(best.matrix, best.directions) },
});

interface Sizes {
  readonly width: number;
  readonly categories: number;
  readonly dimension: number;
  /** Vectors of the optimiser. */
  readonly states: number;
}

/** Throws `E_INPUT_SHAPE` for the state of another fit. */
export function workingOf(state: SampleState, { width, categories, dimension, states }: Sizes): Working {
  const cells = dimension * width;
  const sized = ({ matrix, weights, means }: SampleParameters): boolean =>
    matrix.length === cells && weights.length === categories && means.length === categories * dimension;
  const fits =
    sized(state) &&
    sized(state.best) &&
    state.memory.length === states &&
    state.memory.every((m) => m.length === cells);
  if (!fits || state.curve.length === 0)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected the state of a fit of ${width} numbers to ${dimension} with ${categories} categories and ${states} vectors of its optimiser, got one of another. Resume with the options it began with, or begin anew.`,
    );
  const directions = ({ weights, means }: SampleParameters): Directions => ({
    categories,
    dimension,
    weights: Float64Array.from(weights),
    means: Float64Array.from(means),
  });
  return {
    matrix: Float64Array.from(state.matrix),
    memory: state.memory.map((m) => Float64Array.from(m)),
    curve: [...state.curve],
    notes: state.notes,
    directions: directions(state),
    steps: state.steps,
    best: {
      round: state.best.round,
      matrix: Float64Array.from(state.best.matrix),
      directions: directions(state.best),
    },
  };
}
