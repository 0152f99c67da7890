/** @file What a study found about each question: how hard it is, and what help changed. */
import { quantile, sorted } from "../metrics/quantiles.ts";
import { type Counts, countsOf, type Done } from "./done.ts";
import { type Answered, accuracyOf, totalScore } from "./scores.ts";
import type { Part, Study, StudyQuestion } from "./study.ts";

export interface QuestionPart {
  readonly answers: number;
  /** Share of answers on the right side; null without answers. */
  readonly right: number | null;
  /** Mean score, -2…2; null without answers. */
  readonly score: number | null;
  /** Median seconds to an answer; null without answers. */
  readonly seconds: number | null;
}

export interface QuestionResult extends Pick<StudyQuestion, "id" | "sides" | "truth" | "prediction" | "probability"> {
  readonly model_right: boolean;
  readonly parts: Readonly<Record<Part, QuestionPart>>;
  /** Share of answers in part A that are not on the right side; null without answers. */
  readonly difficulty: number | null;
  /** Actions of all participants in part B. */
  readonly actions: Counts;
}

/** Over all participants, those who have not finished included. */
export function questionResults({ questions }: Study, known: ReadonlyMap<string, Done>): readonly QuestionResult[] {
  const everyone = [...known.values()];
  return questions.map(({ id, sides, truth, prediction, probability }) => {
    const part = (of: Part): QuestionPart => questionPart(everyone.flatMap((d) => d.answers[of].get(id) ?? []));
    const parts = { A: part("A"), B: part("B") };
    return {
      id,
      sides,
      truth,
      prediction,
      probability,
      model_right: truth === prediction,
      parts,
      difficulty: parts.A.right === null ? null : 1 - parts.A.right,
      actions: countsOf(everyone.flatMap((d) => d.actions.filter((a) => a.question === id))),
    };
  });
}

function questionPart(answers: readonly (Answered & { readonly took_ms: number })[]): QuestionPart {
  const times = sorted(answers.map((a) => a.took_ms / 1000));
  return {
    answers: answers.length,
    right: accuracyOf(answers),
    score: answers.length === 0 ? null : totalScore(answers) / answers.length,
    seconds: times.length === 0 ? null : quantile(times, 0.5),
  };
}
