/** @file Two runs side by side, paired image by image. */
import { baselineOf } from "../../metrics/baselines.ts";
import type { PairedCell, PairedComparison } from "../../metrics/compare-runs.ts";
import { html, type Markup } from "../html/markup.ts";
import type { Page } from "../html/page.ts";
import { region } from "../html/parts.ts";
import { PARTS_STYLE } from "../html/parts-style.ts";
import { significant } from "../words.ts";
import { counted, decimalsFor, fixed, intervalText, NOTHING, signed } from "./numbers.ts";
import { RUN_STYLE } from "./style.ts";

/** Holm's p below which a difference is called one. */
const LEVEL = 0.05;

const pText = (p: number | null | undefined): string =>
  p === null || p === undefined ? NOTHING : p < 1e-4 ? "< 0.0001" : significant(p, 2);
const differs = ({ adjusted }: PairedCell): boolean => adjusted !== null && adjusted < LEVEL;

/** Differences of the second run from the first, with intervals and tests; `names` are those of the runs. */
export function comparisonView(
  { cells, bootstrap }: PairedComparison,
  [first, second]: readonly [first: string, second: string],
): Page {
  const own = cells.filter((c) => baselineOf(c.method) !== "inverted");
  const paired = own.filter((c) => c.pairs > 0);
  const found = paired.filter(differs);
  const headline =
    paired.length === 0
      ? html`No image, method, metric and variant has a value in both runs. Compare runs of the same data, methods and metrics.`
      : found.length === 0
        ? html`No difference between <b>${first}</b> and <b>${second}</b> that chance would not make too.`
        : html`<b>${second}</b> differs from <b>${first}</b> in ${found.length} of ${counted(paired.length, "comparison")}.`;
  return {
    title: `${first} and ${second}`,
    heading: "Two runs, side by side",
    lead: `${first} and ${second}: differences are the second less the first, on the images that both have a value for`,
    style: `${PARTS_STYLE}${RUN_STYLE}`,
    behaviours: ["sort"],
    main: html`<section class="verdict${found.length > 0 ? "" : " bad"}" aria-label="What differs"><p class="headline">${headline}</p><p class="fine">Wilcoxon's signed-rank test, adjusted by Holm for ${counted(paired.length, "comparison")}, below ${LEVEL}; intervals by bootstrap over images, ${Math.round(100 * bootstrap.level)} %.</p></section>${paired.length === 0 ? undefined : table(paired)}`,
  };
}

function table(cells: readonly PairedCell[]): Markup {
  const decimals = decimalsFor(cells.map((c) => c.error));
  const number = (value: number | null, text: string): Markup =>
    html`<td class="n"${value === null ? undefined : html` data-v="${value}"`}>${text}</td>`;
  const row = (c: PairedCell): Markup => {
    const alone = Object.values(c.unpaired).reduce((s, n) => s + n, 0);
    const difference = c.difference === null ? NOTHING : signed(c.difference, decimals);
    return html`<tr><th scope="row">${c.metric}</th><td>${c.variant}</td><td>${c.method}</td>${number(c.first, fixed(c.first, decimals))}${number(c.second, fixed(c.second, decimals))}<td class="n${differs(c) ? " best" : ""}"${c.difference === null ? undefined : html` data-v="${c.difference}"`}>${difference}</td><td class="n">${intervalText(c.interval, decimals)}</td>${number(c.t?.p ?? null, pText(c.t?.p))}${number(c.wilcoxon?.p ?? null, pText(c.wilcoxon?.p))}${number(c.adjusted, pText(c.adjusted))}${number(c.pairs, String(c.pairs))}${number(alone, String(alone))}</tr>`;
  };
  const text = ["metric", "variant", "method"].map((h) => html`<th scope="col" data-sort="text">${h}</th>`);
  const sorted = (h: string, kind: string): Markup => html`<th scope="col" class="n" data-sort="${kind}">${h}</th>`;
  return region(
    "Comparisons",
    html`<table class="wide sortable"><thead><tr>${text}${sorted("first", "neither")}${sorted("second", "neither")}${sorted("difference", "neither")}<th scope="col" class="n">interval</th>${sorted("p (t)", "lower")}${sorted("p (Wilcoxon)", "lower")}${sorted("p adjusted", "lower")}${sorted("pairs", "higher")}${sorted("unpaired", "higher")}</tr></thead><tbody>${cells.map(row)}</tbody></table>`,
  );
}
