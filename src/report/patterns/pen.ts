/** @file What a still is drawn with: five strokes, once as SVG, once as pixels. */
import { blank, type Canvas, drawText } from "../../image/canvas.ts";
import { textWidth } from "../../image/font.ts";
import { encodePng } from "../../image/png.ts";
import type { ImageU8, Rect, Size } from "../../image/types.ts";
import { html, type Markup, trusted } from "../html/markup.ts";
import { base64 } from "../terminal.ts";
import { mixed, type Rgb } from "./palette.ts";

export interface Writing {
  readonly text: string;
  readonly x: number;
  /** The middle of the line. */
  readonly y: number;
  readonly color: Rgb;
  readonly anchor?: "start" | "middle" | "end" | undefined;
  readonly bold?: boolean | undefined;
}
export interface Pen {
  readonly rect: (place: Rect, color: Rgb, alpha?: number) => void;
  readonly disc: (x: number, y: number, radius: number, color: Rgb, alpha?: number) => void;
  /** Joined points, with round ends. */
  readonly line: (points: readonly (readonly [number, number])[], width: number, color: Rgb) => void;
  readonly write: (writing: Writing) => void;
  /** A picture, pixel by pixel. */
  readonly picture: (image: ImageU8, place: Rect) => void;
}
/** Draws the same with any pen. */
export interface Drawing extends Size {
  readonly title: string;
  readonly draw: (pen: Pen) => void;
}

const at = (v: number): string => String(Math.round(v * 10) / 10);
const hex = ([r, g, b]: Rgb): string => `#${[r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("")}`;

/** An SVG element that stands alone: white paper, the system's own letters. */
export async function svgOf({ width, height, title, draw }: Drawing): Promise<Markup> {
  const parts: (Markup | (() => Promise<Markup>))[] = [];
  const alphaOf = (alpha: number | undefined): Markup | undefined =>
    alpha === undefined || alpha === 1 ? undefined : html` fill-opacity="${Math.round(alpha * 100) / 100}"`;
  draw({
    rect: (r, color, alpha) =>
      void parts.push(
        html`<rect x="${at(r.left)}" y="${at(r.top)}" width="${at(r.width)}" height="${at(r.height)}" fill="${hex(color)}"${alphaOf(alpha)}/>`,
      ),
    disc: (x, y, radius, color, alpha) =>
      void parts.push(
        html`<circle cx="${at(x)}" cy="${at(y)}" r="${at(radius)}" fill="${hex(color)}"${alphaOf(alpha)}/>`,
      ),
    line: (points, wide, color) =>
      void parts.push(
        html`<path d="${points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${at(x)} ${at(y)}`).join("")}" fill="none" stroke="${hex(color)}" stroke-width="${at(wide)}"/>`,
      ),
    write: ({ text, x, y, color, anchor, bold }) =>
      void parts.push(
        html`<text x="${at(x)}" y="${at(y + 4.5)}" fill="${hex(color)}"${anchor === undefined ? undefined : html` text-anchor="${anchor}"`}${bold ? html` font-weight="600"` : undefined}>${text}</text>`,
      ),
    picture: (image, r) =>
      void parts.push(async () => {
        const png = base64(await encodePng(image));
        return html`<image x="${at(r.left)}" y="${at(r.top)}" width="${at(r.width)}" height="${at(r.height)}" href="data:image/png;base64,${trusted(png)}"/>`;
      }),
  });
  const inside: Markup[] = [];
  for (const part of parts) inside.push(typeof part === "function" ? await part() : part);
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}" font-family="system-ui, sans-serif" font-size="13" stroke-linecap="round" stroke-linejoin="round"><rect width="${width}" height="${height}" fill="#ffffff"/>${inside}</svg>`;
}

/** Pixels for one unit of a drawing. */
const SCALE = 2;
/** The font holds printable ASCII. */
const ascii = (text: string): string =>
  text
    .replaceAll("−", "-")
    .replaceAll("→", "->")
    .replaceAll(/[^\x20-\x7e]/g, "?");

