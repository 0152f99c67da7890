/** @file Maps as figures: the heat over the picture, a colour bar with its scale, the raw values for the pointer. */
import type { Explanation } from "../../explain.ts";
import { formatTick } from "../../image/colorbar.ts";
import { type ColormapName, colormapTable } from "../../image/colormap.ts";
import type { DisplayRange } from "../../image/display-range.ts";
import { heatmap, position } from "../../image/heatmap.ts";
import { encodePng } from "../../image/png.ts";
import type { ImageU8, Size } from "../../image/types.ts";
import { displayClip, type PictureOptions, type PlaneMap, planeOf, upsampled } from "../picture.ts";
import { base64 } from "../terminal.ts";
import { significant } from "../words.ts";
import { html, type Markup, trusted } from "./markup.ts";

/** `alpha` is the opacity of the maps at first, 0…1. */
export type FigureOptions = Pick<PictureOptions, "cmap" | "reducer" | "range" | "alpha">;

export const pngUrl = async (image: ImageU8): Promise<Markup> =>
  trusted(`data:image/png;base64,${base64(await encodePng(image))}`);

/** Pictures of fewer pixels a side are drawn as squares, not blurred. */
const GRAINY = 100;
export const isGrainy = ({ width, height }: Size): boolean => Math.max(width, height) < GRAINY;

/** Shared by every figure of a picture: `<use href="#picture-0"/>`. */
export const pictureId = (index: number): string => `picture-${index}`;
export const colormapId = (name: ColormapName): string => `colours-${name}`;

export async function pictureDefinition(picture: ImageU8, index: number): Promise<Markup> {
  const { width, height } = picture;
  return html`<image id="${pictureId(index)}" width="${width}" height="${height}" href="${await pngUrl(picture)}"/>`;
}

const STOPS = 16;
export const colormapDefinition = (name: ColormapName): Markup => gradient(colormapId(name), name);

export function gradient(id: string, name: ColormapName): Markup {
  const table = colormapTable(name);
  const stops = Array.from({ length: STOPS + 1 }, (_, i) => {
    const at = Math.round((i / STOPS) * 255) * 3;
    return html`<stop offset="${i / STOPS}" stop-color="rgb(${table[at]} ${table[at + 1]} ${table[at + 2]})"/>`;
  });
  return html`<linearGradient id="${id}">${stops}</linearGradient>`;
}

export interface Figure {
  readonly markup: Markup;
  readonly cmap: ColormapName;
}

/** The map of target `index` over picture `picture` (a number for {@link pictureId}), named by its method. */
export async function mapFigure(
  explanation: Explanation,
  {
    index,
    picture,
    method,
    what,
    options,
  }: {
    readonly index: number;
    readonly picture: number;
    /** Column of the method, for the choice of methods. */
    readonly method: number;
    /** The target in words, for the alternative text. */
    readonly what: string;
    readonly options: FigureOptions;
  },
): Promise<Figure> {
  const map = planeOf(explanation, index, options.reducer);
  const style = { signed: explanation.signed, clip: displayClip(explanation), ...options };
  const { range, cmap } = heatmap(map.values, { ...style, width: map.width, height: map.height });
  const size = explanation.picture ?? map;
  const neutral = neutralOf(range, cmap);
  const heat = await pngUrl(clear(coloured(map, size, range, cmap), neutral));
  const { width, height } = size;
  const seen = explanation.picture ? html`<use class="under" href="#${pictureId(picture)}"/>` : undefined;
  const peak = peakOf(map);
  const classes = `map m${method}${isGrainy(size) ? " grainy" : ""}${explanation.picture ? "" : " bare"}`;
  const place = explanation.layer ? html`<span class="place">at ${explanation.layer.name}</span>` : undefined;
  const alt = `${explanation.method} heat map for ${what}, values from ${significant(peak.low, 3)} to ${significant(peak.high, 3)}, strongest in the ${regionOf(map, peak.index)}`;
  return {
    cmap,
    markup: html`<div class="${classes}"><figure><h3>${explanation.method}</h3>
<div class="probe" role="group" aria-label="${explanation.method}: arrow keys read values" data-image="${picture}" ${rawData(map)}><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${alt}"><rect width="${width}" height="${height}" fill="rgb(${neutral.join(" ")})"/>${seen}<image class="heat" width="${width}" height="${height}" preserveAspectRatio="none" href="${heat}"/><circle class="mark" r="${Math.max(width, height) / 40}"/></svg></div>
<figcaption>${scale(range, cmap)}<span class="value" aria-live="polite">strongest ${significant(map.values[peak.index] as number, 3)} at x ${peak.index % map.width}, y ${Math.floor(peak.index / map.width)}</span>${place}</figcaption></figure></div>`,
  };
}

