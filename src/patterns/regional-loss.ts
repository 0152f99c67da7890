/** @file The loss of a batch of regional features: KL(P(x2|x1) || Q(x2|x1)) + eta L_align, and its gradient in closed form. */
import { OnnxplainError } from "../errors.ts";
import { ANSWERS, type AnswerMode } from "./answers.ts";
import type { Concentration } from "./concentration.ts";
import { noCotangents, type RegionCotangents, type Regions, regionsOf, throughLength } from "./regions.ts";
import { type Features, projected, pulledBack } from "./wide-products.ts";

export interface RegionalBatch {
  /** f, `[B, HW, K]`. */
  readonly rows: Features;
  readonly positions: number;
  /** w, `[B, HW]`, at least 0, of sum 1 for each picture. */
  readonly weights: ArrayLike<number>;
  /** g, `[B, d]`. */
  readonly samples: ArrayLike<number>;
  /** P(x2|x1), `[B, B]`, diagonal 0, rows of sum 1. */
  readonly target: ArrayLike<number>;
}

export interface RegionalLossOptions {
  readonly concentration: Concentration;
  /** [R] default `max`. */
  readonly mode?: AnswerMode | undefined;
  /** [R] weight of L_align; default 0.1. */
  readonly eta?: number | undefined;
  /** Also the gradient by w: then positions of weight 0 are compared as well. Default false. */
  readonly learnWeights?: boolean | undefined;
}

export interface RegionalLoss {
  /** Mean over x1 of KL(P(.|x1) || Q(.|x1)), in nats; 0 where there is one picture. */
  readonly kl: number;
  /** L_align, in [-1, 1]. */
  readonly align: number;
  /** kl + eta align. */
  readonly total: number;
  /** d total / d Lambda, `[d, K]`. */
  readonly gradient: Float64Array;
  /** d total / d w, `[B, HW]`, each weight by itself, where it was asked for. */
  readonly weightGradient?: Float64Array;
}

/** What flows from a part of the loss, beside its value. */
export interface Flow {
  readonly regions: RegionCotangents;
  readonly weights: Float64Array;
}

export const noFlow = (regions: Regions): Flow => ({
  regions: noCotangents(regions),
  weights: new Float64Array(regions.strengths.length),
});

/**
 * log Q(x2|x1) = sum_r w_1^r kappa(|h_1^r|) S(x1, r, x2) - log Z(x1) over x2 != x1, `[B, B]`; the diagonal is -infinity.
 *
 * Source: SPEC 1.5.
 */
export function logPairs(exponents: Float64Array, count: number): Float64Array {
  const out = new Float64Array(exponents.length).fill(Number.NEGATIVE_INFINITY);
  for (let a = 0; a < count; a++) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let b = 0; b < count; b++) if (a !== b) largest = Math.max(largest, exponents[a * count + b] as number);
    let sum = 0;
    for (let b = 0; b < count; b++) if (a !== b) sum += Math.exp((exponents[a * count + b] as number) - largest);
    const logZ = largest + Math.log(sum);
    for (let b = 0; b < count; b++) if (a !== b) out[a * count + b] = (exponents[a * count + b] as number) - logZ;
  }
  return out;
}

/** KL of the pairs of a batch and log Q `[B, B]`; adds its gradient to `flow`. */
export function divergence(
  regions: Regions,
  { weights, target }: Pick<RegionalBatch, "weights" | "target">,
  { concentration, mode = "max", learnWeights = false }: RegionalLossOptions,
  flow?: Flow,
): { readonly kl: number; readonly logQ: Float64Array } {
  const { pictures: count, positions, strengths } = regions;
  const answers = ANSWERS[mode](regions, learnWeights ? undefined : weights);
  const kappas = strengths.map((l) => concentration.at(l));
  const exponents = new Float64Array(count * count);
  for (let i = 0; i < strengths.length; i++) {
    const gain = (weights[i] as number) * (kappas[i] as number);
    if (gain === 0) continue;
    const row = Math.floor(i / positions) * count;
    for (let b = 0; b < count; b++) exponents[row + b]! += gain * (answers.values[i * count + b] as number);
  }
  const logQ = logPairs(exponents, count);
  let kl = 0;
  for (let at = 0; at < logQ.length; at++) {
    const p = target[at] as number;
    if (p > 0) kl += (p * (Math.log(p) - (logQ[at] as number))) / count;
  }
  if (flow === undefined) return { kl, logQ };
  const cotangent = new Float64Array(answers.values.length);
  for (let i = 0; i < strengths.length; i++) {
    const [weight, kappa] = [weights[i] as number, kappas[i] as number];
    const row = Math.floor(i / positions) * count;
    let byGain = 0;
    for (let b = 0; b < count; b++) {
      const error = (Math.exp(logQ[row + b] as number) - (target[row + b] as number)) / count;
      byGain += error * (answers.values[i * count + b] as number);
      cotangent[i * count + b] = error * weight * kappa;
    }
    flow.weights[i]! += byGain * kappa;
    if (weight !== 0 && byGain !== 0)
      flow.regions.strengths[i]! += byGain * weight * concentration.slope(strengths[i] as number);
  }
  answers.back(cotangent, flow.regions.units);
  return { kl, logQ };
}

