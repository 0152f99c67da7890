/** @file What participants did, on disk before they are told so: an embedded database, each event one row however often it comes. */
import { closeSync, fsyncSync, openSync, rmdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Database, QueryResult } from "node-sqlite3-wasm";
import { OnnxplainError } from "../errors.ts";
import type {
  Level,
  Part,
  Participant,
  StudyAction,
  StudyActionRow,
  StudyAnswer,
  StudyRecords,
} from "../study/study.ts";
import { claimStudy } from "./study-lock.ts";

export const RECORDS = "study.sqlite";

/** How far somebody has come. */
export interface Course {
  readonly code: string;
  readonly consented_at: number | null;
  readonly tutorial_at: number | null;
  /** When part B was begun. */
  readonly resumed_at: number | null;
  readonly finished_at: number | null;
  readonly orders: Readonly<Record<Part, readonly string[]>>;
  readonly answered: Readonly<Record<Part, number>>;
}
export type Mark = "consented_at" | "tutorial_at" | "resumed_at";

/** `id` is the participant's own name of the event: the same event comes again when its acknowledgement was lost. */
export type AnswerEvent = StudyAnswer & { readonly id: string };
export type ActionEvent = StudyActionRow & { readonly id: string };

/** `stored` now, `again` when it was stored before, `other` when the id stands for another event of this participant. */
export type Kept = "stored" | "again" | "other";

/** A line of the administrator's table. */
export interface ParticipantLine {
  readonly code: string;
  readonly added_at: number;
  readonly entered_at: number | null;
  readonly consented_at: number | null;
  readonly resumed_at: number | null;
  readonly finished_at: number | null;
  readonly last_at: number | null;
  readonly sessions: number;
  readonly answered: Readonly<Record<Part, number>>;
  readonly actions: Readonly<Record<StudyAction, number>>;
}

/** Every call is on disk when it returns. Calls do not wait for each other: there is no `await` between what a caller reads and writes. */
export interface StudyStore extends Disposable {
  /** Unknown codes become participants; removed ones stay away. Returns how many came. */
  readonly addCodes: (codes: readonly string[], at: number) => number;
  /** Opens a session; false when there is no such participant. Orders are recorded the first time. */
  readonly enter: (session: string, code: string, orders: Participant["orders"], at: number) => boolean;
  readonly knows: (code: string) => boolean;
  readonly leave: (session: string) => void;
  readonly courseOf: (session: string) => Course | undefined;
  /** The time of a step, which stays as it was when it is taken again. */
  readonly mark: (code: string, step: Mark, at: number) => void;
  readonly answer: (event: AnswerEvent, finishes: boolean) => Kept;
  readonly act: (event: ActionEvent) => Kept;
  /** Was the event stored before? */
  readonly find: (event: AnswerEvent | ActionEvent) => Exclude<Kept, "stored"> | undefined;
  /** What was looked at for a question. */
  readonly opened: (code: string, question: string) => ReadonlySet<StudyAction>;
  readonly lines: () => readonly ParticipantLine[];
  readonly records: () => StudyRecords;
  /** Removes a participant with everything recorded, for good; false when there was none. */
  readonly remove: (code: string, at: number) => boolean;
  readonly setting: (name: string) => string | undefined;
  readonly set: (name: string, value: string) => void;
  /** What the database says of its settings, which it may refuse without a word. */
  readonly durability: () => Readonly<Record<"journal_mode" | "synchronous" | "locking_mode", string | number>>;
}

/** Text as it is stored; codes and ids are plain ASCII, checked before they come here. */
const TABLES = `
create table if not exists settings (name text primary key, value text not null) strict;
create table if not exists participants (
  place integer primary key autoincrement, code text not null unique, added_at integer not null,
  entered_at integer, consented_at integer, tutorial_at integer, resumed_at integer, finished_at integer,
  order_a text, order_b text) strict;
create table if not exists removed (code text primary key, removed_at integer not null) strict;
create table if not exists sessions (
  session text primary key, code text not null references participants (code) on delete cascade,
  opened_at integer not null, closed_at integer) strict;
create table if not exists answers (
  code text not null references participants (code) on delete cascade, id text not null, part text not null, question text not null,
  level integer not null check (level between -2 and 2), answered_at integer not null, took_ms integer not null,
  primary key (code, part, question), unique (code, id)) strict;
create table if not exists actions (
  code text not null references participants (code) on delete cascade, id text not null, question text not null,
  action text not null, at integer not null, after_ms integer not null, primary key (code, id)) strict;
`;

const VERSION = 1;

/**
 * Each commit is synced to the log before it returns: it outlives the process and the power. Locking comes first: without shared
 * memory, which the package has not, a log ahead is for one process alone.
 */
const SETTINGS = [
  "locking_mode = exclusive",
  "journal_mode = wal",
  "synchronous = full",
  "secure_delete = on",
  "foreign_keys = on",
] as const;

/**
 * Opens the records of a study's folder for this process alone, and makes them when there are none.
 * @throws OnnxplainError `E_FILE` when another program has them open, or the file is no database of a study.
 */
