/** @file The mean direction of vectors with noise, from draws: what {@link import("./noisy-mean.ts")} is in the limit. */
import { normals, scattered } from "../random.ts";
import { drawDirections } from "./von-mises-fisher.ts";

/** Draws to be used at every strength. */
export interface Draws {
  readonly dimension: number;
  /** Clean directions around the first axis, `[count, d]`. */
  readonly clean: ArrayLike<number>;
  /** Noise of deviation 1, `[count, d]`. */
  readonly noise: ArrayLike<number>;
}

/**
 * `count` draws, rounded up to pairs: the noise of the second half is that of the first with its sign turned, so that the mean direction
 * at strength 0 is 0.
 */
export function drawn(dimension: number, kappa0: number, count: number, seed: number): Draws {
  const half = Math.ceil(count / 2) * dimension;
  const normal = normals(scattered(seed));
  const noise = new Float64Array(2 * half);
  for (let i = 0; i < half; i++) {
    noise[i] = normal();
    noise[half + i] = -(noise[i] as number);
  }
  return { dimension, clean: drawDirections(dimension, kappa0, (2 * half) / dimension, seed + 2), noise };
}

export interface DrawnMean {
  /** fbar = (1/N) sum_i f_i / ||f_i||, f_i = s clean_i + noise_i. */
  readonly mean: Float64Array;
  /** ||fbar||. */
  readonly length: number;
  /** 1 - ||fbar||^2, to its last digits. */
  readonly lack: number;
  /** d ||fbar|| / d s. */
  readonly slope: number;
}

/** Below it a mean of unit vectors is 0. */
const ROUNDING = 1e-14;

/** The mean direction at strength s >= 0 (in units of the noise). */
export function drawnMean({ dimension: d, clean, noise }: Draws, s: number): DrawnMean {
  const count = clean.length / d;
  const [mean, rise] = [new Float64Array(d), new Float64Array(d)];
  const f = new Float64Array(d);
  let gap = 0;
  for (let i = 0; i < clean.length; i += d) {
    let [square, along] = [0, 0];
    for (let j = 0; j < d; j++) {
      f[j] = s * (clean[i + j] as number) + (noise[i + j] as number);
      square += (f[j] as number) ** 2;
      along += (f[j] as number) * (clean[i + j] as number);
    }
    const norm = Math.sqrt(square);
    // every number was 0: no direction
    if (norm === 0) {
      gap += 1;
      continue;
    }
    for (let j = 0; j < d; j++) {
      const o = (f[j] as number) / norm;
      mean[j]! += o / count;
      rise[j]! += ((clean[i + j] as number) - (along * o) / norm) / (norm * count);
    }
    gap += oneLess(f, norm);
  }
  gap /= count;
  let [across, dot, steep] = [0, 0, 0];
  for (let j = 0; j < d; j++) {
    if (j > 0) across += (mean[j] as number) ** 2;
    dot += (mean[j] as number) * (rise[j] as number);
    steep += (rise[j] as number) ** 2;
  }
  const length = Math.sqrt((mean[0] as number) ** 2 + across);
  return { mean, length, lack: gap * (2 - gap) - across, slope: length < ROUNDING ? Math.sqrt(steep) : dot / length };
}

/** 1 - f_1 / ||f||. */
function oneLess(f: Float64Array, norm: number): number {
  const first = f[0] as number;
  if (first <= 0) return 1 - first / norm;
  let across = 0;
  for (let j = 1; j < f.length; j++) across += (f[j] as number) ** 2;
  return across / (norm * (norm + first));
}
