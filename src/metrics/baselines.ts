/** @file Baselines: maps that know nothing of the model, and the opposite of what a method says. A map that does not beat them says nothing. */

/** Maps made without the model, by the name that a run gives them. */
export const BLIND = ["random", "centre", "edges"] as const;
export type Blind = (typeof BLIND)[number];
export type Baseline = Blind | "inverted";
export const BASELINES: readonly Baseline[] = [...BLIND, "inverted"];

const INVERTED = " inverted";
/** The name under which the map of `method`, upside down, stands in the results. */
export const invertedName = (method: string): string => `${method}${INVERTED}`;

/** What a name in the results stands for; undefined for a method of its own right. */
export function baselineOf(method: string): Baseline | undefined {
  if (method.endsWith(INVERTED)) return "inverted";
  return BLIND.find((name) => name === method);
}

/** The name of a method's opponent in the results. */
export const opponent = (method: string, baseline: Baseline): string =>
  baseline === "inverted" ? invertedName(method) : baseline;

/** What each is, in words. */
export const BASELINE_WORDS: Readonly<Record<Baseline, string>> = {
  random: "a random map",
  centre: "a blob in the centre",
  edges: "an edge detector",
  inverted: "its own map inverted",
};
