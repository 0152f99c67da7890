/** @file One picture of a synthetic data set as files: drawn and encoded by any thread, written by one. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { drawSynth } from "../data/synth/draw.ts";
import { rowOf, type SynthRow } from "../data/synth/files.ts";
import type { SynthSettings } from "../data/synth/settings.ts";
import { encodePng } from "../image/png.ts";

export interface PictureFiles {
  readonly row: SynthRow;
  readonly files: readonly (readonly [name: string, bytes: Uint8Array<ArrayBuffer>])[];
}

/** A picture with its masks, and its line of the manifest. */
export async function pictureFiles(settings: SynthSettings, index: number): Promise<PictureFiles> {
  const drawn = drawSynth(settings, index);
  const row = rowOf(drawn);
  const files: [string, Uint8Array<ArrayBuffer>][] = [];
  for (const [name, picture] of [
    [row.path, drawn.image],
    [row.mask, drawn.objectMask],
    [row.parts, drawn.partMask],
    [row.shortcut_mask, drawn.shortcutMask],
  ] as const)
    if (name !== null && picture) files.push([name, await encodePng(picture, { deflate: deflateSync })]);
  return { row, files };
}

/** Into folders that exist; small files cost more in waiting than in writing. */
export function writeFiles(folder: string, { files }: PictureFiles): void {
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
}
