/** @file The highest pixels of a map against the truth, with ties at the threshold shared evenly instead of broken by position. */
import type { Truth } from "./truth.ts";

export interface TopPixels {
  /** Pixels among the highest `count` that lie inside: the expected number over all ways of breaking ties. */
  readonly hits: number;
  /** Pixels that share the value at the threshold while not all of them fit; 0 where the choice is unique. */
  readonly tied: number;
}

/** `values` [H*W], `count` from 1 to H*W. */
export function topPixels(values: Float64Array, truth: Truth, count: number): TopPixels {
  const threshold = Float64Array.from(values).sort()[values.length - count]!;
  let [above, aboveInside, equal, equalInside] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v > threshold) {
      above++;
      aboveInside += truth.inside[i]!;
    } else if (v === threshold) {
      equal++;
      equalInside += truth.inside[i]!;
    }
  }
  const wanted = count - above;
  return { hits: aboveInside + (wanted * equalInside) / equal, tied: equal === wanted ? 0 : equal };
}
