/** @file The space itself: points, category arrows and their names on one canvas. */

import { upsampleBilinear } from "../../src/image/upsample.ts";
import {
  type Camera,
  facing,
  type Projected,
  placeOf,
  project,
  projectedRoom,
  type Rotation,
  type Sight,
  sightOf,
  widest,
} from "../../src/report/patterns/camera.ts";
import { COLOURINGS, type Coloured, coloured } from "../../src/report/patterns/colouring.ts";
import { categoryColor, cssColor, mixed, type Rgb } from "../../src/report/patterns/palette.ts";
import { type PointSet, pointSet, type Scene, type SceneFrame, sceneReach } from "../../src/report/patterns/scene.ts";
import { splat } from "../../src/report/patterns/splat.ts";
import { fitted, type Ink, inkNow, ratioOf } from "./canvas.ts";
import type { State } from "./state.ts";

export interface Stage {
  readonly draw: (state: State) => void;
  /** The point nearest to a place in CSS pixels; null where none is near. */
  readonly pick: (state: State, x: number, y: number) => number | null;
  /** Where a point is, in CSS pixels. */
  readonly placeOf: (point: number) => { readonly x: number; readonly y: number };
  readonly setOf: (state: State) => PointSet | undefined;
  readonly colouredOf: (state: State) => Coloured | undefined;
  /** The rotation that is drawn. */
  readonly rotationOf: (state: State) => Rotation;
}

/** In CSS pixels. */
const NEAR = 14;
/** How far the eye is, in reaches. */
const EYE = 4.2;
const FADE = 0.55;
/** Cells of the drawn field for one of its grid, and steps of its colour from 0 to 1. */
const FINER = 6;
const BANDS = 10;
const ROOM: Readonly<Record<State["view"], number>> = { space: 0.8, sphere: 0.8, plane: 0.84 };

