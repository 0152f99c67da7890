/** @file The page of `regions map`: the network as a handful of rules, class by class, and what none of them covers. */
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { tilesOf } from "../html/parts.ts";
import { galleryOf } from "../representers/points.ts";
import { className, shell } from "../representers/shell.ts";
import { counted } from "../run/numbers.ts";
import type { ClassCoverage, RegionGroup, RegionsMapPage } from "./input.ts";
import {
  allowance,
  boundaryTable,
  colourScale,
  excludes,
  picturesOf,
  plainSheet,
  type SheetLooks,
  sheet,
  standsFor,
} from "./sheet.ts";
import { REGIONS_STYLE } from "./style.ts";

const sizeOf = ({ region }: RegionGroup): number => region.same + region.other;

/** The page as UTF-8 HTML. */
export const regionsMapPage = async (input: RegionsMapPage): Promise<string> => page(await regionsMapView(input));

/** The network as a handful of rules. */
export async function regionsMapView(page: RegionsMapPage): Promise<Page> {
  const { facts, labels, references, groups, classes, outliers } = page;
  const gallery = galleryOf([
    ...groups.flatMap(({ input, region }) => picturesOf(input, region)),
    ...outliers.shown.map((p) => p.point),
  ]);
  const looks: SheetLooks = { gallery, labels };
  const covered = references - outliers.count;
  const present = [...classes].sort((a, b) => a.index - b.index);
  const rest = [...new Set(groups.map((g) => g.region.label))].filter((c) => !present.some((p) => p.index === c));
  return shell({
    title: "The network as a handful of rules",
    lead: `${counted(groups.length, "rule")} from ${counted(references, "reference")} of ${facts.data}; ${facts.model}`,
    facts,
    style: REGIONS_STYLE,
    definitions: gallery.definitions,
    top: tilesOf([
      [String(groups.length), groups.length === 1 ? "rule" : "rules"],
      [references === 0 ? "–" : `${((100 * covered) / references).toFixed(1)} %`, "of references in some rule"],
      [outliers.count.toLocaleString("en-GB"), "outliers: look here"],
    ]),
    sections: [
      { id: "coverage", name: "Coverage", markup: coverage(present, labels) },
      {
        id: "outliers",
        name: "Outliers: look here",
        markup:
          outliers.count === 0
            ? html`<p>Every reference lies in some rule.</p>`
            : html`<p class="caption">${counted(outliers.count, "reference")} that no rule covers${outliers.shown.length < outliers.count ? `; ${outliers.shown.length} are shown` : ""}. The network decides them by rules of their own.</p>${await plainSheet(looks, outliers.shown)}`,
      },
      ...(await Promise.all(
        [...present.map((c) => c.index), ...rest].map(async (index) => ({
          id: `class-${index}`,
          name: className(labels, index),
          markup: await rulesOf(
            groups.filter((g) => g.region.label === index),
            page,
            looks,
          ),
        })),
      )),
    ],
  });
}

async function rulesOf(groups: readonly RegionGroup[], page: RegionsMapPage, looks: SheetLooks): Promise<Markup> {
  const ranked = groups.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const cards = await Promise.all(ranked.map((g, i) => card(g, { place: i + 1, page, looks })));
  return cards.length === 0
    ? html`<p class="soft">No rule was made for this class: no input was of it.</p>`
    : html`${colourScaleOnce(page, groups)}${cards}`;
}

/** Before the first rules of the page alone. */
const colourScaleOnce = (page: RegionsMapPage, groups: readonly RegionGroup[]): Markup | undefined => {
  const first = Math.min(...page.groups.map((g) => g.region.label));
  return groups.some((g) => g.region.label === first) ? colourScale() : undefined;
};

async function card(
  { input, region, purity }: RegionGroup,
  { place, page, looks }: { readonly place: number; readonly page: RegionsMapPage; readonly looks: SheetLooks },
): Promise<Markup> {
  const { labels, references } = page;
  const out = excludes(region, labels);
  const table = boundaryTable(region, looks);
  return html`<article class="group-card"><h3>Rule ${place}</h3><p>It ${standsFor(region, labels, references)}.${purityOf(purity, labels)}</p>${out === "" ? undefined : html`<p class="soft">Keeps out ${out}.</p>`}${allowance(region)}${await sheet(looks, { input, isReference: true, region })}${table === undefined ? undefined : html`<details><summary>${counted(region.boundaries.length, "boundary", "boundaries")}</summary>${table}</details>`}</article>`;
}

/** By the labels of the data, not the network's classes. */
const purityOf = (purity: RegionGroup["purity"], labels: readonly string[]): string =>
  purity === undefined
    ? ""
    : ` Purity ${(100 * purity.share).toFixed(1)} %: so many of those with a label are labelled ${className(labels, purity.label)}.`;

/** A bar a class: in rules of its own, only in rules of others, in none. */
function coverage(classes: readonly ClassCoverage[], labels: readonly string[]): Markup | undefined {
  if (classes.length === 0) return undefined;
  const row = ({ index, references, own, others }: ClassCoverage): Markup => {
    const part = (n: number): number => (references === 0 ? 0 : (100 * n) / references);
    const [a, b] = [part(own), part(others)];
    const none = references - own - others;
    const what = `${className(labels, index)}: ${own} of ${references} references in rules of the class, ${others} only in rules of other classes, ${none} in none`;
    return html`<div class="bar-row"><a href="#class-${index}">${className(labels, index)}</a><svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="${what}"><rect class="no-part" width="100" height="8"/><rect class="own-part" width="${a}" height="8"/><rect class="other-part" x="${a}" width="${b}" height="8"/></svg><span>${own.toLocaleString("en-GB")} + ${others.toLocaleString("en-GB")} of ${references.toLocaleString("en-GB")}</span></div>`;
  };
  return html`<p class="caption">References by the network's class. Bars: in rules of the class, only in rules of other classes, in none.</p>${classes.map(row)}`;
}