/** The drawing in pixels, twice as wide and high as its units. */
export function pixelsOf({ width, height, draw }: Drawing): ImageU8 {
  const canvas = blank({ width: Math.round(width * SCALE), height: Math.round(height * SCALE) });
  draw({
    rect: ({ left, top, width: w, height: h }, color, alpha = 1) =>
      covered(canvas, [left, top, left + w, top + h], 0, color, alpha, () => Number.NEGATIVE_INFINITY),
    disc: (x, y, radius, color, alpha = 1) =>
      covered(canvas, [x, y, x, y], radius, color, alpha, (u, v) => Math.hypot(u - x, v - y) - radius),
    line: (points, wide, color) => {
      for (let i = 0; i + 1 < points.length; i++)
        segment(canvas, points[i] as Place, points[i + 1] as Place, wide / 2, color);
    },
    write: ({ text, x, y, color, anchor = "start", bold = false }) => {
      const own = ascii(text);
      const room = textWidth(own) * SCALE;
      const left = Math.round(x * SCALE - (anchor === "middle" ? room / 2 : anchor === "end" ? room : 0));
      const top = Math.round(y * SCALE - 7);
      drawText(canvas, own, { left, top, dot: SCALE, color });
      if (bold) drawText(canvas, own, { left: left + 1, top, dot: SCALE, color });
    },
    picture: (image, place) => stretched(canvas, image, place),
  });
  return canvas;
}

type Place = readonly [number, number];

function segment(canvas: Canvas, [ax, ay]: Place, [bx, by]: Place, half: number, color: Rgb): void {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const box = [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)] as const;
  covered(canvas, box, half, color, 1, (x, y) => {
    const t = square === 0 ? 0 : Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / square, 0), 1);
    return Math.hypot(x - ax - t * dx, y - ay - t * dy) - half;
  });
}

/** Paints what lies inside, by the signed distance of the middle of every pixel in the box widened by `reach`, in units of the drawing. */
function covered(
  canvas: Canvas,
  [left, top, right, bottom]: readonly [number, number, number, number],
  reach: number,
  color: Rgb,
  alpha: number,
  distance: (x: number, y: number) => number,
): void {
  const around = reach > 0 ? reach + 1 : 0;
  const clip = (v: number, most: number): number => Math.min(Math.max(v, 0), most);
  const [x0, x1] = [left - around, right + around].map((v) => clip(Math.round(v * SCALE), canvas.width)) as [
    number,
    number,
  ];
  const [y0, y1] = [top - around, bottom + around].map((v) => clip(Math.round(v * SCALE), canvas.height)) as [
    number,
    number,
  ];
  for (let y = y0; y < y1; y++)
    for (let x = x0; x < x1; x++) {
      const cover = Math.min(Math.max(0.5 - SCALE * distance((x + 0.5) / SCALE, (y + 0.5) / SCALE), 0), 1) * alpha;
      if (cover === 0) continue;
      const place = (y * canvas.width + x) * 3;
      const under: Rgb = [
        canvas.data[place] as number,
        canvas.data[place + 1] as number,
        canvas.data[place + 2] as number,
      ];
      canvas.data.set(mixed(under, color, cover), place);
    }
}

function stretched(canvas: Canvas, image: ImageU8, { left, top, width, height }: Rect): void {
  const [x0, y0] = [Math.round(left * SCALE), Math.round(top * SCALE)];
  const [w, h] = [Math.round(width * SCALE), Math.round(height * SCALE)];
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const from =
        (Math.floor((y * image.height) / h) * image.width + Math.floor((x * image.width) / w)) * image.channels;
      const to = ((y0 + y) * canvas.width + x0 + x) * 3;
      for (let c = 0; c < 3; c++) canvas.data[to + c] = image.data[from + (image.channels === 1 ? 0 : c)] as number;
    }
}
