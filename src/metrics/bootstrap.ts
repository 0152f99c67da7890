/** @file Bootstrap intervals of means: resampled images, percentile method, the same for the same seed. */
import { streams } from "../random.ts";
import { quantile } from "./quantiles.ts";

export interface BootstrapOptions {
  readonly seed: number;
  readonly resamples: number;
  /** Share of resampled means inside the interval. */
  readonly level: number;
}
export type Interval = readonly [low: number, high: number];

/**
 * The percentile interval of every sample's mean; undefined below two values. An interval depends on its own values and the seed
 * alone, whatever else is resampled beside it.
 *
 * Source: Efron & Tibshirani 1993, section 13.3.
 */
export function bootstrapMeans(
  samples: readonly Float64Array[],
  { seed, resamples, level }: BootstrapOptions,
): readonly (Interval | undefined)[] {
  const next = streams(seed);
  const places = new Float64Array(samples.reduce((most, s) => Math.max(most, s.length), 0));
  const means = samples.map((s) => new Float64Array(s.length < 2 ? 0 : resamples));
  for (let r = 0; r < resamples; r++) {
    const draw = next();
    for (let i = 0; i < places.length; i++) places[i] = draw();
    for (let k = 0; k < samples.length; k++) {
      const own = means[k] as Float64Array;
      if (own.length > 0) own[r] = resampledMean(samples[k] as Float64Array, places);
    }
  }
  return means.map((own) => {
    if (own.length === 0) return undefined;
    const ascending = own.sort();
    return [quantile(ascending, (1 - level) / 2), quantile(ascending, (1 + level) / 2)];
  });
}

/** `places`: numbers in [0, 1), at least as many as values. */
function resampledMean(values: Float64Array, places: Float64Array): number {
  const n = values.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += values[((places[i] as number) * n) | 0] as number;
  return sum / n;
}
