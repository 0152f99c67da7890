/** @file The picture while it is drawn: linear planes of colour, and who owns each pixel. */
import { clamp01, smoothstep } from "./exact.ts";
import type { Ground } from "./grounds.ts";
import { boundsOf, distanceTo } from "./outlines.ts";
import { type Layer, type Piece, type Pose, UNITS } from "./placement.ts";

export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Width of a pixel in units. */
  readonly unit: number;
  /** `[height, width, 3]`, about 0…1. */
  readonly rgb: Float64Array;
  /** `[height, width]`: the number of the piece that covers at least half of the pixel and lies on top, from 1 up; 0 for the ground. */
  readonly owner: Uint16Array;
}

/** Where light comes from (a unit vector in the picture), and how much of it there is. */
export interface Light {
  readonly x: number;
  readonly y: number;
  /** 0 = flat colour, no shadow. */
  readonly strength: number;
}

export function canvasOf({ width, height }: { readonly width: number; readonly height: number }): Canvas {
  const unit = UNITS / Math.min(width, height);
  return { width, height, unit, rgb: new Float64Array(width * height * 3), owner: new Uint16Array(width * height) };
}

export function paintGround({ width, height, unit, rgb }: Canvas, ground: Ground): void {
  const color = new Float64Array(3);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      ground((x + 0.5) * unit, (y + 0.5) * unit, color);
      rgb[i] = color[0] as number;
      rgb[i + 1] = color[1] as number;
      rgb[i + 2] = color[2] as number;
    }
  }
}

/** A piece's part of the picture: `distance` in units, `[bottom - top, right - left]`. */
interface Stamp {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly distance: Float64Array;
}

/** How much of a pixel lies inside an outline that is `distance` away from its middle. */
const coverage = (distance: number, unit: number): number => clamp01(0.5 - distance / unit);

/** Draw a layer and the shadow it throws; its pieces take the numbers `first`, `first + 1`, …. */
export function paintLayer(
  canvas: Canvas,
  layer: Layer,
  { light, first }: { readonly light: Light; readonly first: number },
): void {
  const stamps = layer.pieces.map((piece) => stampOf(canvas, piece, layer.pose));
  if (light.strength > 0) throwShadow(canvas, stamps, light);
  layer.pieces.forEach((piece, k) => {
    paintPiece(canvas, { piece, stamp: stamps[k] as Stamp, pose: layer.pose, light, number: first + k });
  });
}

function stampOf({ width, height, unit }: Canvas, { outlines }: Piece, pose: Pose): Stamp {
  const [l, t, r, b] = boundsOf(outlines);
  const corners = [
    [l, t],
    [r, t],
    [l, b],
    [r, b],
  ].map(([u, v]) => toPicture(pose, u as number, v as number));
  const xs = corners.map(([x]) => x / unit);
  const ys = corners.map(([, y]) => y / unit);
  const left = Math.max(Math.floor(Math.min(...xs)) - 1, 0);
  const top = Math.max(Math.floor(Math.min(...ys)) - 1, 0);
  const right = Math.max(Math.min(Math.ceil(Math.max(...xs)) + 1, width), left);
  const bottom = Math.max(Math.min(Math.ceil(Math.max(...ys)) + 1, height), top);
  const distance = new Float64Array((right - left) * (bottom - top));
  const { cos, sin, r: scale, mirror, stretch, ox, oy } = pose;
  for (let y = top, i = 0; y < bottom; y++) {
    for (let x = left; x < right; x++, i++) {
      const dx = (x + 0.5) * unit - pose.x;
      const dy = (y + 0.5) * unit - pose.y;
      const u = (mirror * (cos * dx + sin * dy)) / (scale * stretch) + ox;
      const v = ((cos * dy - sin * dx) * stretch) / scale + oy;
      distance[i] = scale * distanceTo(outlines, u, v);
    }
  }
  return { left, top, right, bottom, distance };
}

function toPicture(
  { x, y, r, cos, sin, mirror, stretch, ox, oy }: Pose,
  u: number,
  v: number,
): readonly [number, number] {
  const a = (u - ox) * mirror * r * stretch;
  const b = ((v - oy) * r) / stretch;
  return [x + cos * a - sin * b, y + sin * a + cos * b];
}

