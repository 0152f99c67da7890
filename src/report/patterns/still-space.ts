/** @file A still of the space, seen from one side: points, category arrows, legend. */
import { type Camera, facing, firstRotation, placeOf, project, projectedRoom, sightOf, widest } from "./camera.ts";
import { COLOURINGS, type ColouringName, coloured } from "./colouring.ts";
import { categoryColor, mixed, type Rgb } from "./palette.ts";
import type { Drawing, Pen } from "./pen.ts";
import { type PointSet, pointSet, type Scene, type SceneFrame, sceneReach } from "./scene.ts";
import { fromBehind } from "./splat.ts";

export interface SpaceChoice {
  readonly frame: number;
  /** Null: samples. */
  readonly layer: number | null;
  readonly colouring: ColouringName;
  /** Parallel, along the directions that spread least; in two dimensions the only view. */
  readonly flat?: boolean | undefined;
}

const SIDE = 640;
const MARGIN = 16;
const KEY_ROW = 22;
const COLUMNS = 4;
const INK: Rgb = [28, 30, 34];
const PAPER: Rgb = [255, 255, 255];
const RULE: Rgb = [222, 218, 211];
/** How far the eye is, in reaches. */
const EYE = 4.2;

/** Undefined where the frame has no such layer. */
export function spaceStill(
  scene: Scene,
  { frame: f, layer, colouring, flat = false }: SpaceChoice,
): Drawing | undefined {
  const frame = scene.frames[f] as SceneFrame;
  const set = pointSet(scene, frame, layer);
  if (set === undefined) return undefined;
  const { dimension, categories } = scene;
  const plane = dimension === 2 || flat;
  const reach = sceneReach(scene, layer);
  const { pivot, extent } = sightOf((scene.frames.at(-1) as SceneFrame).means, dimension);
  const camera: Camera = {
    pivot: [pivot[0] * reach, pivot[1] * reach, pivot[2] * reach],
    rotation:
      dimension === 2
        ? facing()
        : flat
          ? widest((scene.frames.at(-1) as SceneFrame).means, dimension)
          : firstRotation((scene.frames.at(-1) as SceneFrame).means, dimension),
    scale: (SIDE / 2 / (extent * reach)) * (plane ? 0.82 : 0.74),
    x: SIDE / 2,
    y: SIDE / 2,
    distance: plane ? Number.POSITIVE_INFINITY : EYE * reach,
  };
  const look = coloured(colouring, set, categories);
  const at = projectedRoom(set.points.length / dimension);
  project(set.points, dimension, camera, at);
  const { order, levels } = fromBehind(at.depth);
  const means = Float32Array.from(frame.means, (v) => v * reach);
  const tips = projectedRoom(means.length / dimension);
  project(means, dimension, camera, tips);
  const radius = order.length > 2000 ? 2.2 : 3;
  const title = titleOf(frame, set, { layer, colouring }, dimension);
  const [ox, oy] = placeOf([0, 0, 0], camera);
  const draw = (pen: Pen): void => {
    for (const turn of plane ? [1 / 3, 2 / 3, 1] : []) ring(pen, [ox, oy], reach * turn * camera.scale);
    for (const n of order) {
      const [x, y] = [at.x[n] as number, at.y[n] as number];
      if (!(x > radius && y > radius && x < SIDE - radius && y < SIDE - radius)) continue;
      const near = plane ? 1 : (levels[n] as number) / 255;
      pen.disc(
        x,
        y,
        radius,
        mixed((look.keys[look.key[n] as number] as { color: Rgb }).color, PAPER, 0.5 * (1 - near)),
      );
    }
    const far = [...tips.depth.keys()].sort((a, b) => (tips.depth[a] as number) - (tips.depth[b] as number));
    for (const c of far) {
      const tip = [tips.x[c] as number, tips.y[c] as number] as const;
      for (const [width, color] of [
        [5, PAPER],
        [2.4, categoryColor(c)],
      ] as const)
        for (const part of arrow([ox, oy], tip)) pen.line(part, width, color);
    }
    for (const c of far) {
      const [dx, dy] = [(tips.x[c] as number) - ox, (tips.y[c] as number) - oy];
      const away = Math.hypot(dx, dy) || 1;
      pen.write({
        text: short(categories[c]?.name ?? String(c)),
        x: ox + dx + (8 * dx) / away,
        y: oy + dy + (13 * dy) / away,
        color: mixed(categoryColor(c), INK, 0.35),
        anchor: dx / away > 0.25 ? "start" : dx / away < -0.25 ? "end" : "middle",
        bold: true,
      });
    }
    pen.write({ text: title, x: MARGIN, y: SIDE + 14, color: INK, bold: true });
    for (const [k, { name, color }] of look.keys.entries()) {
      const x = MARGIN + (k % COLUMNS) * (SIDE / COLUMNS);
      const y = SIDE + 42 + KEY_ROW * Math.floor(k / COLUMNS);
      pen.disc(x + 5, y, 5, color);
      pen.write({ text: short(name), x: x + 16, y, color: INK });
    }
  };
  return { width: SIDE, height: SIDE + 34 + KEY_ROW * Math.ceil(look.keys.length / COLUMNS), title, draw };
}

const titleOf = (
  { name, layers }: SceneFrame,
  set: PointSet,
  { layer, colouring }: Pick<SpaceChoice, "layer" | "colouring">,
  dimension: number,
): string => {
  const count = set.points.length / dimension;
  const what = layer === null ? `${count} samples` : `${count} regions at ${layers[layer]?.name}`;
  return `${name}: ${what}, coloured by ${COLOURINGS[colouring].title}`;
};

function ring(pen: Pen, [x, y]: Place, radius: number): void {
  const points = Array.from({ length: 73 }, (_, i): readonly [number, number] => {
    const angle = (i * Math.PI) / 36;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
  pen.line(points, 1, RULE);
}

const MOST_LETTERS = 20;
const short = (name: string): string => (name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name);

type Place = readonly [number, number];
/** Shaft and head of an arrow, the head at most half as long. */
export function arrow([x0, y0]: Place, [x1, y1]: Place, most = 9): readonly (readonly Place[])[] {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [ux, uy] = length > 0 ? [(x1 - x0) / length, (y1 - y0) / length] : [0, 0];
  const head = Math.min(most, length / 2);
  return [
    [
      [x0, y0],
      [x1, y1],
    ],
    [
      [x1 - head * (ux - uy / 2), y1 - head * (uy + ux / 2)],
      [x1, y1],
      [x1 - head * (ux + uy / 2), y1 - head * (uy - ux / 2)],
    ],
  ];
}
