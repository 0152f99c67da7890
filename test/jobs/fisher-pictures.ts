/** @file Small drawn pictures that a bag of descriptors can tell apart: bars of one direction, dots, both, or nothing. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DataItem, DataLabel, DataSet } from "../../src/data/dataset.ts";
import { OnnxplainError } from "../../src/errors.ts";
import { encodePng } from "../../src/image/png.ts";
import type { ImageU8, Size } from "../../src/image/types.ts";
import { scattered, uniforms } from "../../src/random.ts";

export const SIZE: Size = { width: 40, height: 36 };

/** How dark a thing is at x, y, 0 … 1. */
const THINGS = {
  upright: (x: number) => Number(x % 9 < 4),
  level: (_: number, y: number) => Number(y % 9 < 4),
  dots: (x: number, y: number) => Number(((x % 10) - 5) ** 2 + ((y % 10) - 5) ** 2 < 9),
  flat: () => 0,
} as const;
export type Thing = keyof typeof THINGS;

/** Things side by side, moved and lit at random. */
export function drawnThings(things: readonly Thing[], seed: number, { width, height }: Size = SIZE): ImageU8 {
  const random = uniforms(scattered(seed));
  const [dx, dy, light] = [Math.floor(9 * random()), Math.floor(9 * random()), 90 + 60 * random()];
  const noisy = !things.includes("flat");
  const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / (3 * width))];
    const thing = things[Math.floor((x * things.length) / width)] as Thing;
    return light + 80 * THINGS[thing](x + dx, y + dy) + (noisy ? 6 * random() : 0);
  });
  return { width, height, channels: 3, data };
}

/** A data set in memory; what has no picture cannot be read. */
export function setOf(
  items: readonly { readonly id: string; readonly image?: ImageU8; readonly label?: DataLabel }[],
  classes?: readonly string[],
): DataSet {
  const all = items.map(
    ({ id, image, label }): DataItem => ({
      id,
      label,
      load: async () => {
        if (image) return image;
        throw new OnnxplainError("E_IMAGE_READ", `Cannot read \`${id}\`.`);
      },
    }),
  );
  return {
    name: "drawn",
    classes,
    count: items.length,
    items: async function* () {
      yield* all;
    },
    notes: [],
  };
}

/** `count` pictures, things in turn, each a class of its own. */
export const oneEach = (things: readonly Thing[], count: number, { seed = 1, size = SIZE } = {}): DataSet =>
  setOf(
    Array.from({ length: count }, (_, i) => {
      const index = i % things.length;
      return {
        id: `${seed}-${i}`,
        image: drawnThings([things[index] as Thing], 1000 * seed + i, size),
        label: { index, name: things[index] as string },
      };
    }),
    things,
  );

/** Writes files; pictures become PNG. */
export async function writeAll(folder: string, files: Readonly<Record<string, ImageU8 | string>>): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === "string" ? content : await encodePng(content));
  }
  return folder;
}
