/** @file A dimension: a number, or a monomial in free symbols such as `"N"`, `"49*N"`, `"N*T"`. Sums are not represented. */

/**
 * Size of one axis. A string is `coefficient*symbol*symbol…`, symbols sorted; a coefficient of 1 is not written, and none is negative.
 * A number may be negative only among the elements of a shape tensor (`-1`: what is left).
 */
export type Dim = number | string;

interface Monomial {
  readonly k: number;
  readonly symbols: readonly string[];
}

const parse = (dim: Dim): Monomial => {
  if (typeof dim === "number") return { k: dim, symbols: [] };
  const [head = "", ...rest] = dim.split("*");
  return /^-?\d+$/.test(head) ? { k: Number(head), symbols: rest } : { k: 1, symbols: [head, ...rest] };
};
const print = ({ k, symbols }: Monomial): Dim => {
  if (k === 0) return 0;
  return symbols.length === 0 ? k : (k === 1 ? symbols : [String(k), ...symbols]).join("*");
};

/** Product of dimensions; the empty product is 1. */
export function dimProduct(dims: readonly Dim[]): Dim {
  const parts = dims.map(parse);
  return print({ k: parts.reduce((p, m) => p * m.k, 1), symbols: parts.flatMap((m) => m.symbols).sort() });
}

/** Product of elements of shape tensors; undefined where it is a negative multiple of a symbol, which no dimension can be. */
export function elementProduct(elements: readonly Dim[]): Dim | undefined {
  const product = dimProduct(elements);
  return isNegativeMultiple(product) ? undefined : product;
}
const isNegativeMultiple = (dim: Dim): boolean => typeof dim === "string" && dim.startsWith("-");

/** Exact quotient, or undefined when `a` is not a multiple of `b` (or `b` is 0), or the quotient a negative multiple of a symbol. */
export function dimQuotient(a: Dim, b: Dim): Dim | undefined {
  const x = parse(a);
  const y = parse(b);
  if (y.k === 0 || x.k % y.k !== 0) return undefined;
  const left = [...x.symbols];
  for (const s of y.symbols) {
    const at = left.indexOf(s);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  const quotient = print({ k: x.k / y.k, symbols: left });
  return isNegativeMultiple(quotient) ? undefined : quotient;
}

/** A dimension nothing is known about; equal only to itself. The name says where it arose. */
export const unknownDim = (value: string, axis: number): Dim => `?${value.replaceAll("*", "_")}.${axis}`;

export const isStatic = (dims: readonly Dim[] | undefined): dims is readonly number[] =>
  dims?.every((d) => typeof d === "number") ?? false;

/** Does the symbol occur in this dimension? */
export const dimMentions = (dim: Dim, symbol: string): boolean => parse(dim).symbols.includes(symbol);

export const elementCount = (dims: readonly number[]): number => dims.reduce((p, d) => p * d, 1);

/** `[N,3,224,224]`, or `[?]` when the rank is unknown. */
export const formatDims = (dims: readonly Dim[] | undefined): string => (dims ? `[${dims.join(",")}]` : "[?]");