/** Values are enlarged first and coloured then, as in the overlay. */
export function coloured(map: PlaneMap, size: Size, range: DisplayRange, cmap: ColormapName): ImageU8 {
  const large = upsampled(map, { width: size.width, height: size.height });
  const ends = range.low < range.high ? { range: [range.low, range.high] as const } : {};
  return heatmap(large.values, { width: size.width, height: size.height, signed: range.signed, cmap, ...ends }).image;
}

type Rgb = readonly [number, number, number];

/** The colour that stands for 0: where a map says nothing. */
export function neutralOf(range: DisplayRange, cmap: ColormapName): Rgb {
  const at = Math.round(position(0, range) * 255) * 3;
  const [r = 0, g = 0, b = 0] = colormapTable(cmap).subarray(at, at + 3);
  return [r, g, b];
}

/**
 * The picture as RGBA that is as clear as it can be and still gives the same colours on a ground of `neutral`: for each pixel
 * the least alpha `a` for which `(colour - (1 - a) neutral) / a` lies within 0…255.
 */
export function clear({ width, height, data }: ImageU8, neutral: Rgb): ImageU8 {
  const out = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    let alpha = 0;
    for (const [c, ground] of neutral.entries()) {
      const change = (data[3 * i + c] as number) - ground;
      alpha = Math.max(alpha, change > 0 ? change / (255 - ground) : change < 0 ? -change / ground : 0);
    }
    if (alpha === 0) continue;
    for (const [c, ground] of neutral.entries())
      out[4 * i + c] = Math.round(((data[3 * i + c] as number) - (1 - alpha) * ground) / alpha);
    out[4 * i + 3] = Math.round(255 * alpha);
  }
  return { width, height, channels: 4, data: out };
}

export function scale({ low, high }: DisplayRange, cmap: ColormapName): Markup {
  const ticks = low === high ? [low] : [low, low < 0 && high > 0 ? 0 : (low + high) / 2, high];
  return html`<span class="scale"><svg viewBox="0 0 100 6" preserveAspectRatio="none" width="100%" aria-hidden="true"><rect width="100" height="6" fill="url(#${colormapId(cmap)})"/></svg><span class="ticks">${ticks.map((t) => html`<span>${formatTick(t)}</span>`)}</span></span>`;
}

/** Maps up to so many values travel as float32, larger ones as 16-bit steps of their greatest magnitude. */
const EXACT = 4096;
const FULL = 32767;

function rawData({ values, width, height }: PlaneMap): Markup {
  const size = html`data-columns="${width}" data-rows="${height}"`;
  if (values.length <= EXACT)
    return html`${size} data-map="${trusted(littleEndian(values.length, 4, (view, i) => view.setFloat32(4 * i, values[i] as number, true)))}"`;
  const greatest = values.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
  const step = greatest / FULL || 1;
  const steps = littleEndian(values.length, 2, (view, i) =>
    view.setInt16(2 * i, Math.round((values[i] as number) / step), true),
  );
  return html`${size} data-scale="${step}" data-map="${trusted(steps)}"`;
}

function littleEndian(count: number, size: number, write: (view: DataView, index: number) => void): string {
  const view = new DataView(new ArrayBuffer(count * size));
  for (let i = 0; i < count; i++) write(view, i);
  return base64(new Uint8Array(view.buffer));
}

interface Peak {
  readonly index: number;
  readonly low: number;
  readonly high: number;
}

function peakOf({ values }: PlaneMap): Peak {
  let [index, low, high] = [0, values[0] as number, values[0] as number];
  for (const [i, v] of values.entries()) {
    if (Math.abs(v) > Math.abs(values[index] as number)) index = i;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return { index, low, high };
}

const ROWS = ["upper", "middle", "lower"] as const;
const COLUMNS = ["left", "centre", "right"] as const;

function regionOf({ width, height }: PlaneMap, index: number): string {
  const row = ROWS[Math.floor(((Math.floor(index / width) + 0.5) / height) * 3)];
  const column = COLUMNS[Math.floor((((index % width) + 0.5) / width) * 3)];
  return row === "middle" && column === "centre" ? "centre" : `${row} ${column}`;
}
