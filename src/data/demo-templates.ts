/** @file The demo network's last filter bank: outline templates of every shape, taken from the distance functions that draw them. */
import { DIRECTIONS, SELECTIVITY } from "./demo-filters.ts";
import { MAX_TURN } from "./placement.ts";
import { CIRCUMRADIUS, distance, SHAPES, type Shape } from "./shapes.ts";

/** Width of a cell of the last map in pixels of the input. */
export const CELL = 4;
/** A template sees the cells up to this many to each side. */
export const REACH = 5;
const SIDE = 2 * REACH + 1;

/** Radii each of the two templates of a shape stands for: small, large. */
const SCALES: readonly (readonly number[])[] = [[10.5, 11.5, 12.5, 13.5, 14.5], [14, 15, 16, 17, 18]];
export const SCALE_COUNT: number = SCALES.length;

export interface TemplateOptions { readonly penalty: number; readonly margin: number; beta: number; others?: Float64Array[] }

/** Template of one shape at one scale, `[12,11,11]`. */
export function template(shape: Shape, scale: number, o: TemplateOptions): { expected: Float64Array; weight: Float64Array } {
  const radii = SCALES[scale] as readonly number[];
  const expected = new Float64Array(DIRECTIONS * SIDE * SIDE);
  let count = 0;
  for (const r of radii) for (const turn of [-MAX_TURN, 0, MAX_TURN]) for (const dx of [-1.5, -.5, .5, 1.5]) for (const dy of [-1.5, -.5, .5, 1.5]) {
    addOutline(expected, shape, { r, turn, dx, dy });
    count++;
  }
  for (let i = 0; i < expected.length; i++) expected[i]! /= count;
  const energy = expected.reduce((s, v) => s + v * v, 0);
  const weight = new Float64Array(expected.length);
  const reach = Math.max(...radii) * CIRCUMRADIUS[shape] + o.margin;
  const floor = o.penalty;
  for (let k = 0; k < DIRECTIONS; k++) for (let y = -REACH; y <= REACH; y++) for (let x = -REACH; x <= REACH; x++) {
    const i = (k * SIDE + y + REACH) * SIDE + x + REACH;
    const e = expected[i]!;
    if (Math.hypot(x, y) * CELL < reach) weight[i] = (e > 0.02 ? e : -floor) - (o.others ? o.beta * Math.max(...o.others.map((t) => t[i]!)) : 0);
  }
  const own = weight.reduce((t, w, i) => t + w * expected[i]!, 0); for (let i = 0; i < weight.length; i++) weight[i]! /= own; void energy;
  return { expected, weight };
}

function addOutline(into: Float64Array, shape: Shape, at: { r: number; turn: number; dx: number; dy: number }): void {
  const [c, s] = [Math.cos(at.turn), Math.sin(at.turn)];
  const d = (x: number, y: number): number => distance(shape, { x: c * x + s * y, y: c * y - s * x, r: at.r });
  const seen = new Float64Array(into.length);
  const half = SIDE * CELL / 2;
  for (let py = 0.25 - half; py < half; py += 0.5) for (let px = 0.25 - half; px < half; px += 0.5) {
    const [x, y] = [px - at.dx, py - at.dy];
    if (Math.abs(d(x, y)) > 0.4) continue;
    const gx = d(x + 0.01, y) - d(x - 0.01, y);
    const gy = d(x, y + 0.01) - d(x, y - 0.01);
    const n = Math.hypot(gx, gy) || 1;
    for (let k = 0; k < DIRECTIONS; k++) {
      const cosine = (gx * Math.cos(2 * Math.PI * k / DIRECTIONS) + gy * Math.sin(2 * Math.PI * k / DIRECTIONS)) / n;
      const e = (cosine - SELECTIVITY) / (1 - SELECTIVITY);
      if (e <= 0) continue;
      for (let cy = Math.ceil((py + half - 5) / CELL); cy * CELL - 1 <= py + half; cy++) for (let cx = Math.ceil((px + half - 5) / CELL); cx * CELL - 1 <= px + half; cx++) {
        if (cx < 0 || cy < 0 || cx >= SIDE || cy >= SIDE) continue;
        const i = (k * SIDE + cy) * SIDE + cx;
        if (e > seen[i]!) seen[i] = e;
      }
    }
  }
  for (let i = 0; i < into.length; i++) into[i]! += seen[i]!;
}
export { SHAPES };
