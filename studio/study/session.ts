/** @file A participant's session in the page: what the server wants seen, and what it has not been told yet. */
import { signal } from "@preact/signals";
import type { ActionMessage, AnswerMessage, StudyRefusal, StudyState } from "../../src/index.ts";
import { ask, type Reply } from "./ask.ts";
import { kept } from "./kept.ts";
import { newId, type Outbox, type OutboxState, type Outcome, outbox } from "./outbox.ts";

type Told = StudyState & Partial<StudyRefusal>;

/** Undefined until the server has spoken; null when it wants a code. */
export const state = signal<StudyState | null | undefined>(undefined);
/** In words, what the server would not have; empty when nothing. */
export const refusal = signal("");
export const saving = signal<OutboxState>({ waiting: [], failed: 0, stopped: false });
export const offline = signal(false);

let box: { readonly of: string; readonly outbox: Outbox } | undefined;
let wake: (() => void) | undefined;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });

/** The box of this participant: what another one left in this browser is not sent under this name. */
function boxOf(participant: string): Outbox {
  if (box?.of === participant) return box.outbox;
  const made = outbox({
    box: kept(`${participant}/waiting`),
    pause,
    changed: (s) => {
      saving.value = s;
    },
    send: async ({ path, body }) => outcomeOf(participant, await ask<Told>(path, body)),
  });
  box = { of: participant, outbox: made };
  saving.value = made.state();
  return made;
}

function outcomeOf(participant: string, reply: Reply<Told>): Outcome {
  offline.value = reply.status === 0;
  if (reply.status === 0 || reply.status === 429 || reply.status >= 500) return "wait";
  if (reply.status === 401) {
    state.value = null;
    return "stop";
  }
  const next = stateIn(reply);
  if (next && next.participant !== participant) {
    state.value = next;
    return "stop";
  }
  if (next) state.value = next;
  if (reply.status === 423) return "stop";
  refusal.value = reply.status === 200 || reply.status === 409 ? "" : (reply.body?.error?.message ?? "");
  return reply.status === 200 ? "done" : "refused";
}

const stateIn = ({ status, body }: Reply<Told>): StudyState | undefined =>
  status === 200 ? body : (body?.error && (body as StudyRefusal).state) || undefined;

/** Where the participant is, after what waited was sent. */
export async function open(): Promise<void> {
  const reply = await ask<Told>("/api/state");
  offline.value = reply.status === 0;
  if (reply.status === 401) state.value = null;
  else if (reply.status === 200 && reply.body) {
    state.value = reply.body;
    if (reply.body.now.step === "question") void boxOf(reply.body.participant).flush();
  } else {
    await pause(2000);
    return open();
  }
}

/** A step that is no event of its own: it is asked for until the server has it. */
async function go(path: string, said: object): Promise<void> {
  refusal.value = "";
  const reply = await ask<Told>(path, said);
  offline.value = reply.status === 0;
  if (reply.status === 401) state.value = null;
  const next = stateIn(reply);
  if (next) {
    state.value = next;
    void boxOf(next.participant).flush();
  }
  if (reply.status !== 200)
    refusal.value = reply.body?.error?.message ?? "There is no connection to the study. Try again in a moment.";
}

export const enter = (code: string): Promise<void> => go("/api/enter", { code });
export const consent = (): Promise<void> => go("/api/consent", {});
export const tutorialRead = (): Promise<void> => go("/api/tutorial", {});
export const goOn = (): Promise<void> => go("/api/continue", {});
export async function leave(): Promise<void> {
  await ask("/api/leave", {});
  state.value = null;
}

/** Kept first, then sent: resolves when the server has it, or has refused it. */
function send(path: string, body: { readonly id: string }): Promise<void> {
  const participant = state.value?.participant;
  if (participant === undefined) return Promise.resolve();
  const own = boxOf(participant);
  own.put({ id: body.id, path, body });
  return own.flush();
}
export const answer = (said: Omit<AnswerMessage, "id">): Promise<void> => send("/api/answer", { ...said, id: newId() });
export const act = (said: Omit<ActionMessage, "id">): Promise<void> => send("/api/action", { ...said, id: newId() });

/** Looks again at once: the connection is back, or the page is seen again. */
export function tryAgain(): void {
  wake?.();
  if (box && box.outbox.state().waiting.length > 0 && state.value) void box.outbox.flush();
}
addEventListener("online", tryAgain);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") tryAgain();
});
