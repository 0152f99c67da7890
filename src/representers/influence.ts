/** @file Influence functions of a last linear layer: what a test point's loss would be without a training point. */
import { OnnxplainError } from "../errors.ts";
import { type ConjugateGradientOptions, conjugateGradient } from "./conjugate-gradient.ts";
import { type Factor, factorise, hessian, solveWith } from "./hessian.ts";
import type { LayerMath, MathOptions } from "./influence-math.ts";
import { openLayerMath } from "./influence-math.ts";
import { checkStudy, type Points, pointsOf, type Study } from "./influence-study.ts";
import { type LissaOptions, lissa } from "./lissa.ts";

export type InfluenceMethod = "exact" | "conjugate-gradient" | "lissa";
export const INFLUENCE_METHODS: readonly InfluenceMethod[] = ["exact", "conjugate-gradient", "lissa"];

export interface InfluenceOptions extends MathOptions {
  /** Default `exact` where the Hessian is small enough, else `conjugate-gradient`. */
  readonly method?: InfluenceMethod | undefined;
  /** Added to the Hessian's diagonal beside the weight decay; default 0.01. LiSSA amounts to `scale` times as much. */
  readonly damping?: number | undefined;
  /** Limit of an exact Hessian's size, default `LARGEST_HESSIAN`. */
  readonly largest?: number | undefined;
  readonly conjugateGradient?: ConjugateGradientOptions | undefined;
  readonly lissa?: LissaOptions | undefined;
}

/** Points to explain, with what their loss compares with `[m, outputs]`. */
export interface Asked {
  readonly points: Points;
  readonly targets: Float64Array;
}

/** `(H + damping I)^-1` applied, and how well. */
export interface InverseProduct {
  /** `[k, size]`. */
  readonly solutions: Float64Array;
  /** What the Hessian, weight decay in it, was really raised by. */
  readonly damping: number;
  readonly iterations?: number | undefined;
  /** |b - A x| / |b|, the largest. */
  readonly residual?: number | undefined;
  readonly converged?: boolean | undefined;
}

export interface Influence {
  readonly method: InfluenceMethod;
  readonly weightDecay: number;
  /** What the Hessian, weight decay in it, was raised by. */
  readonly damping: number;
  /** `H^-1 grad L(z_t)`, `[m, outputs, columns]`. */
  readonly sTest: Float64Array;
  /**
   * `[n, m]`: `(1/n) s_test . grad L(z_i)`, and with {@link regulariser} `(1/n) s_test . (grad L(z_i) + weightDecay theta)`; about
   * `loss(z_t; without i) - loss(z_t)`: positive is helpful, negative harmful.
   */
  readonly values: Float64Array;
  /** `[m]`: `(weightDecay / n) s_test . theta`, what every training point's value gains by the regulariser. */
  readonly regulariser: Float64Array;
  readonly iterations?: number | undefined;
  readonly residual?: number | undefined;
  readonly converged?: boolean | undefined;
}

/** Influence on a study: residuals and what an inverse needs are made once. Dispose it. */
export interface InfluenceStudy {
  readonly method: InfluenceMethod;
  readonly damping: number;
  readonly math: LayerMath;
  readonly study: Study;
  /** Losses `[n]`, probabilities and residuals `[n, outputs]` of the training points. */
  readonly losses: Float64Array;
  readonly probabilities: Float64Array;
  readonly residuals: Float64Array;
  /** The exact inverse's factor; undefined for the other methods. */
  readonly factor: Factor | undefined;
  /** `(H + damping I) V` for each V of `[k, size]`; H includes the weight decay. */
  readonly product: (vectors: Float64Array) => Promise<Float64Array>;
  readonly inverse: (vectors: Float64Array) => Promise<InverseProduct>;
  readonly of: (asked: Asked) => Promise<Influence>;
  readonly dispose: () => Promise<void>;
}

/** Hessians up to this size are inverted exactly where no method is named. */
const SMALL = 1500;

/**
 * Prepare influence functions at the study's own theta, which should be a minimum: values mean what they say only there.
 * Throws `E_INPUT_SHAPE`, `E_PARAM`, `E_DATA_EMPTY`, `E_NUMERIC`.
 *
 * Source: Koh and Liang 2017, section 2; Yeh et al. 2018, section 4, for the last layer alone. The test gradient has no regulariser.
 */
