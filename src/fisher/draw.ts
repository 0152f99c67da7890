/** @file Rows drawn from a mixture. */
import { normals, scattered, uniforms } from "../random.ts";
import type { Mixture } from "./mixture.ts";

/** Keeps the stream of components apart from that of deviations. */
const OTHER = 0x5bd1e995;

/**
 * An endless stream of rows, the same for the same seed: k ~ pi, then mu_k + sigma_k z with z ~ N(0, 1) in each dimension. Each row is
 * written to `into`, `[width]`, by default a new array; the component is returned beside it.
 */
export function drawsFrom(
  { components, width, weights, means, deviations }: Mixture,
  seed: number,
): (into?: Float64Array) => { readonly row: Float64Array; readonly component: number } {
  const share = uniforms(scattered(seed));
  const deviate = normals(scattered(seed ^ OTHER));
  const upTo = new Float64Array(components);
  let sum = 0;
  for (let k = 0; k < components; k++) upTo[k] = sum += weights[k] as number;
  return (row = new Float64Array(width)) => {
    const wanted = share() * sum;
    const found = upTo.findIndex((s) => s > wanted);
    const component = found < 0 ? components - 1 : found;
    for (let d = 0; d < width; d++) {
      const at = component * width + d;
      row[d] = (means[at] as number) + (deviations[at] as number) * deviate();
    }
    return { row, component };
  };
}

/** The first `count` rows of {@link drawsFrom}, `[count, width]`. */
export function draw(mixture: Mixture, count: number, seed: number): Float64Array {
  const next = drawsFrom(mixture, seed);
  const { width } = mixture;
  const rows = new Float64Array(count * width);
  for (let i = 0; i < count; i++) next(rows.subarray(i * width, (i + 1) * width));
  return rows;
}
