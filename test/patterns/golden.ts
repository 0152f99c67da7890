/** @file Chapter 1 of the reference set: its cases, read and compared as those of chapter 2. */
import { chapter, compared, type GoldenCase, goldenCase } from "../fisher/golden.ts";

export { compared, expectWithin, type GoldenCase, MANIFEST } from "../fisher/golden.ts";

/** Every output array of chapter 1: `id name`. */
export const patternArrays = (): readonly string[] => chapter("ch1/");

/** Those that no test of this file has compared yet, of the cases named. */
export const left = (...names: readonly string[]): readonly string[] =>
  patternArrays().filter((a) => names.some((n) => a.startsWith(`ch1/${n} `)) && !compared.has(a));

/** A case by its id, with or without `ch1/`. */
export const patternCase = (name: string): GoldenCase => goldenCase(name.includes("/") ? name : `ch1/${name}`);
