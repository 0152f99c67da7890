/** @file The data set as files: names, the manifest's rows, the legend, the settings. */
import { type Table, tableOfRows } from "../../formats/table.ts";
import type { PictureBox } from "../dataset.ts";
import type { SynthPicture } from "./draw.ts";
import { LOOSE_PART, PART_LEGEND } from "./figures.ts";
import { labelAt, type SynthLabel } from "./labels.ts";
import type { SynthSettings } from "./settings.ts";

/** Kinds of masks, each in a folder of its own that repeats the folders of the pictures. */
export const MASK_FOLDERS = { object: "masks", parts: "parts", shortcut: "shortcuts" } as const;

/** `train/bird/000001.png`: split, given label, number. */
export const pictureName = ({ split, givenLabel, index }: SynthLabel): string =>
  `${split}/${givenLabel}/${String(index).padStart(6, "0")}.png`;

/** Folders that the files of the first `count` pictures lie in, relative to the data set's own. */
export function foldersOf(settings: SynthSettings, count: number): readonly string[] {
  const { object, parts, shortcut } = MASK_FOLDERS;
  const folders = new Set<string>();
  for (let index = 0; index < count; index++) {
    const label = labelAt(settings, index);
    const own = `${label.split}/${label.givenLabel}`;
    for (const root of ["", `${object}/`, `${parts}/`]) folders.add(root + own);
    if (label.watermark || label.background) folders.add(`${shortcut}/${own}`);
  }
  return [...folders];
}

/** One line of the manifest. Paths are relative to the manifest; lists and records are JSON. */
export interface SynthRow {
  readonly path: string;
  /** The given label. */
  readonly label: string;
  readonly mask: string;
  /** `[[x0,y0,x1,y1], …]` of the true label's objects, half-open. */
  readonly boxes: string;
  readonly split: string;
  readonly given_label: string;
  readonly true_label: string;
  readonly parts: string;
  /** `watermark`, `background`, both joined by `+`, or null. */
  readonly shortcut: string | null;
  readonly shortcut_mask: string | null;
  readonly shortcut_box: string | null;
  readonly ground: string;
  readonly objects: string;
  readonly distractors: string;
}

const corners = (b: PictureBox | undefined): readonly number[] | null => (b ? [b.x0, b.y0, b.x1, b.y1] : null);

export function rowOf({ label, objects, distractors, watermark, shortcutMask }: SynthPicture): SynthRow {
  const path = pictureName(label);
  const shortcuts = [...(label.watermark ? ["watermark"] : []), ...(label.background ? ["background"] : [])];
  return {
    path,
    label: label.givenLabel,
    mask: `${MASK_FOLDERS.object}/${path}`,
    boxes: JSON.stringify(objectBoxes({ label, objects }).map(corners)),
    split: label.split,
    given_label: label.givenLabel,
    true_label: label.trueLabel,
    parts: `${MASK_FOLDERS.parts}/${path}`,
    shortcut: shortcuts.length > 0 ? shortcuts.join("+") : null,
    shortcut_mask: shortcutMask ? `${MASK_FOLDERS.shortcut}/${path}` : null,
    shortcut_box: watermark ? JSON.stringify(corners(watermark)) : null,
    ground: label.ground,
    objects: JSON.stringify(
      objects.map((o) => ({
        class: o.class,
        box: corners(o.box),
        pixels: o.pixels,
        parts: o.parts.map((p) => ({ ...p, box: corners(p.box) })),
      })),
    ),
    distractors: JSON.stringify(distractors.map((d) => ({ ...d, box: corners(d.box) }))),
  };
}

/** Boxes of what the mask shows: objects of the true label's class, as far as any of them is seen. */
export const objectBoxes = ({ label, objects }: Pick<SynthPicture, "label" | "objects">): readonly PictureBox[] =>
  objects.flatMap((o) => (o.class === label.trueLabel && o.box ? [o.box] : []));

export const manifestTable = (rows: readonly SynthRow[]): Table =>
  tableOfRows(rows, {
    path: "string",
    label: "string",
    mask: "string",
    boxes: "string",
    split: "string",
    given_label: "string",
    true_label: "string",
    parts: "string",
    shortcut: "string",
    shortcut_mask: "string",
    shortcut_box: "string",
    ground: "string",
    objects: "string",
    distractors: "string",
  });

/** The pictures that carry a shortcut, with the shortcut as the mask: does a map point at it? */
export const shortcutTable = (rows: readonly SynthRow[]): Table =>
  tableOfRows(
    rows.flatMap(({ path, label, shortcut, shortcut_mask: mask, shortcut_box: box, split }) =>
      mask === null ? [] : [{ path, label, mask, boxes: box === null ? null : `[${box}]`, split, shortcut }],
    ),
    { path: "string", label: "string", mask: "string", boxes: "string", split: "string", shortcut: "string" },
  );

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** `parts.json`: what the numbers in part masks mean. */
export const legendJson = ({ classes }: SynthSettings): string =>
  json({
    ground: 0,
    loosePartAdds: LOOSE_PART,
    parts: PART_LEGEND.map((p) => ({ ...p, inDataSet: classes.includes(p.class) })),
  });

/** `synth.json`: all that it takes to draw the data set again. */
export const settingsJson = (
  settings: SynthSettings,
  { count, version }: { readonly count: number; readonly version: string },
): string => json({ onnxplain: version, count, settings });
