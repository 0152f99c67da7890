/** @file The sheet of concepts: what each looks like, where it lies, and how much it does for the class. */
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import type { PagePoint } from "../representers/input.ts";
import { number, percentage, tiny } from "../representers/numbers.ts";
import { type Gallery, galleryOf } from "../representers/points.ts";
import { shell } from "../representers/shell.ts";
import { counted } from "../run/numbers.ts";
import type { ConceptCard, ConceptExample, ConceptsPage } from "./input.ts";
import { CONCEPT_STYLE } from "./style.ts";

/** The page as UTF-8 HTML. */
export const conceptsSheet = (input: ConceptsPage): Promise<string> => page(conceptsView(input));

/** What each concept looks like, where it lies, and how much it does. */
export function conceptsView(page: ConceptsPage): Page {
  const { facts, title, lead, className, significance, concepts, dropped } = page;
  const shown = new Map([...concepts, ...dropped].flatMap((c) => c.examples).map((e) => [e, pointsOf(e)]));
  const gallery = galleryOf([...shown.values()].flat());
  const section = (all: readonly ConceptCard[], about?: Markup): Markup | undefined =>
    all.length === 0 ? undefined : html`${about}${all.map((c) => card(c, { gallery, shown }))}`;
  return shell({
    title,
    lead,
    facts,
    style: CONCEPT_STYLE,
    definitions: gallery.definitions,
    top: html`${verdict(page)}${legend(className, significance)}`,
    sections: [
      {
        id: "for",
        name: `For ${className}`,
        markup: section(concepts.filter(speaksFor)),
      },
      {
        id: "against",
        name: `Against ${className}`,
        markup: section(
          concepts.filter((c) => !speaksFor(c)).toReversed(),
          html`<p class="fine">The score of ${className} rises along these more seldom than along random examples; the strongest first.</p>`,
        ),
      },
      {
        id: "dropped",
        name: "No different from random",
        markup: section(
          dropped,
          html`<p class="fine">What they do to the score of ${className} is not told from what random examples do (p above ${significance}).</p>`,
        ),
      },
    ],
  });
}

const speaksFor = ({ mean, counterpart }: ConceptCard): boolean => mean > counterpart;

const pointsOf = ({ id, patch, place }: ConceptExample): readonly PagePoint[] =>
  [patch, ...(place ? [place] : [])].map((png) => ({ id, label: null, likeness: { kind: "picture", png } }));

function verdict({ className, concepts, dropped, significance }: ConceptsPage): Markup {
  const all = counted(concepts.length + dropped.length, "concept");
  const up = concepts.filter(speaksFor).length;
  const headline =
    concepts.length === 0
      ? html`None of ${all} does more to the score of ${className} than random examples do.`
      : html`Of ${all}, <b>${up}</b> ${up === 1 ? "speaks" : "speak"} for ${className} and <b>${concepts.length - up}</b> against it (p ≤ ${significance}).`;
  return html`<section class="verdict${concepts.length === 0 ? " bad" : ""}" aria-label="What was found"><p class="headline">${headline}</p></section>`;
}

const legend = (className: string, significance: number): Markup =>
  html`<p class="fine">TCAV is the share of pictures of ${className} whose score rises along the concept; mean ± standard deviation over random sets, whisker one deviation, orange line the mean of random counterparts. p: paired t-test of the two, at most ${significance}. The test repeats draws of random examples, not of the concept: some concepts that are random themselves pass.</p>`;

interface Shown {
  readonly gallery: Gallery;
  readonly shown: ReadonlyMap<ConceptExample, readonly PagePoint[]>;
}

function card(concept: ConceptCard, { gallery, shown }: Shown): Markup {
  const { name, about, mean, deviation, p, accuracy, significant, examples } = concept;
  const looks = examples.map(
    (e) =>
      html`<li>${(shown.get(e) ?? []).map((point, i) => gallery.show(point, i === 0 ? `patch of ${e.id}` : `the patch in ${e.id}`))}<span class="small id" title="${e.id}">${e.id}</span></li>`,
  );
  const held = accuracy === null ? "nothing held out" : `${percentage(accuracy)} of held-out examples told apart`;
  return html`<article class="concept${significant ? "" : " weak"}"><div><h3>${name}</h3><b class="score">${number(mean, 3)} <span>± ${number(deviation, 2)} TCAV</span></b>${bar(concept)}<span class="small">p ${tiny(p)}</span><span class="small">${about}</span><span class="small">${held}</span></div><ul class="examples">${looks}</ul></article>`;
}

const WIDTH = 200;

function bar({ mean, deviation, counterpart }: ConceptCard): Markup {
  const at = (v: number): string => (Math.min(1, Math.max(0, v)) * WIDTH).toFixed(1);
  const what = `TCAV ${number(mean, 3)}, standard deviation ${number(deviation, 2)}, random counterparts ${number(counterpart, 3)}`;
  return html`<svg class="tcav" viewBox="0 0 ${WIDTH} 14" role="img" aria-label="${what}"><rect class="track" width="${WIDTH}" height="14" rx="2"/><rect class="bar" width="${at(mean)}" height="14" rx="2"/><line class="whisker" x1="${at(mean - deviation)}" x2="${at(mean + deviation)}" y1="7" y2="7"/><line class="random" x1="${at(counterpart)}" x2="${at(counterpart)}" y1="0" y2="14"/></svg>`;
}
