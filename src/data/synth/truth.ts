/** @file Boxes around what is seen. */
import type { PictureBox } from "../dataset.ts";
import type { Canvas } from "./canvas.ts";

export interface Seen {
  readonly box: PictureBox | undefined;
  readonly pixels: number;
}

/** Boxes and visible pixels of pieces `1…count`, alone or together. */
export function boxesOf(
  { width, height, owner }: Pick<Canvas, "width" | "height" | "owner">,
  count: number,
): { readonly of: (numbers: readonly number[]) => Seen } {
  const left = new Int32Array(count + 1).fill(width);
  const top = new Int32Array(count + 1).fill(height);
  const right = new Int32Array(count + 1);
  const bottom = new Int32Array(count + 1);
  const pixels = new Int32Array(count + 1);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const n = owner[i] as number;
      if (n === 0 || n > count) continue;
      left[n] = Math.min(left[n] as number, x);
      top[n] = Math.min(top[n] as number, y);
      right[n] = Math.max(right[n] as number, x + 1);
      bottom[n] = Math.max(bottom[n] as number, y + 1);
      pixels[n] = (pixels[n] as number) + 1;
    }
  }
  const all = (plane: Int32Array, numbers: readonly number[]): number[] => numbers.map((n) => plane[n] as number);
  return {
    of: (numbers) => {
      const total = all(pixels, numbers).reduce((sum, v) => sum + v, 0);
      const box = {
        x0: Math.min(...all(left, numbers)),
        y0: Math.min(...all(top, numbers)),
        x1: Math.max(...all(right, numbers)),
        y1: Math.max(...all(bottom, numbers)),
      };
      return { pixels: total, box: total === 0 ? undefined : box };
    },
  };
}
