/** @file How far two arrays are apart. */

/** Largest |a - b| over largest |b|; infinite where lengths differ or something is not a number. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let [most, top] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    const d = Math.abs((a[i] as number) - (b[i] as number));
    if (Number.isNaN(d)) return Number.POSITIVE_INFINITY;
    most = Math.max(most, d);
    top = Math.max(top, Math.abs(b[i] as number));
  }
  return most === 0 ? 0 : most / top;
}

/** Largest |a - b|, and the mean. */
export function pixelDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): { readonly most: number; readonly mean: number } {
  if (a.length !== b.length) return { most: Number.POSITIVE_INFINITY, mean: Number.POSITIVE_INFINITY };
  let [most, sum] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    const d = Math.abs((a[i] as number) - (b[i] as number));
    most = Math.max(most, d);
    sum += d;
  }
  return { most, mean: sum / b.length };
}
