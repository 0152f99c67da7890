/** @file What a participant's page may know: never the truth, never the model's real accuracy, no explanation in part A. */
import type { Part, Study, StudyPicture, StudyQuestion } from "./study.ts";

/** A question as it is asked: the model's answer without its probability, since probabilities would tell which answers to doubt. */
export type ParticipantQuestion = Pick<
  StudyQuestion,
  "id" | "picture" | "width" | "height" | "sides" | "prediction" | "heatMap" | "similar"
>;

export interface ParticipantStudy extends Pick<Study, "title" | "tutorial" | "consent" | "stated_accuracy"> {
  /** In the study's order, not the participant's; in part A without heat maps and similar pictures. */
  readonly questions: Readonly<Record<Part, readonly ParticipantQuestion[]>>;
}

const picture = ({ picture, heatMap, caption }: StudyPicture): StudyPicture => ({ picture, heatMap, caption });

const asked = ({ id, picture, width, height, sides, prediction }: StudyQuestion): ParticipantQuestion => ({
  id,
  picture,
  width,
  height,
  sides,
  prediction,
  heatMap: null,
  similar: [],
});

/** Named field by field, so that what a study comes to hold later is not told by accident. */
export const forParticipant = ({ title, tutorial, consent, stated_accuracy, questions }: Study): ParticipantStudy => ({
  title,
  tutorial,
  consent,
  stated_accuracy,
  questions: {
    A: questions.map(asked),
    B: questions.map((q) => ({ ...asked(q), heatMap: q.heatMap, similar: q.similar.map(picture) })),
  },
});

/** Names of the files that a part shows: others are refused to participants. */
export const picturesShown = ({ questions }: ParticipantStudy, part: Part): ReadonlySet<string> =>
  new Set(
    questions[part].flatMap((q) =>
      [q.picture, q.heatMap, ...q.similar.flatMap((s) => [s.picture, s.heatMap])].filter((name) => name !== null),
    ),
  );
