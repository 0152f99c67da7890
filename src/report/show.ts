/** @file Maps in a terminal: a panel for each method and target, as many side by side as fit. */
import type { Explanation } from "../explain.ts";
import { formatTick } from "../image/colorbar.ts";
import { heatmap } from "../image/heatmap.ts";
import { encodePng } from "../image/png.ts";
import { explanationSheet } from "./explanation-sheet.ts";
import { displayClip, overlayPicture, type PictureOptions, planeOf } from "./picture.ts";
import { asciiRamp, fitColumns, halfBlocks, itermImage, kittyImage, type TerminalKind } from "./terminal.ts";
import { scoreText, targetName } from "./words.ts";

export interface ShowOptions extends Omit<PictureOptions, "index" | "title" | "colorbar" | "minSide"> {
  readonly kind: TerminalKind;
  /** Width of the terminal in characters. */
  readonly columns: number;
  readonly labels?: readonly string[] | undefined;
}

/** A panel is at least so wide before a second one is set beside it, and never wider than the last. */
const [NARROW, WIDE, GAP] = [36, 80, 2];

/** The text that draws every map of the explanations (of the same targets) over its picture. Ends without a line break. */
export async function showInTerminal(explanations: readonly Explanation[], options: ShowOptions): Promise<string> {
  const { kind, columns, labels, ...style } = options;
  if (kind === "blocks" || kind === "ascii") return textPanels(explanations, options).join("\n");
  const sheet = explanationSheet(explanations, { ...style, labels });
  const png = await encodePng(sheet);
  // a column is about 8 pixels wide
  const wide = { columns: Math.max(1, Math.min(columns, Math.ceil(sheet.width / 8))) };
  return kind === "iterm" ? itermImage(png, wide) : kittyImage(png, wide);
}

function textPanels(
  explanations: readonly Explanation[],
  { kind, columns, labels, ...style }: ShowOptions,
): readonly string[] {
  const count = Math.max(1, Math.min(explanations.length, Math.floor((columns + GAP) / (NARROW + GAP))));
  const width = Math.max(1, Math.min(WIDE, Math.floor((columns + GAP) / count) - GAP));
  const out: string[] = [];
  const first = explanations[0] as Explanation;
  for (const [index, target] of first.targets.entries()) {
    if (index > 0) out.push("");
    out.push(...wrapped(`${targetName(target, labels)}, ${scoreText(first, index)}`, columns));
    for (let at = 0; at < explanations.length; at += count) {
      const row = explanations.slice(at, at + count).map((e) => panel(e, index, { kind, width, style }));
      out.push(...beside(row));
    }
  }
  return out;
}

interface Panel {
  readonly width: number;
  /** Lines with the characters they take. */
  readonly lines: readonly { readonly text: string; readonly length: number }[];
}

function panel(
  explanation: Explanation,
  index: number,
  { kind, width, style }: { readonly kind: TerminalKind; readonly width: number; readonly style: PictureOptions },
): Panel {
  const large = overlayPicture(explanation, { ...style, index, colorbar: false });
  const picture = fitColumns(large, width);
  const drawn = kind === "ascii" ? asciiRamp(picture) : halfBlocks(picture);
  const plain = (text: string): { text: string; length: number } => {
    const cut = text.length > width ? `${text.slice(0, Math.max(width - 2, 0))}..` : text;
    return { text: cut, length: cut.length };
  };
  return {
    width,
    lines: [
      plain(`${explanation.method}${explanation.layer ? ` at ${explanation.layer.name}` : ""}`),
      ...drawn.map((text) => ({ text, length: picture.width })),
      plain(scaleText(explanation, index, style)),
    ],
  };
}

/** What the ends of the colours stand for. */
function scaleText(explanation: Explanation, index: number, { reducer, cmap }: PictureOptions): string {
  const { values, width, height } = planeOf(explanation, index, reducer);
  const { range, cmap: name } = heatmap(values, {
    width,
    height,
    signed: explanation.signed,
    cmap,
    clip: displayClip(explanation),
  });
  return `${formatTick(range.low)} .. ${formatTick(range.high)} (${name})`;
}

function beside(panels: readonly Panel[]): readonly string[] {
  const height = Math.max(...panels.map((p) => p.lines.length));
  return Array.from({ length: height }, (_, i) =>
    panels
      .map(({ width, lines }, p) => {
        const { text, length } = lines[i] ?? { text: "", length: 0 };
        return p === panels.length - 1 ? text : text + " ".repeat(Math.max(0, width - length) + GAP);
      })
      .join(""),
  );
}

/** Broken at blanks where it is longer than the line. */
function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
