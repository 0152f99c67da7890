/** @file `study analyse` as a job: the records of a study as a page, a figure, tables and one document. */
import { decodeImage } from "#decode";
import { files } from "#files";
import { writeCsv } from "../formats/csv.ts";
import { writeTable } from "../formats/parquet-write.ts";
import { type Table, tableOfRows } from "../formats/table.ts";
import { encodePng } from "../image/png.ts";
import { resize } from "../image/resize.ts";
import type { Bundle } from "../report/bundle.ts";
import { studySvg } from "../report/study/figure.ts";
import type { StudyPage } from "../report/study/input.ts";
import { studyReport } from "../report/study/page.ts";
import { studyPng } from "../report/study/raster.ts";
import { type AnalysisOptions, analyseStudy, type StudyAnalysis, withoutCodes } from "../study/analysis.ts";
import { codesIn, participantName } from "../study/codes.ts";
import { studyIn } from "../study/read.ts";
import { scoreOf } from "../study/scores.ts";
import { PARTS, type Study, type StudyRecords } from "../study/study.ts";
import { jsonBytes, keptBy } from "./kept-files.ts";
import { PAGE_FILE, packPage } from "./run-page-file.ts";

/** Of the folder, as pages of runs name it. */
const STUDY_KIND = "study analyse";

const { bytesOf } = keptBy("`onnxplain study new`");
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = async (folder: string, name: string): Promise<string> =>
  new TextDecoder().decode(await bytesOf(folder, name));

/** The study of a folder. Throws `E_FILE`. */
export const openStudy = async (folder: string): Promise<Study> =>
  studyIn(await textOf(folder, "study.json"), files.join(folder, "study.json"));

/** Participants in the order of the folder's codes, and what each is called: the same, whoever else is taken out. Codes of later come after. */
export async function inOrderOfCodes(
  folder: string,
  records: StudyRecords,
): Promise<{ readonly records: StudyRecords; readonly names: ReadonlyMap<string, string> }> {
  const csv = await files.read(files.join(folder, "codes.csv"));
  const listed = csv === undefined ? [] : codesIn(new TextDecoder().decode(csv));
  const codes = [...new Set([...listed, ...records.participants.map((p) => p.code)])];
  const places = new Map(codes.map((code, i) => [code, i]));
  const placeOf = ({ code }: { readonly code: string }): number => places.get(code) as number;
  return {
    records: { ...records, participants: [...records.participants].sort((a, b) => placeOf(a) - placeOf(b)) },
    names: new Map(codes.map((code, i) => [code, participantName(i, codes.length)])),
  };
}

export interface StudyFilesOptions {
  readonly command?: string | undefined;
  /** The tables as CSV too. */
  readonly csv?: boolean | undefined;
  readonly thumbnails?: ReadonlyMap<string, Uint8Array> | undefined;
}

export interface AnalysedStudy {
  readonly study: Study;
  readonly records: StudyRecords;
  readonly analysis: StudyAnalysis;
}

export const analysed = (
  study: Study,
  records: StudyRecords,
  options?: AnalysisOptions,
  names?: ReadonlyMap<string, string>,
): AnalysedStudy => ({ study, records, analysis: analyseStudy(study, records, options, names) });

const studyInputOf = (
  { study, analysis }: Pick<AnalysedStudy, "study" | "analysis">,
  { command, thumbnails }: Pick<StudyFilesOptions, "command" | "thumbnails">,
): StudyPage => {
  const { title, stated_accuracy, actual_accuracy, seed, source } = study;
  return {
    study: { title, stated_accuracy, actual_accuracy, seed, source },
    analysis: withoutCodes(analysis),
    thumbnails: thumbnails && [...thumbnails].map(([question, png]) => ({ question, png })),
    command,
  };
};

/** `report.html`, its input as `page.safetensors`, `figure.svg`, `figure.png`, `participants`, `answers`, `actions` as Parquet (and CSV), `analysis.json`; no codes in any of them. */
export async function analysisFiles(
  { study, records, analysis }: AnalysedStudy,
  { command, csv = false, thumbnails }: StudyFilesOptions = {},
): Promise<Bundle> {
  const tables = Object.entries(analysisTables({ study, records, analysis }));
  const input = studyInputOf({ study, analysis }, { command, thumbnails });
  return new Map([
    ["report.html", utf8(await studyReport(input))],
    [PAGE_FILE, packPage(STUDY_KIND, input)],
    ["figure.svg", utf8(studySvg(analysis))],
    ["figure.png", await encodePng(studyPng(analysis))],
    ...tables.map(([name, table]) => [`${name}.parquet`, writeTable(table)] as const),
    ...(csv ? tables.map(([name, table]) => [`${name}.csv`, utf8(writeCsv(table))] as const) : []),
    ["analysis.json", jsonBytes(analysisDocument(study, analysis))],
  ]);
}

