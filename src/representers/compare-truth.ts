/** @file Values of training points against the truth: the layer fitted again without each of a sample. */
import { pearson, spearman } from "../metrics/correlations.ts";
import { scattered, shuffled, uniforms } from "../random.ts";
import { type Comparison, studyOf, type TestSet, type TrainingSet } from "./compare.ts";
import { pointsOf, targetsOf } from "./influence-study.ts";
import { type LeaveOneOut, type LeaveOneOutOptions, leaveOneOut } from "./leave-one-out.ts";
import type { Representers } from "./representers.ts";

export interface TruthOptions extends Omit<LeaveOneOutOptions, "places" | "form"> {
  /** Training points that are left out in turn, drawn from the seed; default 50. */
  readonly sample?: number | undefined;
  readonly seed?: number | undefined;
}

/** Agreement over all pairs of a left-out training point and a test point. */
export interface TruthAgreement {
  readonly pearson: number;
  readonly spearman: number;
  /** Regression of the true change on the value, through 0. */
  readonly slope: number;
}

export interface Truth extends LeaveOneOut {
  readonly representer: TruthAgreement;
  readonly influence: TruthAgreement;
}

/**
 * The change of each test point's loss without each sampled training point, at the fit to labels with the fit's lambda; beside it what
 * representer values and influence said. Throws as `leaveOneOut` does, `E_PARAM` where the layer is too large for an exact Hessian.
 */
export async function leaveOneOutTruth(
  fitted: Representers,
  train: TrainingSet,
  test: TestSet,
  compared: Pick<Comparison, "values">,
  { sample = 50, seed = 0, ...options }: TruthOptions = {},
): Promise<Truth> {
  const n = fitted.count;
  const places = shuffled(n, uniforms(scattered(seed)), Math.min(sample, n));
  const study = studyOf(fitted, train);
  const m = test.labels.length;
  const asked = { points: pointsOf(test.features, fitted.width), targets: targetsOf(test.labels, study.layer) };
  const truth = await leaveOneOut(study, asked, { ...options, form: "mean", places });
  const against = (values: Float64Array): TruthAgreement => {
    const own = Float64Array.from({ length: places.length * m }, (_, at) => {
      const [p, t] = [Math.floor(at / m), at % m];
      return values[(places[p] as number) * m + t] as number;
    });
    return {
      pearson: pearson(own, truth.changes),
      spearman: spearman(own, truth.changes),
      slope: slope(own, truth.changes),
    };
  };
  const { representer, influence } = compared.values;
  return { ...truth, representer: against(representer), influence: against(influence) };
}

function slope(predicted: Float64Array, truth: Float64Array): number {
  let [ab, aa] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    ab += (predicted[i] as number) * (truth[i] as number);
    aa += (predicted[i] as number) ** 2;
  }
  return ab / aa;
}
