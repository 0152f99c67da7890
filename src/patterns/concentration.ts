/** @file How sure a feature of some strength is of its direction: kappa as a function of length. */
import { OnnxplainError } from "../errors.ts";
import { cubicAt, cubicSlope } from "./hermite.ts";
import { drawn, drawnMean } from "./noisy-draws.ts";
import { farFrom, noisyMean } from "./noisy-mean.ts";
import { meanResultant } from "./von-mises-fisher.ts";

export interface Concentration {
  /** d. */
  readonly dimension: number;
  /** kappa(l), l >= 0; rising, 0 at 0. */
  readonly at: (strength: number) => number;
  /** d kappa / d l. */
  readonly slope: (strength: number) => number;
}

export interface ConcentrationOptions {
  /** d, from 2 on. */
  readonly dimension: number;
  /** Standard deviation of the noise in every coordinate, > 0; default 1. */
  readonly sigma?: number | undefined;
  /** Concentration of the clean directions, > 0; default infinity: all of them the mean direction. */
  readonly kappa0?: number | undefined;
  /** Where ||fbar|| comes from; default `closed-form`. */
  readonly mode?: ConcentrationMode | undefined;
  /** N of `monte-carlo`, rounded up to pairs; default 10,000. */
  readonly draws?: number | undefined;
  /** Of `monte-carlo`; default 0. */
  readonly seed?: number | undefined;
}

export type ConcentrationMode = "closed-form" | "monte-carlo";

/** What the source leaves open or sets, as it is by default. */
export const CONCENTRATION_DEFAULTS = {
  sigma: 1,
  kappa0: Number.POSITIVE_INFINITY,
  mode: "closed-form",
  draws: 10_000,
  seed: 0,
} as const satisfies Omit<Required<ConcentrationOptions>, "dimension">;

/** kappa and its slope at a strength. */
interface Point {
  readonly kappa: number;
  readonly slope: number;
}
type Exact = (s: number) => Point;

/**
 * kappa(l) = R (d - R^2) / (1 - R^2), R = ||fbar|| the length of the mean direction of vectors of strength l, their clean directions drawn
 * with kappa0, under Gaussian noise: R = A_d(kappa0) rho(l / sigma).
 *
 * - `closed-form`: from a table of values and slopes at steps of sigma / 256 with a cubic between them (error below 1e-11 of kappa, 2e-9 of
 *   the slope); exact beyond 50 sigma, or beyond sqrt(2 d) sigma where that is more.
 * - `monte-carlo`: the same draws at every strength, by cubics in log(1 + l / sigma) (1e-5 of kappa, far below the draws' own error).
 *
 * Source: supplement of Li, Wang and Zhang 2021, eq. 2; Banerjee et al. 2005, eq. 4.4 for the estimate. Throws `E_PARAM`.
 */
export function concentrationOf(options: ConcentrationOptions): Concentration {
  const settled = settledConcentration(options);
  const { dimension, sigma, mode } = settled;
  const { at, slope } = MODES[mode](settled);
  return {
    dimension,
    at: (strength) => at(strength / sigma),
    slope: (strength) => slope(strength / sigma) / sigma,
  };
}

/** Every choice with its default filled in, as results name it. Throws `E_PARAM`. */
export function settledConcentration(options: ConcentrationOptions): SettledConcentration {
  const { sigma, kappa0, mode, draws, seed } = CONCENTRATION_DEFAULTS;
  const settled = {
    dimension: options.dimension,
    sigma: options.sigma ?? sigma,
    kappa0: options.kappa0 ?? kappa0,
    mode: options.mode ?? mode,
    draws: options.draws ?? draws,
    seed: options.seed ?? seed,
  };
  refuseBad(settled);
  return settled;
}

export type SettledConcentration = {
  readonly [K in keyof ConcentrationOptions]-?: NonNullable<ConcentrationOptions[K]>;
};

type Curve = Pick<Concentration, "at" | "slope">;
type Unit = Omit<SettledConcentration, "sigma" | "mode">;

const MODES: Readonly<Record<ConcentrationMode, (unit: Unit) => Curve>> = {
  "closed-form": ({ dimension, kappa0 }) =>
    tabled(closedForm(dimension, kappa0), Math.max(50, Math.ceil(farFrom(dimension)))),
  "monte-carlo": ({ dimension, kappa0, draws, seed }) => monteCarlo(dimension, kappa0, draws, seed),
};

