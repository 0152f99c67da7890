/** @file How far everybody is, and what an administrator may do about it. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ParticipantLine, StudyOverview } from "../../src/index.ts";
import { ask, type Reply } from "./ask.ts";
import { Heading } from "./heading.tsx";

type Told = Partial<StudyOverview> & {
  readonly codes?: readonly string[];
  readonly error?: { readonly message: string };
};

const EVERY = 10_000;

export function Administrator(): JSX.Element {
  const [seen, setSeen] = useState<StudyOverview | null | undefined>(undefined);
  const [wrong, setWrong] = useState("");
  const [made, setMade] = useState<readonly string[]>([]);

  /** What came, taken in; the answer where it was one. */
  const take = ({ status, body }: Reply<Told>): Told | undefined => {
    setWrong(status === 200 || status === 401 ? "" : (body?.error?.message ?? "There is no connection to the study."));
    if (status === 401) setSeen(null);
    if (status === 200 && body?.participants) setSeen(body as StudyOverview);
    return status === 200 ? body : undefined;
  };
  const look = async (): Promise<void> => void take(await ask<Told>("/api/admin/overview"));
  useEffect(() => {
    void look();
    const timer = setInterval(() => void look(), EVERY);
    return () => clearInterval(timer);
  }, []);

  const enter = async (token: string): Promise<void> => {
    if (take(await ask<Told>("/api/admin/enter", { token }))) await look();
  };
  const leave = async (): Promise<void> => {
    await ask("/api/admin/leave", {});
    setSeen(null);
  };
  const addCodes = async (count: number): Promise<void> => {
    const told = take(await ask<Told>("/api/admin/codes", { count }));
    if (told?.codes) setMade(told.codes);
    await look();
  };
  const remove = async (code: string): Promise<void> => void take(await ask<Told>("/api/admin/remove", { code }));
  const close = async (closed: boolean): Promise<void> => void take(await ask<Told>("/api/admin/close", { closed }));

  return (
    <>
      <header class="bar">
        <p class="name">{seen ? seen.title : "Study"}</p>
        <p class="saving" role="status">
          {seen ? (seen.closed ? "Closed to participants" : "Open to participants") : ""}
        </p>
        {seen && (
          <button type="button" class="quiet" onClick={() => void leave()}>
            Sign out
          </button>
        )}
      </header>
      <main>
        {seen === undefined && <p class="soft">Opening …</p>}
        {seen === null && <TokenForm wrong={wrong} enter={enter} />}
        {seen && (
          <>
            <Heading>Participants</Heading>
            <Facts seen={seen} />
            <p class="wrong" role="alert">
              {wrong}
            </p>
            <Deeds seen={seen} addCodes={addCodes} close={close} />
            {made.length > 0 && (
              <section aria-label="New codes">
                <h2>New codes</h2>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lists scroll */}
                <pre class="made" tabIndex={0}>
                  {made.join("\n")}
                </pre>
              </section>
            )}
            <People seen={seen} remove={remove} />
          </>
        )}
      </main>
    </>
  );
}

function TokenForm({
  wrong,
  enter,
}: {
  readonly wrong: string;
  readonly enter: (token: string) => Promise<void>;
}): JSX.Element {
  const [token, setToken] = useState("");
  return (
    <form
      class="narrow"
      onSubmit={(e) => {
        e.preventDefault();
        void enter(token);
      }}
    >
      <Heading>Administrator</Heading>
      <p class="soft">
        The token stands in <code>admin-token.txt</code>, in the study's folder.
      </p>
      <label for="token">Token</label>
      <input
        id="token"
        class="field"
        type="password"
        autocomplete="off"
        maxLength={256}
        value={token}
        onInput={(e) => setToken(e.currentTarget.value)}
        aria-describedby="wrong"
      />
      <p id="wrong" class="wrong" role="alert">
        {wrong}
      </p>
      <button type="submit" class="primary">
        Open
      </button>
    </form>
  );
}

const percent = (share: number): string => `${Math.round(100 * share)}\u00a0%`;

