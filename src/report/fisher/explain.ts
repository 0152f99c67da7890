/** @file The page of `fisher explain`: what a class's score owes to pixels, descriptors, statistics of Gaussians, and training pictures. */
import { heatmap } from "../../image/heatmap.ts";
import { clear, colormapDefinition, neutralOf, pngUrl, scale } from "../html/figures.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { choicesOf, pngSource, region } from "../html/parts.ts";
import { barDomain, signedBar } from "../plot/bars.ts";
import { number, signedNumber, tiny } from "../representers/numbers.ts";
import { card, type Gallery, galleryOf, sizeOfPng } from "../representers/points.ts";
import { className, shell } from "../representers/shell.ts";
import { counted } from "../run/numbers.ts";
import type {
  FisherExplainPage,
  PageClass,
  PageDescriptor,
  PagePicture,
  PageRelevance,
  PageScore,
  PageShares,
  PixelMap,
} from "./input.ts";
import { FISHER_STYLE } from "./style.ts";

const COLOURS = "blue-red";

/** The page as UTF-8 HTML. */
export const fisherExplainPage = async (input: FisherExplainPage): Promise<string> =>
  page(await fisherExplainView(input));

/** What a score owes to pixels, descriptors and statistics. */
export async function fisherExplainView(page: FisherExplainPage): Promise<Page> {
  const { facts, items, labels } = page;
  const gallery = galleryOf(
    items.flatMap((item) =>
      item.classes.flatMap(({ shares }) =>
        [...(shares?.positive ?? []), ...(shares?.negative ?? [])].map((s) => s.point),
      ),
    ),
  );
  const sections = await Promise.all(
    items.map(async (item, i) => ({
      id: `picture-${i + 1}`,
      name: item.id,
      markup: await explained(item, { page, gallery, place: i }),
    })),
  );
  return shell({
    title: "Where does the score come from?",
    lead: `${counted(items.length, "picture")} through the Fisher vectors of ${facts.model}, ${counted(labels.length, "class", "classes")}`,
    facts,
    style: FISHER_STYLE,
    behaviours: ["areas"],
    definitions: html`${gallery.definitions}${colormapDefinition(COLOURS)}${items.map(pictures)}`,
    top: html`<p class="fine keys">The score f = w · Φ + b of a class is shared out: to the dimensions of the Fisher vector (R3), to the descriptors that moved them (R2), to the pixels under each descriptor (R1). <i class="for"></i>Red speaks for the class, <i class="against"></i>blue against it; values are in units of the score.</p>`,
    sections,
  });
}

interface Where {
  readonly page: FisherExplainPage;
  readonly gallery: Gallery;
  /** Of the picture, on the page. */
  readonly place: number;
}

type State = "before" | "after";
const stateId = (place: number, state: State): string => `seen-${place}-${state}`;

function pictures({ picture, edited }: PagePicture, place: number): readonly (Markup | undefined)[] {
  const define = (png: Uint8Array, state: State): Markup => {
    const { width, height } = sizeOfPng(png);
    return html`<image id="${stateId(place, state)}" width="${width}" height="${height}" href="${pngSource(png)}"/>`;
  };
  return [define(picture, "before"), edited && define(edited, "after")];
}

