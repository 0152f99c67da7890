/** @file What all pages on training points share: head, policy, sections, how the page was made. */
import { VERSION } from "../../version.ts";
import { html, type Markup, trusted } from "../html/markup.ts";
import { policyOf } from "../html/policy.ts";
import { STYLE } from "../html/style.ts";
import { definitions } from "../html/tables.ts";
import { RUN_SCRIPT } from "../run/script.ts";
import { RUN_STYLE } from "../run/style.ts";
import type { PageFacts } from "./input.ts";
import { REPRESENTER_STYLE } from "./style.ts";

export interface Section {
  readonly id: string;
  readonly name: string;
  /** Left out where there is nothing to show. */
  readonly markup: Markup | undefined;
}

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
}

/**
 * The page as UTF-8 HTML that holds everything it needs: pictures are `data:` URLs, plots inline SVG, style and script inline and named by
 * their hashes in a Content-Security-Policy that allows nothing else.
 */
export async function shell({ title, lead, facts, top, sections, definitions: defs, script }: Shell): Promise<string> {
  const style = `${STYLE}${RUN_STYLE}${REPRESENTER_STYLE}`;
  const code = `${RUN_SCRIPT}${script ?? ""}`;
  const all = [...sections, { id: "made", name: "How it was made", markup: making(facts) }];
  const present = all.filter((s) => s.markup !== undefined);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${trusted(await policyOf({ style, script: code }))}">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="onnxplain ${VERSION}">
<title>${title}: ${facts.model}, ${facts.data}</title>
<style>${trusted(style)}</style>
</head>
<body>
${defs === undefined ? undefined : html`<svg class="defs" aria-hidden="true"><defs>${defs}</defs></svg>`}
<header><h1>${title}</h1><p class="lead">${lead}</p></header>
<main>
${top}
<nav aria-label="Sections">${present.map(({ id, name }) => html`<a href="#${id}">${name}</a>`)}</nav>
${present.map(({ id, name, markup }) => html`<section id="${id}"><h2>${name}</h2>${markup}</section>`)}
</main>
<footer><p>Made by onnxplain ${VERSION}.</p></footer>
<script>${trusted(code)}</script>
</body>
</html>
`.markup;
}

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
