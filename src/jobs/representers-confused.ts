/** @file `--confused A:B`: which held-out points of class A are taken for B, and which training points push them there. */
import { OnnxplainError } from "../errors.ts";
import { culprits } from "../representers/confused.ts";
import { scoresOfAll } from "../representers/linear.ts";
import type { SessionOptions } from "../runtime/session.ts";
import type { OpenRepresenters } from "./representers-open.ts";
import type { Confusion } from "./representers-pages.ts";

/** Culprits that are kept. */
const SHOWN = 40;

/**
 * Of the held-out points, or the training points where there are none. Predictions are the fit's. Throws `E_DATA_CLASSES` where no point
 * carries the label, `E_TARGET_RANGE`.
 */
export async function confusedPoints(
  { fitted, train, heldOut }: OpenRepresenters,
  {
    from,
    to,
    top = 10,
    ...options
  }: SessionOptions & {
    readonly from: number;
    readonly to: number;
    readonly top?: number | undefined;
  },
): Promise<Confusion> {
  const { classes, width } = fitted;
  for (const t of [from, to])
    if (!(Number.isInteger(t) && t >= 0 && t < classes))
      throw new OnnxplainError("E_TARGET_RANGE", `There is no class ${t}; expected 0 to ${classes - 1}.`);
  const { features, labels, ids } = heldOut ?? train;
  const logits = await scoresOfAll(features, fitted, options);
  const predicted = (i: number): number => {
    const own = logits.subarray(i * classes, (i + 1) * classes);
    return own.indexOf(own.reduce((a, b) => Math.max(a, b)));
  };
  const ofClass = [...labels.keys()].filter((i) => labels[i] === from);
  if (ofClass.length === 0)
    throw new OnnxplainError(
      "E_DATA_CLASSES",
      `No point is labelled ${from}, so none can be confused. Give labelled data with \`--held-out\`.`,
    );
  const wanted = new Set(ofClass.filter((i) => predicted(i) === to));
  const confused: { readonly id: string; readonly label: number; readonly features: Float32Array }[] = [];
  for await (const { first, count, rows } of features.blocks())
    for (let i = 0; i < count; i++)
      if (wanted.has(first + i))
        confused.push({ id: ids[first + i] as string, label: from, features: rows.slice(i * width, (i + 1) * width) });
  const rows = new Float32Array(confused.length * width);
  confused.forEach((c, i) => void rows.set(c.features, i * width));
  const inhibitory =
    confused.length === 0 ? [] : await culprits(fitted, train.features, rows, { ...options, from, top });
  return {
    from,
    to,
    ofClass: ofClass.length,
    wrong: ofClass.filter((i) => predicted(i) !== from).length,
    confused,
    top,
    inhibitory: inhibitory.slice(0, SHOWN),
  };
}
