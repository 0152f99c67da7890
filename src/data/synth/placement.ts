/** @file Where things lie: objects inside the picture and apart from each other, loose parts beside them or over their edge. Units: 64 along the shorter side. */
import { rotation } from "./exact.ts";
import { FIGURES, type Figure, LOOSE_PART, type Part, partId, SYNTH_CLASSES, type Variation } from "./figures.ts";
import type { SynthLabel } from "./labels.ts";
import { boundsOf, type Outline } from "./outlines.ts";
import { onePaint, PLAIN_PAINTS, paints, type Rgb } from "./palette.ts";
import { between, integerIn, pick, type Random, stream } from "./random.ts";
import type { SynthSettings } from "./settings.ts";

/** Units along the shorter side. */
export const UNITS = 64;

/** From the figure's frame to the picture: minus `(ox, oy)`, times `r` (x also times `mirror * stretch`, y over `stretch`), turned, plus `(x, y)`. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly cos: number;
  readonly sin: number;
  readonly mirror: 1 | -1;
  readonly stretch: number;
  readonly ox: number;
  readonly oy: number;
}

export interface Piece {
  /** Its number in part masks. */
  readonly id: number;
  readonly class: string;
  readonly part: string;
  readonly outlines: readonly Outline[];
  readonly color: Rgb;
}

/** What is drawn in one pose, its pieces from the back to the front. */
export interface Layer {
  /** Index of the object; undefined for a loose part. */
  readonly object: number | undefined;
  readonly class: string;
  readonly pose: Pose;
  readonly pieces: readonly Piece[];
}

/** Space to the picture's edge, and between two objects. */
const MARGIN = 1.5;
const GAP = 1;
const TRIES = 40;
/** Sizes of objects when there are several, by their number. */
const SHRINK = [1, 0.7, 0.58, 0.5, 0.45, 0.41] as const;
/** Size of the further objects of a mixed picture, by the first one's. */
const LESSER = 0.75;
const MAX_STRETCH = 0.08;

/** Layers of a picture from the back to the front: loose parts, objects, loose parts that cover. */
export function layersOf(settings: SynthSettings, label: SynthLabel): readonly Layer[] {
  const objects = placeObjects(settings, label);
  return [...looseParts(settings, label.index, objects), ...objects, ...occluders(settings, label.index, objects)];
}

const extent = ({ width, height }: SynthSettings): { readonly width: number; readonly height: number } => {
  const unit = UNITS / Math.min(width, height);
  return { width: width * unit, height: height * unit };
};

function placeObjects(settings: SynthSettings, { index, trueLabel }: SynthLabel): readonly Layer[] {
  const random = stream(settings.seed, index, "objects");
  const count = integerIn(random, settings.objects);
  const others = settings.classes.filter((c) => c !== trueLabel);
  const placed: Layer[] = [];
  for (let k = 0; k < count; k++) {
    const lesser = settings.mixed && k > 0;
    const name = lesser && others.length > 0 ? pick(random, others) : trueLabel;
    const size = (lesser ? LESSER : 1) * (SHRINK[count - 1] as number);
    for (let t = 0; t < TRIES; t++) {
      const pose = settings.plain ? plainPose(random, settings) : objectPose(random, settings, size);
      if (!placed.every(({ pose: q }) => gapBetween(pose, q) >= GAP)) continue;
      const [variation, colors] = settings.plain
        ? ([[0, 0, 0, 0], PLAIN_PAINTS] as const)
        : ([variationOf(random), paints(random)] as const);
      placed.push(wholeObject(name, { object: placed.length, pose, variation, colors }));
      break;
    }
  }
  return placed;
}

const variationOf = (random: Random): Variation => [0, 0, 0, 0].map(() => 2 * random() - 1) as unknown as Variation;
const gapBetween = (p: Pose, q: Pose): number =>
  Math.sqrt((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)) - p.r - q.r;

/** A whole figure in a pose. */
export function wholeObject(
  name: string,
  {
    object,
    pose,
    variation,
    colors,
  }: {
    readonly object: number;
    readonly pose: Pose;
    readonly variation: Variation;
    readonly colors: Readonly<Record<number, Rgb>>;
  },
): Layer {
  const pieces = (FIGURES[name] as Figure)(variation).map((p) => ({
    id: partId(name, p.name),
    class: name,
    part: p.name,
    outlines: p.outlines,
    color: colors[p.tone] as Rgb,
  }));
  return { object, class: name, pose, pieces };
}

