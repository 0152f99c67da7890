/** @file What a stranger's data must look like, field by field: a shape reads a plain value and gives it back typed, with nothing else in it. */
import { OnnxplainError } from "../errors.ts";
import type { TensorRead } from "../formats/safetensors.ts";
import type { NumericArray } from "../formats/samples.ts";
import type { ImageU8 } from "../image/types.ts";

export interface Reading {
  /** Arrays that `{"$t": name}` stands for. */
  readonly tensors: Readonly<Record<string, TensorRead>>;
  readonly file: string;
}
/** Throws `E_FILE` for a value of another form; `at` says where it stands. */
export type Shape<T> = (value: unknown, at: string, reading: Reading) => T;

export const damaged = (file: string, why: string, cause?: unknown): OnnxplainError =>
  new OnnxplainError("E_FILE", `\`${file}\` is damaged, or was changed: ${why}. Make it anew.`, { file, cause });

const wrong = (value: unknown, expected: string, at: string, { file }: Reading): OnnxplainError => {
  const got = value === undefined ? "nothing" : (JSON.stringify(value)?.slice(0, 60) ?? typeof value);
  return damaged(file, `expected ${at === "" ? "the document" : `\`${at}\``} to be ${expected}, got ${got}`);
};

const a =
  <T>(expected: string, test: (value: unknown) => value is T): Shape<T> =>
  (value, at, reading) => {
    if (test(value)) return value;
    throw wrong(value, expected, at, reading);
  };

type Plain = Readonly<Record<string, unknown>>;
const isPlain = (v: unknown): v is Plain => typeof v === "object" && v !== null && !Array.isArray(v);

export const text: Shape<string> = a("text", (v) => typeof v === "string");
export const flag: Shape<boolean> = a("true or false", (v) => typeof v === "boolean");
/** A whole number from 0 up. */
export const count: Shape<number> = a(
  "a whole number from 0 up",
  (v): v is number => Number.isSafeInteger(v) && (v as number) >= 0,
);
const SPECIAL = ["NaN", "Infinity", "-Infinity"];
export const real: Shape<number> = (value, at, reading) => {
  const special = isPlain(value) && SPECIAL.find((s) => s === value.$n);
  if (special) return Number(special);
  if (typeof value === "number") return value;
  throw wrong(value, "a number", at, reading);
};
/** A number, or none. */
export const maybe: Shape<number | null> = (value, at, reading) => (value === null ? null : real(value, at, reading));

export const oneOf = <const T extends string>(...known: readonly T[]): Shape<T> =>
  a(`one of ${known.join(", ")}`, (v): v is T => known.some((k) => k === v));

export const list =
  <T>(of: Shape<T>): Shape<readonly T[]> =>
  (value, at, reading) => {
    if (!Array.isArray(value)) throw wrong(value, "a list", at, reading);
    return value.map((v, i) => of(v, `${at}[${i}]`, reading));
  };

export const pair =
  <A, B>(first: Shape<A>, second: Shape<B>): Shape<readonly [A, B]> =>
  (value, at, reading) => {
    if (!(Array.isArray(value) && value.length === 2)) throw wrong(value, "two values", at, reading);
    return [first(value[0], `${at}[0]`, reading), second(value[1], `${at}[1]`, reading)];
  };

export const optional =
  <T>(of: Shape<T>): Shape<T | undefined> =>
  (value, at, reading) =>
    value === undefined ? undefined : of(value, at, reading);

export const nullable =
  <T>(of: Shape<T>): Shape<T | null> =>
  (value, at, reading) =>
    value === null ? null : of(value, at, reading);

/** An object with these fields; others are left out. */
export const record =
  <T extends object>(fields: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> =>
  (value, at, reading) => {
    if (!isPlain(value)) throw wrong(value, "an object", at, reading);
    const entries = Object.entries<Shape<unknown>>(fields).flatMap(([name, of]) => {
      const own = Object.hasOwn(value, name) ? value[name] : undefined;
      const read = of(own, at === "" ? name : `${at}.${name}`, reading);
      return read === undefined ? [] : [[name, read] as const];
    });
    return Object.fromEntries(entries) as T;
  };

/** An object whose fields are not known beforehand. */
export const entries =
  <T>(of: Shape<T>): Shape<Readonly<Record<string, T>>> =>
  (value, at, reading) => {
    if (!isPlain(value)) throw wrong(value, "an object", at, reading);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, of(v, `${at}.${k}`, reading)]));
  };

/** Objects that one field tells apart. */
export const tagged =
  <T extends object>(tag: keyof T & string, shapes: Readonly<Record<string, Shape<T>>>): Shape<T> =>
  (value, at, reading) => {
    const name = isPlain(value) ? value[tag] : undefined;
    const shape = typeof name === "string" && Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (shape === undefined) throw wrong(value, `an object of ${tag} ${Object.keys(shapes).join(" or ")}`, at, reading);
    return shape(value, at, reading);
  };

/** A shape whose parts must also fit each other. */
export const where =
  <T>(of: Shape<T>, test: (value: T) => boolean, words: string): Shape<T> =>
  (value, at, reading) => {
    const read = of(value, at, reading);
    if (test(read)) return read;
    throw damaged(reading.file, `in \`${at}\` ${words}`);
  };

/** An array, or what stands for one; JSON alone cannot make the former. */
const arrayOf = (value: unknown, { tensors }: Reading): NumericArray | undefined => {
  if (ArrayBuffer.isView(value)) return value as NumericArray;
  const name = isPlain(value) ? value.$t : undefined;
  return typeof name === "string" && Object.hasOwn(tensors, name) ? tensors[name]?.data : undefined;
};

const typed =
  <T extends NumericArray>(kind: abstract new (...args: never[]) => T, expected: string): Shape<T> =>
  (value, at, reading) => {
    const data = arrayOf(value, reading);
    if (data instanceof kind) return data;
    throw wrong(value, expected, at, reading);
  };

/** A whole file, as bytes. */
export const bytes: Shape<Uint8Array> = typed(Uint8Array, "bytes");
export const floats: Shape<Float32Array> = typed(Float32Array, "an array of float32");
export const ints: Shape<Int32Array> = typed(Int32Array, "an array of int32");
export const counts: Shape<Uint32Array> = typed(Uint32Array, "an array of uint32");

/** A list of numbers, or an array of them. */
export const numbers: Shape<ArrayLike<number>> = (value, at, reading) => {
  const data = arrayOf(value, reading);
  if (data === undefined) return list(real)(value, at, reading);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) throw wrong(value, "numbers", at, reading);
  return data;
};

/** Pixels, as many as its sides say. */
export const image: Shape<ImageU8> = where(
  record<ImageU8>({
    width: count,
    height: count,
    channels: (v, at, reading) => {
      const n = count(v, at, reading);
      if (n === 1 || n === 3 || n === 4) return n;
      throw wrong(v, "1, 3 or 4", at, reading);
    },
    data: bytes as Shape<ImageU8["data"]>,
  }),
  ({ width, height, channels, data }) => width * height * channels === data.length,
  "there are not as many pixels as its sides say",
);

/** A map, as many values as its sides say. */
export const plane = where(
  record<{ readonly values: ArrayLike<number>; readonly width: number; readonly height: number }>({
    values: numbers,
    width: count,
    height: count,
  }),
  ({ values, width, height }) => values.length === width * height,
  "there are not as many values as its sides say",
);

/** Anything; whoever reads it looks again. */
export const any: Shape<unknown> = (value) => value;
