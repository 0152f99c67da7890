/** @file The page of `fisher evaluate`: is the relevance true, what is looked at, and how a network does on the same pictures. */
import { blank, enlarge, fillRect, paste } from "../../image/canvas.ts";
import { renderHeatmap } from "../../image/heatmap.ts";
import type { ImageU8 } from "../../image/types.ts";
import { pngUrl } from "../html/figures.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Page, page } from "../html/page.ts";
import { plotsOf, region } from "../html/parts.ts";
import { className, shell } from "../representers/shell.ts";
import { counted, fixed, meanText, NOTHING, share } from "../run/numbers.ts";
import { orderCurves, pixelCurvePlots } from "./evaluate-curves.ts";
import type { FisherEvaluatePage, ModelLine, PageCluster, PageSheetRow } from "./evaluate-input.ts";
import { FISHER_EVALUATE_STYLE } from "./evaluate-style.ts";

const NAMES: Readonly<Record<string, string>> = { fisher: "Fisher vectors", network: "Network" };
const nameOf = (model: string): string => NAMES[model] ?? model;

/** Clusters that are drawn: all suspicious ones, and the next by their score up to so many. */
export const CLUSTERS_SHOWN = 8;

/** The page as UTF-8 HTML. */
export const fisherEvaluationPage = async (input: FisherEvaluatePage): Promise<string> =>
  page(await fisherEvaluationView(input));

/** Whether the relevance is true, and what it looks at. */
export async function fisherEvaluationView(page: FisherEvaluatePage): Promise<Page> {
  return shell({
    title: "Is the relevance true, and what does it look at?",
    lead: `${counted(page.pictures, "picture")} of ${page.facts.data}, ${counted(page.labels.length, "class", "classes")}; relevance of ${page.explained} of them; ${page.facts.model}`,
    facts: page.facts,
    style: FISHER_EVALUATE_STYLE,
    top: verdict(page),
    sections: [
      { id: "scores", name: "Average precision", markup: rankings(page) },
      { id: "orders", name: "Descriptors replaced", markup: orders(page) },
      { id: "pixels", name: "Pixels perturbed", markup: pixels(page) },
      { id: "context", name: "Object or context", markup: context(page) },
      { id: "artefacts", name: "Artefact search", markup: await artefacts(page) },
      { id: "sheets", name: "Side by side", markup: await sheets(page) },
    ],
  });
}

const percent = (v: number | null): string => (v === null ? NOTHING : fixed(100 * v, 1));

const COLUMNS: readonly (readonly [name: string, about: string, read: (line: ModelLine) => string])[] = [
  ["mAP, %", "11 points", (l) => percent(l.precision)],
  ["A", "random order", (l) => against(fixed(l.quality, 3), fixed(l.randomQuality, 3))],
  ["V, %", "random order", (l) => against(percent(l.flips), percent(l.randomFlips))],
  ["pixel MoRF drop", "random map", (l) => against(fixed(l.pixelDrop, 3), fixed(l.randomPixelDrop, 3))],
  ["mu", "positive relevance alone", (l) => against(fixed(l.mu, 3), fixed(l.muPositive, 3))],
  ["suspicious clusters", "", (l) => String(l.suspicious)],
];

const against = (own: string, other: string): string => (own === NOTHING ? NOTHING : `${own} (${other})`);

