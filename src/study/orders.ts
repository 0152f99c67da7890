/** @file The order of the questions: another for every participant and part, and always the same one. */
import { scattered, shuffled, uniforms } from "../random.ts";
import type { Part, Study } from "./study.ts";

/** Ids of all questions; decided by the study's seed, the code and the part alone. */
export function orderOf(
  { seed, questions }: Pick<Study, "seed"> & { readonly questions: readonly { readonly id: string }[] },
  code: string,
  part: Part,
): readonly string[] {
  const random = uniforms(scattered(scattered(seed) ^ hashOf(`${part}/${code}`)));
  return Array.from(shuffled(questions.length, random), (i) => (questions[i] as { readonly id: string }).id);
}

/** FNV-1a of the UTF-8 bytes, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}
