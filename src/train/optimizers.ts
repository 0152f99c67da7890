/** @file Optimisers, as graphs over the vector of all parameters: from gradient and state to the next parameters and state. */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { formula } from "../ops/formula.ts";
import { boolean, nonNegative, type ParamSpecs, type Params, share } from "../params.ts";

export interface OptimizerArgs {
  readonly g: GraphBuilder;
  /** `[P]`, all of them. */
  readonly theta: Value;
  readonly gradient: Value;
  /** Weight decay of each parameter, `[P]` or a scalar; undefined = none anywhere. */
  readonly decay: Value | undefined;
  /** Learning rate, a scalar. */
  readonly rate: Value;
  /** Number of this step, a scalar, from 1. */
  readonly step: Value;
  /** `[P]` each; all 0 before the first step. */
  readonly state: readonly Value[];
  readonly params: Params;
}

export interface Optimizer {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** Vectors of state. */
  readonly states: number;
  /** A rate that suits most networks, batches of 64. */
  readonly rate: number;
  readonly params: ParamSpecs;
  readonly emit: (args: OptimizerArgs) => { readonly theta: Value; readonly state: readonly Value[] };
}

const sgd: Optimizer = {
  id: "sgd",
  title: "Stochastic gradient descent with momentum",
  source: "Sutskever et al. 2013; decay and Nesterov as torch.optim.SGD",
  states: 1,
  rate: 0.1,
  params: {
    momentum: nonNegative(0.9, "share of the last direction that is kept, 0 to below 1"),
    nesterov: boolean(true, "look ahead along the kept direction"),
  },
  emit: ({ g, theta, gradient, decay, rate, state, params }) => {
    const m = formula(g, "float32");
    const momentum = params.momentum as number;
    const slope = decay ? m.add(gradient, m.mul(theta, decay)) : gradient;
    const velocity = m.add(m.mul(state[0] as Value, momentum), slope);
    const direction = params.nesterov ? m.add(slope, m.mul(velocity, momentum)) : velocity;
    return { theta: m.sub(theta, m.mul(direction, rate)), state: [velocity] };
  },
};

const adamw: Optimizer = {
  id: "adamw",
  title: "Adam with decoupled weight decay",
  source: "Loshchilov & Hutter 2019, algorithm 2; Kingma & Ba 2015",
  states: 2,
  rate: 1e-3,
  params: {
    beta1: share(0.9, "decay of the mean of gradients"),
    beta2: share(0.999, "decay of the mean of squared gradients"),
    epsilon: nonNegative(1e-8, "added to the root"),
  },
  emit: ({ g, theta, gradient, decay, rate, step, state, params }) => {
    const m = formula(g, "float32");
    const [beta1, beta2] = [params.beta1 as number, params.beta2 as number];
    const average = (old: Value, now: Value, beta: number): Value => m.add(m.mul(old, beta), m.mul(now, 1 - beta));
    const mean = average(state[0] as Value, gradient, beta1);
    const square = average(state[1] as Value, m.mul(gradient, gradient), beta2);
    const unbiased = (v: Value, beta: number): Value => m.div(v, m.sub(1, g.op("Pow", [g.scalar(beta), step])));
    const direction = m.div(unbiased(mean, beta1), m.add(m.sqrt(unbiased(square, beta2)), params.epsilon as number));
    const shrunk = decay ? m.sub(theta, m.mul(m.mul(theta, decay), rate)) : theta;
    return { theta: m.sub(shrunk, m.mul(direction, rate)), state: [mean, square] };
  },
};

export const OPTIMIZERS: Readonly<Record<string, Optimizer>> = { sgd, adamw };

/** Throws `E_PARAM` with the list. */
export function findOptimizer(id: string): Optimizer {
  const found = OPTIMIZERS[id.toLowerCase()];
  if (found !== undefined) return found;
  throw new OnnxplainError(
    "E_PARAM",
    `No optimiser is named \`${id}\`. There are: ${Object.keys(OPTIMIZERS).join(", ")}; and \`lbfgs\` for a head on features.`,
  );
}
