/** @file Clouds of points as feature files: three classes of five numbers, some under false labels. */
import { writeFileSync } from "node:fs";
import { writeNpy } from "../../src/formats/npy.ts";
import { writeSafetensors } from "../../src/formats/safetensors.ts";
import { normals, scattered } from "../../src/random.ts";

export const CLASS_NAMES = ["ant", "bee", "cow"];
const WIDTH = 5;

/**
 * Features `[count, 5]` and labels as two `.npy` files, or without a file of labels as one `.safetensors`; classes in turn, 4 deviations
 * apart. The labels of the points at `wrong` are the next class. Gives the true ones.
 */
export function writeClouds(
  file: string,
  labelsFile: string | undefined,
  { count, seed, wrong = [] }: { readonly count: number; readonly seed: number; readonly wrong?: readonly number[] },
): Int32Array {
  const normal = normals(scattered(seed));
  const classes = CLASS_NAMES.length;
  const truth = Int32Array.from({ length: count }, (_, i) => i % classes);
  const features = Float32Array.from(
    { length: count * WIDTH },
    (_, k) => normal() + 4 * Number(k % WIDTH === truth[Math.floor(k / WIDTH)]),
  );
  const given = truth.map((c, i) => (wrong.includes(i) ? (c + 1) % classes : c));
  const [inputs, labels] = [
    { dims: [count, WIDTH], data: features },
    { dims: [count], data: given },
  ];
  if (labelsFile === undefined) writeFileSync(file, writeSafetensors({ inputs, labels }));
  else {
    writeFileSync(file, writeNpy(inputs));
    writeFileSync(labelsFile, writeNpy(labels));
  }
  return truth;
}
