/** @file The page that every report is: one file that holds everything, a policy that allows nothing else, sections one can jump to. */
import { VERSION } from "../../version.ts";
import { html, type Markup, trusted } from "./markup.ts";
import { policyOf } from "./policy.ts";

export interface Page {
  /** Of the window. */
  readonly title: string;
  readonly heading: string;
  readonly lead: string;
  readonly style: string;
  readonly script: string;
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
export async function page({ title, heading, lead, style, script, definitions, main, remark }: Page): Promise<string> {
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