function verdict({ table, clusters, labels }: FisherEvaluatePage): Markup {
  const odd = clusters.filter((c) => c.suspicious);
  const said =
    odd.length === 0
      ? html`<p class="headline">No cluster of relevance is suspicious.</p>`
      : html`<p class="headline">${counted(odd.length, "cluster")} of relevance ${odd.length === 1 ? "is" : "are"} suspicious: ${odd
          .slice(0, 4)
          .map((c) => `${className(labels, c.class)} by ${nameOf(c.model)} (${c.members.length} pictures)`)
          .join("; ")}${odd.length > 4 ? " and more" : ""}.</p>`;
  return html`<div class="verdict${odd.length === 0 ? "" : " bad"}">${said}${region(
    "Both models",
    html`<table class="plain wide"><thead><tr><td></td>${COLUMNS.map(([name, about]) => html`<th scope="col" class="n">${name}${about ? html`<span class="not">(${about})</span>` : undefined}</th>`)}</tr></thead><tbody>${table.map((line) => html`<tr><th scope="row">${nameOf(line.model)}</th>${COLUMNS.map(([, , read]) => html`<td class="n">${read(line)}</td>`)}</tr>`)}</tbody></table>`,
  )}<p class="fine">A: mean drop of the score over measurements; V: share of traces whose decision flips; mu: mean relevance outside the boxes of the class over mean relevance inside. Scores of the two models have no common unit.</p></div>`;
}

function rankings({ rankings: all, labels }: FisherEvaluatePage): Markup {
  return html`<p class="caption">Average precision, 11 points. A class is called present above the threshold where false alarms and misses are equally frequent; pictures that show it and lie above are its true positives.</p>${region(
    "Average precision by class",
    html`<table class="plain wide"><thead><tr><td></td><th scope="col" class="n">pictures</th>${all.map((r) => html`<th scope="col" class="n">${nameOf(r.model)}: AP, %</th><th scope="col" class="n">threshold</th><th scope="col" class="n">equal error, %</th><th scope="col" class="n">true positives</th>`)}</tr></thead><tbody>${labels.map((label, c) => html`<tr><th scope="row">${label}</th><td class="n">${all[0]?.classes[c]?.positives ?? 0}</td>${all.map(({ classes }) => cellsOf(classes[c]))}</tr>`)}</tbody><tfoot><tr><th scope="row">mean</th><td></td>${all.map((r) => html`<td class="n">${percent(r.mean)}</td><td></td><td></td><td></td>`)}</tr></tfoot></table>`,
  )}`;
}

const cellsOf = (row: FisherEvaluatePage["rankings"][number]["classes"][number] | undefined): Markup =>
  row === undefined || row.precision === null
    ? html`<td class="n">${NOTHING}</td><td class="n">${NOTHING}</td><td class="n">${NOTHING}</td><td class="n">${NOTHING}</td>`
    : html`<td class="n">${percent(row.precision)}</td><td class="n">${fixed(row.threshold, 3)}</td><td class="n">${percent(row.rate)}</td><td class="n">${row.truePositives}</td>`;

function orders({ orders: all, labels, batchOf, repetitions }: FisherEvaluatePage): Markup | undefined {
  if (all.every((o) => o.asked === 0)) return undefined;
  const asked = Math.max(...all.map((o) => o.asked));
  return html`<p class="caption">Algorithm 1: descriptors of ${counted(asked, "true positive")} are replaced by draws from the mixture, ${batchOf} between measurements, in the order of each decomposition; ${counted(repetitions, "repetition")}. Traces end where no descriptor is left. The better a decomposition, the larger A: its first descriptors carry the score.</p>${region(
    "Decompositions",
    html`<table class="plain wide"><thead><tr><th scope="col">order</th><th scope="col" class="n">A</th><th scope="col" class="n">V, %</th><th scope="col" class="n">traces</th>${labels.map((l) => html`<th scope="col" class="n">A, ${l}</th>`)}</tr></thead><tbody>${all.map((o) => html`<tr><th scope="row">${o.order}</th><td class="n">${meanText(o.quality, o.error, 3)}</td><td class="n">${percent(o.flipShare)}</td><td class="n">${o.traces}</td>${o.classes.map((c) => html`<td class="n">${fixed(c?.quality, 3)}</td>`)}</tr>`)}</tbody></table>`,
  )}<p class="fine">± one standard error over pictures and classes.</p>${plotsOf(orderCurves(all, batchOf))}`;
}

function pixels({ pixels: all }: FisherEvaluatePage): Markup | undefined {
  const curves = pixelCurvePlots(all, nameOf);
  return curves.length === 0
    ? undefined
    : html`<p class="caption">Squares of the picture are replaced by noise in the order of each model's own map, most relevant first, and the model scores what is left; the pipeline by its ONNX graph. Beside it the same with a random map.</p>${plotsOf(curves)}`;
}

