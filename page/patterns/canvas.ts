/** @file A canvas at the resolution of the screen, and the colours around it as they are now, by day or by night. */
import type { Rgb } from "../../src/report/patterns/palette.ts";

export interface Ink {
  readonly paper: Rgb;
  readonly ink: Rgb;
  readonly line: Rgb;
  readonly soft: Rgb;
}
const NAMES = { paper: "--card", ink: "--ink", line: "--line", soft: "--soft" } as const;

export function inkNow(at: Element): Ink {
  const style = getComputedStyle(at);
  const color = (name: string): Rgb => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    const wide = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex;
    return [0, 2, 4].map((at) => Number.parseInt(wide.slice(at, at + 2), 16)) as unknown as Rgb;
  };
  return { paper: color(NAMES.paper), ink: color(NAMES.ink), line: color(NAMES.line), soft: color(NAMES.soft) };
}

/** The canvas at the resolution of the screen; true when its size changed. */
export function fitted(canvas: HTMLCanvasElement): boolean {
  const ratio = Math.min(devicePixelRatio || 1, MOST_RATIO);
  const width = Math.max(Math.round(canvas.clientWidth * ratio), 1);
  const height = Math.max(Math.round(canvas.clientHeight * ratio), 1);
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}
/** Finer pixels than this nobody sees, and each costs. */
const MOST_RATIO = 2;
export const ratioOf = (canvas: HTMLCanvasElement): number => canvas.width / Math.max(canvas.clientWidth, 1);
