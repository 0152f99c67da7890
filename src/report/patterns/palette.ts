/** @file Colours of categories: at least 3 : 1 against the page by day and by night, the first ten chosen by eye. */
import { colormapTable } from "../../image/colormap.ts";

export type Rgb = readonly [red: number, green: number, blue: number];

const FIRST: readonly string[] = [
  "2f7ed8",
  "d0661a",
  "0e9384",
  "a061e6",
  "d9488f",
  "7c8a14",
  "d8453c",
  "2490b5",
  "a8703c",
  "5f9e4a",
];
/** Where a label is missing. */
export const NO_CATEGORY: Rgb = [128, 132, 140];
export const RIGHT: Rgb = [47, 126, 216];
export const WRONG: Rgb = [208, 102, 26];

const GOLDEN_ANGLE = 137.508;

/** Colour of a category; beyond the first ten, hues at golden angles in OKLCH with two lightnesses in turn. */
export function categoryColor(index: number): Rgb {
  if (index < 0) return NO_CATEGORY;
  const hex = FIRST[index];
  return hex === undefined ? oklch(index % 2 === 0 ? 0.59 : 0.64, 0.12, index * GOLDEN_ANGLE) : rgbOf(hex);
}

/** Colour of a share 0 … 1. */
export function shareColor(share: number): Rgb {
  const at = Math.round(Math.min(Math.max(share, 0), 1) * 255) * 3;
  return [VIRIDIS[at] as number, VIRIDIS[at + 1] as number, VIRIDIS[at + 2] as number];
}
/** Colour of a difference -1 … 1: blue is loss, red is gain, white is none. */
export function differenceColor(difference: number): Rgb {
  const at = Math.round((Math.min(Math.max(difference, -1), 1) + 1) * 127.5) * 3;
  return [DIVERGING[at] as number, DIVERGING[at + 1] as number, DIVERGING[at + 2] as number];
}
const VIRIDIS: Uint8ClampedArray = /* @__PURE__ */ colormapTable("viridis");
const DIVERGING: Uint8ClampedArray = /* @__PURE__ */ colormapTable("blue-red");

export const cssColor = ([r, g, b]: Rgb): string => `rgb(${r} ${g} ${b})`;
export const mixed = (from: Rgb, to: Rgb, share: number): Rgb =>
  [0, 1, 2].map((c) => Math.round((from[c] as number) * (1 - share) + (to[c] as number) * share)) as unknown as Rgb;

const rgbOf = (hex: string): Rgb => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;

/** Source: B. Ottosson, "A perceptual color space for image processing", 2020; colours out of range are clipped. */
function oklch(lightness: number, chroma: number, degrees: number): Rgb {
  const angle = (degrees * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((v) => {
    const clipped = Math.min(Math.max(v, 0), 1);
    return Math.round(255 * (clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055));
  }) as unknown as Rgb;
}
