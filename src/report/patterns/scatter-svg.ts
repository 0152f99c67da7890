/** @file The space as SVG, seen from one side: points as circles behind arrows with names; the same view as the page's first. */
import { html, type Markup } from "../html/markup.ts";
import { type Camera, facing, project, projectedRoom, slanted, widest } from "./camera.ts";
import { COLOURINGS, type ColouringName, coloured } from "./colouring.ts";
import { categoryColor, type Rgb } from "./palette.ts";
import { type PointSet, pointSet, type Scene, type SceneFrame, sceneReach } from "./scene.ts";
import { fromBehind } from "./splat.ts";

export interface StillChoice {
  readonly frame: number;
  /** Null: samples. */
  readonly layer: number | null;
  readonly colouring: ColouringName;
  /** The widest plane, or the slanted space; default by dimension. */
  readonly view?: "space" | "plane" | undefined;
}

/** What a still draws: places in a square of `side`, in the order in which they cover each other. */
export interface Still {
  readonly side: number;
  readonly radius: number;
  readonly points: readonly { readonly x: number; readonly y: number; readonly color: Rgb; readonly near: number }[];
  readonly tips: readonly { readonly x: number; readonly y: number; readonly name: string; readonly color: Rgb }[];
  readonly keys: readonly { readonly name: string; readonly color: Rgb }[];
  readonly title: string;
}

const SIDE = 640;

/** Undefined where the frame has no such layer. */
export function stillOf(scene: Scene, choice: StillChoice): Still | undefined {
  const frame = scene.frames[choice.frame] as SceneFrame;
  const set = pointSet(scene, frame, choice.layer);
  if (set === undefined) return undefined;
  const { dimension, categories } = scene;
  const flat = dimension === 2 || choice.view === "plane";
  const reach = sceneReach(scene, choice.layer);
  const camera: Camera = {
    rotation:
      dimension === 2 ? facing() : flat ? widest((scene.frames.at(-1) as SceneFrame).means, dimension) : slanted(),
    scale: (SIDE / 2 / reach) * (flat ? 0.8 : 0.72),
    x: SIDE / 2,
    y: SIDE / 2,
    distance: flat ? Infinity : 4.2 * reach,
  };
  const look = coloured(choice.colouring, set, categories);
  const at = projectedRoom(set.points.length / dimension);
  project(set.points, dimension, camera, at);
  const { order, levels } = fromBehind(at.depth);
  const means = Float32Array.from(frame.means, (v) => v * reach);
  const tips = projectedRoom(means.length / dimension);
  project(means, dimension, camera, tips);
  return {
    side: SIDE,
    radius: order.length > 2000 ? 2.2 : 3,
    points: Array.from(order, (n) => ({
      x: at.x[n] as number,
      y: at.y[n] as number,
      color: (look.keys[look.key[n] as number] as { color: Rgb }).color,
      near: flat ? 1 : (levels[n] as number) / 255,
    })),
    tips: categories.map(({ name }, c) => ({
      x: tips.x[c] as number,
      y: tips.y[c] as number,
      name,
      color: categoryColor(c),
    })),
    keys: look.keys,
    title: titleOf(scene, choice, set),
  };
}

const titleOf = (scene: Scene, { frame, layer, colouring }: StillChoice, set: PointSet): string => {
  const own = scene.frames[frame] as SceneFrame;
  const count = set.points.length / scene.dimension;
  const what = layer === null ? `${count} samples` : `${count} regions at ${own.layers[layer]?.name}`;
  return `${own.name}: ${what}, coloured by ${COLOURINGS[colouring].title}`;
};

const at = (v: number): string => String(Math.round(v * 10) / 10);
const hex = ([r, g, b]: Rgb): string => `#${[r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("")}`;
const KEY_ROW = 22;

/** A file of its own: white paper, fonts of the system. */
export function stillSvg(still: Still): Markup {
  const { side, radius, points, tips, keys, title } = still;
  const columns = 4;
  const height = side + 40 + KEY_ROW * Math.ceil(keys.length / columns);
  const dots = points
    .filter((p) => p.x > -radius && p.y > -radius && p.x < side + radius && p.y < side + radius)
    .map(
      ({ x, y, color, near }) =>
        html`<circle cx="${at(x)}" cy="${at(y)}" r="${radius}" fill="${hex(color)}" fill-opacity="${at(0.45 + 0.55 * near)}"/>`,
    );
  const arrows = tips.map(({ x, y, name, color }) => {
    const path = arrowPath(side / 2, side / 2, x, y);
    const [dx, dy] = [x - side / 2, y - side / 2];
    const away = Math.hypot(dx, dy) || 1;
    const anchor = dx / away > 0.25 ? "start" : dx / away < -0.25 ? "end" : "middle";
    return html`<path d="${path}" stroke="#fff" stroke-width="5"/><path d="${path}" stroke="${hex(color)}" stroke-width="2.4"/><text x="${at(x + (8 * dx) / away)}" y="${at(y + (12 * dy) / away + 4)}" text-anchor="${anchor}" fill="${hex(color)}" stroke="#fff" stroke-width="3.5" paint-order="stroke" font-weight="600">${name}</text>`;
  });
  const legend = keys.map(({ name, color }, k) => {
    const [x, y] = [16 + (k % columns) * (side / columns), side + 46 + KEY_ROW * Math.floor(k / columns)];
    return html`<circle cx="${x}" cy="${y - 4}" r="5" fill="${hex(color)}"/><text x="${x + 12}" y="${y}" fill="#1c1e22">${name.length > 20 ? `${name.slice(0, 19)}…` : name}</text>`;
  });
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${height}" width="${side}" height="${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="13"><rect width="${side}" height="${height}" fill="#fff"/>${dots}<g fill="none" stroke-linecap="round" stroke-linejoin="round">${arrows}</g><text x="16" y="${side + 18}" fill="#1c1e22" font-weight="600">${title}</text>${legend}</svg>`;
}

const HEAD = 9;
export function arrowPath(x0: number, y0: number, x1: number, y1: number): string {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [ux, uy] = length > 0 ? [(x1 - x0) / length, (y1 - y0) / length] : [0, 0];
  const head = Math.min(HEAD, length / 2);
  return `M${at(x0)} ${at(y0)}L${at(x1)} ${at(y1)}M${at(x1 - head * (ux - uy / 2))} ${at(y1 - head * (uy + ux / 2))}L${at(x1)} ${at(y1)}L${at(x1 - head * (ux + uy / 2))} ${at(y1 - head * (uy - ux / 2))}`;
}
