/** @file What points of a fit look like: pictures read where they lie, token ids as words; training and held-out points apart. */
import { readFile } from "node:fs/promises";
import { type ArrayFile, type Likenesses, picturesOf, readVocabulary, textsOf } from "../src/index.ts";
import { dataFrom } from "./data.ts";
import { isSet, text, type Values } from "./flags.ts";
import { arrayFile, heldOutPlace, isArrays } from "./representers-source.ts";

/** Rows of token ids as texts, where a vocabulary is given. */
export async function wordsIn(
  values: Values,
  { name, dims, data }: ArrayFile,
  ids: ReadonlySet<string>,
): Promise<Likenesses> {
  const file = text(values, "vocabulary");
  if (file === undefined) return new Map();
  const size = dims.slice(1).reduce((p, d) => p * d, 1);
  const rows = Array.from(
    { length: dims[0] ?? 0 },
    (_, i) => [`${name}#${i}`, data.subarray(i * size, (i + 1) * size)] as const,
  );
  return textsOf(new Map(rows.filter(([id]) => ids.has(id))), readVocabulary(await readFile(file, "utf8"), file));
}

/** Training points. */
export async function trainLooks(values: Values, ids: ReadonlySet<string>): Promise<Likenesses> {
  const location = text(values, "data");
  if (location === undefined || isSet(values, "features")) return new Map();
  if (isArrays(values, location)) return wordsIn(values, await arrayFile(values, location), ids);
  return picturesOf((await dataFrom(values)).data, ids);
}

/** Held-out points of the fit. */
export async function heldOutLooks(values: Values, ids: ReadonlySet<string>): Promise<Likenesses> {
  const place = heldOutPlace(values);
  return place === undefined ? new Map() : trainLooks({ ...place.values, data: place.location }, ids);
}

/** The words of a point that is a text. */
export function saidBy(looks: Likenesses | undefined, id: string | undefined): string | undefined {
  const look = id === undefined ? undefined : looks?.get(id);
  return look?.kind === "text" ? look.words.map((w) => w.text).join(" ") : undefined;
}
