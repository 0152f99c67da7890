/** @file Arrays of the reference set's chapter 3, by case and name, and comparison within the tolerance that its manifest states. */
import { expect } from "vitest";
import { readSharedJson, readSharedNpy } from "../shared.ts";

type Tolerance = "exact" | { readonly atol: number; readonly rtol: number };
interface Entry {
  readonly name: string;
  readonly file: string;
  readonly tolerance?: Tolerance;
}
interface Case {
  readonly id: string;
  readonly inputs: readonly Entry[];
  readonly outputs: readonly Entry[];
  readonly values: Readonly<Record<string, { readonly value: unknown; readonly tolerance: Tolerance }>>;
}

export interface GoldenCase {
  readonly array: (name: string) => Float64Array;
  readonly float32: (name: string) => Float32Array;
  readonly value: <T>(name: string) => T;
  /** Fails unless every entry is within the manifest's tolerance; remembers that the output was compared. */
  readonly expectOutput: (name: string, found: ArrayLike<number>) => void;
  readonly expectValue: (name: string, found: number, wanted: number) => void;
  /** Fails unless every output was compared. */
  readonly expectAllCompared: () => void;
}

const HOME = "golden2";
export const HAS_MANIFEST = `${HOME}/MANIFEST.json`;

export function goldenCase(id: string): GoldenCase {
  const found = readSharedJson<{ readonly cases: readonly Case[] }>(HAS_MANIFEST).cases.find((c) => c.id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  const entry = (name: string): Entry => {
    const e = [...found.inputs, ...found.outputs].find((o) => o.name === name);
    if (e === undefined) throw new Error(`${id} has no ${name}`);
    return e;
  };
  const data = (name: string): ArrayLike<number> =>
    readSharedNpy(`${HOME}/${entry(name).file}`).data as ArrayLike<number>;
  const compared = new Set<string>();
  const within = (label: string, got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: Tolerance): void => {
    expect(got.length, label).toBe(wanted.length);
    const { atol, rtol } = tolerance === "exact" ? { atol: 0, rtol: 0 } : tolerance;
    let worst = 0;
    let outside = 0;
    for (let i = 0; i < wanted.length; i++) {
      const [a, b] = [got[i] as number, wanted[i] as number];
      const difference = Math.abs(a - b);
      if (!(difference <= atol + rtol * Math.abs(b))) outside++;
      worst = Math.max(worst, difference);
    }
    expect(outside, `${label}: entries outside ${JSON.stringify(tolerance)}, largest difference ${worst}`).toBe(0);
  };
  return {
    array: (name) => Float64Array.from(data(name)),
    float32: (name) => Float32Array.from(data(name)),
    value: <T>(name: string) => found.values[name]?.value as T,
    expectOutput: (name, got) => {
      compared.add(name);
      within(`${id} ${name}`, got, data(name), entry(name).tolerance ?? "exact");
    },
    expectValue: (name, got, wanted) =>
      within(`${id} ${name}`, [got], [wanted], found.values[name]?.tolerance ?? "exact"),
    expectAllCompared: () => expect([...compared].sort()).toEqual(found.outputs.map((o) => o.name).sort()),
  };
}
