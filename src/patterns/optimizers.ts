/** @file Descent and Adam in float64, on one vector of parameters in place. */
import { OnnxplainError } from "../errors.ts";

export interface Optimizer {
  readonly title: string;
  readonly source: string;
  /** Vectors of state, as long as the parameters; all 0 before the first step. */
  readonly states: number;
  readonly rate: number;
  /** `step` counts from 1. */
  readonly advance: (
    parameters: Float64Array,
    gradient: Float64Array,
    state: readonly Float64Array[],
    rate: number,
    step: number,
  ) => void;
}

export type OptimizerName = "adam" | "descent";

const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];

export const OPTIMIZERS: Readonly<Record<OptimizerName, Optimizer>> = {
  adam: {
    title: "Adam, beta 0.9 and 0.999, epsilon 1e-8",
    source: "Kingma & Ba 2015",
    states: 2,
    rate: 1e-3,
    advance: (parameters, gradient, state, rate, step) => {
      const [mean, square] = state as [Float64Array, Float64Array];
      const [mend1, mend2] = [1 - BETA1 ** step, 1 - BETA2 ** step];
      for (let i = 0; i < parameters.length; i++) {
        const slope = gradient[i]!;
        const m = BETA1 * mean[i]! + (1 - BETA1) * slope;
        const v = BETA2 * square[i]! + (1 - BETA2) * slope * slope;
        mean[i] = m;
        square[i] = v;
        parameters[i]! -= (rate * (m / mend1)) / (Math.sqrt(v / mend2) + EPSILON);
      }
    },
  },
  descent: {
    title: "Plain gradient descent",
    source: "theta - rate * gradient",
    states: 0,
    rate: 0.01,
    advance: (parameters, gradient, _state, rate) => {
      for (let i = 0; i < parameters.length; i++) parameters[i]! -= rate * gradient[i]!;
    },
  },
};

/** Throws `E_PARAM` with the list. */
export function findOptimizer(name: string): Optimizer {
  if (Object.hasOwn(OPTIMIZERS, name)) return OPTIMIZERS[name as OptimizerName];
  throw new OnnxplainError(
    "E_PARAM",
    `No optimiser of a projection is named \`${name}\`. There are: ${Object.keys(OPTIMIZERS).join(", ")}.`,
  );
}
