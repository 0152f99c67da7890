/** @file The report: one HTML file that holds everything, asks for nothing, and can be read without its script. */
import { runtimeVersion } from "#ort";
import { OnnxplainError } from "../../errors.ts";
import type { Explanation, Explanations } from "../../explain.ts";
import type { Explainer } from "../../explainer.ts";
import { findMethod } from "../../methods/table.ts";
import { VERSION } from "../../version.ts";
import { scoreText, targetName, valueText } from "../words.ts";
import {
  colormapDefinition,
  type FigureOptions,
  isGrainy,
  mapFigure,
  pictureDefinition,
  pictureId,
} from "./figures.ts";
import { html, type Markup } from "./markup.ts";
import { type Page, page } from "./page.ts";
import { repeatOf } from "./parts.ts";
import {
  checkTable,
  definitions,
  failureList,
  ledgerTable,
  methodCard,
  noteList,
  percent,
  predictionTable,
  softmax,
} from "./tables.ts";

/** One input of a report: its name, and what was explained of it. */
export interface ReportSubject extends Explanations {
  readonly image: string;
}

/** What a report says of a model; an explainer is one. */
export interface ReportModel extends Pick<Explainer, "labels" | "digest"> {
  readonly source: {
    readonly name: string;
    readonly model: { readonly opset: number; readonly producer: string };
  };
}

export interface ReportContext {
  readonly model: ReportModel;
  /** The command line that made the report, to be read and repeated. */
  readonly command?: string | undefined;
  readonly picture?: FigureOptions | undefined;
}

/** The report as UTF-8 HTML; throws as {@link reportView}. */
export const htmlReport = async (subjects: readonly ReportSubject[], context: ReportContext): Promise<string> =>
  page(await reportView(subjects, context));

/** Predictions, maps with their scales, parameters, checks, notes and provenance. Throws `E_PARAM` for an opacity outside 0…1. */
export async function reportView(subjects: readonly ReportSubject[], context: ReportContext): Promise<Page> {
  const articles: Article[] = [];
  for (const subject of subjects) articles.push(...(await articlesOf(subject, articles.length, context)));
  const methods = [...new Set(articles.flatMap((a) => a.methods))];
  const heat = context.picture?.alpha ?? HEAT;
  if (!(heat >= 0 && heat <= 1)) throw new OnnxplainError("E_PARAM", `Expected \`alpha\` to be in 0…1, got ${heat}.`);
  const style = `:root,:host{--heat:${heat}}${methods.map((_, i) => hideRule(i)).join("")}`;
  const title = titleOf(subjects, context.model.labels);
  const colours = [...new Set(articles.flatMap((a) => a.colours))].map(colormapDefinition);
  return {
    title,
    heading: title,
    lead: leadOf(subjects, context),
    style,
    behaviours: ["opacity", "probe"],
    definitions: [...colours, ...articles.map((a) => a.definition)],
    main: html`${controls(articles, methods, heat)}
${articles.map((a) => a.markup)}
${methodSection(subjects)}
${await makingSection(subjects, context)}`,
    remark: "Maps are raw and signed; each has its own colour scale, printed below it.",
  };
}

const hideRule = (method: number): string => `:has(#show-${method}:not(:checked)) .m${method}{display:none}`;

function titleOf(subjects: readonly ReportSubject[], labels: readonly string[] | undefined): string {
  const first = subjects[0]?.explanations[0];
  const [target] = first?.targets ?? [];
  if (subjects.length !== 1 || target === undefined) return "Why did the network decide so?";
  const name = (index: number, label = labels?.[index]): string => label?.split(",")[0] ?? `class ${index}`;
  const own = name(target.index, target.label);
  return target.against === undefined ? `Why “${own}”?` : `Why “${own}” rather than “${name(target.against)}”?`;
}

function leadOf(subjects: readonly ReportSubject[], { model }: ReportContext): string {
  const methods = [...new Set(subjects.flatMap((s) => s.explanations.map((e) => e.method)))];
  const images = subjects.length === 1 ? (subjects[0]?.image ?? "") : `${subjects.length} images`;
  return `${images}, explained for ${shortName(model.source.name)} by ${methods.join(", ")}`;
}

/** The folder or file that a model is known by. */
const shortName = (name: string): string =>
  name
    .replaceAll("\\", "/")
    .replace(/(\/onnx)?\/model\.onnx$/, "")
    .split("/")
    .filter(Boolean)
    .at(-1) ?? name;

/** Opacity of the maps at first, unless told. */
const HEAT = 0.85;

/** The slider needs the script and stays hidden without it; the choices are CSS alone. */
function controls(articles: readonly Article[], methods: readonly string[], heat: number): Markup {
  const percents = Math.round(100 * heat);
  const slider = articles.some((a) => a.hasPicture)
    ? html`<label class="slider" hidden>Heat map <input type="range" min="0" max="100" value="${percents}" aria-label="Opacity of the heat maps over the picture"><output>${percents} %</output></label>`
    : undefined;
  const under = articles.some((a) => a.hasPicture)
    ? html`<label class="under-choice"><input type="checkbox" id="show-picture" checked>Picture</label>`
    : undefined;
  const choice =
    methods.length > 1
      ? html`<fieldset class="choice"><legend>Methods</legend>${methods.map((m, i) => html`<label><input type="checkbox" id="show-${i}" checked>${m}</label>`)}</fieldset>`
      : undefined;
  return html`<div class="controls">${slider}${under}${choice}</div>`;
}

interface Article {
  readonly markup: Markup;
  readonly definition: Markup | undefined;
  readonly hasPicture: boolean;
  readonly methods: readonly string[];
  readonly colours: readonly Parameters<typeof colormapDefinition>[0][];
}

