/** @file The largest of a stream of numbers, with their places. */

/** Keeps the `most` largest; of equal ones those that came first. */
export interface Extremes {
  /** A number below this, or equal to it, does not get in. */
  readonly bar: () => number;
  readonly offer: (value: number, index: number) => void;
  /** Largest first. */
  readonly ranked: () => readonly { readonly index: number; readonly value: number }[];
}

export function extremes(most: number): Extremes {
  const values = new Float64Array(most);
  const indices = new Int32Array(most);
  let count = 0;
  const bar = (): number => (count < most ? Number.NEGATIVE_INFINITY : (values[most - 1] as number));
  return {
    bar: most === 0 ? () => Number.POSITIVE_INFINITY : bar,
    offer: (value, index) => {
      if (most === 0 || (count === most && !(value > bar()))) return;
      let at = count < most ? count++ : most - 1;
      for (; at > 0 && (values[at - 1] as number) < value; at--) {
        values[at] = values[at - 1] as number;
        indices[at] = indices[at - 1] as number;
      }
      values[at] = value;
      indices[at] = index;
    },
    ranked: () =>
      Array.from({ length: count }, (_, i) => ({ index: indices[i] as number, value: values[i] as number })),
  };
}
