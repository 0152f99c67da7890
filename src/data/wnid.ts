/** @file WordNet ids, as ImageNet names its classes. */
import { OnnxplainError } from "../errors.ts";
import { readCsv } from "../formats/csv.ts";

const WNID = /^\s*(n\d{8})(?=$|[\s_,:-])[\s_,:-]*/;

/** `n01440764_tench` -> id and rest; no id, and all of it as the rest, where it begins otherwise. */
export function wnidOf(text: string): { readonly wnid: string | undefined; readonly rest: string } {
  const wnid = WNID.exec(text)?.[1];
  return { wnid, rest: wnid === undefined ? text.trim() : text.replace(WNID, "").trim() };
}

/**
 * WordNet ids in the order of a model's classes, from: lines that begin with an id (`n01440764 tench, Tinca tinca`), in class order;
 * CSV with columns `wnid` and `class_index` (or `index`); JSON `["n01440764", …]` or `{"0": ["n01440764", "tench"], …}`.
 * A class without an id is undefined. Throws `E_FILE` when there are none.
 */
export function readWnids(text: string, name = "(unnamed)"): readonly (string | undefined)[] {
  const ids = fromJson(text) ?? fromCsv(text, name) ?? fromLines(text);
  if (ids.some((id) => id !== undefined)) return ids;
  throw new OnnxplainError(
    "E_FILE",
    `\`${name}\` names no WordNet ids. Write one a line in class order, as \`n01440764 tench\`.`,
    { file: name },
  );
}

const idIn = (value: unknown): string | undefined =>
  Array.isArray(value) ? value.map(idIn).find((id) => id !== undefined) : wnidOf(String(value)).wnid;

function fromJson(text: string): readonly (string | undefined)[] | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(json) ? json.map(idIn) : placed(Object.entries(json as object).map(([k, v]) => [k, idIn(v)]));
}

function fromCsv(text: string, name: string): readonly (string | undefined)[] | undefined {
  if (!/^[^\n]*\bwnid\b/i.test(text) || !text.includes(",")) return undefined;
  const { columns } = readCsv(text, { name });
  const column = (...names: readonly string[]) => columns.find((c) => names.includes(c.name.toLowerCase()))?.values;
  const ids = column("wnid");
  const at = column("class_index", "index", "label", "class");
  return ids?.length && at ? placed(ids.map((id, i) => [String(at[i]), idIn(id)])) : undefined;
}

const fromLines = (text: string): readonly (string | undefined)[] =>
  text
    .trim()
    .split(/\r?\n/)
    .map((line) => wnidOf(line).wnid);

function placed(pairs: readonly (readonly [string, string | undefined])[]): readonly (string | undefined)[] {
  const out: (string | undefined)[] = [];
  for (const [at, id] of pairs) if (/^\d{1,6}$/.test(at)) out[Number(at)] = id;
  return Array.from(out);
}
