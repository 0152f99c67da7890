/** @file What an op row states: its kind, attributes, shape rule, float64 evaluation, and vjp (or why it has none). */
import { OnnxplainError } from "../errors.ts";
import type { GraphBuilder, Value } from "../graph/builder.ts";
import type { Attr, Attrs, Fact, FloatAttr, FloatsAttr, Tensor, TensorAttr } from "../graph/types.ts";
import type { NumTensor } from "./num-tensor.ts";

/**
 * How data flows through an op; relevance rules address kinds, never op names.
 * `linear` affine in the data, has weights · `activation` element by element · `pool` window or axis reduction ·
 * `join` adds or concatenates data · `movement` permutes, copies or drops · `product` bilinear in data ·
 * `normalize` divides by a statistic of the data · `constant` carries no data.
 */
export type Kind = "linear" | "activation" | "pool" | "join" | "movement" | "product" | "normalize" | "constant";

/** Reads one attribute, with the default ONNX gives it. */
export interface AttrReader<T> {
  readonly read: (raw: Attr | undefined) => T;
}

const reader = <T>(fallback: T, convert: (raw: Attr) => T): AttrReader<T> => ({
  read: (raw) => (raw === undefined ? fallback : convert(raw)),
});
export const int = (fallback: number): AttrReader<number> => reader(fallback, (raw) => raw as number);
export const flag = (fallback = false): AttrReader<boolean> => reader(fallback, (raw) => raw !== 0);
export const optionalInt = (): AttrReader<number | undefined> =>
  reader<number | undefined>(undefined, (raw) => raw as number);
export const real = (fallback: number): AttrReader<number> =>
  reader(fallback, (raw) => (typeof raw === "number" ? raw : (raw as FloatAttr).float));
export const text = (fallback: string): AttrReader<string> => reader(fallback, (raw) => raw as string);
export const ints = (): AttrReader<readonly number[] | undefined> =>
  reader<readonly number[] | undefined>(undefined, (raw) => raw as readonly number[]);
export const reals = (): AttrReader<readonly number[] | undefined> =>
  reader<readonly number[] | undefined>(undefined, (raw) => (raw as FloatsAttr).floats);
export const tensorAttr = (): AttrReader<Tensor | undefined> =>
  reader<Tensor | undefined>(undefined, (raw) => (raw as TensorAttr).tensor);

export type AttrSpec = Readonly<Record<string, AttrReader<unknown>>>;
export type AttrsOf<S extends AttrSpec> = { readonly [K in keyof S]: S[K] extends AttrReader<infer T> ? T : never };

export interface ShapeArgs<A> {
  /** Facts of the inputs; undefined where an optional input is omitted. */
  readonly x: readonly (Fact | undefined)[];
  readonly attrs: A;
  /** How many outputs the node has. */
  readonly outputs: number;
  /** Names the node, for dimensions that stay unknown. */
  readonly name: string;
}
export interface EvalArgs<A> {
  readonly x: readonly (NumTensor | undefined)[];
  readonly attrs: A;
  readonly outputs: number;
}
export interface VjpArgs<A> {
  readonly g: GraphBuilder;
  /** Cotangent of the first output. */
  readonly dy: Value;
  /** Cotangents of all outputs; null where nothing flows back. */
  readonly dys: readonly (Value | null)[];
  readonly x: readonly (Value | null)[];
  readonly y: Value;
  readonly ys: readonly Value[];
  readonly attrs: A;
  /** Which inputs need a cotangent: a rule may leave the others null. */
  readonly wants: readonly boolean[];
  /** Inputs whose cotangent nobody reads where they are 0: they leave a ReLU, and it goes back through that alone. */
  readonly deadAtZero?: readonly boolean[];
}
/** One cotangent an input; null = nothing flows there. The walk sums over broadcast axes, and expands size-1 axes. */
export type Cotangents = readonly (Value | null)[];
export type Vjp<A> = (args: VjpArgs<A>) => Cotangents;
/** Why an op has no derivative, for the error message: "comparison", "quantised arithmetic", … */
export interface NoVjp {
  readonly none: string;
}

interface OpDef<S extends AttrSpec> {
  readonly kind: Kind;
  readonly attrs: S;
  readonly shape: (args: ShapeArgs<AttrsOf<S>>) => Fact | readonly Fact[];
  readonly eval: (args: EvalArgs<AttrsOf<S>>) => NumTensor | readonly NumTensor[];
  readonly vjp: Vjp<AttrsOf<S>> | NoVjp;
  /** True where the vjp is a convention rather than the derivative (straight-through rounding); results carry a note. */
  readonly straightThrough?: boolean;
}

/** What the table holds: the attribute type is erased here, once, where raw attributes are read. */
export interface Op {
  readonly kind: Kind;
  readonly attrNames: readonly string[];
  readonly shape: (args: ShapeArgs<Attrs>) => readonly Fact[];
  readonly eval: (args: EvalArgs<Attrs>) => readonly NumTensor[];
  readonly vjp: Vjp<Attrs> | NoVjp;
  readonly straightThrough: boolean;
}

/** Make a row. Attributes are declared once and arrive typed, defaults filled in. */
export function defineOp<const S extends AttrSpec>(def: OpDef<S>): Op {
  const { vjp } = def;
  const read = (raw: Attrs): AttrsOf<S> =>
    Object.fromEntries(Object.entries(def.attrs).map(([k, a]) => [k, a.read(raw[k])])) as AttrsOf<S>;
  return {
    kind: def.kind,
    attrNames: Object.keys(def.attrs),
    shape: (args) => list(def.shape({ ...args, attrs: read(args.attrs) })),
    eval: (args) => list(def.eval({ ...args, attrs: read(args.attrs) })),
    vjp: typeof vjp === "function" ? (args) => vjp({ ...args, attrs: read(args.attrs) }) : vjp,
    straightThrough: def.straightThrough ?? false,
  };
}

const list = <T extends object>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? one : [one as T]);

/** The input that an op cannot do without. */
export function required<T>(x: readonly (T | null | undefined)[], index: number): T {
  const value = x[index];
  if (value === null || value === undefined)
    throw new OnnxplainError(
      "E_MODEL_INVALID",
      `A node lacks its input ${index}, which its op requires. The file is damaged.`,
    );
  return value;
}
