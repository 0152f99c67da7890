/** @file Tables for the terminal: aligned columns, no colours, no line wider than asked. */
import { BASELINE_WORDS, BLIND, baselineOf } from "../../metrics/baselines.ts";
import type { PairedComparison } from "../../metrics/compare-runs.ts";
import type { Summary, SummaryCell } from "../../metrics/summary.ts";
import { significant } from "../words.ts";
import { byMethod, findingLine, findingsOf, PLAIN } from "./findings.ts";
import { decimalsFor, fixed, intervalText, meanText, NOTHING, share, signed } from "./numbers.ts";

export interface TextTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const GAP = 2;
const LONGEST_NAME = 28;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal must not be given
const plain = (text: string): string => text.replaceAll(/[\0-\x1f\x7f-\x9f]/g, "\ufffd");
const cut = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text);

/**
 * Lines of at most `width` characters, the first column to the left and the others to the right. Columns that do not fit go into a
 * further table below, with the first column again.
 */
export function textTable({ head, rows }: TextTable, width = 100): readonly string[] {
  const all = [head, ...rows].map((row) => head.map((_, i) => plain(row[i] ?? "")));
  const widest = (i: number, most: number): number =>
    Math.min(most, Math.max(...all.map((r) => (r[i] as string).length)));
  const first = widest(0, Math.min(LONGEST_NAME, width));
  const blocks: number[][] = [[]];
  let used = first;
  for (let i = 1; i < head.length; i++) {
    const needed = GAP + widest(i, width - first - GAP);
    if (used + needed > width && blocks.at(-1)?.length) {
      blocks.push([]);
      used = first;
    }
    blocks.at(-1)?.push(i);
    used += needed;
  }
  const line = (row: readonly string[], columns: readonly number[]): string =>
    [
      cut(row[0] as string, first).padEnd(first),
      ...columns.map((i) => {
        const room = widest(i, width - first - GAP);
        return " ".repeat(GAP) + cut(row[i] as string, room).padStart(room);
      }),
    ]
      .join("")
      .trimEnd();
  return blocks.flatMap((columns, b) => [
    ...(b > 0 ? [""] : []),
    ...all.flatMap((row, i) =>
      i === 0 ? [line(row, columns), "-".repeat(line(row, columns).length)] : [line(row, columns)],
    ),
  ]);
}

const ARROWS = { higher: "↑ higher is better", lower: "↓ lower is better", neither: "no direction" } as const;

/**
 * The summary of a run, a table for each variant of each metric, and what does not beat a baseline. `>random` is the share of images
 * on which a method is better than the random map; `!` where that does not prove it better.
 */
export function summaryText(summary: Summary, width = 100): readonly string[] {
  const variants = new Map<string, SummaryCell[]>();
  for (const cell of summary.cells) {
    const key = JSON.stringify([cell.metric, cell.variant]);
    variants.set(key, [...(variants.get(key) ?? []), cell]);
  }
  const tables = [...variants.values()].flatMap((cells) => [
    ...wrapped(`${cells[0]?.metric}, ${cells[0]?.variant}: ${ARROWS[cells[0]?.better ?? "neither"]}`, width),
    ...fittingTable(cells, width),
    "",
  ]);
  return [...tables, ...findingText(summary, width)];
}

/** What a standard error of a hundredth needs; fewer are not worth the room. */
const FEWEST_DECIMALS = 3;

/** With as many decimals as the uncertainty bears; fewer where that keeps the table in one piece. */
function fittingTable(cells: readonly SummaryCell[], width: number): readonly string[] {
  const most = decimalsFor(cells.map((c) => c.error));
  const drawn = (decimals: number): readonly string[] => textTable(variantTable(cells, decimals), width);
  const fewer = Array.from({ length: Math.max(most - FEWEST_DECIMALS, 0) + 1 }, (_, i) => most - i);
  return fewer.map(drawn).find((lines) => !lines.includes("")) ?? drawn(most);
}

function variantTable(cells: readonly SummaryCell[], decimals: number): TextTable {
  const own = [...cells.filter((c) => c.baseline === null)].sort((a, b) => (a.rank ?? 1e9) - (b.rank ?? 1e9));
  const present = BLIND.filter((b) => own.some((c) => c.against[b] !== undefined));
  const shown = [...own, ...cells.filter((c) => c.baseline !== null && c.baseline !== "inverted")];
  return {
    head: ["method", "mean ± s.e.", "95 % interval", "median", "images", ...present.map((b) => `>${b}`)],
    rows: shown.map((c) => [
      c.baseline === null ? c.method : `(${c.method})`,
      meanText(c.mean, c.error, decimals),
      intervalText(c.interval, decimals),
      fixed(c.median, decimals),
      c.excluded > 0 ? `${c.n}/${c.n + c.excluded}` : String(c.n),
      ...present.map((b) => {
        const versus = c.against[b];
        return versus === undefined ? "" : share(versus.rate) + (versus.verdict === "beats" ? " " : "!");
      }),
    ]),
  };
}

function findingText(summary: Summary, width: number): readonly string[] {
  const findings = findingsOf(summary);
  if (findings.methods.length === 0) return [];
  if (!PLAIN.some((b) => findings.present.includes(b)))
    return wrapped("No baselines in this run: nothing here says that a map is better than chance.", width);
  const said = byMethod(findings, summary).filter((f) => PLAIN.includes(f.baseline));
  const met = PLAIN.filter((b) => findings.present.includes(b)).map((b) => BASELINE_WORDS[b]);
  const lines =
    said.length === 0
      ? [`Every method beats ${met.join(" and ")} on every metric.`]
      : said.map((f) => `! ${findingLine(f)}`);
  return lines.flatMap((l) => wrapped(l, width));
}

/** A comparison of two runs. */
export function comparisonText({ cells }: PairedComparison, width = 100): readonly string[] {
  const decimals = decimalsFor(cells.map((c) => c.error));
  const own = cells.filter((c) => baselineOf(c.method) !== "inverted");
  return textTable(
    {
      head: [
        "metric, variant, method",
        "first",
        "second",
        "difference",
        "95 % interval",
        "p (t)",
        "p (W)",
        "p adj.",
        "pairs",
        "unpaired",
      ],
      rows: own.map((c) => [
        `${c.metric}, ${c.variant}, ${c.method}`,
        fixed(c.first, decimals),
        fixed(c.second, decimals),
        c.difference === null ? NOTHING : signed(c.difference, decimals),
        intervalText(c.interval, decimals),
        pText(c.t?.p),
        pText(c.wilcoxon?.p),
        pText(c.adjusted ?? undefined),
        String(c.pairs),
        String(Object.values(c.unpaired).reduce((s, n) => s + n, 0)),
      ]),
    },
    width,
  );
}

const pText = (p: number | undefined): string => (p === undefined ? NOTHING : p < 1e-4 ? "<1e-4" : significant(p, 2));

/** Words on lines of at most `width`, continued lines set in by two. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of plain(text).split(" ")) {
    const next = line === "" ? word : `${line} ${word}`;
    if (next.length > width && line.trim() !== "") {
      lines.push(line);
      line = `  ${word}`;
    } else line = next;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = `  ${line.slice(width)}`;
    }
  }
  return [...lines, line];
}
