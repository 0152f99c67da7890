/** @file What the browser keeps for a participant; in memory alone where it keeps nothing. */
import type { Box } from "./outbox.ts";

const memory = new Map<string, string>();
const PREFIX = "onnxplain-study/";

export function kept(name: string): Box {
  const key = PREFIX + name;
  return {
    get: () => {
      try {
        return localStorage.getItem(key) ?? memory.get(key) ?? null;
      } catch {
        return memory.get(key) ?? null;
      }
    },
    set: (text) => {
      try {
        localStorage.setItem(key, text);
        memory.delete(key);
      } catch {
        memory.set(key, text);
      }
    },
  };
}

/** Time that a question has been open in this browser, over reloads; whole milliseconds. */
export interface Stopwatch {
  readonly read: () => number;
  /** Keeps what has run so far, for a page that may not come back. */
  readonly keep: () => void;
}

export function stopwatch(participant: string, question: string): Stopwatch {
  const box = kept(`${participant}/time`);
  const [name, ms] = (box.get() ?? "").split(" ");
  const before = name === question && Number(ms) > 0 ? Number(ms) : 0;
  const began = performance.now();
  const read = (): number => Math.round(before + performance.now() - began);
  return { read, keep: () => box.set(`${question} ${read()}`) };
}
