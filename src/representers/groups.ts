/** @file What whole groups of training points say about a class: sums of their representer values. */
import { OnnxplainError } from "../errors.ts";

export interface GroupSum {
  readonly name: string;
  readonly points: number;
  /** Of the values above 0, and of those below; both together are the group's part of the score. */
  readonly positive: number;
  readonly negative: number;
}

/** Groups in order of first appearance. `values` `[n]` of one test point and class, the group of each point. Throws `E_INPUT_SHAPE`. */
export function groupSums(values: ArrayLike<number>, groups: readonly string[]): readonly GroupSum[] {
  if (values.length !== groups.length)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `There are ${groups.length} groups for ${values.length} training points.`,
    );
  const sums = new Map<string, { name: string; points: number; positive: number; negative: number }>();
  groups.forEach((name, i) => {
    const own = sums.get(name) ?? { name, points: 0, positive: 0, negative: 0 };
    const v = values[i] as number;
    sums.set(name, own);
    own.points++;
    if (v > 0) own.positive += v;
    else own.negative += v;
  });
  return [...sums.values()];
}
