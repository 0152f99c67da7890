/** @file Typed reading of the fields of a `preprocessor_config.json`; every complaint names its field. */

import { OnnxplainError } from "../errors.ts";
import type { Resample, Size } from "./types.ts";

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Pillow's integer codes of its filters. */
const RESAMPLE_CODES = [
  "nearest",
  "lanczos",
  "bilinear",
  "bicubic",
  "box",
  "hamming",
] as const satisfies readonly Resample[];

/** An `E_PARAM` error about one field. */
export function fieldError(field: string, expected: string, got: unknown): OnnxplainError {
  return new OnnxplainError(
    "E_PARAM",
    `Expected \`${field}\` of preprocessor_config.json to be ${expected}, got ${JSON.stringify(got) ?? String(got)}.`,
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Absent and null mean the default. */
export function booleanField(json: JsonObject, field: string, fallback: boolean): boolean {
  const value = json[field] ?? fallback;
  if (typeof value === "boolean") return value;
  throw fieldError(field, "true or false", value);
}

export function positiveField(json: JsonObject, field: string, fallback: number): number {
  const value = json[field] ?? fallback;
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw fieldError(field, "a positive number", value);
}

/** A filter by Pillow's code 0…5 or by name. */
export function resampleField(json: JsonObject, fallback: Resample): Resample {
  const value = json.resample ?? fallback;
  if (typeof value === "number") {
    const found = RESAMPLE_CODES[value];
    if (found) return found;
  }
  const named = RESAMPLE_CODES.find((name) => name === value);
  if (named) return named;
  throw fieldError("resample", `one of 0…5 (${RESAMPLE_CODES.join(", ")})`, value);
}

/** One or three numbers; a single number stands for all channels. */
export function channelsField(json: JsonObject, field: string, fallback: readonly number[]): readonly number[] {
  const value = json[field] ?? fallback;
  const list = typeof value === "number" ? [value, value, value] : value;
  const numbers = Array.isArray(list) && list.every((v): v is number => typeof v === "number" && Number.isFinite(v));
  if (numbers && (list.length === 1 || list.length === 3)) return list;
  throw fieldError(field, "one or three finite numbers", value);
}

/** `size` or `crop_size`: an integer, `{shortest_edge}`, or `{height, width}`. A bare integer comes back as a number. */
export function sizeField(json: JsonObject, field: string): number | { readonly shortest: number } | Size | undefined {
  const value = json[field] ?? undefined;
  if (value === undefined) return undefined;
  const side = (v: unknown): v is number => typeof v === "number" && Number.isInteger(v) && v > 0;
  if (side(value)) return value;
  if (Array.isArray(value) && value.length === 2 && side(value[0]) && side(value[1])) {
    return { height: value[0], width: value[1] };
  }
  if (isObject(value)) {
    if (side(value.height) && side(value.width)) return { height: value.height, width: value.width };
    if (side(value.shortest_edge) && (value.longest_edge ?? undefined) === undefined) {
      return { shortest: value.shortest_edge };
    }
  }
  throw fieldError(field, "a positive integer, {shortest_edge} or {height, width}", value);
}
