/** @file The pages of words: consent, tutorial, pause, thanks, closed. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { StudyStep } from "../../src/index.ts";
import { Heading } from "./heading.tsx";
import { consent, goOn, leave, open, refusal, tutorialRead } from "./session.ts";

/** Plain text; a blank line begins a paragraph. */
const paragraphs = (text: string): JSX.Element[] =>
  text
    .split(/\n\s*\n/)
    .filter((p) => p.trim() !== "")
    .map((p, i) => <p key={i}>{p.trim()}</p>);

interface Words {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly button?: string;
  readonly onGo?: () => Promise<void>;
}

function Words({ title, children, button, onGo }: Words): JSX.Element {
  const [busy, setBusy] = useState(false);
  const go = async (): Promise<void> => {
    setBusy(true);
    await onGo?.();
    setBusy(false);
  };
  return (
    <article class="words">
      <Heading>{title}</Heading>
      {children}
      <p class="wrong" role="alert">
        {refusal.value}
      </p>
      {button && (
        <button type="button" class="primary" disabled={busy} onClick={() => void go()}>
          {button}
        </button>
      )}
    </article>
  );
}

export const ConsentPage = ({ text }: { readonly text: string }): JSX.Element => (
  <Words title="Before you begin" button="I agree to take part" onGo={consent}>
    {paragraphs(text)}
  </Words>
);

export const TutorialPage = ({ text }: { readonly text: string }): JSX.Element => (
  <Words title="How it works" button="Begin part A" onGo={tutorialRead}>
    {paragraphs(text)}
    <p class="soft">
      With a keyboard: <kbd>1</kbd> to <kbd>5</kbd> choose an answer, <kbd>Enter</kbd> confirms it. An answer cannot be
      changed once it is confirmed.
    </p>
  </Words>
);

export const PausePage = ({ questions }: { readonly questions: number }): JSX.Element => (
  <Words title="Half-time" button="Begin part B" onGo={goOn}>
    <p>Part A is done and saved. Take a break if you like: you may close this page and come back with your code.</p>
    <p>
      In part B the same {questions} pictures come again, in another order. Now you can bring them closer, and ask for
      explanations of the computer's answer with the buttons below each picture, as much or as little as you like.
    </p>
  </Words>
);

export const ClosedPage = (): JSX.Element => (
  <Words title="The study is closed at the moment" button="Look again" onGo={open}>
    <p>Nothing that you have done is lost. Ask the person who gave you the code when it goes on.</p>
  </Words>
);

const percent = (share: number): string => `${Math.round(100 * share)}\u00a0%`;

export function ThanksPage({
  stated_accuracy: stated,
  actual_accuracy: actual,
  questions,
}: Extract<StudyStep, { readonly step: "thanks" }>): JSX.Element {
  return (
    <Words title="Thank you" button="Leave" onGo={leave}>
      <p>All your answers are saved. You can close this page.</p>
      <p>
        The study asks whether explanations help people to notice when a computer is wrong. You answered the same{" "}
        {questions} questions twice, without explanations and with them; what is compared is how often you were right,
        and how sure.
      </p>
      {stated !== null && percent(stated) !== percent(actual) ? (
        <p>
          One thing that you were told was not true: the computer is not right for {percent(stated)} of these pictures,
          but for {percent(actual)}. It was said to everybody, so that everybody would trust the computer equally.
        </p>
      ) : (
        <p>Of the pictures that you saw, the computer was right about {percent(actual)}.</p>
      )}
      <p>
        If you do not want your answers to be used, tell the person who gave you the code: they can be deleted. Please
        do not tell others what you saw before they have taken part.
      </p>
    </Words>
  );
}
