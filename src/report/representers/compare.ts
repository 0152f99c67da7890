/** @file The page of `representers compare`: do representer values and influence functions agree, how often do they vanish, what do they cost? */
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { chart, chartsOf, region } from "../html/parts.ts";
import { decadeBins, histogramPlot } from "../plot/histogram.ts";
import { type Dots, scatterPlot } from "../plot/scatter.ts";
import { counted } from "../run/numbers.ts";
import type { ComparePage, PairPlot, Timing } from "./input.ts";
import { number, percentage, seconds } from "./numbers.ts";
import { className, shell } from "./shell.ts";

/** Classes in one open table, at most. */
const OPEN = 30;

/** The page as UTF-8 HTML. */
export const comparePage = (input: ComparePage): Promise<string> => page(compareView(input));

/** Representer values beside influence functions. */
export function compareView(page: ComparePage): Page {
  const { facts, trainingPoints, testPoints } = page;
  return shell({
    title: "Representer points against influence functions",
    lead: `${counted(testPoints, "test point")}, ${counted(trainingPoints, "training point")} of ${facts.data}, for ${facts.model}`,
    facts,
    sections: [
      { id: "time", name: "Time", markup: timingTable(page) },
      { id: "agreement", name: "Agreement", markup: agreement(page) },
      { id: "stability", name: "Stability", markup: stability(page) },
    ],
  });
}

function timingTable({ timings }: ComparePage): Markup | undefined {
  if (timings.length === 0) return undefined;
  const [fastest] = [...timings].sort((a, b) => a.perPoint[0] - b.perPoint[0]);
  const pair = ([mean, deviation]: readonly [number, number]): string =>
    `${seconds(mean)}${deviation > 0 ? ` ± ${seconds(deviation)}` : ""}`;
  const row = (t: Timing): Markup => {
    const factor = t.perPoint[0] / (fastest as Timing).perPoint[0];
    return html`<tr><th scope="row">${t.method}${t.note ? html`<span class="not">${t.note}</span>` : undefined}</th><td class="n" data-v="${t.fit?.[0] ?? 0}">${t.fit === null ? "0" : pair(t.fit)}</td><td class="n" data-v="${t.perPoint[0]}">${pair(t.perPoint)}</td><td class="n" data-v="${factor}">${t === fastest ? "1" : Number(factor.toPrecision(3)).toLocaleString("en-GB")}</td><td class="n" data-v="${t.points}">${t.points.toLocaleString("en-GB")}</td></tr>`;
  };
  return region(
    "Time",
    html`<table class="plain sortable"><thead><tr><th scope="col" data-sort="text">method</th><th scope="col" class="n" data-sort="lower">once</th><th scope="col" class="n" data-sort="lower">each test point</th><th scope="col" class="n" data-sort="lower">times the fastest</th><th scope="col" class="n" data-sort="higher">test points</th></tr></thead><tbody>${timings.map(row)}</tbody></table>`,
  );
}

const correlation = (r: number | null): string => (r === null ? "–" : number(r, 3));

function agreement({ pairs, byClass = [], labels }: ComparePage): Markup | undefined {
  if (pairs.length === 0 && byClass.length === 0) return undefined;
  const rows = byClass.map(
    (c) =>
      html`<tr><th scope="row">${className(labels, c.index)}</th><td class="n" data-v="${c.points}">${c.points.toLocaleString("en-GB")}</td><td class="n"${c.pearson === null ? undefined : html` data-v="${c.pearson}"`}>${correlation(c.pearson)}</td><td class="n"${c.spearman === null ? undefined : html` data-v="${c.spearman}"`}>${correlation(c.spearman)}</td></tr>`,
  );
  const table = region(
    "Agreement by class",
    html`<table class="plain sortable"><thead><tr><th scope="col" data-sort="text">class</th><th scope="col" class="n" data-sort="higher">test points</th><th scope="col" class="n" data-sort="higher">Pearson</th><th scope="col" class="n" data-sort="higher">rank (Spearman)</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
  const folded =
    rows.length === 0
      ? undefined
      : rows.length > OPEN
        ? html`<details><summary>${counted(rows.length, "class", "classes")}</summary>${table}</details>`
        : table;
  return html`${chartsOf(pairs.map(pairChart))}${folded}`;
}

function pairChart({ title, x, y, same, xLabel, yLabel, pearson, spearman }: PairPlot): Markup {
  const about = `Pearson ${correlation(pearson)}, rank ${correlation(spearman)}; ${counted(x.length, "pair")} drawn`;
  const plot = scatterPlot({
    dots: same === undefined ? [{ label: "pairs", style: "c0", x, y }] : halves(x, y, same),
    what: `${yLabel} against ${xLabel}: ${about}`,
    xLabel,
    yLabel,
  });
  const keys =
    same === undefined
      ? undefined
      : html`<p class="keys"><i class="c0"></i>training point of the same class<i class="c1"></i>of another</p>`;
  return chart(title, about, plot, keys);
}

function halves(x: ArrayLike<number>, y: ArrayLike<number>, same: ArrayLike<boolean>): readonly Dots[] {
  const pick = (values: ArrayLike<number>, wanted: boolean): readonly number[] =>
    Array.from(values).filter((_, i) => same[i] === wanted);
  return [
    { label: "another class", style: "c1", x: pick(x, false), y: pick(y, false) },
    { label: "the same class", style: "c0", x: pick(x, true), y: pick(y, true) },
  ];
}

function stability({ stability: all }: ComparePage): Markup | undefined {
  if (all.length === 0) return undefined;
  const charts = all.map(({ method, largest }, i) => {
    const zeros = Array.from(largest).filter((v) => v === 0).length;
    const histogram = decadeBins(largest);
    const about = `${counted(zeros, "test point")} of ${largest.length.toLocaleString("en-GB")} (${percentage(largest.length === 0 ? 0 : zeros / largest.length)}) with nothing but exact zeros${histogram.left > 0 ? `, ${histogram.left} not finite` : ""}`;
    return chart(
      method,
      about,
      histogramPlot({
        histogram,
        style: `c${i}`,
        what: `histogram of the largest value of each test point, ${method}: ${about}`,
        xLabel: "largest |value| over training points",
        yLabel: "test points",
      }),
    );
  });
  return html`<p class="fine">The largest |value| that any training point has for a test point. Where it is 0 the method says nothing at all (grey bar).</p>${chartsOf(charts)}`;
}
