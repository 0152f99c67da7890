/** @file Sets of places as bits: place i is bit i mod 32 of word i / 32. */

export const wordsFor = (size: number): number => (size + 31) >>> 5;
export const has = (set: Uint32Array, i: number): boolean => (((set[i >>> 5] as number) >>> (i & 31)) & 1) === 1;
export const put = (set: Uint32Array, i: number): void => {
  set[i >>> 5]! |= 1 << (i & 31);
};

/** The set of places below `size` for which `test` holds. */
export function setOf(size: number, test: (i: number) => boolean): Uint32Array {
  const set = new Uint32Array(wordsFor(size));
  for (let i = 0; i < size; i++) if (test(i)) put(set, i);
  return set;
}

/** Ones of a word. */
export function ones(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

export function sizeOf(set: Uint32Array): number {
  let n = 0;
  for (let w = 0; w < set.length; w++) n += ones(set[w]!);
  return n;
}

/** Places in `a` and in `b[from …]`. */
export function inBoth(a: Uint32Array, b: Uint32Array, from = 0): number {
  let n = 0;
  for (let w = 0; w < a.length; w++) n += ones(a[w]! & b[from + w]!);
  return n;
}

/** Takes the places of `b[from …]` out of `a`. */
export function takeOut(a: Uint32Array, b: Uint32Array, from = 0): void {
  for (let w = 0; w < a.length; w++) a[w]! &= ~b[from + w]!;
}

/** The places, ascending. */
export function placesIn(set: Uint32Array): Int32Array {
  const places = new Int32Array(sizeOf(set));
  let at = 0;
  for (let w = 0; w < set.length; w++)
    for (let word = set[w]!; word !== 0; word &= word - 1) places[at++] = w * 32 + 31 - Math.clz32(word & -word);
  return places;
}
