/** @file The icons are those of the drawing; `UPDATE_ICONS=1` draws them again. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { ICONS_AT, studioIcons } from "../../tools/studio-icons.ts";

interface Manifest {
  readonly icons: readonly { readonly src: string; readonly sizes: string; readonly purpose?: string }[];
}

const pixels = (png: Uint8Array): Promise<Buffer> => sharp(png).ensureAlpha().raw().toBuffer();

test("icons lie beside the manifest that names them, in their sizes, and show the drawing", async () => {
  const icons = await studioIcons();
  if (process.env.UPDATE_ICONS) for (const [name, png] of icons) writeFileSync(join(ICONS_AT, name), png);
  const manifest = JSON.parse(readFileSync(join(ICONS_AT, "manifest.webmanifest"), "utf8")) as Manifest;
  expect(manifest.icons.map((i) => i.src)).toEqual(["icon.svg", ...icons.map(([name]) => name)]);
  for (const [name, drawn] of icons) {
    const stored = readFileSync(join(ICONS_AT, name));
    const { width, height } = await sharp(stored).metadata();
    expect(manifest.icons.find((i) => i.src === name)?.sizes).toBe(`${width}x${height}`);
    const [a, b] = await Promise.all([pixels(stored), pixels(drawn)]);
    const off = a.reduce((sum, v, i) => sum + Math.abs(v - (b[i] ?? 0)), 0) / a.length;
    expect([name, off < 1]).toEqual([name, true]);
  }
});

test("a mask of any shape leaves the maskable icon opaque, and its middle warm", async () => {
  const { data, info } = await sharp(join(ICONS_AT, "icon-maskable-512.png"))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): readonly number[] => [
    ...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4),
  ];
  for (const [x, y] of [
    [0, 0],
    [511, 0],
    [0, 511],
    [256, 4],
  ] as const)
    expect(at(x, y)).toEqual([0xf3, 0xef, 0xe6, 255]);
  const [red = 0, , blue = 0] = at(304, 220);
  expect(red - blue).toBeGreaterThan(50);
});
