/** @file The tables of a study: bins, participants, questions. */
import type { NamedAnalysis, NamedResult } from "../../study/analysis.ts";
import { binName } from "../../study/bins.ts";
import type { QuestionResult } from "../../study/questions.ts";
import { html, type Markup } from "../html/markup.ts";
import { pngSource, region } from "../html/parts.ts";
import { fixed, intervalText, meanText, NOTHING, share, signed } from "../run/numbers.ts";
import type { StudyPage } from "./input.ts";

const cell = (value: number | null, text: string): Markup =>
  html`<td class="n"${value === null ? undefined : html` data-v="${value}"`}>${value === null ? NOTHING : text}</td>`;
const number = (value: number | null, decimals = 0): Markup => cell(value, fixed(value, decimals));
const part = (value: number | null): Markup => cell(value, share(value));
const head = (text: string, kind = "higher"): Markup =>
  html`<th scope="col" class="n" data-sort="${kind}">${text}</th>`;
const both = html`<th scope="col" class="n" data-sort="higher">A</th><th scope="col" class="n" data-sort="higher">B</th>`;
const group = (text: string, span: number): Markup =>
  html`<th scope="colgroup" colspan="${span}" class="group">${text}</th>`;

export function binTable({ bins }: NamedAnalysis): Markup {
  const rows = bins.map(
    (bin) =>
      html`<tr><th scope="row">${binName(bin)}</th><td class="n">${bin.count}</td><td class="n">${bin.count === 0 ? "empty" : meanText(bin.mean, bin.std, 1)}</td><td class="n">${intervalText(bin.interval, 1)}</td></tr>`,
  );
  return html`<table class="plain"><thead><tr><th scope="col">actions</th><th scope="col" class="n">participants</th><th scope="col" class="n">mean ± std</th><th scope="col" class="n">interval of the mean</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function participantRow({ name, parts: { A, B }, difference, actions, left_out }: NamedResult): Markup {
  const change = cell(difference, signed(difference ?? 0, 0));
  return html`<tr><th scope="row">${name}</th>${number(A.score)}${number(B.score)}${change}${part(A.accuracy)}${part(B.accuracy)}${part(A.agreement)}${part(B.agreement)}${part(A.over_reliance)}${part(B.over_reliance)}${number(actions.total)}${number(actions.similar)}${number(actions["heat-map"])}${number(actions.zoom)}${number(A.seconds, 1)}${number(B.seconds, 1)}<td class="words">${left_out === null ? "" : `left out: ${left_out}`}</td></tr>`;
}

export function participantTable({ participants }: NamedAnalysis): Markup | undefined {
  if (participants.length === 0) return undefined;
  return region(
    "Participants",
    html`<table class="plain wide study sortable"><thead><tr><td></td>${group("score", 3)}${group("right", 2)}${group("with the model", 2)}${group("with it when wrong", 2)}${group("actions", 4)}${group("seconds", 2)}<td></td></tr><tr><th scope="col" data-sort="text">participant</th>${both}${head("B − A")}${both}${both}${both}${head("all")}${head("similar")}${head("heat map")}${head("zoom")}${both}<th scope="col" data-sort="text">remark</th></tr></thead><tbody>${participants.map(participantRow)}</tbody></table>`,
    html`Shares of all answers of a part; “not sure” is on no side. Seconds: median to an answer. Names stand for codes by their place in <code>codes.csv</code>.`,
  );
}

export function questionTable({ questions }: NamedAnalysis, thumbnails: StudyPage["thumbnails"]): Markup | undefined {
  if (questions.length === 0) return undefined;
  const pictures = new Map(thumbnails?.map(({ question, png }) => [question, png]));
  const row = (q: QuestionResult): Markup => {
    const png = pictures.get(q.id);
    const picture = thumbnails
      ? html`<td class="thumb">${png && html`<img src="${pngSource(png)}" alt="" loading="lazy">`}</td>`
      : undefined;
    const said = q.sides[q.prediction];
    const { A, B } = q.parts;
    const gain = A.right === null || B.right === null ? null : B.right - A.right;
    return html`<tr><th scope="row">${q.id}</th>${picture}<td class="words">${q.sides[q.truth]}</td><td class="words${q.model_right ? "" : " loses"}">${said} <span class="not">${share(q.probability)}${q.model_right ? "" : ", wrong"}</span></td>${part(q.difficulty)}${part(A.right)}${part(B.right)}${cell(gain, `${signed(100 * (gain ?? 0), 0)} %`)}${number(A.score, 2)}${number(B.score, 2)}${number(q.actions.total)}${number(q.actions.similar)}${number(q.actions["heat-map"])}${number(q.actions.zoom)}${cell(A.answers + B.answers, `${A.answers} / ${B.answers}`)}</tr>`;
  };
  return region(
    "Questions",
    html`<table class="plain wide study sortable"><thead><tr><td></td>${thumbnails ? html`<td></td>` : undefined}<td></td><td></td><td></td>${group("right", 3)}${group("mean score", 2)}${group("help used", 4)}<td></td></tr><tr><th scope="col" data-sort="text">question</th>${thumbnails ? html`<th scope="col">picture</th>` : undefined}<th scope="col" data-sort="text">truth</th><th scope="col" data-sort="text">the model</th>${head("difficulty")}${both}${head("B − A")}${both}${head("all")}${head("similar")}${head("heat map")}${head("zoom")}${head("answers A / B")}</tr></thead><tbody>${questions.map(row)}</tbody></table>`,
    html`Difficulty: share of answers in part A that are not right. Over all participants, those who have not finished included.`,
  );
}
