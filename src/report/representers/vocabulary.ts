/** @file Token ids as words: vocabularies as files hold them, unknown words marked, padding cut. */
import { OnnxplainError } from "../../errors.ts";
import type { Word } from "./input.ts";

export interface Vocabulary {
  readonly words: ReadonlyMap<number, string>;
  /** Id that fills short texts up; undefined where the vocabulary names none. */
  readonly padding: number | undefined;
}

const spelled = (names: readonly string[]): ReadonlySet<string> => new Set(names);
/** What vocabularies call the id that fills up, and the one for words that they do not hold. */
const PADDING = spelled(["<pad>", "[pad]", "<padding>", "<blank>", "_pad_"]);
const UNKNOWN = spelled(["<unk>", "[unk]", "<unknown>", "<oov>", "[oov]", "_unk_", "<>", "unk"]);
const has = (set: ReadonlySet<string>, word: string): boolean => set.has(word.toLowerCase());

/**
 * A vocabulary from its file: a JSON object from words to ids, a JSON list of words, or one word a line, where the first has id 0.
 * Throws `E_FILE`.
 */
export function readVocabulary(text: string, name = "(unnamed)"): Vocabulary {
  const plain = text.replace(/^\uFEFF/, "");
  const entries = /^\s*(\{\s*["}]|\[\s*["\d\]])/.test(plain) ? fromJson(plain, name) : fromLines(plain);
  const words = new Map<number, string>();
  for (const [word, id] of entries) {
    const other = words.get(id);
    if (other !== undefined) throw broken(name, `id ${id} stands for both \`${other}\` and \`${word}\``);
    words.set(id, word);
  }
  if (words.size === 0) throw broken(name, "it holds no word");
  return { words, padding: entries.find(([word]) => has(PADDING, word))?.[1] };
}

type Entry = readonly [word: string, id: number];

const broken = (name: string, why: string): OnnxplainError =>
  new OnnxplainError(
    "E_FILE",
    `Cannot read the vocabulary \`${name}\`: ${why}. Expected a JSON object from words to ids (whole numbers from 0), a JSON list of words, or one word a line.`,
    { file: name },
  );

const fromLines = (text: string): readonly Entry[] =>
  text
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .map((word, id): Entry => [word, id])
    .filter(([word]) => word !== "");

function fromJson(text: string, name: string): readonly Entry[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw broken(name, cause instanceof Error ? cause.message.replace(/\.$/, "") : "it is no JSON");
  }
  if (Array.isArray(json)) {
    const odd = json.find((word) => typeof word !== "string");
    if (odd !== undefined) throw broken(name, `its list holds ${JSON.stringify(odd)}, which is no word`);
    return json.map((word, id): Entry => [word as string, id]);
  }
  return Object.entries(json as Readonly<Record<string, unknown>>).map(([word, id]): Entry => {
    if (!Number.isInteger(id) || (id as number) < 0) throw broken(name, `\`${word}\` has the id ${JSON.stringify(id)}`);
    return [word, id as number];
  });
}

export interface WordOptions {
  /** Id to cut off at both ends; default: the vocabulary's own, else 0 where it has no word of that id; null cuts nothing. */
  readonly padding?: number | null | undefined;
}

/** The words of a text. Ids without a word become `#17`; they, and what the vocabulary calls unknown, are marked. */
export function wordsOf(
  ids: ArrayLike<number | bigint>,
  { words, padding: own }: Vocabulary,
  { padding = own ?? (words.has(0) ? null : 0) }: WordOptions = {},
): readonly Word[] {
  const all = Array.from(ids, Number);
  const first = all.findIndex((id) => id !== padding);
  const last = all.findLastIndex((id) => id !== padding);
  return (first < 0 ? [] : all.slice(first, last + 1)).map((id) => {
    const text = words.get(id);
    if (text === undefined) return { text: `#${id}`, unknown: true };
    return has(UNKNOWN, text) ? { text, unknown: true } : { text };
  });
}
