/** @file The demo network's last filter bank: outline templates of every shape, taken from the distance functions that draw them. */
import { tensor } from "../graph/tensor.ts";
import { COLORS } from "./colors.ts";
import { type Bank, DIRECTIONS, SELECTIVITY } from "./demo-filters.ts";
import { MAX_TURN } from "./placement.ts";
import { CIRCUMRADIUS, distance, SHAPES, type Shape } from "./shapes.ts";

/** Pixels from one cell of the last map to the next, and how many more than that the pool of a cell sees to each side. */
export const CELL = 4;
export const OVERLAP = 1;
/** A template sees the cells up to this many to each side. */
export const REACH = 5;
const SIDE = 2 * REACH + 1;
const SPAN = SIDE * CELL;

/** Radii that the templates of a shape stand for: small, large. */
const SCALES: readonly (readonly number[])[] = [
  [10.5, 11.5, 12.5, 13.5, 14.5],
  [14, 15, 16, 17, 18],
];
/** Templates of one shape. */
export const SCALE_COUNT: number = SCALES.length;

/** An edge below this strength on average is not expected. */
const RARE = 0.02;
/** Cost of an edge where none is expected. */
const PENALTY = 0.5;
/** How much an edge counts less that another shape explains as well. */
const RIVALRY = 0.45;
/** Pixels beyond a shape that its template still looks at. */
const MARGIN = 4;
/** Evidence that is needed before a detector responds, where 1 is the shape as expected; and its slope from there. */
const THRESHOLD = 0.48;
const GAIN = 8;

/**
 * `[32,12,11,11]`, one group a colour, in it shape by shape, in each shape small and large. A weight is the edge strength expected at
 * that direction and place, less what the other shapes would put there; negative where this shape has no edge. Scaled so that the
 * expected shape gives `GAIN * (1 - THRESHOLD)`.
 */
export function templates(): Bank {
  const expected = SHAPES.map((shape) => SCALES.map((radii) => expectedEdges(shape, radii)));
  const one = SHAPES.flatMap((shape, s) => {
    const rivals = expected.flatMap((e, other) => (other === s ? [] : e));
    return SCALES.map((radii, k) =>
      weigh(expected[s]?.[k] as Float64Array, { rivals, reach: Math.max(...radii) * CIRCUMRADIUS[shape] + MARGIN }),
    );
  });
  const count = COLORS.length * one.length;
  return {
    weight: tensor(
      "float32",
      [count, DIRECTIONS, SIDE, SIDE],
      COLORS.flatMap(() => one.flatMap((w) => [...w])),
    ),
    bias: tensor("float32", [count], new Array<number>(count).fill(-GAIN * THRESHOLD)),
  };
}

function weigh(
  expected: Float64Array,
  { rivals, reach }: { readonly rivals: readonly Float64Array[]; readonly reach: number },
): Float64Array {
  const weight = expected.map((edge, i) => {
    const [x, y] = [(i % SIDE) - REACH, (Math.trunc(i / SIDE) % SIDE) - REACH];
    if (Math.hypot(x, y) * CELL >= reach) return 0;
    const rival = Math.max(...rivals.map((r) => r[i] as number));
    return (edge > RARE ? edge : -PENALTY) - RIVALRY * rival;
  });
  const response = weight.reduce((sum, w, i) => sum + w * (expected[i] as number), 0);
  return weight.map((w) => (GAIN * w) / response);
}

/** Mean edge strengths `[12,11,11]` around the centre of a shape: over radii, turns, and where in its cell the centre lies. */
function expectedEdges(shape: Shape, radii: readonly number[]): Float64Array {
  const mean = new Float64Array(DIRECTIONS * SIDE * SIDE);
  const turns = shape === "disc" || shape === "ring" ? [0] : [-MAX_TURN, 0, MAX_TURN];
  const views = radii.flatMap((r) =>
    turns.flatMap((turn) => [-1, 1].flatMap((dx) => [-1, 1].map((dy) => ({ r, turn, dx, dy })))),
  );
  for (const view of views)
    for (const [i, edge] of pooledEdges(shape, view).entries()) mean[i] = (mean[i] as number) + edge / views.length;
  return mean;
}

interface View {
  readonly r: number;
  readonly turn: number;
  readonly dx: number;
  readonly dy: number;
}

/** What the edge filters and the pool make of one outline, from the normals of its distance function. */
function pooledEdges(shape: Shape, { r, turn, dx, dy }: View): Float64Array {
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const away = (x: number, y: number): number =>
    distance(shape, { x: c * (x - dx) + s * (y - dy), y: c * (y - dy) - s * (x - dx), r });
  const edges = new Float64Array(DIRECTIONS * SIDE * SIDE);
  for (let i = 0; i < SPAN * SPAN; i++) {
    const [px, py] = [(i % SPAN) + 0.5, Math.floor(i / SPAN) + 0.5];
    const [x, y] = [px - SPAN / 2, py - SPAN / 2];
    if (Math.abs(away(x, y)) > 0.75) continue;
    const angle = Math.atan2(away(x, y + 0.01) - away(x, y - 0.01), away(x + 0.01, y) - away(x - 0.01, y));
    for (let k = 0; k < DIRECTIONS; k++) {
      const strength = (Math.cos(angle - (2 * Math.PI * k) / DIRECTIONS) - SELECTIVITY) / (1 - SELECTIVITY);
      if (strength > 0)
        for (const cell of cellsAt(px, py))
          edges[k * SIDE * SIDE + cell] = Math.max(edges[k * SIDE * SIDE + cell] as number, strength);
    }
  }
  return edges;
}

/** Cells whose pool sees a point. */
const cellsAt = (x: number, y: number): readonly number[] =>
  span(y).flatMap((row) => span(x).map((column) => row * SIDE + column));
const span = (at: number): readonly number[] =>
  [-1, 0, 1]
    .map((d) => Math.floor(at / CELL) + d)
    .filter((i) => i >= 0 && i < SIDE && at > i * CELL - OVERLAP && at < (i + 1) * CELL + OVERLAP);
