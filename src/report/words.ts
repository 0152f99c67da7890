/** @file Targets and scores in words, the same in every report. */
import type { Explanation } from "../explain.ts";
import type { Target } from "../methods/target.ts";

/** `golden retriever (207)`, or the index alone. */
export const className = (index: number, label: string | undefined): string =>
  label === undefined ? `class ${index}` : `${label} (${index})`;

/** What is explained: a class, or one class against another. */
export function targetName({ index, label, against }: Target, labels?: readonly string[]): string {
  const own = className(index, label ?? labels?.[index]);
  return against === undefined ? own : `${own} against ${className(against, labels?.[against])}`;
}

/** The score of map `i`: of its class, or the difference of a contrast. */
export function targetScore({ targets, scores }: Explanation, i: number): number {
  const { index, against } = targets[i] as Target;
  const row = scores[i] as Float32Array;
  return (row[index] as number) - (against === undefined ? 0 : (row[against] as number));
}

/** `logit 14.2`, `probability 0.931`. */
export const scoreText = (explanation: Explanation, i: number): string =>
  `${explanation.scoreKind === "logits" ? "logit" : "probability"} ${significant(targetScore(explanation, i))}`;

/** Four significant digits, without an exponent where that stays short. */
export function significant(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const short = Number(value.toPrecision(digits));
  const size = Math.abs(short);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? short.toExponential().replace("e+", "e") : String(short);
}

/** A few parameters on one line: `n_steps=50 method=gausslegendre`. */
export const paramsText = ({ params }: Explanation): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(" ");

const LONG = 16;
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (value instanceof Float32Array || Array.isArray(value))
    return value.length > LONG
      ? `${value.length} values`
      : Array.from(value as ArrayLike<unknown>, valueText).join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
