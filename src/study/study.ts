/** @file A study of people: what is asked, what they answered, what they did (SPEC 4.6, appendix F of the paper on representative interpretations). */

/** Part A shows predictions alone, part B explanations as well, on request. */
export const PARTS = ["A", "B"] as const;
export type Part = (typeof PARTS)[number];

/** The three logged actions of part B. */
export const ACTIONS = ["similar", "heat-map", "zoom"] as const;
export type StudyAction = (typeof ACTIONS)[number];

/** -2 "definitely" the first answer, -1 "maybe", 0 "not sure", 1 "maybe" the second, 2 "definitely". */
export const LEVELS = [-2, -1, 0, 1, 2] as const;
export type Level = (typeof LEVELS)[number];

/** A picture of the study; names of files in the study's `pictures/`, which say nothing of what is asked. */
export interface StudyPicture {
  readonly picture: string;
  /** The picture once more, of the same size, with the heat map in it: shown in its place. */
  readonly heatMap: string | null;
  /** What is told of it beside it; null for nothing. */
  readonly caption: string | null;
}

export interface StudyQuestion {
  /** Letters, digits and `-` alone. */
  readonly id: string;
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  /** The two answers, in words. */
  readonly sides: readonly [string, string];
  /** Which of them the model says, and its probability, 0…1. */
  readonly prediction: 0 | 1;
  readonly probability: number;
  /** Which of them is true. Never told to participants. */
  readonly truth: 0 | 1;
  /** The picture once more, of the same size, with the heat map in it: shown in its place. Null where the method has none. */
  readonly heatMap: string | null;
  /** Pictures that the explanation holds to be alike, nearest first. */
  readonly similar: readonly StudyPicture[];
}

export interface Study {
  readonly schema_version: 1;
  readonly title: string;
  /** Plain text; a blank line begins a paragraph. */
  readonly tutorial: string;
  readonly consent: string;
  /** What participants are told of the model's accuracy, 0…1; null = nothing. It need not be true, and is recorded. */
  readonly stated_accuracy: number | null;
  /** The model's share of right predictions among the questions, 0…1. */
  readonly actual_accuracy: number;
  /** Decides the order of the questions, with the participant's code and the part. */
  readonly seed: number;
  readonly questions: readonly StudyQuestion[];
  /** Where pictures and explanations came from. */
  readonly source: Readonly<Record<string, string | number | null>>;
}

/** Times are milliseconds since 1970 by the server's clock unless said otherwise. */
export interface Participant {
  readonly code: string;
  readonly consented_at: number | null;
  readonly finished_at: number | null;
  /** Ids of questions in the order shown. */
  readonly orders: Readonly<Record<Part, readonly string[]>>;
}

export interface StudyAnswer {
  readonly code: string;
  readonly part: Part;
  readonly question: string;
  readonly level: Level;
  readonly answered_at: number;
  /** From showing to answering, in ms by the participant's own clock. */
  readonly took_ms: number;
}

export interface StudyActionRow {
  readonly code: string;
  readonly question: string;
  readonly action: StudyAction;
  readonly at: number;
  /** Since the question was shown, in ms by the participant's own clock. */
  readonly after_ms: number;
}

/** All that was recorded; at most one answer a participant, part and question. */
export interface StudyRecords {
  readonly participants: readonly Participant[];
  readonly answers: readonly StudyAnswer[];
  readonly actions: readonly StudyActionRow[];
}
