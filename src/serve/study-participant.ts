/** @file What participants may ask for: to come in, to go on, to answer, to look at what explains; nothing before its time. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { getMimeType } from "hono/utils/mime";
import { codeOf } from "../study/codes.ts";
import { orderOf } from "../study/orders.ts";
import type { Study } from "../study/study.ts";
import { type ActionMessage, type AnswerMessage, COOKIE, type StudyRefusal, type StudyState } from "./study-api.ts";
import { currentOf, filesOf, offersOf, stepOf } from "./study-course.ts";
import { addressOf as clientOf, hashOf, nameFor, newSecret, patience } from "./study-guard.ts";
import { messageOf } from "./study-messages.ts";
import type { Course, Mark, StudyStore } from "./study-store.ts";

export interface ParticipantSite {
  readonly study: Study;
  readonly store: StudyStore;
  /** The folder of the study's pictures. */
  readonly pictures: string;
}

const DAYS = 24 * 3600;
/** Wrong codes a minute from one address, which a whole class may share. */
const WRONG_CODES = 30;
const NOTHING: ReadonlySet<never> = new Set();

interface Visitor {
  readonly session: string;
  readonly course: Course;
}

export function participantRoutes(app: Hono, { study, store, pictures }: ParticipantSite): void {
  const questions = new Map(study.questions.map((q) => [q.id, q]));
  const key = keyOf(store);
  const codes = patience(WRONG_CODES, 60);
  const closed = (): boolean => store.setting("closed") === "yes";

  const stateOf = ({ session, course }: Visitor): StudyState => {
    const current = currentOf(questions, course);
    return {
      title: study.title,
      participant: nameFor(key, `participant/${course.code}`),
      now: stepOf(course, {
        study,
        questions,
        closed: closed(),
        opened: current?.part === "B" ? store.opened(course.code, current.question.id) : NOTHING,
        addressOf: (file) => `/picture/${nameFor(key, `${session}/${file}`)}`,
      }),
    };
  };
  const visitorOf = (c: Context): Visitor => {
    const cookie = getCookie(c, COOKIE) ?? "";
    const session = hashOf(cookie);
    const course = cookie.length === 43 ? store.courseOf(session) : undefined;
    if (course) return { session, course };
    throw new HTTPException(401, { message: "Nobody is signed in here. Enter your code." });
  };
  const again = ({ session }: Visitor): Visitor => {
    const course = store.courseOf(session);
    if (course === undefined) throw new HTTPException(401, { message: "Nobody is signed in here. Enter your code." });
    return { session, course };
  };
  const told = (c: Context, visitor: Visitor): Response => {
    c.header("Cache-Control", "no-store");
    return c.json(stateOf(visitor));
  };
  const refused = (c: Context, status: ContentfulStatusCode, message: string, visitor?: Visitor): Response => {
    c.header("Cache-Control", "no-store");
    const state = visitor && { state: stateOf(visitor) };
    return c.json({ error: { status, message }, ...state } satisfies StudyRefusal, status);
  };
  const CLOSED = "The study is closed at the moment. Nothing that was saved is lost.";

  app.post("/api/enter", async (c) => {
    const { code: typed } = await messageOf<{ readonly code: string }>(c, "code");
    const wait = codes.wait(clientOf(c));
    if (wait > 0) {
      c.header("Retry-After", String(wait));
      return refused(c, 429, `Too many wrong codes came from your network. Try again in ${wait} seconds.`);
    }
    const code = codeOf(typed);
    if (code === undefined || !store.knows(code)) {
      codes.wrong(clientOf(c));
      return refused(c, 403, "There is no such code. Compare it letter by letter with the one that you were given.");
    }
    const orders = { A: orderOf(study, code, "A"), B: orderOf(study, code, "B") };
    const secret = newSecret();
    const session = hashOf(secret);
    store.enter(session, code, orders, Date.now());
    setCookie(c, COOKIE, secret, { httpOnly: true, sameSite: "Strict", path: "/", maxAge: 60 * DAYS });
    return told(c, again({ session, course: store.courseOf(session) as Course }));
  });

  app.get("/api/state", (c) => told(c, visitorOf(c)));

  app.post("/api/leave", async (c) => {
    await messageOf(c, "nothing");
    const visitor = visitorOf(c);
    store.leave(visitor.session);
    deleteCookie(c, COOKIE, { path: "/" });
    return c.json({});
  });

  /** Steps that are taken once, in order; taken again they change nothing. */
  const step = (path: string, mark: Mark, may: (course: Course) => boolean, early: string): void => {
    app.post(path, async (c) => {
      await messageOf(c, "nothing");
      const visitor = visitorOf(c);
      if (!may(visitor.course)) return refused(c, 409, early, visitor);
      if (closed() && visitor.course.finished_at === null) return refused(c, 423, CLOSED, visitor);
      store.mark(visitor.course.code, mark, Date.now());
      return told(c, again(visitor));
    });
  };
  step("/api/consent", "consented_at", () => true, "");
  step("/api/tutorial", "tutorial_at", (course) => course.consented_at !== null, "The consent comes first.");
  step(
    "/api/continue",
    "resumed_at",
    ({ tutorial_at, answered, orders }) => tutorial_at !== null && answered.A === orders.A.length,
    "Part A comes first.",
  );

  app.post("/api/answer", async (c) => {
    const { id, part, question, level, took_ms } = await messageOf<AnswerMessage>(c, "answer");
    const visitor = visitorOf(c);
    const { code } = visitor.course;
    const event = { id, code, part, question, level, took_ms, answered_at: Date.now() };
    const before = store.find(event);
    if (before === "again") return told(c, visitor);
    if (before === "other") return refused(c, 409, "This event was sent before, with something else in it.", visitor);
    if (closed()) return refused(c, 423, CLOSED, visitor);
    const current = currentOf(questions, visitor.course);
    if (current?.part !== part || current.question.id !== question)
      return refused(c, 409, "This is not the question that is asked now.", visitor);
    store.answer(event, current.last);
    return told(c, again(visitor));
  });

  app.post("/api/action", async (c) => {
    const { id, question, action, after_ms } = await messageOf<ActionMessage>(c, "action");
    const visitor = visitorOf(c);
    const { code } = visitor.course;
    const event = { id, code, question, action, after_ms, at: Date.now() };
    const before = store.find(event);
    if (before === "again") return told(c, visitor);
    if (before === "other") return refused(c, 409, "This event was sent before, with something else in it.", visitor);
    if (closed()) return refused(c, 423, CLOSED, visitor);
    const current = currentOf(questions, visitor.course);
    if (current?.part !== "B" || current.question.id !== question)
      return refused(c, 409, "Explanations are shown in part B, for the question that is asked now.", visitor);
    if (!offersOf(current.question).includes(action))
      return refused(c, 409, "There is no such explanation of this question.", visitor);
    store.act(event);
    return told(c, again(visitor));
  });

  app.get("/picture/:name", async (c) => {
    const { session, course } = visitorOf(c);
    const current = closed() ? undefined : currentOf(questions, course);
    const asked = c.req.param("name");
    const file =
      current &&
      filesOf(current, store.opened(course.code, current.question.id)).find(
        (name) => nameFor(key, `${session}/${name}`) === asked,
      );
    if (file === undefined) throw new HTTPException(404, { message: "There is no such picture at the moment." });
    const bytes = await readFile(join(pictures, file));
    c.header("Content-Type", getMimeType(file) ?? "application/octet-stream");
    c.header("Cache-Control", "private, max-age=3600");
    return c.body(Uint8Array.from(bytes));
  });
}

/** Names of pictures stay as they are when the server is started again. */
function keyOf(store: StudyStore): string {
  const found = store.setting("key");
  if (found !== undefined) return found;
  const made = newSecret();
  store.set("key", made);
  return made;
}
