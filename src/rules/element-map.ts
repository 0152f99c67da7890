/** @file Element-wise maps as data: what a relevance rule does to inputs, weights and biases before they meet. */
import type { GraphBuilder, Value } from "../graph/builder.ts";
import { isNonNegative } from "../ops/masks.ts";

/** `v·x + pos·max(x,0) + neg·min(x,0) + square·x² + one`; what is left out is 0. */
export interface ElementMap {
  readonly v?: number;
  readonly pos?: number;
  readonly neg?: number;
  readonly square?: number;
  readonly one?: number;
}

export const ID: ElementMap = { v: 1 };
export const POSITIVE: ElementMap = { pos: 1 };
export const NEGATIVE: ElementMap = { neg: 1 };
export const ONE: ElementMap = { one: 1 };
export const SQUARE: ElementMap = { square: 1 };

export const isIdentity = ({ v = 0, pos = 0, neg = 0, square = 0, one = 0 }: ElementMap): boolean =>
  v === 1 && pos === 0 && neg === 0 && square === 0 && one === 0;

export const isOne = ({ v = 0, pos = 0, neg = 0, square = 0, one = 0 }: ElementMap): boolean =>
  one === 1 && v === 0 && pos === 0 && neg === 0 && square === 0;

/** The same map on values that are never negative. */
const onNonNegative = ({ v = 0, pos = 0, square = 0, one = 0 }: ElementMap): ElementMap => ({
  v: v + pos,
  square,
  one,
});

/** The sign of everything the map gives: 1 = never negative, -1 = never positive, 0 = either. */
export function signOf(map: ElementMap, nonNegative: boolean): -1 | 0 | 1 {
  const { v = 0, pos = 0, neg = 0, square = 0, one = 0 } = nonNegative ? onNonNegative(map) : map;
  if (v !== 0 && !nonNegative) return 0;
  const parts = [v, pos, -neg, square, one].filter((c) => c !== 0);
  return parts.every((c) => c > 0) ? 1 : parts.every((c) => c < 0) ? -1 : 0;
}

/** Emit the map; null when it is 0 everywhere. A known sign of `x` is used. */
export function applyMap(g: GraphBuilder, map: ElementMap, x: Value): Value | null {
  const { v = 0, pos = 0, neg = 0, square = 0, one = 0 } = isNonNegative(g, x) ? onNonNegative(map) : map;
  const scaled = (value: () => Value, factor: number): Value[] =>
    factor === 0 ? [] : [factor === 1 ? value() : g.op("Mul", [value(), g.scalar(factor, x.dtype)])];
  const parts = [
    ...scaled(() => x, v),
    ...scaled(() => g.op("Relu", [x]), pos),
    ...scaled(() => g.op("Min", [x, g.scalar(0, x.dtype)]), neg),
    ...scaled(() => g.op("Mul", [x, x]), square),
  ];
  if (one !== 0) {
    const constant = g.scalar(one, x.dtype);
    parts.push(parts.length > 0 ? constant : g.op("Expand", [constant, g.op("Shape", [x])]));
  }
  const [first, ...rest] = parts;
  return first === undefined ? null : rest.reduce((sum, part) => g.op("Add", [sum, part]), first);
}
