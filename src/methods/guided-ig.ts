/** @file Guided integrated gradients: the path moves where the gradient is small first (Kapishnikov et al. 2021). */

import { baseline, integer, share } from "../params.ts";
import { baselineRow } from "./baseline.ts";
import { completeness } from "./deep-lift.ts";
import { gradient } from "./gradient.ts";
import { dot } from "./integrated-gradients.ts";
import type { Method, Plan, PlanContext, RowResult } from "./method.ts";
import { COTANGENT, cotangentGraph, SALIENCY_MAP, staticRow } from "./one-pass.ts";

/** One step of a path from where it stands to `end`. */
interface Step {
  readonly at: Float64Array;
  readonly end: Float64Array;
  readonly gradient: ArrayLike<number>;
  /** L1 distance from `end` that the step shall leave. */
  readonly left: number;
  /** Share of the elements that move together. */
  readonly fraction: number;
}

/**
 * Where the step leads: elements on their way are taken in groups by the size of their gradient, smallest first; each
 * group goes to the end, the last one only as far as the distance allows. Equal gradients stay together.
 */
export function guidedStep({ at, end, gradient, left, fraction }: Step): Float64Array {
  const next = at.slice();
  const sizeAt = (i: number): number => Math.abs(gradient[i] as number);
  const moving = indices(at.length, (i) => at[i] !== end[i]);
  const order = Float64Array.from(moving, sizeAt).sort();
  const group = Math.max(1, Math.floor(fraction * at.length));
  let distance = moving.reduce((s, i) => s + Math.abs((end[i] as number) - (at[i] as number)), 0);
  let below = Number.NEGATIVE_INFINITY;
  for (let taken = group; distance > left && below < (order.at(-1) ?? below); taken += group) {
    const threshold = order[Math.min(taken, order.length) - 1] as number;
    const chosen = moving.filter((i) => sizeAt(i) > below && sizeAt(i) <= threshold);
    below = threshold;
    const length = chosen.reduce((s, i) => s + Math.abs((end[i] as number) - (at[i] as number)), 0);
    const part = length <= distance - left ? 1 : (distance - left) / length;
    for (const i of chosen)
      next[i] = part === 1 ? (end[i] as number) : (at[i] as number) + part * ((end[i] as number) - (at[i] as number));
    distance = part === 1 ? distance - length : left;
  }
  return next;
}

const indices = (count: number, keep: (i: number) => boolean): readonly number[] => {
  const out: number[] = [];
  for (let i = 0; i < count; i++) if (keep(i)) out.push(i);
  return out;
};

/** Steps of each segment: `steps` in all, as even as they can be. */
const shares = (steps: number, segments: number): readonly number[] =>
  Array.from(
    { length: segments },
    (_, s) => Math.floor(((s + 1) * steps) / segments) - Math.floor((s * steps) / segments),
  );

function plan(context: PlanContext): Plan {
  const { classifier, params } = context;
  const { model, map, notes } = cotangentGraph(context, gradient.emit as Exclude<Method["emit"], { none: string }>);
  const from = baselineRow(classifier, params.baselines);
  const count = params.n_steps as number;
  const segments = shares(count, Math.min(count, (params.anchors as number) + 1));
  const fraction = params.fraction as number;
  const dims = staticRow(map);
  return {
    model,
    notes,
    outputs: [SALIENCY_MAP, classifier.scores],
    count: count + 1,
    steps: function* ({ x, cotangent }) {
      const row = (at: Float64Array): Readonly<Record<string, Float32Array>> => ({
        [classifier.input.name]: Float32Array.from(at),
        [COTANGENT]: cotangent,
      });
      const sum = new Float64Array(x.length);
      const scoreOf = (result: RowResult): number => dot(result[classifier.scores] as Float32Array, cotangent);
      let at: Float64Array = Float64Array.from(from);
      let here = yield row(at);
      const first = scoreOf(here);
      for (const [s, steps] of segments.entries()) {
        const start = at;
        const end = pointBetween(from, x, (s + 1) / segments.length);
        const whole = start.reduce((l1, v, i) => l1 + Math.abs((end[i] as number) - v), 0);
        for (let t = 1; t <= steps; t++) {
          const left = whole * (1 - t / steps);
          const slopes = here[SALIENCY_MAP] as Float32Array;
          const next = t === steps ? end : guidedStep({ at, end, gradient: slopes, left, fraction });
          here = yield row(next);
          const then = here[SALIENCY_MAP] as Float32Array;
          for (let i = 0; i < sum.length; i++)
            sum[i]! += (((slopes[i] as number) + (then[i] as number)) / 2) * ((next[i] as number) - (at[i] as number));
          at = next;
        }
      }
      const values = Float32Array.from(sum);
      return { values, dims, checks: completeness(values, scoreOf(here) - first) };
    },
  };
}

/** Exactly `b` at 1. */
const pointBetween = (a: Float32Array, b: Float32Array, t: number): Float64Array =>
  Float64Array.from(b, (v, i) => (t === 1 ? v : (a[i] as number) + t * (v - (a[i] as number))));

/**
 * On a network with kinks (ReLU, maxima) the path slides along them, and `convergence_delta` falls slowly with `n_steps`; on a
 * smooth one it falls with their square.
 */
export const guidedIg: Method = {
  id: "guided-ig",
  aliases: ["guided-integrated-gradients"],
  title: "Guided integrated gradients: the path avoids large gradients",
  source:
    "Kapishnikov et al. 2021 (arXiv 2106.09788), algorithm 1 and anchored segments; every step is integrated by the trapezoid rule",
  params: {
    n_steps: integer(50, 1, "steps of the path"),
    fraction: share(0.25, "share of the elements that move together, those with the smallest gradients first"),
    anchors: integer(9, 0, "points of the straight path that the path meets, evenly spaced; 0 = only its ends"),
    baselines: baseline("where the path begins, in network input units (0 = mean colour after normalisation)"),
  },
  space: "input",
  signed: () => true,
  cost: "(n_steps + 1) x (forward + backward), one after another",
  gradients: true,
  emit: { none: "each of its n_steps passes depends on the one before" },
  plan,
};
