/** @file Hue turned in Pillow's 8-bit HSV. */
import type { ImageU8 } from "../../image/types.ts";

/**
 * The picture with its hue turned by `turn` steps of 256 in the circle; one channel stays as it is.
 *
 * Source: Pillow 9.4, `Convert.c` (`rgb2hsv_row`, `hsv2rgb`); torchvision 0.14, `adjust_hue`.
 */
export function turnHue({ width, height, channels, data }: ImageU8, turn: number): ImageU8 {
  const out = new Uint8Array(data);
  if (channels < 3) return { width, height, channels, data: out };
  for (let i = 0; i < out.length; i += channels) {
    const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
    const most = Math.max(r, g, b);
    const least = Math.min(r, g, b);
    if (most === least) continue;
    const hue = (hueOf([r, g, b], most, most - least) + turn) & 255;
    const saturation = Math.trunc(f((most - least) / most) * 255);
    if (saturation === 0) {
      out.fill(most, i, i + 3);
      continue;
    }
    const sector = (hue * 6) / 255;
    const whole = Math.floor(sector);
    const part = f(sector - whole);
    const s = f(saturation / 255);
    const p = rounded(most * (1 - s));
    const q = rounded(most * (1 - s * part));
    const t = rounded(most * (1 - s * (1 - part)));
    const [red, green, blue] = SECTORS[whole % 6] as Sector;
    const parts = [most, p, q, t];
    out[i] = parts[red]!;
    out[i + 1] = parts[green]!;
    out[i + 2] = parts[blue]!;
  }
  return { width, height, channels, data: out };
}

const f = Math.fround;
const rounded = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

type Sector = readonly [number, number, number];
/** Which of (v, p, q, t) red, green and blue are, by sector of the circle. */
const SECTORS: readonly Sector[] = [
  [0, 3, 1],
  [2, 0, 1],
  [1, 0, 3],
  [1, 2, 0],
  [3, 1, 0],
  [0, 1, 2],
];

function hueOf([r, g, b]: readonly [number, number, number], most: number, spread: number): number {
  const [rc, gc, bc] = [f((most - r) / spread), f((most - g) / spread), f((most - b) / spread)];
  const h = r === most ? f(bc - gc) : g === most ? f(2 + rc - bc) : f(4 + gc - rc);
  return Math.trunc(f((h / 6 + 1) % 1) * 255);
}
