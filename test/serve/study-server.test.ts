/** @file What the study's server lets whom see and do, and what it says to those who try otherwise. */
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import type { AskedQuestion, StudyOverview, StudyState } from "../../src/serve/study-api.ts";
import { patience } from "../../src/serve/study-guard.ts";
import type { ServedStudy } from "../../src/serve/study-options.ts";
import { serveStudy } from "../../src/serve/study-server.ts";
import { readStudyRecords } from "../../src/serve/study-store.ts";
import { newCodes } from "../../src/study/codes.ts";
import { orderOf } from "../../src/study/orders.ts";
import { bareApp, type SmallStudy, smallStudy } from "./small-study.ts";
import { type Client, client } from "./study-client.ts";

const app = bareApp();
const idOf = (() => {
  let n = 0;
  return () => `event-${String(n++).padStart(16, "0")}`;
})();

let small: SmallStudy;
let at: ServedStudy;
const faults: unknown[] = [];
beforeAll(async () => {
  small = await smallStudy({ participants: 12 });
  at = await serveStudy(small.folder, { port: 0, app, onFault: (e) => faults.push(e) });
});
afterAll(() => at.close());

const questionOf = (state: StudyState): AskedQuestion => {
  if (state.now.step !== "question") throw new Error(`no question, but ${state.now.step}`);
  return state.now.question;
};
/** Comes in and goes to the first question. */
async function begun(code: string): Promise<{ readonly who: Client; readonly question: AskedQuestion }> {
  const who = client(at.url);
  await who.ask("/api/enter", { code });
  await who.ask("/api/consent", {});
  return { who, question: questionOf((await who.ask("/api/tutorial", {})).body) };
}
const answerTo = ({ id: question, part }: AskedQuestion, level: number, id = idOf()) => ({
  id,
  part,
  question,
  level,
  took_ms: 1234,
});
async function toPartB(code: string): Promise<{ readonly who: Client; readonly question: AskedQuestion }> {
  const { who, question } = await begun(code);
  let [state] = [await who.ask("/api/answer", answerTo(question, 0))];
  while (state.body.now.step === "question") state = await who.ask("/api/answer", answerTo(questionOf(state.body), 0));
  return { who, question: questionOf((await who.ask("/api/continue", {})).body) };
}

