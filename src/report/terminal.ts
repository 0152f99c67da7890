/** @file A picture as text for a terminal: half blocks in true colour, a grey ramp of characters, or an inline image. */
import { resize } from "../image/resize.ts";
import type { ImageU8 } from "../image/types.ts";

/**
 * What a terminal can show: `iterm` and `kitty` draw pictures by their own protocols, `blocks` stands for true colour,
 * `ascii` for no colour at all.
 */
export type TerminalKind = "iterm" | "kitty" | "blocks" | "ascii";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const ITERM_PROGRAMS: ReadonlySet<string> = new Set(["iTerm.app", "WezTerm", "vscode"]);

/**
 * The kind that an environment tells. `NO_COLOR` (https://no-color.org: set and not empty) and `TERM=dumb` mean `ascii`. Inline
 * images need a terminal at the other end (`tty`), and no multiplexer between.
 */
export function terminalKind(env: Environment, { tty }: { readonly tty: boolean }): TerminalKind {
  if (env.NO_COLOR || env.TERM === "dumb") return "ascii";
  if (!tty || env.TMUX || /^(screen|tmux)/.test(env.TERM ?? "")) return "blocks";
  if (env.KITTY_WINDOW_ID || env.TERM === "xterm-kitty") return "kitty";
  return ITERM_PROGRAMS.has(env.TERM_PROGRAM ?? "") ? "iterm" : "blocks";
}

const ESC = "\x1b";
const RESET = `${ESC}[0m`;

/** Two rows of pixels a line: the upper one in the foreground of `▀`, the lower one behind it. Each line ends with a reset. */
export function halfBlocks(picture: ImageU8): readonly string[] {
  const { width, height } = picture;
  return Array.from({ length: Math.ceil(height / 2) }, (_, line) => {
    let [text, above, below] = ["", "", ""];
    for (let x = 0; x < width; x++) {
      const upper = `${ESC}[38;2;${rgbAt(picture, x, 2 * line).join(";")}m`;
      const lower = 2 * line + 1 < height ? `${ESC}[48;2;${rgbAt(picture, x, 2 * line + 1).join(";")}m` : "";
      if (upper !== above) text += upper;
      if (lower !== below) text += lower;
      text += "▀";
      [above, below] = [upper, lower];
    }
    return text + RESET;
  });
}

/** Dark to light, on a dark ground. */
const RAMP = " .:-=+*#%@";

/** Two rows of pixels a line, as grey levels (Rec. 601 luma) of characters. */
export function asciiRamp(picture: ImageU8): readonly string[] {
  const { width, height } = picture;
  const grey = (x: number, y: number): number => {
    const [r, g, b] = rgbAt(picture, x, y);
    return (299 * r + 587 * g + 114 * b) / 1000;
  };
  return Array.from({ length: Math.ceil(height / 2) }, (_, line) => {
    const lower = Math.min(2 * line + 1, height - 1);
    return Array.from({ length: width }, (_, x) => {
      const level = (grey(x, 2 * line) + grey(x, lower)) / 2;
      return RAMP[Math.min(Math.floor((level / 256) * RAMP.length), RAMP.length - 1)];
    }).join("");
  });
}

/** Straight alpha is laid on black. */
function rgbAt({ width, channels, data }: ImageU8, x: number, y: number): readonly [number, number, number] {
  const at = (y * width + x) * channels;
  const value = (c: number): number => data[at + (channels === 1 ? 0 : c)] as number;
  const alpha = channels === 4 ? (data[at + 3] as number) / 255 : 1;
  return [Math.round(value(0) * alpha), Math.round(value(1) * alpha), Math.round(value(2) * alpha)];
}

/** The picture reduced to so many columns of half blocks; it is never enlarged. */
export function fitColumns(picture: ImageU8, columns: number): ImageU8 {
  const width = Math.max(1, Math.min(columns, picture.width));
  const height = Math.max(1, Math.round((picture.height * width) / picture.width));
  return resize(picture, { width, height, resample: "box" });
}

export interface InlineOptions {
  /** Columns of the terminal that the image takes. */
  readonly columns: number;
}

/** iTerm2's inline image (https://iterm2.com/documentation-images.html), one line of text. */
export const itermImage = (png: Uint8Array, { columns }: InlineOptions): string =>
  `${ESC}]1337;File=inline=1;size=${png.length};width=${columns};preserveAspectRatio=1:${base64(png)}\x07`;

/** Bytes of base64 in one escape sequence, at most. */
const KITTY_CHUNK = 4096;

/** Kitty's graphics protocol (https://sw.kovidgoyal.net/kitty/graphics-protocol): transmit and show a PNG, in chunks. */
export function kittyImage(png: Uint8Array, { columns }: InlineOptions): string {
  const text = base64(png);
  const chunks = Array.from({ length: Math.max(1, Math.ceil(text.length / KITTY_CHUNK)) }, (_, i) =>
    text.slice(i * KITTY_CHUNK, (i + 1) * KITTY_CHUNK),
  );
  return chunks
    .map((chunk, i) => {
      const keys = [...(i === 0 ? ["a=T", "f=100", "q=2", `c=${columns}`] : []), `m=${i < chunks.length - 1 ? 1 : 0}`];
      return `${ESC}_G${keys.join(",")};${chunk}${ESC}\\`;
    })
    .join("");
}

/** Standard base64, with padding. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
