/** @file Edits as text, the way they are given on a command line. */
import { OnnxplainError } from "../errors.ts";
import type { Edit, Fill } from "./edit.ts";

const GREY: Fill = { kind: "color", color: [128, 128, 128] };
const GRAMMAR = "`box=x0,y0,x1,y1,fill=grey|mean|blur|blur:SIGMA|#rrggbb|from:x,y` in whole pixels";

type ReadFill = (text: RegExpExecArray) => Fill;
const FILLS: readonly (readonly [RegExp, ReadFill])[] = [
  [/^gr[ae]y$/, () => GREY],
  [/^mean$/, () => ({ kind: "mean" })],
  [/^blur$/, () => ({ kind: "blur" })],
  [/^blur:(\d+(?:\.\d+)?)$/, ([, sigma]) => ({ kind: "blur", sigma: Number(sigma) })],
  [
    /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i,
    ([, ...hex]) => ({ kind: "color", color: hex.map((h) => Number.parseInt(h, 16)) as [number, number, number] }),
  ],
  [/^from:(\d+),(\d+)$/, ([, x, y]) => ({ kind: "from", x: Number(x), y: Number(y) })],
];

/**
 * An edit from its text, as on the command line.
 *
 * @throws OnnxplainError `E_PARAM` for any other text, and for a box without pixels.
 * @example parseEdit("box=0,300,120,333,fill=mean")
 */
export function parseEdit(text: string): Edit {
  const wrong = (why: string): OnnxplainError =>
    new OnnxplainError("E_PARAM", `The edit \`${text}\` ${why}. Expected ${GRAMMAR}.`);
  const [, corners, filling] = /^box=([^a-z]*),fill=(.*)$/.exec(text.replace(/\s+/g, "")) ?? [];
  if (corners === undefined || filling === undefined) throw wrong("is none");
  const numbers = corners.split(",");
  if (numbers.length !== 4 || !numbers.every((n) => /^-?\d+$/.test(n)))
    throw wrong(`has the box \`${corners}\`, not four whole numbers`);
  const [x0, y0, x1, y1] = numbers.map(Number) as [number, number, number, number];
  if (x1 <= x0 || y1 <= y0) throw wrong("has a box without pixels: x1 must be greater than x0, and y1 than y0");
  for (const [pattern, read] of FILLS) {
    const found = pattern.exec(filling);
    if (found) return { x0, y0, x1, y1, fill: read(found) };
  }
  throw wrong(`has the fill \`${filling}\`, which is not known`);
}