function context({ context: all, labels, paired }: FisherEvaluatePage): Markup | undefined {
  if (all.every((m) => m.classes.every((c) => c.presentAndPredicted === 0))) return undefined;
  const cells = (m: FisherEvaluatePage["context"][number], c: number): Markup => {
    const row = m.classes[c];
    return html`<td class="n">${fixed(row?.mu, 3)}</td><td class="n">${fixed(m.positiveClasses[c]?.mu, 3)}</td><td class="n">${row?.images ?? 0}<span class="not">${row?.undefinedImages ? `${row.undefinedImages} undefined` : ""}</span></td>`;
  };
  return html`<p class="caption">mu = mean relevance outside the boxes of a class over mean relevance inside, over pictures where the class is present and recognised. Near 0: the object; 1: as an even map; above: context. Undefined where the mean inside is not above 0, or there are no boxes.</p>${region(
    "Context by class",
    html`<table class="plain wide"><thead><tr><td></td>${all.map((m) => html`<th scope="col" class="n">${nameOf(m.model)}: mu</th><th scope="col" class="n">of positive relevance</th><th scope="col" class="n">pictures</th>`)}</tr></thead><tbody>${labels.map((label, c) => html`<tr><th scope="row">${label}</th>${all.map((m) => cells(m, c))}</tr>`)}</tbody></table>`,
  )}${paired && paired.pictures > 0 ? html`<p class="soft">On the ${counted(paired.pictures, "picture")} where both have one: Fisher vectors ${fixed(paired.fisher, 3)}, network ${fixed(paired.network, 3)}; the pipeline's is the larger for ${paired.fisherLarger}.</p>` : undefined}`;
}

async function artefacts({ searches, clusters, labels }: FisherEvaluatePage): Promise<Markup | undefined> {
  if (searches.length === 0) return undefined;
  const shown = clusters.filter((c, i) => c.suspicious || i < CLUSTERS_SHOWN);
  const cards: Markup[] = [];
  for (const c of shown) cards.push(await clusterCard(c, labels));
  return html`<p class="caption">Relevance maps of each class's true positives, brought to 20 × 20 cells and clustered by where their relevance lies (spectral clustering, as SpRAy does). A cluster is suspicious where its relevance is concentrated, in the same place from picture to picture, and at the border or away from every box; by its whole maps, or by what these have beyond the other clusters of the class: a shortcut beside a well known object is a small part of every map.</p>${region(
    "Where relevance lies",
    html`<table class="plain wide"><thead><tr><td></td><th scope="col" class="n">maps</th><th scope="col" class="n">clusters</th><th scope="col" class="n">positive relevance at the border<span class="not">(share of the pixels)</span></th><th scope="col" class="n">outside every box<span class="not">(share of the pixels)</span></th></tr></thead><tbody>${searches.map((s) => html`<tr><th scope="row">${className(labels, s.class)}, ${nameOf(s.model)}</th><td class="n">${s.maps}</td><td class="n">${s.clusters}</td><td class="n">${placed(s.border)}</td><td class="n">${placed(s.outside)}</td></tr>`)}</tbody></table>`,
  )}${cards}${clusters.length > shown.length ? html`<p class="soft">${counted(clusters.length - shown.length, "cluster")} more, none suspicious, in the tables.</p>` : undefined}`;
}

const placed = (part: FisherEvaluatePage["searches"][number]["border"]): string =>
  part === null ? NOTHING : `${share(part.positive)} (${share(part.area)})`;

