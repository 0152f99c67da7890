/** @file Ranges that parameters of augmentations lie in. */
import { number, numbers, type ParamSpec } from "../../params.ts";

/** A number in `low`…`high`, both included. */
export const between = (fallback: number, [low, high]: readonly [number, number], about: string): ParamSpec => {
  const any = number(fallback, about);
  return {
    ...any,
    expected: `a number in ${low}…${high}`,
    read: (raw) => {
      const v = any.read(raw);
      return typeof v === "number" && v >= low && v <= high ? v : undefined;
    },
  };
};

/** Two numbers, the smaller one first, greater than 0 and at most `high`. */
export const interval = (fallback: readonly [number, number], high: number, about: string): ParamSpec => {
  const any = numbers(fallback, about);
  return {
    ...any,
    expected: `two numbers greater than 0${Number.isFinite(high) ? `, at most ${high}` : ""}, the smaller one first`,
    read: (raw) => {
      const v = any.read(raw);
      if (!Array.isArray(v) || v.length !== 2) return undefined;
      const [a, b] = v as [number, number];
      return a > 0 && a <= b && b <= high ? v : undefined;
    },
  };
};
