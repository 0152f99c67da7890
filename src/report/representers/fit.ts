/** @file The page of `representers fit`: is the fit stationary, and does it say what the network says? */
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { chart, chartsOf, region, tilesOf } from "../html/parts.ts";
import { equalBins, histogramPlot } from "../plot/histogram.ts";
import { linePlot } from "../plot/lines.ts";
import { scatterPlot } from "../plot/scatter.ts";
import { counted } from "../run/numbers.ts";
import type { Agreement, FitPage } from "./input.ts";
import { number, percentage, seconds, tiny } from "./numbers.ts";
import { shell } from "./shell.ts";

/** The page as UTF-8 HTML. */
export const fitPage = (input: FitPage): Promise<string> => page(fitView(input));

/** How exact a fit is. */
export function fitView(page: FitPage): Page {
  const { facts, points, width, classes, agreement } = page;
  return shell({
    title: "How exact are the representers?",
    lead: `${counted(points, "training point")} of ${facts.data}, ${counted(width, "feature")}, ${counted(classes, "class", "classes")}, for ${facts.model}`,
    facts: { ...facts, settings: [...settingsOf(page), ...facts.settings] },
    top: verdict(page),
    sections: [
      { id: "agreement", name: "Against the given network", markup: agreementTable(page) },
      { id: "plots", name: "Given against fitted", markup: agreement.length === 0 ? undefined : plots(page) },
      { id: "solver", name: "The solver", markup: solverPlot(page) },
    ],
  });
}

const settingsOf = ({ objective, activation, lambda }: FitPage): readonly (readonly [string, string])[] => [
  ["objective", objective],
  ["activation", activation],
  ["lambda", number(lambda)],
];

/** A sum may differ from its logit by its bound and by rounding of this size. */
const ROUNDING = 1e-6;

function verdict({ stationarity: s, sumCheck, agreement, seconds: time }: FitPage): Markup {
  const exact = sumCheck.residual <= sumCheck.bound + ROUNDING;
  const held = agreement.at(-1);
  const headline = s.converged
    ? html`The fit is stationary: over ${counted(sumCheck.points, "point")}, sums of representer values differ from the logits by at most <b>${tiny(sumCheck.residual)}</b>.`
    : html`The fit is <b>not stationary</b>: it stopped (${s.reason}) at ${tiny(s.relative)}, above the tolerance ${tiny(s.tolerance)}. Every logit may be wrong by its bound.`;
  const agree =
    held === undefined
      ? undefined
      : html`<p>Against the given network on ${held.split}: correlation ${held.pearson === null ? "not defined" : number(held.pearson, 6)}, mean difference ${number(held.meanDifference, 3)}.</p>`;
  const broken = exact
    ? undefined
    : html`<p class="warning" role="note">Sums differ from the logits by more than the bound allows. The stored features are not those of the fit.</p>`;
  return html`<section class="verdict${s.converged && exact ? "" : " bad"}" aria-label="How exact it is"><p class="headline">${headline}</p>${agree}${broken}${tilesOf(
    [
      [tiny(s.maxGradient), "largest gradient, max |G|"],
      [tiny(s.relative), `relative; tolerance ${tiny(s.tolerance)}`],
      [tiny(sumCheck.bound), "bound |G·f| / 2λ on every logit"],
      [tiny(sumCheck.residual), "largest |sum − logit| met"],
      [seconds(time), "to fit"],
    ],
  )}</section>`;
}

function agreementTable({ agreement, compared = "probability" }: FitPage): Markup | undefined {
  if (agreement.length === 0) return undefined;
  const same = agreement.some((a) => a.samePrediction !== undefined);
  const row = (a: Agreement): Markup =>
    html`<tr><th scope="row">${a.split}</th><td class="n">${a.points.toLocaleString("en-GB")}</td><td class="n">${a.pearson === null ? "–" : number(a.pearson, 7)}</td><td class="n">${number(a.meanDifference, 3)}</td>${same ? html`<td class="n">${percentage(a.samePrediction, 2)}</td>` : undefined}</tr>`;
  return region(
    "Agreement",
    html`<table class="plain"><thead><tr><th scope="col">split</th><th scope="col" class="n">points</th><th scope="col" class="n">Pearson correlation of ${compared}</th><th scope="col" class="n">mean |difference|</th>${same ? html`<th scope="col" class="n">same class named</th>` : undefined}</tr></thead><tbody>${agreement.map(row)}</tbody></table>`,
  );
}

const BINS = 40;

function plots({ agreement, compared = "probability" }: FitPage): Markup {
  const charts = agreement.map((a, i) => {
    const style = `c${i}`;
    const differences = Float64Array.from(a.fitted, (v, k) => v - (a.given[k] as number));
    const histogram = equalBins(differences, BINS);
    return chartsOf([
      chart(
        a.split,
        `${compared} of every class, ${a.given.length.toLocaleString("en-GB")} drawn; the line is equality`,
        scatterPlot({
          dots: [{ label: a.split, style, x: a.given, y: a.fitted }],
          what: `${compared} of the fit against the given network on ${a.split}, correlation ${a.pearson === null ? "not defined" : number(a.pearson)}`,
          xLabel: `${compared}, given network`,
          yLabel: `${compared}, fitted`,
          diagonal: true,
        }),
      ),
      chart(
        `${a.split}, residuals`,
        `fitted − given${histogram.left > 0 ? `; ${histogram.left} not finite` : ""}`,
        histogramPlot({
          histogram,
          style,
          what: `histogram of differences of ${compared} on ${a.split}, mean size ${number(a.meanDifference, 3)}`,
          xLabel: `fitted − given ${compared}`,
          yLabel: "values",
        }),
      ),
    ]);
  });
  return html`${charts}`;
}

function solverPlot({ steps = [], stationarity }: FitPage): Markup | undefined {
  const drawn = steps.filter((s) => s.maxGradient > 0 && Number.isFinite(s.maxGradient));
  const last = drawn.at(-1);
  if (last === undefined || drawn.length < 2) return undefined;
  const plot = linePlot({
    lines: [
      {
        label: "max |G|",
        style: "c0",
        at: drawn.map((s) => s.iteration),
        values: drawn.map((s) => Math.log10(s.maxGradient)),
      },
    ],
    what: `largest gradient over ${last.iteration} iterations, down to ${tiny(last.maxGradient)}`,
    xLabel: "iteration",
    xEnd: last.iteration,
  });
  return chartsOf([chart("Largest gradient, log10", `stopped: ${stationarity.reason}`, plot)]);
}
