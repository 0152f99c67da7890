/** @file A small study and records of it, written out by hand. */
import type { Level, Part, Study, StudyAction, StudyQuestion, StudyRecords } from "../../src/study/study.ts";

/** Four questions: the model is right on the first and third. */
const SIDES = [
  { truth: 0, prediction: 0 },
  { truth: 0, prediction: 1 },
  { truth: 1, prediction: 1 },
  { truth: 1, prediction: 0 },
] as const;

export const question = (i: number, own: Pick<StudyQuestion, "truth" | "prediction">): StudyQuestion => ({
  id: `q${i + 1}`,
  picture: `q${i + 1}.png`,
  width: 64,
  height: 48,
  sides: ["cat", "dog"],
  probability: 0.75,
  heatMap: `q${i + 1}-map.png`,
  similar: [{ picture: "s1.png", heatMap: `q${i + 1}-1-map.png`, caption: "The computer says: cat" }],
  ...own,
});

export const STUDY: Study = {
  schema_version: 1,
  title: "Cats & <dogs>",
  tutorial: "Look.",
  consent: "Yes?",
  stated_accuracy: 0.8,
  actual_accuracy: 0.5,
  seed: 3,
  questions: SIDES.map((own, i) => question(i, own)),
  source: { kind: "method", method: "grad-cam" },
};

type Levels = readonly (Level | null)[];

export interface Person {
  readonly code: string;
  /** By question; null is not answered. */
  readonly A: Levels;
  readonly B: Levels;
  readonly actions?: Readonly<Partial<Record<StudyAction, number>>>;
}

/** Answers come after 1000 ms in part A and 2000 ms in part B; actions are about the first question. */
export function recordsOf(people: readonly Person[], study: Study = STUDY): StudyRecords {
  const ids = study.questions.map((q) => q.id);
  const answers = (person: Person, part: Part) =>
    person[part].flatMap((level, i) =>
      level === null
        ? []
        : [
            {
              code: person.code,
              part,
              question: ids[i] as string,
              level,
              answered_at: 1_700_000_000_000 + i,
              took_ms: part === "A" ? 1000 : 2000,
            },
          ],
    );
  return {
    participants: people.map(({ code }) => ({
      code,
      consented_at: 1_700_000_000_000,
      finished_at: null,
      orders: { A: ids, B: ids },
    })),
    answers: people.flatMap((p) => [...answers(p, "A"), ...answers(p, "B")]),
    actions: people.flatMap(({ code, actions = {} }) =>
      (Object.entries(actions) as readonly [StudyAction, number][]).flatMap(([action, count]) =>
        Array.from({ length: count }, (_, i) => ({
          code,
          question: ids[0] as string,
          action,
          at: 1_700_000_000_000 + i,
          after_ms: i,
        })),
      ),
    ),
  };
}
