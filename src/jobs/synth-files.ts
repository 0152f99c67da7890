/** @file One picture of a synthetic data set, drawn and written with its masks. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawSynth } from "../data/synth/draw.ts";
import { rowOf, type SynthRow } from "../data/synth/files.ts";
import type { SynthSettings } from "../data/synth/settings.ts";
import { encodePng } from "../image/png.ts";

/** Into folders that exist, at once: small files cost more in waiting than in writing; resolves to the picture's line of the manifest. */
export async function writePicture(folder: string, settings: SynthSettings, index: number): Promise<SynthRow> {
  const picture = drawSynth(settings, index);
  const row = rowOf(picture);
  const files = [
    [row.path, picture.image],
    [row.mask, picture.objectMask],
    [row.parts, picture.partMask],
    ...(picture.shortcutMask ? [[row.shortcut_mask as string, picture.shortcutMask] as const] : []),
  ] as const;
  for (const [name, image] of files) writeFileSync(join(folder, name), await encodePng(image));
  return row;
}
