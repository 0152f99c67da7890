/** @file What each participant did: records joined to the questions they are about. */
import type { Answered } from "./scores.ts";
import { ACTIONS, type Part, type Study, type StudyAction, type StudyRecords } from "./study.ts";

export type Counts = Readonly<Record<StudyAction | "total", number>>;

/** Of one participant: at most one answer a question and part. */
export interface Done {
  readonly answers: Readonly<Record<Part, ReadonlyMap<string, Answered & { readonly took_ms: number }>>>;
  readonly actions: readonly { readonly question: string; readonly action: StudyAction }[];
}
export const NOTHING_DONE: Done = { answers: { A: new Map(), B: new Map() }, actions: [] };

/** Rows by participant; those of unknown participants or questions are counted and passed over, as are second answers. */
export function joinedRecords(
  { questions }: Study,
  { participants, answers, actions }: StudyRecords,
): { readonly known: ReadonlyMap<string, Done>; readonly notes: readonly string[] } {
  const byId = new Map(questions.map((q) => [q.id, q]));
  const makeDone = () => ({
    answers: {
      A: new Map<string, Answered & { readonly took_ms: number }>(),
      B: new Map<string, Answered & { readonly took_ms: number }>(),
    },
    actions: [] as Done["actions"][number][],
  });
  const known = new Map(participants.map((p) => [p.code, makeDone()]));
  let [strangers, second] = [0, 0];
  for (const { code, part, question: id, level, took_ms } of answers) {
    const [own, question] = [known.get(code)?.answers[part], byId.get(id)];
    if (own === undefined || question === undefined) strangers++;
    else if (own.has(id)) second++;
    else own.set(id, { level, question, took_ms });
  }
  for (const { code, question, action } of actions) {
    const own = known.get(code);
    if (own === undefined || !byId.has(question)) strangers++;
    else own.actions.push({ question, action });
  }
  return {
    known,
    notes: [
      ...(strangers > 0 ? [`${strangers} records of participants or questions that the study does not know.`] : []),
      ...(second > 0 ? [`${second} second answers to a question that was answered already.`] : []),
    ],
  };
}

export function countsOf(actions: readonly { readonly action: StudyAction }[]): Counts {
  const of = (kind: StudyAction): number => actions.filter((a) => a.action === kind).length;
  const [similar, map, zoom] = ACTIONS.map(of) as [number, number, number];
  return { total: actions.length, similar, "heat-map": map, zoom };
}
