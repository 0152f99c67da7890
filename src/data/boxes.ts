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

/** `[[x0,y0,x1,y1],…]` as JSON or a list, or `x0 y0 x1 y1; …` (commas too). Throws `E_FILE` for anything else; `at` says where. */
export function readBoxes(raw: unknown, corners: BoxCorners, at: string): readonly PictureBox[] {
  const numbers = typeof raw === "string" ? ofText(raw) : raw;
  const boxes = Array.isArray(numbers) ? (numbers.every((n) => typeof n === "number") ? fours(numbers) : numbers) : [];
  const good = boxes.every((b) => Array.isArray(b) && b.length === 4 && b.every(Number.isFinite));
  if (good && Array.isArray(numbers)) return boxes.map((b) => boxOf(b as readonly number[], corners));
  throw new OnnxplainError(
    "E_FILE",
    `Expected the boxes of ${at} as [[x0,y0,x1,y1],…] or \`x0 y0 x1 y1; …\`, got ${JSON.stringify(raw)}.`,
  );
}

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
        .map(Number),
    );
}

/** A flat list is one box after the other. */
const fours = (numbers: readonly number[]): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(numbers.length / 4) }, (_, i) => numbers.slice(4 * i, 4 * i + 4));

/** Boxes cut at the picture's edges; what lies outside altogether is dropped. Both are said in `notes`. */
export function insideBoxes(
  boxes: readonly PictureBox[],
  { width, height }: { readonly width: number; readonly height: number },
): { readonly boxes: readonly PictureBox[]; readonly notes: readonly string[] } {
  const kept: PictureBox[] = [];
  const notes: string[] = [];
  for (const b of boxes) {
    const c = {
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
