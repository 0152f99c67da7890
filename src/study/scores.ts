/** @file What an answer is worth: certainty counts, on the right side for and on the wrong side against (SPEC 4.6). */
import type { Level, StudyQuestion } from "./study.ts";

/** -2 … 2: 0 for "not sure", above 0 on the side that is true. */
export const scoreOf = (level: Level, { truth }: Pick<StudyQuestion, "truth">): Level =>
  truth === 1 || level === 0 ? level : (-level as Level);

/** The side that an answer takes; undefined for "not sure". */
export const sideOf = (level: Level): 0 | 1 | undefined => (level === 0 ? undefined : level < 0 ? 0 : 1);

export interface Answered {
  readonly level: Level;
  readonly question: Pick<StudyQuestion, "truth" | "prediction">;
}

/** Sum of {@link scoreOf}: within ± 2 a question. */
export const totalScore = (answers: readonly Answered[]): number =>
  answers.reduce((sum, { level, question }) => sum + scoreOf(level, question), 0);

const share = (answers: readonly Answered[], of: (a: Answered) => boolean): number | null =>
  answers.length === 0 ? null : answers.filter(of).length / answers.length;

/** Share of answers on the right side; "not sure" is on none. Null without answers. */
export const accuracyOf = (answers: readonly Answered[]): number | null =>
  share(answers, ({ level, question }) => sideOf(level) === question.truth);

/** Share of answers on the model's side; null without answers. */
export const agreementOf = (answers: readonly Answered[]): number | null =>
  share(answers, ({ level, question }) => sideOf(level) === question.prediction);

/** Share of answers on the model's side where the model is wrong; null where it never is. */
export const overRelianceOf = (answers: readonly Answered[]): number | null =>
  agreementOf(answers.filter(({ question }) => question.prediction !== question.truth));
