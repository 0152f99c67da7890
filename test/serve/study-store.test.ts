/** @file The records of a study: each event one row, one writer at a time, and what a killed process leaves behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OnnxplainError } from "../../src/errors.ts";
import { type AnswerEvent, openStudyStore, readStudyRecords } from "../../src/serve/study-store.ts";

const scratch = (): string => mkdtempSync(join(tmpdir(), "onnxplain-store-"));
const ORDERS = { A: ["q2", "q1"], B: ["q1", "q2"] };
const answerOf = (changes: Partial<AnswerEvent> = {}): AnswerEvent => ({
  id: "a".repeat(32),
  code: "P-1",
  part: "A",
  question: "q2",
  level: -2,
  took_ms: 1500,
  answered_at: 1000,
  ...changes,
});
const codeOf = async (work: Promise<unknown>): Promise<readonly [string, string]> => {
  try {
    await work;
    return ["", ""];
  } catch (error) {
    return error instanceof OnnxplainError ? [error.code, error.message] : ["?", String(error)];
  }
};

describe("events", () => {
  test("the same event twice is one row; another event of the same name is told apart; names of others do not matter", async () => {
    const folder = scratch();
    using store = await openStudyStore(folder);
    expect(store.addCodes(["P-1", "P-2", "P-1"], 1)).toBe(2);
    expect(store.enter("s1", "P-1", ORDERS, 2)).toBe(true);
    expect(store.enter("s2", "P-2", ORDERS, 2)).toBe(true);
    expect(store.enter("s3", "P-9", ORDERS, 2)).toBe(false);
    expect(store.answer(answerOf(), false)).toBe("stored");
    expect(store.answer(answerOf({ answered_at: 9999 }), false)).toBe("again");
    expect(store.answer(answerOf({ question: "q1" }), false)).toBe("other");
    expect(store.answer(answerOf({ level: 2 }), false)).toBe("other");
    expect(store.answer(answerOf({ code: "P-2" }), true)).toBe("stored");
    expect(() => store.answer(answerOf({ id: "b".repeat(32) }), false)).toThrow(/UNIQUE/);
    const action = { id: "c".repeat(32), code: "P-1", question: "q1", action: "zoom", at: 5, after_ms: 7 } as const;
    expect([store.act(action), store.act(action)]).toEqual(["stored", "again"]);
    expect(store.act({ ...action, id: answerOf().id })).toBe("other");
    expect(store.act({ ...action, id: "d".repeat(32) })).toBe("stored");
    const { answers, actions, participants } = store.records();
    expect(answers).toEqual([
      { code: "P-1", part: "A", question: "q2", level: -2, took_ms: 1500, answered_at: 1000 },
      { code: "P-2", part: "A", question: "q2", level: -2, took_ms: 1500, answered_at: 1000 },
    ]);
    expect(actions.map((a) => a.action)).toEqual(["zoom", "zoom"]);
    expect(participants).toEqual([
      { code: "P-1", consented_at: null, finished_at: null, orders: ORDERS },
      { code: "P-2", consented_at: null, finished_at: 1000, orders: ORDERS },
    ]);
  });

  test("orders and times of steps stay as they were first", async () => {
    using store = await openStudyStore(scratch());
    store.addCodes(["P-1"], 1);
    store.enter("s1", "P-1", ORDERS, 2);
    store.enter("s2", "P-1", { A: ["x"], B: ["x"] }, 3);
    store.mark("P-1", "consented_at", 10);
    store.mark("P-1", "consented_at", 20);
    expect(store.courseOf("s2")).toMatchObject({ code: "P-1", consented_at: 10, orders: ORDERS });
    store.leave("s2");
    expect([store.courseOf("s2"), store.courseOf("s1")?.code]).toEqual([undefined, "P-1"]);
    expect(store.lines()[0]?.sessions).toBe(2);
  });

  test("a removed participant is gone from the bytes of the file, and does not come back with the list of codes", async () => {
    const folder = scratch();
    const remembered = (): readonly string[] =>
      readdirSync(folder).filter(
        (name) => name !== "study.sqlite.lock" && readFileSync(join(folder, name), "latin1").includes("to-forget"),
      );
    {
      using store = await openStudyStore(folder);
      store.addCodes(["P-1"], 1);
      store.enter("session-to-forget", "P-1", ORDERS, 2);
      store.answer(answerOf({ id: "event-to-forget-0001" }), false);
      expect(remembered()).not.toEqual([]);
      expect([store.remove("P-1", 3), store.remove("P-1", 3)]).toEqual([true, false]);
      expect(store.addCodes(["P-1"], 4)).toBe(0);
      expect(store.records()).toEqual({ participants: [], answers: [], actions: [] });
      expect(remembered()).toEqual([]);
    }
    expect(remembered()).toEqual([]);
  });
});

describe("one writer", () => {
  test("a second one is refused in words while the first lives, and let in when it has closed", async () => {
    const folder = scratch();
    const first = await openStudyStore(folder);
    const [code, message] = await codeOf(openStudyStore(folder));
    expect(code).toBe("E_FILE");
    expect(message).toContain(`in use by process ${process.pid}`);
    expect((await codeOf(readStudyRecords(folder)))[0]).toBe("E_FILE");
    first[Symbol.dispose]();
    expect(await readStudyRecords(folder)).toEqual({ participants: [], answers: [], actions: [] });
    expect(readdirSync(folder).filter((n) => n.includes("lock"))).toEqual([]);
  });

  test("a claim of a process that is no more, of a number that went to another one, and a lock left behind, are taken over", async () => {
    const folder = scratch();
    const ended = spawn(process.execPath, ["-e", ""]);
    await once(ended, "exit");
    const claims = [
      { host: hostname(), pid: ended.pid, started: null, nonce: "n" },
      ...(existsSync("/proc/self/stat") ? [{ host: hostname(), pid: process.pid, started: "1", nonce: "n" }] : []),
    ];
    for (const claim of claims) {
      writeFileSync(join(folder, "study.lock.json"), JSON.stringify(claim));
      mkdirSync(join(folder, "study.sqlite.lock"), { recursive: true });
      (await openStudyStore(folder))[Symbol.dispose]();
    }
    writeFileSync(join(folder, "study.lock.json"), JSON.stringify({ ...claims[0], host: "elsewhere" }));
    expect((await codeOf(openStudyStore(folder)))[1]).toContain("on the machine `elsewhere`");
    writeFileSync(join(folder, "study.lock.json"), "{");
    expect((await codeOf(openStudyStore(folder)))[0]).toBe("E_FILE");
  });

  test("of ten that find the same dead claim at once, one gets in", async () => {
    const folder = scratch();
    const ended = spawn(process.execPath, ["-e", ""]);
    await once(ended, "exit");
    (await openStudyStore(folder))[Symbol.dispose]();
    writeFileSync(
      join(folder, "study.lock.json"),
      JSON.stringify({ host: hostname(), pid: ended.pid, started: null, nonce: "n" }),
    );
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => openStudyStore(folder)));
    const won = tries.filter((t) => t.status === "fulfilled");
    expect(won.length).toBe(1);
    for (const { value } of won) value[Symbol.dispose]();
  });
});

test("a file that is no database is refused in words", async () => {
  const folder = scratch();
  writeFileSync(join(folder, "study.sqlite"), "no database at all, but long enough to be read as one".repeat(40));
  expect((await codeOf(openStudyStore(folder)))[1]).toMatch(/^Cannot open the records .*not a database/);
  expect(readdirSync(folder).filter((n) => n.includes("lock"))).toEqual([]);
});

test("journal and sync as durability needs them", async () => {
  using store = await openStudyStore(scratch());
  expect(store.durability()).toEqual({ journal_mode: "wal", synchronous: 2, locking_mode: "exclusive" });
});

test("a folder without records has none, and nothing is made in it", async () => {
  const folder = scratch();
  expect((await readStudyRecords(folder)).participants).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});
