/** @file From light to bytes: exposure, white balance, vignette and the sensor's grain. */
import type { Canvas } from "./canvas.ts";
import { cellValue } from "./noise.ts";
import { between, type Random } from "./random.ts";

export interface Camera {
  /** Factor of each channel. */
  readonly gain: readonly [number, number, number];
  /** How much darker the corners are. */
  readonly vignette: number;
  /** Half the range of the grain, in 1 = white. */
  readonly grain: number;
  readonly seed: number;
}

export function someCamera(random: Random): Camera {
  const exposure = between(random, 0.86, 1.12);
  const warmth = between(random, -0.05, 0.05);
  return {
    gain: [exposure * (1 + warmth), exposure, exposure * (1 - warmth)],
    vignette: between(random, 0.04, 0.3),
    grain: between(random, 0.01, 0.05),
    seed: Math.floor(random() * 2 ** 31),
  };
}

/** Passes everything through. */
export const PLAIN_CAMERA: Camera = { gain: [1, 1, 1], vignette: 0, grain: 0, seed: 0 };

/** `[height, width, 3]`, 0…255. */
export function expose({ width, height, rgb }: Canvas, { gain, vignette, grain, seed }: Camera): Uint8Array {
  const out = new Uint8Array(width * height * 3);
  const far = 1 / (width * width + height * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const dx = 2 * x + 1 - width;
      const dy = 2 * y + 1 - height;
      const light = 1 - vignette * (dx * dx + dy * dy) * far;
      const speck = grain === 0 ? 0 : grain * (cellValue(seed, x, y) + cellValue(seed + 1, x, y) - 1);
      for (let c = 0; c < 3; c++) {
        const v = 255 * ((rgb[i + c] as number) * light * (gain[c] as number) + speck);
        out[i + c] = v <= 0 ? 0 : v >= 255 ? 255 : Math.floor(v + 0.5);
      }
    }
  }
  return out;
}
