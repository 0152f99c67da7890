/** @file The page of `representers debug`: training points worth a look, to check off and to correct. Also as a table for CSV. */
import type { Table } from "../../formats/table.ts";
import { tableOf } from "../../formats/table.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { counted } from "../run/numbers.ts";
import type { DebugPage, Suspect } from "./input.ts";
import { number, percentage } from "./numbers.ts";
import { type Gallery, galleryOf } from "./points.ts";
import { className, labelled, shell } from "./shell.ts";

/** Classes that every list of classes holds from the start; longer ones are completed by the script. */
const WHOLE = 20;

/** Places 1, 2, … by each criterion, larger values first; equal ones in order of appearance. */
export function ranksOf(suspects: readonly Suspect[], criterion: number): readonly number[] {
  const value = (i: number): number => suspects[i]?.values[criterion] ?? Number.NEGATIVE_INFINITY;
  const order = suspects.map((_, i) => i).sort((a, b) => value(b) - value(a));
  const ranks = new Array<number>(suspects.length).fill(0);
  for (const [rank, i] of order.entries()) ranks[i] = rank + 1;
  return ranks;
}

/** The page as UTF-8 HTML. */
export const debugPage = (input: DebugPage): Promise<string> => page(debugView(input));

/** Training points worth a look, to check off and to correct. */
export function debugView(page: DebugPage): Page {
  const { facts, suspects, criteria, trainingPoints } = page;
  const gallery = galleryOf(suspects.map((s) => s.point));
  const ranks = criteria.map((_, c) => ranksOf(suspects, c));
  const order = suspects.map((_, i) => i).sort((a, b) => (ranks[0]?.[a] ?? 0) - (ranks[0]?.[b] ?? 0));
  const items = order.map((i) =>
    suspectItem(suspects[i] as Suspect, { page, gallery, ranks: ranks.map((r) => r[i] as number) }),
  );
  return shell({
    title: "Which labels deserve a look?",
    lead: `${counted(suspects.length, "point")} of ${trainingPoints.toLocaleString("en-GB")} training points of ${facts.data}, ordered by ${criteria[0]?.title ?? "their place"}, for ${facts.model}`,
    facts,
    definitions: gallery.definitions,
    behaviours: ["check-off"],
    sections: [
      {
        id: "list",
        name: "Check-off list",
        markup: html`${aboutCriteria(page)}${tools(page)}<ol class="suspects">${items}</ol>`,
      },
    ],
  });
}

function aboutCriteria({ criteria }: DebugPage): Markup {
  return html`<p class="fine">A point stands high where the network had to lean on its label the most; that makes a wrong label likely, not certain. Look at each, check it off, choose another label where it is wrong, and hand the corrections back as CSV.</p><dl>${criteria.map(({ title, about }) => (about ? html`<dt>${title}</dt><dd>${about}</dd>` : undefined))}</dl>`;
}

/** Without the script nothing of this would do anything: it is hidden. */
function tools({ facts, criteria, labels, trainingPoints }: DebugPage): Markup {
  const key = `${facts.model} ${facts.data} ${trainingPoints}`;
  return html`<div class="tools" hidden data-key="${key}" data-labels="${JSON.stringify(labels)}"><label>Order by <select>${criteria.map(({ title }, c) => html`<option value="${c}">${title}</option>`)}</select></label><output></output><button type="button" class="act copy">Copy CSV</button><button type="button" class="act save">Download CSV</button></div><textarea class="csv" hidden readonly aria-label="Corrections as CSV"></textarea>`;
}

interface Where {
  readonly page: DebugPage;
  readonly gallery: Gallery;
  readonly ranks: readonly number[];
}

function suspectItem(suspect: Suspect, { page, gallery, ranks }: Where): Markup {
  const { point, position, values, predicted, probability } = suspect;
  const { labels, criteria } = page;
  const given = className(labels, point.label);
  const says =
    predicted === undefined
      ? undefined
      : html`<span class="small">the fit says ${predicted === point.label ? "the same" : html`<b>${className(labels, predicted)}</b>`}${probability === undefined ? undefined : ` (${percentage(probability)})`}</span>`;
  const figures = criteria.map(
    ({ title }, c) => html`<dt>${title}</dt><dd>${number(values[c] as number, 3)} <span>#${ranks[c]}</span></dd>`,
  );
  const offered = [
    ...new Set([...(predicted === undefined || predicted === point.label ? [] : [predicted]), ...firstClasses(labels)]),
  ].filter((c) => c !== point.label);
  const select = html`<select aria-label="Label of ${point.id}"><option value="">${point.label === null ? "leave it without a label" : html`keep ${given}`}</option>${offered.map((c) => html`<option value="${c}">${className(labels, c)}</option>`)}</select>`;
  return html`<li class="suspect" data-position="${position}" data-id="${point.id}" data-label="${point.label ?? ""}" data-values="${values.join(" ")}"><div class="look">${gallery.show(point, `${point.id}, ${labelled(labels, point.label)}`)}</div><div><span class="place">#${ranks[0]}</span><span class="given">${point.label === null ? labelled(labels, null) : html`labelled <b>${given}</b>`}</span>${says}<span class="small id" title="${point.id}">${point.id}</span><dl>${figures}</dl></div><div class="verdicts"><label><input type="checkbox" class="done" autocomplete="off" aria-label="${point.id} is checked"> checked</label><label class="to">${select}</label></div></li>`;
}

const firstClasses = (labels: readonly string[]): readonly number[] =>
  labels.length > WHOLE ? [] : labels.map((_, c) => c);

/**
 * The list as a table, in the order of the page: `position, id, label, corrected`, the criteria, and what the fit says. `corrected` is empty, for a
 * hand or a spreadsheet to fill; labels are names.
 */
export function debugTable({ suspects, criteria, labels }: DebugPage): Table {
  const [ranks] = criteria.length === 0 ? [suspects.map((_, i) => i)] : [ranksOf(suspects, 0)];
  const rows = suspects
    .map((s, i) => [s, ranks[i] as number] as const)
    .sort((a, b) => a[1] - b[1])
    .map(([s]) => s);
  return tableOf([
    { name: "position", type: "int", values: rows.map((s) => s.position) },
    { name: "id", type: "string", values: rows.map((s) => s.point.id) },
    {
      name: "label",
      type: "string",
      values: rows.map((s) => (s.point.label === null ? "" : className(labels, s.point.label))),
    },
    { name: "corrected", type: "string", values: rows.map(() => null) },
    ...criteria.map((c, k) => ({
      name: c.id,
      type: "double" as const,
      values: rows.map((s) => s.values[k] as number),
    })),
    {
      name: "predicted",
      type: "string",
      values: rows.map((s) => (s.predicted === undefined ? null : className(labels, s.predicted))),
    },
    { name: "probability", type: "double", values: rows.map((s) => s.probability ?? null) },
  ]);
}
