/** @file Training points worth a human look: orders by what says that a label may be wrong. */
import { OnnxplainError } from "../errors.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import type { InfluenceStudy } from "./influence.ts";
import type { LayerLoss } from "./influence-study.ts";
import { type SelfInfluence, selfInfluence } from "./self-influence.ts";

/** What an order may be made of. */
interface Evidence {
  readonly influence: InfluenceStudy;
  readonly self: () => Promise<SelfInfluence>;
  readonly seed: number;
}

interface Criterion {
  readonly title: string;
  readonly about: string;
  /** `[n]`, larger is more suspect. */
  readonly values: (evidence: Evidence) => Promise<Float64Array>;
}

/** By what training points are ordered. Each looks at the labels that the layer was fitted to. */
export const CRITERIA = {
  alpha: {
    title: "|alpha| of the own label",
    about: "(1 - p of the own label) / (2 lambda n): how hard the point pulls the layer. The same order as the loss.",
    values: async ({ influence: { study, residuals } }) =>
      ownResiduals(residuals, study.targets, study.layer.loss, study.layer.outputs).map(
        (r) => r / (requiredDecay(study.weightDecay) * study.points.count),
      ),
  },
  "self-influence": {
    title: "self-influence (s)",
    about: "s x' H^-1 x, as published code has it; s is the probability that the own label lacks.",
    values: async ({ self }) => (await self()).code,
  },
  "self-influence-true": {
    title: "self-influence (s^2)",
    about:
      "g' H^-1 g with the gradient g of the point's own loss: about n times what the loss would gain without the point.",
    values: async ({ self }) => (await self()).true,
  },
  random: {
    title: "random",
    about: "An order drawn from the seed: what checking costs without any evidence.",
    values: async ({ influence: { study }, seed }) => {
      const n = study.points.count;
      const values = new Float64Array(n);
      for (const [place, i] of shuffled(n, uniforms(scattered(seed))).entries()) values[i] = n - place;
      return values;
    },
  },
  loss: {
    title: "loss",
    about: "-log p of the own label.",
    values: async ({ influence }) => influence.losses,
  },
} as const satisfies Readonly<Record<string, Criterion>>;

export type CriterionId = keyof typeof CRITERIA;
export const CRITERION_IDS = Object.keys(CRITERIA) as readonly CriterionId[];

export interface Ordering {
  readonly criterion: CriterionId;
  /** `[n]`. */
  readonly values: Float64Array;
  /** Places of the training points, most suspect first; equal values by place. */
  readonly order: Int32Array;
}

/** Places by value, largest first, equal values by place; NaN last. */
export function descendingPlaces(values: ArrayLike<number>): Int32Array {
  const at = (i: number): number => {
    const v = values[i] as number;
    return Number.isNaN(v) ? Number.NEGATIVE_INFINITY : v;
  };
  return Int32Array.from({ length: values.length }, (_, i) => i).sort((i, j) => at(j) - at(i) || i - j);
}

/** Order the training points by each criterion. Throws `E_PARAM` for `alpha` with a weight decay of 0, and as the solver of the influence does. */
export async function orderings(
  influence: InfluenceStudy,
  {
    criteria = CRITERION_IDS,
    seed = 0,
  }: { readonly criteria?: readonly CriterionId[] | undefined; readonly seed?: number | undefined } = {},
): Promise<readonly Ordering[]> {
  let made: Promise<SelfInfluence> | undefined;
  const self = (): Promise<SelfInfluence> => {
    made ??= selfInfluence(influence);
    return made;
  };
  const all: Ordering[] = [];
  for (const criterion of criteria) {
    const values = await CRITERIA[criterion].values({ influence, self, seed });
    all.push({ criterion, values, order: descendingPlaces(values) });
  }
  return all;
}

/** |residual| of the own label, which is where the target is largest; of the one logit for logistic. */
function ownResiduals(residuals: Float64Array, targets: Float64Array, loss: LayerLoss, outputs: number): Float64Array {
  if (loss === "logistic") return residuals.map(Math.abs);
  return Float64Array.from({ length: residuals.length / outputs }, (_, i) => {
    let own = 0;
    for (let c = 1; c < outputs; c++)
      if ((targets[i * outputs + c] as number) > (targets[i * outputs + own] as number)) own = c;
    return Math.abs(residuals[i * outputs + own] as number);
  });
}

function requiredDecay(weightDecay: number): number {
  if (weightDecay > 0) return weightDecay;
  throw new OnnxplainError(
    "E_PARAM",
    "alpha is a residual over the weight decay, which is 0: fit with a lambda above 0, or order by another criterion.",
  );
}
