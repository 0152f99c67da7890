/** @file Codes by which participants come in: not to be guessed, easy to read aloud and to type. */

/** Without 0, O, 1 and I, which are taken for each other; 32 letters, 5 bits each. */
const LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const GROUP = 4;
const GROUPS = 3;
const LENGTH = GROUP * GROUPS;

/** `count` different codes of 60 random bits, such as `K7QM-3XPA-9FWT`. */
export function newCodes(count: number): readonly string[] {
  const codes = new Set<string>();
  while (codes.size < count) codes.add(grouped(letters(crypto.getRandomValues(new Uint8Array(LENGTH)))));
  return [...codes];
}

/** A byte is one of 256, 8 for each letter: none is likelier than another. */
const letters = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length] as string).join("");
const grouped = (text: string): string =>
  Array.from({ length: GROUPS }, (_, i) => text.slice(i * GROUP, (i + 1) * GROUP)).join("-");

/** Longer input is not looked at. */
const MOST = 64;

/** The code that somebody typed, in whatever case and with whatever blanks and dashes; undefined where it cannot be one. */
export function codeOf(typed: string): string | undefined {
  if (typed.length > MOST) return undefined;
  const bare = typed.replaceAll(/[a-z]/g, (c) => c.toUpperCase()).replaceAll(/[\s\p{Pd}_.]/gu, "");
  return bare.length === LENGTH && [...bare].every((c) => LETTERS.includes(c)) ? grouped(bare) : undefined;
}

/** A secret of 256 random bits in 64 hexadecimal digits. */
export const newToken = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** What a participant is called in results, which are shown where codes must not be: `P01`, `P02`, … by place. */
export const participantName = (place: number, count: number): string =>
  `P${String(place + 1).padStart(Math.max(2, String(count).length), "0")}`;

/** `codes.csv` of a study: a line for each participant, `code,participant`. */
export const codesCsv = (codes: readonly string[]): string =>
  ["code,participant", ...codes.map((code, i) => `${code},${participantName(i, codes.length)}`), ""].join("\n");

/** Codes of a `codes.csv` in its order; lines without one, such as the heading, are passed over. */
export const codesIn = (csv: string): readonly string[] => [
  ...new Set(csv.split(/\r?\n/).flatMap((line) => codeOf(line.split(",")[0] ?? "") ?? [])),
];
