/** @file Cells of a layout over grids of frames: atoms, the rectangles that no edge of a cell crosses, and who is made of whom. */
import type { Size } from "../image/types.ts";
import { type FrameGrid, frameCount } from "./frames.ts";
import { CELLS, type SpatialLayout } from "./pipeline.ts";

/** Edges of cells are multiples of one sixth of the side, so that membership is decided in whole numbers. */
const PARTS = 6;

export interface CellPlan {
  /** Inner edges between atoms, rising, in sixths of the side. */
  readonly xCuts: readonly number[];
  readonly yCuts: readonly number[];
  /** Atoms, row by row. */
  readonly atoms: number;
  readonly cells: number;
  /** The cells that hold an atom, by atom. */
  readonly cellsOf: readonly (readonly number[])[];
}

const sixths = (fraction: number): number => Math.round(PARTS * fraction);
const innerCuts = (edges: readonly number[]): readonly number[] =>
  [...new Set(edges)].filter((cut) => cut > 0 && cut < PARTS).sort((a, b) => a - b);

export function cellPlan(spatial: SpatialLayout): CellPlan {
  const cells = CELLS[spatial].map((cell) => cell.map(sixths) as [number, number, number, number]);
  const xCuts = innerCuts(cells.flatMap(([x0, , x1]) => [x0, x1]));
  const yCuts = innerCuts(cells.flatMap(([, y0, , y1]) => [y0, y1]));
  const corners = [0, ...yCuts].flatMap((y) => [0, ...xCuts].map((x) => [x, y] as const));
  return {
    xCuts,
    yCuts,
    atoms: corners.length,
    cells: cells.length,
    cellsOf: corners.map(([x, y]) =>
      cells.flatMap(([x0, y0, x1, y1], cell) => (x0 <= x && x < x1 && y0 <= y && y < y1 ? [cell] : [])),
    ),
  };
}

/** A grid that goes on without end. */
type Lattice = Pick<FrameGrid, "size" | "offset" | "step">;

/**
 * The numbers that say how many frames along one side lie before a cut: clip(floor((cut * side + shift) / divisor), 0, frames).
 * A frame at centre c lies behind the cut when c + 1/2 >= cut * side / 6.
 */
export const cutRule = ({ size, offset, step }: Lattice): { readonly divisor: number; readonly shift: number } => ({
  // ceil((cut side - 6 c0 - 3) / 6 step), c0 = offset + 1.5 size
  divisor: PARTS * step,
  shift: PARTS * step - 1 - (PARTS * offset + 9 * size + 3),
});

/** Where bands of frames begin along one side, and where the last ends: `cuts.length + 2` indices. */
export function bandEdges(cuts: readonly number[], grid: Lattice, side: number, frames: number): readonly number[] {
  const { divisor, shift } = cutRule(grid);
  const before = cuts.map((cut) => Math.min(frames, Math.max(0, Math.floor((cut * side + shift) / divisor))));
  return [0, ...before, frames];
}

/** The atom of every frame, in the order of descriptors. */
export function atomsOf(grids: readonly FrameGrid[], { width, height }: Size, { xCuts, yCuts }: CellPlan): Uint8Array {
  const atoms = new Uint8Array(frameCount(grids));
  let at = 0;
  for (const grid of grids) {
    const xs = bandEdges(xCuts, grid, width, grid.columns);
    const ys = bandEdges(yCuts, grid, height, grid.rows);
    for (let y = 0; y < grid.rows; y++)
      for (let x = 0; x < grid.columns; x++) atoms[at++] = bandOf(ys, y) * (xCuts.length + 1) + bandOf(xs, x);
  }
  return atoms;
}

/** The last band that begins at or before an index; of empty bands none is chosen. */
const bandOf = (edges: readonly number[], index: number): number =>
  edges.findIndex((edge, band) => edge <= index && index < (edges[band + 1] ?? 0));
