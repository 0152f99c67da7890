/** @file What a test case of an op row is, and short names for the inputs that cases are made of. */
import type { Dim } from "../../src/graph/dim.ts";
import { isFloat } from "../../src/graph/tensor.ts";
import type { Attrs, DType } from "../../src/graph/types.ts";

/** One input tensor: exactly one of `range`, `choices`, `values` says where its elements come from. */
export interface InputSpec {
  readonly dims: readonly number[];
  readonly dtype: DType;
  /** Uniform in [low, high), rounded to float32 (or truncated for integer types). */
  readonly range?: readonly [number, number];
  /** Drawn from these. */
  readonly choices?: readonly number[];
  /** Exactly these, row-major. */
  readonly values?: readonly number[];
  /** An initializer of the graph (weights, axes, shapes) rather than an input of it. */
  readonly constant: boolean;
}

export interface OpCase {
  readonly name: string;
  /** null = an omitted optional input. */
  readonly inputs: readonly (InputSpec | null)[];
  readonly attrs?: Attrs;
  /** How many outputs the node has; 1 by default. */
  readonly outputs?: number;
  /** Inputs to differentiate; by default every float input. `[]` where the point is a kink: give `gradient` then. */
  readonly diff?: readonly number[];
  /** Outputs that receive a cotangent; by default every float output. */
  readonly cotangents?: readonly number[];
  /** Inputs whose dim 0 is also tried as the free symbol `N`; by default input 0, when it is no constant. `[]` = none. */
  readonly batched?: readonly number[];
  /** What the shape rule must say of output 0 when those dims are `N`; by default it may not know, but must not be wrong. */
  readonly symbolic?: readonly Dim[];
  /** The shape depends on data, so the rule need not know it. */
  readonly dataDependent?: boolean;
  /** Relative tolerance against ONNX Runtime, which computes in float32; 1e-5 by default. */
  readonly tol?: number;
  /** Elements that the outputs must have, row-major (null = whatever). */
  readonly expect?: readonly (readonly number[] | null)[];
  /** At ties and kinks: the cotangents of inputs (by index) that the vjp must give for this cotangent of output 0. */
  readonly gradient?: { readonly dy: readonly number[]; readonly dx: Readonly<Record<number, readonly number[]>> };
  /** Why ONNX Runtime's CPU provider cannot run the node; the comparison is then left out. */
  readonly noOrt?: string;
}

export type OpCases = Readonly<Record<string, readonly OpCase[]>>;

interface DataOptions {
  readonly dtype?: DType;
  readonly range?: readonly [number, number];
  readonly choices?: readonly number[];
}

/** A sampled graph input, float32 in [-2, 2) unless told. */
export const data = (
  dims: readonly number[],
  { dtype = "float32", range = [-2, 2], choices }: DataOptions = {},
): InputSpec => ({ dims, dtype, constant: false, ...(choices ? { choices } : { range }) });
/** A sampled initializer: a weight. */
export const weight = (dims: readonly number[], options: DataOptions = {}): InputSpec => ({
  ...data(dims, options),
  constant: true,
});
/** A graph input with given elements. */
export const fixed = (dims: readonly number[], values: readonly number[], dtype: DType = "float32"): InputSpec => ({
  dims,
  dtype,
  values,
  constant: false,
});
/** An initializer with given elements. */
export const constant = (dims: readonly number[], values: readonly number[], dtype: DType = "float32"): InputSpec => ({
  dims,
  dtype,
  values,
  constant: true,
});
/** A 1-D int64 initializer: axes, shapes, indices. */
export const ints = (...values: number[]): InputSpec => constant([values.length], values, "int64");
/** A scalar initializer. */
export const scalar = (value: number, dtype: DType = "float32"): InputSpec => constant([], [value], dtype);

/** Inputs that the case differentiates. */
export const differentiated = (c: OpCase): readonly number[] =>
  c.diff ?? c.inputs.flatMap((spec, i) => (spec && isFloat(spec.dtype) ? [i] : []));