/** Methods that stand in one row on a wide screen, at most. */
const WIDEST = 6;

/** An article for each image; a tensor may hold several. */
async function articlesOf(subject: ReportSubject, before: number, context: ReportContext): Promise<readonly Article[]> {
  const first = subject.explanations[0] as Explanation;
  const each = first.targets.length / first.images;
  const out: Article[] = [];
  for (let image = 0; image < first.images; image++) {
    const maps = Array.from({ length: each }, (_, t) => image * each + t);
    const name = first.images === 1 ? subject.image : `${subject.image}, image ${image + 1} of ${first.images}`;
    out.push(await articleOf(subject, { name, maps, number: before + image }, context));
  }
  return out;
}

interface Place {
  readonly name: string;
  /** Indices of this image's maps. */
  readonly maps: readonly number[];
  readonly number: number;
}

async function articleOf(
  { explanations, failures }: ReportSubject,
  { name, maps, number }: Place,
  { model, picture: options = {} }: ReportContext,
): Promise<Article> {
  const { labels } = model;
  const first = explanations[0] as Explanation;
  const { picture } = first;
  const colours = new Set<Parameters<typeof colormapDefinition>[0]>();
  const sections: Markup[] = [];
  for (const index of maps) {
    const what = targetName(first.targets[index] as Explanation["targets"][number], labels);
    const figures: Markup[] = [];
    for (const [method, e] of explanations.entries()) {
      const { markup, cmap } = await mapFigure(e, { index, picture: number, method, what, options });
      figures.push(markup);
      colours.add(cmap);
    }
    sections.push(
      html`<section><h2>${what}</h2><p class="soft">${scoreText(first, index)}${shareText(first, index)}</p><div class="grid c${Math.min(explanations.length, WIDEST + 1)}">${figures}</div></section>`,
    );
  }
  const seen = picture
    ? html`<figure><svg class="picture" viewBox="0 0 ${picture.width} ${picture.height}" role="img" aria-label="${name}, as the network saw it"><use href="#${pictureId(number)}"/></svg><figcaption>${name}: what the network saw, ${picture.width} x ${picture.height} pixels</figcaption></figure>`
    : undefined;
  const checks = checkTable(explanations, maps, labels);
  const ledgers = explanations.flatMap((e) =>
    e.ledgers.length !== e.targets.length
      ? []
      : maps.map((i) =>
          ledgerTable(
            e.ledgers[i] ?? [],
            `${e.method}, ${targetName(e.targets[i] as Explanation["targets"][number], labels)}`,
          ),
        ),
  );
  const notes = noteList(explanations);
  return {
    definition: picture && (await pictureDefinition(picture, number)),
    hasPicture: picture !== undefined,
    methods: explanations.map((e) => e.method),
    colours: [...colours],
    markup: html`<article aria-label="${name}">
<div class="seen${picture ? "" : " blind"}${picture && isGrainy(picture) ? " grainy" : ""}">${seen}<div>${picture ? undefined : html`<p class="soft">${name}: a tensor, fed as it is.</p>`}${predictionTable(first, maps, labels)}</div></div>
${failureList(failures)}
${sections}
${checks ? html`<section><h2>Checks</h2><p class="soft">How far the maps can be trusted, in the units of the score.</p>${checks}</section>` : undefined}
${ledgers.length > 0 ? html`<section><h2>Conservation ledgers</h2><p class="soft">Relevance that every node received and passed on, and where the difference went.</p>${ledgers}</section>` : undefined}
${notes ? html`<section><h2>Notes</h2>${notes}</section>` : undefined}
</article>`,
  };
}

/** The share of the softmax, where there is one class with a logit. */
function shareText({ scoreKind, targets, scores }: Explanation, i: number): string {
  const { index, against } = targets[i] as Explanation["targets"][number];
  if (scoreKind !== "logits" || against !== undefined) return "";
  return `, ${percent(softmax(scores[i] as Float32Array)[index] as number)} of the softmax`;
}

/** Each method with its parameters, once for all images that agree. */
function methodSection(subjects: readonly ReportSubject[]): Markup {
  const known = new Map<string, Explanation>();
  for (const e of subjects.flatMap((s) => s.explanations)) {
    const key = `${e.method} ${valueText(e.params)} ${e.layer?.name}`;
    if (!known.has(key)) known.set(key, e);
  }
  return html`<section><h2>Methods</h2><div class="cards">${[...known.values()].map((e) => methodCard(e, findMethod(e.method)))}</div></section>`;
}

async function makingSection(subjects: readonly ReportSubject[], { model, command }: ReportContext): Promise<Markup> {
  const { name, model: read } = model.source;
  const first = subjects[0]?.explanations[0];
  const spec = first?.preprocessing;
  const facts: readonly (readonly [string, string])[] = [
    ["model", name],
    ["SHA-256", await model.digest()],
    ["opset", `${read.opset}${read.producer ? `, written by ${read.producer}` : ""}`],
    ...(spec ? [["preprocessing", preprocessingText(spec)] as const] : []),
    ["device", first?.device ?? ""],
    ["versions", `onnxplain ${VERSION}, ${await runtimeVersion()}`],
  ];
  return html`<section><h2>How it was made</h2>${definitions(facts)}${repeatOf("To make this report again:", command)}</section>`;
}

function preprocessingText(spec: NonNullable<Explanation["preprocessing"]>): string {
  return Object.entries(spec)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === "object" && !Array.isArray(value) ? JSON.stringify(value) : valueText(value)}`,
    )
    .join("; ");
}
