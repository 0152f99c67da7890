/** @file What the administrator may do: see how far everybody is, add codes, remove a person's data, take the records, close the study. */
import type { Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { writeCsv } from "../formats/csv.ts";
import { tableOfRows } from "../formats/table.ts";
import { codeOf, newCodes } from "../study/codes.ts";
import type { Study, StudyRecords } from "../study/study.ts";
import { ADMIN_COOKIE, type StudyOverview } from "./study-api.ts";
import { addressOf, hashOf, newSecret, patience, sameSecret } from "./study-guard.ts";
import { messageOf } from "./study-messages.ts";
import type { StudyStore } from "./study-store.ts";

export interface AdminSite {
  readonly study: Study;
  readonly store: StudyStore;
  readonly token: string;
}

const HOURS = 3600;
const WRONG_TOKENS = 10;

export function adminRoutes(app: Hono, { study, store, token }: AdminSite): void {
  const tokens = patience(WRONG_TOKENS, 60);
  /** Hash of a session -> when it ends; they end with the process as well. */
  const sessions = new Map<string, number>();

  const check = (c: Context, said: string): void => {
    const wait = tokens.wait(addressOf(c));
    if (wait > 0) {
      c.header("Retry-After", String(wait));
      throw new HTTPException(429, { message: `Too many wrong tokens. Try again in ${wait} seconds.` });
    }
    if (sameSecret(said, token)) return;
    tokens.wrong(addressOf(c));
    throw new HTTPException(403, { message: "This is not the administrator's token. It is in `admin-token.txt`." });
  };

  app.post("/api/admin/enter", async (c) => {
    const { token: said } = await messageOf<{ readonly token: string }>(c, "token");
    check(c, said.trim());
    const secret = newSecret();
    for (const [session, until] of sessions) if (until < Date.now()) sessions.delete(session);
    sessions.set(hashOf(secret), Date.now() + 12 * HOURS * 1000);
    setCookie(c, ADMIN_COOKIE, secret, {
      httpOnly: true,
      sameSite: "Strict",
      path: "/api/admin",
      maxAge: 12 * HOURS,
    });
    return c.json({});
  });

  app.use("/api/admin/*", async (c, next) => {
    c.header("Cache-Control", "no-store");
    const [, said] = /^Bearer\s+(.+)$/i.exec(c.req.header("authorization") ?? "") ?? [];
    if (said !== undefined) check(c, said.trim());
    else if (!((sessions.get(hashOf(getCookie(c, ADMIN_COOKIE) ?? "")) ?? 0) > Date.now()))
      throw new HTTPException(401, { message: "This page is the administrator's. Enter the token." });
    return next();
  });

  const overview = (): StudyOverview => ({
    title: study.title,
    questions: study.questions.length,
    stated_accuracy: study.stated_accuracy,
    actual_accuracy: study.actual_accuracy,
    closed: store.setting("closed") === "yes",
    participants: store.lines(),
  });

  app.get("/api/admin/overview", (c) => c.json(overview()));
  app.post("/api/admin/codes", async (c) => {
    const { count } = await messageOf<{ readonly count: number }>(c, "codes");
    const codes = newCodes(count);
    store.addCodes(codes, Date.now());
    return c.json({ codes });
  });
  app.post("/api/admin/remove", async (c) => {
    const { code: typed } = await messageOf<{ readonly code: string }>(c, "code");
    const code = codeOf(typed);
    if (code === undefined || !store.remove(code, Date.now()))
      throw new HTTPException(404, { message: "There is no participant with this code." });
    return c.json(overview());
  });
  app.post("/api/admin/close", async (c) => {
    const { closed } = await messageOf<{ readonly closed: boolean }>(c, "close");
    store.set("closed", closed ? "yes" : "no");
    return c.json(overview());
  });
  app.post("/api/admin/leave", async (c) => {
    await messageOf(c, "nothing");
    sessions.delete(hashOf(getCookie(c, ADMIN_COOKIE) ?? ""));
    deleteCookie(c, ADMIN_COOKIE, { path: "/api/admin" });
    return c.json({});
  });
  for (const [name, [type, content]] of Object.entries(DOWNLOADS))
    app.get(`/api/admin/${name}`, (c) => {
      c.header("Content-Type", type);
      c.header("Content-Disposition", `attachment; filename="${name}"`);
      return c.body(content(store));
    });
}

const CSV = "text/csv; charset=utf-8";

/** Names of files -> what they hold. */
const DOWNLOADS: Readonly<Record<string, readonly [type: string, content: (store: StudyStore) => string]>> = {
  "records.json": ["application/json", (store) => `${JSON.stringify(store.records(), null, 1)}\n`],
  "participants.csv": [CSV, (store) => participantsCsv(store.records())],
  "answers.csv": [
    CSV,
    (store) =>
      writeCsv(
        tableOfRows(store.records().answers, {
          code: "string",
          part: "string",
          question: "string",
          level: "int",
          answered_at: "int",
          took_ms: "int",
        }),
      ),
  ],
  "actions.csv": [
    CSV,
    (store) =>
      writeCsv(
        tableOfRows(store.records().actions, {
          code: "string",
          question: "string",
          action: "string",
          at: "int",
          after_ms: "int",
        }),
      ),
  ],
  "codes.csv": [CSV, (store) => ["code", ...store.lines().map((l) => l.code), ""].join("\n")],
};

const participantsCsv = ({ participants }: StudyRecords): string =>
  writeCsv(
    tableOfRows(
      participants.map(({ orders, ...p }) => ({ ...p, order_a: orders.A.join(" "), order_b: orders.B.join(" ") })),
      { code: "string", consented_at: "int", finished_at: "int", order_a: "string", order_b: "string" },
    ),
  );