async function explained(item: PagePicture, where: Where): Promise<Markup> {
  const { page, place } = where;
  const { labels } = page;
  const warned = item.notes.map((note) => html`<p class="warning" role="note">${note}</p>`);
  const panels = await Promise.all(item.classes.map((c) => panel(c, where)));
  const choices =
    item.classes.length === 1
      ? html`${panels[0]}`
      : choicesOf(
          "Class",
          `p${place}`,
          item.classes.map((c, k) => ({
            id: `p${place}c${c.index}`,
            name: className(labels, c.index),
            figure: number(c.before.score, 3),
            panel: html`<h3>${className(labels, c.index)}</h3>${panels[k]}`,
          })),
        );
  const { width, height } = sizeOfPng(item.picture);
  const seen = html`<div class="seen"><figure>${stage({ width, height }, html`<use href="#${stateId(place, "before")}"/>`, item.id)}<figcaption>${width} × ${height} pixels, ${counted(item.descriptors, "descriptor")}</figcaption></figure><div>${scoreTable(item, labels)}</div></div>`;
  return html`${warned}${seen}${choices}`;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const GRAINY = 200;
const stage = ({ width, height }: Size, inside: Markup, what: string): Markup =>
  html`<svg class="stage${Math.max(width, height) < GRAINY ? " grainy" : ""}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${what}">${inside}</svg>`;

const isEdited = (scores: readonly PageScore[]): boolean => scores.some((s) => s.after !== undefined);

/** `above`, in words that a reader scans. */
const verdict = (score: number, threshold: number | null): Markup | string =>
  threshold === null ? "–" : score > threshold ? html`<span class="yes">yes</span>` : "no";

function change(before: number, after: number): Markup {
  const by = after - before;
  return html`<span class="${by > 0 ? "up" : by < 0 ? "down" : ""}">${signedNumber(by)}</span>`;
}

function scoreTable({ scores, classes }: PagePicture, labels: readonly string[]): Markup {
  const edited = isEdited(scores);
  const asked = new Set(classes.map((c) => c.index));
  const order = [...scores].sort((a, b) => b.score - a.score);
  const row = ({ index, score, threshold, after }: PageScore): Markup =>
    html`<tr${asked.has(index) ? html` class="asked"` : undefined}><th scope="row">${className(labels, index)}</th><td class="n">${number(score)}</td><td class="n">${threshold === null ? "–" : number(threshold, 3)}</td><td>${verdict(score, threshold)}</td>${
      edited && after !== undefined
        ? html`<td class="n">${number(after)}</td><td class="n">${change(score, after)}</td><td>${verdict(after, threshold)}</td>`
        : undefined
    }</tr>`;
  const more = edited
    ? html`<th scope="col" class="n">after the edit</th><th scope="col" class="n">change</th><th scope="col">there?</th>`
    : undefined;
  return region(
    "Scores",
    html`<table class="sums"><thead><tr><th scope="col">class</th><th scope="col" class="n">score f</th><th scope="col" class="n">threshold</th><th scope="col">there?</th>${more}</tr></thead><tbody>${order.map(row)}</tbody></table>`,
  );
}

function headline(name: string, { before, after }: PageClass): Markup {
  const side = ({ score, threshold }: PageRelevance): string =>
    threshold === null
      ? "no threshold is known"
      : `${score > threshold ? "above" : "below"} its threshold of equal error ${number(threshold, 3)}`;
  const first = html`<p class="headline"><b>${name}</b> scores ${number(before.score)}, ${side(before)}.</p>`;
  if (after === undefined) return first;
  const turned = before.positive !== null && before.positive !== after.positive;
  return html`${first}<p class="headline">After the edit ${number(after.score)} (${signedNumber(after.score - before.score)}), ${side(after)}${turned ? html`: <b>the decision turns</b>` : ": the decision stays"}.</p>`;
}

async function panel(c: PageClass, where: Where): Promise<Markup> {
  const { page } = where;
  const name = className(page.labels, c.index);
  const states: readonly (readonly [State, PageRelevance])[] = [
    ["before", c.before],
    ...(c.after ? ([["after", c.after]] as const) : []),
  ];
  const limit = Math.max(...states.map(([, r]) => largest(r.map)));
  const looks = await Promise.all(
    states.map(async ([state, r]) => {
      const suffix = suffixOf(states, state);
      return html`<div class="looks">${states.length === 1 ? undefined : plainFigure(state, r.map, where)}${await mapFigure(r, { state, limit, name, suffix, where })}${areaFigure(r, { state, suffix, where, of: c.index })}</div>`;
    }),
  );
  return html`<div class="verdict${c.before.positive === false ? " bad" : ""}">${headline(name, c)}</div>
${looks}
<div class="split"><div><h4>Does it add up?</h4>${sumTable(states)}</div>${blockTables(states)}</div>
${descriptorLists(states, where, c.index)}
${c.shares ? shareCards(c.shares, c, where) : undefined}`;
}

function plainFigure(state: State, map: PixelMap, { place, page }: Where): Markup {
  const words = state === "before" ? "the picture" : `after ${page.edits.join(", ")}`;
  return html`<figure><h3>${state === "before" ? "Before" : "After the edit"}</h3>${stage(map, html`<use href="#${stateId(place, state)}"/>`, words)}<figcaption>${words}</figcaption></figure>`;
}

const largest = ({ values }: PixelMap): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number));
  return most;
};

interface FigureOf {
  readonly state: State;
  readonly suffix: string;
  readonly where: Where;
}

