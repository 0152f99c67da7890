/** @file The tables of a training's report: results, classes, confusions, checkpoints, skipped pictures. */
import { classAccuracies, type Tally } from "../../train/accuracy.ts";
import { html, type Markup } from "../html/markup.ts";
import { region } from "../html/parts.ts";
import { counted, fixed, NOTHING } from "../run/numbers.ts";
import { significant } from "../words.ts";
import type { Checkpoint, ClassResults, SkippedPicture, SplitResult, TrainingReport } from "./input.ts";
import { SHADES } from "./style.ts";

/** 0.7123 as `71.2 %`. */
export const percentage = (share: number | null | undefined): string =>
  share === null || share === undefined ? NOTHING : `${(100 * share).toFixed(1)} %`;

const thousands = (count: number): string => count.toLocaleString("en-GB");
const sortable = (value: number | null): Markup | undefined => (value === null ? undefined : html` data-v="${value}"`);

export function resultTable(results: readonly SplitResult[]): Markup | undefined {
  if (results.length === 0) return undefined;
  const names = [...new Set(results.flatMap((r) => r.measures.map(([name]) => name)))];
  const rows = results.map((r) => {
    const values = names.map(
      (n) => html`<td class="n">${percentage(r.measures.find(([name]) => name === n)?.[1])}</td>`,
    );
    return html`<tr><th scope="row">${r.split}</th><td class="n">${thousands(r.pictures)}</td>${values}<td class="n">${r.loss === undefined ? NOTHING : significant(r.loss)}</td></tr>`;
  });
  return region(
    "Results",
    html`<table class="plain results"><thead><tr><th scope="col">split</th><th scope="col" class="n">pictures</th>${names.map((n) => html`<th scope="col" class="n">${n}</th>`)}<th scope="col" class="n">loss</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

interface Column {
  readonly head: string;
  readonly better: "higher" | "lower" | "neither";
  readonly decimals?: number;
  readonly share?: boolean;
  readonly value: (index: number) => number | null;
}

/** Classes in one open table, at most. */
const OPEN = 40;

/** One row a class; sortable. Classes without a number say why. */
export function classTable(results: ClassResults, labels: readonly string[]): Markup {
  const { columns, classes, reason } = TABLES[results.kind](results as never);
  const rows = Array.from({ length: classes }, (_, c) => {
    const why = reason(c);
    const cells = columns.map(({ value, share, decimals = 3 }) => {
      const v = value(c);
      return html`<td class="n"${sortable(v)}>${share ? percentage(v) : fixed(v, decimals)}</td>`;
    });
    return html`<tr><th scope="row">${labels[c] ?? `class ${c}`}${why === null ? undefined : html` <span class="not">${why}</span>`}</th>${cells}</tr>`;
  });
  const heads = columns.map(({ head, better }) => html`<th scope="col" class="n" data-sort="${better}">${head}</th>`);
  const table = region(
    "Classes",
    html`<table class="plain classes sortable"><thead><tr><th scope="col" data-sort="text">class</th>${heads}</tr></thead><tbody>${rows}</tbody></table>`,
  );
  return classes > OPEN
    ? html`<details><summary>${counted(classes, "class", "classes")}</summary>${table}</details>`
    : table;
}

interface ClassColumns {
  readonly classes: number;
  readonly columns: readonly Column[];
  readonly reason: (index: number) => string | null;
}

const TABLES: {
  readonly [K in ClassResults["kind"]]: (results: Extract<ClassResults, { kind: K }>) => ClassColumns;
} = {
  single: ({ tally }) => {
    const all = classAccuracies(tally);
    return {
      classes: tally.classes,
      reason: (c) => (all[c]?.samples === 0 ? "no picture" : null),
      columns: [
        { head: "pictures", better: "neither", decimals: 0, value: (c) => all[c]?.samples ?? null },
        { head: "recall", better: "higher", share: true, value: (c) => all[c]?.recall ?? null },
        { head: "precision", better: "higher", share: true, value: (c) => all[c]?.precision ?? null },
      ],
    };
  },
  multi: ({ precisions, errors }) => ({
    classes: precisions.length,
    reason: (c) => precisions[c]?.reason ?? errors[c]?.reason ?? null,
    columns: [
      { head: "positives", better: "neither", decimals: 0, value: (c) => precisions[c]?.positives ?? null },
      { head: "AP, 11 points", better: "higher", share: true, value: (c) => precisions[c]?.elevenPoint ?? null },
      { head: "AP, all points", better: "higher", share: true, value: (c) => precisions[c]?.allPoint ?? null },
      { head: "threshold", better: "neither", value: (c) => errors[c]?.threshold ?? null },
      { head: "equal error rate", better: "lower", share: true, value: (c) => errors[c]?.rate ?? null },
    ],
  }),
};

/** Classes in a matrix, at most; beyond, the commonest confusions are listed. */
const MATRIX = 24;
const LISTED = 20;

/** What is taken for what: rows are true classes, shaded by their share of the row. */
export function confusionTable(tally: Tally, labels: readonly string[]): Markup | undefined {
  const { classes, confusion, count } = tally;
  if (count === 0) return undefined;
  const name = (c: number): string => labels[c] ?? `class ${c}`;
  if (classes > MATRIX) return confusionList(tally, name);
  const all = Array.from({ length: classes }, (_, c) => c);
  const rows = all.map((truth) => {
    const row = confusion.subarray(truth * classes, (truth + 1) * classes);
    const sum = row.reduce((s, n) => s + n, 0);
    const cells = Array.from(row, (n, named) => {
      const shade = n === 0 ? "none" : `h${Math.max(Math.ceil((n / sum) * SHADES), 1)}`;
      return html`<td class="${shade}${named === truth ? " right" : ""}">${n}</td>`;
    });
    return html`<tr><th scope="row" title="${name(truth)}">${name(truth)}</th>${cells}</tr>`;
  });
  const table = region(
    "Confusion matrix",
    html`<table class="matrix"><thead><tr><td></td>${all.map((c) => html`<th scope="col"><span>${name(c)}</span></th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
  return html`<p class="fine">Pictures of a class (row) that are named so (column); the stronger the colour, the larger their share of the row.</p>${table}`;
}

function confusionList({ classes, confusion }: Tally, name: (c: number) => string): Markup | undefined {
  const wrong = Array.from(confusion, (n, i) => ({ n, truth: Math.floor(i / classes), named: i % classes }))
    .filter(({ n, truth, named }) => n > 0 && truth !== named)
    .sort((a, b) => b.n - a.n);
  if (wrong.length === 0) return undefined;
  const rows = wrong
    .slice(0, LISTED)
    .map(
      ({ n, truth, named }) =>
        html`<tr><th scope="row">${name(truth)}</th><td>${name(named)}</td><td class="n">${n}</td></tr>`,
    );
  return region(
    "Commonest confusions",
    html`<table class="plain classes"><caption>The commonest confusions of ${thousands(wrong.length)}</caption><thead><tr><th scope="col">class</th><th scope="col">named</th><th scope="col" class="n">pictures</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

export function checkpointTable({ checkpoints, facts, measure }: TrainingReport): Markup | undefined {
  if (checkpoints.length === 0) return undefined;
  const measured = checkpoints.some((c) => c.validation !== undefined);
  const row = ({ path, step, bytes, validation, best }: Checkpoint): Markup =>
    html`<tr><th scope="row"><code>${path}</code>${best ? html`<span class="badge">best</span>` : undefined}</th><td class="n">${significant(step / facts.stepsAnEpoch, 3)}</td><td class="n">${thousands(step)}</td>${measured ? html`<td class="n">${percentage(validation)}</td>` : undefined}<td class="n">${sizeText(bytes)}</td></tr>`;
  return region(
    "Checkpoints",
    html`<table class="plain checkpoints"><thead><tr><th scope="col">file</th><th scope="col" class="n">epoch</th><th scope="col" class="n">step</th>${measured ? html`<th scope="col" class="n">validation ${measure}</th>` : undefined}<th scope="col" class="n">size</th></tr></thead><tbody>${checkpoints.map(row)}</tbody></table>`,
  );
}

export const sizeText = (bytes: number): string =>
  bytes < 1e6 ? `${significant(bytes / 1e3, 3)} kB` : `${significant(bytes / 1e6, 3)} MB`;

const MOST_SKIPPED = 12;

export function skippedList(skipped: readonly SkippedPicture[]): Markup | undefined {
  if (skipped.length === 0) return undefined;
  const item = ({ image, code, message }: SkippedPicture): Markup =>
    html`<li><strong>${image}</strong> <code>${code}</code> ${message}</li>`;
  const rest = skipped.slice(MOST_SKIPPED);
  return html`<ul class="failures">${skipped.slice(0, MOST_SKIPPED).map(item)}</ul>${rest.length > 0 ? html`<details><summary>${counted(rest.length, "more picture")}</summary><ul class="failures">${rest.map(item)}</ul></details>` : undefined}`;
}