export function stageOf(canvas: HTMLCanvasElement, scene: Scene): Stage {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const { dimension, frames, categories } = scene;
  const sight = sightOf((frames.at(-1) as SceneFrame).means, dimension);
  const plane = widest((frames.at(-1) as SceneFrame).means, dimension);
  const sets = new Map<string, PointSet | undefined>();
  const colours = new Map<string, Coloured>();
  const reaches = new Map<number | null, number>();
  const fields = new Map<string, HTMLCanvasElement>();
  let projected: Projected = projectedRoom(0);
  let moving = new Float32Array();
  let pixels = context.createImageData(1, 1);
  // Only what points touched is cleared and copied: on a wide screen most of the sheet is empty.
  let inked: Box = { left: 0, top: 0, width: 0, height: 0 };

  const frameAt = (at: number): SceneFrame => frames[Math.min(Math.max(at, 0), frames.length - 1)] as SceneFrame;
  const cachedSet = (at: number, layer: number | null): PointSet | undefined => {
    const key = `${at} ${layer}`;
    if (!sets.has(key)) sets.set(key, pointSet(scene, frameAt(at), layer));
    return sets.get(key);
  };
  const setOf = ({ frame, layer }: State): PointSet | undefined => cachedSet(Math.round(frame), layer);
  const colouredOf = (state: State): Coloured | undefined => {
    const set = setOf(state);
    if (set === undefined) return undefined;
    const key = `${Math.round(state.frame)} ${state.layer} ${state.colouring}`;
    const known = colours.get(key) ?? coloured(state.colouring, set, categories);
    colours.set(key, known);
    return known;
  };
  const reachAt = (layer: number | null): number => {
    const known = reaches.get(layer) ?? sceneReach(scene, layer);
    reaches.set(layer, known);
    return known;
  };
  const rotationOf = ({ view, rotation }: State): Rotation =>
    dimension === 2 ? facing() : view === "plane" ? plane : rotation;

  /** Points between two frames, on the sphere where that is asked for. */
  const pointsNow = ({ frame, layer, view }: State, reach: number): Float32Array => {
    const [low, share] = [Math.floor(frame), frame - Math.floor(frame)];
    const from = cachedSet(low, layer)?.points;
    const to = share > 0 ? cachedSet(low + 1, layer)?.points : from;
    const own = setOf({ frame, layer } as State)?.points;
    if (own === undefined) return new Float32Array();
    const still = from === undefined || to === undefined || from.length !== to.length || share === 0;
    if (still && view !== "sphere") return own;
    if (moving.length !== own.length) moving = new Float32Array(own.length);
    if (still) moving.set(own);
    else
      for (let i = 0; i < moving.length; i++) moving[i] = (from[i] as number) * (1 - share) + (to[i] as number) * share;
    if (view === "sphere") toSphere(moving, dimension, reach);
    return moving;
  };
  const meansNow = ({ frame }: State, length: number): Float32Array => {
    const [low, share] = [Math.floor(frame), frame - Math.floor(frame)];
    const [from, to] = [frameAt(low).means, frameAt(low + 1).means];
    const means = Float32Array.from(from, (v, i) => v * (1 - share) + (to[i] ?? v) * share);
    toSphere(means, dimension, length);
    return means;
  };

  const cameraFor = (state: State, reach: number): Camera => {
    const { width, height } = canvas;
    const whole: Sight = { pivot: [0, 0, 0], extent: 1 };
    const { pivot, extent } = state.view === "sphere" ? whole : sight;
    const scale = (Math.min(width, height) / 2 / (extent * reach)) * ROOM[state.view] * state.zoom;
    return {
      pivot: pivot.map((v) => v * reach) as unknown as Sight["pivot"],
      rotation: rotationOf(state),
      scale,
      x: width / 2 + state.pan[0] * reach * scale,
      y: height / 2 - state.pan[1] * reach * scale,
      distance: state.view === "plane" ? Infinity : EYE * reach,
    };
  };

  const draw = (state: State): void => {
    fitted(canvas);
    const ink = inkNow(canvas);
    const ratio = ratioOf(canvas);
    const { width, height } = canvas;
    const reach = reachAt(state.layer);
    const camera = cameraFor(state, reach);
    const points = pointsNow(state, reach);
    const count = points.length / dimension;
    if (projected.x.length !== count) projected = projectedRoom(count);
    project(points, dimension, camera, projected);
    if (pixels.width !== width || pixels.height !== height) pixels = context.createImageData(width, height);
    else pixels.data.fill(0, 4 * width * inked.top, 4 * width * (inked.top + inked.height));
    const radius = radiusFor(count) * ratio * Math.min(Math.sqrt(state.zoom), 2);
    inked = boundsOf(projected, radius + 2, width, height);
    const look = colouredOf(state);
    if (look !== undefined)
      splat(pixels, projected, {
        radius,
        color: look.key,
        colors: look.keys.map(({ color }, k) => (standsOut(state, k) ? color : mixed(color, ink.paper, 0.84))),
        fade: state.view === "plane" ? undefined : { into: ink.paper, most: FADE },
      });
    context.clearRect(0, 0, width, height);
    if (inked.width > 0 && inked.height > 0)
      context.putImageData(pixels, 0, 0, inked.left, inked.top, inked.width, inked.height);
    context.globalCompositeOperation = "destination-over";
    drawGround(state, camera, reach, ink, ratio);
    context.globalCompositeOperation = "source-over";
    drawArrows(state, camera, reach, ink, ratio);
    if (state.picked !== null && state.picked < count) drawPicked(state.picked, ink, ratio);
  };

  const standsOut = ({ only }: State, key: number): boolean => only.size === 0 || only.has(key);

  /** Behind the points: what tells directions and lengths apart. */
  const drawGround = (state: State, camera: Camera, reach: number, ink: Ink, ratio: number): void => {
    context.lineWidth = ratio;
    const circles =
      state.view === "plane"
        ? [0.25, 0.5, 0.75, 1].map((r) => circle(dimension === 2 ? facing() : plane, r * reach))
        : state.view === "sphere" && dimension === 2
          ? [circle(facing(), reach)]
          : GREAT_CIRCLES.map((turn) => circle(turn, reach));
    for (const points of circles) {
      const at = projectedRoom(points.length / 3);
      project(points, 3, camera, at);
      context.beginPath();
      for (let i = 0; i < at.x.length; i++) context.lineTo(at.x[i] as number, at.y[i] as number);
      context.strokeStyle = cssColor(ink.line);
      context.stroke();
    }
    const contours = frameAt(Math.round(state.frame)).contours;
    if (state.view === "plane" && state.layer === null && state.contour !== null && contours !== null) {
      const field = fieldOf(Math.round(state.frame), state.contour, ink);
      // Values stand in the middle of their cells, the outer ones at the ends of the ticks.
      const steps = contours.ticks.length;
      const most = (contours.ticks.at(-1) as number) * camera.scale * (steps / (steps - 1));
      const [x, y] = placeOf([0, 0, 0], camera);
      context.imageSmoothingEnabled = true;
      context.drawImage(field, x - most, y - most, 2 * most, 2 * most);
    }
  };

  /** p(target | g) as paper tinted with the category's colour. */
  const fieldOf = (frame: number, target: number, { paper }: Ink): HTMLCanvasElement => {
    const key = `${frame} ${target} ${paper.join()}`;
    const known = fields.get(key);
    if (known !== undefined) return known;
    const contours = frameAt(frame).contours as NonNullable<SceneFrame["contours"]>;
    const steps = contours.ticks.length;
    const coarse = contours.values.subarray(target * steps * steps, (target + 1) * steps * steps);
    const side = steps * FINER;
    const fine = upsampleBilinear({ width: steps, height: steps, values: coarse }, { width: side, height: side });
    const field = document.createElement("canvas");
    field.width = side;
    field.height = side;
    const own = field.getContext("2d") as CanvasRenderingContext2D;
    const image = own.createImageData(side, side);
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const p = fine[(side - 1 - y) * side + x] as number;
        const banded = Math.floor(Math.min(p, 0.999) * BANDS) / (BANDS - 1);
        const [r, g, b] = mixed(paper, categoryColor(target), 0.6 * banded);
        image.data.set([r, g, b, 255], 4 * (y * side + x));
      }
    own.putImageData(image, 0, 0);
    fields.set(key, field);
    return field;
  };

  const drawArrows = (state: State, camera: Camera, reach: number, ink: Ink, ratio: number): void => {
    const length = state.view === "sphere" ? 1.02 * reach : reach;
    const means = meansNow(state, length);
    const [ox, oy] = placeOf([0, 0, 0], camera);
    const count = means.length / dimension;
    const tips = projectedRoom(count);
    project(means, dimension, camera, tips);
    const order = [...tips.depth.keys()].sort((a, b) => (tips.depth[a] as number) - (tips.depth[b] as number));
    const byCategory = COLOURINGS[state.colouring].kind === "categories";
    for (const c of order) {
      const out = !byCategory || standsOut(state, c);
      context.globalAlpha = out ? 1 - 0.5 * backness(tips.depth[c] as number, length) : 0.15;
      arrow(ox, oy, tips.x[c] as number, tips.y[c] as number, categoryColor(c), ink, ratio);
    }
    const placed: Box[] = [];
    context.font = `600 ${13 * ratio}px system-ui, sans-serif`;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const c of order.reverse()) {
      const name = short(categories[c]?.name ?? `${c}`);
      const [x, y] = [tips.x[c] as number, tips.y[c] as number];
      const away = Math.hypot(x - ox, y - oy) || 1;
      const [ux, uy] = [(x - ox) / away, (y - oy) / away];
      const width = context.measureText(name).width;
      const height = 16 * ratio;
      const left = clamp(
        x + ux * 8 * ratio + (ux < -0.2 ? -width : ux > 0.2 ? 0 : -width / 2),
        4,
        canvas.width - width - 4,
      );
      const top = clamp(y + uy * 10 * ratio - height / 2, 2, canvas.height - height - 2);
      const box = freeBox({ left, top, width, height }, placed, canvas.height);
      placed.push(box);
      const out = !byCategory || standsOut(state, c);
      context.globalAlpha = out ? 1 - 0.45 * backness(tips.depth[c] as number, length) : 0.25;
      context.strokeStyle = cssColor(ink.paper);
      context.lineWidth = 4 * ratio;
      context.strokeText(name, box.left, box.top + height / 2);
      context.fillStyle = cssColor(mixed(categoryColor(c), ink.ink, 0.35));
      context.fillText(name, box.left, box.top + height / 2);
    }
    context.globalAlpha = 1;
  };

  const arrow = (x0: number, y0: number, x1: number, y1: number, color: Rgb, ink: Ink, ratio: number): void => {
    const length = Math.hypot(x1 - x0, y1 - y0);
    const [ux, uy] = length > 0 ? [(x1 - x0) / length, (y1 - y0) / length] : [0, 0];
    const head = Math.min(9 * ratio, length / 2);
    for (const [width, style] of [
      [5 * ratio, cssColor(ink.paper)],
      [2.4 * ratio, cssColor(color)],
    ] as const) {
      context.lineWidth = width;
      context.lineCap = "round";
      context.lineJoin = "round";
      context.strokeStyle = style;
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.moveTo(x1 - head * (ux - 0.5 * uy), y1 - head * (uy + 0.5 * ux));
      context.lineTo(x1, y1);
      context.lineTo(x1 - head * (ux + 0.5 * uy), y1 - head * (uy - 0.5 * ux));
      context.stroke();
    }
  };

  const drawPicked = (point: number, ink: Ink, ratio: number): void => {
    for (const [width, color] of [
      [5, ink.paper],
      [2.5, ink.ink],
    ] as const) {
      context.beginPath();
      context.arc(projected.x[point] as number, projected.y[point] as number, 8 * ratio, 0, 2 * Math.PI);
      context.lineWidth = width * ratio;
      context.strokeStyle = cssColor(color);
      context.stroke();
    }
  };

  return {
    draw,
    setOf,
    colouredOf,
    rotationOf,
    placeOf: (point) => {
      const ratio = ratioOf(canvas);
      return { x: (projected.x[point] as number) / ratio, y: (projected.y[point] as number) / ratio };
    },
    pick: (state, left, top) => {
      const ratio = ratioOf(canvas);
      const look = colouredOf(state);
      let [best, at] = [(NEAR * ratio) ** 2, -1];
      for (let i = 0; i < projected.x.length; i++) {
        if (look !== undefined && !standsOut(state, look.key[i] as number)) continue;
        const distance =
          ((projected.x[i] as number) - left * ratio) ** 2 + ((projected.y[i] as number) - top * ratio) ** 2;
        const nearer =
          Math.abs(distance - best) < 4 && at >= 0 && (projected.depth[i] as number) > (projected.depth[at] as number);
        if (distance < best || nearer) [best, at] = [distance, i];
      }
      return at < 0 ? null : at;
    },
  };
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
/** Where points may leave ink, in whole pixels of the sheet. */
function boundsOf({ x, y }: Projected, margin: number, width: number, height: number): Box {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [x[i] as number, y[i] as number];
    if (u < left) left = u;
    if (u > right) right = u;
    if (v < top) top = v;
    if (v > bottom) bottom = v;
  }
  const [l, t] = [clamp(Math.floor(left - margin), 0, width), clamp(Math.floor(top - margin), 0, height)];
  const [r, b] = [clamp(Math.ceil(right + margin), 0, width), clamp(Math.ceil(bottom + margin), 0, height)];
  return { left: l, top: t, width: Math.max(r - l, 0), height: Math.max(b - t, 0) };
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height;

