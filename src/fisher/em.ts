/** @file Expectation and maximisation: a mixture of Gaussians fitted to rows. */
import { OnnxplainError } from "../errors.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { STARTS, type StartName } from "./em-start.ts";
import { openRound } from "./em-step.ts";
import { edges, type Limits, maximised, varianceFloor } from "./em-update.ts";
import type { Mixture } from "./mixture.ts";
import { type Precision, type Reading, type RowSource, refuseNone } from "./rows.ts";
import { spreadOf } from "./spread.ts";

export interface MixtureOptions extends Reading, SessionOptions {
  /** K, at most as many as there are rows. */
  readonly components: number;
  /** Where to begin. `random` is the toolkit's and takes fewer rounds; `k-means`, the default, ends at a higher likelihood. */
  readonly start?: StartName | Mixture | undefined;
  readonly seed?: number | undefined;
  /** Updates at most; default 100. */
  readonly iterations?: number | undefined;
  /** Ends when an update raises the likelihood by less than this share of all it has risen so far; default 0.001. */
  readonly tolerance?: number | undefined;
  /** Of the sums over a block; over blocks they are float64. Default float32. */
  readonly dtype?: Precision | undefined;
  /**
   * Of n rows, added to every N_k before the weights are made. Default 0: maximum likelihood. The toolkit's 100 leaves them at nearly 1/K,
   * and with that an offset in the Fisher vector's first block.
   */
  readonly countPrior?: number | undefined;
  /** After every round: the mixture, and its likelihood. Round 0 is the start. */
  readonly onIteration?: ((state: MixtureState) => void) | undefined;
}

export interface MixtureState {
  readonly iteration: number;
  readonly mixture: Mixture;
  /** Mean over rows of log p(row), in nats. */
  readonly logLikelihood: number;
}

export interface MixtureFit {
  readonly mixture: Mixture;
  /** Of the start and after every update. */
  readonly logLikelihoods: readonly number[];
  /** Updates made. */
  readonly iterations: number;
  /** Did it end because the likelihood hardly rose? */
  readonly converged: boolean;
  /** Components that no row belongs to; they stay where they were, with hardly a weight. */
  readonly empty: number;
  /** Variances at their floor, of K x width. */
  readonly floored: number;
}

/**
 * Maximum likelihood by EM in the log domain; each round reads the rows once. The variance of a dimension stays at 0.01 of the sample's and
 * 1e-9 at least, so rows that repeat and dimensions that never change are no singularity. The likelihood rises from round to round, at the
 * floor too; it may fall after a start below the floor, with a count prior, and by rounding.
 *
 * Source: Dempster, Laird and Rubin 1977; start, floor and end as in the encoding-evaluation toolkit. Throws `E_PARAM` for more
 * components than rows, `E_DATA_EMPTY`, `E_INPUT_SHAPE` for a start of another size, `E_NUMERIC` for rows that are not finite,
 * `E_ABORTED`, `E_RUNTIME`.
 */
export async function fitMixture(source: RowSource, options: MixtureOptions): Promise<MixtureFit> {
  const { components, start = "k-means", seed = 0, iterations = 100, tolerance = 1e-3, dtype = "float32" } = options;
  const { countPrior = 0, onIteration, block, signal, device, threads } = options;
  refuseBad(source, options);
  const spread = await spreadOf(source, { block, signal });
  // as float32 rows will see it
  const centre = spread.mean.map(Math.fround);
  const limits: Limits = { centre, floor: varianceFloor(spread), prior: countPrior * spread.count };
  const shared = { components, dtype, centre, block, signal, device, threads };
  let mixture = typeof start === "string" ? await STARTS[start]({ source, spread, limits, seed, ...shared }) : start;
  const round = await openRound(source, { ...shared, assignment: "soft" });
  const curve: number[] = [];
  try {
    for (let iteration = 0; ; iteration++) {
      const sums = await round.of(mixture);
      curve.push(sums.gain / spread.count);
      onIteration?.({ iteration, mixture, logLikelihood: curve[iteration] as number });
      const converged = hasEnded(curve, tolerance);
      if (converged || iteration >= iterations)
        return { mixture, logLikelihoods: curve, iterations: iteration, converged, ...edges(sums, mixture, limits) };
      mixture = maximised(sums, mixture, limits);
    }
  } finally {
    await round.dispose();
  }
}

/** (L_t - L_{t-1}) / (L_t - L_0) < tolerance, from the second update on; also where it does not rise at all. */
function hasEnded(curve: readonly number[], tolerance: number): boolean {
  const t = curve.length - 1;
  if (t < 2) return false;
  const [last, former, first] = [curve[t], curve[t - 1], curve[0]] as [number, number, number];
  return last <= former || last - former < tolerance * (last - first);
}

function refuseBad({ count, width }: RowSource, { components, start = "k-means", ...options }: MixtureOptions): void {
  refuseNone({ count, width });
  if (!(Number.isInteger(components) && components >= 1 && components <= count))
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`components\` to be an integer from 1 to the ${count} rows there are, got ${components}. Ask for fewer, or give more rows.`,
    );
  for (const name of ["iterations", "tolerance", "countPrior"] as const) {
    const value = options[name] ?? 0;
    if (!(Number.isFinite(value) && value >= 0))
      throw new OnnxplainError("E_PARAM", `Expected \`${name}\` to be a number of at least 0, got ${value}.`);
  }
  if (typeof start === "string") {
    if (start in STARTS) return;
    throw new OnnxplainError(
      "E_PARAM",
      `Expected \`start\` to be a mixture or one of ${Object.keys(STARTS).join(", ")}, got ${start}.`,
    );
  }
  if (start.components !== components || start.width !== width)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `Expected a start of ${components} components over ${width} numbers, got ${start.components} over ${start.width}.`,
    );
}
