/** @file Chapter 2 of the reference set: cases, their arrays, comparison within the tolerance that the manifest states. */
import { expect } from "vitest";
import { readSharedJson, readSharedNpy } from "../shared.ts";

export type Tolerance = "exact" | { readonly atol: number; readonly rtol: number };
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
  readonly values: Readonly<Record<string, { readonly value: unknown; readonly tolerance?: Tolerance }>>;
}

export const MANIFEST = "golden2/MANIFEST.json";

export interface GoldenCase {
  readonly outputs: readonly string[];
  /** An input or output, widened to float64. */
  readonly array: (name: string) => Float64Array;
  readonly shape: (name: string) => readonly number[];
  readonly value: <T>(name: string) => T;
  readonly param: <T>(name: string) => T;
  /** Fails unless the array is within the manifest's tolerance. */
  readonly expectOutput: (name: string, found: ArrayLike<number>) => void;
  /** The same for a value that is a number or a list of numbers. */
  readonly expectValue: (name: string, found: number | readonly number[]) => void;
}

/** Arrays compared so far, over all cases, as in {@link chapter}. */
export const compared = new Set<string>();

/** Every output array of these cases (by default of chapter 2): `id name`. */
export const chapter = (of = "ch2/"): readonly string[] =>
  readSharedJson<{ readonly cases: readonly Case[] }>(MANIFEST)
    .cases.filter((c) => c.id.startsWith(of))
    .flatMap((c) => c.outputs.map((o) => `${c.id} ${o.name}`));

/** A case by its id, with or without `ch2/`. */
export function goldenCase(name: string): GoldenCase {
  const id = name.includes("/") ? name : `ch2/${name}`;
  const found = readSharedJson<{ readonly cases: readonly Case[] }>(MANIFEST).cases.find((c) => c.id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  const entry = (of: string): Entry => {
    const e = [...found.inputs, ...found.outputs].find((o) => o.name === of);
    if (e === undefined) throw new Error(`${id} has no ${of}`);
    return e;
  };
  const stated = (of: string) => {
    const v = found.values[of];
    if (v === undefined) throw new Error(`${id} has no value ${of}`);
    return v;
  };
  const array = (of: string): Float64Array =>
    Float64Array.from(readSharedNpy(`golden2/${entry(of).file}`).data as ArrayLike<number>, Number);
  return {
    outputs: found.outputs.map((o) => o.name),
    array,
    shape: (of) => entry(of).shape,
    value: <T>(of: string) => stated(of).value as T,
    param: <T>(of: string) => found.params[of] as T,
    expectOutput: (of, got) => {
      expectWithin(`${id} ${of}`, got, array(of), entry(of).tolerance);
      compared.add(`${id} ${of}`);
    },
    expectValue: (of, got) => {
      const { value, tolerance } = stated(of);
      expectWithin(`${id} ${of}`, [got].flat(), [value].flat() as readonly number[], tolerance);
    },
  };
}

/** Fails unless `|got - wanted| <= atol + rtol |wanted|` everywhere (or both are NaN), and says how many are not and by how much. */
export function expectWithin(
  label: string,
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  tolerance: Tolerance = "exact",
): void {
  expect(got.length, label).toBe(wanted.length);
  const { atol, rtol } = tolerance === "exact" ? { atol: 0, rtol: 0 } : tolerance;
  let [outside, worst] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [got[i] as number, wanted[i] as number];
    if (Object.is(a, b) || a === b) continue;
    const difference = Math.abs(a - b);
    if (!(difference <= atol + rtol * Math.abs(b))) outside++;
    worst = Number.isNaN(difference) ? difference : Math.max(worst, difference);
  }
  expect(
    outside,
    `${label}: of ${wanted.length} entries, outside ${JSON.stringify(tolerance)}; largest difference ${worst}`,
  ).toBe(0);
}
