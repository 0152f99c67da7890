/** @file The grid of frames in a graph: places of frames, and the rectangles of a pyramid, of pictures of a fixed size or of any. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Dim } from "../graph/dim.ts";
import { dtypeCode } from "../graph/dtype-code.ts";
import { formula } from "../ops/formula.ts";
import { bandEdges, type CellPlan, cutRule } from "./cells.ts";
import { frameGrids } from "./frames.ts";
import type { EmittedSift } from "./sift-graph.ts";
import type { SiftSettings } from "./sift-settings.ts";

/** Sides of a batch of pictures `[N, C, H, W]`, int64 `[1]`. */
export interface Sides {
  readonly batch: Value;
  readonly height: Value;
  readonly width: Value;
}

export function emitSides(g: GraphBuilder, image: Value): Sides {
  const side = (axis: number): Value => {
    const dim: Dim | undefined = image.dims?.[axis];
    return typeof dim === "number" ? g.ints([dim]) : g.op("Shape", [image], { start: axis, end: axis + 1 });
  };
  return { batch: side(0), height: side(2), width: side(3) };
}

/** Frames of one bin size. */
export interface EmittedGrid extends Pick<EmittedSift, "size"> {
  readonly offset: number;
  readonly step: number;
  /** Int64 `[1]`. */
  readonly rows: Value;
  readonly columns: Value;
}

export function emitGrid(g: GraphBuilder, { size, rows, columns }: EmittedSift, sift: SiftSettings): EmittedGrid {
  const own = frameGrids({ width: 0, height: 0 }, sift).find((grid) => grid.size === size);
  if (own === undefined) throw new Error(`internal: no grid of bin size ${size}`);
  const vector = (scalar: Value): Value => g.op("Reshape", [scalar, g.ints([1])]);
  return { size, offset: own.offset, step: own.step, rows: vector(rows), columns: vector(columns) };
}

/** (x - W/2)/W and (y - H/2)/H of every frame's centre, and a column of ones: float32 `[N, rows * columns, 3]`. */
export function emitPlaces(g: GraphBuilder, grid: EmittedGrid, sides: Sides): Value {
  const m = formula(g, "float32");
  const float = (v: Value): Value => g.op("Cast", [v], { to: dtypeCode("float32") });
  const scalar = (v: Value): Value => g.op("Reshape", [v, g.ints([])]);
  const shape = g.op("Concat", [sides.batch, grid.rows, grid.columns, g.ints([1])], { axis: 0 });
  const along = (frames: Value, side: Value, dims: readonly number[]): Value => {
    const index = g.op("Range", [g.scalar(0, "int64"), scalar(frames), g.scalar(1, "int64")]);
    const centre = m.add(m.mul(float(index), grid.step), grid.offset + 1.5 * grid.size);
    const place = m.sub(m.div(centre, float(side)), 0.5);
    return g.op("Expand", [g.op("Reshape", [place, g.ints(dims)]), shape]);
  };
  const columns = [
    along(grid.columns, sides.width, [1, 1, -1, 1]),
    along(grid.rows, sides.height, [1, -1, 1, 1]),
    g.op("Expand", [g.scalar(1), shape]),
  ];
  const flat = g.op("Concat", [sides.batch, g.op("Mul", [grid.rows, grid.columns]), g.ints([3])], { axis: 0 });
  return g.op("Reshape", [g.op("Concat", columns, { axis: 3 }), flat]);
}

/** A rectangle of the grid. */
export interface EmittedAtom {
  /** Frames in it, int64 `[1]`. */
  readonly count: Value;
  /** Rows and columns of it, int64 `[1]`. */
  readonly rows: Value;
  readonly columns: Value;
  /**
   * What a table `[N, rows * columns, width]` holds of it: `[N, count, width]`. Where the size is free, with a row of zeros behind: a
   * rectangle may be empty, and runtimes do not agree about sums over nothing.
   */
  readonly of: (table: Value, width: number) => Value;
}

/** The atoms of a plan, row by row; of a plan of one atom, the whole grid as it is. */
export function emitAtoms(g: GraphBuilder, grid: EmittedGrid, sides: Sides, plan: CellPlan): readonly EmittedAtom[] {
  if (plan.atoms === 1)
    return [{ rows: grid.rows, columns: grid.columns, count: g.op("Mul", [grid.rows, grid.columns]), of: (t) => t }];
  const xs = emitEdges(g, plan.xCuts, { grid, side: sides.width, frames: grid.columns });
  const ys = emitEdges(g, plan.yCuts, { grid, side: sides.height, frames: grid.rows });
  return ys.slice(1).flatMap((bottom, y) =>
    xs.slice(1).map((right, x): EmittedAtom => {
      const [top, left] = [ys[y] as Value, xs[x] as Value];
      const [rows, columns] = [g.op("Sub", [bottom, top]), g.op("Sub", [right, left])];
      const count = g.op("Mul", [rows, columns]);
      const pair = (a: Value, b: Value): Value => g.op("Concat", [a, b], { axis: 0 });
      return {
        rows,
        columns,
        count,
        of: (table, width) => {
          const own = g.ints([width]);
          const shape = g.op("Concat", [sides.batch, grid.rows, grid.columns, own], { axis: 0 });
          const cut = g.op("Slice", [
            g.op("Reshape", [table, shape]),
            pair(top, left),
            pair(bottom, right),
            g.ints([1, 2]),
          ]);
          const flat = g.op("Reshape", [cut, g.op("Concat", [sides.batch, count, own], { axis: 0 })], { allowzero: 1 });
          return fixed(count) === undefined ? g.op("Pad", [flat, g.ints([0, 1]), null, g.ints([1])]) : flat;
        },
      };
    }),
  );
}

/** `bandEdges`, int64 `[1]` each: constants for pictures of a fixed size. */
function emitEdges(
  g: GraphBuilder,
  cuts: readonly number[],
  { grid, side, frames }: { readonly grid: EmittedGrid; readonly side: Value; readonly frames: Value },
): readonly Value[] {
  const [fixedSide, fixedFrames] = [fixed(side), fixed(frames)];
  if (fixedSide !== undefined && fixedFrames !== undefined)
    return bandEdges(cuts, grid, fixedSide, fixedFrames).map((edge) => g.ints([edge]));
  const { divisor, shift } = cutRule(grid);
  const before = cuts.map((cut) => {
    const numerator = g.op("Add", [g.op("Mul", [side, g.ints([cut])]), g.ints([shift])]);
    // integer division rounds towards 0, so what is negative goes first
    const behind = g.op("Div", [g.op("Max", [numerator, g.ints([0])]), g.ints([divisor])]);
    return g.op("Min", [behind, frames]);
  });
  return [g.ints([0]), ...before, frames];
}

/** The one element of an int64 value, where it is known. */
export function fixed({ content }: Value): number | undefined {
  const [only] = content ?? [];
  return typeof only === "number" ? only : undefined;
}
