/** @file The graph as plain data: what every other room passes around. Values are names; nothing here is ever mutated. */
import type { FunctionProto, GraphProto } from "../proto/codec.ts";
import type { Dim } from "./dim.ts";

/** ONNX element types, under the names users see. */
export type DType =
  | "float32"
  | "float64"
  | "float16"
  | "bfloat16"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool"
  | "string";

/** Raw storage of a constant; float16/bfloat16 as their bits in a Uint16Array, bool as 0/1 bytes. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | readonly string[];

/** A constant tensor, C order. `data.length` is the product of `dims`. */
export interface Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/**
 * What is known of a value before it is computed.
 * `dims` is undefined when not even the rank is known; `content` are the elements of a small integer tensor
 * (shapes and indices), symbolic where they depend on a free dimension; `constant` is set for initializers.
 */
export interface Fact {
  readonly dtype: DType;
  readonly dims: readonly Dim[] | undefined;
  readonly content?: readonly Dim[] | undefined;
  readonly constant?: Tensor | undefined;
}

/** A float attribute; a bare number is an integer attribute, as ONNX tells the two apart. */
export interface FloatAttr {
  readonly float: number;
}
export interface FloatsAttr {
  readonly floats: readonly number[];
}
export interface TensorAttr {
  readonly tensor: Tensor;
}
/** A subgraph (If, Loop, Scan): carried through untouched, with the outer names that it uses. */
export interface GraphAttr {
  readonly graph: GraphProto;
  readonly captures: readonly string[];
}
export type Attr =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | FloatAttr
  | FloatsAttr
  | TensorAttr
  | GraphAttr;
export type Attrs = Readonly<Record<string, Attr>>;

/** `""` among `inputs` marks an omitted optional input, as in ONNX. */
export interface Node {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: Attrs;
}

export interface Port {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly Dim[] | undefined;
}

/** Nodes are in topological order; `facts` covers every value whose type is known. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly nodes: readonly Node[];
  readonly facts: ReadonlyMap<string, Fact>;
}

export interface Model {
  readonly graph: Graph;
  /** Version of the default operator domain. */
  readonly opset: number;
  readonly irVersion: number;
  /** Other operator domains the file imports, with their versions. */
  readonly domains: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly producer: string;
  /** Model-local functions, carried through untouched. */
  readonly functions: readonly FunctionProto[];
}

/** A float attribute value: `float(0.25)`. */
export const float = (value: number): FloatAttr => ({ float: value });
