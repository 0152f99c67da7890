/** @file What a study found: each participant's scores and actions, bins of actions (Figure 7), paired tests, each question. */
import { bootstrapMeans, type Interval } from "../metrics/bootstrap.ts";
import { mean, quantile, sorted } from "../metrics/quantiles.ts";
import { type Bin, binsOf } from "./bins.ts";
import { participantName } from "./codes.ts";
import { type Counts, countsOf, type Done, joinedRecords, NOTHING_DONE } from "./done.ts";
import { type ActionCorrelation, correlationOf, type PairedTest, pairedTest } from "./paired.ts";
import { type QuestionResult, questionResults } from "./questions.ts";
import { accuracyOf, agreementOf, overRelianceOf, totalScore } from "./scores.ts";
import { PARTS, type Part, type Study, type StudyRecords } from "./study.ts";

/** What is compared between the parts; shares 0…1, scores within ± 2 a question. */
export const MEASURES = ["score", "accuracy", "agreement", "over_reliance"] as const;
export type Measure = (typeof MEASURES)[number];

export interface PartResult extends Readonly<Record<Measure, number | null>> {
  /** Questions with an answer. */
  readonly answered: number;
  readonly unsure: number;
  /** Median of the times to an answer, in seconds; null without any. */
  readonly seconds: number | null;
}

export interface ParticipantResult {
  readonly code: string;
  /** What they are called where codes must not be shown. */
  readonly name: string;
  readonly parts: Readonly<Record<Part, PartResult>>;
  /** Score B less score A; null unless every question of both parts is answered. */
  readonly difference: number | null;
  readonly actions: Counts;
  /** Why they are left out of bins and tests; null for those who are not. */
  readonly left_out: string | null;
}

/** For pages and files, where codes must not stand. */
export type NamedResult = Omit<ParticipantResult, "code">;
export interface NamedAnalysis extends Omit<StudyAnalysis, "participants"> {
  readonly participants: readonly NamedResult[];
}

export const withoutCodes = ({ participants, ...rest }: StudyAnalysis): NamedAnalysis => ({
  ...rest,
  participants: participants.map(({ code: _, ...result }) => result),
});

export interface StudyAnalysis {
  readonly participants: readonly ParticipantResult[];
  readonly questions: readonly QuestionResult[];
  /** Participants with every question of both parts answered: bins and tests are about them alone. */
  readonly complete: number;
  readonly bins: readonly Bin[];
  /** B less A by participant; null where fewer than one pair has both values. */
  readonly tests: Readonly<Record<Measure, PairedTest>>;
  /** Of the number of actions and the difference of scores. */
  readonly correlation: ActionCorrelation;
  /** Mean actions of complete participants, with their interval; null without any. */
  readonly mean_actions: { readonly mean: number; readonly interval: Interval | null } | null;
  readonly settings: Required<AnalysisOptions>;
  /** What was passed over, in words. */
  readonly notes: readonly string[];
}

export interface AnalysisOptions {
  /** Actions in a bin, default 30 as in the paper. */
  readonly binWidth?: number;
  /** Of bootstrap and permutations, default 0. */
  readonly seed?: number;
  /** Default 10,000. */
  readonly resamples?: number;
  /** Share of resampled means in an interval, default 0.95. */
  readonly level?: number;
}

/** Defined for any records, none included; what is not defined is null. `names` by code; others are called by their place. */
export function analyseStudy(
  study: Study,
  records: StudyRecords,
  options: AnalysisOptions = {},
  names: ReadonlyMap<string, string> = new Map(),
): StudyAnalysis {
  const settings = { binWidth: 30, seed: 0, resamples: 10_000, level: 0.95, ...options };
  const { known, notes } = joinedRecords(study, records);
  const participants = records.participants.map((p, i) =>
    participantResult(study, known.get(p.code) ?? NOTHING_DONE, {
      code: p.code,
      name: names.get(p.code) ?? participantName(i, records.participants.length),
    }),
  );
  const complete = participants.filter((p) => p.left_out === null);
  const actions = complete.map((p) => p.actions.total);
  const differences = complete.map((p) => p.difference as number);
  const test = (measure: Measure): PairedTest =>
    pairedTest(
      complete.flatMap(({ parts }) => {
        const [a, b] = [parts.A[measure], parts.B[measure]];
        return a === null || b === null ? [] : [{ a, b }];
      }),
      settings,
    );
  const [interval] = bootstrapMeans([Float64Array.from(actions)], settings);
  return {
    participants,
    questions: questionResults(study, known),
    complete: complete.length,
    bins: binsOf({ actions, differences }, settings),
    tests: {
      score: test("score"),
      accuracy: test("accuracy"),
      agreement: test("agreement"),
      over_reliance: test("over_reliance"),
    },
    correlation: correlationOf(actions, differences, settings),
    mean_actions: actions.length === 0 ? null : { mean: mean(actions), interval: interval ?? null },
    settings,
    notes,
  };
}

const partResult = (answers: Done["answers"][Part]): PartResult => {
  const own = [...answers.values()];
  const times = sorted(own.map((a) => a.took_ms / 1000));
  return {
    answered: own.length,
    unsure: own.filter((a) => a.level === 0).length,
    score: own.length === 0 ? null : totalScore(own),
    accuracy: accuracyOf(own),
    agreement: agreementOf(own),
    over_reliance: overRelianceOf(own),
    seconds: times.length === 0 ? null : quantile(times, 0.5),
  };
};

function participantResult(
  { questions }: Study,
  { answers, actions }: Done,
  who: Pick<ParticipantResult, "code" | "name">,
): ParticipantResult {
  const parts = { A: partResult(answers.A), B: partResult(answers.B) };
  const missing = PARTS.filter((part) => parts[part].answered < questions.length);
  const whole = missing.length === 0 && questions.length > 0;
  return {
    ...who,
    parts,
    difference: whole ? (parts.B.score as number) - (parts.A.score as number) : null,
    actions: countsOf(actions),
    left_out: whole
      ? null
      : missing.length === 0
        ? "the study has no questions"
        : missing.map((part) => `answered ${parts[part].answered} of ${questions.length} in part ${part}`).join(", "),
  };
}
