/** @file Where occlusion puts its windows: Captum's grid, clipped at the border, or a square patch on a grid shifted to cover the image. */
import { OnnxplainError } from "../errors.ts";
import type { Params } from "../params.ts";
import type { Frame } from "./perturbation.ts";

/** A half-open range along an axis. */
export type Range = readonly [from: number, to: number];

/** A window position. */
export interface Window {
  readonly c: Range;
  readonly y: Range;
  readonly x: Range;
}

type Triple<T> = readonly [channels: T, rows: T, columns: T];

/** The window is this share of the shorter side unless told otherwise: some 250 windows for any square input. */
const SIDE_SHARE = 8;

/** Throws `E_PARAM` for sizes that do not fit, leave pixels uncovered, or contradict one another. */
export function windowsOf({ channels, height, width }: Frame, params: Params): readonly Window[] {
  const { patch, stride, sliding_window_shapes: shape, strides } = params;
  const sizes: Triple<number> = [channels, height, width];
  const side = Math.max(1, Math.round(Math.min(height, width) / SIDE_SHARE));
  if (patch === null && stride === null)
    return grid(clipped(sizes, (shape ?? [side]) as readonly number[], strides as readonly number[] | null));
  if (shape !== null || strides !== null)
    throw new OnnxplainError(
      "E_PARAM",
      "`patch` and `stride` describe one square patch, `sliding_window_shapes` and `strides` a window: the two grids differ at the border. Give one pair.",
    );
  return grid(shifted(sizes, (patch ?? side) as number, stride as number | null));
}

const grid = ([cs, ys, xs]: Triple<readonly Range[]>): readonly Window[] =>
  cs.flatMap((c) => ys.flatMap((y) => xs.map((x) => ({ c, y, x }))));

/** Starts 0, s, 2s, … up to the last that is needed to reach the end, which is clipped there. */
function clipped(
  sizes: Triple<number>,
  shape: readonly number[],
  strides: readonly number[] | null,
): Triple<readonly Range[]> {
  const window = fullShape(shape, sizes, "sliding_window_shapes");
  if (window.some((v, i) => v > (sizes[i] as number))) throw badShape("sliding_window_shapes", shape, sizes);
  const steps = strides === null ? halved(window) : fullShape(strides, sizes, "strides");
  window.forEach((v, i) => {
    if ((steps[i] as number) > v && v < (sizes[i] as number))
      throw uncovered(`\`strides\` [${steps}]`, `\`sliding_window_shapes\` [${window}]`);
  });
  return mapTriple(sizes, (size, i) =>
    Array.from(
      { length: Math.max(1, Math.ceil((size - window[i]) / steps[i]) + 1) },
      (_, k): Range => [k * steps[i], Math.min(size, k * steps[i] + window[i])],
    ),
  );
}

/** Starts 0, s, 2s, …; the last is moved back so that the whole patch lies inside. */
function shifted(sizes: Triple<number>, patch: number, given: number | null): Triple<readonly Range[]> {
  const [channels, ...sides] = sizes;
  if (patch > Math.min(...sides))
    throw new OnnxplainError("E_PARAM", `Expected \`patch\` to be a side within [${sides}], got ${patch}.`);
  const step = given ?? Math.max(1, patch >> 1);
  if (step > patch && sides.some((size) => patch < size)) throw uncovered(`\`stride\` ${step}`, `\`patch\` ${patch}`);
  const along = (size: number): readonly Range[] =>
    Array.from({ length: Math.ceil((size - patch) / step) + 1 }, (_, k): Range => {
      const from = Math.min(k * step, size - patch);
      return [from, from + patch];
    });
  const [rows, columns] = sides;
  return [[[0, channels]], along(rows), along(columns)];
}

const mapTriple = <T>([a, b, c]: Triple<number>, f: (size: number, axis: 0 | 1 | 2) => T): Triple<T> => [
  f(a, 0),
  f(b, 1),
  f(c, 2),
];

/** All channels at once; half a window in each direction. */
const halved = ([c, h, w]: Triple<number>): Triple<number> => [c, Math.max(1, h >> 1), Math.max(1, w >> 1)];

/** One number = square over all channels; two = rows, columns; three = channels, rows, columns. */
function fullShape(given: readonly number[], sizes: Triple<number>, name: string): Triple<number> {
  const [a = 1, b = a, c] = given;
  if (given.length > 3) throw badShape(name, given, sizes);
  return c === undefined ? [sizes[0], a, b] : [a, b, c];
}

const badShape = (name: string, given: readonly number[], sizes: Triple<number>): OnnxplainError =>
  new OnnxplainError(
    "E_PARAM",
    `Expected \`${name}\` to be 1 to 3 sizes (channels, rows, columns) within [${sizes}], got [${given}].`,
  );

const uncovered = (strides: string, window: string): OnnxplainError =>
  new OnnxplainError(
    "E_PARAM",
    `${strides} exceeds ${window}: some pixels would never be covered. Make each stride at most the window.`,
  );
