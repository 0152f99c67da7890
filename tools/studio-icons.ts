/** @file The studio's icons as pixels, drawn from its one drawing. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sharp from "sharp";

/** Where the drawing and the icons lie. */
export const ICONS_AT: string = fileURLToPath(new URL("../studio/public/", import.meta.url));
/** What a mask may cut away: the paper that the picture lies on. */
const GROUND = "#f3efe6";

/** Pixels a side, and the share of the side that the drawing fills: of a maskable icon only the middle four fifths stay. */
const SIZES: Readonly<Record<string, readonly [size: number, share: number, ground: string]>> = {
  "icon-192.png": [192, 1, "#0000"],
  "icon-512.png": [512, 1, "#0000"],
  "icon-maskable-512.png": [512, 0.74, GROUND],
};

/** Name and PNG of every icon. */
export const studioIcons = (): Promise<readonly (readonly [string, Uint8Array])[]> =>
  Promise.all(
    Object.entries(SIZES).map(async ([name, [size, share, background]]) => {
      const side = Math.round(size * share);
      const before = Math.floor((size - side) / 2);
      const after = size - side - before;
      const drawing = await sharp(readFileSync(`${ICONS_AT}icon.svg`), { density: (72 * side) / 64 })
        .resize(side, side)
        .extend({ top: before, left: before, bottom: after, right: after, background })
        .flatten(share < 1 ? { background } : false)
        .png({ compressionLevel: 9, palette: share === 1 })
        .toBuffer();
      return [name, new Uint8Array(drawing)] as const;
    }),
  );
