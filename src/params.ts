/** @file Parameters as data: names, defaults, ranges; of methods and metrics, read from the library or the command line alike. */
import { OnnxplainError } from "./errors.ts";

/** A parameter value as results record it; objects are plain data (a composite by value). */
export type ParamValue = number | boolean | string | readonly number[] | Float32Array | object | null;
export type Params = Readonly<Record<string, ParamValue>>;

export interface ParamSpec {
  readonly default: ParamValue;
  /** One line for `onnxplain methods`, with unit and range. */
  readonly about: string;
  /** Turn what the user gave (a string from the command line, or a value) into the parameter; undefined = refuse. */
  readonly read: (raw: unknown) => ParamValue | undefined;
  /** What is expected, for the error message. */
  readonly expected: string;
}
export type ParamSpecs = Readonly<Record<string, ParamSpec>>;

const toNumber = (raw: unknown): number | undefined => {
  const v = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  return typeof v === "number" && Number.isFinite(v) ? v : undefined;
};
const toNumbers = (raw: unknown): readonly number[] | undefined => {
  const parts =
    typeof raw === "string" ? raw.split(",") : typeof raw === "number" ? [raw] : Array.isArray(raw) ? raw : undefined;
  const values = parts?.map(toNumber);
  return values?.every((v) => v !== undefined) ? (values as number[]) : undefined;
};

export const integer = (fallback: number, min: number, about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: `an integer from ${min} up`,
  read: (raw) => {
    const v = toNumber(raw);
    return v !== undefined && Number.isInteger(v) && v >= min ? v : undefined;
  },
});
export const number = (fallback: number, about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: "a number",
  read: toNumber,
});
export const positive = (fallback: number | null, about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: "a number greater than 0",
  read: (raw) => {
    const v = toNumber(raw);
    return v !== undefined && v > 0 ? v : undefined;
  },
});
export const nonNegative = (fallback: number | null, about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: "a number from 0 up",
  read: (raw) => {
    const v = toNumber(raw);
    return v !== undefined && v >= 0 ? v : undefined;
  },
});
export const numbers = (fallback: readonly number[] | null, about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: "numbers separated by commas",
  read: (raw) => {
    const v = toNumbers(raw);
    return v !== undefined && v.length > 0 ? v : undefined;
  },
});
export const share = (fallback: number, about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: "a number greater than 0, at most 1",
  read: (raw) => {
    const v = toNumber(raw);
    return v !== undefined && v > 0 && v <= 1 ? v : undefined;
  },
});
export const boolean = (fallback: boolean, about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: "true or false",
  read: (raw) => (raw === true || raw === "true" ? true : raw === false || raw === "false" ? false : undefined),
});
export const oneOf = (fallback: string, choices: readonly string[], about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: choices.map((c) => `\`${c}\``).join(", "),
  read: (raw) => {
    const wanted = String(raw).replaceAll("-", "_").toLowerCase();
    return choices.find((c) => c === wanted);
  },
});
export const integers = (fallback: readonly number[] | null, min: number, about: string): ParamSpec => ({
  default: fallback,
  about,
  expected: `integers from ${min} up, separated by commas`,
  read: (raw) => {
    const v = toNumbers(raw);
    return v?.every((x) => Number.isInteger(x) && x >= min) && v.length > 0 ? v : undefined;
  },
});

/** A value or node of the model, by name. */
export const name = (about: string): ParamSpec => ({
  default: null,
  about,
  expected: "the name of a value or node",
  read: (raw) => (typeof raw === "string" && raw !== "" ? raw : undefined),
});

/**
 * What an absent pixel is: one number for every element, one for each channel, or a whole input (C*H*W values, layout of
 * the input), in the network's own input units (after normalisation).
 */
export const baseline = (about: string): ParamSpec => ({
  default: 0,
  about,
  expected: "a number, one number a channel, or a whole input",
  read: (raw) => {
    if (raw instanceof Float32Array) return raw;
    const v = toNumbers(raw);
    return v === undefined || v.length === 0 ? undefined : v.length === 1 ? (v[0] as number) : v;
  },
});

const key = (name: string): string => name.toLowerCase().replaceAll("-", "_");

/** Is there such a parameter? Names match ignoring case and `-` against `_`. */
export const hasParam = (specs: ParamSpecs, name: string): boolean => Object.hasOwn(specs, key(name));

/** Fill in defaults and check. Throws `E_PARAM` naming the known parameters, or what was expected. */
export function readParams(method: string, specs: ParamSpecs, given: Readonly<Record<string, unknown>>): Params {
  const out: Record<string, ParamValue> = Object.fromEntries(
    Object.entries(specs).map(([name, s]) => [name, s.default]),
  );
  for (const [rawName, raw] of Object.entries(given)) {
    const name = key(rawName);
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) {
      const known = Object.keys(specs);
      throw new OnnxplainError(
        "E_PARAM",
        `\`${method}\` has no parameter \`${rawName}\`. ${known.length ? `It has: ${known.join(", ")}.` : "It has none."}`,
      );
    }
    if (raw === undefined || (raw === null && spec.default === null)) continue;
    const value = spec.read(raw);
    if (value === undefined)
      throw new OnnxplainError(
        "E_PARAM",
        `Expected \`${name}\` of \`${method}\` to be ${spec.expected}, got ${JSON.stringify(raw)} (${typeof raw}).`,
      );
    out[name] = value;
  }
  return out;
}
