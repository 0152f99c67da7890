/** @file How well a few interpretations serve pictures never seen: which one covers a picture, and is its class the right one. */
import { OnnxplainError } from "../errors.ts";
import { type Cover, covers } from "./cover.ts";
import type { Projections } from "./projections.ts";
import { valuesOf } from "./projections.ts";

/** One of the V interpretations: the polytope of an input picture. */
export interface Interpretation extends Pick<Cover, "order" | "same" | "other"> {
  /** Class of the input picture, which the polytope predicts. */
  readonly label: number;
  /** Values of the input picture at every boundary: they say which side is inside. */
  readonly values: ArrayLike<number>;
}

/** Stands for no interpretation. */
export const NONE = -1;

/** Numbers of the interpretations that cover a picture with these values, ascending. */
export const covering = (all: readonly Interpretation[], values: ArrayLike<number>): readonly number[] =>
  Array.from(all.keys()).filter((v) => {
    const { order, values: own } = all[v] as Interpretation;
    return covers(order, own, values);
  });

/** Of the covering interpretations the one that covers most references, the lowest number at ties; {@link NONE} where none covers. */
export function chosen(all: readonly Interpretation[], values: ArrayLike<number>): number {
  const size = (v: number): number => (all[v] as Interpretation).same + (all[v] as Interpretation).other;
  return covering(all, values).reduce((best, v) => (best === NONE || size(v) > size(best) ? v : best), NONE);
}

/** {@link chosen} for every picture, `[n]`. */
export const chosenForAll = (all: readonly Interpretation[], pictures: Projections): Int32Array =>
  Int32Array.from({ length: pictures.count }, (_, i) => chosen(all, valuesOf(pictures, i)));

/** The interpretation that explains each picture: the one that covers it, else that of the nearest cluster centre. */
export const serving = (covered: Int32Array, nearestCentre: ArrayLike<number>): Int32Array =>
  covered.map((v, i) => (v === NONE ? (nearestCentre[i] as number) : v));

/** Fractions; undefined where nothing is covered, or there are no labels. */
export interface DecisionQuality {
  /** ACU-GT: covered pictures whose label the polytope predicts. */
  readonly labels: number | undefined;
  /** ACU-MD: covered pictures whose class by the network the polytope predicts. */
  readonly model: number | undefined;
  /** CVR: pictures that a polytope covers. */
  readonly coverage: number;
}

/**
 * `covered` as {@link chosenForAll} gives it; `classes` by the network, `labels` the truth where it is known. Source: Lam et al. 2021,
 * appendix D. Throws `E_INPUT_SHAPE`, `E_DATA_EMPTY`.
 */
export function decisionQuality(
  all: readonly Interpretation[],
  covered: Int32Array,
  { classes, labels }: { readonly classes: ArrayLike<number>; readonly labels?: ArrayLike<number> | undefined },
): DecisionQuality {
  if (covered.length === 0) throw new OnnxplainError("E_DATA_EMPTY", "There are no pictures to judge regions by.");
  for (const truth of [classes, labels])
    if (truth !== undefined && truth.length !== covered.length)
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `Expected one class for each of ${covered.length} pictures, got ${truth.length}.`,
      );
  const inside = Array.from(covered.keys()).filter((i) => covered[i] !== NONE);
  const share = (truth: ArrayLike<number>): number | undefined =>
    inside.length === 0
      ? undefined
      : inside.filter((i) => (all[covered[i] as number] as Interpretation).label === truth[i]).length / inside.length;
  return {
    labels: labels && share(labels),
    model: share(classes),
    coverage: inside.length / covered.length,
  };
}
