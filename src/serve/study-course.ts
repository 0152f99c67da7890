/** @file What a participant sees next: part A whole, a pause, part B whole, and never anything else. */
import {
  ACTIONS,
  type Part,
  type Study,
  type StudyAction,
  type StudyPicture,
  type StudyQuestion,
} from "../study/study.ts";
import type { AskedQuestion, ShownPicture, StudyStep } from "./study-api.ts";
import type { Course } from "./study-store.ts";

export interface Current {
  readonly part: Part;
  readonly question: StudyQuestion;
  /** From 0, in the participant's order. */
  readonly place: number;
  /** Is it the last of all? */
  readonly last: boolean;
}

/** The one question that may be answered now; undefined outside the two parts. */
export function currentOf(questions: ReadonlyMap<string, StudyQuestion>, course: Course): Current | undefined {
  if (course.consented_at === null || course.tutorial_at === null) return undefined;
  const { A, B } = course.orders;
  const part: Part = course.answered.A < A.length ? "A" : "B";
  if (part === "B" && course.resumed_at === null) return undefined;
  const place = course.answered[part];
  const question = questions.get(course.orders[part][place] ?? "");
  return question && { part, question, place, last: part === "B" && place === B.length - 1 };
}

/** What part B offers for a question. */
export const offersOf = ({ similar, heatMap }: StudyQuestion): readonly StudyAction[] =>
  ACTIONS.filter((action) => (action === "similar" ? similar.length > 0 : action !== "heat-map" || heatMap !== null));

/** Files of `pictures/` that may be seen now: those of the current question, and of its help what was asked for. */
export function filesOf({ part, question }: Current, opened: ReadonlySet<StudyAction>): readonly string[] {
  if (part === "A") return [question.picture];
  const [map, alike] = [opened.has("heat-map"), opened.has("similar")];
  const similar = alike ? question.similar.flatMap((s) => [s.picture, map ? s.heatMap : null]) : [];
  return [question.picture, map ? question.heatMap : null, ...similar].filter((name) => name !== null);
}

interface Telling {
  readonly study: Study;
  readonly questions: ReadonlyMap<string, StudyQuestion>;
  readonly closed: boolean;
  readonly opened: ReadonlySet<StudyAction>;
  /** A file's address in this session. */
  readonly addressOf: (file: string) => string;
}

export function stepOf(course: Course, { study, questions, closed, opened, addressOf }: Telling): StudyStep {
  if (course.finished_at !== null) {
    const { stated_accuracy, actual_accuracy } = study;
    return { step: "thanks", stated_accuracy, actual_accuracy, questions: study.questions.length };
  }
  if (closed) return { step: "closed" };
  if (course.consented_at === null) return { step: "consent", text: study.consent };
  if (course.tutorial_at === null) return { step: "tutorial", text: study.tutorial };
  const current = currentOf(questions, course);
  return current
    ? { step: "question", question: askedOf(current, study, { opened, addressOf }) }
    : { step: "pause", questions: course.orders.B.length };
}

/** Named field by field: neither the truth nor the probability is among them. */
function askedOf(
  { part, question, place }: Current,
  { stated_accuracy, questions }: Study,
  { opened, addressOf }: Pick<Telling, "opened" | "addressOf">,
): AskedQuestion {
  const { id, width, height, sides, prediction } = question;
  const [map, alike] = part === "B" ? [opened.has("heat-map"), opened.has("similar")] : [false, false];
  const shown = ({ picture, heatMap, caption }: StudyPicture): ShownPicture => ({
    picture: addressOf(picture),
    heatMap: map && heatMap !== null ? addressOf(heatMap) : null,
    caption,
  });
  return {
    id,
    part,
    number: place + 1,
    of: questions.length,
    picture: addressOf(question.picture),
    width,
    height,
    sides,
    prediction,
    stated_accuracy,
    offers: part === "B" ? offersOf(question) : [],
    opened: {
      heatMap: map && question.heatMap !== null ? addressOf(question.heatMap) : null,
      similar: alike ? question.similar.map(shown) : null,
    },
  };
}