describe("a participant's course", () => {
  test("from the code to the end: both parts in the recorded orders, each answer once, steps in their order", async () => {
    const [code = ""] = small.codes;
    const who = client(at.url);
    const entered = await who.ask("/api/enter", { code: code.toLowerCase().replaceAll("-", " ") });
    expect(entered.status).toBe(200);
    expect(entered.body.now).toEqual({ step: "consent", text: small.study.consent });
    const [cookie = ""] = entered.headers.getSetCookie();
    expect(cookie).toMatch(/^onnxplain-study=[\w-]{43}; .*Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await who.ask("/api/tutorial", {})).status).toBe(409);
    expect((await who.ask("/api/consent", {})).body.now.step).toBe("tutorial");
    expect((await who.ask("/api/continue", {})).status).toBe(409);
    let { body } = await who.ask("/api/tutorial", {});
    const seen: Record<string, string[]> = { A: [], B: [] };
    for (let i = 0; body.now.step !== "thanks" && i < 20; i++) {
      if (body.now.step === "pause") body = (await who.ask("/api/continue", {})).body;
      const question = questionOf(body);
      expect(question).toMatchObject({ number: (seen[question.part]?.length ?? 0) + 1, of: 3, stated_accuracy: 0.8 });
      seen[question.part]?.push(question.id);
      const said = answerTo(question, 2);
      body = (await who.ask("/api/answer", said)).body;
      expect((await who.ask("/api/answer", said)).body).toEqual(body);
    }
    expect(seen).toEqual({ A: orderOf(small.study, code, "A"), B: orderOf(small.study, code, "B") });
    expect(body.now).toEqual({ step: "thanks", stated_accuracy: 0.8, actual_accuracy: 0.97, questions: 3 });
    const admin = await client(at.url).ask<{ answers: { code: string }[] }>("/api/admin/records.json", undefined, {
      headers: { authorization: `Bearer ${small.token}` },
    });
    expect(admin.body.answers.filter((a) => a.code === code).length).toBe(6);
  });

  test("comes back with the code or the cookie at the same question, on any machine", async () => {
    const [, code = ""] = small.codes;
    const { who, question } = await begun(code);
    const next = questionOf((await who.ask("/api/answer", answerTo(question, 1))).body);
    expect(questionOf((await who.ask("/api/state")).body)).toEqual(next);
    const elsewhere = client(at.url);
    const there = questionOf((await elsewhere.ask("/api/enter", { code })).body);
    expect({ ...there, picture: "" }).toEqual({ ...next, picture: "" });
    expect(there.picture).not.toBe(next.picture);
  });

  test("neither skips nor goes back: only the question that is asked now takes an answer", async () => {
    const { who, question } = await begun(small.codes[2] ?? "");
    const other = small.study.questions.map((q) => q.id).find((id) => id !== question.id) as string;
    for (const said of [
      { ...answerTo(question, 1), question: other },
      { ...answerTo(question, 1), part: "B" },
    ]) {
      const { status, body } = await who.ask("/api/answer", said);
      expect(status).toBe(409);
      expect(body.state && questionOf(body.state).id).toBe(question.id);
    }
    const first = answerTo(question, 1);
    await who.ask("/api/answer", first);
    expect((await who.ask("/api/answer", answerTo(question, -1))).status).toBe(409);
    expect((await who.ask("/api/answer", { ...first, level: -1 })).status).toBe(409);
    const end = await who.ask("/api/state");
    expect(questionOf(end.body).number).toBe(2);
  });

  test("nothing tells the truth, the probability, or what explains, before its time", async () => {
    const { who, question } = await begun(small.codes[3] ?? "");
    expect(question.offers).toEqual([]);
    expect(question.opened).toEqual({ heatMap: null, similar: null });
    for (const action of ["similar", "heat-map", "zoom"])
      expect((await who.ask("/api/action", { id: idOf(), question: question.id, action, after_ms: 1 })).status).toBe(
        409,
      );
    const raw = JSON.stringify((await who.ask("/api/state")).body);
    expect(raw).not.toMatch(/"truth"|"probability"|0\.97|\.png/);
    expect(raw).not.toContain(small.codes[3]);

    const b = await toPartB(small.codes[4] ?? "");
    expect(b.question.opened).toEqual({ heatMap: null, similar: null });
    const file = small.study.questions.find((q) => q.id === b.question.id);
    const act = (action: string, id = idOf()) =>
      b.who.ask("/api/action", { id, question: b.question.id, action, after_ms: 5 });
    const similar = questionOf((await act("similar")).body).opened;
    expect([similar.similar?.length, similar.heatMap, similar.similar?.[0]?.heatMap]).toEqual([3, null, null]);
    expect(similar.similar?.map((s) => s.caption)).toEqual(file?.similar.map((s) => s.caption));
    const map = await act("heat-map");
    expect(map.status).toBe(file?.heatMap === null ? 409 : 200);
    const other = small.study.questions.map((q) => q.id).find((id) => id !== b.question.id);
    expect(
      (await b.who.ask("/api/action", { id: idOf(), question: other, action: "similar", after_ms: 5 })).status,
    ).toBe(409);
    const twice = idOf();
    await act("zoom", twice);
    await act("zoom", twice);
    await act("zoom");
    const lines = await overview();
    expect(lines.participants.find((p) => p.code === small.codes[4])?.actions).toMatchObject({ similar: 1, zoom: 2 });
  });

  test("pictures have names of this session, and are there while their question is asked", async () => {
    const { who, question } = await begun(small.codes[5] ?? "");
    const file = small.study.questions.find((q) => q.id === question.id)?.picture ?? "";
    expect(question.picture).toMatch(/^\/picture\/[\w-]{22}$/);
    const { status, bytes } = await who.bytes(question.picture);
    expect(status).toBe(200);
    expect(Buffer.compare(bytes, readFileSync(join(small.folder, "pictures", file)))).toBe(0);
    const stranger = await begun(small.codes[6] ?? "");
    expect((await stranger.who.bytes(question.picture)).status).toBe(404);
    expect((await client(at.url).bytes(question.picture)).status).toBe(401);
    for (const path of [
      "/picture/",
      `/picture/${file}`,
      `/pictures/${file}`,
      "/picture/..%2fstudy.json",
      "/study.json",
      "/study.sqlite",
    ])
      expect([path, [400, 401, 404].includes((await who.bytes(path)).status)]).toEqual([path, true]);
    await who.ask("/api/answer", answerTo(question, 0));
    expect((await who.bytes(question.picture)).status).toBe(404);
  });
});

