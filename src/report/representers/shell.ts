/** @file What all pages on training points share: head, policy, sections, how the page was made. */
import { html, type Markup } from "../html/markup.ts";
import { page, type Section, sectionsOf } from "../html/page.ts";
import { STYLE } from "../html/style.ts";
import { definitions } from "../html/tables.ts";
import { RUN_SCRIPT } from "../run/script.ts";
import { RUN_STYLE } from "../run/style.ts";
import type { PageFacts } from "./input.ts";
import { REPRESENTER_STYLE } from "./style.ts";

export interface Shell {
  readonly title: string;
  readonly lead: string;
  readonly facts: PageFacts;
  /** Before the sections. */
  readonly top?: Markup | undefined;
  readonly sections: readonly Section[];
  /** Pictures that figures share, as SVG definitions. */
  readonly definitions?: Markup | undefined;
  /** Runs after the sorting of tables. */
  readonly script?: string | undefined;
  /** After the style that all share. */
  readonly style?: string | undefined;
}

export const shell = ({
  title,
  lead,
  facts,
  top,
  sections,
  definitions: defs,
  script = "",
  style = "",
}: Shell): Promise<string> =>
  page({
    title: `${title}: ${facts.model}, ${facts.data}`,
    heading: title,
    lead,
    style: `${STYLE}${RUN_STYLE}${REPRESENTER_STYLE}${style}`,
    script: `${RUN_SCRIPT}${script}`,
    definitions: defs,
    main: html`${top}
${sectionsOf([...sections, { id: "made", name: "How it was made", markup: making(facts) }])}`,
  });

function making({ model, data, settings, command, notes }: PageFacts): Markup {
  const said = notes?.length ? html`<ul>${notes.map((n) => html`<li>${n}</li>`)}</ul>` : undefined;
  const repeat = command
    ? html`<p class="soft">To make it again:</p><pre tabindex="0"><code>${command}</code></pre>`
    : undefined;
  return html`${said}${definitions([["model", model], ["data", data], ...settings])}${repeat}`;
}

export const className = (labels: readonly string[], index: number | null): string =>
  index === null ? "no label" : (labels[index] ?? `class ${index}`);

/** `labelled cat`, or that there is no label. */
export const labelled = (labels: readonly string[], label: number | null): string =>
  label === null ? "without a label" : `labelled ${className(labels, label)}`;

/** A table that scrolls sideways on its own where it is too wide. */
export const region = (label: string, table: Markup): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`;

export type Tile = readonly [figure: string, what: string];
export const tilesOf = (tiles: readonly Tile[]): Markup =>
  html`<div class="tiles">${tiles.map(([figure, what]) => html`<div class="tile"><b>${figure}</b><span>${what}</span></div>`)}</div>`;

export const chart = (title: string, about: string, plot: Markup): Markup =>
  html`<figure class="chart"><figcaption><strong>${title}</strong> ${about}</figcaption>${plot}</figure>`;
