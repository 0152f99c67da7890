/** @file The page of `regions explain`: the rule that decides a picture, the references it decides as well, what it keeps out. */
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { region as scrolling } from "../html/parts.ts";
import { galleryOf } from "../representers/points.ts";
import { className, shell } from "../representers/shell.ts";
import { counted } from "../run/numbers.ts";
import type { ExplainedPicture, RegionsExplainPage } from "./input.ts";
import {
  allowance,
  boundaryTable,
  colourScale,
  named,
  othersThan,
  picturesOf,
  type SheetLooks,
  sheet,
  standsFor,
} from "./sheet.ts";
import { REGIONS_STYLE } from "./style.ts";

/** The page as UTF-8 HTML. */
export const regionsExplainPage = async (input: RegionsExplainPage): Promise<string> =>
  page(await regionsExplainView(input));

/** The rule that decides each picture. */
export async function regionsExplainView(page: RegionsExplainPage): Promise<Page> {
  const { facts, labels, references, items } = page;
  const gallery = galleryOf(items.flatMap(({ input, region }) => picturesOf(input, region)));
  const looks: SheetLooks = { gallery, labels };
  return shell({
    title: "Which rule decided this, and what else does it decide?",
    lead: `${counted(items.length, "picture")}, ${counted(references, "reference")} of ${facts.data}; ${facts.model}`,
    facts,
    style: REGIONS_STYLE,
    definitions: gallery.definitions,
    top: colourScale(),
    sections: await Promise.all(
      items.map(async (item, i) => ({
        id: `picture-${i + 1}`,
        name: item.input.point.id,
        markup: await explained(item, page, looks),
      })),
    ),
  });
}

async function explained(item: ExplainedPicture, page: RegionsExplainPage, looks: SheetLooks): Promise<Markup> {
  const { input, region, isReference, covering } = item;
  const { labels, references } = page;
  const shown = othersThan(input, { nearest: region.nearest, isReference }).length;
  return html`<div class="verdict"><p class="headline">The network says ${named(labels, input)}. The rule ${standsFor(region, labels, references)}.</p><p class="soft">${isReference ? "The picture is one of the references." : "The picture is none of the references."} ${counted(region.boundaries.length, "boundary", "boundaries")}.</p>${allowance(region)}${stored(covering, labels)}</div>
<p class="caption">The input and the ${counted(shown, "covered reference")} nearest to it by Dist, with the same interpretation laid over each. Classes are the network's; those that differ from the input's are coloured.</p>
${await sheet(looks, { input, isReference, region })}
${boundaryTable(region, looks)}`;
}

/** Stored regions that cover the picture, or that none does. */
function stored(covering: ExplainedPicture["covering"], labels: readonly string[]): Markup | undefined {
  if (covering === undefined) return undefined;
  if (covering.length === 0)
    return html`<p class="warning" role="note">No stored region covers this picture: the rules of the map do not speak of it, only its own does.</p>`;
  const rows = covering.map(
    (c) =>
      html`<tr><th scope="row">${className(labels, c.label)}</th><td>${c.input.id}</td><td class="n">${c.same.toLocaleString("en-GB")}</td><td class="n">${c.other.toLocaleString("en-GB")}</td></tr>`,
  );
  return html`<p>${counted(covering.length, "stored region")} ${covering.length === 1 ? "covers" : "cover"} it; the one of most references speaks for it.</p>${scrolling("Stored regions", html`<table class="plain"><thead><tr><th scope="col">class</th><th scope="col">made of</th><th scope="col" class="n">references of the class</th><th scope="col" class="n">of others</th></tr></thead><tbody>${rows}</tbody></table>`)}`;
}