const overview = async (): Promise<StudyOverview> =>
  (
    await client(at.url).ask<StudyOverview>("/api/admin/overview", undefined, {
      headers: { authorization: `Bearer ${small.token}` },
    })
  ).body;

describe("strangers", () => {
  test("forged codes and cookies open nothing, and hear why in words", async () => {
    const who = client(at.url);
    for (const code of ["", "x", newCodes(1)[0] ?? "", "' or 1=1 --", "../../etc", "\u0000", "😀".repeat(40)]) {
      const { status, body } = await who.ask("/api/enter", { code });
      expect([code, status]).toEqual([code, 403]);
      expect(body.error?.message).toMatch(/no such code/);
    }
    for (const cookie of ["", "x", "A".repeat(43), `${"A".repeat(43)}'`, "%00", small.codes[0] ?? ""]) {
      const { status, body } = await who.ask("/api/state", undefined, {
        headers: { cookie: `onnxplain-study=${cookie}` },
      });
      expect([cookie, status]).toEqual([cookie, 401]);
      expect(body.error?.message).toMatch(/Enter your code/);
    }
  });

  test("messages of the wrong kind, form or size are refused, and nothing is recorded", async () => {
    const { who, question } = await begun(small.codes[7] ?? "");
    const good = answerTo(question, 1);
    const rows: readonly (readonly [number, unknown])[] = [
      [400, { ...good, level: 3 }],
      [400, { ...good, level: 0.5 }],
      [400, { ...good, level: "1" }],
      [400, { ...good, level: null }],
      [400, { ...good, id: "short" }],
      [400, { ...good, id: { toString: "x".repeat(16) } }],
      [400, { ...good, took_ms: -1 }],
      [400, { ...good, took_ms: 1e300 }],
      [400, { ...good, part: "C" }],
      [400, { ...good, question: "../x" }],
      [400, []],
      [400, null],
      [400, 7],
      [400, "text"],
      [413, { ...good, more: "x".repeat(2 ** 14) }],
    ];
    for (const [status, said] of rows)
      expect([said, (await who.ask("/api/answer", said)).status]).toEqual([said, status]);
    const odd = async (raw: string, headers: Record<string, string> = {}) =>
      (await who.ask("/api/answer", undefined, { raw, headers })).status;
    expect(await odd("{")).toBe(400);
    expect(await odd('{"__proto__":{"id":"x"}}')).toBe(400);
    expect(await odd(JSON.stringify(good), { "content-type": "text/plain" })).toBe(415);
    expect(await odd("id=1", { "content-type": "application/x-www-form-urlencoded" })).toBe(415);
    expect(await odd(JSON.stringify(good), { origin: "http://evil.example" })).toBe(403);
    const raw = await who.ask<unknown>("/api/answer", undefined, { raw: "{" });
    expect(JSON.stringify(raw.body)).toBe('{"error":{"status":400,"message":"The body is not JSON."}}');
    expect(questionOf((await who.ask("/api/state")).body).number).toBe(1);
    expect((await who.ask("/api/answer", good)).status).toBe(200);
    expect(faults).toEqual([]);
  });

  test("one participant's event names mean nothing to another's", async () => {
    const a = await begun(small.codes[8] ?? "");
    const b = await begun(small.codes[9] ?? "");
    const id = idOf();
    expect((await a.who.ask("/api/answer", answerTo(a.question, 2, id))).status).toBe(200);
    const { status, body } = await b.who.ask("/api/answer", answerTo(b.question, -2, id));
    expect([status, questionOf(body).number]).toEqual([200, 2]);
  });

  test("wrong secrets are heard so many times a minute", async () => {
    let now = 0;
    const p = patience(3, 60, () => now);
    for (let i = 0; i < 3; i++) {
      expect(p.wait("a")).toBe(0);
      p.wrong("a");
    }
    expect([p.wait("a"), p.wait("b")]).toEqual([60, 0]);
    now = 59_500;
    expect(p.wait("a")).toBe(1);
    now = 60_000;
    expect(p.wait("a")).toBe(0);
    const own = await smallStudy({ participants: 1 });
    const served = await serveStudy(own.folder, { port: 0, app });
    try {
      const who = client(served.url);
      const tries = [];
      for (let i = 0; i < 32; i++) tries.push((await who.ask("/api/enter", { code: "AAAA-AAAA-AAAA" })).status);
      expect([tries.filter((s) => s === 403).length, tries.filter((s) => s === 429).length]).toEqual([30, 2]);
      const late = await who.ask("/api/enter", { code: own.codes[0] });
      expect([late.status, Number(late.headers.get("retry-after")) > 0]).toEqual([429, true]);
      const tokens = [];
      for (let i = 0; i < 12; i++) tokens.push((await who.ask("/api/admin/enter", { token: "x" })).status);
      expect(tokens.slice(9)).toEqual([403, 429, 429]);
    } finally {
      await served.close();
    }
  });
});

