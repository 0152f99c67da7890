/** @file Small mixtures, descriptors and classifiers for tests of Fisher vectors, and the table |L| x V written out from the definitions. */
import type { Mixture } from "../../src/fisher/mixture.ts";
import { normals, scattered, uniforms } from "../../src/random.ts";

export const mixtureOf = (weights: number[], means: number[][], deviations: number[][]): Mixture => ({
  components: weights.length,
  width: (means[0] as number[]).length,
  weights: Float64Array.from(weights),
  means: Float64Array.from(means.flat()),
  deviations: Float64Array.from(deviations.flat()),
});

/** Gaussians whose means lie `spread` apart, about. */
export function drawnMixture(seed: number, components: number, width: number, spread = 2): Mixture {
  const [normal, uniform] = [normals(scattered(seed)), uniforms(scattered(seed + 1))];
  const raw = Array.from({ length: components }, () => 0.5 + uniform());
  const total = raw.reduce((a, b) => a + b, 0);
  return {
    components,
    width,
    weights: Float64Array.from(raw, (w) => w / total),
    means: Float64Array.from({ length: components * width }, () => spread * normal()),
    deviations: Float64Array.from({ length: components * width }, () => 0.5 + uniform()),
  };
}

export function drawn(seed: number, count: number, scale = 1): Float64Array {
  const normal = normals(scattered(seed));
  return Float64Array.from({ length: count }, () => scale * normal());
}

export const rowsOf = (table: Float64Array, width: number): Float64Array[] =>
  Array.from({ length: table.length / width }, (_, i) => table.slice(i * width, (i + 1) * width));
export const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
export const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  sum(Array.from(a, (v, i) => v * (b[i] as number)));

/** Psi(l) of SPEC 2.2.5, entry by entry, densities multiplied out. */
export function psiByDefinition(l: ArrayLike<number>, m: Mixture, zeroth = true): number[] {
  const { components: K, width: D } = m;
  const at = (table: Float64Array, k: number, r: number): number => table[k * D + r] as number;
  const densities = Array.from({ length: K }, (_, k) => {
    let density = m.weights[k] as number;
    for (let r = 0; r < D; r++) {
      const s = at(m.deviations, k, r);
      density *= Math.exp(-(((l[r] as number) - at(m.means, k, r)) ** 2) / (2 * s * s)) / (Math.sqrt(2 * Math.PI) * s);
    }
    return density;
  });
  const gamma = densities.map((d) => d / sum(densities));
  const each = (of: (k: number, r: number, u: number) => number): number[] =>
    gamma.flatMap((_, k) =>
      Array.from({ length: D }, (_, r) => of(k, r, ((l[r] as number) - at(m.means, k, r)) / at(m.deviations, k, r))),
    );
  const weight = (k: number): number => m.weights[k] as number;
  const g = (k: number): number => gamma[k] as number;
  return [
    ...(zeroth ? gamma.map((v, k) => (v - weight(k)) / Math.sqrt(weight(k))) : []),
    ...each((k, _, u) => (g(k) / Math.sqrt(weight(k))) * u),
    ...each((k, _, u) => (g(k) / Math.sqrt(2 * weight(k))) * (u * u - 1)),
  ];
}

/** R2 of every descriptor over the whole table m `[n][V]`, SPEC 2.3. */
export function relevanceByDefinition(
  m: readonly (readonly number[])[],
  relevance: ArrayLike<number>,
  variant: "plain" | "epsilon" | "absolute",
  epsilon: number,
): { readonly values: number[]; readonly xi: number; readonly vanishing: number } {
  const dimensions = Array.from({ length: relevance.length }, (_, d) => d);
  const column = (d: number): number[] => m.map((row) => row[d] as number);
  const empty = new Set(dimensions.filter((d) => column(d).every((v) => v === 0)));
  const xi = sum([...empty].map((d) => relevance[d] as number)) / m.length;
  const values = new Array<number>(m.length).fill(xi);
  for (const d of dimensions) {
    if (empty.has(d)) continue;
    const parts = variant === "absolute" ? column(d).map(Math.abs) : column(d);
    const s = sum(parts);
    const denominator = variant === "epsilon" ? s + epsilon * (s < 0 ? -1 : 1) : s;
    parts.forEach((part, i) => {
      values[i] = (values[i] as number) + ((relevance[d] as number) * part) / denominator;
    });
  }
  return { values, xi, vanishing: empty.size };
}
