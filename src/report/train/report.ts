/** @file The report of a training: one HTML file that says first how good the network is, then how it came to be. */
import { html, type Markup } from "../html/markup.ts";
import { type Page, page, sectionsOf } from "../html/page.ts";
import { listOf, plotsOf, repeatOf, type Tile, tilesOf } from "../html/parts.ts";
import { PARTS_STYLE } from "../html/parts-style.ts";
import { definitions } from "../html/tables.ts";
import { counted } from "../run/numbers.ts";
import { significant } from "../words.ts";
import { trainingCurves } from "./curves.ts";
import type { TrainingEnd, TrainingReport } from "./input.ts";
import { TRAIN_STYLE } from "./style.ts";
import { checkpointTable, classTable, confusionTable, percentage, resultTable, skippedList } from "./tables.ts";

/** The report as UTF-8 HTML; without its script only the sorting is missing. */
export const trainingReport = (report: TrainingReport): Promise<string> => page(trainingView(report));

/** How good the network is, then how it came to be. */
export function trainingView(report: TrainingReport): Page {
  const { facts } = report;
  return {
    title: `Training of ${facts.network} on ${facts.data}`,
    heading: `Training of ${facts.network}`,
    lead: leadOf(report),
    style: `${PARTS_STYLE}${TRAIN_STYLE}`,
    behaviours: ["sort"],
    main: html`${verdictSection(report)}
${sectionsOf([
  { id: "curves", name: "Curves", markup: plotsOf(trainingCurves(report)) },
  { id: "results", name: "Results", markup: resultTable(report.results) },
  { id: "classes", name: "Classes", markup: classSection(report) },
  { id: "checkpoints", name: "Checkpoints", markup: checkpointTable(report) },
  { id: "skipped", name: "Skipped pictures", markup: skippedList(report.skipped) },
  { id: "made", name: "How it was made", markup: makingSection(report) },
])}`,
  };
}

const stepsOf = ({ steps, epochs }: TrainingReport): number =>
  Math.max(steps.at(-1)?.step ?? 0, epochs.at(-1)?.step ?? 0);

function leadOf(report: TrainingReport): string {
  const { data, splits } = report.facts;
  const pictures = splits.map(([split, n]) => `${n.toLocaleString("en-GB")} ${split}`).join(", ");
  return `on ${data}${pictures === "" ? "" : `: ${pictures}`}`;
}

const ENDS: Readonly<Record<TrainingEnd["kind"], { readonly bad: boolean; readonly words: string }>> = {
  finished: { bad: false, words: "" },
  early: { bad: false, words: "Stopped early." },
  interrupted: { bad: true, words: "Interrupted before its end." },
  diverged: { bad: true, words: "The training diverged." },
};

function verdictSection(report: TrainingReport): Markup {
  const { end, results, facts, skipped } = report;
  const { bad, words } = ENDS[end.kind];
  const [first] = results;
  const [name, value] = first?.measures[0] ?? [report.measure, null];
  const measured = first !== undefined && value !== null;
  const headline = measured
    ? html`<b>${percentage(value)}</b> ${name} on ${counted(first.pictures, "picture")} of the ${first.split} split.`
    : html`${bad ? words : "Nothing was measured."}`;
  const said = [measured || !bad ? words : "", end.message ?? ""].filter((s) => s !== "").join(" ");
  const steps = stepsOf(report);
  const tiles: readonly Tile[] = [
    [significant(steps / facts.stepsAnEpoch, 3), "epochs"],
    [steps.toLocaleString("en-GB"), "steps"],
    [duration(facts.seconds), "time"],
    [
      facts.parameters.toLocaleString("en-GB"),
      `trained weights${facts.frozen ? `, ${facts.frozen.toLocaleString("en-GB")} frozen` : ""}`,
    ],
    ...(skipped.length > 0
      ? ([
          [skipped.length.toLocaleString("en-GB"), skipped.length === 1 ? "picture skipped" : "pictures skipped"],
        ] as const)
      : []),
  ];
  return html`<section class="verdict${bad ? " bad" : ""}" aria-label="How good it is"><p class="headline">${headline}</p>${said === "" ? undefined : html`<p>${said}</p>`}${tilesOf(tiles)}</section>`;
}

/** `8 min 12 s`, `2 h 5 min`, `41.2 s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${significant(seconds, 3)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function classSection({ classes, labels }: TrainingReport): Markup | undefined {
  if (classes === undefined) return undefined;
  const about =
    classes.kind === "single"
      ? "Recall: share of a class's pictures that are named so; precision: share of the pictures named so that are of it."
      : "A class is called present where its score is above the threshold, at which misses and false alarms are equally frequent.";
  return html`<p class="fine">On the ${classes.split} split. ${about}</p>${classTable(classes, labels)}${classes.kind === "single" ? html`<h3>What is taken for what</h3>${confusionTable(classes.tally, labels)}` : undefined}`;
}

function makingSection({ facts }: TrainingReport): Markup {
  const settings: readonly (readonly [string, string])[] = [
    ["network", facts.network],
    ["data", facts.data],
    ...facts.settings,
  ];
  return html`${definitions(settings)}${listOf(facts.notes)}${repeatOf("To repeat the training:", facts.command)}`;
}
