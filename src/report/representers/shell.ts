/** @file What all pages on training points share: head, style, sections, how the page was made. */
import type { Behaviour } from "../html/behaviours.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Page, type Section, sectionsOf } from "../html/page.ts";
import { listOf, repeatOf } from "../html/parts.ts";
import { PARTS_STYLE } from "../html/parts-style.ts";
import { definitions } from "../html/tables.ts";
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
  /** Beside the sorting of tables. */
  readonly behaviours?: readonly Behaviour[] | undefined;
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
  behaviours = [],
  style = "",
}: Shell): Page => ({
  title: `${title}: ${facts.model}, ${facts.data}`,
  heading: title,
  lead,
  style: `${PARTS_STYLE}${REPRESENTER_STYLE}${style}`,
  behaviours: ["sort", ...behaviours],
  definitions: defs,
  main: html`${top}
${sectionsOf([...sections, { id: "made", name: "How it was made", markup: making(facts) }])}`,
});

const making = ({ model, data, settings, command, notes }: PageFacts): Markup =>
  html`${listOf(notes)}${definitions([["model", model], ["data", data], ...settings])}${repeatOf("To make it again:", command)}`;

export const className = (labels: readonly string[], index: number | null): string =>
  index === null ? "no label" : (labels[index] ?? `class ${index}`);

/** `labelled cat`, or that there is no label. */
export const labelled = (labels: readonly string[], label: number | null): string =>
  label === null ? "without a label" : `labelled ${className(labels, label)}`;