/** The analysis without codes, and the settings of the study that it is of. */
export const analysisDocument = (study: Study, analysis: StudyAnalysis) => ({
  schema_version: 1,
  study: {
    title: study.title,
    questions: study.questions.length,
    seed: study.seed,
    stated_accuracy: study.stated_accuracy,
    actual_accuracy: study.actual_accuracy,
    source: study.source,
  },
  ...withoutCodes(analysis),
});

/** A row each: participants by part, answers, actions. Times are ISO 8601 in UTC. */
export function analysisTables({ study, records, analysis }: AnalysedStudy): Readonly<Record<string, Table>> {
  const names = new Map(analysis.participants.map((p) => [p.code, p.name]));
  const byId = new Map(study.questions.map((q) => [q.id, q]));
  const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  const started = new Map(records.participants.map((p) => [p.code, p]));
  const places = new Map(
    records.participants.flatMap(({ code, orders }) =>
      PARTS.flatMap((part) => orders[part].map((id, i) => [JSON.stringify([code, part, id]), i + 1] as const)),
    ),
  );
  return {
    participants: tableOfRows(
      analysis.participants.map(({ code, name, parts: { A, B }, difference, actions, left_out }) => ({
        participant: name,
        consented_at: time(started.get(code)?.consented_at ?? null),
        finished_at: time(started.get(code)?.finished_at ?? null),
        answered_a: A.answered,
        answered_b: B.answered,
        score_a: A.score,
        score_b: B.score,
        difference,
        accuracy_a: A.accuracy,
        accuracy_b: B.accuracy,
        agreement_a: A.agreement,
        agreement_b: B.agreement,
        over_reliance_a: A.over_reliance,
        over_reliance_b: B.over_reliance,
        unsure_a: A.unsure,
        unsure_b: B.unsure,
        seconds_a: A.seconds,
        seconds_b: B.seconds,
        actions: actions.total,
        actions_similar: actions.similar,
        actions_heat_map: actions["heat-map"],
        actions_zoom: actions.zoom,
        left_out,
      })),
      {
        participant: "string",
        consented_at: "string",
        finished_at: "string",
        answered_a: "int",
        answered_b: "int",
        score_a: "int",
        score_b: "int",
        difference: "int",
        accuracy_a: "double",
        accuracy_b: "double",
        agreement_a: "double",
        agreement_b: "double",
        over_reliance_a: "double",
        over_reliance_b: "double",
        unsure_a: "int",
        unsure_b: "int",
        seconds_a: "double",
        seconds_b: "double",
        actions: "int",
        actions_similar: "int",
        actions_heat_map: "int",
        actions_zoom: "int",
        left_out: "string",
      },
    ),
    answers: tableOfRows(
      records.answers.flatMap(({ code, part, question: id, level, answered_at, took_ms }) => {
        const [participant, question] = [names.get(code), byId.get(id)];
        if (participant === undefined || question === undefined) return [];
        return [
          {
            participant,
            part,
            question: id,
            place: places.get(JSON.stringify([code, part, id])) ?? null,
            level,
            score: scoreOf(level, question),
            truth: question.sides[question.truth],
            prediction: question.sides[question.prediction],
            model_right: question.truth === question.prediction,
            answered_at: time(answered_at),
            took_ms,
          },
        ];
      }),
      {
        participant: "string",
        part: "string",
        question: "string",
        place: "int",
        level: "int",
        score: "int",
        truth: "string",
        prediction: "string",
        model_right: "boolean",
        answered_at: "string",
        took_ms: "double",
      },
    ),
    actions: tableOfRows(
      records.actions.flatMap(({ code, question, action, at, after_ms }) => {
        const participant = names.get(code);
        return participant === undefined ? [] : [{ participant, question, action, at: time(at), after_ms }];
      }),
      { participant: "string", question: "string", action: "string", at: "string", after_ms: "double" },
    ),
  };
}

const THUMBNAIL = 96;

/** Small pictures of the questions of a folder; those that cannot be read are missing. */
export async function thumbnailsOf(folder: string, { questions }: Study): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const { id, picture } of questions) {
    const bytes = await files.read(files.join(files.join(folder, "pictures"), picture));
    const image = bytes && (await decodeImage(bytes, picture).catch(() => undefined));
    if (image === undefined) continue;
    const factor = Math.min(1, THUMBNAIL / Math.max(image.width, image.height));
    const side = (pixels: number): number => Math.max(1, Math.round(pixels * factor));
    const small = resize(image, { width: side(image.width), height: side(image.height), resample: "bilinear" });
    found.set(id, await encodePng(small));
  }
  return found;
}