function Facts({ seen }: { readonly seen: StudyOverview }): JSX.Element {
  const { participants, questions, stated_accuracy, actual_accuracy } = seen;
  const count = (of: (p: ParticipantLine) => boolean): number => participants.filter(of).length;
  return (
    <ul class="facts">
      <li>
        {participants.length} codes, {count((p) => p.entered_at !== null)} came in,{" "}
        <strong>{count((p) => p.finished_at !== null)} finished</strong>
      </li>
      <li class="soft">{questions} questions a part</li>
      <li class="soft">
        The model is right for {percent(actual_accuracy)};{" "}
        {stated_accuracy === null
          ? "participants are told nothing of it"
          : `participants are told ${percent(stated_accuracy)}`}
      </li>
    </ul>
  );
}

const DOWNLOADS: readonly (readonly [file: string, label: string])[] = [
  ["records.json", "All records (JSON)"],
  ["answers.csv", "Answers (CSV)"],
  ["actions.csv", "Actions (CSV)"],
  ["participants.csv", "Participants (CSV)"],
  ["codes.csv", "Codes (CSV)"],
];

function Deeds({
  seen,
  addCodes,
  close,
}: {
  readonly seen: StudyOverview;
  readonly addCodes: (count: number) => Promise<void>;
  readonly close: (closed: boolean) => Promise<void>;
}): JSX.Element {
  const [count, setCount] = useState("5");
  return (
    <div class="deeds">
      <p class="soft">Take away</p>
      {DOWNLOADS.map(([file, label]) => (
        <a key={file} class="button" href={`/api/admin/${file}`} download={file}>
          {label}
        </a>
      ))}
      <form
        onSubmit={(e) => {
          e.preventDefault();
          void addCodes(Number(count));
        }}
      >
        <label>
          More codes
          <input
            class="field"
            type="number"
            min={1}
            max={1000}
            value={count}
            onInput={(e) => setCount(e.currentTarget.value)}
          />
        </label>
        <button type="submit">Make</button>
      </form>
      <button type="button" class={seen.closed ? "" : "danger"} onClick={() => void close(!seen.closed)}>
        {seen.closed ? "Open the study again" : "Close the study"}
      </button>
    </div>
  );
}

const time = (at: number | null): string =>
  at === null ? "" : new Date(at).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });

const stageOf = (p: ParticipantLine, questions: number): string => {
  if (p.finished_at !== null) return "finished";
  if (p.entered_at === null) return "not yet here";
  if (p.consented_at === null) return "reads the consent";
  if (p.answered.A < questions) return p.answered.A === 0 ? "begins part A" : "in part A";
  return p.resumed_at === null ? "between the parts" : "in part B";
};

function People({
  seen: { participants, questions },
  remove,
}: {
  readonly seen: StudyOverview;
  readonly remove: (code: string) => Promise<void>;
}): JSX.Element {
  const [asked, setAsked] = useState<string | undefined>(undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls by keys
    <section class="scroll" tabIndex={0} aria-label="Participants' progress">
      <table class="people">
        <thead>
          <tr>
            <th scope="col">Code</th>
            <th scope="col">Stage</th>
            <th scope="col" class="n">
              Part A
            </th>
            <th scope="col" class="n">
              Part B
            </th>
            <th scope="col" class="n">
              Similar
            </th>
            <th scope="col" class="n">
              Heat map
            </th>
            <th scope="col" class="n">
              Zoom
            </th>
            <th scope="col">Last seen</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {participants.map((p) => (
            <tr key={p.code}>
              <th scope="row">
                <code>{p.code}</code>
              </th>
              <td class="stage">{stageOf(p, questions)}</td>
              <td data-label="Part A" class="n">
                {p.answered.A} / {questions}
              </td>
              <td data-label="Part B" class="n">
                {p.answered.B} / {questions}
              </td>
              <td data-label="Similar" class="n">
                {p.actions.similar}
              </td>
              <td data-label="Heat map" class="n">
                {p.actions["heat-map"]}
              </td>
              <td data-label="Zoom" class="n">
                {p.actions.zoom}
              </td>
              <td data-label="Last seen">{time(p.last_at)}</td>
              <td class="deed">
                {asked === p.code ? (
                  <>
                    <button
                      type="button"
                      class="danger"
                      onClick={() => {
                        setAsked(undefined);
                        void remove(p.code);
                      }}
                    >
                      Remove code and all answers for good
                    </button>{" "}
                    <button type="button" onClick={() => setAsked(undefined)}>
                      Keep
                    </button>
                  </>
                ) : (
                  <button type="button" aria-label={`Remove ${p.code}`} onClick={() => setAsked(p.code)}>
                    Remove …
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
