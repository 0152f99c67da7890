/** @file Sheets: pictures beside the heat map of one interpretation, all in one colour scale; and the boundaries of its polytope. */
import { renderHeatmap } from "../../image/heatmap.ts";
import { resize } from "../../image/resize.ts";
import { pngUrl } from "../html/figures.ts";
import { html, type Markup } from "../html/markup.ts";
import { colourBar, region as scrolling } from "../html/parts.ts";
import { number } from "../representers/numbers.ts";
import type { Gallery } from "../representers/points.ts";
import { className } from "../representers/shell.ts";
import { counted, listed } from "../run/numbers.ts";
import type { Neighbour, PageBoundary, PageMap, PagePoint, PageRegion, SeenPicture } from "./input.ts";

const COLOURS = "inferno";
/** Longest side of a drawn map: they are smooth. */
const LONGEST = 112;

export interface SheetLooks {
  readonly gallery: Gallery;
  readonly labels: readonly string[];
}

/** `cat`, or `cat (labelled dog)` where the truth is another. */
export function named(
  labels: readonly string[],
  { point, predicted }: Pick<SeenPicture, "point" | "predicted">,
): string {
  const own = className(labels, predicted);
  return point.label === null || point.label === predicted
    ? own
    : `${own} (labelled ${className(labels, point.label)})`;
}

async function heat({ values, width, height }: PageMap, alt: string): Promise<Markup> {
  const image = renderHeatmap(Float32Array.from(values), width, height, {
    cmap: COLOURS,
    signed: false,
    range: [0, 1],
  });
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const small = scale < 1 ? resize(image, { ...size, resample: "box" }) : image;
  return html`<img class="heat" src="${await pngUrl(small)}" alt="${alt}">`;
}

interface Tile extends SeenPicture {
  readonly kind?: "input" | undefined;
  readonly fine: readonly string[];
}

async function tile({ gallery, labels }: SheetLooks, label: number, of: Tile): Promise<Markup> {
  const { point, predicted, map, kind, fine } = of;
  const name = named(labels, of);
  const plain = gallery.show(point, `${point.id}, the network says ${name}`);
  const laid =
    map === undefined
      ? undefined
      : html`<div class="laid">${gallery.show(point, "")}${await heat(map, `heat map of the interpretation on ${point.id}`)}</div>`;
  return html`<li${kind === undefined ? undefined : html` class="${kind}"`}><div class="${laid === undefined ? "single" : "pair"}"><div>${plain}</div>${laid}</div><b${predicted === label ? undefined : html` class="off"`}>${name}</b>${fine.map((f) => html`<span class="small">${f}</span>`)}<span class="small" title="${point.id}">${point.id}</span></li>`;
}

/** Neighbours but the input itself, which, where it is a reference, is nearest to itself but for rounding. */
export const othersThan = (
  { point }: SeenPicture,
  { nearest, isReference }: { readonly nearest: readonly Neighbour[]; readonly isReference: boolean },
): readonly Neighbour[] => (isReference ? nearest.filter((n) => n.point.id !== point.id) : nearest);

/** The picture that is explained, then the covered references nearest to it. */
export async function sheet(
  looks: SheetLooks,
  {
    input,
    isReference,
    region: { label, nearest },
  }: { readonly input: SeenPicture; readonly isReference: boolean; readonly region: PageRegion },
): Promise<Markup> {
  const tiles: readonly Tile[] = [
    { ...input, kind: "input", fine: ["the input"] },
    ...othersThan(input, { nearest, isReference }).map((n) => ({ ...n, fine: [`Dist ${number(n.distance, 3)}`] })),
  ];
  return html`<ol class="sheet">${await Promise.all(tiles.map((t) => tile(looks, label, t)))}</ol>`;
}

/** Pictures alone. */
export const plainSheet = async (looks: SheetLooks, pictures: readonly SeenPicture[]): Promise<Markup> =>
  html`<ol class="sheet small-sheet">${await Promise.all(pictures.map((p) => tile(looks, p.predicted, { ...p, map: undefined, fine: [] })))}</ol>`;

/** What the colours mean, once a page. */
export const colourScale = (): Markup =>
  colourBar(COLOURS, "0 to 1: mean over the boundaries of each one's map, each from its least to its largest value");

