/** @file Fits the last layer of a network to a stationary point, and gives what each training point weighs there. */
import { OnnxplainError } from "../errors.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { minimise } from "../train/lbfgs.ts";
import { ACTIVATION_NAMES, type ActivationName } from "./activations.ts";
import { columnsOf } from "./graphs.ts";
import { lineSearchFit } from "./line-search-fit.ts";
import { type FitProgress, maxMagnitude, newtonCg, type Solved, type SolverOptions } from "./newton.ts";
import { momentPreconditioner } from "./precondition.ts";
import { openProblem, type Problem, type ProblemInput } from "./problem.ts";
import type { RepresenterObjective, RepresenterSolver, Representers, TrainingPoints } from "./representers.ts";
import { givenTargets, labelTargets } from "./targets.ts";

export interface FitOptions extends SessionOptions {
  readonly classes: number;
  /** Default `given` where there are given scores, else `labels`. */
  readonly objective?: RepresenterObjective | undefined;
  /** Default softmax. */
  readonly activation?: ActivationName | undefined;
  /** λ > 0; frameworks' weight decay is 2λ. Default 0.003. */
  readonly lambda?: number | undefined;
  /** A constant 1 behind the features, whose weight is the bias. Default true. */
  readonly bias?: boolean | undefined;
  /** Default newton-cg. */
  readonly solver?: RepresenterSolver | undefined;
  /** Ends where max |G| is not above this part of max |G| at Θ = 0. Default 1e-8. */
  readonly tolerance?: number | undefined;
  /** Default by solver: 200, 2000, 3000. */
  readonly maxIterations?: number | undefined;
  /** Where the fit begins, `[classes, columns]`. Default 0. */
  readonly start?: Float64Array | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: FitProgress) => void) | undefined;
}

export const DEFAULT_LAMBDA = 0.003;
export const DEFAULT_TOLERANCE = 1e-8;

interface Solver {
  readonly maxIterations: number;
  readonly solve: (problem: Problem, start: Float64Array, options: SolverOptions & Around) => Promise<Solved>;
}
interface Around {
  readonly input: ProblemInput;
  readonly options: FitOptions;
}

const SOLVERS: Readonly<Record<RepresenterSolver, Solver>> = {
  "newton-cg": {
    maxIterations: 200,
    solve: async (problem, start, { input, options, ...solving }) =>
      newtonCg(problem, start, solving, await momentPreconditioner(input, options)),
  },
  lbfgs: {
    maxIterations: 2000,
    solve: async (problem, start, { goal, maxIterations, onProgress, options: { signal } }) => {
      const tell = onProgress && ((p: Omit<FitProgress, "passes">) => onProgress({ ...p, passes: problem.passes() }));
      const evaluate = (x: Float64Array) => problem.evaluate(x);
      const found = await minimise(evaluate, start, { tolerance: goal, maxIterations, onProgress: tell, signal });
      return { theta: found.x, iterations: found.iteration, reason: found.reason };
    },
  },
  "line-search": { maxIterations: 3000, solve: lineSearchFit },
};
export const REPRESENTER_SOLVERS = Object.keys(SOLVERS) as readonly RepresenterSolver[];

/**
 * Minimises (1/n) Σ L + λ |Θ|² over Θ, the features as they are. Strictly convex, so there is one minimum whatever the features: dead
 * columns get weight 0, equal points get equal α, points of one class only get as far as λ lets them, and n may be below d.
 *
 * Throws `E_PARAM` for λ that is not above 0 and other options that are none, `E_DATA_EMPTY` for no points, `E_INPUT_SHAPE` for labels or
 * scores of another number of points, `E_DATA_CLASSES` and `E_TARGET_RANGE` for labels, `E_NUMERIC` for features that are not finite,
 * `E_ABORTED`.
 * @example const fitted = await fitRepresenters({ features: inMemory(rows, 512), labels }, { classes: 10 });
 */
