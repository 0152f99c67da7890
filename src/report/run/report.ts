/** @file The report of a run: one HTML file that says first what the maps are worth, then shows every number behind it. */
import { BASELINE_WORDS, BASELINES } from "../../metrics/baselines.ts";
import type { RunSeries } from "../../metrics/series.ts";
import { FEWEST, type Summary } from "../../metrics/summary.ts";
import { html, type Markup, trusted } from "../html/markup.ts";
import { type Page, page, type Section, sectionsOf } from "../html/page.ts";
import { listOf, pngSource, region, repeatOf, type Tile, tilesOf } from "../html/parts.ts";
import { PARTS_STYLE } from "../html/parts-style.ts";
import { definitions } from "../html/tables.ts";
import { curvePlots, type MeanCurve, meanCurves } from "./curves.ts";
import type { Extreme } from "./extremes.ts";
import { byMethod, type Findings, findingsOf, lostBy, type MethodFinding, PLAIN, VERDICT_WORDS } from "./findings.ts";
import { metricTitle, type RunFailure, type RunPicture, type RunReport } from "./input.ts";
import { counted, decimalsFor, fixed, intervalText, listed, NOTHING, share, signed } from "./numbers.ts";
import { PRESET_TABLES } from "./presets.ts";
import { RUN_STYLE } from "./style.ts";
import {
  ARROW_WORDS,
  exclusionTable,
  overviewTable,
  portion,
  presetTable,
  variantsIn,
  variantTable,
} from "./tables.ts";

/** The report as UTF-8 HTML; without its script only the sorting is missing. */
export const runReport = (run: RunReport): Promise<string> => page(runView(run));

/** What the maps of a run are worth, then every number behind it. */
export function runView(run: RunReport): Page {
  const { summary, facts } = run;
  return {
    title: `Are the maps true? ${facts.data}, ${facts.model}`,
    heading: "Are the maps true?",
    lead: leadOf(run),
    style: `${PARTS_STYLE}${RUN_STYLE}`,
    behaviours: ["sort"],
    main: html`${verdictSection(run, findingsOf(summary))}
${sectionsOf([
  { id: "run", name: "The run", markup: runSection(run) },
  ...presetSections(run),
  { id: "overview", name: "All means", markup: overviewSection(run) },
  ...metricSections(run),
  { id: "images", name: "Best and worst images", markup: imageSection(run) },
  { id: "made", name: "How it was made", markup: makingSection(run) },
])}`,
  };
}

const ownMethods = ({ cells }: Summary): readonly string[] => [
  ...new Set(cells.filter((c) => c.baseline === null).map((c) => c.method)),
];
const metricsOf = ({ cells }: Summary): readonly string[] => [...new Set(cells.map((c) => c.metric))];

function leadOf({ summary, facts }: RunReport): string {
  const methods = ownMethods(summary).length;
  return `${counted(methods, "method")} measured by ${counted(metricsOf(summary).length, "metric")} on ${counted(summary.images, "image")} of ${facts.data}, for ${facts.model}`;
}

/** Methods listed one by one, at most. */
const MOST_METHODS = 8;

/** What people need first: is a map better than no map? */
function verdictSection(run: RunReport, findings: Findings): Markup {
  const { summary } = run;
  const failing = byMethod(findings, summary).filter((f) => f.metrics.some((m) => m.verdict !== "unknown"));
  const plain = failing.filter((f) => PLAIN.includes(f.baseline));
  const methods = unique(plain.map((f) => f.method));
  const items = methods.map(
    (method) =>
      html`<li><strong>${method}</strong>${plain.filter((f) => f.method === method).map((f) => findingText(f, run))}</li>`,
  );
  const bad = findings.sound.length < findings.methods.length || findings.methods.length === 0;
  const rest = items.slice(MOST_METHODS);
  const duels = summary.cells.reduce((sum, c) => sum + Object.keys(c.against).length, 0);
  const how =
    duels === 0
      ? undefined
      : html`<p class="fine">A method beats a baseline where the 95 % bootstrap interval of its mean advantage, image by image, lies above 0; with fewer than ${FEWEST} images in common nothing is decided. ${counted(duels, "comparison")}, not corrected for their number: of methods that are no better, about one in forty would pass by chance.</p>`;
  return html`<section class="verdict${bad ? " bad" : ""}" aria-label="What the maps are worth"><h2>What the maps are worth</h2><p class="headline">${headline(summary, findings)}</p>${items.length > 0 ? html`<ul>${items.slice(0, MOST_METHODS)}</ul>` : undefined}${rest.length > 0 ? html`<details><summary>${counted(rest.length, "more method")}</summary><ul>${rest}</ul></details>` : undefined}${defeatTable(run, findings)}${how}</section>`;
}

