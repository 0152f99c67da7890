/** @file What a participant sees: one page after the other, as the server says. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { StudyState } from "../../src/index.ts";
import { CodePage } from "./code-page.tsx";
import { QuestionPage } from "./question-page.tsx";
import { SavingNote } from "./saving-note.tsx";
import { leave, state } from "./session.ts";
import { ClosedPage, ConsentPage, PausePage, ThanksPage, TutorialPage } from "./text-pages.tsx";

export function Participant(): JSX.Element {
  const told = state.value;
  useEffect(() => {
    document.title = told ? titleOf(told) : "Study";
  }, [told]);
  return (
    <>
      <header class="bar">
        <p class="name">{told ? told.title : "Study"}</p>
        <SavingNote />
        {told && (
          <button type="button" class="quiet" onClick={() => void leave()}>
            Leave
          </button>
        )}
      </header>
      <main>{told ? pageOf(told) : told === null ? <CodePage /> : <p class="soft">Opening …</p>}</main>
    </>
  );
}

const STEPS = {
  consent: "Before you begin",
  tutorial: "How it works",
  pause: "Half-time",
  thanks: "Thank you",
  closed: "Closed",
} as const;

const titleOf = ({ title, now }: StudyState): string =>
  now.step === "question"
    ? `Question ${now.question.number} of ${now.question.of}, part ${now.question.part}: ${title}`
    : `${STEPS[now.step]}: ${title}`;

function pageOf({ participant, now }: StudyState): JSX.Element {
  switch (now.step) {
    case "consent":
      return <ConsentPage text={now.text} />;
    case "tutorial":
      return <TutorialPage text={now.text} />;
    case "pause":
      return <PausePage questions={now.questions} />;
    case "closed":
      return <ClosedPage />;
    case "thanks":
      return <ThanksPage {...now} />;
    case "question": {
      const { question } = now;
      return <QuestionPage key={`${question.part}/${question.id}`} participant={participant} question={question} />;
    }
  }
}
