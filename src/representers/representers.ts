/** @file What a fit gives: the last layer at its stationary point, and how much each training point weighs in it. */
import type { ActivationName } from "./activations.ts";
import type { FeatureSource } from "./features.ts";

/** `labels`: what the labels ask for (eq. 3); `given`: what a network that exists already says (eq. 4). */
export type RepresenterObjective = "labels" | "given";
export type RepresenterSolver = "newton-cg" | "lbfgs" | "line-search";

/**
 * Θ = Σ_i α_i f_iᵀ + G / 2λ holds for any Θ, by the definition of α; at a stationary point G = 0. A bias is the weight of a constant 1
 * that stands as last column behind the features, and is regularised like the others.
 *
 * Source: Yeh, Kim, Yen and Ravikumar 2018, theorem 3.1.
 */
export interface Representers {
  /** Points. */
  readonly count: number;
  readonly classes: number;
  /** Features of a point, without the constant. */
  readonly width: number;
  readonly bias: boolean;
  /** width, and 1 more with a bias. */
  readonly columns: number;
  readonly lambda: number;
  readonly activation: ActivationName;
  readonly objective: RepresenterObjective;
  /** `[classes, columns]`, C order. */
  readonly theta: Float64Array;
  /** α `[count, classes]`: -(σ(Φ_i) - t_i) / (2 λ n). */
  readonly alpha: Float64Array;
  /** G `[classes, columns]`: the gradient of the objective at `theta`. */
  readonly gradient: Float64Array;
  /** (1/n) Σ L + λ |Θ|². */
  readonly value: number;
  readonly stationarity: Stationarity;
  readonly solver: RepresenterSolver;
  readonly iterations: number;
  /** Times that all features were read. */
  readonly passes: number;
  /** Why the solver ended. */
  readonly reason: string;
}

export interface Stationarity {
  /** max |G|. */
  readonly max: number;
  /** max |G| over max |G| at Θ = 0; 0 where both are. */
  readonly relative: number;
  /** The tolerance, on `relative`, was reached. */
  readonly reached: boolean;
}

/** Training points: features, with labels, with scores of the network that is explained, or with both. */
export interface TrainingPoints {
  readonly features: FeatureSource;
  /** Class of each point, from 0; -1 where there is none. */
  readonly labels?: Int32Array | undefined;
  /** Φ_given `[count, classes]`. */
  readonly given?: Float32Array | Float64Array | undefined;
}

/** Dot products of a row of features, and of the constant where there is one. */
export function scoresOf(
  { theta, classes, columns, width, bias }: Pick<Representers, "theta" | "classes" | "columns" | "width" | "bias">,
  features: ArrayLike<number>,
  at = 0,
): Float64Array {
  return Float64Array.from({ length: classes }, (_, j) => {
    let sum = bias ? (theta[j * columns + width] as number) : 0;
    for (let k = 0; k < width; k++) sum += (theta[j * columns + k] as number) * (features[at * width + k] as number);
    return sum;
  });
}
