/** @file A contact sheet: a few pictures of each class, their part masks beside them. */
import { blank, drawText, enlarge, paste } from "../../image/canvas.ts";
import { sheet } from "../../image/sheet.ts";
import type { ImageU8 } from "../../image/types.ts";
import { drawSynth, type SynthPicture } from "./draw.ts";
import { LOOSE_PART } from "./figures.ts";
import { labelAt } from "./labels.ts";
import type { SynthSettings } from "./settings.ts";

/** Colours of parts in masks, by the number of the part within its class and beyond. */
const COLORS: readonly (readonly [number, number, number])[] = [
  [230, 80, 70],
  [70, 130, 220],
  [250, 190, 60],
  [80, 170, 90],
  [160, 90, 190],
  [240, 130, 190],
  [60, 190, 190],
];
const GROUND = [28, 28, 32] as const;
const LOOSE = [110, 110, 118] as const;
const MARK = [255, 255, 255] as const;
const LABEL_WIDTH = 56;
/** Pictures are enlarged to about this many pixels a side. */
const SHOWN = 128;

/** One row a class: its name, then `each` pictures and their part masks; loose parts grey, a planted watermark white. */
export function synthSheet(settings: SynthSettings, each = 5): ImageU8 {
  const factor = Math.max(1, Math.round(SHOWN / Math.max(settings.width, settings.height)));
  const rows = settings.classes.map((name) => {
    const pictures = firstOf(settings, name, each);
    const title = blank({ width: LABEL_WIDTH, height: settings.height * factor });
    drawText(title, name, { left: 2, top: 8, dot: 1 });
    return [title, ...pictures.flatMap((p) => [p.image, maskPicture(p)].map((image) => enlarge(image, factor)))];
  });
  return padded(sheet(rows, { gap: 6 }));
}

function firstOf(settings: SynthSettings, name: string, each: number): readonly SynthPicture[] {
  const out: SynthPicture[] = [];
  for (let i = 0; out.length < each; i++) if (labelAt(settings, i).trueLabel === name) out.push(drawSynth(settings, i));
  return out;
}

function maskPicture({ partMask, shortcutMask, watermark }: SynthPicture): ImageU8 {
  const data = new Uint8Array(partMask.data.length * 3);
  partMask.data.forEach((id, i) => {
    const marked = watermark !== undefined && shortcutMask?.data[i] === 255;
    data.set(
      marked ? MARK : id === 0 ? GROUND : id >= LOOSE_PART ? LOOSE : (COLORS[id % COLORS.length] as readonly number[]),
      3 * i,
    );
  });
  return { width: partMask.width, height: partMask.height, channels: 3, data };
}

function padded(image: ImageU8): ImageU8 {
  const out = blank({ width: image.width + 12, height: image.height + 12 });
  paste(out, image, { left: 6, top: 6 });
  return out;
}
