/** @file Bootstrap intervals of means: resampled images, percentile method, the same for the same seed. */
import { uniforms } from "../random.ts";
import { quantile } from "./quantiles.ts";

export interface BootstrapOptions {
  readonly seed: number;
  readonly resamples: number;
  /** Share of resampled means inside the interval. */
  readonly level: number;
}
export type Interval = readonly [low: number, high: number];

/**
 * The percentile interval of every sample's mean; undefined below two values. Samples of one length are resampled at the same
 * places, so an interval depends on its own values and the seed alone.
 *
 * Source: Efron & Tibshirani 1993, section 13.3.
 */
export function bootstrapMeans(
  samples: readonly Float64Array[],
  { seed, resamples, level }: BootstrapOptions,
): readonly (Interval | undefined)[] {
  const out: (Interval | undefined)[] = samples.map(() => undefined);
  for (const length of new Set(samples.map((s) => s.length))) {
    if (length < 2) continue;
    const members = [...samples.keys()].filter((i) => samples[i]?.length === length);
    const means = members.map(() => new Float64Array(resamples));
    const uniform = uniforms(seed);
    const chosen = new Uint32Array(length);
    for (let r = 0; r < resamples; r++) {
      for (let i = 0; i < length; i++) chosen[i] = Math.floor(uniform() * length);
      for (const [k, member] of members.entries())
        (means[k] as Float64Array)[r] = sumAt(samples[member] as Float64Array, chosen) / length;
    }
    for (const [k, member] of members.entries()) {
      const ascending = (means[k] as Float64Array).sort();
      out[member] = [quantile(ascending, (1 - level) / 2), quantile(ascending, (1 + level) / 2)];
    }
  }
  return out;
}

function sumAt(values: Float64Array, chosen: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < chosen.length; i++) sum += values[chosen[i] as number] as number;
  return sum;
}
