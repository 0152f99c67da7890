/** @file All that is measured on one picture, as a piece that is kept: numbers, and maps of 20 x 20. */
import type { PictureBox } from "../data/dataset.ts";
import type { LoadedItem } from "../data/load-item.ts";
import { seedOf } from "../evaluate/seed.ts";
import { type MapPlaces, placesOf } from "../fisher/artefacts/relevance-map.ts";
import { smallMap } from "../fisher/artefacts/small-map.ts";
import { contextRatio } from "../fisher/context.ts";
import type { Encoding } from "../fisher/pipeline.ts";
import type { Outcome } from "../metrics/metric.ts";
import type { FisherLook } from "./fisher-evaluate-fisher.ts";
import type { Judge, Look, ModelId } from "./fisher-evaluate-judge.ts";
import type { Judging } from "./fisher-evaluate-options.ts";
import { type AskedOrder, type KeptQuality, ordersOf } from "./fisher-evaluate-orders.ts";
import { type PixelCurves, pixelCurves } from "./fisher-evaluate-pixels.ts";

/** Cells along each side of a kept map. */
export const GRID = 20;
/** Width of the border as a share of the shorter side. */
export const STRIP = 0.1;
/** Digits of a kept map. */
const DIGITS = 6;

/** The map of one class by one model that recognised it. */
export interface MapRecord {
  readonly model: ModelId;
  readonly mu: Outcome;
  /** Relevance below 0 counted as 0. */
  readonly muPositive: Outcome;
  /** Sum of the map. */
  readonly sum: number;
  readonly places: MapPlaces;
  /** `[GRID, GRID]`, sums over cells. */
  readonly small: readonly number[];
  /** In cells of that grid. */
  readonly boxes: readonly PictureBox[];
  readonly pixels: PixelCurves | null;
}

export interface ClassRecord {
  readonly class: number;
  /** Of the models that recognised it. */
  readonly maps: readonly MapRecord[];
  /** Empty where the pipeline did not recognise it. */
  readonly orders: readonly KeptQuality[];
}

export interface PicturePiece {
  readonly id: string;
  readonly records: readonly ClassRecord[];
}

/** What is asked of one class of a picture. */
export interface AskedClass {
  readonly class: number;
  readonly models: readonly ModelId[];
  /** The pipeline's threshold. */
  readonly threshold: number;
  readonly pixels: boolean;
}

export interface Judges {
  readonly fisher: Judge<FisherLook>;
  readonly network: Judge | undefined;
}

export interface PictureWork {
  readonly judges: Judges;
  readonly judging: Judging;
  readonly orders: readonly AskedOrder[];
  readonly encoding: Encoding;
  readonly boxesOf: (picture: LoadedItem, label: number) => readonly PictureBox[];
  readonly signal?: AbortSignal | undefined;
}

export async function judgePicture(
  picture: LoadedItem,
  asked: readonly AskedClass[],
  work: PictureWork,
): Promise<PicturePiece> {
  const { judges, judging, orders, encoding, signal } = work;
  const { id } = picture.item;
  let fisher: FisherLook | undefined;
  let network: Look | undefined;
  const records: ClassRecord[] = [];
  for (const { class: label, models, threshold, pixels } of asked) {
    const boxes = work.boxesOf(picture, label);
    const seed = seedOf("fisher evaluate", judging.seed, id, label);
    const mapBy = (model: ModelId, look: Look): Promise<MapRecord> =>
      mapRecord(model, look, { id, label, seed, boxes, pixels, judging });
    const maps: MapRecord[] = [];
    let traced: readonly KeptQuality[] = [];
    if (models.includes("fisher")) {
      fisher ??= await judges.fisher.look(picture);
      maps.push(await mapBy("fisher", fisher));
      traced = await ordersOf(fisher, label, { judging, orders, threshold, seed, kind: encoding, signal });
    }
    if (models.includes("network") && judges.network) {
      network ??= await judges.network.look(picture);
      maps.push(await mapBy("network", network));
    }
    records.push({ class: label, maps, orders: traced });
  }
  return { id, records };
}

async function mapRecord(
  model: ModelId,
  look: Look,
  {
    id,
    label,
    seed,
    boxes: given,
    pixels,
    judging,
  }: {
    readonly id: string;
    readonly label: number;
    readonly seed: number;
    readonly boxes: readonly PictureBox[];
    readonly pixels: boolean;
    readonly judging: Judging;
  },
): Promise<MapRecord> {
  const [map, boxes] = [await look.map(label), await look.boxes(given)];
  const { width, height, values } = map;
  const mu = (positiveOnly: boolean): Outcome => contextRatio({ map: values, width, height, boxes, positiveOnly });
  const whole = { id, width, height, values, boxes };
  return {
    model,
    mu: mu(false),
    muPositive: mu(true),
    sum: totalOf(values),
    places: placesOf(whole, STRIP),
    small: Array.from(smallMap(whole, GRID), (v) => Number(v.toPrecision(DIGITS))),
    boxes: boxes.map((b) => ({
      x0: (b.x0 * GRID) / width,
      x1: (b.x1 * GRID) / width,
      y0: (b.y0 * GRID) / height,
      y1: (b.y1 * GRID) / height,
    })),
    pixels: pixels ? await pixelCurves(look, map, { id, label, seed, judging }) : null,
  };
}

function totalOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum;
}