/** kappa and d kappa / d s in units of the noise, without a table. */
export function closedForm(d: number, kappa0: number): Exact {
  const a = kappa0 === Infinity ? 1 : meanResultant(d, kappa0);
  return (s) => {
    // rho is 1 as far as float64 tells
    if (s > 1e150) return a === 1 ? { kappa: s * s, slope: 2 * s } : concentrationFrom(d, a, 1 - a, 0);
    const { length, gap, decay } = noisyMean(d, s);
    const lack = 1 - a + a * gap;
    return concentrationFrom(d, a * length, lack, ((a * gap) / lack) * decay);
  };
}

/** From R, 1 - R and R' / (1 - R). kappa' = (d + (d - 3) R^2 + R^4) / (1 - R^2)^2 R'. */
export function concentrationFrom(d: number, r: number, lack: number, decay: number): Point {
  const square = r * r;
  return {
    kappa: (r * (d - square)) / (lack * (1 + r)),
    slope: (((d + (d - 3) * square + square * square) / (1 + r) ** 2) * decay) / lack,
  };
}

const PER_UNIT = 256;

/** A table over [0, end), the function itself beyond. */
function tabled(exact: Exact, end: number): Curve {
  const nodes = new Float64Array(2 * (end * PER_UNIT + 1));
  for (let i = 0; 2 * i < nodes.length; i++) {
    const { kappa, slope } = exact(i / PER_UNIT);
    nodes[2 * i] = kappa;
    nodes[2 * i + 1] = slope / PER_UNIT;
  }
  return {
    at: (s) => {
      if (!(s < end)) return exact(s).kappa;
      const x = s * PER_UNIT;
      const i = Math.floor(x);
      const n = 2 * i;
      return cubicAt(x - i, nodes[n] as number, nodes[n + 1] as number, nodes[n + 2] as number, nodes[n + 3] as number);
    },
    slope: (s) => {
      if (!(s < end)) return exact(s).slope;
      const x = s * PER_UNIT;
      const i = Math.floor(x);
      const n = 2 * i;
      const [a, b] = [nodes[n] as number, nodes[n + 1] as number];
      return PER_UNIT * cubicSlope(x - i, a, b, nodes[n + 2] as number, nodes[n + 3] as number);
    },
  };
}

const PER_LOG = 16;

/** Nodes are made when they are first needed. */
function monteCarlo(d: number, kappa0: number, count: number, seed: number): Curve {
  const draws = drawn(d, kappa0, count, seed);
  const nodes = new Map<number, Point>();
  const node = (i: number): Point => {
    const known = nodes.get(i);
    if (known !== undefined) return known;
    const s = Math.expm1(i / PER_LOG);
    const { length, lack, slope } = drawnMean(draws, s);
    const gap = lack / (1 + length);
    const { kappa, slope: steep } = concentrationFrom(d, length, gap, slope / gap);
    const made = { kappa: s === 0 ? 0 : kappa, slope: (steep * (1 + s)) / PER_LOG };
    nodes.set(i, made);
    return made;
  };
  const along = (s: number, curve: typeof cubicAt): number => {
    const x = Math.log1p(s) * PER_LOG;
    const i = Math.floor(x);
    const [from, to] = [node(i), node(i + 1)];
    return curve(x - i, from.kappa, from.slope, to.kappa, to.slope);
  };
  return { at: (s) => along(s, cubicAt), slope: (s) => (along(s, cubicSlope) * PER_LOG) / (1 + s) };
}

function refuseBad(options: SettledConcentration): void {
  const rules: Readonly<Record<string, readonly [boolean, string]>> = {
    dimension: [Number.isInteger(options.dimension) && options.dimension >= 2, "an integer from 2 on"],
    sigma: [options.sigma > 0 && Number.isFinite(options.sigma), "a number above 0"],
    kappa0: [options.kappa0 > 0, "a number above 0, or infinity"],
    mode: [options.mode in MODES, `one of ${Object.keys(MODES).join(", ")}`],
    draws: [Number.isInteger(options.draws) && options.draws >= 2, "an integer from 2 on"],
    seed: [Number.isInteger(options.seed), "an integer"],
  };
  for (const [name, [good, wanted]] of Object.entries(rules))
    if (!good)
      throw new OnnxplainError(
        "E_PARAM",
        `Expected \`${name}\` of the concentration to be ${wanted}, got ${options[name as keyof ConcentrationOptions]}.`,
      );
}