function objectPose(random: Random, settings: SynthSettings, size: number): Pose {
  const { width, height } = extent(settings);
  const r = (between(random, ...settings.objectSize) * size * UNITS) / 2;
  const within = (side: number): number => {
    const room = Math.min(r + MARGIN, side / 2);
    return between(random, room, side - room);
  };
  return {
    x: within(width),
    y: within(height),
    r,
    ...rotation(between(random, -settings.turn, settings.turn)),
    mirror: random() < 0.5 ? 1 : -1,
    stretch: between(random, 1 - MAX_STRETCH, 1 + MAX_STRETCH),
    ox: 0,
    oy: 0,
  };
}

/** Upright, of one size, its centre on a corner of pixels. */
export function uprightPose(settings: SynthSettings, column: number, row: number): Pose {
  const unit = UNITS / Math.min(settings.width, settings.height);
  const r = (settings.objectSize[0] * UNITS) / 2;
  return { x: column * unit, y: row * unit, r, cos: 1, sin: 0, mirror: 1, stretch: 1, ox: 0, oy: 0 };
}

/** Pixels from the centre of a plain object within which all of it lies. */
export const plainReach = ({ width, height, objectSize }: SynthSettings): number =>
  Math.min(
    Math.ceil((1.12 * objectSize[0] * Math.min(width, height)) / 2) + 1,
    Math.floor(Math.min(width, height) / 2),
  );

function plainPose(random: Random, settings: SynthSettings): Pose {
  const reach = plainReach(settings);
  const column = integerIn(random, [reach, settings.width - reach]);
  return uprightPose(settings, column, integerIn(random, [reach, settings.height - reach]));
}

interface LoosePart {
  readonly class: string;
  readonly part: Part;
}

/** Parts of classes that are not in the picture, and whose names no class in the picture has. */
function foreignParts(settings: SynthSettings, objects: readonly Layer[]): readonly LoosePart[] {
  const present = new Set(objects.map((o) => o.class));
  const names = new Set(objects.flatMap((o) => o.pieces.map((p) => p.part)));
  const of = (classes: readonly string[]): readonly LoosePart[] =>
    classes
      .filter((name) => !present.has(name))
      .flatMap((name) => (FIGURES[name] as Figure)([0, 0, 0, 0]).map((p) => ({ class: name, part: p })))
      .filter(({ part }) => !names.has(part.name));
  const own = of(settings.classes);
  return own.length > 0 ? own : of(SYNTH_CLASSES);
}

/** One part, its middle at a place. */
function looseLayer({ class: name, part }: LoosePart, pose: Omit<Pose, "ox" | "oy">, color: Rgb): Layer {
  const [left, top, right, bottom] = boundsOf(part.outlines);
  const piece = {
    id: partId(name, part.name) + LOOSE_PART,
    class: name,
    part: part.name,
    outlines: part.outlines,
    color,
  };
  return {
    object: undefined,
    class: name,
    pose: { ...pose, ox: (left + right) / 2, oy: (top + bottom) / 2 },
    pieces: [piece],
  };
}

/** Behind the objects and beside them. */
function looseParts(settings: SynthSettings, index: number, objects: readonly Layer[]): readonly Layer[] {
  const random = stream(settings.seed, index, "distractors");
  const count = integerIn(random, settings.distractors);
  const candidates = foreignParts(settings, objects);
  const { width, height } = extent(settings);
  const out: Layer[] = [];
  for (let k = 0; k < count; k++) {
    const chosen = pick(random, candidates);
    const color = onePaint(random);
    for (let t = 0; t < TRIES; t++) {
      const pose = {
        x: between(random, 2, width - 2),
        y: between(random, 2, height - 2),
        r: (between(random, 0.4, 0.62) * UNITS) / 2,
        ...rotation(between(random, -180, 180)),
        mirror: 1 as const,
        stretch: 1,
      };
      const clear = objects.every(
        ({ pose: q }) => (pose.x - q.x) * (pose.x - q.x) + (pose.y - q.y) * (pose.y - q.y) > 0.8 * q.r * q.r,
      );
      if (!clear) continue;
      out.push(looseLayer(chosen, pose, color));
      break;
    }
  }
  return out;
}

/** Over the edge of objects. */
function occluders(settings: SynthSettings, index: number, objects: readonly Layer[]): readonly Layer[] {
  const random = stream(settings.seed, index, "occluders");
  const candidates = foreignParts(settings, objects);
  return objects.flatMap(({ pose: q }) => {
    if (random() >= settings.occlusion) return [];
    const side = rotation(between(random, -180, 180));
    const away = between(random, 0.5, 0.8) * q.r;
    const pose = {
      x: q.x + away * side.cos,
      y: q.y + away * side.sin,
      r: between(random, 0.7, 1) * q.r,
      ...rotation(between(random, -180, 180)),
      mirror: 1 as const,
      stretch: 1,
    };
    return [looseLayer(pick(random, candidates), pose, onePaint(random))];
  });
}
