/** @file Two frames on the same axes: which regional features lose their discrimination, which gain it. */
import type { PatternGrids } from "./input.ts";

/**
 * [R] Place in `others` of the layer that layer `l` is compared with: that of the same name, or of the same place where both frames have as
 * many layers; undefined for none.
 */
export function pairedLayer(
  layers: readonly { readonly name: string }[],
  others: readonly { readonly name: string }[],
  l: number,
): number | undefined {
  const named = others.findIndex(({ name }) => name === layers[l]?.name);
  if (named >= 0) return named;
  return others.length === layers.length ? l : undefined;
}

/** The layer of `other` that layer `l` of `own` is compared with, by {@link pairedLayer}. */
export function layerBeside<L extends { readonly name: string }>(
  own: { readonly layers: readonly { readonly name: string }[] },
  other: { readonly layers: readonly L[] } | undefined,
  l: number,
): L | undefined {
  const place = other && pairedLayer(own.layers, other.layers, l);
  return place === undefined ? undefined : other?.layers[place];
}

/** What became of a region. */
export type Fate = "kept" | "turned" | "lost" | "gained" | "never";
export const FATES: readonly Fate[] = ["kept", "turned", "lost", "gained", "never"];

/** Knowledge point of the same winner in both, of another winner, in the first alone, in the second alone, in neither. */
export const fateOf = (from: PatternGrids, to: PatternGrids, place: number, tau: number): Fate => {
  const before = (from.largest[place] as number) > tau;
  const after = (to.largest[place] as number) > tau;
  if (before && after) return from.winners[place] === to.winners[place] ? "kept" : "turned";
  return before ? "lost" : after ? "gained" : "never";
};

/** How many regions of places `[start, end)` met each fate. */
export function fates(
  from: PatternGrids,
  to: PatternGrids,
  tau: number,
  start = 0,
  end: number = from.largest.length,
): Readonly<Record<Fate, number>> {
  const counts: Record<Fate, number> = { kept: 0, turned: 0, lost: 0, gained: 0, never: 0 };
  for (let i = start; i < end; i++) counts[fateOf(from, to, i, tau)]++;
  return counts;
}