describe("the administrator", () => {
  test("needs the token; participants have no way in", async () => {
    const { who } = await begun(small.codes[10] ?? "");
    const paths = ["overview", "records.json", "answers.csv", "actions.csv", "participants.csv", "codes.csv"];
    for (const path of paths) expect((await who.ask(`/api/admin/${path}`)).status).toBe(401);
    for (const path of ["codes", "remove", "close"]) expect((await who.ask(`/api/admin/${path}`, {})).status).toBe(401);
    for (const token of ["", small.codes[0], small.token.slice(1), `${small.token}0`])
      expect((await who.ask("/api/admin/enter", { token })).status).toBe(403);
    expect((await who.ask("/api/admin/overview", undefined, { headers: { authorization: "Bearer x" } })).status).toBe(
      403,
    );
    const stolen = who.cookies.get("onnxplain-study") ?? "";
    const headers = { cookie: `onnxplain-study-admin=${stolen}` };
    expect((await who.ask("/api/admin/overview", undefined, { headers })).status).toBe(401);
    expect((await client(at.url).ask<string>("/admin")).body).not.toContain(small.codes[0]);
  });

  test("sees how far everybody is, adds codes, takes the records, removes a person, closes and opens the study", async () => {
    const who = client(at.url);
    const entered = await who.ask("/api/admin/enter", { token: small.token });
    expect(entered.headers.getSetCookie()[0]).toMatch(/Path=\/api\/admin; HttpOnly; SameSite=Strict/);
    const seen = (await who.ask<StudyOverview>("/api/admin/overview")).body;
    expect(seen).toMatchObject({ questions: 3, stated_accuracy: 0.8, actual_accuracy: 0.97, closed: false });
    expect(seen.participants.map((p) => p.code)).toEqual(small.codes);
    expect(seen.participants[0]).toMatchObject({ answered: { A: 3, B: 3 }, sessions: 1 });

    for (const count of [0, 1001, 1.5, "3"]) expect((await who.ask("/api/admin/codes", { count })).status).toBe(400);
    const made = (await who.ask<{ codes: string[] }>("/api/admin/codes", { count: 2 })).body.codes;
    expect((await client(at.url).ask("/api/enter", { code: made[1] })).status).toBe(200);

    const csv = await who.ask<string>("/api/admin/answers.csv");
    expect(csv.headers.get("content-disposition")).toBe('attachment; filename="answers.csv"');
    expect(csv.body.split("\r\n")[0]).toBe("code,part,question,level,answered_at,took_ms");
    expect(csv.body).toContain(`${small.codes[0]},A,`);
    const people = (await who.ask<string>("/api/admin/participants.csv")).body;
    expect(people).toContain(orderOf(small.study, small.codes[0] ?? "", "B").join(" "));

    const gone = await begun(small.codes[11] ?? "");
    expect((await who.ask("/api/admin/remove", { code: "AAAA-AAAA-AAAA" })).status).toBe(404);
    const left = (await who.ask<StudyOverview>("/api/admin/remove", { code: small.codes[11] })).body;
    expect(left.participants.some((p) => p.code === small.codes[11])).toBe(false);
    expect((await gone.who.ask("/api/state")).status).toBe(401);
    expect((await client(at.url).ask("/api/enter", { code: small.codes[11] })).status).toBe(403);

    const late = await begun(made[0] ?? "");
    const said = answerTo(late.question, 1);
    await who.ask("/api/admin/close", { closed: true });
    const shut = await late.who.ask("/api/answer", said);
    expect([shut.status, shut.body.state?.now.step]).toEqual([423, "closed"]);
    expect((await late.who.bytes(late.question.picture)).status).toBe(404);
    await who.ask("/api/admin/close", { closed: false });
    expect(questionOf((await late.who.ask("/api/answer", said)).body).number).toBe(2);
    await who.ask("/api/admin/leave", {});
    expect((await who.ask("/api/admin/overview")).status).toBe(401);
  });
});

