/** @file The tables of a run: all means at a glance, one table for each variant, and the layouts of the papers. */
import { BASELINE_WORDS, BASELINES, type Baseline } from "../../metrics/baselines.ts";
import { sorted } from "../../metrics/quantiles.ts";
import { type RunSeries, seriesKey } from "../../metrics/series.ts";
import type { Summary, SummaryCell } from "../../metrics/summary.ts";
import { html, type Markup } from "../html/markup.ts";
import { region } from "../html/parts.ts";
import { outside, strip, stripDomain } from "../plot/strip.ts";
import { type ColumnGroup, packed } from "./columns.ts";
import { VERDICT_WORDS } from "./findings.ts";
import { type MetricFacts, metricTitle } from "./input.ts";
import { counted, decimalsFor, fixed, intervalText, listed, meanText, NOTHING, share, signed } from "./numbers.ts";
import { blocksOf, type PresetBlock, type PresetColumn, type PresetTable } from "./presets.ts";

/** Drawn, since not every font has arrows. */
const arrow = (path: string, words: string): Markup =>
  html`<svg class="way" viewBox="0 0 8 10" role="img" aria-label="${words}"><path d="${path}"/></svg>`;
export const ARROW = {
  higher: arrow("M4 9.5V1M1 4L4 1L7 4", "higher is better"),
  lower: arrow("M4 .5V9M1 6L4 9L7 6", "lower is better"),
  neither: undefined,
} as const;
export const ARROW_WORDS = {
  higher: "higher is better",
  lower: "lower is better",
  neither: "no end is better",
} as const;

const SHADES = 5;
/** Class of a cell: `s5` for the best, fainter to `s1`; none for the lower half of long tables. */
const shade = (rank: number | null, ranks: number): string =>
  rank === null || ranks < 2
    ? ""
    : `${rank === 1 ? " best" : ""} s${SHADES - Math.min(SHADES, Math.floor(((rank - 1) / ranks) * (SHADES + 1)))}`;

/** Equal methods have no best. */
const differ = (cells: readonly SummaryCell[]): boolean => cells.some((c) => c.rank !== null && c.rank > 1);

const groupHeads = (groups: readonly ColumnGroup<unknown>[]): readonly Markup[] =>
  groups.map((g) => html`<th scope="colgroup" colspan="${g.columns.length}" class="group">${g.head}</th>`);

/** A part of several is called by its groups as well. */
const labelOf = (title: string, groups: readonly ColumnGroup<unknown>[], parts: number): string =>
  parts > 1 ? `${title}: ${groups.map((g) => g.head).join(", ")}` : title;

/** Cells of one variant of one metric. */
export type VariantCells = readonly [SummaryCell, ...SummaryCell[]];

