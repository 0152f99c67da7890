/** @file Seeds that depend on what is measured and not on the order of the work. */

/** FNV-1a over the words, in 0…2^31-1; words are told apart by position. */
export function seedOf(...words: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(JSON.stringify(words))) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 1) & 0x7fffffff;
}