function findingText({ baseline, compared, metrics }: MethodFinding, { metricOf }: RunReport): Markup {
  const words = metrics.map((m) => metricTitle(m.metric, metricOf) + lostBy(m));
  const count = compared === 1 ? "" : `${metrics.length} of ${compared} metrics: `;
  return html`<span class="line">does not beat <strong>${BASELINE_WORDS[baseline]}</strong> on ${count}<span class="soft">${listed(words, 12)}</span></span>`;
}

const MOST_DEFEATS = 60;

/** Every comparison that is not won, in numbers. */
function defeatTable({ summary, metricOf }: RunReport, { findings }: Findings): Markup | undefined {
  const all = findings.flatMap(({ metric, baseline, defeats }) => defeats.map((d) => ({ metric, baseline, ...d })));
  if (all.length === 0) return undefined;
  const rows = all.slice(0, MOST_DEFEATS).map(({ metric, variant, method, baseline, versus, verdict }) => {
    const cells = summary.cells.filter((c) => c.metric === metric && c.variant === variant);
    const decimals = decimalsFor(cells.map((c) => c.error));
    const advantage = versus.advantage === null ? NOTHING : signed(versus.advantage, decimals);
    return html`<tr><th scope="row">${method}</th><td>${metricTitle(metric, metricOf)}, ${variant}</td><td>${baseline}</td><td class="n">${advantage}</td><td class="n">${intervalText(versus.interval, decimals)}</td><td class="n">${share(versus.rate)}</td><td class="n">${versus.pairs}</td><td>${VERDICT_WORDS[verdict]}</td></tr>`;
  });
  const rest = all.length - rows.length;
  return html`<details><summary>${counted(all.length, "comparison")} with baselines that ${all.length === 1 ? "is" : "are"} not won, in numbers</summary>${region("Comparisons not won", html`<table class="exclusions sortable"><thead><tr><th scope="col" data-sort="text">method</th><th scope="col" data-sort="text">metric</th><th scope="col" data-sort="text">baseline</th><th scope="col" class="n">advantage</th><th scope="col" class="n">95 % interval</th><th scope="col" class="n">better on</th><th scope="col" class="n">images</th><th scope="col" data-sort="text">verdict</th></tr></thead><tbody>${rows}</tbody></table>`)}${rest > 0 ? html`<p class="fine">${rest} more are marked in the tables below.</p>` : undefined}</details>`;
}

const unique = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

function headline(summary: Summary, { methods, sound, present, findings }: Findings): string {
  if (summary.cells.length === 0) return "Nothing was measured.";
  if (summary.cells.every((c) => c.n === 0))
    return "No measurement gave a value: every one was excluded. The reasons stand below.";
  if (methods.length === 0)
    return "No metric of this run has an end that is better: there is nothing to rank, and no baseline to beat.";
  const met = PLAIN.filter((b) => present.includes(b));
  if (met.length === 0) return "No baseline was measured: nothing here says that a map is better than a random one.";
  const names = met.map((b) => BASELINE_WORDS[b]).join(met.length === 2 ? " and " : "");
  const both = met.length === 2 ? `both ${names}` : names;
  if (sound.length === methods.length)
    return methods.length === 1
      ? `${methods[0]} beats ${both} on every metric.`
      : `All ${methods.length} methods beat ${both} on every metric.`;
  const undecided = findings.filter((f) => PLAIN.includes(f.baseline)).flatMap((f) => f.defeats);
  if (undecided.length > 0 && undecided.every((d) => d.verdict === "unknown") && sound.length === 0)
    return `There are too few images to tell whether any method beats ${both}.`;
  if (sound.length === 0)
    return methods.length === 1
      ? `${methods[0]} does not beat ${both} on every metric.`
      : `No method beats ${both} on every metric.`;
  return `${sound.length} of ${methods.length} methods ${sound.length === 1 ? "beats" : "beat"} ${both} on every metric: ${listed(sound)}.`;
}