export async function openInfluence(study: Study, options: InfluenceOptions = {}): Promise<InfluenceStudy> {
  checkStudy(study);
  const { points, targets, layer, weightDecay } = study;
  const { damping = 0.01, largest } = options;
  if (!(damping >= 0 && Number.isFinite(damping)))
    throw new OnnxplainError("E_PARAM", `The damping is ${damping}, expected a finite number from 0 up.`);
  const math = openLayerMath({ ...layer, width: points.width }, options);
  const method = options.method ?? (math.size <= SMALL ? "exact" : "conjugate-gradient");
  try {
    const { losses, probabilities, residuals } = await math.evaluate(points, { theta: layer.theta, targets });
    const curved = async (vectors: Float64Array, ridge: number): Promise<Float64Array> => {
      const products = await math.product(points, probabilities, vectors);
      return products.map((v, j) => v / points.count + ridge * (vectors[j] as number));
    };
    const product = (vectors: Float64Array): Promise<Float64Array> => curved(vectors, weightDecay + damping);
    const ridge = weightDecay + damping;
    const factor =
      method === "exact"
        ? factorise(await hessian(math, { points, probabilities }, { ridge, largest }), math.size)
        : undefined;
    const inverse = await INVERSES[method]({ study, math, probabilities, damping, product, factor, options });
    const of = async (asked: Asked): Promise<Influence> => {
      const sides = await gradientsOf(math, asked, layer.theta);
      const { solutions: sTest, damping: raised, ...report } = await inverse(sides);
      const n = points.count;
      const values = (await math.along(points, residuals, sTest)).map((v) => v / n);
      const regulariser = Float64Array.from({ length: asked.points.count }, (_, t) => {
        let sum = 0;
        for (let j = 0; j < math.size; j++) sum += (sTest[t * math.size + j] as number) * (layer.theta[j] as number);
        return (weightDecay / n) * sum;
      });
      return { method, weightDecay, damping: raised, sTest, values, regulariser, ...report };
    };
    const { dispose } = math;
    return { method, damping, math, study, losses, probabilities, residuals, factor, product, inverse, of, dispose };
  } catch (cause) {
    await math.dispose();
    throw cause;
  }
}

interface Prepared {
  readonly study: Study;
  readonly math: LayerMath;
  readonly probabilities: Float64Array;
  readonly damping: number;
  readonly product: (vectors: Float64Array) => Promise<Float64Array>;
  readonly factor: Factor | undefined;
  readonly options: InfluenceOptions;
}
type Inverse = (vectors: Float64Array) => Promise<InverseProduct>;

const INVERSES: Readonly<Record<InfluenceMethod, (at: Prepared) => Promise<Inverse>>> = {
  exact:
    async ({ factor, damping }) =>
    async (vectors) => ({ solutions: solveWith(factor as Factor, vectors), damping }),
  "conjugate-gradient":
    async ({ math, damping, product, options }) =>
    async (vectors) => ({
      ...(await conjugateGradient(product, vectors, math.size, options.conjugateGradient)),
      damping,
    }),
  lissa: async ({ study, math, probabilities, damping, options }) => {
    const { points, layer, weightDecay } = study;
    const rows = await gathered(points);
    const { width } = points;
    const batchProduct = async (places: Int32Array, vectors: Float64Array): Promise<Float64Array> => {
      const some =
        rows instanceof Float64Array
          ? new Float64Array(places.length * width)
          : new Float32Array(places.length * width);
      const own = new Float64Array(places.length * layer.outputs);
      for (const [at, i] of places.entries()) {
        some.set(rows.subarray(i * width, (i + 1) * width), at * width);
        own.set(probabilities.subarray(i * layer.outputs, (i + 1) * layer.outputs), at * layer.outputs);
      }
      const products = await math.product(pointsOf(some, width), own, vectors);
      return products.map((v, j) => v / places.length + weightDecay * (vectors[j] as number));
    };
    const { scale = 10 } = options.lissa ?? {};
    return async (vectors) => ({
      solutions: await lissa(batchProduct, vectors, { ...options.lissa, count: points.count, damping }),
      damping: damping * scale,
    });
  },
};

/** All rows of the points, in one array. */
async function gathered(points: Points): Promise<Float32Array | Float64Array> {
  let all: Float32Array | Float64Array | undefined;
  for await (const { rows, first } of points.blocks()) {
    all ??=
      rows instanceof Float64Array
        ? new Float64Array(points.count * points.width)
        : new Float32Array(points.count * points.width);
    all.set(rows, first * points.width);
  }
  return all ?? new Float32Array(0);
}

/** Gradients of the losses of points, `[m, outputs, columns]`, without a regulariser. */
export async function gradientsOf(
  math: LayerMath,
  { points, targets }: Asked,
  theta: Float64Array,
): Promise<Float64Array> {
  const { outputs, width, bias } = math.shape;
  const { columns, size } = math;
  const { residuals } = await math.evaluate(points, { theta, targets });
  const gradients = new Float64Array(points.count * size);
  for await (const { first, count, rows } of points.blocks())
    for (let i = 0; i < count; i++)
      for (let c = 0; c < outputs; c++) {
        const r = residuals[(first + i) * outputs + c] as number;
        const at = (first + i) * size + c * columns;
        for (let k = 0; k < width; k++) gradients[at + k] = r * (rows[i * width + k] as number);
        if (bias) gradients[at + width] = r;
      }
  return gradients;
}

/** Values `[n, m]` with the regulariser in the training gradient, as Koh and Liang's code reports them. */
export function withRegulariser({ values, regulariser }: Pick<Influence, "values" | "regulariser">): Float64Array {
  const m = regulariser.length;
  return values.map((v, at) => v + (regulariser[at % m] as number));
}

/** `I_up,loss = -grad L(z_t)^T H^-1 grad L(z_i)`, `[n, m]`: the change of the test loss when a training point gains weight. */
export const upWeighting = ({ values }: Pick<Influence, "values">, trainingPoints: number): Float64Array =>
  values.map((v) => -trainingPoints * v);
