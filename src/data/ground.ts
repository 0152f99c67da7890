/** @file The ground that shapes lie on: stone, sand, soil, moss, slate; muted, so that no colour filter of the demo network sees it. */
import type { Rgb } from "./colors.ts";
import { type Field, fractalNoise, mix, smoothstep, valueNoise } from "./value-noise.ts";

interface Material {
  readonly dark: Rgb;
  readonly light: Rgb;
  /** Patches of a second tone. */
  readonly tint: Rgb;
  /** How much longer the grain is than wide: 1 = none. */
  readonly stretch: number;
}

const MATERIALS: readonly Material[] = [
  { dark: [0.27, 0.26, 0.25], light: [0.62, 0.6, 0.57], tint: [0.44, 0.45, 0.42], stretch: 1 },
  { dark: [0.42, 0.37, 0.31], light: [0.73, 0.67, 0.58], tint: [0.57, 0.54, 0.49], stretch: 1.6 },
  { dark: [0.2, 0.17, 0.14], light: [0.47, 0.41, 0.35], tint: [0.35, 0.34, 0.29], stretch: 1 },
  { dark: [0.2, 0.22, 0.17], light: [0.46, 0.48, 0.39], tint: [0.42, 0.39, 0.33], stretch: 1.2 },
  { dark: [0.22, 0.24, 0.26], light: [0.52, 0.54, 0.56], tint: [0.4, 0.4, 0.39], stretch: 2.2 },
];

/** How many materials there are. */
export const MATERIAL_COUNT: number = MATERIALS.length;

/** Colour of the ground at a point; the picture is 96 units wide, whatever its pixels. */
export type Ground = (x: number, y: number) => Rgb;

/** Ground of one material; `unit` is the width of a pixel in units, the finest detail that is drawn. */
export function ground(
  seed: number,
  { material, unit, angle }: { readonly material: number; readonly unit: number; readonly angle: number },
): Ground {
  const { dark, light, tint, stretch } = MATERIALS[material % MATERIALS.length] as Material;
  const bend = valueNoise(seed + 1);
  const body = fractalNoise(seed + 2, { coarse: 26, fine: 1.2 * unit, gain: 0.58 });
  const patches = fractalNoise(seed + 3, { coarse: 40, fine: 4 });
  const cracks = cracksOf(seed + 4);
  const grain = fractalNoise(seed + 5, { coarse: 2.2, fine: unit });
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    const along = (c * x + s * y) / stretch;
    const across = c * y - s * x;
    const [wx, wy] = [along + 9 * bend(along / 15, across / 15), across + 9 * bend(along / 15 + 31, across / 15)];
    const tone = smoothstep(0.18, 0.82, body(wx, wy));
    const share = 0.7 * smoothstep(0.42, 0.68, patches(x, y));
    const shade = (1 - 0.32 * cracks(wx, wy)) * (0.84 + 0.36 * grain(x, y)) * daylight(x, y, c, s);
    return [0, 1, 2].map(
      (i) => mix(mix(dark[i]!, light[i]!, tone), tint[i]! * (0.7 + 0.6 * tone), share) * shade,
    ) as unknown as Rgb;
  };
}

/** Thin dark lines, here and there, where a field crosses its middle: 0…1. */
function cracksOf(seed: number): Field {
  const field = fractalNoise(seed, { coarse: 34, fine: 4 });
  const strength = valueNoise(seed + 1);
  return (x, y) => smoothstep(0.016, 0, Math.abs(field(x, y) - 0.5)) * smoothstep(0.45, 0.75, strength(x / 17, y / 17));
}

/** Light from one side and a soft vignette. */
function daylight(x: number, y: number, c: number, s: number): number {
  const [u, v] = [x / 48 - 1, y / 48 - 1];
  return 1.02 + 0.07 * (c * u + s * v) - 0.09 * (u * u + v * v);
}
