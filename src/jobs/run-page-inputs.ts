/** @file Shapes of what many pages are made from: facts, points, maps. */
import type { Likeness, PageFacts, PagePoint, Word } from "../report/representers/input.ts";
import {
  bytes,
  count,
  flag,
  list,
  nullable,
  optional,
  pair,
  record,
  type Shape,
  tagged,
  text,
} from "./run-page-shape.ts";

export const settings: Shape<PageFacts["settings"]> = list(pair(text, text));
export const names: Shape<readonly string[]> = list(text);

export const facts: Shape<PageFacts> = record<PageFacts>({
  model: text,
  data: text,
  settings,
  command: optional(text),
  notes: optional(names),
});

/** As `facts` and labels stand at the head of a page. */
export const head = { facts, labels: names } as const;

const word: Shape<Word> = record<Word>({ text, unknown: optional(flag) });
const picture = record<Extract<Likeness, { kind: "picture" }>>({ kind: text as Shape<"picture">, png: bytes });
const said = record<Extract<Likeness, { kind: "text" }>>({ kind: text as Shape<"text">, words: list(word) });
const likeness: Shape<Likeness> = tagged<Likeness>("kind", { picture, text: said });

export const point: Shape<PagePoint> = record<PagePoint>({
  id: text,
  label: nullable(count),
  likeness: optional(likeness),
});