function runSection({ summary, facts, failures, metricOf }: RunReport): Markup {
  const values = summary.cells.reduce((s, c) => s + c.n, 0);
  const excluded = summary.cells.reduce((s, c) => s + c.excluded, 0);
  const tiles: readonly Tile[] = [
    [
      summary.images.toLocaleString("en-GB"),
      facts.images === summary.images ? "images" : `of ${facts.images.toLocaleString("en-GB")} images measured`,
    ],
    [String(ownMethods(summary).length), "methods"],
    [String(metricsOf(summary).length), "metrics"],
    [values.toLocaleString("en-GB"), "measurements"],
    [
      excluded.toLocaleString("en-GB"),
      `excluded (${portion(values + excluded === 0 ? 0 : excluded / (values + excluded))})`,
    ],
    [failures.length.toLocaleString("en-GB"), failures.length === 1 ? "failure" : "failures"],
  ];
  const uneven = unevenOf(summary);
  return html`${tilesOf(tiles)}${listOf(facts.notes)}${uneven.length > 0 ? html`<div class="warning" role="note"><p>On ${listed(uneven.map((m) => metricTitle(m, metricOf)))} exclusions differ much between methods: means there are over different images. Comparisons with baselines use common images only.</p></div>` : undefined}${failureSection(failures)}${exclusionTable(summary)}`;
}

/** Exclusions of methods differ by more than this share of the images. */
const UNEVEN = 0.1;

function unevenOf({ cells }: Summary): readonly string[] {
  return unique(
    variantsIn(cells).flatMap((group) => {
      const own = group.filter((c) => c.baseline === null);
      const counts = own.map((c) => c.n);
      const asked = Math.max(...own.map((c) => c.n + c.excluded));
      return own.length > 1 && Math.max(...counts) - Math.min(...counts) > UNEVEN * asked ? [group[0].metric] : [];
    }),
  );
}

const MOST_FAILURES = 12;

function failureSection(failures: readonly RunFailure[]): Markup | undefined {
  if (failures.length === 0) return undefined;
  const item = ({ image, method, code, message }: RunFailure): Markup =>
    html`<li><strong>${[image, method].filter((p) => p !== null).join(", ") || "all images"}</strong> <code>${code}</code> ${message}</li>`;
  const rest = failures.slice(MOST_FAILURES);
  return html`<h3>What failed</h3><ul class="failures">${failures.slice(0, MOST_FAILURES).map(item)}</ul>${rest.length > 0 ? html`<details><summary>${counted(rest.length, "more failure")}</summary><ul class="failures">${rest.map(item)}</ul></details>` : undefined}`;
}

function presetSections({ presets, summary }: RunReport): readonly Section[] {
  return PRESET_TABLES.filter((p) => presets.includes(p.id)).map((p) => {
    const table = presetTable(p, summary);
    return { id: `preset-${p.id}`, name: p.title, markup: table && html`<p class="soft">${p.source}</p>${table}` };
  });
}

function overviewSection({ summary, metricOf }: RunReport): Markup | undefined {
  return overviewTable(summary, metricOf);
}

const LEGEND = trusted(
  `<p class="fine">Distributions: <svg class="strip key" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path class="dots" d="M20 12h0M50 7h0M80 16h0"/></svg> images, <svg class="strip key" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path class="box" d="M10 4H90V20H10Z"/><path class="median" d="M50 4V20"/></svg> quartiles and median, <svg class="strip key" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path class="interval" d="M10 12H90"/><path class="mean" d="M50 12h0"/></svg> mean and its interval, <svg class="strip key" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true"><path class="reference" d="M50 0V24"/></svg> mean of the random map.</p>`,
);