/** The box moved up or down by as few of its heights as keeps it off the others. */
function freeBox(box: Box, others: readonly Box[], most: number): Box {
  for (let k = 0; k < 12; k++) {
    const moved = { ...box, top: box.top + (k % 2 === 0 ? -1 : 1) * Math.ceil(k / 2) * 0.5 * box.height };
    if (moved.top >= 0 && moved.top + box.height <= most && !others.some((o) => overlap(o, moved))) return moved;
  }
  return box;
}

const clamp = (v: number, low: number, high: number): number => Math.min(Math.max(v, low), Math.max(low, high));
const short = (name: string): string => (name.length > 22 ? `${name.slice(0, 21)}…` : name);
/** 0 in front, 1 at the very back. */
const backness = (depth: number, length: number): number => clamp((0.3 * length - depth) / (1.3 * length), 0, 1);
/** In CSS pixels: many points are small ones. */
export const radiusFor = (count: number): number => clamp(4.4 - 0.55 * Math.log10(Math.max(count, 10) / 10), 2.1, 4.4);

function toSphere(points: Float32Array, dimension: number, radius: number): void {
  for (let at = 0; at < points.length; at += dimension) {
    const [x, y, z] = [points[at] as number, points[at + 1] as number, dimension > 2 ? (points[at + 2] as number) : 0];
    const length = Math.sqrt(x * x + y * y + z * z);
    if (length === 0) continue;
    for (let j = 0; j < dimension; j++) points[at + j]! *= radius / length;
  }
}

const GREAT_CIRCLES: readonly Rotation[] = [
  facing(),
  Float64Array.of(0, 1, 0, 0, 0, 1, 1, 0, 0),
  Float64Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0),
];
/** In the plane of the first two rows of a rotation, closed, `[73, 3]`. */
function circle(rows: Rotation, radius: number): Float32Array {
  const out = new Float32Array(73 * 3);
  for (let i = 0; i <= 72; i++) {
    const [c, s] = [Math.cos((i * Math.PI) / 36), Math.sin((i * Math.PI) / 36)];
    for (let j = 0; j < 3; j++) out[3 * i + j] = radius * (c * (rows[j] as number) + s * (rows[3 + j] as number));
  }
  return out;
}