async function clusterCard(cluster: PageCluster, labels: readonly string[]): Promise<Markup> {
  const { suspicious, members, border, outside, examples, beyond } = cluster;
  const name = `${className(labels, cluster.class)}, ${nameOf(cluster.model)}`;
  const figures: Markup[] = [];
  for (const { id, image } of examples)
    figures.push(
      html`<figure><img src="${await pngUrl(image)}" alt="relevance for ${className(labels, cluster.class)} on ${id}"><figcaption>${id}</figcaption></figure>`,
    );
  const means = [
    await meanFigure(cluster, "mean map"),
    beyond ? await meanFigure(beyond, "beyond the others") : undefined,
  ];
  return html`<article class="cluster${suspicious ? " odd" : ""}"><h3>${name}: ${counted(members.length, "picture")}${suspicious ? ", suspicious" : ""}</h3><div class="means">${means}</div><div><p>Suspicion ${suspicionText(cluster)}${beyond ? html`; beyond the other clusters ${suspicionText(beyond)}` : undefined}. ${share(border)} of the positive relevance lies at the border${outside === null ? undefined : html`, ${share(outside)} outside every box`}; ${share(cluster.share)} of the maps of the class.</p><div class="thumbs">${figures}</div></div></article>`;
}

type Suspected = Pick<PageCluster, "score" | "concentration" | "misplacement" | "constancy" | "box" | "mean">;

const suspicionText = ({ score, concentration, misplacement, constancy }: Suspected): Markup =>
  html`<b>${fixed(score, 2)}</b> (concentration ${fixed(concentration, 2)}, misplacement ${fixed(misplacement, 2)}, constancy ${fixed(constancy, 2)})`;

const meanFigure = async (of: Suspected, what: string): Promise<Markup> =>
  html`<figure><img class="mean" src="${await pngUrl(meanImage(of))}" alt="${what} of the cluster"><figcaption>${what}</figcaption></figure>`;

const CELL = 7;
const LINE = 2;
const GOLD = [255, 200, 0];

/** The mean map, its densest rectangle outlined. */
function meanImage({ mean, box }: Pick<PageCluster, "mean" | "box">): ImageU8 {
  const grid = Math.round(Math.sqrt(mean.length));
  const heat = enlarge(renderHeatmap(Float32Array.from(mean), grid, grid, { signed: true }), CELL);
  if (box === null) return heat;
  const canvas = blank(heat);
  paste(canvas, heat, { left: 0, top: 0 });
  const [left, top, right, bottom] = [box.x0, box.y0, box.x1, box.y1].map((v) => Math.round(v * grid * CELL)) as [
    number,
    number,
    number,
    number,
  ];
  const [width, height] = [right - left, bottom - top];
  for (const side of [
    { left, top, width, height: LINE },
    { left, top: bottom - LINE, width, height: LINE },
    { left, top, width: LINE, height },
    { left: right - LINE, top, width: LINE, height },
  ])
    fillRect(canvas, side, GOLD);
  return canvas;
}

async function sheets({ sheets: rows, labels }: FisherEvaluatePage): Promise<Markup | undefined> {
  if (rows.length === 0) return undefined;
  const items: Markup[] = [];
  for (const row of rows) items.push(await sheetItem(row, labels));
  return html`<p class="caption">Picture with the boxes of the class, and each model's relevance for it: red speaks for the class, blue against, each map in its own scale, symmetric around 0 (for the network the strongest 2 % end the scale).</p><ul class="beside">${items}</ul>`;
}

async function sheetItem(
  { id, class: label, picture, maps }: PageSheetRow,
  labels: readonly string[],
): Promise<Markup> {
  const figures: Markup[] = [];
  for (const { model, image, score } of maps)
    figures.push(
      html`<figure>${image === null ? undefined : html`<img src="${await pngUrl(image)}" alt="${nameOf(model)}: relevance for ${className(labels, label)} on ${id}">`}<figcaption>${nameOf(model)} ${Number.isNaN(score) ? "does not know the class" : fixed(score, 2)}</figcaption></figure>`,
    );
  return html`<li><div class="three${maps.length === 1 ? " two" : ""}"><figure><img src="${await pngUrl(picture)}" alt="${id}"><figcaption>${className(labels, label)}</figcaption></figure>${figures}</div><span class="small">${id}</span></li>`;
}
