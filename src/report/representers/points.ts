/** @file Points as a page shows them: each picture is held once, however often it appears; texts are cut with the rest one click away. */
import { html, type Markup } from "../html/markup.ts";
import { pngSource } from "../html/parts.ts";
import type { Likeness, PagePoint, Word } from "./input.ts";
import { className, labelled } from "./shell.ts";

export interface Gallery {
  /** For the one `<defs>` of the page. */
  readonly definitions: Markup | undefined;
  /** The likeness of a point; `what` names it for those who do not see it; empty where words beside it do. */
  readonly show: (point: PagePoint, what: string) => Markup;
}

/** Pictures of fewer pixels a side are drawn as squares, not blurred. */
const GRAINY = 100;
/** Words before the rest is folded. */
const SHOWN_WORDS = 32;

/** Points that share one array of bytes share one picture; ids do not matter, since a test point may be called like a training point. */
export function galleryOf(points: Iterable<PagePoint>): Gallery {
  const places = new Map<Uint8Array, { readonly name: string; readonly width: number; readonly height: number }>();
  const images: Markup[] = [];
  for (const { likeness } of points) {
    if (likeness?.kind !== "picture" || places.has(likeness.png)) continue;
    const { width, height } = sizeOfPng(likeness.png);
    const name = `t${places.size}`;
    places.set(likeness.png, { name, width, height });
    images.push(html`<image id="${name}" width="${width}" height="${height}" href="${pngSource(likeness.png)}"/>`);
  }
  return {
    definitions: images.length === 0 ? undefined : html`${images}`,
    show: ({ id, likeness }, what) => {
      const place = likeness?.kind === "picture" ? places.get(likeness.png) : undefined;
      if (place !== undefined) {
        const { name, width, height } = place;
        const grain = Math.max(width, height) < GRAINY ? " grainy" : "";
        return html`<svg class="likeness${grain}" viewBox="0 0 ${width} ${height}" ${what === "" ? html`aria-hidden="true"` : html`role="img" aria-label="${what}"`}><use href="#${name}"/></svg>`;
      }
      return likeness?.kind === "text" ? text(likeness) : html`<div class="likeness blank">${id}</div>`;
    },
  };
}

/** Width and height from the head of a PNG file. */
export function sizeOfPng(png: Uint8Array): { readonly width: number; readonly height: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return png.length < 24
    ? { width: 1, height: 1 }
    : { width: view.getUint32(16) || 1, height: view.getUint32(20) || 1 };
}

function text({ words }: Extract<Likeness, { kind: "text" }>): Markup {
  const whole = words.length <= SHOWN_WORDS + 8;
  const begin = spoken(whole ? words : words.slice(0, SHOWN_WORDS));
  const rest = whole
    ? undefined
    : html` …<details><summary>all ${words.length} words</summary>${spoken(words)}</details>`;
  return html`<div class="text">${words.length === 0 ? "(empty)" : begin}${rest}</div>`;
}

const spoken = (words: readonly Word[]): readonly Markup[] =>
  words.map(
    ({ text: t, unknown }, i) => html`${i > 0 ? " " : ""}${unknown ? html`<span class="unknown">${t}</span>` : t}`,
  );

/** Text points take more room than pictures. */
export const cardsClass = (points: readonly PagePoint[]): string =>
  points.some((p) => p.likeness?.kind === "text") ? "points texts" : "points";

export interface CardOptions {
  readonly gallery: Gallery;
  readonly labels: readonly string[];
  /** The class in question: points that carry it are marked. */
  readonly index?: number | undefined;
  /** The large figure, and small print below it. */
  readonly figure?: string | undefined;
  readonly fine?: readonly string[] | undefined;
}

/** One point as an item of a list: likeness, figure, own label, small print, id. */
export function card(point: PagePoint, { gallery, labels, index, figure, fine = [] }: CardOptions): Markup {
  const name = className(labels, point.label);
  const own = index === undefined ? "" : point.label === index ? " same" : " other";
  return html`<li class="point">${gallery.show(point, `${point.id}, ${labelled(labels, point.label)}`)}${figure === undefined ? undefined : html`<b class="figure">${figure}</b>`}<span class="own${own}">${name}</span>${fine.map((f) => html`<span class="small">${f}</span>`)}<span class="small id" title="${point.id}">${point.id}</span></li>`;
}