/** Width of the darker rim of a piece, in units, and how much darker it is. */
const RIM = 1.5;
const RIM_DEPTH = 0.26;
const ROUNDNESS = 0.16;

function paintPiece(
  { width, unit, rgb, owner }: Canvas,
  {
    piece,
    stamp,
    pose,
    light,
    number,
  }: {
    readonly piece: Piece;
    readonly stamp: Stamp;
    readonly pose: Pose;
    readonly light: Light;
    readonly number: number;
  },
): void {
  const { left, top, right, bottom, distance } = stamp;
  const [red, green, blue] = piece.color;
  for (let y = top, k = 0; y < bottom; y++) {
    for (let x = left; x < right; x++, k++) {
      const d = distance[k] as number;
      const alpha = coverage(d, unit);
      if (alpha === 0) continue;
      const i = y * width + x;
      if (alpha >= 0.5) owner[i] = number;
      let shade = 1;
      if (light.strength > 0) {
        const facing = (((x + 0.5) * unit - pose.x) * light.x + ((y + 0.5) * unit - pose.y) * light.y) / pose.r;
        shade =
          1 + light.strength * (ROUNDNESS * Math.min(Math.max(facing, -1), 1) - RIM_DEPTH * smoothstep(-RIM, 0, d));
      }
      rgb[3 * i] = (rgb[3 * i] as number) * (1 - alpha) + red * shade * alpha;
      rgb[3 * i + 1] = (rgb[3 * i + 1] as number) * (1 - alpha) + green * shade * alpha;
      rgb[3 * i + 2] = (rgb[3 * i + 2] as number) * (1 - alpha) + blue * shade * alpha;
    }
  }
}

/** Reach, softness and depth of shadows; lengths in units. */
const SHADOW_AWAY = 2.2;
const SHADOW_BLUR = 1.6;
const SHADOW_DEPTH = 0.5;

/** Darken what lies under the stamps, away from the light and blurred. */
function throwShadow({ width, height, unit, rgb }: Canvas, stamps: readonly Stamp[], light: Light): void {
  const dx = Math.round((-light.x * SHADOW_AWAY) / unit);
  const dy = Math.round((-light.y * SHADOW_AWAY) / unit);
  const radius = Math.max(1, Math.round(SHADOW_BLUR / unit));
  const plane = new Float64Array(width * height);
  for (const { left, top, right, bottom, distance } of stamps) {
    for (let y = top, k = 0; y < bottom; y++) {
      for (let x = left; x < right; x++, k++) {
        if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
        const i = (y + dy) * width + x + dx;
        plane[i] = Math.max(plane[i] as number, coverage(distance[k] as number, unit));
      }
    }
  }
  const soft = smear(smear(plane, width, height, radius), height, width, radius);
  const depth = SHADOW_DEPTH * light.strength;
  for (let i = 0; i < soft.length; i++) {
    const s = 1 - depth * (soft[i] as number);
    rgb[3 * i] = (rgb[3 * i] as number) * s;
    rgb[3 * i + 1] = (rgb[3 * i + 1] as number) * s;
    rgb[3 * i + 2] = (rgb[3 * i + 2] as number) * s;
  }
}

/** Twice a box mean along the rows (a triangle), with zeros outside; the result is transposed. */
function smear(plane: Float64Array, width: number, height: number, radius: number): Float64Array {
  const out = new Float64Array(plane.length);
  const once = new Float64Array(width);
  const side = 2 * radius + 1;
  for (let y = 0; y < height; y++) {
    boxRow(plane.subarray(y * width, (y + 1) * width), once, radius);
    let sum = 0;
    for (let x = -radius; x < width; x++) {
      if (x + radius < width) sum += once[x + radius] as number;
      if (x - radius - 1 >= 0) sum -= once[x - radius - 1] as number;
      if (x >= 0) out[x * height + y] = sum / side;
    }
  }
  return out;
}

function boxRow(row: Float64Array, out: Float64Array, radius: number): void {
  let sum = 0;
  for (let x = -radius; x < row.length; x++) {
    if (x + radius < row.length) sum += row[x + radius] as number;
    if (x - radius - 1 >= 0) sum -= row[x - radius - 1] as number;
    if (x >= 0) out[x] = sum / (2 * radius + 1);
  }
}