async function mapFigure(
  r: PageRelevance,
  { state, limit, name, suffix, where }: FigureOf & { readonly limit: number; readonly name: string },
): Promise<Markup> {
  const { width, height } = r.map;
  const ends = limit > 0 ? { range: [-limit, limit] as const } : {};
  const { image, range, cmap } = heatmap(Float32Array.from(r.map.values), {
    width,
    height,
    signed: true,
    cmap: COLOURS,
    ...ends,
  });
  const heat = await pngUrl(clear(image, neutralOf(range, cmap)));
  return html`<figure><h4>Pixels (R1)${suffix}</h4>${stage(r.map, html`<use href="#${stateId(where.place, state)}"/><image class="heat" width="${width}" height="${height}" preserveAspectRatio="none" href="${heat}"/>`, `pixel relevance for ${name}${suffix}`)}<figcaption>${scale(range, cmap)}relevance of a pixel; all add up to ${number(r.sums.pixels)}</figcaption></figure>`;
}

const areaId = (where: Where, of: number, state: State, side: Side, i: number): string =>
  `a${where.place}-${of}-${state}-${side}-${i}`;
type Side = "for" | "against";
const SIDES: readonly Side[] = ["against", "for"];

/** Weak ones first, so that the strongest lies on top. */
function areaFigure(r: PageRelevance, { state, suffix, where, of }: FigureOf & { readonly of: number }): Markup {
  const boxes = SIDES.flatMap((side) => r[side].map((d, i) => ({ d, i, side }))).sort(
    (a, b) => Math.abs(a.d.relevance) - Math.abs(b.d.relevance),
  );
  const placeOf = ({ area }: PageDescriptor): Markup =>
    html`x="${area.left}" y="${area.top}" width="${area.width}" height="${area.height}"`;
  const drawn = [
    ...boxes.map(({ d }) => html`<rect class="halo" ${placeOf(d)}/>`),
    ...boxes.map(
      ({ d, i, side }) => html`<rect class="area ${side}" id="${areaId(where, of, state, side, i)}" ${placeOf(d)}/>`,
    ),
  ];
  return html`<figure><h4>Strongest descriptors${suffix}</h4>${stage(r.map, html`<use href="#${stateId(where.place, state)}"/>${drawn}`, `areas of the strongest descriptors${suffix}`)}<figcaption class="keys"><i class="for"></i>${r.for.length} for, <i class="against"></i>${r.against.length} against; each box is the area of one descriptor</figcaption></figure>`;
}

const SUMS: readonly (readonly [keyof PageRelevance["sums"], string])[] = [
  ["dimensions", "sum of R3, dimensions"],
  ["leak", "held back by epsilon"],
  ["expected", "leaves, in closed form"],
  ["descriptors", "sum of R2, descriptors"],
  ["pixels", "sum of R1, pixels"],
];

/** Said where something is held back. */
const OF_LEAK: readonly (keyof PageRelevance["sums"])[] = ["leak", "expected"];
const ROUNDING = 1e-6;

type States = readonly (readonly [State, PageRelevance])[];

function sumTable(states: States): Markup {
  const leaks = states.some(([, r]) => Math.abs(r.sums.leak) > ROUNDING * Math.max(1, Math.abs(r.score)));
  const heads =
    states.length === 1
      ? undefined
      : html`<thead><tr><td></td>${states.map(([state]) => html`<th scope="col" class="n">${state}</th>`)}</tr></thead>`;
  const row = (name: string, values: readonly string[]): Markup =>
    html`<tr><th scope="row">${name}</th>${values.map((v) => html`<td class="n">${v}</td>`)}</tr>`;
  return region(
    "Sums",
    html`<table class="plain">${heads}<tbody>${row(
      "score f",
      states.map(([, r]) => number(r.score, 7)),
    )}${SUMS.filter(([key]) => leaks || !OF_LEAK.includes(key)).map(([key, name]) =>
      row(
        name,
        states.map(([, r]) => number(r.sums[key], 7)),
      ),
    )}${row(
      "largest difference of what must be equal",
      states.map(([, r]) => tiny(r.sums.deviation)),
    )}</tbody></table>`,
  );
}

