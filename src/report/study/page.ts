/** @file The analysis of a study as one page: what explanations changed, for whom, on which pictures, and how sure that is. */
import { MEASURES, type NamedAnalysis } from "../../study/analysis.ts";
import { html, type Markup } from "../html/markup.ts";
import { type Page, page, sectionsOf } from "../html/page.ts";
import { chart, listOf, repeatOf, type Tile, tilesOf } from "../html/parts.ts";
import { PARTS_STYLE } from "../html/parts-style.ts";
import { definitions } from "../html/tables.ts";
import { counted, fixed, NOTHING, share, signed } from "../run/numbers.ts";
import { FIGURE_STYLE, studyFigure } from "./figure.ts";
import type { StudyPage } from "./input.ts";
import { binTable, participantTable, questionTable } from "./tables.ts";
import { correlationWords, headline, testWords, UNITS } from "./words.ts";

const STYLE = `${PARTS_STYLE}${FIGURE_STYLE}
.study{font-size:.8125rem}
.study th,.study td{padding:.3rem .6rem .3rem 0;vertical-align:middle}
.study tbody th,.study thead th[data-sort=text]:first-child{position:sticky;left:0;background:var(--paper);min-width:3rem;white-space:nowrap}
.study .group{border-left:1px solid var(--line);padding-left:.6rem}
.study .words{min-width:8rem}
.study .thumb{width:3rem;min-width:3rem}
.figure-7{display:grid;grid-template-columns:minmax(0,38rem) minmax(0,1fr);gap:1rem 2.5rem;align-items:start;margin-top:.8rem}
.figure-7 .chart{max-width:none;margin:0}
.keys .std{color:var(--c0);opacity:.3}.keys .mean{color:var(--c0)}.keys .interval{color:var(--c1)}.keys .who{color:var(--ink)}
.tests p{max-width:60rem}
.tests h3{margin-top:1.1rem}
@media (max-width:60rem){.figure-7{grid-template-columns:minmax(0,1fr)}}
@media (max-width:30rem){.figure-7 td,.figure-7 th{padding-right:.4rem;font-size:.8125rem}.figure-7 thead th{overflow-wrap:anywhere}}
`;

/** The page as UTF-8 HTML; without its script only the sorting is missing. */
export const studyReport = (input: StudyPage): Promise<string> => page(studyView(input));

export function studyView({ study, analysis, thumbnails, command }: StudyPage): Page {
  const { participants, complete, notes } = analysis;
  const left = participants.filter((p) => p.left_out !== null);
  return {
    title: `Study: ${study.title}`,
    heading: study.title,
    lead: `${counted(participants.length, "participant")}, ${complete} with both parts complete; ${counted(analysis.questions.length, "question")}, each asked twice`,
    style: STYLE,
    behaviours: ["sort"],
    main: html`<section class="verdict" aria-label="What came out"><p class="headline">${headline(analysis)}</p><p>${correlationWords(analysis.correlation)}</p>${tilesOf(tiles(study, analysis))}</section>
${sectionsOf([
  { id: "use", name: "Use and change", markup: useSection(analysis) },
  { id: "tests", name: "Tests", kind: "tests", markup: testSection(analysis) },
  { id: "participants", name: "Participants", markup: participantTable(analysis) },
  {
    id: "left-out",
    name: "Left out",
    markup: listOf([...left.map((p) => `${p.name}: ${p.left_out}.`), ...notes]),
  },
  { id: "questions", name: "Questions", markup: questionTable(analysis, thumbnails) },
  {
    id: "made",
    name: "How it was made",
    markup: html`${definitions(studyFacts({ study, analysis }))}${repeatOf("To repeat the analysis:", command)}`,
  },
])}`,
  };
}

function tiles(
  study: StudyPage["study"],
  { tests, complete, participants, mean_actions }: NamedAnalysis,
): readonly Tile[] {
  const change = (a: number | null, b: number | null): string =>
    a === null || b === null ? NOTHING : `${Math.round(100 * a)} to ${share(b)}`;
  const { score, accuracy, over_reliance } = tests;
  return [
    [`${complete} / ${participants.length}`, "participants complete"],
    [score.difference === null ? NOTHING : signed(score.difference, 1), "score B − score A, mean"],
    [change(accuracy.a, accuracy.b), "right answers, part A to B"],
    [change(over_reliance.a, over_reliance.b), "with the model when it is wrong, part A to B"],
    [mean_actions === null ? NOTHING : fixed(mean_actions.mean, 1), "actions, mean"],
    [
      share(study.actual_accuracy),
      study.stated_accuracy === null
        ? "the model right; nothing was said of it"
        : `the model right; ${share(study.stated_accuracy)} was said`,
    ],
  ];
}

function useSection(analysis: NamedAnalysis): Markup {
  const keys = html`<p class="keys"><i class="who"></i>participant<i class="mean"></i>mean<i class="std"></i>± standard deviation<i class="interval"></i>${share(analysis.settings.level)} interval of the mean</p>`;
  return html`<div class="figure-7">${chart("What explanations changed", "by how much they were used; above each bin its participants", studyFigure(analysis), keys)}<div>${binTable(analysis)}</div></div>`;
}

function testSection(analysis: NamedAnalysis): Markup {
  const tests = MEASURES.map(
    (m) => html`<h3>${UNITS[m].name}</h3>${testWords(m, analysis.tests[m]).map((line) => html`<p>${line}</p>`)}`,
  );
  return html`<p class="fine">Everyone sees part A first, so practice alone may change part B. The growth with use, and the pictures on which the model is wrong, tell help from habit. Four measures are tested: read single p-values with that in mind.</p>${tests}`;
}

/** How it was made, in reading order. */
export const studyFacts = ({
  study,
  analysis: { settings },
}: Pick<StudyPage, "study" | "analysis">): readonly (readonly [string, string])[] => [
  ...Object.entries(study.source).map(([name, value]) => [name.replaceAll("_", " "), String(value ?? "none")] as const),
  ["stated accuracy", study.stated_accuracy === null ? "none" : share(study.stated_accuracy)],
  ["actual accuracy", share(study.actual_accuracy)],
  ["seed of the study", String(study.seed)],
  ["bins", `${settings.binWidth} actions`],
  ["resamples", `${settings.resamples.toLocaleString("en-GB")}, seed ${settings.seed}`],
];
