/** @file Scenes with known ground truth: coloured shapes on textured ground, drawn by our own rasteriser, deterministic by seed. */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { OnnxplainError } from "../errors.ts";
import type { ImageU8, Rect } from "../image/types.ts";
import { PIGMENTS, type Rgb } from "./colors.ts";
import { type Ground, ground, MATERIAL_COUNT } from "./ground.ts";
import { colorOf, DEMO_SIZE, labelOf, shapeOf } from "./labels.ts";
import { type Placed, place } from "./placement.ts";
import { distance } from "./shapes.ts";
import { fractalNoise, mix, smoothstep } from "./value-noise.ts";

/** One shape of a scene, with its exact place. */
export interface SceneObject {
  /** For instance `"red disc"`. */
  readonly label: string;
  /** Index into `DEMO_LABELS`. */
  readonly classIndex: number;
  /** `[height, width]`, 1 where the shape covers at least half a pixel (and 0 in the hole of a ring). */
  readonly mask: Uint8Array;
  /** The smallest rectangle of whole pixels around the mask. */
  readonly box: Rect;
}

export interface Scene {
  readonly image: ImageU8;
  readonly objects: readonly SceneObject[];
}

export interface SceneOptions {
  /** Width and height in pixels, default 96. The same seed shows the same scene at any size. */
  readonly size?: number | undefined;
  /** Classes of the shapes, 1 to 3 of them; default: 1 to 3 different ones, drawn by the seed. */
  readonly classes?: readonly number[] | undefined;
}

/**
 * Draw a scene. The same seed and options give the same bytes. Throws `E_PARAM` for a size below 16 or other than 1 to 3 shapes.
 * @example const { image, objects } = drawScene(7, { classes: [0, 9] });
 */
export function drawScene(seed: number, { size = DEMO_SIZE, classes }: SceneOptions = {}): Scene {
  if (!(Number.isInteger(size) && size >= 16))
    throw new OnnxplainError("E_PARAM", `Expected \`size\` to be an integer from 16 up, got ${size}.`);
  const source = xoroshiro128plus(Math.imul(seed, 0x9e3779b1));
  const random = (): number => uniformFloat64(source);
  const noiseSeed = Math.floor(random() * 2 ** 31);
  const unit = DEMO_SIZE / size;
  const floor = ground(noiseSeed, {
    material: Math.floor(random() * MATERIAL_COUNT),
    unit,
    angle: random() * 2 * Math.PI,
  });
  const placed = place(random, classes);
  const surface = fractalNoise(noiseSeed + 99, { coarse: 12, fine: 1.5 * unit });
  const paints = placed.map((p) => paint(random, p));
  const data = new Uint8Array(size * size * 3);
  const masks = placed.map(() => new Uint8Array(size * size));
  for (let i = 0; i < size * size; i++) {
    const [x, y] = [((i % size) + 0.5) * unit, (Math.floor(i / size) + 0.5) * unit];
    let color = shaded(floor, placed, { x, y });
    placed.forEach((object, k) => {
      const coverage = Math.min(Math.max(0.5 - offset(object, x, y) / unit, 0), 1);
      if (coverage >= 0.5) (masks[k] as Uint8Array)[i] = 1;
      if (coverage > 0) color = over(lit(paints[k] as Rgb, { object, x, y, grain: surface(x, y) }), color, coverage);
    });
    for (let c = 0; c < 3; c++) data[i * 3 + c] = Math.round(255 * Math.min(Math.max(color[c] as number, 0), 1));
  }
  const objects = placed.map(({ classIndex }, k) => ({
    label: labelOf(classIndex),
    classIndex,
    mask: masks[k] as Uint8Array,
    box: boxOf(masks[k] as Uint8Array, size),
  }));
  return { image: { width: size, height: size, channels: 3, data }, objects };
}

/** Signed distance from the outline of a placed shape, in units. */
function offset({ x: cx, y: cy, r, turn, classIndex }: Placed, x: number, y: number): number {
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const [dx, dy] = [x - cx, y - cy];
  return distance(shapeOf(classIndex), { x: c * dx + s * dy, y: c * dy - s * dx, r });
}

/** The ground with the soft shadows that shapes throw on it. */
function shaded(floor: Ground, placed: readonly Placed[], { x, y }: { readonly x: number; readonly y: number }): Rgb {
  const light = placed.reduce((rest, p) => rest * (1 - 0.42 * smoothstep(2.4, -1.2, offset(p, x - 1.1, y - 1.5))), 1);
  return floor(x, y).map((v) => v * light) as unknown as Rgb;
}

/** One paint of the pigment's box. */
function paint(random: () => number, { classIndex }: Placed): Rgb {
  const { from, to } = PIGMENTS[colorOf(classIndex)];
  return from.map((low, i) => mix(low, to[i] as number, random())) as unknown as Rgb;
}

/** Matte paint under light from the upper left, 0.88…1.06. */
function lit(
  color: Rgb,
  { object, x, y, grain }: { readonly object: Placed; readonly x: number; readonly y: number; readonly grain: number },
): Rgb {
  const slope = (object.x - x + object.y - y) / (2.9 * object.r);
  const light = 0.97 + 0.055 * Math.min(Math.max(slope, -1), 1) + 0.07 * (grain - 0.5);
  return color.map((v) => v * light) as unknown as Rgb;
}

const over = (top: Rgb, below: Rgb, alpha: number): Rgb =>
  top.map((v, i) => mix(below[i] as number, v, alpha)) as unknown as Rgb;

function boxOf(mask: Uint8Array, size: number): Rect {
  let [left, top, right, bottom] = [size, size, -1, -1];
  mask.forEach((on, i) => {
    if (on === 0) return;
    const [x, y] = [i % size, Math.floor(i / size)];
    [left, right, top, bottom] = [Math.min(left, x), Math.max(right, x), Math.min(top, y), Math.max(bottom, y)];
  });
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}
