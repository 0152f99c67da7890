/** @file Pictures as text: exact strings for tiny pictures, and which terminal gets which. */
import { describe, expect, it } from "vitest";
import type { ImageU8 } from "../../src/index.ts";
import {
  asciiRamp,
  base64,
  fitColumns,
  halfBlocks,
  itermImage,
  kittyImage,
  terminalKind,
} from "../../src/report/terminal.ts";

const picture = (width: number, channels: 1 | 3 | 4, data: readonly number[]): ImageU8 => ({
  width,
  height: data.length / channels / width,
  channels,
  data: Uint8Array.from(data),
});
const E = "\x1b";

describe("half blocks", () => {
  it("hold two rows of pixels a line, and end with a reset", () => {
    // red green / blue white
    expect(halfBlocks(picture(2, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]))).toEqual([
      `${E}[38;2;255;0;0m${E}[48;2;0;0;255m▀${E}[38;2;0;255;0m${E}[48;2;255;255;255m▀${E}[0m`,
    ]);
  });
  it("name a colour only where it changes", () => {
    expect(halfBlocks(picture(3, 1, [9, 9, 9, 7, 7, 8]))).toEqual([
      `${E}[38;2;9;9;9m${E}[48;2;7;7;7m▀▀${E}[48;2;8;8;8m▀${E}[0m`,
    ]);
  });
  it("leave the ground alone below an odd last row", () => {
    expect(halfBlocks(picture(1, 1, [1, 2, 3]))).toEqual([
      `${E}[38;2;1;1;1m${E}[48;2;2;2;2m▀${E}[0m`,
      `${E}[38;2;3;3;3m▀${E}[0m`,
    ]);
  });
  it("lay what is transparent on black", () => {
    expect(halfBlocks(picture(1, 4, [200, 100, 50, 51]))).toEqual([`${E}[38;2;40;20;10m▀${E}[0m`]);
  });
});

it("the grey ramp goes from blank to @ by luma", () => {
  const levels = [0, 26, 52, 128, 204, 255];
  expect(asciiRamp(picture(6, 1, [...levels, ...levels]))).toEqual([" .:+#@"]);
  expect(asciiRamp(picture(3, 3, [255, 0, 0, 0, 255, 0, 0, 0, 255]))).toEqual([":+."]);
  // the mean of two rows; the last row alone
  expect(asciiRamp(picture(1, 1, [0, 255, 255]))).toEqual(["=", "@"]);
});

it("pictures are reduced to the columns, never enlarged", () => {
  const grey = picture(4, 1, [0, 100, 200, 100, 0, 100, 200, 100]);
  expect(fitColumns(grey, 80)).toEqual(grey);
  expect(fitColumns(grey, 2)).toMatchObject({ width: 2, height: 1, data: Uint8Array.of(50, 150) });
  expect(fitColumns(grey, 0)).toMatchObject({ width: 1, height: 1 });
});

describe("inline images", () => {
  it("iTerm2: one sequence", () => {
    expect(itermImage(Uint8Array.of(1, 2, 3), { columns: 40 })).toBe(
      `${E}]1337;File=inline=1;size=3;width=40;preserveAspectRatio=1:AQID\x07`,
    );
  });
  it("kitty: chunks of 4096 characters, the last one marked", () => {
    expect(kittyImage(Uint8Array.of(1, 2, 3), { columns: 7 })).toBe(`${E}_Ga=T,f=100,q=2,c=7,m=0;AQID${E}\\`);
    const bytes = Uint8Array.from({ length: 7000 }, (_, i) => i % 251);
    const parts = kittyImage(bytes, { columns: 7 }).split(`${E}\\`).slice(0, -1);
    expect(parts.map((p) => p.slice(0, p.indexOf(";")))).toEqual([
      `${E}_Ga=T,f=100,q=2,c=7,m=1`,
      `${E}_Gm=1`,
      `${E}_Gm=0`,
    ]);
    const payload = parts.map((p) => p.slice(p.indexOf(";") + 1)).join("");
    expect(payload).toBe(Buffer.from(bytes).toString("base64"));
  });
  it("base64 of more bytes than a call takes arguments", () => {
    const bytes = Uint8Array.from({ length: 200_001 }, (_, i) => i % 256);
    expect(base64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
  });
});

it.each<[string, Readonly<Record<string, string>>, boolean, string]>([
  ["anything", {}, true, "blocks"],
  ["NO_COLOR", { NO_COLOR: "1", TERM_PROGRAM: "iTerm.app" }, true, "ascii"],
  ["NO_COLOR that is empty", { NO_COLOR: "" }, true, "blocks"],
  ["a dumb terminal", { TERM: "dumb" }, true, "ascii"],
  ["kitty by TERM", { TERM: "xterm-kitty" }, true, "kitty"],
  ["kitty by its window", { KITTY_WINDOW_ID: "1" }, true, "kitty"],
  ["iTerm2", { TERM_PROGRAM: "iTerm.app" }, true, "iterm"],
  ["WezTerm", { TERM_PROGRAM: "WezTerm" }, true, "iterm"],
  ["VS Code", { TERM_PROGRAM: "vscode" }, true, "iterm"],
  ["tmux in kitty", { TERM: "tmux-256color", KITTY_WINDOW_ID: "1" }, true, "blocks"],
  ["a pipe from kitty", { TERM: "xterm-kitty" }, false, "blocks"],
  ["a pipe without colour", { NO_COLOR: "1" }, false, "ascii"],
])("%s", (_, env, tty, kind) => {
  expect(terminalKind(env, { tty })).toBe(kind);
});