function metricSections(run: RunReport): readonly Section[] {
  const { summary, metricOf, series } = run;
  const curves = meanCurves(run.curves);
  return metricsOf(summary).map((metric, i) => ({
    id: `metric-${i}`,
    kind: "metric",
    name: metricTitle(metric, metricOf),
    markup: metricMarkup(metric, run, { curves, series, legend: i === 0 }),
  }));
}

interface Drawn {
  readonly curves: readonly MeanCurve[];
  readonly series: RunSeries;
  readonly legend: boolean;
}

function metricMarkup(metric: string, { summary, metricOf }: RunReport, { curves, series, legend }: Drawn): Markup {
  const facts = metricOf(metric);
  const groups = variantsIn(summary.cells.filter((c) => c.metric === metric));
  const [main, ...rest] = [...groups].sort(
    (a, b) => Number(a[0].better === "neither") - Number(b[0].better === "neither"),
  );
  const aboutOf = ([first]: (typeof groups)[number]): Markup => {
    const variant = facts?.variants.find((v) => v.id === first.variant);
    const range = variant?.range.every(Number.isFinite)
      ? `, ${fixed(variant.range[0], 0)} to ${fixed(variant.range[1], 0)}`
      : "";
    return html`<p class="soft">${variant?.about ? `${variant.about}; ` : ""}${ARROW_WORDS[first.better]}${range}.</p>`;
  };
  const draw = (cells: (typeof groups)[number]): Markup => html`${aboutOf(cells)}${variantTable(cells, series)}`;
  return html`<p class="soft">${facts ? html`${facts.source}. <span class="cost">Cost: ${facts.cost}.</span>` : metric}</p>${curvePlots(curves, metric, summary)}${main ? html`<h3>${main[0].variant}</h3>${draw(main)}` : undefined}${legend ? LEGEND : undefined}${rest.map((cells) => html`<details><summary>${cells[0].variant}, ${ARROW_WORDS[cells[0].better]}</summary>${draw(cells)}</details>`)}`;
}

function imageSection(run: RunReport): Markup | undefined {
  const { extremes } = run;
  if (extremes === undefined || extremes.best.length === 0) return undefined;
  const { metric, variant, best, worst } = extremes;
  const pictures = new Map(run.pictures.map((p) => [p.image, p]));
  const decimals = decimalsFor(
    run.summary.cells.filter((c) => c.metric === metric && c.variant === variant).map((c) => c.error),
  );
  const list = (images: readonly Extreme[]): Markup =>
    html`<div class="examples">${images.map((e) => example(e, pictures.get(e.image), decimals))}</div>`;
  return html`<p class="soft">By ${metricTitle(metric, run.metricOf)}, ${variant}, mean over methods; images without a value for some method stand aside.</p><h3>Best</h3>${list(best)}<h3>Worst</h3>${list(worst)}`;
}

function example({ image, value }: Extreme, picture: RunPicture | undefined, decimals: number): Markup {
  const figure = (png: Uint8Array, caption: string, alt: string): Markup =>
    html`<figure><img src="${pngSource(png)}" alt="${alt}" loading="lazy"><figcaption>${caption}</figcaption></figure>`;
  const figures =
    picture === undefined
      ? undefined
      : html`<div class="thumbs">${figure(picture.png, "picture", `${image}, as the network saw it`)}${picture.maps.map((m) => figure(m.png, m.method, `${m.method} map of ${image}`))}</div>`;
  return html`<div class="example"><p><strong>${image}</strong> <span class="soft">${fixed(value, decimals)}${picture?.caption ? `, ${picture.caption}` : ""}</span></p>${figures}</div>`;
}

function makingSection({ facts, summary }: RunReport): Markup {
  const { seed, resamples, level } = summary.bootstrap;
  const settings: readonly (readonly [string, string])[] = [
    ["model", facts.model],
    ["data", facts.data],
    ...facts.settings,
    [
      "intervals",
      `${Math.round(100 * level)} %, percentile bootstrap over images, ${resamples} resamples, seed ${seed}`,
    ],
    ["trimmed mean", `${Math.round(100 * summary.trim)} % cut from each end`],
    ["baselines", BASELINES.map((b) => `${b}: ${BASELINE_WORDS[b]}`).join("; ")],
  ];
  return html`${definitions(settings)}${repeatOf("To repeat the run:", facts.command)}`;
}
