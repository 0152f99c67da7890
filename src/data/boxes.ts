/** @file Boxes of pictures: read from text or numbers, brought into the picture. */
import { OnnxplainError } from "../errors.ts";
import type { PictureBox } from "./dataset.ts";

/** What the largest coordinates mean: the first pixel outside (`half-open`), or the last pixel inside (`inclusive`). */
export type BoxCorners = "half-open" | "inclusive";

/** `x0, y0, x1, y1` as a half-open box. */
export function boxOf(numbers: readonly number[], corners: BoxCorners): PictureBox {
  const [x0, y0, x1, y1] = numbers as readonly [number, number, number, number];
  const last = corners === "inclusive" ? 1 : 0;
  return { x0, y0, x1: x1 + last, y1: y1 + last };
}

/**
 * `[[x0,y0,x1,y1],…]` as JSON or a list, or `x0 y0 x1 y1; …` (commas too); a fifth entry names the class of what the box holds, or is
 * its index. Throws `E_FILE` for anything else; `at` says where.
 */
export function readBoxes(raw: unknown, corners: BoxCorners, at: string): readonly PictureBox[] {
  const numbers = typeof raw === "string" ? ofText(raw) : raw;
  const boxes = Array.isArray(numbers) ? (numbers.every((n) => typeof n === "number") ? fours(numbers) : numbers) : [];
  const good = boxes.every((b) => Array.isArray(b) && b.length >= 4 && b.slice(0, 4).every(Number.isFinite));
  if (good && Array.isArray(numbers) && boxes.every(([, , , , ...more]) => more.length === 0 || isClass(more)))
    return boxes.map((b) => ({ ...boxOf(b as readonly number[], corners), ...classIn(b[4]) }));
  throw new OnnxplainError(
    "E_FILE",
    `Expected the boxes of ${at} as [[x0,y0,x1,y1],…] or \`x0 y0 x1 y1; …\`, got ${JSON.stringify(raw)}.`,
  );
}

const isClass = (more: readonly unknown[]): boolean =>
  more.length === 1 && ((Number.isSafeInteger(more[0]) && (more[0] as number) >= 0) || typeof more[0] === "string");
const classIn = (stated: unknown): Pick<PictureBox, "index" | "name"> =>
  typeof stated === "number" ? { index: stated } : typeof stated === "string" ? { name: stated } : {};

function ofText(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed.startsWith("["))
    try {
      return JSON.parse(trimmed);
    } catch {
      return undefined;
    }
  return trimmed
    .split(";")
    .filter((part) => part.trim() !== "")
    .map((part) =>
      part
        .trim()
        .split(/[\s,]+/)
        .map((word, i) => (i < 4 || /^\d+$/.test(word) ? Number(word) : word)),
    );
}

/** A flat list is one box after the other. */
const fours = (numbers: readonly number[]): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(numbers.length / 4) }, (_, i) => numbers.slice(4 * i, 4 * i + 4));

/** The boxes of a class, and those that name none. Empty where all are of other classes. */
export const boxesOfClass = (
  boxes: readonly PictureBox[],
  { index, name }: Pick<PictureBox, "index" | "name">,
): readonly PictureBox[] =>
  boxes.filter(
    (b) =>
      (b.index === undefined && b.name === undefined) ||
      (b.index !== undefined && b.index === index) ||
      (b.name !== undefined && b.name === name),
  );

/** Boxes cut at the picture's edges; what lies outside altogether is dropped. Both are said in `notes`. */
export function insideBoxes(
  boxes: readonly PictureBox[],
  { width, height }: { readonly width: number; readonly height: number },
): { readonly boxes: readonly PictureBox[]; readonly notes: readonly string[] } {
  const kept: PictureBox[] = [];
  const notes: string[] = [];
  for (const b of boxes) {
    const c = {
      ...b,
      x0: Math.max(b.x0, 0),
      y0: Math.max(b.y0, 0),
      x1: Math.min(b.x1, width),
      y1: Math.min(b.y1, height),
    };
    const text = `box ${b.x0} ${b.y0} ${b.x1} ${b.y1}`;
    if (b.x1 <= b.x0 || b.y1 <= b.y0) notes.push(`${text} dropped: it is empty`);
    else if (c.x1 <= c.x0 || c.y1 <= c.y0)
      notes.push(`${text} dropped: it lies outside the picture (${width} x ${height})`);
    else {
      kept.push(c);
      if (c.x0 !== b.x0 || c.y0 !== b.y0 || c.x1 !== b.x1 || c.y1 !== b.y1)
        notes.push(`${text} cut at the picture's edge (${width} x ${height})`);
    }
  }
  return { boxes: kept, notes };
}
