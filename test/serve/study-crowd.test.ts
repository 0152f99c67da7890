/** @file Fifty participants at once, and a server that is killed three times: nothing is lost, nothing is doubled. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { uniforms } from "../../src/random.ts";
import { readStudyRecords } from "../../src/serve/study-store.ts";
import { analyseStudy } from "../../src/study/analysis.ts";
import { orderOf } from "../../src/study/orders.ts";
import { ACTIONS, LEVELS, type Level, type Part, type StudyAction } from "../../src/study/study.ts";
import { type Box, newId, type Outcome, outbox, type Waiting } from "../../studio/study/outbox.ts";
import { bareApp, type SmallStudy, smallStudy } from "./small-study.ts";
import { type Client, client } from "./study-client.ts";
import { builtVerb, type Served, startVerb } from "./study-process.ts";

const PEOPLE = 50;
const QUESTIONS = 6;
const KILLS = 3;
/** Share of answers of the server that never reach the client. */
const LOST = 0.08;
/** Share of questions at which the tab is closed and opened again. */
const CLOSED = 0.1;

interface Did {
  readonly code: string;
  readonly answers: { readonly part: Part; readonly question: string; readonly level: Level }[];
  readonly actions: { readonly question: string; readonly action: StudyAction }[];
}
/** What the crowd met with, to be sure that it was not spared. */
const met = { sent: 0, acknowledged: 0, unreachable: 0, lost: 0, reopened: 0, refused: 0 };