/** Every picture that a sheet shows. */
export const picturesOf = (input: SeenPicture, { nearest, boundaries }: PageRegion): readonly PagePoint[] => [
  input.point,
  ...nearest.map((n) => n.point),
  ...boundaries.flatMap((b) => b.reference ?? []),
];

/** How many references stand behind a region. */
export function standsFor({ label, same, other }: PageRegion, labels: readonly string[], references: number): string {
  const total = same + other;
  const share = references === 0 ? "" : ` (${((100 * total) / references).toFixed(1)} %)`;
  return `stands for ${total.toLocaleString("en-GB")} of ${counted(references, "reference")}${share}: ${same.toLocaleString("en-GB")} that the network calls ${className(labels, label)}, ${other.toLocaleString("en-GB")} of other classes`;
}

/** What was allowed, and whether it was kept to. */
export function allowance({ tau, delta, met, boundaries }: PageRegion): Markup {
  const kept = met
    ? html`<p class="soft">${delta === 0 ? "No reference" : counted(delta, "reference")} of other classes may stay${delta === tau ? ", as many as all boundaries together leave (tau)" : `; all boundaries together leave ${tau} (tau)`}.</p>`
    : html`<p class="warning" role="note">More references of other classes are covered than were allowed (${delta}): all boundaries together leave ${tau}.</p>`;
  return boundaries.length > 0
    ? kept
    : html`${kept}<p class="soft">No boundary was needed: no more references of other classes exist than may stay. The heat map is that of the picture's own boundary.</p>`;
}

/** The boundaries in the order of choice. */
export function boundaryTable(
  { boundaries, label, sought = false }: PageRegion,
  { gallery, labels }: SheetLooks,
): Markup | undefined {
  if (boundaries.length === 0) return undefined;
  const shows = boundaries.some((b) => b.reference?.likeness !== undefined);
  const row = (b: PageBoundary, i: number): Markup => {
    const [near, far] = b.pair.map((c) => className(labels, c));
    const side = b.value > 0 ? near : far;
    const taken = b.reference;
    return html`<tr><td class="n" data-v="${i}">${i + 1}</td><th scope="row">${near} | ${far}<span class="not">${b.pair.includes(label) ? "of this class" : "between other classes"}</span></th><td>${side}</td><td class="n" data-v="${b.value}">${number(b.value, 3)}</td><td class="n" data-v="${b.removed.other}">${b.removed.other.toLocaleString("en-GB")}</td><td class="n" data-v="${b.removed.same}">${b.removed.same.toLocaleString("en-GB")}</td><td>${taken === undefined ? html`boundary ${b.index}` : html`<span class="who">${shows && taken.likeness !== undefined ? gallery.show(taken, taken.id) : undefined}<span>${taken.id}</span></span>`}</td></tr>`;
  };
  return scrolling(
    "Boundaries",
    html`<table class="plain bounds sortable"><thead><tr><th scope="col" class="n" data-sort="lower">choice</th><th scope="col" data-sort="text">classes it parts</th><th scope="col" data-sort="text">the picture's side</th><th scope="col" class="n" data-sort="higher">value there</th><th scope="col" class="n" data-sort="higher">removes of other classes</th><th scope="col" class="n" data-sort="lower">removes of its own</th><th scope="col">${sought ? "sought toward" : "taken at"}</th></tr></thead><tbody>${boundaries.map(row)}</tbody></table>`,
  );
}

/** Which pairs of classes keep how many others out, the strongest first. */
export function excludes({ boundaries }: PageRegion, labels: readonly string[]): string {
  const pairs = new Map<string, number>();
  for (const { pair, removed } of boundaries) {
    const name = [...pair].sort((a, b) => a - b).map((c) => className(labels, c));
    const key = name.join(" | ");
    pairs.set(key, (pairs.get(key) ?? 0) + removed.other);
  }
  const ranked = [...pairs].filter(([, n]) => n > 0).sort((a, b) => b[1] - a[1]);
  return listed(
    ranked.map(([pair, n]) => `${n.toLocaleString("en-GB")} at ${pair}`),
    4,
  );
}
