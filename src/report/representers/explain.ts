/** @file The page of `representers explain`: for each picture and class, the training points that speak for it and against it. */
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { region } from "../html/parts.ts";
import { counted, fixed } from "../run/numbers.ts";
import { groupTable } from "./groups.ts";
import type { ExplainedClass, ExplainedPoint, ExplainPage, PagePoint, RepresenterPoint } from "./input.ts";
import { number, signedNumber, tiny } from "./numbers.ts";
import { type CardOptions, card, cardsClass, type Gallery, galleryOf } from "./points.ts";
import { className, shell } from "./shell.ts";

/** Classes whose sheets are open where no script goes from one to the next; more can be searched. */
const OPEN_SHEETS = 12;
/** Rows of the table of sums before the rest is folded. */
const OPEN_ROWS = 5;
/** The sum may miss the logit by its bound and by rounding of this part of the values' size. */
const ROUNDING = 1e-6;

/** The page as UTF-8 HTML. */
export const explainPage = (input: ExplainPage): Promise<string> => page(explainView(input));

/** The training points behind the scores of each input. */
export function explainView(page: ExplainPage): Page {
  const { facts, items, trainingPoints, labels, groups = [] } = page;
  const gallery = galleryOf(items.flatMap((item) => [...pointsOf(item)]));
  const sections = items.map((item, i) => ({
    id: `point-${i}`,
    name: item.point.id,
    markup: itemMarkup(item, { page, gallery, place: i }),
  }));
  const sums = groups.length === 0 ? undefined : html`${groups.map((g) => groupTable(g, labels))}`;
  return shell({
    title: "Which examples taught it that?",
    lead: `Training points behind the scores of ${counted(items.length, "input")}, for ${facts.model} on ${facts.data}; all ${trainingPoints.toLocaleString("en-GB")} training points take part in every sum`,
    facts,
    sections: [...sections, { id: "groups", name: "Groups", markup: sums }],
    definitions: gallery.definitions,
    behaviours: ["classes"],
    top: html`<p class="fine">The value of a training point for a class is α times the similarity of its features to those of the input; over all training points the values add up to the logit. Points above 0 speak for the class (excitatory), points below against it (inhibitory). Labels in blue are the class in question, labels in orange another.</p>`,
  });
}

function* pointsOf({ point, classes, nearest = [] }: ExplainedPoint): Generator<PagePoint> {
  yield point;
  for (const { positive, negative, influence } of classes)
    for (const list of [positive, negative, influence?.helpful ?? [], influence?.harmful ?? []])
      for (const entry of list) yield entry.point;
  for (const entry of nearest) yield entry.point;
}

interface Place {
  readonly page: ExplainPage;
  readonly gallery: Gallery;
  readonly place: number;
}

function itemMarkup(item: ExplainedPoint, where: Place): Markup {
  const { point, predicted } = item;
  const { labels } = where.page;
  const order = [...item.classes].sort(
    (a, b) => Number(b.index === predicted) - Number(a.index === predicted) || b.logit - a.logit,
  );
  const named = `${className(labels, predicted)}${point.label === null ? "" : point.label === predicted ? ", as labelled" : `, labelled ${className(labels, point.label)}`}`;
  const sheets = order.map((c) => sheet(c, item, where));
  return html`<div class="seen"><figure>${where.gallery.show(point, `the input ${point.id}`)}<figcaption>named <strong>${named}</strong></figcaption></figure><div>${sumTable(order, labels)}</div></div>${sheetsOf(sheets)}`;
}

/** One below another; the script shows one at a time, and the slider among them. */
function sheetsOf(sheets: readonly Markup[]): Markup {
  const rest = sheets.slice(OPEN_SHEETS);
  const search = html`<label class="find">Find a class <input type="search" autocomplete="off"></label>`;
  const steps = html`<div class="steps" hidden role="group" aria-label="Class to look at"><button type="button" class="act before" aria-label="The class before">‹</button><label>Class <select autocomplete="off"></select></label><button type="button" class="act after" aria-label="The next class">›</button><input type="range" min="0" step="1" value="0" autocomplete="off" aria-label="Classes, the largest logit first">${rest.length > 0 ? search : undefined}</div>`;
  const folded =
    rest.length > 0
      ? html`<details class="more"><summary>${counted(rest.length, "more class", "more classes")}</summary>${rest}</details>`
      : undefined;
  return html`<div class="class-sheets">${sheets.length > 1 ? steps : undefined}${sheets.slice(0, OPEN_SHEETS)}${folded}</div>`;
}

