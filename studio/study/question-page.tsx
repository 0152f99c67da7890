/** @file One question: the picture, what the computer says, five answers, and in part B what explains. */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { AnswerMessage, AskedQuestion } from "../../src/index.ts";
import { Heading } from "./heading.tsx";
import { Help, HelpButtons } from "./help.tsx";
import { stopwatch } from "./kept.ts";
import { act, answer, refusal, saving } from "./session.ts";
import { Viewer } from "./viewer.tsx";

type Level = AnswerMessage["level"];
type Action = AskedQuestion["offers"][number];
const LEVELS: readonly Level[] = [-2, -1, 0, 1, 2];

const wordsOf = ([left, right]: AskedQuestion["sides"]): Readonly<Record<Level, readonly [string, string]>> => ({
  [-2]: ["Definitely", left],
  [-1]: ["Maybe", left],
  0: ["Not sure", ""],
  1: ["Maybe", right],
  2: ["Definitely", right],
});

export function QuestionPage({
  participant,
  question,
}: {
  readonly participant: string;
  readonly question: AskedQuestion;
}): JSX.Element {
  const { id, part, number, of, sides, prediction, stated_accuracy, offers, opened } = question;
  const [level, setLevel] = useState<Level | undefined>(undefined);
  const [shown, setShown] = useState<ReadonlySet<Action>>(new Set());
  const form = useRef<HTMLFormElement>(null);
  const watch = useMemo(() => stopwatch(participant, `${part}/${id}`), [participant, part, id]);
  const sent = saving.value.waiting.some((w) => w.path === "/api/answer");

  useEffect(() => {
    addEventListener("pagehide", watch.keep);
    const beat = setInterval(watch.keep, 5000);
    return () => {
      removeEventListener("pagehide", watch.keep);
      clearInterval(beat);
    };
  }, [watch]);

  const choose = (to: Level): void => {
    if (sent) return;
    setLevel(to);
    form.current?.querySelector<HTMLInputElement>(`input[value="${to}"]`)?.focus();
  };
  // before the question is painted: a key that is pressed as it appears counts
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLTextAreaElement) return;
      const chosen = LEVELS[Number(event.key) - 1];
      if (event.key.length === 1 && chosen !== undefined) {
        event.preventDefault();
        choose(chosen);
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });

  const log = (action: Action): void => void act({ question: id, action, after_ms: watch.read() });
  const toggle = (action: Action): void => {
    const now = new Set(shown);
    if (!now.delete(action)) {
      now.add(action);
      log(action);
    }
    setShown(now);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (level === undefined || sent) return;
    void answer({ part, question: id, level, took_ms: watch.read() });
  };

  const map = shown.has("heat-map") ? opened.heatMap : null;
  const words = wordsOf(sides);
  return (
    <div class="question">
      <div class="ask">
        <Heading>
          Question {number} <span class="soft">of {of}</span>
        </Heading>
        <progress class="course" value={number - 1} max={of} aria-label={`Part ${part}`} />
        <p class="says">
          The computer says <strong>{sides[prediction]}</strong>.
          {stated_accuracy !== null && (
            <span class="soft"> It is right for {Math.round(100 * stated_accuracy)} % of such pictures.</span>
          )}
        </p>
      </div>
      <div class="sight">
        <Viewer
          key={id}
          src={map ?? question.picture}
          alt={map === null ? "The picture in question" : "The picture in question, under its heat map"}
          width={question.width}
          height={question.height}
          onZoom={offers.includes("zoom") ? () => log("zoom") : undefined}
        >
          <HelpButtons question={question} shown={shown} toggle={toggle} />
        </Viewer>
        {part === "B" && <Help question={question} shown={shown} />}
      </div>
      <form ref={form} class="answers" onSubmit={submit}>
        <fieldset disabled={sent}>
          <legend>What does the picture show?</legend>
          <p class="ends" aria-hidden="true">
            <span>{sides[0]}</span>
            <span>{sides[1]}</span>
          </p>
          {LEVELS.map((value, i) => (
            <label key={value} class={level === value ? "level chosen" : "level"}>
              <input
                type="radio"
                name="level"
                value={value}
                checked={level === value}
                onChange={() => setLevel(value)}
              />
              <span>
                {words[value][0]} <strong class="side">{words[value][1]}</strong>
              </span>
              <span class="key" aria-hidden="true">
                {i + 1}
              </span>
            </label>
          ))}
        </fieldset>
        <button type="submit" class="primary" disabled={level === undefined || sent}>
          {number === of ? `Confirm, and end part ${part}` : "Confirm"}
        </button>
        <p class="wrong" role="alert">
          {refusal.value}
        </p>
      </form>
    </div>
  );
}
