/** @file The sheet of one confusion: everything of class A that is taken for B, and the training points that speak against A in most of it. */
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { counted } from "../run/numbers.ts";
import type { ConfusionPage } from "./input.ts";
import { number, percentage, signedNumber } from "./numbers.ts";
import { card, cardsClass, galleryOf } from "./points.ts";
import { className, shell } from "./shell.ts";

/** The page as UTF-8 HTML. */
export const confusionPage = (input: ConfusionPage): Promise<string> => page(confusionView(input));

/** The training points behind one confusion. */
export function confusionView(page: ConfusionPage): Page {
  const { facts, labels, from, to, ofClass, wrong, confused, inhibitory, top } = page;
  const [a, b] = [className(labels, from), className(labels, to)];
  const gallery = galleryOf([...confused, ...inhibitory].map((c) => c.point));
  const options = { gallery, labels, index: from };
  const shared = inhibitory.filter((p) => p.count === confused.length).length;
  const headline: Markup =
    confused.length === 0
      ? html`No ${a} is taken for ${b}.`
      : html`<b>${confused.length}</b> of ${counted(ofClass, `${a}`, `${a}`)} are taken for ${b} (${wrong} wrong in all, ${percentage(ofClass === 0 ? 0 : wrong / ofClass)}).`;
  const common =
    confused.length === 0 || inhibitory.length === 0
      ? undefined
      : html`<p>${shared === 0 ? html`No training point is` : html`<b>${counted(shared, "training point")}</b> ${shared === 1 ? "is" : "are"}`} among the ${top} most inhibitory for ${a} in all of them.</p>`;
  return shell({
    title: `${a}, predicted as ${b}`,
    lead: `for ${facts.model} on ${facts.data}`,
    facts,
    definitions: gallery.definitions,
    top: html`<section class="verdict bad" aria-label="The confusion"><p class="headline">${headline}</p>${common}</section>`,
    sections: [
      {
        id: "inhibitory",
        name: `Training points that speak against ${a}`,
        markup:
          inhibitory.length === 0
            ? undefined
            : html`<p class="fine">Commonest first: among the ${top} most inhibitory of how many, mean value over all of them. A point that itself shows ${a} under another label is worth a look.</p><ol class="${cardsClass(inhibitory.map((p) => p.point))}">${inhibitory.map(({ point, count, value, alpha }) => card(point, { ...options, figure: `in ${count} of ${confused.length}`, fine: [`mean value ${signedNumber(value)}`, `|α| ${number(Math.abs(alpha), 3)}`] }))}</ol>`,
      },
      {
        id: "confused",
        name: `${a}, taken for ${b}`,
        markup:
          confused.length === 0
            ? undefined
            : html`<ol class="${cardsClass(confused.map((p) => p.point))}">${confused.map(({ point, margin }) => card(point, { ...options, fine: margin === undefined ? [] : [`logit of ${b} above ${a} by ${number(margin, 3)}`] }))}</ol>`,
      },
    ],
  });
}
