/** @file Every picture case of the reference set: Pillow's and torchvision's own bytes. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { readNpy } from "../../src/formats/npy.ts";
import { centerCrop } from "../../src/image/crop.ts";
import { decodeImage } from "../../src/image/decode-node.ts";
import { cropOffset, resizedSize } from "../../src/image/geometry.ts";
import { preprocess } from "../../src/image/preprocess.ts";
import { PRESETS } from "../../src/image/presets.ts";
import { resampleWeights, type WeightedResample } from "../../src/image/resample-weights.ts";
import { resize } from "../../src/image/resize.ts";
import type { ImageU8, Resample } from "../../src/image/types.ts";

type Tolerance = "exact" | { readonly atol: number; readonly rtol: number };

interface GoldenCase {
  readonly id: string;
  readonly params: {
    readonly file?: string;
    readonly filter?: Resample;
    readonly out_size?: readonly [height: number, width: number];
    readonly size?: readonly [height: number, width: number];
    readonly pairs?: readonly (readonly [number, number, WeightedResample])[];
  };
  readonly inputs: readonly { readonly name: string; readonly file: string }[];
  readonly outputs: readonly { readonly name: string; readonly file: string; readonly tolerance: string }[];
  readonly values: Readonly<Record<string, { readonly value: number; readonly tolerance: Tolerance }>>;
}

const ROOT = fileURLToPath(new URL("../../../shared/golden2/", import.meta.url));
const present = existsSync(`${ROOT}MANIFEST.json`);
const manifest = present ? JSON.parse(readFileSync(`${ROOT}MANIFEST.json`, "utf8")) : { cases: [] };
const cases: readonly GoldenCase[] = manifest.cases.filter((c: { chapter: string }) => c.chapter === "img");

const file = (path: string): Uint8Array => new Uint8Array(readFileSync(ROOT + path));

/** What a runner computed: every output array and every scalar of the case, by name. */
interface Computed {
  readonly arrays: Readonly<Record<string, ArrayLike<number>>>;
  readonly values?: Readonly<Record<string, number>>;
}

function input(golden: GoldenCase, name: string): { dims: readonly number[]; data: ArrayLike<number> } {
  const { dims, data } = readNpy(file(golden.inputs.find((entry) => entry.name === name)!.file));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) throw new Error("64-bit integers not expected");
  return { dims, data };
}

function compare({ arrays, values = {} }: Computed, golden: GoldenCase): void {
  for (const { name, file: path, tolerance } of golden.outputs) {
    expect(tolerance).toBe("exact");
    const expected = readNpy(file(path)).data;
    const actual = arrays[name] ?? [];
    expect(actual.length, name).toBe(expected.length);
    let different = 0;
    for (let i = 0; i < expected.length; i++) if (actual[i] !== expected[i]) different++;
    expect(different, `${name}: samples that differ`).toBe(0);
  }
  for (const [name, { value, tolerance }] of Object.entries(golden.values)) {
    const limit = tolerance === "exact" ? 0 : tolerance.atol + tolerance.rtol * Math.abs(value);
    expect(Math.abs(values[name]! - value), name).toBeLessThanOrEqual(limit);
  }
}

const picture = (golden: GoldenCase): Promise<ImageU8> => decodeImage(file(golden.params.file!), golden.id);
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

async function pipeline(golden: GoldenCase): Promise<Computed> {
  const image = await picture(golden);
  const spec = { ...PRESETS.torchvision, resample: golden.params.filter! };
  const resized = resize(image, { ...resizedSize(image, { shorterSide: 256 }), resample: spec.resample });
  const { dims, data, cropped } = preprocess(image, spec);
  expect(dims).toEqual([1, 3, 224, 224]);
  return {
    arrays: { resized_u8: resized.data, crop_u8: cropped.data, tensor: data },
    values: { crop_sum: sum(cropped.data), tensor_sum: sum(data) },
  };
}

async function exactSize(golden: GoldenCase): Promise<Computed> {
  const [height, width] = golden.params.out_size!;
  const { data } = resize(await picture(golden), { width, height, resample: golden.params.filter ?? "bilinear" });
  return { arrays: { resized_u8: data } };
}

async function grayResize(golden: GoldenCase): Promise<Computed> {
  const image = await picture(golden);
  expect(image.channels).toBe(1);
  const to = resizedSize(image, { shorterSide: 112 });
  return { arrays: { resized_u8: resize(image, { ...to, resample: "bilinear" }).data } };
}

async function centerCrops(golden: GoldenCase): Promise<Computed> {
  const [height, width] = golden.params.size!;
  return { arrays: { crop_u8: centerCrop(await picture(golden), { width, height }).data } };
}

async function cifar(golden: GoldenCase): Promise<Computed> {
  const { dims, data } = input(golden, "src_u8");
  const resample = golden.params.filter!;
  const images = Array.from({ length: dims[0]! }, (_, i): ImageU8 => {
    return { width: 32, height: 32, channels: 3, data: Uint8Array.from(data).subarray(i * 3072, (i + 1) * 3072) };
  });
  const to64 = images.flatMap((image) => Array.from(resize(image, { width: 64, height: 64, resample }).data));
  const spec = { ...PRESETS.torchvision, resample };
  const to224 = images.flatMap((image) => Array.from(preprocess(image, spec).cropped.data));
  return { arrays: { to64_u8: to64, to256_crop224_u8: to224 } };
}

async function sizeRules(golden: GoldenCase): Promise<Computed> {
  const rows = (name: string): number[][] => {
    const { data, dims } = input(golden, name);
    const width = dims[1]!;
    return Array.from({ length: dims[0]! }, (_, i) => Array.from({ length: width }, (_, j) => data[i * width + j]!));
  };
  const sizes = rows("h_w_short").flatMap(([height, width, shorterSide]) => {
    const to = resizedSize({ width: width!, height: height! }, { shorterSide: shorterSide! });
    return [to.height, to.width];
  });
  return { arrays: { out_h_w: sizes, offset: rows("n_t").map(([n, t]) => cropOffset(n!, t!)) } };
}

async function coefficients(golden: GoldenCase): Promise<Computed> {
  const arrays: Record<string, ArrayLike<number>> = {};
  for (const [k, [inSize, outSize, filter]] of golden.params.pairs!.entries()) {
    const { starts, weights } = resampleWeights(inSize, outSize, filter);
    arrays[`k${k}_start`] = starts;
    arrays[`k${k}_weights`] = weights;
  }
  return { arrays };
}

const RUNNERS: readonly (readonly [prefix: string, run: (golden: GoldenCase) => Promise<Computed>])[] = [
  ["img/resize256_", pipeline],
  ["img/resize_exact/", exactSize],
  ["img/rgba_resize", exactSize],
  ["img/gray_resize112", grayResize],
  ["img/center_crop_", centerCrops],
  ["img/cifar_up_", cifar],
  ["img/size_rules", sizeRules],
  ["img/coefficients", coefficients],
];

describe.skipIf(!present)(`golden2 images${present ? "" : " (skipped: ../shared/golden2 is not there)"}`, () => {
  let passed = 0;
  afterAll(() => console.log(`golden2 images: ${passed}/${cases.length}`));
  for (const golden of cases) {
    test(golden.id, async () => {
      const runner = RUNNERS.find(([prefix]) => golden.id.startsWith(prefix));
      if (!runner) throw new Error(`no runner for ${golden.id}`);
      compare(await runner[1](golden), golden);
      passed++;
    });
  }
});