export async function openStudyStore(folder: string): Promise<StudyStore> {
  const release = claimStudy(folder);
  try {
    return storeOn(await opened(folder), release);
  } catch (cause) {
    release();
    if (cause instanceof OnnxplainError) throw cause;
    const file = join(folder, RECORDS);
    throw new OnnxplainError("E_FILE", `Cannot open the records \`${file}\`: ${(cause as Error).message}.`, {
      file,
      cause,
    });
  }
}

/** What was recorded in a study's folder while no server runs on it; nothing recorded yet is no error. Throws `E_FILE`. */
export async function readStudyRecords(folder: string): Promise<StudyRecords> {
  if (!(await stat(join(folder, RECORDS)).catch(() => undefined)))
    return { participants: [], answers: [], actions: [] };
  using store = await openStudyStore(folder);
  return store.records();
}

async function opened(folder: string): Promise<Database> {
  const file = join(folder, RECORDS);
  // A CommonJS package whose names Node does not see: everything hangs from its default.
  const sqlite = (await import("node-sqlite3-wasm")) as unknown as {
    readonly default: typeof import("node-sqlite3-wasm");
  };
  // The package locks by a folder, which a killed process leaves behind; the claim says that no living one has it.
  try {
    rmdirSync(`${file}.lock`);
  } catch {}
  const db = new sqlite.default.Database(file);
  try {
    for (const setting of SETTINGS) db.exec(`pragma ${setting}`);
    const version = Number(db.get("pragma user_version")?.user_version);
    if (version > VERSION)
      throw new OnnxplainError("E_FILE", `\`${file}\` was written by a later onnxplain (${version}). Use that one.`, {
        file,
      });
    inTransaction(db, () => {
      db.exec(TABLES);
      db.exec(`pragma user_version = ${VERSION}`);
    });
    syncFolder(folder);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The names of new files are on disk as well; a system that cannot do that to folders has no need of it. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {}
}

function inTransaction<T>(db: Database, work: () => T): T {
  db.exec("begin immediate");
  try {
    const made = work();
    db.exec("commit");
    return made;
  } catch (error) {
    if (db.inTransaction) db.exec("rollback");
    throw error;
  }
}

const COURSE = `select p.code, consented_at, tutorial_at, resumed_at, finished_at, order_a, order_b,
  (select count(*) from answers a where a.code = p.code and part = 'A') answered_a,
  (select count(*) from answers a where a.code = p.code and part = 'B') answered_b
  from participants p join sessions s on s.code = p.code where s.session = ? and s.closed_at is null`;

const LINES = `select p.code, added_at, entered_at, consented_at, resumed_at, finished_at,
  (select count(*) from sessions s where s.code = p.code) sessions,
  (select count(*) from answers a where a.code = p.code and part = 'A') answered_a,
  (select count(*) from answers a where a.code = p.code and part = 'B') answered_b,
  (select count(*) from actions a where a.code = p.code and action = 'similar') similar,
  (select count(*) from actions a where a.code = p.code and action = 'heat-map') heat_map,
  (select count(*) from actions a where a.code = p.code and action = 'zoom') zoom,
  (select max(t) from (select max(answered_at) t from answers a where a.code = p.code
    union all select max(at) from actions a where a.code = p.code
    union all select max(opened_at) from sessions s where s.code = p.code)) last_at
  from participants p order by place`;

type Row = Readonly<Record<string, unknown>>;
const text = (row: Row, name: string): string => row[name] as string;
const whole = (row: Row, name: string): number => Number(row[name]);
const time = (row: Row, name: string): number | null => (row[name] === null ? null : Number(row[name]));
const ordersOf = (row: Row): Participant["orders"] => ({
  A: JSON.parse((row.order_a as string | null) ?? "[]") as readonly string[],
  B: JSON.parse((row.order_b as string | null) ?? "[]") as readonly string[],
});

const isAnswer = (event: AnswerEvent | ActionEvent): event is AnswerEvent => "level" in event;

function storeOn(db: Database, release: () => void): StudyStore {
  const rows = (sql: string, ...values: (string | number | null)[]): readonly Row[] =>
    db.all(sql, values) as readonly QueryResult[];
  const row = (sql: string, ...values: (string | number | null)[]): Row | undefined => db.get(sql, values) ?? undefined;
  const run = (sql: string, ...values: (string | number | null)[]): number => db.run(sql, values).changes;

  const find: StudyStore["find"] = (event) => {
    const answer = row("select part, question, level from answers where code = ? and id = ?", event.code, event.id);
    const action = row("select question, action from actions where code = ? and id = ?", event.code, event.id);
    if (!answer && !action) return undefined;
    const same = isAnswer(event)
      ? answer?.part === event.part && answer.question === event.question && Number(answer.level) === event.level
      : action?.question === event.question && action.action === event.action;
    return same ? "again" : "other";
  };

  return {
    addCodes: (codes, at) =>
      inTransaction(db, () => {
        let came = 0;
        for (const code of codes)
          came += run(
            "insert into participants (code, added_at) select ?1, ?2 where not exists (select 1 from removed where code = ?1) on conflict do nothing",
            code,
            at,
          );
        return came;
      }),
    knows: (code) => row("select 1 from participants where code = ?", code) !== undefined,
    enter: (session, code, orders, at) =>
      inTransaction(db, () => {
        const known = run(
          "update participants set entered_at = coalesce(entered_at, ?), order_a = coalesce(order_a, ?), order_b = coalesce(order_b, ?) where code = ?",
          at,
          JSON.stringify(orders.A),
          JSON.stringify(orders.B),
          code,
        );
        if (known === 0) return false;
        run("insert into sessions (session, code, opened_at) values (?, ?, ?)", session, code, at);
        return true;
      }),
    leave: (session) => {
      run("update sessions set closed_at = coalesce(closed_at, ?) where session = ?", Date.now(), session);
    },
    courseOf: (session) => {
      const found = row(COURSE, session);
      return found === undefined
        ? undefined
        : {
            code: text(found, "code"),
            consented_at: time(found, "consented_at"),
            tutorial_at: time(found, "tutorial_at"),
            resumed_at: time(found, "resumed_at"),
            finished_at: time(found, "finished_at"),
            orders: ordersOf(found),
            answered: { A: whole(found, "answered_a"), B: whole(found, "answered_b") },
          };
    },
    mark: (code, step, at) => {
      run(`update participants set ${step} = coalesce(${step}, ?) where code = ?`, at, code);
    },
    find,
    answer: (event, finishes) =>
      inTransaction(db, () => {
        const before = find(event);
        if (before) return before;
        const { code, id, part, question, level, answered_at, took_ms } = event;
        run("insert into answers values (?, ?, ?, ?, ?, ?, ?)", code, id, part, question, level, answered_at, took_ms);
        if (finishes)
          run("update participants set finished_at = coalesce(finished_at, ?) where code = ?", answered_at, code);
        return "stored";
      }),
    act: (event) =>
      inTransaction(db, () => {
        const before = find(event);
        if (before) return before;
        const { code, id, question, action, at, after_ms } = event;
        run("insert into actions values (?, ?, ?, ?, ?, ?)", code, id, question, action, at, after_ms);
        return "stored";
      }),
    opened: (code, question) =>
      new Set(
        rows("select distinct action from actions where code = ? and question = ?", code, question).map(
          (r) => r.action as StudyAction,
        ),
      ),
    lines: () =>
      rows(LINES).map((r) => ({
        code: text(r, "code"),
        added_at: whole(r, "added_at"),
        entered_at: time(r, "entered_at"),
        consented_at: time(r, "consented_at"),
        resumed_at: time(r, "resumed_at"),
        finished_at: time(r, "finished_at"),
        last_at: time(r, "last_at"),
        sessions: whole(r, "sessions"),
        answered: { A: whole(r, "answered_a"), B: whole(r, "answered_b") },
        actions: { similar: whole(r, "similar"), "heat-map": whole(r, "heat_map"), zoom: whole(r, "zoom") },
      })),
    records: () => ({
      participants: rows("select * from participants where entered_at is not null order by place").map((r) => ({
        code: text(r, "code"),
        consented_at: time(r, "consented_at"),
        finished_at: time(r, "finished_at"),
        orders: ordersOf(r),
      })),
      answers: rows(
        "select a.* from answers a join participants p on p.code = a.code order by place, part, answered_at, a.rowid",
      ).map((r) => ({
        code: text(r, "code"),
        part: r.part as Part,
        question: text(r, "question"),
        level: whole(r, "level") as Level,
        answered_at: whole(r, "answered_at"),
        took_ms: whole(r, "took_ms"),
      })),
      actions: rows("select a.* from actions a join participants p on p.code = a.code order by place, at, a.rowid").map(
        (r) => ({
          code: text(r, "code"),
          question: text(r, "question"),
          action: r.action as StudyAction,
          at: whole(r, "at"),
          after_ms: whole(r, "after_ms"),
        }),
      ),
    }),
    remove: (code, at) => {
      const known = inTransaction(db, () => {
        if (run("delete from participants where code = ?", code) === 0) return false;
        run("insert into removed (code, removed_at) values (?, ?) on conflict do nothing", code, at);
        return true;
      });
      // The log still holds what was deleted until it is emptied into the file.
      if (known) db.exec("pragma wal_checkpoint(truncate)");
      return known;
    },
    setting: (name) => row("select value from settings where name = ?", name)?.value as string | undefined,
    set: (name, value) => {
      run("insert into settings values (?1, ?2) on conflict (name) do update set value = ?2", name, value);
    },
    durability: () => {
      const of = (name: string): string | number => row(`pragma ${name}`)?.[name] as string | number;
      return {
        journal_mode: of("journal_mode"),
        synchronous: of("synchronous"),
        locking_mode: of("locking_mode"),
      };
    },
    [Symbol.dispose]: () => {
      if (db.isOpen) db.close();
      release();
    },
  };
}
