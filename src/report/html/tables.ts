/** @file The tables of a report: predictions, methods, checks, ledgers, and how it was made. */
import type { Explanation, MethodFailure } from "../../explain.ts";
import type { Method } from "../../methods/method.ts";
import type { Ledger } from "../../rules/ledger.ts";
import { topClasses } from "../manifest.ts";
import { className, significant, targetName, valueText } from "../words.ts";
import { html, type Markup } from "./markup.ts";
import { region } from "./parts.ts";

type Labels = readonly string[] | undefined;

const TOP = 5;

/** The largest scores as bars, and every class that was asked for. Logits are shown with their softmax over all classes. */
export function predictionTable(explanation: Explanation, maps: readonly number[], labels: Labels): Markup {
  const scores = explanation.scores[maps[0] as number] as Float32Array;
  const asked = new Set(
    maps.flatMap((i) => {
      const { index, against } = explanation.targets[i] as Explanation["targets"][number];
      return against === undefined ? [index] : [index, against];
    }),
  );
  const top = topClasses(scores, labels, TOP).map((c) => c.index);
  const shown = [...new Set([...top, ...[...asked].sort((a, b) => (scores[b] as number) - (scores[a] as number))])];
  const logits = explanation.scoreKind === "logits";
  const shares = logits ? softmax(scores) : scores;
  const rows = shown.map((index) => {
    const share = Math.min(Math.max(shares[index] as number, 0), 1);
    const bar = html`<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/><rect class="fill" width="${significant(share * 100, 4)}" height="8"/></svg>`;
    return html`<tr${asked.has(index) ? html` class="asked"` : undefined}><th scope="row">${className(index, labels?.[index])}</th><td class="bar-cell">${bar}</td><td class="n">${percent(share)}</td>${logits ? html`<td class="n">${significant(scores[index] as number)}</td>` : undefined}</tr>`;
  });
  const head = logits
    ? html`<th scope="col" class="n">softmax</th><th scope="col" class="n">logit</th>`
    : html`<th scope="col" class="n">probability</th>`;
  return html`<table class="predictions"><caption>What the network says${logits ? `: logits, and their softmax over all ${scores.length} classes` : ""}</caption><thead><tr><th scope="col">class</th><td></td>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}

/** Softmax of the scores [classes], in double. */
export function softmax(scores: Float32Array): Float64Array {
  const top = scores.reduce((m, v) => Math.max(m, v), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(scores, (v) => Math.exp(v - top));
  const sum = powers.reduce((s, v) => s + v, 0);
  return powers.map((v) => v / sum);
}

export const percent = (share: number): string =>
  share > 0 && share < 0.0005 ? "< 0.1 %" : `${(100 * share).toFixed(1)} %`;

/** What a method is, its parameters, and the time it took. */
export function methodCard(explanation: Explanation, method: Method): Markup {
  const { layer, timings, params, seed } = explanation;
  const facts: readonly (readonly [string, string])[] = [
    ...Object.entries(params).map(([name, value]) => [name, valueText(value)] as const),
    ...(layer
      ? ([["layer", `${layer.name} (${layer.op}, ${layer.grid.join(" x ")}, ${layer.channels} channels)`]] as const)
      : []),
    ["seed", String(seed)],
    ["shape", `[${explanation.dims.join(", ")}]${explanation.signed ? ", signed" : ", not negative"}`],
    [
      "time",
      `${(timings.compileMs + timings.sessionMs).toFixed(0)} ms to prepare its graph, ${timings.runMs.toFixed(0)} ms to run it`,
    ],
  ];
  return html`<div class="card"><h3>${method.title} <span class="soft">${method.id}</span></h3><p class="soft">${method.source}</p>${definitions(facts)}</div>`;
}

export const definitions = (facts: readonly (readonly [string, string])[]): Markup =>
  html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;

/** What the checks of the methods mean; others speak by their name. */
const ABOUT: Readonly<Record<string, string>> = {
  convergence_delta: "sum of the map less the difference of the scores; 0 is exact",
  score_difference: "score of the image less score of the baseline, which the map shares out",
};

/** Every number that says how far a map can be trusted, a column for each target; undefined without any. */
export function checkTable(
  explanations: readonly Explanation[],
  maps: readonly number[],
  labels: Labels,
): Markup | undefined {
  const rows = explanations.flatMap((e) => {
    const names = [...new Set(maps.flatMap((i) => Object.keys(e.checks[i] ?? {})))];
    return names.map((name) => {
      const values = maps.map((i) => html`<td class="n">${significant(e.checks[i]?.[name] ?? Number.NaN)}</td>`);
      const about = ABOUT[name] ? html`<br><span class="soft">${ABOUT[name]}</span>` : undefined;
      return html`<tr><th scope="row">${e.method}: ${name.replaceAll("_", " ")}${about}</th>${values}</tr>`;
    });
  });
  const [first] = explanations;
  if (rows.length === 0 || first === undefined) return undefined;
  const heads = maps.map(
    (i) =>
      html`<th scope="col" class="n wrap">${targetName(first.targets[i] as Explanation["targets"][number], labels)}</th>`,
  );
  return region(
    "Checks",
    html`<table class="checks"><thead><tr><th scope="col">check</th>${heads}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** The accounts of every node, folded away; the sums stand in the summary. */
export function ledgerTable(ledger: Ledger, title: string): Markup {
  const sums = ledger.reduce(
    (s, e) => ({
      bias: s.bias + e.bias,
      stabilizer: s.stabilizer + e.stabilizer,
      dead: s.dead + e.dead,
      left: s.left + leftOf(e),
    }),
    { bias: 0, stabilizer: 0, dead: 0, left: 0 },
  );
  const cells = (values: readonly number[]): Markup =>
    html`${values.map((v) => html`<td class="n">${significant(v)}</td>`)}`;
  const rows = ledger.map(
    (e) =>
      html`<tr><th scope="row">${e.node}</th><td>${e.op}</td><td>${e.rule}</td>${cells([e.received, e.passed, e.bias, e.stabilizer, e.dead, leftOf(e)])}</tr>`,
  );
  const heads = ["received", "passed on", "bias", "stabiliser", "dead", "left"];
  return html`<details class="ledger"><summary>${title}: ${ledger.length} nodes, ${significant(sums.bias)} to biases, ${significant(sums.stabilizer)} to stabilisers, ${significant(sums.dead)} dead</summary>${region(`Ledger of ${title}`, html`<table><thead><tr><th scope="col">node</th><th scope="col">op</th><th scope="col">rule</th>${heads.map((h) => html`<th scope="col" class="n">${h}</th>`)}</tr></thead><tbody>${rows}</tbody><tfoot><tr><th scope="row" colspan="5">sum</th>${cells([sums.bias, sums.stabilizer, sums.dead, sums.left])}</tr></tfoot></table>`)}</details>`;
}

/** What the entries of an account do not explain. */
const leftOf = ({ received, passed, bias, stabilizer, dead }: Ledger[number]): number =>
  received - passed - bias - stabilizer - dead;

/** Notes, each once, with the methods it belongs to where it is not of all. */
export function noteList(explanations: readonly Explanation[]): Markup | undefined {
  const notes = [...new Set(explanations.flatMap((e) => e.notes))];
  if (notes.length === 0) return undefined;
  return html`<ul>${notes.map((note) => {
    const of = explanations.filter((e) => e.notes.includes(note)).map((e) => e.method);
    return html`<li>${of.length < explanations.length ? html`<strong>${of.join(", ")}:</strong> ` : undefined}${note}</li>`;
  })}</ul>`;
}

export const failureList = (failures: readonly MethodFailure[]): Markup | undefined =>
  failures.length === 0
    ? undefined
    : html`<div class="warning" role="note">${failures.map(({ method, error }) => html`<p><strong>${method} is missing</strong> (${error.code}): ${error.message}</p>`)}</div>`;
