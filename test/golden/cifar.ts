/** @file CIFAR pictures of ../shared/golden2 as its reference code feeds them to the networks of ../shared/golden. */
export const MEAN = [0.4914, 0.4822, 0.4465];
export const STD = [0.247, 0.2435, 0.2616];
export const SIDE = 64;

/** Planes of 32x32, doubled by half-pixel bilinear interpolation and normalised, as the reference does it. */
export function inputOf(u8: ArrayLike<number>, position: number): Float32Array {
  const half = SIDE / 2;
  const x = new Float32Array(3 * SIDE * SIDE);
  const taps = (i: number): readonly [number, number, number] => {
    const at = Math.min(Math.max((i + 0.5) / 2 - 0.5, 0), half - 1);
    const low = Math.floor(at);
    return [low, Math.min(low + 1, half - 1), at - low];
  };
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < SIDE; i++)
      for (let j = 0; j < SIDE; j++) {
        const [i0, i1, u] = taps(i);
        const [j0, j1, v] = taps(j);
        const at = (row: number, column: number): number =>
          (u8[((position * 3 + c) * half + row) * half + column] as number) / 255;
        const top = (1 - v) * at(i0, j0) + v * at(i0, j1);
        const bottom = (1 - v) * at(i1, j0) + v * at(i1, j1);
        x[(c * SIDE + i) * SIDE + j] = ((1 - u) * top + u * bottom - (MEAN[c] as number)) / (STD[c] as number);
      }
  return x;
}
