/** @file How ACE was run in an evaluation, as a table: what it searched, what it found, and how much of a picture it keeps. */
import { html, type Markup } from "../html/markup.ts";
import { region } from "../html/parts.ts";
import { fixed, listed, NOTHING } from "../run/numbers.ts";
import type { AceScores, OverSeeds } from "./input.ts";
import { percents, spreadOf } from "./spread.ts";

type Row = readonly [name: string, about: string, values: OverSeeds, print: (values: OverSeeds) => string];

function amount(values: OverSeeds): string {
  const spread = spreadOf(values);
  if (spread === undefined) return NOTHING;
  const mean = fixed(spread.mean, 1);
  return values.length > 1 ? `${mean} ± ${fixed(spread.deviation, 1)}` : mean;
}

const rowsOf = ({ searched, laid }: AceScores): readonly Row[] => [
  ["pictures", "of one search", searched.pictures, amount],
  ["patches", "of one search", searched.patches, amount],
  ["concepts found", "of one search", searched.concepts, amount],
  ["groups dropped", "common, but they do no more than random patches", searched.dropped, amount],
  ["searches without a concept, %", "their clusters keep nothing", searched.barren, percents],
  ["segments", "of one unseen picture", laid.segments, amount],
  ["segments of a concept", "of one unseen picture; the others lie too far from every concept", laid.placed, amount],
  ["pixels kept, %", "mean over unseen pictures", laid.kept, percents],
  ["too few kept, %", "unseen pictures whose segments of concepts are less than was to be kept", laid.short, percents],
  ["nothing kept, %", "unseen pictures without a segment of a concept: all black", laid.nothing, percents],
];

export function aceSection(ace: AceScores | undefined): Markup | undefined {
  if (ace === undefined) return undefined;
  const { resolutions, clusters, randomSets, pictures } = ace;
  const most = pictures === null ? "All pictures" : `At most ${pictures} pictures, those nearest to the centre,`;
  return html`<p class="caption">${most} of each cluster of references are one search, asked about the class of the picture in its middle: superpixels at about ${listed(resolutions.map(String))} a picture, their patches in ${clusters} groups, each tested with ${randomSets} random sets. An unseen picture keeps segments of the concepts of its nearest cluster, those of the largest TCAV score first, until they are more than was to be kept. Means over searches and pictures, ± one standard deviation over runs where there are several.</p>${region(
    "How ACE was run",
    html`<table class="plain wide"><thead><tr><td></td><th scope="col" class="n">mean</th></tr></thead><tbody>${rowsOf(ace).map(([name, about, values, print]) => html`<tr><th scope="row">${name}<span class="not">${about}</span></th><td class="n">${print(values)}</td></tr>`)}</tbody></table>`,
  )}`;
}
