/** @file The page of `representers debug --simulate`: accuracy and flips fixed against the share of points that were checked. */
import { blank, drawText, paste } from "../../image/canvas.ts";
import { encodePng } from "../../image/png.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { plotsOf, region, type TitledPlot } from "../html/parts.ts";
import type { Line } from "../plot/lines.ts";
import { marginsFor, rasterPlot } from "../plot/raster.ts";
import { counted } from "../run/numbers.ts";
import type { Band, SimulationPage } from "./input.ts";
import { percentage } from "./numbers.ts";
import { shell } from "./shell.ts";

/** Criteria have names of some length. */
const LABEL_ROOM = 186;

type Which = "accuracy" | "fixed";

const STYLES = ["c0", "c1", "b-random", "c2", "c3", "c4", "c5"];
/** Chance is drawn as the baseline that it is; the others take colours in order. */
function stylesOf(names: readonly string[]): readonly string[] {
  const colours = STYLES.filter((s) => s !== "b-random");
  let next = 0;
  return names.map((n) => (n === "random" ? "b-random" : (colours[next++ % colours.length] as string)));
}

/** The two plots of Figure 2. Shares and values are percent. */
export function simulationCurves({ curves, shares, splits }: SimulationPage): readonly TitledPlot[] {
  const styles = stylesOf(curves.map((c) => c.criterion));
  const end = 100 * (shares.at(-1) ?? 1);
  const lines = (which: Which): readonly Line[] =>
    curves.map((c, i) => ({
      label: c.criterion,
      style: styles[i] as string,
      at: shares.map((s) => 100 * s),
      values: c[which].mean.map((v) => 100 * v),
      errors: splits > 1 ? c[which].deviation.map((v) => 100 * v) : undefined,
    }));
  const band = splits > 1 ? `mean of ${splits} splits, band: ± 1 standard deviation` : "one split";
  const plot = (which: Which, title: string, what: string): TitledPlot => ({
    title,
    about: band,
    what: `${what} against the share of training points checked, for ${curves.map((c) => c.criterion).join(", ")}`,
    lines: lines(which),
    xLabel: "training points checked, %",
    xEnd: end,
    labelRoom: LABEL_ROOM,
  });
  return [
    plot("accuracy", "Test accuracy, %", "test accuracy after the labels found wrong were mended"),
    plot("fixed", "Flipped labels mended, %", "share of the flipped labels that were mended"),
  ];
}

/** The page as UTF-8 HTML. */
export const simulationPage = (input: SimulationPage): Promise<string> => page(simulationView(input));

/** What the order of each criterion is worth on labels flipped on purpose. */
export function simulationView(page: SimulationPage): Page {
  const { facts, flipped, splits, trainingPoints, testPoints, clean } = page;
  const curves = simulationCurves(page);
  return shell({
    title: "Does the order find wrong labels?",
    lead: `${percentage(flipped, 0)} of ${trainingPoints.toLocaleString("en-GB")} labels flipped on purpose, ${counted(splits, "split")}, tested on ${counted(testPoints, "point")}; ${facts.model} on ${facts.data}`,
    facts,
    top: verdict(page),
    sections: [
      {
        id: "curves",
        name: "Checked in the order of each criterion",
        markup: html`${plotsOf(curves)}${clean === undefined ? undefined : html`<p class="fine">With every label right: accuracy ${percentage(clean.mean)} ± ${percentage(clean.deviation)}.</p>`}`,
      },
      { id: "fixed", name: "Flipped labels mended", markup: table(page, "fixed") },
      { id: "accuracy", name: "Test accuracy", markup: table(page, "accuracy") },
    ],
  });
}

const lastOf = ({ mean, deviation }: Band): readonly [number, number] => [mean.at(-1) ?? 0, deviation.at(-1) ?? 0];
const spread = ([mean, deviation]: readonly [number, number], splits: number): string =>
  splits > 1 ? `${percentage(mean)} ± ${percentage(deviation)}` : percentage(mean);

function verdict({ curves, shares, splits }: SimulationPage): Markup | undefined {
  const random = curves.find((c) => c.criterion === "random");
  const [best] = curves.filter((c) => c !== random).sort((a, b) => lastOf(b.fixed)[0] - lastOf(a.fixed)[0]);
  if (best === undefined) return undefined;
  const [own, chance] = [lastOf(best.fixed), random && lastOf(random.fixed)];
  const clear = chance !== undefined && own[0] - own[1] > chance[0] + chance[1];
  const compared = chance && html`, by chance ${spread(chance, splits)}`;
  const accuracy =
    random === undefined
      ? undefined
      : html`<p>Accuracy then: ${spread(lastOf(best.accuracy), splits)}, by chance ${spread(lastOf(random.accuracy), splits)}.</p>`;
  return html`<section class="verdict${clear ? "" : " bad"}" aria-label="What the order is worth"><p class="headline">Checking ${percentage(shares.at(-1), 0)} of the points in the order of <b>${best.criterion}</b> mends ${spread(own, splits)} of the flipped labels${compared}.</p>${accuracy}${clear || chance === undefined ? undefined : html`<p>The bands of ${best.criterion} and chance overlap: these splits do not tell them apart.</p>`}</section>`;
}

function table({ curves, shares, splits }: SimulationPage, which: Which): Markup {
  const row = (c: SimulationPage["curves"][number]): Markup =>
    html`<tr><th scope="row">${c.criterion}</th>${shares.map((_, i) => html`<td class="n">${percentage(c[which].mean[i])}${splits > 1 ? html`<span class="not">± ${percentage(c[which].deviation[i])}</span>` : undefined}</td>`)}</tr>`;
  return region(
    which,
    html`<table class="plain"><thead><tr><th scope="col">order</th>${shares.map((s) => html`<th scope="col" class="n">${percentage(s, 0)}</th>`)}</tr></thead><tbody>${curves.map(row)}</tbody></table>`,
  );
}

const WIDTH = 960;
const HEIGHT = 360;
const GAP = 8;

/** Both plots below each other as a PNG of 960 pixels width. */
export async function simulationPicture(page: SimulationPage): Promise<Uint8Array<ArrayBuffer>> {
  const curves = simulationCurves(page);
  const canvas = blank({ width: WIDTH, height: page.curves.length === 0 ? 48 : curves.length * (HEIGHT + GAP) });
  if (page.curves.length === 0) drawText(canvas, "No criterion was measured.", { left: 16, top: 16, dot: 2 });
  else {
    const margins = marginsFor(curves);
    for (const [i, curve] of curves.entries())
      paste(canvas, rasterPlot(curve, { width: WIDTH, height: HEIGHT }, margins), { left: 0, top: i * (HEIGHT + GAP) });
  }
  return encodePng(canvas);
}
