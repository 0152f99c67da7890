/** @file Nodes and weights on [0,1] for path integrals, as Captum names and defines them (`approximation_methods`). */

export interface Quadrature {
  readonly alphas: readonly number[];
  readonly weights: readonly number[];
}

export const QUADRATURES = [
  "gausslegendre",
  "riemann_left",
  "riemann_right",
  "riemann_middle",
  "riemann_trapezoid",
] as const;
export type QuadratureName = (typeof QUADRATURES)[number];

const range = (n: number, f: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => f(i));

/** Legendre polynomial P_n(t) and its derivative, by the three-term recurrence. */
function legendre(n: number, t: number): readonly [number, number] {
  let [before, here] = [1, t];
  for (let k = 2; k <= n; k++) [before, here] = [here, ((2 * k - 1) * t * here - (k - 1) * before) / k];
  return [here, (n * (t * here - before)) / (t * t - 1)];
}

/** Gauss-Legendre nodes by Newton's method from the Chebyshev guess, mapped from [-1,1]. */
function gaussLegendre(n: number): Quadrature {
  if (n === 1) return { alphas: [0.5], weights: [1] };
  const nodes = range(n, (i) => {
    let t = Math.cos((Math.PI * (n - i - 0.25)) / (n + 0.5));
    for (let step = 0; step < 100; step++) {
      const [p, slope] = legendre(n, t);
      t -= p / slope;
      if (Math.abs(p / slope) < 1e-16) break;
    }
    return t;
  });
  return {
    alphas: nodes.map((t) => (1 + t) / 2),
    weights: nodes.map((t) => 1 / ((1 - t * t) * legendre(n, t)[1] ** 2)),
  };
}

/**
 * `n` nodes and weights. Captum's conventions are kept where they are odd: the trapezoid has n nodes from 0 to 1 with
 * weights 1/n (half at both ends), which sum to (n-1)/n.
 */
export function quadrature(name: QuadratureName, n: number): Quadrature {
  const even = range(n, () => 1 / n);
  switch (name) {
    case "gausslegendre":
      return gaussLegendre(n);
    case "riemann_left":
      return { alphas: range(n, (i) => i / n), weights: even };
    case "riemann_right":
      return { alphas: range(n, (i) => (i + 1) / n), weights: even };
    case "riemann_middle":
      return { alphas: range(n, (i) => (i + 0.5) / n), weights: even };
    case "riemann_trapezoid":
      return {
        alphas: range(n, (i) => (n === 1 ? 0 : i / (n - 1))),
        weights: range(n, (i) => (i === 0 || i === n - 1 ? 0.5 : 1) / n),
      };
  }
}
