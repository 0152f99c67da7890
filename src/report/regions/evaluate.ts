/** @file The page of `regions evaluate`: tables and curves in the layout of the paper's, and what they come to in sentences. */
import { blank, drawText, paste } from "../../image/canvas.ts";
import { encodePng } from "../../image/png.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { listOf, plotsOf, region } from "../html/parts.ts";
import { marginsFor, rasterPlot } from "../plot/raster.ts";
import { shell } from "../representers/shell.ts";
import { counted, fixed, NOTHING } from "../run/numbers.ts";
import { aceSection } from "./ace.ts";
import { sweepCurves, topCurves } from "./curves.ts";
import { findingsOf } from "./findings.ts";
import type { MethodScores, OverSeeds, RegionsEvaluationPage, SetQuality } from "./input.ts";
import { percents, spreadOf } from "./spread.ts";
import { REGIONS_STYLE } from "./style.ts";

/** The page as UTF-8 HTML. */
export const regionsEvaluationPage = (input: RegionsEvaluationPage): Promise<string> =>
  page(regionsEvaluationView(input));

/** How well regions serve unseen pictures. */
export function regionsEvaluationView(page: RegionsEvaluationPage): Page {
  const { facts, references, unseen, interpretations, boundaries, seeds, sweep } = page;
  return shell({
    title: "How well do a few regions serve pictures never seen?",
    lead: `${counted(interpretations, "interpretation")} from ${counted(references, "reference")} of ${facts.data}, |Q| = ${boundaries}, laid over ${counted(unseen, "unseen picture")}; ${counted(seeds.length, "run")}; ${facts.model}`,
    facts,
    style: REGIONS_STYLE,
    top: verdict(page),
    sections: [
      { id: "reuse", name: "Heat maps on unseen pictures", markup: reuse(page) },
      { id: "quality", name: "Decision regions", markup: quality(page) },
      { id: "top", name: "Heat maps on similar references", markup: top(page) },
      { id: "sweep", name: "How many boundaries", markup: plotsOf(sweepCurves(sweep)) },
      { id: "ace", name: "How ACE was run", markup: aceSection(page.ace) },
      { id: "absent", name: "Left out", markup: listOf(page.absent) },
    ],
  });
}

/** Curves of the page below each other; 960 pixels wide. */
export async function regionsEvaluationPicture(page: RegionsEvaluationPage): Promise<Uint8Array<ArrayBuffer>> {
  const plots = [...topCurves(page), ...sweepCurves(page.sweep)];
  const [width, height] = [960, 320];
  const canvas = blank({ width, height: Math.max(plots.length * height, 48) });
  const margins = marginsFor(plots);
  for (const [i, plot] of plots.entries())
    paste(canvas, rasterPlot(plot, { width, height }, margins), { left: 0, top: i * height });
  if (plots.length === 0) drawText(canvas, "No curve was measured.", { left: 16, top: 16, dot: 2 });
  return encodePng(canvas);
}

function verdict(page: RegionsEvaluationPage): Markup | undefined {
  const found = findingsOf(page);
  if (found === undefined) return undefined;
  return html`<div class="verdict${found.better ? "" : " bad"}"><p class="headline">${found.headline}</p><ul>${found.sentences.map((s) => html`<li>${s}</li>`)}</ul></div>`;
}

/** The column whose mean is best. */
function bestOf(methods: readonly MethodScores[], of: "drop" | "increase"): string | undefined {
  const sign = of === "drop" ? 1 : -1;
  const ranked = methods
    .flatMap(({ id, [of]: values }) => {
      const mean = spreadOf(values)?.mean;
      return mean === undefined ? [] : [{ id, mean }];
    })
    .sort((a, b) => sign * (a.mean - b.mean));
  return ranked.length > 1 ? ranked[0]?.id : undefined;
}

const MEASURES = [
  ["drop", "mAD, %", "mean drop of the class's probability; lower is better"],
  ["increase", "mAI, %", "pictures whose probability rises; higher is better"],
] as const;

