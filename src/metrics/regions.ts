/** @file Square regions of an image, and how much of a map lies in each. */

/** Pixels of each region, row by row from the top left; the last column and row are smaller where the side does not fit. */
export function squareRegions(
  { width, height }: { readonly width: number; readonly height: number },
  side: number,
): readonly Uint32Array[] {
  const out: Uint32Array[] = [];
  for (let top = 0; top < height; top += side)
    for (let left = 0; left < width; left += side) {
      const [w, h] = [Math.min(side, width - left), Math.min(side, height - top)];
      out.push(Uint32Array.from({ length: w * h }, (_, i) => (top + Math.floor(i / w)) * width + left + (i % w)));
    }
  return out;
}

/** Sum of the map over each region, in double. */
export const regionSums = (map: Float32Array, regions: readonly Uint32Array[]): readonly number[] =>
  regions.map((pixels) => pixels.reduce((sum, p) => sum + (map[p] as number), 0));

/** Pixels of each label 0 … count-1 of a label map. */
export function labelledRegions(labels: ArrayLike<number>, count: number): readonly Uint32Array[] {
  const out: number[][] = Array.from({ length: count }, () => []);
  for (let i = 0; i < labels.length; i++) out[labels[i] as number]?.push(i);
  return out.map((pixels) => Uint32Array.from(pixels));
}