function blockTables(states: States): readonly Markup[] {
  const rowsOf = (r: PageRelevance): readonly (readonly [string, number])[] => [
    ...(r.blocks.pi === 0 ? [] : ([["weights π", r.blocks.pi]] as const)),
    ["means μ", r.blocks.mu],
    ["deviations σ", r.blocks.sigma],
    ...(r.cells.length > 1 ? r.cells.map((v, i) => [`cell ${i + 1}`, v] as const) : []),
    ...r.gaussians.map((k) => [`Gaussian ${k.index}`, k.value] as const),
    ...(r.otherGaussians.count > 0
      ? ([[`the other ${counted(r.otherGaussians.count, "Gaussian")}`, r.otherGaussians.value]] as const)
      : []),
  ];
  const bars = states.flatMap(([, r]) => rowsOf(r).map(([, value]) => sides(value)));
  const domain = barDomain(bars);
  return states.map(([state, r]) => {
    const suffix = suffixOf(states, state);
    const row = ([name, value]: readonly [string, number]): Markup =>
      html`<tr><th scope="row">${name}</th><td class="bar-cell">${signedBar({ ...sides(value), what: `${name}: ${signedNumber(value)}` }, domain)}</td><td class="n">${signedNumber(value)}</td></tr>`;
    return html`<div><h4>Statistics behind the score (R3)${suffix}</h4>${region(
      `Statistics${suffix}`,
      html`<table class="plain"><tbody>${rowsOf(r).map(row)}</tbody></table>`,
    )}</div>`;
  });
}

const suffixOf = (states: States, state: State): string => (states.length === 1 ? "" : `, ${state} the edit`);

const sides = (value: number): { readonly positive: number; readonly negative: number } => ({
  positive: Math.max(0, value),
  negative: Math.min(0, value),
});

/** Folded where there are two of each. */
function descriptorLists(states: States, where: Where, of: number): Markup {
  const tables = html`<div class="split">${states.flatMap(([state, r]) => descriptorTables(r, { state, suffix: suffixOf(states, state), where, of }))}</div>`;
  return states.length === 1 ? tables : html`<details><summary>The descriptors in numbers</summary>${tables}</details>`;
}

function descriptorTables(
  r: PageRelevance,
  { state, suffix, where, of }: FigureOf & { readonly of: number },
): readonly (Markup | undefined)[] {
  return (["for", "against"] as const).map((side) => {
    const list = r[side];
    if (list.length === 0) return undefined;
    const row = (d: PageDescriptor, i: number): Markup =>
      html`<tr tabindex="0" data-area="${areaId(where, of, state, side, i)}"><td class="n">${signedNumber(d.relevance)}</td><td class="n">${number(d.x, 4)}, ${number(d.y, 4)}</td><td class="n">${4 * d.size}</td><td class="n">${d.gaussian}</td><td class="n">${number(100 * d.posterior, 3)} %</td></tr>`;
    return html`<div><h4>Descriptors ${side} it${suffix}</h4>${region(
      `Descriptors ${side} the class${suffix}`,
      html`<table class="plain listed"><thead><tr><th scope="col" class="n">R2</th><th scope="col" class="n">centre x, y</th><th scope="col" class="n">side</th><th scope="col" class="n">Gaussian</th><th scope="col" class="n">posterior</th></tr></thead><tbody>${list.map(row)}</tbody></table>`,
    )}</div>`;
  });
}

function shareCards(shares: PageShares, { index, before }: PageClass, { page, gallery }: Where): Markup {
  const strip = (title: string, about: string, list: PageShares["positive"]): Markup =>
    html`<div><h4>${title} <span>${about}</span></h4>${
      list.length === 0
        ? html`<p class="soft">none</p>`
        : html`<ol class="points">${list.map(({ point, share, alpha, similarity }) =>
            card(point, {
              gallery,
              labels: page.labels,
              index,
              figure: signedNumber(share),
              fine: [`α ${number(alpha, 3)}`, `similarity ${number(similarity, 3)}`],
            }),
          )}</ol>`
    }</div>`;
  return html`<h3>Training pictures behind the score</h3><p class="check">f is the sum of α times the similarity of Fisher vectors over ${counted(shares.support, "training picture")}, ${number(shares.sum, 6)}, and the bias ${number(shares.bias, 6)}; it misses ${number(before.score, 6)} by ${tiny(shares.deviation)}.</p><div class="strips">${strip("For it", "their shares are above 0", shares.positive)}${strip("Against it", "their shares are below 0", shares.negative)}</div>`;
}