export async function fitRepresenters(points: TrainingPoints, options: FitOptions): Promise<Representers> {
  const { classes, bias = true, solver = "newton-cg", tolerance = DEFAULT_TOLERANCE, start } = options;
  const input = await problemOf(points, options);
  const problem = await openProblem(input, options);
  try {
    const { width } = points.features;
    const columns = columnsOf({ width, bias });
    const zero = new Float64Array(problem.size);
    const atZero = maxMagnitude(finite(await problem.evaluate(zero)).gradient);
    if (start && start.length !== problem.size)
      throw new OnnxplainError(
        "E_INPUT_SHAPE",
        `The start has ${start.length} numbers, expected ${classes} x ${columns}.`,
      );
    const { solve, maxIterations } = SOLVERS[solver];
    const solved = await solve(problem, start ?? zero, {
      goal: tolerance * atZero,
      maxIterations: options.maxIterations ?? maxIterations,
      onProgress: options.onProgress,
      input,
      options,
    });
    const alpha = new Float64Array(problem.count * classes);
    const { value, gradient } = await problem.evaluate(solved.theta, alpha);
    const scale = -1 / (2 * input.lambda * problem.count);
    for (let i = 0; i < alpha.length; i++) alpha[i] = scale * ((alpha[i] as number) - (input.targets[i] as number));
    const max = maxMagnitude(gradient);
    return {
      count: problem.count,
      classes,
      width,
      bias,
      columns,
      lambda: input.lambda,
      activation: input.activation,
      objective: objectiveOf(points, options),
      theta: solved.theta,
      alpha,
      gradient,
      value,
      stationarity: { max, relative: atZero === 0 ? 0 : max / atZero, reached: max <= tolerance * atZero },
      solver,
      iterations: solved.iterations,
      passes: problem.passes(),
      reason: solved.reason,
    };
  } finally {
    await problem.dispose();
  }
}

const objectiveOf = ({ given }: TrainingPoints, { objective }: FitOptions): RepresenterObjective =>
  objective ?? (given ? "given" : "labels");

/** What is minimised. Throws as {@link fitRepresenters}. */
export async function problemOf(points: TrainingPoints, options: FitOptions): Promise<ProblemInput> {
  const {
    classes,
    activation = "softmax",
    lambda = DEFAULT_LAMBDA,
    bias = true,
    tolerance = DEFAULT_TOLERANCE,
  } = options;
  const { features, labels, given } = points;
  const { count, width } = features;
  if (!(lambda > 0 && Number.isFinite(lambda)))
    throw new OnnxplainError(
      "E_PARAM",
      `lambda is ${lambda}, expected a number above 0: α = -(σ(Φ) - t) / (2 λ n) has no meaning without the L2 term. For a network trained without it take a small one, such as 1e-4.`,
    );
  if (!ACTIVATION_NAMES.includes(activation))
    throw new OnnxplainError(
      "E_PARAM",
      `There is no activation \`${activation}\`; expected ${ACTIVATION_NAMES.join(", ")}.`,
    );
  if (!(tolerance >= 0)) throw new OnnxplainError("E_PARAM", `tolerance is ${tolerance}, expected a number from 0 up.`);
  if (!(Number.isInteger(classes) && classes >= 1))
    throw new OnnxplainError("E_PARAM", `classes is ${classes}, expected an integer from 1 up.`);
  if (count === 0 || width === 0)
    throw new OnnxplainError(
      "E_DATA_EMPTY",
      `There are ${count} points of ${width} features; a fit needs one of each.`,
    );
  const wanted = objectiveOf(points, options) === "labels" ? labels : given;
  if (wanted === undefined)
    throw new OnnxplainError(
      "E_DATA_CLASSES",
      given
        ? "The points have no labels, which the objective `labels` needs. Label them, or take `given`."
        : "The points have neither labels nor scores of a network. Give one of them.",
    );
  const expected = wanted === labels ? count : count * classes;
  if (wanted.length !== expected)
    throw new OnnxplainError(
      "E_INPUT_SHAPE",
      `${wanted === labels ? "There are" : "The given scores are"} ${wanted.length} ${wanted === labels ? "labels" : "numbers"} for ${count} points and ${classes} classes, expected ${expected}.`,
    );
  const targets =
    wanted instanceof Int32Array
      ? labelTargets(wanted, classes, activation)
      : await givenTargets(wanted, { classes, activation, session: options });
  return { features, targets, classes, bias, lambda, activation };
}

function finite<T extends { readonly value: number; readonly gradient: Float64Array }>(at: T): T {
  if (Number.isFinite(at.value) && at.gradient.every(Number.isFinite)) return at;
  throw new OnnxplainError(
    "E_NUMERIC",
    "The features or the scores of some point are not finite. Look for inputs that are not, or leave those points out.",
  );
}
