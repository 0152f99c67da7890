/** @file Shape of the report of a study. */
import type { StudyPage } from "../report/study/input.ts";
import type { NamedAnalysis, NamedResult, PartResult, StudyAnalysis } from "../study/analysis.ts";
import type { Bin } from "../study/bins.ts";
import type { Counts } from "../study/done.ts";
import type { PairedTest } from "../study/paired.ts";
import type { QuestionPart, QuestionResult } from "../study/questions.ts";
import {
  bytes,
  count,
  entries,
  flag,
  list,
  maybe,
  nullable,
  oneOf,
  optional,
  pair,
  real,
  record,
  type Shape,
  text,
  where,
} from "./run-page-shape.ts";

const interval = nullable(pair(real, real));
const either = where(count, (v) => v <= 1, "is neither 0 nor 1");
const side: Shape<0 | 1> = (value, at, reading) => (either(value, at, reading) === 0 ? 0 : 1);
const plain: Shape<string | number | null> = (value, at, reading) =>
  typeof value === "string" ? value : maybe(value, at, reading);

const actions: Shape<Counts> = record<Counts>({ total: count, similar: count, "heat-map": count, zoom: count });

const part: Shape<PartResult> = record<PartResult>({
  answered: count,
  unsure: count,
  seconds: maybe,
  score: maybe,
  accuracy: maybe,
  agreement: maybe,
  over_reliance: maybe,
});
const participant: Shape<NamedResult> = record<NamedResult>({
  name: text,
  parts: record<NamedResult["parts"]>({ A: part, B: part }),
  difference: maybe,
  actions,
  left_out: nullable(text),
});

const questionPart: Shape<QuestionPart> = record<QuestionPart>({
  answers: count,
  right: maybe,
  score: maybe,
  seconds: maybe,
});
const question: Shape<QuestionResult> = record<QuestionResult>({
  id: text,
  sides: pair(text, text),
  truth: side,
  prediction: side,
  probability: real,
  model_right: flag,
  parts: record<QuestionResult["parts"]>({ A: questionPart, B: questionPart }),
  difficulty: maybe,
  actions,
});

const test: Shape<PairedTest> = record<PairedTest>({
  pairs: count,
  a: maybe,
  b: maybe,
  difference: maybe,
  std: maybe,
  interval,
  effect: maybe,
  higher: count,
  lower: count,
  equal: count,
  wilcoxon: nullable(
    record<NonNullable<PairedTest["wilcoxon"]>>({ w: real, p: real, n: count, by: oneOf("exact", "normal") }),
  ),
  t: nullable(record<NonNullable<PairedTest["t"]>>({ t: maybe, p: real })),
});

const analysis: Shape<NamedAnalysis> = record<NamedAnalysis>({
  participants: list(participant),
  questions: list(question),
  complete: count,
  bins: list(record<Bin>({ above: real, to: maybe, count, mean: maybe, std: maybe, interval })),
  tests: record<StudyAnalysis["tests"]>({ score: test, accuracy: test, agreement: test, over_reliance: test }),
  correlation: record<StudyAnalysis["correlation"]>({ participants: count, rho: maybe, p: maybe }),
  mean_actions: nullable(record<NonNullable<StudyAnalysis["mean_actions"]>>({ mean: real, interval })),
  settings: record<StudyAnalysis["settings"]>({ binWidth: real, seed: real, resamples: real, level: real }),
  notes: list(text),
});

export const studyInput: Shape<StudyPage> = record<StudyPage>({
  study: record<StudyPage["study"]>({
    title: text,
    stated_accuracy: maybe,
    actual_accuracy: real,
    seed: real,
    source: entries(plain),
  }),
  analysis,
  thumbnails: optional(list(record<NonNullable<StudyPage["thumbnails"]>[number]>({ question: text, png: bytes }))),
  command: optional(text),
});