export function variantsIn(cells: readonly SummaryCell[]): readonly VariantCells[] {
  const groups = new Map<string, [SummaryCell, ...SummaryCell[]]>();
  for (const cell of cells) {
    const key = JSON.stringify([cell.metric, cell.variant]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return [...groups.values()];
}

const isBlind = (c: SummaryCell): boolean => c.baseline !== null && c.baseline !== "inverted";
const byRank = (a: SummaryCell, b: SummaryCell): number => (a.rank ?? 1e9) - (b.rank ?? 1e9);
const data = (value: number | null): Markup | undefined => (value === null ? undefined : html` data-v="${value}"`);
const unbeaten = (c: SummaryCell): readonly Baseline[] =>
  BASELINES.filter((b) => c.against[b] !== undefined && c.against[b]?.verdict !== "beats");

/** Methods down, variants with a direction across: means shaded by rank, and below each the baselines it does not beat. */
export function overviewTable(summary: Summary, metricOf: (id: string) => MetricFacts | undefined): Markup | undefined {
  const groups = variantsIn(summary.cells).filter(([first]) => first.better !== "neither");
  if (groups.length === 0) return undefined;
  const all = groups.flat();
  const methods = summary.methods.filter((m) => all.some((c) => c.method === m && c.baseline === null));
  const blind = summary.methods.filter((m) => all.some((c) => c.method === m && isBlind(c)));
  const columns = groups.map((cells) => ({
    cells: new Map(cells.map((c) => [c.method, c])),
    first: cells[0],
    decimals: Math.max(decimalsFor(cells.map((c) => c.error)) - 1, 0),
    ranks: differ(cells) ? cells.filter((c) => c.rank !== null).length : 0,
  }));
  type Column = (typeof columns)[number];
  const metrics = [...new Set(columns.map((c) => c.first.metric))];
  const parts = packed(
    metrics.map((metric) => ({
      head: metricTitle(metric, metricOf),
      columns: columns.filter((c) => c.first.metric === metric),
    })),
  );
  const cell = (method: string, { cells, decimals, ranks }: Column): Markup => {
    const c = cells.get(method);
    if (c === undefined || c.mean === null) return html`<td class="n">${NOTHING}</td>`;
    const not = c.baseline === null ? unbeaten(c) : [];
    return html`<td class="n${shade(c.rank, ranks)}"${data(c.mean)}>${fixed(c.mean, decimals)}${not.length > 0 ? html`<span class="not">not > ${not.join(", ")}</span>` : undefined}</td>`;
  };
  const caption = html`Mean of every method; the stronger the colour, the better its rank in the column. Small print: baselines that it does not beat.`;
  return html`${parts.map((groups, i) => {
    const own = groups.flatMap((g) => g.columns);
    const row = (method: string): Markup =>
      html`<tr><th scope="row">${method}</th>${own.map((column) => cell(method, column))}</tr>`;
    return region(
      labelOf("All means", groups, parts.length),
      html`<table class="overview sortable"><thead><tr><td></td>${groupHeads(groups)}</tr><tr><th scope="col" data-sort="text">method</th>${own.map(({ first }) => html`<th scope="col" class="n" data-sort="${first.better}">${first.variant} ${ARROW[first.better]}</th>`)}</tr></thead><tbody>${methods.map(row)}</tbody>${blind.length > 0 ? html`<tbody class="baselines"><tr class="sub"><th scope="rowgroup" colspan="${own.length + 1}">Baselines: maps that know nothing of the model</th></tr>${blind.map(row)}</tbody>` : undefined}</table>`,
      i === 0 ? caption : undefined,
    );
  })}`;
}

/** One variant in full: mean, intervals, distribution, and the share of images on which a method beats each baseline. */
export function variantTable(cells: VariantCells, series: RunSeries): Markup {
  const [first] = cells;
  const decimals = decimalsFor(cells.map((c) => c.error));
  const own = [...cells.filter((c) => c.baseline === null)].sort(byRank);
  const blind = cells.filter(isBlind);
  const present = BASELINES.filter((b) => own.some((c) => c.against[b] !== undefined));
  const ranks = own.filter((c) => c.rank !== null).length;
  const valuesOf = (c: SummaryCell): Float64Array => sorted(series.byKey.get(seriesKey(c))?.values ?? []);
  const samples = new Map([...own, ...blind].map((c) => [c, valuesOf(c)]));
  const domain = stripDomain([...samples.values()]);
  const reference = blind.find((c) => c.baseline === "random")?.mean ?? undefined;
  let beyond = 0;
  const row = (c: SummaryCell): Markup => {
    const values = samples.get(c) as Float64Array;
    if (domain) beyond += outside(values, domain);
    const about = `${c.method}: half of the values from ${fixed(c.quartiles?.[0], decimals)} to ${fixed(c.quartiles?.[1], decimals)}`;
    const picture =
      domain && c.mean !== null
        ? strip({ values, mean: c.mean, interval: c.interval, reference, what: about }, domain)
        : undefined;
    const rank = ranks > 0 ? html`<td class="n rank"${data(c.rank)}>${c.rank ?? undefined}</td>` : undefined;
    const excluded = c.excluded > 0 ? html`<span class="soft">/${c.n + c.excluded}</span>` : undefined;
    return html`<tr>${rank}<th scope="row">${c.method}</th><td class="n${shade(c.rank, ranks)}"${data(c.mean)}>${meanText(c.mean, c.error, decimals)}</td><td class="n">${intervalText(c.interval, decimals)}</td><td class="spread">${picture}</td><td class="n"${data(c.median)}>${fixed(c.median, decimals)}</td><td class="n"${data(c.trimmed)}>${fixed(c.trimmed, decimals)}</td><td class="n"${data(c.n)}>${c.n}${excluded}</td>${present.map((b) => versusCell(c, b, decimals))}</tr>`;
  };
  const rows = own.map(row);
  const baselines = blind.map(row);
  const heads = present.map((b) => html`<th scope="col" class="n" data-sort="higher">${b}</th>`);
  const span = 6 + present.length + 1 + (ranks > 0 ? 1 : 0);
  const axis = domain
    ? html`<span class="ticks">${[domain.low, (domain.low + domain.high) / 2, domain.high].map((t) => html`<span>${fixed(t, Math.min(decimals, 3))}</span>`)}</span>`
    : undefined;
  return html`${region(
    `${first.metric}, ${first.variant}`,
    html`<table class="ranking sortable"><thead><tr>${ranks > 0 ? html`<td></td>` : undefined}<td colspan="7"></td>${present.length > 0 ? html`<th scope="colgroup" colspan="${present.length}" class="group n">images on which it is better than</th>` : undefined}</tr><tr>${ranks > 0 ? html`<th scope="col" class="n" data-sort="lower">#</th>` : undefined}<th scope="col" data-sort="text">method</th><th scope="col" class="n" data-sort="${first.better}">mean ± s.e. ${ARROW[first.better]}</th><th scope="col" class="n">95 % interval</th><th scope="col" class="spread">distribution${axis}</th><th scope="col" class="n" data-sort="${first.better}">median</th><th scope="col" class="n" data-sort="${first.better}">trimmed</th><th scope="col" class="n" data-sort="higher">images</th>${heads}</tr></thead><tbody>${rows}</tbody>${blind.length > 0 ? html`<tbody class="baselines"><tr class="sub"><th scope="rowgroup" colspan="${span}">Baselines</th></tr>${baselines}</tbody>` : undefined}</table>`,
  )}${beyond > 0 ? html`<p class="fine">${counted(beyond, "value lies", "values lie")} beyond the axis of the distributions and ${beyond === 1 ? "is" : "are"} drawn at its ends; tables count all.</p>` : undefined}`;
}

function versusCell(c: SummaryCell, baseline: Baseline, decimals: number): Markup {
  const versus = c.against[baseline];
  if (versus === undefined || versus.rate === null)
    return html`<td class="n soft">${c.baseline === null ? NOTHING : ""}</td>`;
  const { rate, advantage, interval, verdict, pairs } = versus;
  const why = `${c.method} against ${BASELINE_WORDS[baseline]} on ${counted(pairs, "image")}: mean advantage ${signed(advantage ?? 0, decimals)}, 95 % interval ${intervalText(interval, decimals)}: ${VERDICT_WORDS[verdict]}`;
  const mark =
    verdict === "beats"
      ? undefined
      : html`<span class="not">${verdict === "unknown" ? "too few" : verdict === "loses" ? "worse" : "level"}</span>`;
  return html`<td class="n ${verdict}" data-v="${rate}" title="${why}">${share(rate)}${mark}</td>`;
}

/** The table of a paper for the run's methods; undefined where the run measured none of its metrics. */
export function presetTable(preset: PresetTable, summary: Summary): Markup | undefined {
  const blocks = blocksOf(preset, summary.cells);
  if (blocks.length === 0) return undefined;
  const draw = preset.methods === "down" ? downTable : acrossTable;
  return html`${blocks.map((block) => draw(preset, block, summary))}`;
}

interface Printed {
  readonly cell: SummaryCell | undefined;
  readonly text: Markup;
  readonly best: boolean;
}

function printer(preset: PresetTable, column: PresetColumn, summary: Summary): (method: string) => Printed {
  const cells = summary.cells.filter((c) => c.metric === column.metric && c.variant === column.variant);
  const scaled = (v: number | null): number | null => (v === null ? null : preset.scale * v);
  const most = preset.scale === 1 ? 3 : 1;
  const decimals = Math.min(decimalsFor(cells.map((c) => scaled(c.error))), most);
  const told = differ(cells);
  return (method) => {
    const cell = cells.find((c) => c.method === method);
    if (cell === undefined || cell.mean === null) return { cell, best: false, text: html`${NOTHING}` };
    const text = html`${fixed(scaled(cell.mean), decimals)}<span class="pm"> ± ${fixed(scaled(cell.error), decimals)}</span><span class="not">${fixed(scaled(cell.median), decimals)} · ${fixed(scaled(cell.trimmed), decimals)} · ${cell.n}</span>`;
    return { cell, text, best: told && cell.rank === 1 };
  };
}

const PRINTED = "Mean ± standard error, the best in bold; below: median · trimmed mean · number of images.";

const namesOf = ({ groups }: PresetBlock, summary: Summary, wanted: (c: SummaryCell) => boolean): readonly string[] => {
  const metrics = groups.flatMap((g) => g.columns.map((c) => c.metric));
  const found = new Set(summary.cells.filter((c) => metrics.includes(c.metric) && wanted(c)).map((c) => c.method));
  return summary.methods.filter((m) => found.has(m));
};

const printedCell = ({ cell, text, best }: Printed): Markup =>
  html`<td class="n${best ? " best" : ""}"${data(cell?.mean ?? null)}>${text}</td>`;

function downTable(preset: PresetTable, block: PresetBlock, summary: Summary): Markup {
  const better = (c: PresetColumn): SummaryCell["better"] =>
    summary.cells.find((x) => x.metric === c.metric && x.variant === c.variant)?.better ?? "neither";
  const own = namesOf(block, summary, (c) => c.baseline === null);
  const blind = namesOf(block, summary, isBlind);
  const parts = packed(block.groups);
  return html`${parts.map((groups, i) => {
    const columns = groups.flatMap((g) => g.columns);
    const printers = columns.map((column) => printer(preset, column, summary));
    const row = (method: string): Markup =>
      html`<tr><th scope="row">${method}</th>${printers.map((print) => printedCell(print(method)))}</tr>`;
    return region(
      labelOf(`${preset.title} ${block.title}`.trim(), groups, parts.length),
      html`<table class="preset sortable"><thead><tr><td></td>${groupHeads(groups)}</tr><tr><th scope="col" data-sort="text">method</th>${columns.map((c) => html`<th scope="col" class="n" data-sort="${better(c)}">${c.head} ${ARROW[better(c)]}</th>`)}</tr></thead><tbody>${own.map(row)}</tbody>${blind.length > 0 ? html`<tbody class="baselines"><tr class="sub"><th scope="rowgroup" colspan="${columns.length + 1}">Baselines</th></tr>${blind.map(row)}</tbody>` : undefined}</table>`,
      i === 0 ? html`${block.title ? html`<strong>${block.title}</strong> ` : undefined}${PRINTED}` : undefined,
    );
  })}`;
}

function acrossTable(preset: PresetTable, block: PresetBlock, summary: Summary): Markup {
  const sides = [
    { head: "methods", columns: namesOf(block, summary, (c) => c.baseline === null) },
    { head: "baselines", columns: namesOf(block, summary, isBlind) },
  ].filter((side) => side.columns.length > 0);
  const lines = block.groups.flatMap((g) =>
    g.columns.map((column) => ({ head: `${g.head}, ${column.head}`, print: printer(preset, column, summary) })),
  );
  const parts = packed(sides);
  return html`${parts.map((groups, i) => {
    const methods = groups.flatMap((g) => g.columns);
    const rows = lines.map(({ head, print }) => {
      const printed = methods.map(print);
      const better = printed.find((p) => p.cell)?.cell?.better ?? "neither";
      return html`<tr><th scope="row">${head} ${ARROW[better]}</th>${printed.map(printedCell)}</tr>`;
    });
    return region(
      labelOf(preset.title, groups, parts.length),
      html`<table class="preset"><thead><tr><td></td>${groupHeads(groups)}</tr><tr><td></td>${methods.map((m) => html`<th scope="col" class="n wrap">${m}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
      i === 0 ? html`${PRINTED}` : undefined,
    );
  })}`;
}

/** Why values are missing, by metric and reason; undefined where none is. */
export function exclusionTable({ cells }: Summary): Markup | undefined {
  const reasons = new Map<
    string,
    { metric: string; reason: string; count: number; asked: number; methods: Set<string> }
  >();
  for (const c of cells)
    for (const [reason, count] of Object.entries(c.reasons)) {
      const key = JSON.stringify([c.metric, reason]);
      const entry = reasons.get(key) ?? { metric: c.metric, reason, count: 0, asked: 0, methods: new Set() };
      reasons.set(key, entry);
      entry.count += count;
      entry.methods.add(c.method);
    }
  if (reasons.size === 0) return undefined;
  for (const entry of reasons.values())
    entry.asked = cells.filter((c) => c.metric === entry.metric).reduce((s, c) => s + c.n + c.excluded, 0);
  const everyone = (metric: string): number =>
    new Set(cells.filter((c) => c.metric === metric).map((c) => c.method)).size;
  const rows = [...reasons.values()]
    .sort((a, b) => b.count - a.count)
    .map(
      ({ metric, reason, count, asked, methods }) =>
        html`<tr><th scope="row">${metric}</th><td>${reason}</td><td class="n" data-v="${count}">${count.toLocaleString("en-GB")}</td><td class="n" data-v="${count / asked}">${portion(count / asked)}</td><td>${methods.size === everyone(metric) ? "all" : listed([...methods], 4)}</td></tr>`,
    );
  return region(
    "Exclusions",
    html`<table class="exclusions sortable"><thead><tr><th scope="col" data-sort="text">metric</th><th scope="col">reason</th><th scope="col" class="n" data-sort="higher">values</th><th scope="col" class="n" data-sort="higher">of the metric</th><th scope="col">methods</th></tr></thead><tbody>${rows}</tbody></table>`,
    html`Measurements without a value. They are in no mean, and every comparison leaves the image out for both sides.`,
  );
}

export const portion = (part: number): string =>
  part > 0 && part < 0.001 ? "< 0.1 %" : `${(100 * part).toFixed(1)} %`;
