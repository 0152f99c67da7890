/** @file A still of one picture's regions: a row for each layer; arrows, certainty, category, and the change since another frame. */
import type { ImageU8 } from "../../image/types.ts";
import { facing, firstRotation, project, projectedRoom, type Rotation } from "./camera.ts";
import { fateOf, layerBeside } from "./change.ts";
import type { PatternGrids, PatternsPage } from "./input.ts";
import { categoryColor, differenceColor, mixed, type Rgb, shareColor } from "./palette.ts";
import type { Drawing, Pen } from "./pen.ts";
import { sceneReach } from "./scene.ts";
import { arrow } from "./still-space.ts";

export interface RegionsChoice {
  readonly frame: number;
  /** Place among the shown pictures. */
  readonly picture: number;
  readonly against?: number | undefined;
}

const CELLS = 168;
const GAP = 14;
const LEFT = 16;
const HEAD = 56;
const ROW: number = CELLS + 38;
const INK: Rgb = [28, 30, 34];
const SOFT: Rgb = [91, 97, 107];
const PAPER: Rgb = [255, 255, 255];

/** The picture alone, from the thumbnails; undefined where there are none. */
function thumbnailOf({ thumbnails: { width, height, pixels } }: PatternsPage, place: number): ImageU8 | undefined {
  const size = width * height * 3;
  if (size === 0 || pixels.length < (place + 1) * size) return undefined;
  return { width, height, channels: 3, data: pixels.slice(place * size, (place + 1) * size) };
}

export function regionsStill(page: PatternsPage, { frame: f, picture, against }: RegionsChoice): Drawing {
  const { frames, grid, shown, ids, labels, categories, tau, dimension } = page;
  const [rows, columns] = grid;
  const cell = CELLS / Math.max(rows, columns);
  const frame = frames[f] as PatternsPage["frames"][number];
  const other = against === undefined || against === f ? undefined : frames[against];
  const place = shown[picture] as number;
  const label = categories[labels[place] as number]?.name;
  const title = `${ids[place]}${label === undefined ? "" : ` (${label})`}, ${frame.name}${other === undefined ? "" : `; change since ${other.name}`}`;
  const heads = ["arrows", "certainty max p", "category", ...(other === undefined ? [] : ["change"])];
  const rotation: Rotation =
    dimension === 2 ? facing() : firstRotation((frames.at(-1) as PatternsPage["frames"][number]).means, dimension);
  const start = picture * rows * columns;
  const image = thumbnailOf(page, place);

  const drawLayer = (pen: Pen, l: number, grids: PatternGrids): void => {
    const top = HEAD + l * ROW;
    const boxes = function* (column: number): Iterable<readonly [place: number, x: number, y: number]> {
      const left = LEFT + column * (CELLS + GAP);
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++) yield [start + r * columns + c, left + c * cell, top + r * cell];
    };
    const square = (x: number, y: number): { left: number; top: number; width: number; height: number } => ({
      left: x,
      top: y,
      width: cell,
      height: cell,
    });
    const area = { left: LEFT, top, width: columns * cell, height: rows * cell };
    if (image !== undefined) pen.picture(image, area);
    pen.rect(area, [0, 0, 0], image === undefined ? 0.75 : 0.55);
    const tips = projectedRoom(rows * columns);
    const own = grids.arrows.subarray(start * dimension, (start + rows * columns) * dimension);
    project(
      own,
      dimension,
      { rotation, scale: (1.05 * cell) / sceneReach(page, l), x: 0, y: 0, distance: Number.POSITIVE_INFINITY },
      tips,
    );
    for (const [p, x, y] of boxes(0)) {
      const [dx, dy] = [tips.x[p - start] as number, tips.y[p - start] as number];
      const sure = (grids.largest[p] as number) > tau;
      const color = mixed(categoryColor(grids.winners[p] as number), PAPER, sure ? 0.45 : 0.25);
      const middle = [x + cell / 2, y + cell / 2] as const;
      const ends = [
        [middle[0] - dx / 2, middle[1] - dy / 2],
        [middle[0] + dx / 2, middle[1] + dy / 2],
      ] as const;
      for (const part of arrow(ends[0], ends[1], cell * 0.28)) pen.line(part, sure ? 1.8 : 1, color);
    }
    for (const [p, x, y] of boxes(1)) {
      pen.rect(square(x, y), shareColor(grids.largest[p] as number));
      if ((grids.largest[p] as number) > tau) outline(pen, x + 0.16 * cell, y + 0.16 * cell, 0.68 * cell);
    }
    for (const [p, x, y] of boxes(2))
      pen.rect(
        square(x, y),
        mixed(PAPER, categoryColor(grids.winners[p] as number), (grids.largest[p] as number) > tau ? 1 : 0.34),
      );
    const before = layerBeside(frame, other, l)?.grids;
    if (before !== undefined)
      for (const [p, x, y] of boxes(3)) {
        pen.rect(square(x, y), differenceColor((grids.largest[p] as number) - (before.largest[p] as number)));
        MARKS[fateOf(before, grids, p, tau)]?.(pen, x + cell / 2, y + cell / 2, 0.22 * cell);
      }
    let points = 0;
    for (const [p] of boxes(0)) if ((grids.largest[p] as number) > tau) points++;
    pen.write({
      text: `${frame.layers[l]?.name}: ${points} knowledge points of ${rows * columns}`,
      x: LEFT,
      y: top + rows * cell + 14,
      color: SOFT,
    });
  };
  return {
    width: LEFT + heads.length * (CELLS + GAP) + LEFT - GAP,
    height: HEAD + frame.layers.length * ROW,
    title,
    draw: (pen) => {
      pen.write({ text: title, x: LEFT, y: 18, color: INK, bold: true });
      for (const [i, text] of heads.entries()) pen.write({ text, x: LEFT + i * (CELLS + GAP), y: 42, color: SOFT });
      for (const [l, { grids }] of frame.layers.entries()) drawLayer(pen, l, grids);
    },
  };
}

function outline(pen: Pen, x: number, y: number, side: number): void {
  pen.line(
    [
      [x, y],
      [x + side, y],
      [x + side, y + side],
      [x, y + side],
      [x, y],
    ],
    1,
    PAPER,
  );
}

const MARKS: Readonly<Partial<Record<ReturnType<typeof fateOf>, (pen: Pen, x: number, y: number, r: number) => void>>> =
  {
    lost: (pen, x, y, r) => {
      pen.line(
        [
          [x - r, y - r],
          [x + r, y + r],
        ],
        1.6,
        INK,
      );
      pen.line(
        [
          [x + r, y - r],
          [x - r, y + r],
        ],
        1.6,
        INK,
      );
    },
    gained: (pen, x, y, r) => {
      pen.line(
        [
          [x - r, y],
          [x + r, y],
        ],
        1.6,
        INK,
      );
      pen.line(
        [
          [x, y - r],
          [x, y + r],
        ],
        1.6,
        INK,
      );
    },
    turned: (pen, x, y, r) => {
      const points = Array.from(
        { length: 25 },
        (_, i) => [x + r * Math.cos((i * Math.PI) / 12), y + r * Math.sin((i * Math.PI) / 12)] as const,
      );
      pen.line(points, 1.6, INK);
    },
  };
