/** @file Chapter 4 of the reference set: cases, their arrays, comparison within the tolerance that the manifest states. */
import { expect } from "vitest";
import { loadModel } from "../../src/index.ts";
import { namedLayer } from "../../src/methods/layers.ts";
import { picturesInMemory } from "../../src/regions/pictures.ts";
import { inputOf, MEAN, SIDE, STD } from "../golden/cifar.ts";
import { readSharedJson, readSharedNpy, shared } from "../shared.ts";
import type { Cut } from "./nets.ts";

type Tolerance =
  | "exact"
  | { readonly exact: true; readonly allowed_fraction_different: number }
  | { readonly atol: number; readonly rtol: number; readonly allowed_fraction_outside?: number };
interface Entry {
  readonly name: string;
  readonly file: string;
  readonly shape: readonly number[];
  readonly tolerance?: Tolerance;
}
interface Case {
  readonly id: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Entry[];
  readonly outputs: readonly Entry[];
  readonly values: Readonly<Record<string, { readonly value: unknown; readonly tolerance: Tolerance }>>;
}

export const MANIFEST = "golden2/MANIFEST.json";

export interface GoldenCase {
  readonly outputs: readonly string[];
  readonly array: (name: string) => Float64Array;
  readonly places: (name: string) => readonly number[];
  readonly value: <T>(name: string) => T;
  readonly shape: (name: string) => readonly number[];
  readonly param: <T>(name: string) => T;
  /** Fails unless the array is within the manifest's tolerance. */
  readonly expectOutput: (name: string, found: ArrayLike<number>) => void;
}

/** Arrays compared so far, over all cases. */
export const compared = new Set<string>();

/** Every array that the manifest has in chapter 4. */
export const chapter = (): readonly string[] =>
  readSharedJson<{ readonly cases: readonly Case[] }>(MANIFEST)
    .cases.filter((c) => c.id.startsWith("ch4/"))
    .flatMap((c) => c.outputs.map((o) => `${c.id} ${o.name}`));

export function goldenCase(id: string): GoldenCase {
  const found = readSharedJson<{ readonly cases: readonly Case[] }>(MANIFEST).cases.find((c) => c.id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  const entry = (name: string): Entry => {
    const e = [...found.inputs, ...found.outputs].find((o) => o.name === name);
    if (e === undefined) throw new Error(`${id} has no ${name}`);
    return e;
  };
  const array = (name: string): Float64Array =>
    Float64Array.from(readSharedNpy(`golden2/${entry(name).file}`).data as ArrayLike<number>);
  return {
    outputs: found.outputs.map((o) => o.name),
    array,
    places: (name) => Array.from(array(name)),
    value: <T>(name: string) => found.values[name]?.value as T,
    shape: (name) => entry(name).shape,
    param: <T>(name: string) => found.params[name] as T,
    expectOutput: (name, got) => {
      compare(`${id} ${name}`, got, array(name), entry(name));
      compared.add(`${id} ${name}`);
    },
  };
}

function compare(label: string, got: ArrayLike<number>, wanted: ArrayLike<number>, { tolerance, shape }: Entry): void {
  expect(got.length, label).toBe(wanted.length);
  const row = shape.at(-1) as number;
  if (typeof tolerance === "object" && "exact" in tolerance) {
    const rows = new Set<number>();
    for (let i = 0; i < wanted.length; i++) if (got[i] !== wanted[i]) rows.add(Math.floor(i / row));
    expect(rows.size / (wanted.length / row), `${label}: share of rows that differ`).toBeLessThanOrEqual(
      tolerance.allowed_fraction_different,
    );
    return;
  }
  const {
    atol,
    rtol,
    allowed_fraction_outside = 0,
  } = tolerance && tolerance !== "exact" ? tolerance : { atol: 0, rtol: 0 };
  let [outside, worst] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [got[i] as number, wanted[i] as number];
    if (Number.isNaN(a) && Number.isNaN(b)) continue;
    const difference = Math.abs(a - b);
    if (!(difference <= atol + rtol * Math.abs(b))) outside++;
    worst = Math.max(worst, difference);
  }
  expect(
    outside / wanted.length,
    `${label}: ${outside} of ${wanted.length} entries outside ${JSON.stringify(tolerance)}, largest difference ${worst}`,
  ).toBeLessThanOrEqual(allowed_fraction_outside);
}

/** Rows of truth values as numpy.packbits writes them: the first is the most significant bit. */
export function packed(rows: readonly (readonly boolean[])[]): Uint8Array {
  const bytes = Math.ceil((rows[0]?.length ?? 0) / 8);
  const out = new Uint8Array(rows.length * bytes);
  rows.forEach((row, r) => {
    row.forEach((bit, i) => {
      if (bit) out[r * bytes + (i >> 3)]! |= 128 >> (i & 7);
    });
  });
  return out;
}

/** Lists as rows of one length, filled up. */
export const padded = (rows: readonly (readonly number[])[], length: number, fill = -1): readonly number[] =>
  rows.flatMap((row) => [...row, ...Array<number>(length - row.length).fill(fill)]);

export const SIZE = { width: SIDE, height: SIDE } as const;
/** RGB 0 as the networks take it. */
export const BLACK = MEAN.map((m, c) => -m / (STD[c] as number));

/** Pictures of a set at these places, as the networks take them. */
export function picturesAt(set: "train" | "test", places: readonly number[]) {
  const u8 = readSharedNpy(`golden2/shared/${set}_u8.npy`).data as Uint8Array;
  const width = 3 * SIDE * SIDE;
  const rows = new Float32Array(places.length * width);
  places.forEach((p, i) => {
    rows.set(inputOf(u8, p), i * width);
  });
  return picturesInMemory(rows, width);
}

export const labelsAt = (set: "train" | "test", places: readonly number[]): readonly number[] => {
  const labels = readSharedNpy(`golden2/shared/${set}_labels.npy`).data as Int32Array;
  return places.map((p) => labels[p] as number);
};

/** The network of a setup case, and psi. */
export async function networkOf(setup: GoldenCase): Promise<Cut> {
  const model = await loadModel(shared(`golden/models/${setup.param<string>("onnx")}`));
  const value = setup.param<Readonly<Record<string, string>>>("onnx_values")[
    setup.param<string>("psi_layer")
  ] as string;
  const classifier = model.classifier({ layer: value });
  return { classifier, layer: namedLayer(classifier, value) };
}