describe("the folder", () => {
  const refusal = async (folder: string): Promise<string> => {
    try {
      await (await serveStudy(folder, { port: 0, app })).close();
      return "";
    } catch (error) {
      return error instanceof OnnxplainError ? `${error.code} ${error.message}` : String(error);
    }
  };

  test("a second server, no study, other questions than those of the records, a short token: refused in words", async () => {
    expect(await refusal(small.folder)).toMatch(/^E_FILE .*in use by process/);
    const own = await smallStudy({ participants: 1 });
    expect(await refusal(own.folder)).toBe("");
    writeFileSync(join(own.folder, "study.json"), JSON.stringify({ ...own.study, tutorial: "Other words." }));
    expect(await refusal(own.folder)).toBe("");
    writeFileSync(
      join(own.folder, "study.json"),
      JSON.stringify({ ...own.study, questions: own.study.questions.slice(1) }),
    );
    expect(await refusal(own.folder)).toMatch(/^E_FILE The questions of/);
    writeFileSync(join(own.folder, "admin-token.txt"), "short");
    expect(await refusal(own.folder)).toMatch(/^E_FILE The token/);
    rmSync(join(own.folder, "study.json"));
    expect(await refusal(own.folder)).toMatch(/^E_FILE Cannot read .*ENOENT.*study new/);
  });

  test("a token is made where there is none, for the owner alone; cookies and answers outlive the server", async () => {
    const own = await smallStudy({ participants: 1 });
    rmSync(join(own.folder, "admin-token.txt"));
    const first = await serveStudy(own.folder, { port: 0, app });
    const file = join(own.folder, "admin-token.txt");
    expect([existsSync(file), statSync(file).mode & 0o777]).toEqual([true, 0o600]);
    const who = client(first.url);
    const { body } = await who.ask("/api/enter", { code: own.codes[0] });
    await first.close();
    await first.close();
    expect((await readStudyRecords(own.folder)).participants.map((p) => p.code)).toEqual(own.codes);
    const second = await serveStudy(own.folder, { port: first.port, app });
    expect((await who.ask("/api/state")).body).toEqual(body);
    await second.close();
    chmodSync(file, 0o600);
  });
});
