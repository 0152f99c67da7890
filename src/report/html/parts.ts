/** @file Pieces that reports are made of: tiles, charts, tables that scroll, bars of colour, choices, commands to repeat. */
import type { ColormapName } from "../../image/colormap.ts";
import { type LinePlot, linePlot } from "../plot/lines.ts";
import { base64 } from "../terminal.ts";
import { gradient } from "./figures.ts";
import { html, type Markup, trusted } from "./markup.ts";

/** A large figure and what it counts. */
export type Tile = readonly [figure: string, what: string];
export const tilesOf = (tiles: readonly Tile[]): Markup =>
  html`<div class="tiles">${tiles.map(([figure, what]) => html`<div class="tile"><b>${figure}</b><span>${what}</span></div>`)}</div>`;

/** A table that scrolls sideways on its own where it is too wide. */
export const region = (label: string, table: Markup, caption?: Markup): Markup =>
  html`${caption && html`<p class="caption">${caption}</p>`}<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`;

/** A plot below its title; `keys` says what its colours mean. */
export const chart = (title: string, about: string, plot: Markup, keys?: Markup): Markup =>
  html`<figure class="chart"><figcaption><strong>${title}</strong> ${about}</figcaption>${plot}${keys}</figure>`;

export const chartsOf = (charts: readonly Markup[]): Markup => html`<div class="charts">${charts}</div>`;

export interface TitledPlot extends LinePlot {
  readonly title: string;
  readonly about: string;
}
/** Undefined without any. */
export const plotsOf = (plots: readonly TitledPlot[]): Markup | undefined =>
  plots.length === 0 ? undefined : chartsOf(plots.map((p) => chart(p.title, p.about, linePlot(p))));

/** Undefined without any. */
export const listOf = (items: readonly string[] = []): Markup | undefined =>
  items.length === 0 ? undefined : html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;

/** The command line that made a page, to be read and repeated; undefined without one. */
export const repeatOf = (words: string, command: string | null | undefined): Markup | undefined =>
  command ? html`<p class="soft">${words}</p><pre tabindex="0"><code>${command}</code></pre>` : undefined;

/** The URL of a picture that the page itself holds. */
export const pngSource = (png: Uint8Array): Markup => trusted(`data:image/png;base64,${base64(png)}`);

/** What the colours of a page's maps mean, once a page. */
export const colourBar = (name: ColormapName, about: string): Markup =>
  html`<div class="scale"><svg class="scale-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><defs>${gradient("scale", name)}</defs><rect width="100" height="4" fill="url(#scale)"/></svg><span class="small">${about}</span></div>`;

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly figure: string;
  readonly panel: Markup;
}
/** Panels of which one is seen, chosen by CSS alone; `group` names the choice within its page. */
export const choicesOf = (legend: string, group: string, choices: readonly Choice[]): Markup =>
  html`<fieldset class="choose"><legend>${legend}</legend>${choices.map(
    ({ id, name, figure, panel }, k) =>
      html`<input type="radio" name="${group}" id="${id}"${k === 0 ? html` checked` : undefined}><label for="${id}"><b title="${name}">${name}</b> <span>${figure}</span></label><div class="panel">${panel}</div>`,
  )}</fieldset>`;
