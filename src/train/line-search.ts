/** @file A step along a direction that fulfils the strong Wolfe conditions. */

/** A point with the function's value and gradient there. */
export interface Evaluated {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** A point on the ray: how far along, and the derivative along the ray. */
interface Trial extends Evaluated {
  readonly at: number;
  readonly slope: number;
}

/** Sufficient decrease and curvature: Nocedal and Wright's values for quasi-Newton methods. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
/** Values closer than this part of their magnitude differ by rounding alone. */
const ROUNDING = 1e-14;
const MOST_EVALUATIONS = 30;
/** A step is widened by at most so much, and an interval cut no closer to its ends than that part. */
const WIDEST = 10;
const CLOSEST = 0.1;

/**
 * The first trial, at `first` times `direction`, is taken where it will do, which is the good case of one evaluation. With
 * `phi(t) = f(x + t d)` a step t fulfils `phi(t) <= phi(0) + 1e-4 t phi'(0)` and `|phi'(t)| <= 0.9 |phi'(0)|`. Where `phi(t)` and `phi(0)`
 * differ by no more than rounding, slopes decide the first condition: `phi'(t) <= (2e-4 - 1) phi'(0)`, which is the same for a parabola.
 * When the evaluations run out, the best point found, if its value is below that of the start; undefined where there is none, or no descent.
 *
 * Source: Nocedal and Wright 2006, algorithms 3.5 and 3.6, cubic interpolation (3.59); Hager and Zhang 2005 (SIAM J. Optim. 16),
 * equation 4.1, for the condition by slopes.
 */
export async function lineSearch(
  evaluate: (x: Float64Array) => Promise<Evaluated>,
  from: Evaluated,
  direction: Float64Array,
  first: number,
): Promise<Evaluated | undefined> {
  const along = (gradient: Float64Array): number =>
    gradient.reduce((sum, g, i) => sum + g * (direction[i] as number), 0);
  const start: Trial = { ...from, at: 0, slope: along(from.gradient) };
  if (!(start.slope < 0) || !Number.isFinite(start.slope)) return undefined;
  let left = MOST_EVALUATIONS;
  const trial = async (at: number): Promise<Trial> => {
    left--;
    const point = await evaluate(from.x.map((v, i) => v + at * (direction[i] as number)));
    const slope = along(point.gradient);
    const finite = Number.isFinite(point.value) && Number.isFinite(slope);
    return { ...point, at, slope, value: finite ? point.value : Number.POSITIVE_INFINITY };
  };
  const noise = ROUNDING * Math.abs(start.value);
  const decreases = (t: Trial): boolean =>
    Math.abs(t.value - start.value) <= noise
      ? t.slope <= (2 * DECREASE - 1) * start.slope
      : t.value <= start.value + DECREASE * t.at * start.slope;
  const flat = (t: Trial): boolean => Math.abs(t.slope) <= -CURVATURE * start.slope;

  let low = start;
  let high: Trial | undefined;
  for (let at = first; high === undefined && left > 0; ) {
    const t = await trial(at);
    if (!decreases(t) || t.value > low.value + noise) high = t;
    else if (flat(t)) return t;
    else {
      const before = low;
      low = t;
      if (t.slope >= 0) high = before;
      else at = wider(before, t);
    }
  }
  while (high !== undefined && left > 0 && low.at !== high.at) {
    const t = await trial(between(low, high));
    if (!decreases(t) || t.value > low.value + noise) high = t;
    else if (flat(t)) return t;
    else {
      if (t.slope * (high.at - low.at) >= 0) high = low;
      low = t;
    }
  }
  return low.value < start.value ? low : undefined;
}

/** The next trial beyond `b`, where the value still falls: the cubic's minimum within twice to ten times as far. */
function wider(a: Trial, b: Trial): number {
  const at = cubicMinimum(a, b);
  return at > 2 * b.at && at < WIDEST * b.at ? at : at >= WIDEST * b.at ? WIDEST * b.at : 2 * b.at;
}

/** A trial inside the interval, away from its ends; the middle where an end is not finite or the cubic has no minimum. */
function between(low: Trial, high: Trial): number {
  const margin = CLOSEST * (high.at - low.at);
  const [a, b] = [low.at + margin, high.at - margin];
  const at = Number.isFinite(high.value) ? cubicMinimum(low, high) : Number.NaN;
  return Number.isFinite(at) ? Math.min(Math.max(at, Math.min(a, b)), Math.max(a, b)) : (low.at + high.at) / 2;
}

/** Where the cubic through both values with both slopes is least; NaN where it has no minimum. */
function cubicMinimum(a: Trial, b: Trial): number {
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.at - b.at);
  const d2 = Math.sign(b.at - a.at) * Math.sqrt(d1 * d1 - a.slope * b.slope);
  return b.at - ((b.at - a.at) * (b.slope + d2 - d1)) / (b.slope - a.slope + 2 * d2);
}
