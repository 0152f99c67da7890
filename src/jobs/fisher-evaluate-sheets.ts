/** @file Pictures of an evaluation: side by side what both models look at, and examples of clusters. */
import type { PictureBox } from "../data/dataset.ts";
import type { LoadedItem } from "../data/load-item.ts";
import { blank, drawText, enlarge, fillRect, paste } from "../image/canvas.ts";
import { toRgb } from "../image/channels.ts";
import { textWidth } from "../image/font.ts";
import { overlay } from "../image/overlay.ts";
import { encodePng } from "../image/png.ts";
import { resize } from "../image/resize.ts";
import type { ImageU8 } from "../image/types.ts";
import type { Box } from "../metrics/metric.ts";
import type { ClassMap, Judge, Look, ModelId } from "./fisher-evaluate-judge.ts";
import type { Judges } from "./fisher-evaluate-picture.ts";
import type { ClusterSummary } from "./fisher-evaluate-summary.ts";

/** Longest side of a picture on a sheet or page, in pixels; smaller ones are enlarged by whole factors up to the least. */
const LONGEST = 240;
const LEAST = 160;
/** Percent of the strongest pixels beyond the colour scale: LRP ends in single pixels, R1 is smooth. */
const CLIP: Readonly<Record<ModelId, number>> = { fisher: 0, network: 2 };

/** One picture and class on a sheet. */
export interface SheetRow {
  readonly id: string;
  readonly class: number;
  /** The picture with boxes, and a map of each model over it; null where a model has none. */
  readonly picture: ImageU8;
  readonly maps: readonly { readonly model: ModelId; readonly image: ImageU8 | null; readonly score: number }[];
}

/** A cluster's map over one of its pictures. */
export interface ExampleImage {
  readonly id: string;
  readonly image: ImageU8;
}

export interface SheetWork {
  readonly judges: Judges;
  readonly load: (id: string) => Promise<LoadedItem>;
  readonly boxesOf: (picture: LoadedItem, label: number) => readonly PictureBox[];
  readonly scoreOf: (model: ModelId, id: string, label: number) => number;
}

export async function sheetRow(id: string, label: number, work: SheetWork): Promise<SheetRow> {
  const picture = await work.load(id);
  const boxes = work.boxesOf(picture, label);
  const maps: { readonly model: ModelId; readonly image: ImageU8 | null; readonly score: number }[] = [];
  for (const judge of [work.judges.fisher, work.judges.network]) {
    if (judge === undefined) continue;
    const image = judge.knows(label) ? await mapImage(judge, picture, { label, boxes }) : null;
    maps.push({ model: judge.id, image, score: work.scoreOf(judge.id, id, label) });
  }
  return { id, class: label, picture: framedImage(picture.image, boxes), maps };
}

export async function clusterExamples(
  { model, class: label, examples }: ClusterSummary,
  work: SheetWork,
): Promise<readonly ExampleImage[]> {
  const judge: Judge | undefined = work.judges[model];
  const out: ExampleImage[] = [];
  for (const id of examples) {
    if (judge === undefined) break;
    const picture = await work.load(id);
    out.push({ id, image: await mapImage(judge, picture, { label, boxes: work.boxesOf(picture, label) }) });
  }
  return out;
}

async function mapImage(
  judge: Judge,
  picture: LoadedItem,
  { label, boxes }: { readonly label: number; readonly boxes: readonly PictureBox[] },
): Promise<ImageU8> {
  const look: Look = await judge.look(picture);
  const [map, inside] = [await look.map(label), await look.boxes(boxes)];
  return overlaid(look.picture, map, { boxes: inside, clip: CLIP[judge.id] });
}

function overlaid(
  picture: ImageU8,
  { values, width, height }: ClassMap,
  { boxes, clip }: { readonly boxes: readonly Box[]; readonly clip: number },
): ImageU8 {
  const image = overlay(picture, Float32Array.from(values), width, height, {
    signed: true,
    clip,
    alpha: 0.6,
    colorbar: false,
    minSide: LEAST,
  });
  return outlined(image, boxes, image.width / picture.width);
}

/** The picture alone. */
const framedImage = (picture: ImageU8, boxes: readonly Box[]): ImageU8 => {
  const factor = Math.max(1, Math.ceil(LEAST / Math.max(picture.width, picture.height)));
  return outlined(enlarge(picture, factor), boxes, factor);
};

const LINE = 2;
const GOLD = [255, 200, 0];

function outlined(image: ImageU8, boxes: readonly Box[], scale: number): ImageU8 {
  const shrink = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const size = {
    width: Math.max(1, Math.round(image.width * shrink)),
    height: Math.max(1, Math.round(image.height * shrink)),
  };
  const canvas = blank(size);
  paste(canvas, shrink < 1 ? resize(toRgb(image), { ...size, resample: "box" }) : toRgb(image), { left: 0, top: 0 });
  for (const box of boxes) {
    const [x0, y0, x1, y1] = [box.x0, box.y0, box.x1, box.y1].map((v) => Math.round(v * scale * shrink)) as [
      number,
      number,
      number,
      number,
    ];
    const [width, height] = [x1 - x0, y1 - y0];
    for (const rect of [
      { left: x0, top: y0, width, height: LINE },
      { left: x0, top: y1 - LINE, width, height: LINE },
      { left: x0, top: y0, width: LINE, height },
      { left: x1 - LINE, top: y0, width: LINE, height },
    ])
      fillRect(canvas, rect, GOLD);
  }
  return canvas;
}

const GAP = 8;
const DOT = 2;
const TEXT = 24;
const TITLES: Readonly<Record<ModelId, string>> = { fisher: "Fisher vectors", network: "network" };

/** The rows of one class as one PNG: picture, then each model's map with its score. */
export function sheetPng(rows: readonly SheetRow[], label: string): Promise<Uint8Array<ArrayBuffer>> {
  const cells = rows.map((row) => [
    { image: row.picture as ImageU8 | null, text: row.id },
    ...row.maps.map((m) => ({ image: m.image, text: `${TITLES[m.model]} ${m.score.toFixed(2)}` })),
  ]);
  const columns = cells.reduce((most, c) => Math.max(most, c.length), 1);
  const wide = LONGEST + GAP;
  const heights = cells.map((row) => Math.max(...row.map((c) => c.image?.height ?? 0)) + TEXT + GAP);
  const head = TEXT + GAP;
  const canvas = blank({
    width: Math.max(columns * wide + GAP, textWidth(label) * DOT + 2 * GAP),
    height: heights.reduce((sum, h) => sum + h, head),
  });
  drawText(canvas, ascii(label), { left: GAP, top: GAP, dot: DOT });
  let top = head;
  for (const [r, row] of cells.entries()) {
    for (const [c, { image, text }] of row.entries()) {
      const left = GAP + c * wide;
      drawText(canvas, cut(ascii(text)), { left, top, dot: DOT });
      if (image) paste(canvas, image, { left, top: top + TEXT - 4 });
    }
    top += heights[r] as number;
  }
  return encodePng(canvas);
}

const ascii = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, "?");
/** The end of an id tells more than its beginning. */
function cut(text: string): string {
  const most = Math.floor(LONGEST / (textWidth("aa") - textWidth("a")) / DOT);
  return text.length > most ? `..${text.slice(text.length - most + 2)}` : text;
}
