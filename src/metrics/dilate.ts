/** @file Growth of a mask by its neighbours. */

/** Every pixel within the 3x3 square of a pixel of the mask (0 or 1, [H*W]): once along rows, once along columns. */
export function dilate(mask: Uint8Array, width: number): Uint8Array {
  const n = mask.length;
  const wide = new Uint8Array(n);
  for (let row = 0; row < n; row += width)
    for (let i = row, last = row + width - 1; i <= last; i++)
      wide[i] =
        (mask[i] as number) | (i > row ? (mask[i - 1] as number) : 0) | (i < last ? (mask[i + 1] as number) : 0);
  const out = new Uint8Array(n);
  for (let i = 0; i < n; i++) out[i] = (wide[i] as number) | (wide[i - width] ?? 0) | (wide[i + width] ?? 0);
  return out;
}
