/** @file Strokes of a square brush as boxes: cells of a grid, joined into as few boxes as rows and columns allow. */

/** Half-open, in whole pixels. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}
interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Cells along one side of the brush. */
const CELLS = 4;
export const cellOf = (side: number): number => Math.max(1, Math.round(side / CELLS));

const cellKey = (column: number, row: number): string => `${column},${row}`;

/** The cells that a brush of this side covers on its way from one point to another, added to a stroke. */
export function covered(cells: Set<string>, from: Point, to: Point, side: number, { width, height }: Size): void {
  const cell = cellOf(side);
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / cell));
  const [columns, rows] = [Math.ceil(width / cell), Math.ceil(height / cell)];
  const half = side / 2;
  for (let i = 0; i <= steps; i++) {
    const [x, y] = [from.x + ((to.x - from.x) * i) / steps, from.y + ((to.y - from.y) * i) / steps];
    const first = (t: number): number => Math.max(0, Math.round((t - half) / cell));
    const past = (t: number, most: number): number =>
      Math.min(most, Math.max(first(t) + 1, Math.round((t + half) / cell)));
    for (let row = first(y); row < past(y, rows); row++)
      for (let column = first(x); column < past(x, columns); column++) cells.add(cellKey(column, row));
  }
}

/** Boxes that cover exactly these cells, each cell once: runs of a row, joined with equal runs of the rows below. */
export function boxesOf(cells: ReadonlySet<string>, side: number, { width, height }: Size): readonly Box[] {
  const cell = cellOf(side);
  const places = [...cells].map((key) => key.split(",").map(Number) as [number, number]);
  places.sort(([ax, ay], [bx, by]) => ay - by || ax - bx);
  const runs: { x0: number; x1: number; y: number }[] = [];
  for (const [x, y] of places) {
    const last = runs.at(-1);
    if (last && last.y === y && last.x1 === x) last.x1 = x + 1;
    else runs.push({ x0: x, x1: x + 1, y });
  }
  const done: { x0: number; x1: number; y0: number; y1: number }[] = [];
  const open = new Map<string, (typeof done)[number]>();
  for (const { x0, x1, y } of runs) {
    const above = open.get(`${x0},${x1}`);
    if (above && above.y1 === y) {
      above.y1 = y + 1;
      continue;
    }
    const box = { x0, x1, y0: y, y1: y + 1 };
    open.set(`${x0},${x1}`, box);
    done.push(box);
  }
  return done.map((b) => ({
    x0: b.x0 * cell,
    y0: b.y0 * cell,
    x1: Math.min(width, b.x1 * cell),
    y1: Math.min(height, b.y1 * cell),
  }));
}

/** The box between two points, in whole pixels inside the picture; one pixel at least. */
export function boxBetween(a: Point, b: Point, { width, height }: Size): Box {
  const low = (p: number, q: number, most: number): number =>
    Math.min(Math.max(Math.floor(Math.min(p, q)), 0), most - 1);
  const [x0, y0] = [low(a.x, b.x, width), low(a.y, b.y, height)];
  const high = (p: number, q: number, from: number, most: number): number =>
    Math.max(from + 1, Math.min(most, Math.ceil(Math.max(p, q))));
  return { x0, y0, x1: high(a.x, b.x, x0, width), y1: high(a.y, b.y, y0, height) };
}

/** As `--edit` takes it. */
export const editText = ({ x0, y0, x1, y1 }: Box, fill: string): string => `box=${x0},${y0},${x1},${y1},fill=${fill}`;
