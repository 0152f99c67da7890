/** @file What the study's pages and its server say to each other. */
import type { Level, Part, StudyAction } from "../study/study.ts";
import type { ParticipantLine } from "./study-store.ts";

/** A picture under the name that this session knows it by. */
export interface ShownPicture {
  readonly picture: string;
  readonly heatMap: string | null;
  readonly caption: string | null;
}

/** What was opened for the question so far; null for what was not. */
export interface OpenedHelp {
  readonly heatMap: string | null;
  readonly similar: readonly ShownPicture[] | null;
}

export interface AskedQuestion {
  readonly id: string;
  readonly part: Part;
  /** From 1. */
  readonly number: number;
  readonly of: number;
  readonly picture: string;
  readonly width: number;
  readonly height: number;
  readonly sides: readonly [string, string];
  readonly prediction: 0 | 1;
  /** 0…1; null when nothing is told. */
  readonly stated_accuracy: number | null;
  /** What may be asked for: nothing in part A. */
  readonly offers: readonly StudyAction[];
  readonly opened: OpenedHelp;
}

/** What the server wants a participant to see now. */
export type StudyStep =
  | { readonly step: "consent"; readonly text: string }
  | { readonly step: "tutorial"; readonly text: string }
  | { readonly step: "question"; readonly question: AskedQuestion }
  | { readonly step: "pause"; readonly questions: number }
  | { readonly step: "closed" }
  | {
      readonly step: "thanks";
      readonly stated_accuracy: number | null;
      readonly actual_accuracy: number;
      readonly questions: number;
    };

export interface StudyState {
  readonly title: string;
  /** Names the participant without telling the code: what waits to be sent is kept under it. */
  readonly participant: string;
  readonly now: StudyStep;
}

export interface AnswerMessage {
  readonly id: string;
  readonly part: Part;
  readonly question: string;
  readonly level: Level;
  readonly took_ms: number;
}
export interface ActionMessage {
  readonly id: string;
  readonly question: string;
  readonly action: StudyAction;
  readonly after_ms: number;
}

/** With any answer but 200; `state` where the participant is known. */
export interface StudyRefusal {
  readonly error: { readonly status: number; readonly message: string };
  readonly state?: StudyState;
}

export interface StudyOverview {
  readonly title: string;
  readonly questions: number;
  readonly stated_accuracy: number | null;
  readonly actual_accuracy: number;
  readonly closed: boolean;
  readonly participants: readonly ParticipantLine[];
}

export const COOKIE = "onnxplain-study";
export const ADMIN_COOKIE = "onnxplain-study-admin";