let small: SmallStudy;
let verb: Awaited<ReturnType<typeof builtVerb>>;
let server: Served;
beforeAll(async () => {
  small = await smallStudy({ questions: QUESTIONS, participants: PEOPLE });
  verb = await builtVerb();
});
afterAll(() => {
  server?.process.kill("SIGKILL");
  verb?.remove();
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A page without a screen: the page's own outbox, a store that outlives the tab, and a memory of what was done. */
async function participate(url: string, code: string, random: () => number): Promise<Did> {
  const did: Did = { code, answers: [], actions: [] };
  let stored: string | null = null;
  const box: Box = {
    get: () => stored,
    set: (text) => {
      stored = text;
    },
  };
  let who: Client = client(url);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

  const until = async (path: string, said?: object) => {
    for (;;) {
      try {
        const answer = await who.ask(path, said);
        if (answer.status === 200) return answer.body;
        if (answer.status < 500) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body.error)}`);
      } catch (error) {
        if (error instanceof Error && error.message.startsWith(path)) throw error;
        met.unreachable++;
      }
      await sleep(50 + 100 * random());
    }
  };
  const send = async ({ path, body }: Waiting): Promise<Outcome> => {
    met.sent++;
    let status: number;
    try {
      status = (await who.ask(path, body)).status;
    } catch {
      met.unreachable++;
      return "wait";
    }
    if (random() < LOST) {
      met.lost++;
      return "wait";
    }
    if (status >= 500) return "wait";
    if (status !== 200) met.refused++;
    else met.acknowledged++;
    return status === 200 ? "done" : "refused";
  };
  const newTab = () => outbox({ box, send, pause: (ms) => sleep(Math.min(ms, 150)) });
  let out = newTab();

  await until("/api/enter", { code });
  await until("/api/consent", {});
  let state = await until("/api/tutorial", {});
  while (state.now.step !== "thanks") {
    if (state.now.step === "pause") {
      state = await until("/api/continue", {});
      continue;
    }
    if (state.now.step !== "question") throw new Error(`unexpected ${state.now.step}`);
    const { part, id: question, offers } = state.now.question;
    const looks = part === "B" ? Math.floor(random() * 4) : 0;
    for (let i = 0; i < looks; i++) {
      const action = pick(offers);
      did.actions.push({ question, action });
      const event = { id: newId(), question, action, after_ms: Math.floor(random() * 1000) };
      out.put({ id: event.id, path: "/api/action", body: event });
      if (random() < 0.5) await out.flush();
    }
    const level = pick(LEVELS);
    did.answers.push({ part, question, level });
    const event = { id: newId(), part, question, level, took_ms: Math.floor(random() * 5000) };
    out.put({ id: event.id, path: "/api/answer", body: event });
    if (random() < CLOSED) {
      met.reopened++;
      who = client(url);
      out = newTab();
      await until("/api/enter", { code });
    }
    await out.flush();
    state = await until("/api/state");
  }
  expect(out.state().waiting).toEqual([]);
  return did;
}

test(`${PEOPLE} participants, ${KILLS} kills: all that was done is recorded once`, { timeout: 240_000 }, async () => {
  const began = performance.now();
  const args = [small.folder, "--app", bareApp()];
  server = await startVerb(verb.file, [...args, "--port", "0"]);
  const { url } = server;
  const { port } = new URL(url);
  expect(server.lines[1]).toBe(`administrator: ${url}admin (the token is in ${join(small.folder, "admin-token.txt")})`);
  expect(server.lines[2]).toMatch(/^50 codes;/);
  let over = false;
  const total = PEOPLE * 2 * QUESTIONS;
  let kills = 0;
  const down: number[] = [];
  const killer = (async () => {
    const random = uniforms(99);
    while (kills < KILLS && !over) {
      if (met.acknowledged < ((kills + 1) * total) / (KILLS + 1)) {
        await sleep(2);
        continue;
      }
      await sleep(30 * random());
      const at = performance.now();
      server.process.kill("SIGKILL");
      expect(await server.ended).toBe(null);
      server = await startVerb(verb.file, [...args, "--port", port]);
      down.push(performance.now() - at);
      kills++;
    }
  })();
  const crowd = await Promise.all(small.codes.map((code, i) => participate(url, code, uniforms(1000 + i))));
  over = true;
  await killer;
  const took = performance.now() - began;
  expect(kills).toBe(KILLS);
  server.process.kill("SIGINT");
  expect(await server.ended).toBe(0);

  const { participants, answers, actions } = await readStudyRecords(small.folder);
  expect(met.unreachable).toBeGreaterThan(0);
  expect(met.lost).toBeGreaterThan(0);
  expect(met.reopened).toBeGreaterThan(0);
  expect(met.refused).toBe(0);
  expect(participants.map((p) => p.code)).toEqual(small.codes);
  const plain = (rows: readonly object[]): readonly string[] => rows.map((r) => JSON.stringify(r)).sort();
  for (const { code, ...did } of crowd) {
    const own = answers.filter((a) => a.code === code);
    expect(plain(own.map(({ part, question, level }) => ({ part, question, level })))).toEqual(plain(did.answers));
    expect(plain(actions.filter((a) => a.code === code).map(({ question, action }) => ({ question, action })))).toEqual(
      plain(did.actions),
    );
    for (const part of ["A", "B"] as const) {
      const order = orderOf(small.study, code, part);
      expect(participants.find((p) => p.code === code)?.orders[part]).toEqual(order);
      expect(did.answers.filter((a) => a.part === part).map((a) => a.question)).toEqual(order);
    }
    expect(participants.find((p) => p.code === code)?.finished_at).not.toBe(null);
  }
  expect(answers.length).toBe(total);
  expect(actions.length).toBe(crowd.reduce((sum, d) => sum + d.actions.length, 0));

  // Definitely right 2, maybe right 1, not sure 0, wrong the same below 0; counted from what the clients did.
  const truth = new Map(small.study.questions.map((q) => [q.id, q.truth]));
  const worth = (level: number, question: string): number => (truth.get(question) === 1 ? level : 0 - level);
  const analysis = analyseStudy(small.study, { participants, answers, actions }, { resamples: 100 });
  expect(analysis.participants.length).toBe(PEOPLE);
  for (const [i, did] of crowd.entries()) {
    const score = (part: Part): number =>
      did.answers.filter((a) => a.part === part).reduce((sum, a) => sum + worth(a.level, a.question), 0);
    const found = analysis.participants[i];
    expect([found?.parts.A.score, found?.parts.B.score, found?.difference]).toEqual([
      score("A"),
      score("B"),
      score("B") - score("A"),
    ]);
    for (const action of ACTIONS)
      expect(found?.actions[action]).toBe(did.actions.filter((a) => a.action === action).length);
  }
  console.log(
    `crowd: ${PEOPLE} participants, ${answers.length} answers, ${actions.length} actions in ${(took / 1000).toFixed(1)} s; ` +
      `down ${down.map((ms) => `${ms.toFixed(0)} ms`).join(", ")}; ${JSON.stringify(met)}`,
  );
});