const difference = ({ sum, logit }: ExplainedClass): number => Math.abs(sum - logit);
const holds = (c: ExplainedClass): boolean => difference(c) <= c.bound + ROUNDING * Math.max(1, Math.abs(c.logit));

function sumTable(classes: readonly ExplainedClass[], labels: readonly string[]): Markup {
  const given = classes.some((c) => c.given !== undefined);
  const row = (c: ExplainedClass): Markup =>
    html`<tr><th scope="row">${className(labels, c.index)}</th><td class="n">${fixed(c.logit, 4)}</td><td class="n">${fixed(c.sum, 4)}</td><td class="n${holds(c) ? "" : " loses"}">${tiny(difference(c))}</td><td class="n">${tiny(c.bound)}</td>${given ? html`<td class="n">${c.given === undefined ? "–" : fixed(c.given, 4)}</td>` : undefined}</tr>`;
  const table = (rows: readonly ExplainedClass[], name: string): Markup =>
    region(
      name,
      html`<table class="sums"><thead><tr><th scope="col">class</th><th scope="col" class="n">logit</th><th scope="col" class="n">sum of values</th><th scope="col" class="n">difference</th><th scope="col" class="n">bound</th>${given ? html`<th scope="col" class="n">given network</th>` : undefined}</tr></thead><tbody>${rows.map(row)}</tbody></table>`,
    );
  const rest = classes.slice(OPEN_ROWS);
  const off = classes.filter((c) => !holds(c)).length;
  const say =
    off === 0
      ? html`<p class="check">The values of all training points add up to the logit, as far as the fit is stationary: no class differs by more than its bound |G·f| / 2λ and rounding.</p>`
      : html`<p class="check off" role="note">For ${counted(off, "class", "classes")} the sum differs from the logit by more than the bound: do not trust the values there.</p>`;
  return html`${table(classes.slice(0, OPEN_ROWS), "Logits and sums")}${rest.length > 0 ? html`<details><summary>${counted(rest.length, "more class", "more classes")}</summary>${table(rest, "Logits and sums of the other classes")}</details>` : undefined}${say}`;
}

function sheet(c: ExplainedClass, { nearest }: ExplainedPoint, { page, gallery }: Place): Markup {
  const { labels, trainingPoints } = page;
  const name = className(labels, c.index);
  const options: CardOptions = { gallery, labels, index: c.index };
  const representer = ({ point, value, alpha, similarity }: RepresenterPoint): Markup =>
    card(point, {
      ...options,
      figure: signedNumber(value),
      fine: [`|α| ${number(Math.abs(alpha), 3)}`, `similarity ${number(similarity, 3)}`],
    });
  const strips: readonly (Markup | undefined)[] = [
    strip("Excitatory", `speak for ${name}`, c.positive, representer),
    strip("Inhibitory", `speak against ${name}`, c.negative, representer),
    strip("Influence, helpful", "the loss rises without them", c.influence?.helpful, ({ point, value }) =>
      card(point, { ...options, figure: signedNumber(value) }),
    ),
    strip("Influence, harmful", "the loss falls without them", c.influence?.harmful, ({ point, value }) =>
      card(point, { ...options, figure: signedNumber(value) }),
    ),
    strip("Nearest neighbours", "distance of features, the same for every class", nearest, ({ point, distance }) =>
      card(point, { ...options, figure: number(distance, 3) }),
    ),
  ];
  return html`<div class="class-sheet" data-name="${name} (${number(c.logit, 3)})"><h3>${name}</h3><p class="check${holds(c) ? "" : " off"}">logit ${number(c.logit, 7)}; the values of ${counted(trainingPoints, "training point")} add up to ${number(c.sum, 7)}, difference ${tiny(difference(c))}, bound ${tiny(c.bound)}</p><div class="strips">${strips}</div></div>`;
}

function strip<T extends { readonly point: PagePoint }>(
  title: string,
  about: string,
  entries: readonly T[] | undefined,
  draw: (entry: T) => Markup,
): Markup | undefined {
  if (entries === undefined) return undefined;
  const list =
    entries.length === 0
      ? html`<p class="soft">none</p>`
      : html`<ol class="${cardsClass(entries.map((e) => e.point))}">${entries.map(draw)}</ol>`;
  return html`<div><h4>${title} <span>${about}</span></h4>${list}</div>`;
}
