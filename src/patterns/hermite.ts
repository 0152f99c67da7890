/** @file Cubic Hermite interpolation: a function by its values and slopes at equal steps. */

/** The cubic with these values and slopes at 0 and 1, at t. */
export function cubicAt(t: number, from: number, fromSlope: number, to: number, toSlope: number): number {
  const rise = to - from;
  return from + t * (fromSlope + t * (3 * rise - 2 * fromSlope - toSlope + t * (fromSlope + toSlope - 2 * rise)));
}

/** Its slope at t. */
export function cubicSlope(t: number, from: number, fromSlope: number, to: number, toSlope: number): number {
  const rise = to - from;
  return fromSlope + t * (6 * rise - 4 * fromSlope - 2 * toSlope + 3 * t * (fromSlope + toSlope - 2 * rise));
}