function reuse(page: RegionsEvaluationPage): Markup {
  const { methods, controls, keep } = page;
  const row = (of: "drop" | "increase", name: string, about: string): Markup => {
    const best = bestOf(methods, of);
    return html`<tr><th scope="row">${name}<span class="not">${about}</span></th>${methods.map((m) => html`<td class="n${m.id === best ? " best" : ""}">${percents(m[of])}</td>`)}${controls.map((m) => html`<td class="n soft">${percents(m[of])}</td>`)}</tr>`;
  };
  const heads = (of: readonly MethodScores[]): Markup =>
    html`${of.map((m) => html`<th scope="col" class="n">${m.name}</th>`)}`;
  const part = (of: "covered" | "uncovered", name: string): Markup | undefined =>
    methods.some((m) => (m[of] ?? []).length > 0)
      ? html`<tr><th scope="row">${name}<span class="not">mAD of these alone</span></th>${methods.map((m) => html`<td class="n">${percents(m[of] ?? [])}</td>`)}${controls.map(() => html`<td class="n soft">${NOTHING}</td>`)}</tr>`
      : undefined;
  return html`<p class="caption">As in the paper's Table 1: of each unseen picture the ${fixed(100 * keep, 0)} % most important pixels stay, the rest is black. Each interpretation comes from a reference near the centre of a cluster, and its channel weights are laid over the unseen picture; "own class" sees a region by those of its boundaries alone that part its class from another, which is not in the paper. ${page.ace ? "ACE keeps whole segments instead, as many as its concepts give. " : ""}${over(page.seeds)}${controls.length > 0 ? " Grey columns are not reused: maps of each picture's own, and chance." : ""}</p>${region(
    "mAD and mAI",
    html`<table class="plain wide"><thead><tr><td></td><th scope="colgroup" class="group" colspan="${methods.length}">reused</th>${controls.length > 0 ? html`<th scope="colgroup" class="group soft" colspan="${controls.length}">not reused</th>` : undefined}</tr><tr><td></td>${heads(methods)}${heads(controls)}</tr></thead><tbody>${MEASURES.map(([of, name, about]) => row(of, name, about))}${part("covered", "covered pictures")}${part("uncovered", "other pictures")}</tbody></table>`,
  )}`;
}

const over = (seeds: readonly number[]): string =>
  seeds.length > 1
    ? `Mean ± standard deviation over ${seeds.length} runs (seeds ${seeds.join(", ")}).`
    : `One run (seed ${seeds[0] ?? 0}), so no deviation.`;

function quality({ quality: sets, seeds, interpretations }: RegionsEvaluationPage): Markup | undefined {
  if (sets.length === 0) return undefined;
  const cell = (values: OverSeeds): Markup => html`<td class="n">${percents(values)}</td>`;
  const row = (q: SetQuality): Markup =>
    html`<tr><th scope="row">${q.set}<span class="not">${counted(q.pictures, "picture")}</span></th>${cell(q.labels)}<td class="n">${q.network === undefined ? NOTHING : fixed(100 * q.network, 2)}</td>${cell(q.model)}${cell(q.coverage)}</tr>`;
  return html`<p class="caption">As in the paper's Table 2: each of the ${interpretations} regions names the class of the picture it was made of. ACU-GT compares with the labels, ACU-MD with the network's class, both among covered pictures; CVR is the share that some region covers. The network's own ACU-MD and CVR are 100 by definition. In percent. ${over(seeds)}</p>${region(
    "ACU and CVR",
    html`<table class="plain wide"><thead><tr><td></td><th scope="col" class="n">ACU-GT, regions</th><th scope="col" class="n">ACU-GT, network</th><th scope="col" class="n">ACU-MD, regions</th><th scope="col" class="n">CVR, regions</th></tr></thead><tbody>${sets.map(row)}</tbody></table>`,
  )}`;
}

function top(page: RegionsEvaluationPage): Markup | undefined {
  const drawn = plotsOf(topCurves(page));
  return drawn === undefined
    ? undefined
    : html`<p class="caption">As in the paper's Figure 4: ${counted(page.top.inputs, "random reference")} a run as inputs; each one's interpretation is laid over the K references most like it, by Dist within its region or by the Euclidean distance of features. Bands: ± one standard deviation over runs.</p>${drawn}`;
}
