/** @file Noisy linear imputation (ROAD): removed pixels become weighted means of their neighbours, solved all at once. */
import { strides } from "./input-layout.ts";
import type { MetricImage } from "./metric.ts";

/** Twelfths: 1/6 for neighbours that share an edge, 1/12 for those that share a corner. */
const EDGE = 2;
const CORNER = 1;
/** Neighbours before a pixel in row-major order: dy, dx, weight; those after it mirror them. */
const BEFORE = [
  [-1, -1, CORNER],
  [-1, 0, EDGE],
  [-1, 1, CORNER],
  [0, -1, EDGE],
] as const;
const SIDES = BEFORE.length;
/** Relaxation of the preconditioner; between 1 and 2. */
const OMEGA = 1.85;
/** Residual, relative to the right-hand side. */
const TOLERANCE = 1e-8;
const MOST_ITERATIONS = 2000;

/**
 * The equations of the removed pixels, one each: `diagonal * v - sum of weight * removed neighbours = sum of weight * kept
 * neighbours`, neighbours outside the image left out. Symmetric, and positive definite as soon as one pixel is kept.
 */
interface Equations {
  /** Row-major positions of the removed pixels. */
  readonly pixels: Uint32Array;
  readonly diagonal: Float64Array;
  /** Unknowns before and after each, [n * SIDES]; `n`, a slot that stays 0, where there is none. */
  readonly before: Uint32Array;
  readonly after: Uint32Array;
  /** Kept neighbours of all unknowns: `source[i]` counts with `weight[i]` for `unknown[i]`. */
  readonly kept: {
    readonly unknown: readonly number[];
    readonly source: readonly number[];
    readonly weight: readonly number[];
  };
}

function equations(removed: Uint8Array, { width, height }: Pick<MetricImage, "width" | "height">): Equations {
  const unknownAt = new Int32Array(removed.length).fill(-1);
  const pixels = Uint32Array.from(Array.from(removed.keys()).filter((i) => removed[i]));
  pixels.forEach((p, u) => {
    unknownAt[p] = u;
  });
  const n = pixels.length;
  const [before, after] = [new Uint32Array(n * SIDES).fill(n), new Uint32Array(n * SIDES).fill(n)];
  const diagonal = new Float64Array(n);
  const kept: { unknown: number[]; source: number[]; weight: number[] } = { unknown: [], source: [], weight: [] };
  for (let u = 0; u < n; u++) {
    const p = pixels[u] as number;
    const [y, x] = [Math.floor(p / width), p % width];
    for (let side = 0; side < SIDES; side++) {
      const [dy, dx, weight] = BEFORE[side] as (typeof BEFORE)[number];
      for (const sign of [1, -1]) {
        const [ny, nx] = [y + sign * dy, x + sign * dx];
        if (ny < 0 || ny >= height || nx < 0 || nx >= width) continue;
        const q = ny * width + nx;
        diagonal[u]! += weight;
        const other = unknownAt[q] as number;
        if (other >= 0) (sign > 0 ? before : after)[u * SIDES + side] = other;
        else {
          kept.unknown.push(u);
          kept.source.push(q);
          kept.weight.push(weight);
        }
      }
    }
  }
  return { pixels, diagonal, before, after, kept };
}

/** Weighted sum over the neighbours of one side; both sides list the weights in the order of {@link BEFORE}. */
const side = (v: Float64Array, of: Uint32Array, u: number): number =>
  CORNER * ((v[of[u * SIDES] as number] as number) + (v[of[u * SIDES + 2] as number] as number)) +
  EDGE * ((v[of[u * SIDES + 1] as number] as number) + (v[of[u * SIDES + 3] as number] as number));

/** Symmetric successive over-relaxation, forwards then backwards: an approximate inverse applied to `r`. */
function precondition({ diagonal, before, after }: Equations, r: Float64Array, z: Float64Array): void {
  const n = diagonal.length;
  for (let u = 0; u < n; u++) z[u] = (((r[u] as number) + side(z, before, u)) * OMEGA) / (diagonal[u] as number);
  for (let u = n - 1; u >= 0; u--) z[u] = (z[u] as number) + (OMEGA * side(z, after, u)) / (diagonal[u] as number);
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** Conjugate gradients from `v` on, which becomes the solution. Vectors have one slot more than unknowns; it stays 0. */
function solve(system: Equations, b: Float64Array, v: Float64Array): void {
  const { diagonal, before, after } = system;
  const n = diagonal.length;
  const [r, z, p, product] = [0, 1, 2, 3].map(() => new Float64Array(n + 1)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const apply = (x: Float64Array): void => {
    for (let u = 0; u < n; u++)
      product[u] = (diagonal[u] as number) * (x[u] as number) - side(x, before, u) - side(x, after, u);
  };
  apply(v);
  for (let u = 0; u < n; u++) r[u] = (b[u] as number) - (product[u] as number);
  const enough = TOLERANCE * TOLERANCE * dot(b, b);
  let rho = 0;
  for (let iteration = 0; iteration < MOST_ITERATIONS && dot(r, r) > enough; iteration++) {
    precondition(system, r, z);
    const next = dot(r, z);
    const beta = iteration === 0 ? 0 : next / rho;
    rho = next;
    for (let u = 0; u < n; u++) p[u] = (z[u] as number) + beta * (p[u] as number);
    apply(p);
    const alpha = rho / dot(p, product);
    for (let u = 0; u < n; u++) {
      v[u]! += alpha * (p[u] as number);
      r[u]! -= alpha * (product[u] as number);
    }
  }
}

export interface Imputing {
  /** [H*W], 1 = removed; at least one pixel is kept. */
  readonly removed: Uint8Array;
  /** An input to begin the search from: a neighbouring solution. */
  readonly guess: Float32Array;
  /** Standard deviation of the noise, in the units of the input. */
  readonly noise: number;
  /** Standard normal numbers. */
  readonly normal: () => number;
}

/** `image.x` with the removed pixels imputed in every channel. */
export function impute(image: MetricImage, { removed, guess, noise, normal }: Imputing): Float32Array {
  const system = equations(removed, image);
  const { pixels, kept } = system;
  const [step, plane] = strides(image);
  const x = image.x.slice();
  for (let c = 0; c < image.channels; c++) {
    const at = (p: number): number => p * step + c * plane;
    const b = new Float64Array(pixels.length + 1);
    for (let i = 0; i < kept.unknown.length; i++)
      b[kept.unknown[i] as number]! += (kept.weight[i] as number) * (x[at(kept.source[i] as number)] as number);
    const v = new Float64Array(pixels.length + 1);
    pixels.forEach((p, u) => {
      v[u] = guess[at(p)] as number;
    });
    solve(system, b, v);
    pixels.forEach((p, u) => {
      x[at(p)] = (v[u] as number) + (noise > 0 ? noise * normal() : 0);
    });
  }
  return x;
}
