/** @file Influence of whole groups: sums of representer values, for and against, as bars on one scale. */
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { region } from "../html/parts.ts";
import { barDomain, signedBar } from "../plot/bars.ts";
import { counted } from "../run/numbers.ts";
import type { GroupPage, GroupSums } from "./input.ts";
import { number, signedNumber } from "./numbers.ts";
import { galleryOf } from "./points.ts";
import { className, labelled, shell } from "./shell.ts";

/** Groups with an open row; the rest is folded. */
const OPEN = 20;

/** The page as UTF-8 HTML. */
export const groupPage = (input: GroupPage): Promise<string> => page(groupView(input));

/** Sums of representer values by group. */
export function groupView({ facts, labels, sums, trainingPoints }: GroupPage): Page {
  const gallery = galleryOf(sums.flatMap((s) => s.point ?? []));
  return shell({
    title: "Which groups taught it that?",
    lead: `Sums of representer values by group of ${trainingPoints.toLocaleString("en-GB")} training points, for ${facts.model} on ${facts.data}`,
    facts,
    definitions: gallery.definitions,
    sections: sums.map((s, i) => {
      const seen =
        s.point &&
        html`<figure>${gallery.show(s.point, `the input ${s.point.id}`)}<figcaption>${s.point.id}, ${labelled(labels, s.point.label)}</figcaption></figure>`;
      const table = groupTable(s, labels);
      return {
        id: `sums-${i}`,
        name: s.title,
        markup: seen ? html`<div class="seen">${seen}<div>${table}</div></div>` : table,
      };
    }),
  });
}

/** Groups by the size of their sum, with a bar for each side. */
export function groupTable({ title, index, logit, groups }: GroupSums, labels: readonly string[]): Markup {
  const order = [...groups].sort(
    (a, b) => Math.abs(b.positive + b.negative) - Math.abs(a.positive + a.negative) || b.positive - a.positive,
  );
  const domain = barDomain(groups);
  const row = ({ name, points, positive, negative }: GroupSums["groups"][number]): Markup => {
    const sum = positive + negative;
    const what = `${name}: ${signedNumber(positive)} for, ${signedNumber(negative)} against`;
    return html`<tr><th scope="row">${name}</th><td class="n" data-v="${sum}"><b>${signedNumber(sum)}</b></td><td class="bar-cell">${signedBar({ positive, negative, what }, domain)}</td><td class="n" data-v="${positive}">${number(positive, 3)}</td><td class="n" data-v="${negative}">${number(negative, 3)}</td><td class="n" data-v="${points}">${points.toLocaleString("en-GB")}</td></tr>`;
  };
  const table = (rows: readonly GroupSums["groups"][number][], name: string): Markup =>
    region(
      name,
      html`<table class="groups sortable"><thead><tr><th scope="col" data-sort="text">group</th><th scope="col" class="n" data-sort="higher">sum</th><th scope="col" class="bar-cell">against, for</th><th scope="col" class="n" data-sort="higher">for</th><th scope="col" class="n" data-sort="lower">against</th><th scope="col" class="n" data-sort="higher">points</th></tr></thead><tbody>${rows.map(row)}</tbody></table>`,
    );
  const named = `${title}, groups for ${className(labels, index)}`;
  const total = groups.reduce((s, g) => s + g.positive + g.negative, 0);
  const rest = order.slice(OPEN);
  return html`<p class="caption">Shares of the logit ${number(logit, 5)} of <strong>${className(labels, index)}</strong> by group: what speaks for it (blue), against it (orange), and their sum (line). All ${counted(groups.length, "group")} together: ${number(total, 5)}.</p>${table(order.slice(0, OPEN), named)}${rest.length > 0 ? html`<details><summary>${counted(rest.length, "more group")}</summary>${table(rest, `${named}, the other groups`)}</details>` : undefined}`;
}
