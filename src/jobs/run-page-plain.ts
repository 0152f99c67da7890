/** @file A page of plain tables: what a folder without a report of its own holds, and folders of earlier versions. */
import { rowsOf, type Table } from "../formats/table.ts";
import { html, type Markup } from "../report/html/markup.ts";
import { type Page, type Section, sectionsOf } from "../report/html/page.ts";
import { listOf, region, repeatOf } from "../report/html/parts.ts";
import { PARTS_STYLE } from "../report/html/parts-style.ts";
import { definitions } from "../report/html/tables.ts";
import { NOTHING } from "../report/run/numbers.ts";
import { significant } from "../report/words.ts";

export type Facts = readonly (readonly [name: string, value: string])[];
export type Value = string | number | boolean | readonly number[] | null | undefined;

export interface PlainPage {
  readonly title: string;
  readonly lead: string;
  readonly sections: readonly Section[];
  readonly facts: Facts;
  readonly notes?: readonly string[] | undefined;
  readonly command?: string | null | undefined;
}

export const plainView = ({ title, lead, sections, facts, notes, command }: PlainPage): Page => ({
  title,
  heading: title,
  lead,
  style: `${PARTS_STYLE}.plain th,.plain td{min-width:4.5rem}`,
  behaviours: ["sort"],
  main: sectionsOf([
    ...sections,
    {
      id: "made",
      name: "How it was made",
      markup: html`${listOf(notes)}${definitions(facts)}${repeatOf("To make it again:", command)}`,
    },
  ]),
});

/** Rows of a table that are shown, at most. */
const SHOWN = 500;

export const cellText = (value: Value): string => {
  if (value === null || value === undefined) return NOTHING;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : significant(value);
  if (typeof value === "object") return value.slice(0, 8).map(cellText).join(", ") + (value.length > 8 ? ", …" : "");
  return typeof value === "boolean" ? (value ? "yes" : "no") : value;
};

/** A sortable table; undefined without rows. */
export function gridOf(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly Value[])[],
): Markup | undefined {
  if (rows.length === 0) return undefined;
  const numeric = heads.map((_, k) =>
    rows.every((r) => r[k] === null || r[k] === undefined || typeof r[k] === "number"),
  );
  const head = heads.map((name, k) =>
    numeric[k]
      ? html`<th scope="col" class="n" data-sort="neither">${name}</th>`
      : html`<th scope="col" data-sort="text">${name}</th>`,
  );
  const cell = (value: Value, k: number): Markup => {
    if (!numeric[k]) return k === 0 ? html`<th scope="row">${cellText(value)}</th>` : html`<td>${cellText(value)}</td>`;
    return html`<td class="n"${typeof value === "number" && Number.isFinite(value) ? html` data-v="${value}"` : undefined}>${cellText(value)}</td>`;
  };
  const more = rows.length - SHOWN;
  return html`${region(caption, html`<table class="plain sortable"><thead><tr>${head}</tr></thead><tbody>${rows.slice(0, SHOWN).map((row) => html`<tr>${heads.map((_, k) => cell(row[k], k))}</tr>`)}</tbody></table>`)}${more > 0 ? html`<p class="fine">${more} rows more stand in the file.</p>` : undefined}`;
}

/** A file's table as it is. */
export const tableGrid = (caption: string, table: Table): Markup | undefined =>
  gridOf(
    caption,
    table.columns.map((c) => c.name),
    rowsOf(table).map((row) => table.columns.map((c) => row[c.name])),
  );

const isPlain = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && !Array.isArray(v);
const scalar = (v: unknown): v is string | number | boolean | null =>
  v === null || ["string", "number", "boolean"].includes(typeof v);

/** What a document says in single values, and its lists of flat records as sections. */
export function documentParts(document: unknown): { readonly facts: Facts; readonly sections: readonly Section[] } {
  const fields = isPlain(document) ? Object.entries(document) : [];
  return {
    facts: fields.flatMap(([name, v]) =>
      scalar(v) && v !== null ? [[name.replaceAll("_", " "), cellText(v)] as const] : [],
    ),
    sections: fields.flatMap(([name, v], i): readonly Section[] => {
      if (!Array.isArray(v) || !v.every(isPlain)) return [];
      const heads = [...new Set(v.flatMap((row) => Object.keys(row).filter((k) => scalar(row[k]))))];
      const rows = v.map((row) => heads.map((k) => (scalar(row[k]) ? row[k] : null)));
      return [{ id: `part-${i}`, name: name.replaceAll("_", " "), markup: gridOf(name, heads, rows) }];
    }),
  };
}