/**
 * L_align = - mean over x of sum_r w^r cos(g, h^r); the cosine with a zero vector is 0. Adds `factor` times its gradient to `flow`.
 *
 * Source: SPEC 1.5 (supplement, eq. 5).
 */
export function alignment(
  { pictures, positions, dimension, units }: Regions,
  { weights, samples }: Pick<RegionalBatch, "weights" | "samples">,
  flow?: Flow,
  factor = 1,
): number {
  let sum = 0;
  const g = new Float64Array(dimension);
  for (let a = 0; a < pictures; a++) {
    for (let k = 0; k < dimension; k++) g[k] = samples[a * dimension + k] as number;
    const length = Math.hypot(...g);
    if (length === 0) continue;
    for (let i = a * positions; i < (a + 1) * positions; i++) {
      let cosine = 0;
      for (let k = 0; k < dimension; k++) cosine += ((g[k] as number) / length) * (units[i * dimension + k] as number);
      const weight = weights[i] as number;
      sum -= weight * cosine;
      if (flow === undefined) continue;
      flow.weights[i]! -= (factor * cosine) / pictures;
      for (let k = 0; k < dimension; k++)
        flow.regions.units[i * dimension + k]! -= (factor * weight * (g[k] as number)) / length / pictures;
    }
  }
  return sum / pictures;
}

/**
 * Loss and gradient of a batch, in float64, for Lambda `[d, K]`, d that of the concentration. w, g and P are constants, but for
 * `weightGradient`. A zero h has cosine 0, kappa 0 and no gradient; for `max` the gradient flows to the first of the largest cosines.
 *
 * Source: SPEC 1.5. Throws `E_INPUT_SHAPE`.
 */
export function regionalLoss(batch: RegionalBatch, matrix: Float64Array, options: RegionalLossOptions): RegionalLoss {
  const { eta = 0.1, learnWeights = false, concentration } = options;
  const { dimension } = concentration;
  const rows = { features: batch.rows, width: matrix.length / dimension };
  refuseSizes(batch, rows.width, dimension);
  const regions = regionsOf(projected(rows, matrix, dimension), { positions: batch.positions, dimension });
  const flow = noFlow(regions);
  const { kl } = divergence(regions, batch, options, flow);
  const align = alignment(regions, batch, flow, eta);
  const gradient = pulledBack(rows, throughLength(regions, flow.regions), dimension);
  return { kl, align, total: kl + eta * align, gradient, ...(learnWeights ? { weightGradient: flow.weights } : {}) };
}

function refuseSizes(
  { rows, positions, weights, samples, target }: RegionalBatch,
  channels: number,
  dimension: number,
): void {
  const count = rows.length / (positions * channels);
  const wanted = { weights: count * positions, samples: count * dimension, target: count * count };
  const found = { weights: weights.length, samples: samples.length, target: target.length };
  if (Number.isInteger(count) && count > 0 && JSON.stringify(wanted) === JSON.stringify(found)) return;
  throw new OnnxplainError(
    "E_INPUT_SHAPE",
    `Expected features [B, ${positions}, ${channels}] with as many weights, samples and pairs as B = ${count} asks for (${JSON.stringify(wanted)}), got ${JSON.stringify(found)}.`,
  );
}
