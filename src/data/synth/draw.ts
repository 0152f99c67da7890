/** @file One picture with everything that is true of it. */
import type { ImageU8 } from "../../image/types.ts";
import type { PictureBox } from "../dataset.ts";
import { expose, PLAIN_CAMERA, someCamera } from "./camera.ts";
import { type Canvas, canvasOf, type Light, paintGround, paintLayer } from "./canvas.ts";
import { rotation } from "./exact.ts";
import { groundOf, PLAIN_GROUND } from "./grounds.ts";
import { labelAt, type SynthLabel } from "./labels.ts";
import { type Layer, layersOf } from "./placement.ts";
import { between, stream } from "./random.ts";
import type { SynthSettings } from "./settings.ts";
import { boxesOf } from "./truth.ts";
import { MARK_HEIGHT, MARK_WIDTH, type MarkPlace, someMarkPlace, stampMark } from "./watermark.ts";

/** A part as far as it is seen. */
export interface SynthPart {
  readonly part: string;
  /** Its number in the part mask, see `PART_LEGEND`. */
  readonly id: number;
  /** Around its visible pixels; undefined when there are none. */
  readonly box: PictureBox | undefined;
  /** Visible pixels. */
  readonly pixels: number;
}

export interface SynthObject {
  readonly class: string;
  readonly box: PictureBox | undefined;
  readonly pixels: number;
  readonly parts: readonly SynthPart[];
}

export interface LoosePartTruth extends SynthPart {
  readonly class: string;
}

export interface SynthPicture {
  readonly label: SynthLabel;
  readonly image: ImageU8;
  readonly objects: readonly SynthObject[];
  readonly distractors: readonly LoosePartTruth[];
  /** One channel: 255 on visible pixels of objects of the true label's class. */
  readonly objectMask: ImageU8;
  /** One channel: the number of the part that is seen, 0 on the ground; loose parts 128 higher. */
  readonly partMask: ImageU8;
  /** One channel: 255 under the watermark, or on all the planted ground. */
  readonly shortcutMask: ImageU8 | undefined;
  readonly watermark: PictureBox | undefined;
}

/**
 * Picture `index` of a data set: depends on the settings and the index alone, and is the same bytes on every machine.
 * A pixel belongs to what lies on top of it and covers at least half of it.
 */
export function drawSynth(settings: SynthSettings, index: number): SynthPicture {
  const label = labelAt(settings, index);
  const layers = layersOf(settings, label);
  const canvas = canvasOf(settings);
  const camera = paint(canvas, { settings, label, layers });
  const data = expose(canvas, camera);
  const mark = label.watermark ? someMarkPlace(stream(settings.seed, index, "watermark"), settings) : undefined;
  if (mark) {
    stampMark(data, canvas.width, mark);
    disown(canvas, mark);
  }
  const { width, height } = canvas;
  const truth = truthOf(canvas, layers, label);
  return {
    label,
    image: { width, height, channels: 3, data },
    ...truth,
    shortcutMask: shortcutMask(canvas, label, mark),
    watermark: mark && {
      x0: mark.left,
      y0: mark.top,
      x1: mark.left + MARK_WIDTH * mark.dot,
      y1: mark.top + MARK_HEIGHT * mark.dot,
    },
  };
}

/** Owner of pixels under the watermark. */
const MARKED = 0xffff;

function paint(
  canvas: Canvas,
  {
    settings,
    label,
    layers,
  }: { readonly settings: SynthSettings; readonly label: SynthLabel; readonly layers: readonly Layer[] },
): ReturnType<typeof someCamera> {
  const random = stream(settings.seed, label.index, "camera");
  paintGround(canvas, settings.plain ? (_x, _y, out) => out.set(PLAIN_GROUND) : someGround(canvas, settings, label));
  const above = rotation(between(random, -150, -30));
  const light: Light = { x: above.cos, y: above.sin, strength: settings.plain ? 0 : 1 };
  let first = 1;
  for (const layer of layers) {
    paintLayer(canvas, layer, { light, first });
    first += layer.pieces.length;
  }
  return settings.plain ? PLAIN_CAMERA : someCamera(random);
}

function someGround(
  { width, height, unit }: Canvas,
  { seed }: SynthSettings,
  { index, ground }: SynthLabel,
): ReturnType<typeof groundOf> {
  const random = stream(seed, index, "ground");
  const fieldSeed = Math.floor(random() * 2 ** 31);
  return groundOf(ground, { random, seed: fieldSeed, unit, width: width * unit, height: height * unit });
}

function disown({ width, owner }: Canvas, { left, top, dot }: MarkPlace): void {
  for (let y = top; y < top + MARK_HEIGHT * dot; y++)
    owner.fill(MARKED, y * width + left, y * width + left + MARK_WIDTH * dot);
}

const plane = ({ width, height }: Canvas, data: Uint8Array): ImageU8 => ({ width, height, channels: 1, data });

function truthOf(
  canvas: Canvas,
  layers: readonly Layer[],
  { trueLabel }: SynthLabel,
): Pick<SynthPicture, "objects" | "distractors" | "objectMask" | "partMask"> {
  const pieces = layers.flatMap((layer) => layer.pieces.map((piece) => ({ piece, layer })));
  const idOf = Uint8Array.from([0, ...pieces.map(({ piece }) => piece.id)]);
  const insideOf = Uint8Array.from([
    0,
    ...pieces.map(({ layer }) => (layer.object !== undefined && layer.class === trueLabel ? 255 : 0)),
  ]);
  const ids = new Uint8Array(canvas.owner.length);
  const inside = new Uint8Array(canvas.owner.length);
  canvas.owner.forEach((number, i) => {
    if (number === 0 || number === MARKED) return;
    ids[i] = idOf[number] as number;
    inside[i] = insideOf[number] as number;
  });
  const seen = boxesOf(canvas, pieces.length);
  const objects: SynthObject[] = [];
  const distractors: LoosePartTruth[] = [];
  let first = 1;
  for (const layer of layers) {
    const parts = layer.pieces.map(({ part, id }, k) => ({ part, id, ...seen.of([first + k]) }));
    if (layer.object === undefined) distractors.push(...parts.map((p) => ({ class: layer.class, ...p })));
    else objects.push({ class: layer.class, ...seen.of(layer.pieces.map((_, k) => first + k)), parts });
    first += layer.pieces.length;
  }
  return { objects, distractors, objectMask: plane(canvas, inside), partMask: plane(canvas, ids) };
}

/** The watermark where there is one, else all of a planted ground that is seen. */
function shortcutMask(canvas: Canvas, label: SynthLabel, mark: MarkPlace | undefined): ImageU8 | undefined {
  if (!mark && !label.background) return undefined;
  const wanted = mark ? MARKED : 0;
  return plane(
    canvas,
    Uint8Array.from(canvas.owner, (number) => (number === wanted ? 255 : 0)),
  );
}
