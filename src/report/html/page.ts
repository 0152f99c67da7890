/** @file A report as a value, and the one file that it becomes: it holds everything, and its policy allows nothing else. */
import { VERSION } from "../../version.ts";
import { type Behaviour, scriptOf } from "./behaviours.ts";
import { html, type Markup, trusted } from "./markup.ts";
import { policyOf } from "./policy.ts";
import { STYLE } from "./style.ts";

/** Text is plain; `definitions` and `main` are markup in which all that strangers can write is escaped. */
export interface Page {
  /** Of the window. */
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  /** After the style that all pages share. */
  readonly style: string;
  /** What its markup can do where scripts run; without them it can be read all the same. */
  readonly behaviours: readonly Behaviour[];
  /** What figures share, as SVG definitions. */
  readonly definitions?: Markup | readonly (Markup | undefined)[] | undefined;
  readonly main: Markup;
  /** A sentence after who made it. */
  readonly remark?: string | undefined;
}

/**
 * The page as UTF-8 HTML. Pictures are `data:` URLs, plots inline SVG, style and script are inline and named by their hashes in a
 * Content-Security-Policy that allows nothing else.
 */
export async function page({
  title,
  heading,
  lead,
  style: own,
  behaviours,
  definitions,
  main,
  remark,
}: Page): Promise<string> {
  const [style, script] = [`${STYLE}${own}`, await scriptOf(behaviours)];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${trusted(await policyOf({ style, script }))}">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="onnxplain ${VERSION}">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${definitions === undefined ? undefined : html`<svg class="defs" aria-hidden="true"><defs>${definitions}</defs></svg>`}
<header><h1>${heading}</h1><p class="lead">${lead}</p></header>
<main>
${main}
</main>
<footer><p>Made by onnxplain ${VERSION}.${remark === undefined ? "" : ` ${remark}`}</p></footer>
<script>${trusted(script)}</script>
</body>
</html>
`.markup;
}

export interface Section {
  readonly id: string;
  readonly name: string;
  /** Left out where there is nothing to show. */
  readonly markup: Markup | undefined;
  readonly kind?: string | undefined;
}

/** Sections with something in them, below links to each. */
export function sectionsOf(sections: readonly Section[]): Markup {
  const present = sections.filter((s) => s.markup !== undefined);
  return html`<nav aria-label="Sections">${present.map(({ id, name }) => html`<a href="#${id}">${name}</a>`)}</nav>
${present.map(({ id, name, kind, markup }) => html`<section id="${id}"${kind === undefined ? undefined : html` class="${kind}"`}><h2>${name}</h2>${markup}</section>`)}`;
}
